"""Advice on times and ranges, and on calls that cross the end of a month."""

from collections.abc import Iterable
from typing import Any

import pytest

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from mockcdrs.mock import Mock, serving

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
MAXIMUM_RANGE = 2_682_000
RANGE = f"created_from={NOW - 86_400}&created_to={NOW}"

JANUARY, LATER = 63_934_444_800, 63_935_000_000
CODE = "month-end-call-lost"
OVER = {
    "_id": "202512-over@host",
    "pvt_created": JANUARY + 60,
    "hangup_cause": "A",
    "custom_channel_vars": {"owner_id": "me"},
}
ENABLED = {"quirks": frozenset({CODE})}


@pytest.mark.parametrize(
    ("sent", "unit", "meant"),
    [
        ("1768300000", "Unix seconds (2026-01-13T10:26:40Z)", "63935519200"),
        ("1768300000.25", "Unix seconds", "63935519200"),
        ("1768300000123", "Unix milliseconds", "63935519200"),
        ("1768300000123456", "Unix microseconds", "63935519200"),
        ("1768300000123456789", "Unix nanoseconds", "63935519200"),
        ("63935519200123", "Gregorian milliseconds", "63935519200"),
        ("20260113", "a date in digits (2026-01-13T00:00:00Z)", "63935481600"),
    ],
)
@pytest.mark.parametrize("name", ["created_from", "created_to", "modified_from", "modified_to"])
def test_a_time_of_another_epoch_is_reported_with_the_gregorian_seconds_meant(
    client: Any, name: str, sent: str, unit: str, meant: str
) -> None:
    client().sends(query=f"{name}={sent}").is_advised(
        "wrong-epoch", f"{name}={sent}", unit, f"Gregorian seconds: {meant}"
    )


@pytest.mark.parametrize("sent", [str(NOW), "0", "yesterday", "9" * 3999, "20261399", ""])
def test_a_time_that_is_of_no_other_epoch_is_not_reported_as_one(client: Any, sent: str) -> None:
    client().sends(query=f"created_from={sent}").is_not_advised("wrong-epoch")


def test_a_parameter_of_another_endpoint_is_ignored(client: Any) -> None:
    client().sends("/users", "created_from=1768300000").is_not_advised("wrong-epoch")


def test_a_date_is_reported_to_be_replaced_by_the_default_range(client: Any) -> None:
    sent = client().sends(query="created_from=2026-01-13&created_to=tomorrow")
    sent.is_advised("ignored-time", "created_from=2026-01-13", "2682000 seconds before", "63935481600")
    sent.is_advised("ignored-time", "created_to=tomorrow", "now", "62167219200")
    client().sends(query="created_from=2026-01-13T01%3A00%3A00%2B01%3A00").is_advised("ignored-time", "63935481600")
    client().sends(query="created_from=-5").is_advised("ignored-time", "created_from=-5")
    client().sends(query=RANGE).is_not_advised("ignored-time")


def test_beside_a_filter_a_time_that_is_no_number_finds_nothing(client: Any) -> None:
    client().sends("/cdrs/interaction", "created_from=x").is_advised("ignored-time", "finds nothing")
    client().sends(query="created_from=x&has_key=to").is_advised("ignored-time", "finds nothing")
    client().sends(query="modified_from=x&has_key=to").is_advised("ignored-time", "no CDR passes")
    client().sends(query="modified_from=0&has_key=to").is_not_advised("ignored-time")
    assert "finds nothing" not in "".join(client().sends(query="created_from=x").advice())


def test_a_fraction_is_reported_to_be_rounded(client: Any) -> None:
    client().sends(query="created_to=63936129600.5").is_advised("time-fraction", "63936129601")
    client().sends(query=RANGE).is_not_advised("time-fraction")


def test_created_from_alone_has_a_moving_end(client: Any) -> None:
    client().sends(query=f"created_from={NOW - 60}").is_advised("created-from-alone", "created_to", "2682000")
    client().sends(query=RANGE).is_not_advised("created-from-alone")
    client().sends(query=f"created_to={NOW}").is_not_advised("created-from-alone")
    client().sends(query="created_from=yesterday").is_not_advised("created-from-alone")
    client().sends(query="created_from=1768300000").is_not_advised("created-from-alone")
    client().sends().is_not_advised("created-from-alone")


def test_a_range_over_the_limit_says_in_how_many_parts_to_ask(client: Any) -> None:
    wide = f"created_from={NOW - 2 * MAXIMUM_RANGE - 1}&created_to={NOW}"
    client().sends(query=wide, status=400).is_advised("range-too-wide", "5364001 seconds", "2682000", "ask 3 times")
    client().sends(query=f"created_from={NOW - MAXIMUM_RANGE}&created_to={NOW}").is_not_advised("range-too-wide")
    client().sends(query="created_from=1768300000", status=400).is_not_advised("range-too-wide")


def test_a_range_that_ends_before_it_begins_is_reported(client: Any) -> None:
    turned = f"created_from={NOW}&created_to={NOW - 1}"
    client().sends(query=turned, status=400).is_advised("range-reversed", f"created_from={NOW}")
    client().sends(query=RANGE).is_not_advised("range-reversed")
    client().sends(query="created_to=1768300000", status=400).is_not_advised("range-reversed")


def test_a_range_ahead_of_the_clock_has_nothing(client: Any) -> None:
    client().sends(query=f"created_from={NOW + 3600}&created_to={NOW + 7200}").is_advised(
        "future-range", "3600 seconds ahead"
    )
    client().sends(query=f"created_from={NOW - 5}&created_to={NOW + 7200}").is_not_advised("future-range")


def test_an_empty_default_range_is_reported_where_older_cdrs_are_possible(client: Any) -> None:
    client().sends(rows=0).is_advised("default-range-empty", "31 days", str(NOW - MAXIMUM_RANGE))
    client(count_cdrs=lambda *_: 7).sends(rows=0).is_advised("default-range-empty", "7 older")
    client(count_cdrs=lambda *_: 0).sends(rows=0).is_not_advised("default-range-empty")
    client().sends(query=RANGE, rows=0).is_not_advised("default-range-empty")
    client().sends(rows=1).is_not_advised("default-range-empty")
    client().sends(rows=0, is_complete=False).is_not_advised("default-range-empty")
    client().sends(rows=0, status=503).is_not_advised("default-range-empty")
    client().sends(rows=0, fault="empty").is_not_advised("default-range-empty")
    client().sends(query="start_key=g2wAAAABYQFq", rows=0).is_not_advised("default-range-empty")


@pytest.mark.parametrize(
    ("version", "setting", "widest"),
    [
        (KAZOO_4_3, "crossbar.maximum_range", 3_600),
        (KAZOO_MASTER, "crossbar.cdrs.maximum_range or crossbar.maximum_range", 60),
    ],
    ids=["4.3", "master"],
)
def test_the_limit_of_a_range_is_the_one_of_the_settings_that_the_version_reads(
    client: Any, version: Version, setting: str, widest: int
) -> None:
    limited = client(version=version, settings=Settings(maximum_range=3_600, cdrs_maximum_range=60))
    limited.sends(query=f"created_from={NOW - 9_000}&created_to={NOW}").is_advised(
        "range-too-wide", f"{widest} ({setting})"
    )
    limited.sends(query=f"created_from={NOW - widest}&created_to={NOW}").is_not_advised("range-too-wide")


def month(start: int = JANUARY, more: str = "") -> str:
    return f"created_from={start}&created_to={LATER}{more}"


def over(account: str, name: str) -> list[dict[str, Any]]:
    assert len(account) == 32
    return [OVER] if name == "202512" else []


@pytest.mark.parametrize("path", ["/cdrs", "/users/me/cdrs", "/cdrs/summary", "/users/you/cdrs/summary"])
@pytest.mark.parametrize("start", [JANUARY, JANUARY + 60])
def test_a_call_that_began_in_the_month_before_is_reported(client: Any, path: str, start: int) -> None:
    requests = client(over_month_end=over, **ENABLED).sends(path, month(start))
    requests.is_advised(CODE, "lacks 1 CDRs of this range, such as '202512-over@host'", f"created_from={JANUARY - 1},")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/cdrs", month(JANUARY - 1)),
        ("/cdrs", month(JANUARY + 61)),
        ("/cdrs", month(more="&start_key=g2wAAAABYQFq")),
        ("/cdrs", month(more="&filter_hangup_cause=B")),
        ("/cdrs", "created_from=5&created_to=9"),
        ("/cdrs/interaction", month()),
        ("/users/you/cdrs", month()),
        ("/v2/account/cdrs", month()),
    ],
)
def test_a_request_that_lacks_no_call_is_right(client: Any, path: str, query: str) -> None:
    client(over_month_end=over, **ENABLED).sends(path, query).is_not_advised(CODE)


def test_a_lost_call_is_reported_where_crossbar_itself_answered_and_the_quirk_is_enabled(
    client: Any,
) -> None:
    client(over_month_end=over, **ENABLED).sends(query=month(more="&filter_hangup_cause=A")).is_advised(CODE)
    client(over_month_end=over, **ENABLED).sends(query=month(), fault="asked for").is_not_advised(CODE)
    client(over_month_end=over, quirks=frozenset()).sends(query=month()).is_not_advised(CODE)
    client(**ENABLED).sends(query=month()).is_not_advised(CODE)
    bare = {**OVER, "custom_channel_vars": None}
    client(over_month_end=lambda *_: [bare], **ENABLED).sends(query=month()).is_not_advised(CODE)


@pytest.mark.parametrize(
    ("before", "is_expected"),
    [
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 3600}", False),
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 59}", True),
        (f"created_from={JANUARY}&created_to={JANUARY + 3600}", True),
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 3600}&filter_hangup_cause=B", True),
    ],
)
def test_a_client_that_asked_before_with_a_margin_has_the_call_already(
    client: Any, before: str, is_expected: bool
) -> None:
    requests = client(over_month_end=over, **ENABLED).sends(query=before).sends("/cdrs/summary").sends(query=month())
    requests.is_advised(CODE) if is_expected else requests.is_not_advised(CODE)


def listed(mock: Mock, ranges: Iterable[tuple[int, int]]) -> list[str]:
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    for start, end in ranges:
        mock.client().simulate_get(path, params={"created_from": start, "created_to": end})
    return [text for text in mock.advice() if text.startswith(f"{CODE}: ")]


def test_a_mock_reports_a_sweep_month_by_month_that_loses_a_call_and_none_with_a_margin() -> None:
    december = JANUARY - 31 * 86_400
    with serving() as mock:
        mock.clear()
        assert listed(mock, [(december, JANUARY - 1), (JANUARY, LATER)]) == []
        (call,) = mock.edge("month-boundary")
        (advice,) = listed(mock, [(december, JANUARY - 1), (JANUARY, LATER)])
        assert call["_id"].partition("-")[0] == "202512"
        mock.state.journal.clear()
        assert listed(mock, [(december, JANUARY - 1), (JANUARY - 1, LATER)]) == []
    assert f"such as {call['_id']!r}: " in advice
