"""Advice on quirks that affected an answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.advice.quirk_advice import RULES
from mockcdrs.crossbar import start_key
from mockcdrs.mock import Mock, serving

NOW, JANUARY = 63_936_129_600, 63_934_444_800
DAY, TWO_MONTHS = f"created_from={NOW - 86_400}&created_to={NOW}", f"created_from={JANUARY - 60}&created_to={NOW}"
INTERACTION, SUMMARY, LEGS = "/cdrs/interaction", "/cdrs/summary", "/cdrs/legs/202601-call"
FAULT: dict[str, Any] = {"status": 503, "message": "datastore_fault"}

OLD_KEY = start_key.encode([NOW - 600])
REFUSED = {**FAULT, "status": 500}


def one(path: str = "/cdrs", query: str = "", **changes: Any) -> dict[str, Any]:
    return {"path": path, "query": query, **changes}


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("interaction-page-loss", one(INTERACTION, next_key="k"), one(INTERACTION, "ascending=true", next_key="k")),
    ("interaction-page-loss", one(INTERACTION, rows=51), one(INTERACTION, rows=50)),
    (
        "interaction-page-loss",
        one(f"/users/x{INTERACTION}", "chunk_size=5", rows=6),
        one(f"/users/x{INTERACTION}", next_key="k"),
    ),
    (
        "interaction-month-order",
        one(INTERACTION, f"is_chunked=false&{TWO_MONTHS}", rows=2),
        one(INTERACTION, f"is_chunked=false&{DAY}", rows=2),
    ),
    (
        "interaction-csv-plain-fault",
        one(INTERACTION, "accept=csv&is_chunked=false", **FAULT),
        one(INTERACTION, "accept=csv", **FAULT),
    ),
    (
        "interaction-utc-offset-fault",
        one(INTERACTION, "utc_offset=abc", **FAULT),
        one(INTERACTION, "utc_offset=60", **FAULT),
    ),
    ("fractional-utc-offset-fault", one(query="utc_offset=0.5", **FAULT), one(query="utc_offset=5", **FAULT)),
    ("csv-interaction-unquoted", one(INTERACTION, headers={"accept": "text/csv"}), one(headers={"accept": "text/csv"})),
    ("summary-doubling", one(SUMMARY), one(SUMMARY, status=503)),
    ("summary-last-month", one(SUMMARY, TWO_MONTHS), one(SUMMARY, DAY)),
    ("empty-summary-csv-500", one(SUMMARY, "accept=csv", status=500), one(SUMMARY, status=500)),
    ("legs-chunked-leak", one(LEGS, "is_chunked=true"), one(LEGS)),
    ("legs-turned", one(LEGS, "ascending=true", rows=2), one(LEGS, rows=2)),
    ("legs-missing-month-503", one(LEGS, status=503, message="datastore missing view"), one(LEGS, **FAULT)),
    (
        "id-without-month-500",
        one("/cdrs/abcdef-call", status=500, message="init failed"),
        one("/cdrs", status=500, message="init failed"),
    ),
    ("broken-document-fault", one(**FAULT), one(query="chunk_size=0", **FAULT)),
    ("broken-document-fault", one(LEGS, **FAULT), one(status=503, message="datastore_unreachable")),
    ("reversed-keys-fault", one(query="start_key=k", **REFUSED), one(query="start_key=k", **FAULT)),
    ("chunk-size-0-fault", one(query="chunk_size=0", **FAULT), one(query="chunk_size=5", **FAULT)),
    ("descending-false-ignored", one(query="descending=false"), one(query="descending=false&ascending=true")),
    ("modified-alone-ignored", one(query="modified_from=1"), one(query="modified_from=1&has_key=to")),
    ("missing-value-ignored", one(query="missing_value=to"), one(query="value_missing=to")),
    ("pdf-500", one(query="accept=pdf", status=500), one(query="accept=pdf", status=406)),
    ("pdf-500", one(query="accept=pdf"), one(query="accept=csv")),
    ("interaction-raw-rows", one(INTERACTION, has_view_rows=True), one(INTERACTION)),
    (
        "utc-offset-500",
        one(body={"utc_offset": None}, status=500, message="init failed"),
        one(body={"utc_offset": "abc"}, status=500, message="init failed"),
    ),
    ("no-account-500", one("/v2/accounts/cdrs", status=500), one(status=500)),
    ("post-as-get-empty", one(query="verb=GET", method="POST"), one(query="verb=GET")),
    ("post-as-get-empty", one(query="verb=GET", method="POST"), one(SUMMARY, "verb=GET", method="POST")),
    (
        "post-as-get-empty",
        one(INTERACTION, "verb=GET&is_chunked=false", method="POST"),
        one(query="verb=GET&is_chunked=false", method="POST"),
    ),
]


@pytest.mark.parametrize(("code", "affected", "unaffected"), CASES, ids=[code for code, *_ in CASES])
def test_a_quirk_that_affected_an_answer_is_reported_under_its_name(
    client: Any, code: str, affected: dict[str, Any], unaffected: dict[str, Any]
) -> None:
    client().sends(**affected).is_advised(code)
    client().sends(**unaffected).is_not_advised(code)
    client().sends(**affected, fault="asked for").is_not_advised(code)
    client(quirks=frozenset()).sends(**affected).is_not_advised(code)


def test_a_summary_is_known_to_be_short_only_where_calls_can_be_counted(client: Any) -> None:
    def count(_account: str, start: int, end: int) -> int:
        return 52 if start < JANUARY and end == JANUARY - 1 else 51

    client(count_cdrs=count).sends(SUMMARY, TWO_MONTHS).is_advised("summary-51-rows")
    client(count_cdrs=count).sends(SUMMARY, f"page_size=100&{TWO_MONTHS}").is_not_advised("summary-51-rows")
    client(count_cdrs=count).sends(SUMMARY, DAY).is_not_advised("summary-51-rows")
    client().sends(SUMMARY, TWO_MONTHS).is_not_advised("summary-51-rows")
    client(count_cdrs=count).sends(SUMMARY, "created_to=100").is_not_advised("summary-51-rows")


def test_no_more_than_two_years_of_a_summary_are_counted(client: Any) -> None:
    counted: list[int] = []

    def count(_account: str, start: int, _end: int) -> int:
        counted.append(start)
        return 0

    client(count_cdrs=count).sends(SUMMARY, f"created_from={NOW - 10**8}&created_to={NOW}").is_not_advised(
        "summary-51-rows"
    )
    assert len(set(counted)) == 24


def test_documents_without_channel_variables_are_reported_where_they_can_be_counted(client: Any) -> None:
    client(count_unlisted=lambda *_: 1).sends().is_advised("no-ccv-not-listed", "/cdrs/legs")
    client(count_unlisted=lambda *_: 0).sends().is_not_advised("no-ccv-not-listed")
    client(count_unlisted=lambda *_: 1).sends("/users/x/cdrs").is_not_advised("no-ccv-not-listed")
    client().sends().is_not_advised("no-ccv-not-listed")


def test_rows_that_were_lost_are_reported_where_the_quirk_is_enabled(client: Any) -> None:
    code = "big-integer-chunk-lost"
    enabled = client(quirks=frozenset({code})).sends()
    enabled.is_not_advised(code)
    enabled.sends(lost=2).is_advised(code, "is_chunked=false")
    client(quirks=frozenset()).sends(lost=2).is_not_advised(code)


def test_each_rule_has_a_case() -> None:
    alone = {"big-integer-chunk-lost", "no-ccv-not-listed", "summary-51-rows"}
    assert {code for code, *_ in CASES} | alone == {rule.code for rule in RULES}


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Mock]:
    """One that holds an interaction whose leg has an id without a month."""
    cdr = {"_id": "nomonth", "pvt_type": "cdr", "interaction_time": NOW - 60, "interaction_key": "a"}
    line = {"account_id": "a" * 32, "month": "202601", "document": cdr}
    (tmp_path / "cdrs.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with serving(data=tmp_path, now="2026-01-20T12:00:00Z") as mock:
        yield mock


@pytest.mark.parametrize(
    ("code", "path", "query", "body"),
    [
        ("reversed-keys-fault", "/cdrs", "start_key=g2gA", ""),
        ("reversed-keys-fault", "/cdrs", f"created_from={NOW - 60}&created_to={NOW}&start_key={OLD_KEY}", ""),
        ("pdf-500", "/cdrs", "accept=pdf", ""),
        ("pdf-500", "/cdrs/interaction", "accept=pdf&is_chunked=false", ""),
        ("utc-offset-500", "/cdrs", "", '{"data": {"utc_offset": null}}'),
        ("utc-offset-500", "/cdrs", "", '{"data": {"utc_offset": {}}}'),
        ("interaction-raw-rows", "/cdrs/interaction", "", ""),
        ("interaction-raw-rows", "/cdrs/interaction", "is_chunked=false", ""),
    ],
)
def test_a_running_mock_reports_it(mock: Mock, code: str, path: str, query: str, body: str) -> None:
    def is_advised() -> bool:
        return any(text.startswith(f"{code}: ") for text in mock.advice())

    headers = {"Content-Type": "application/json"} if body else {}
    request: dict[str, Any] = {
        "path": f"/v2/accounts/{mock.account_id}{path}",
        "query_string": query,
        "body": body,
        "headers": headers,
    }
    mock.client().simulate_get(**request)
    assert is_advised()
    mock.reset()
    mock.state.quirks = frozenset()
    mock.client().simulate_get(**request)
    assert not is_advised()
