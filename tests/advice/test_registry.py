"""The registry of advice, and what holds for every rule."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcdrs.advice import access_advice, page_advice, parameter_advice, quirk_advice, time_advice
from mockcdrs.advice.advice_rule import AdviceContext
from mockcdrs.advice.registry import ADVICE, advise, advise_at_end
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks, start_key
from mockcdrs.crossbar.context import Outcome
from mockcdrs.crossbar.pipeline import HttpRequest

NOW = 63_936_129_600
SOURCES = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))

NAMES = st.sampled_from(
    [
        *("created_from", "created_to", "modified_from", "page_size", "start_key", "end_key", "chunk_size", "accept"),
        *("utc_offset", "paginate", "is_chunked", "ascending", "descending", "verb", "_", "limit", "has_key"),
        *("filter_to", "filter_not_", "filter_direction", "missing_value"),
    ]
) | st.text(max_size=20)
VALUES = st.text(max_size=30) | st.integers().map(str) | st.floats().map(str) | st.sampled_from(["9" * 4000, "1.0e308"])
QUERIES = st.lists(st.tuples(NAMES, VALUES | st.none()), max_size=6)
ENDINGS = st.sampled_from(["", "/interaction", "/summary", "/legs/202601-x", "/202601-x", "/x"]) | st.text(max_size=9)
STATUSES = st.sampled_from([200, 204, 400, 401, 404, 416, 500, 503])
EXCHANGES = st.lists(st.tuples(ENDINGS, QUERIES, STATUSES, st.text(max_size=9) | st.none()), min_size=1, max_size=5)


@pytest.mark.parametrize("code", sorted(set(ADVICE) - {rule.code for rule in quirk_advice.RULES}))
def test_each_code_has_a_test_that_it_is_given_and_one_that_it_is_not(code: str) -> None:
    constant = r"CODE\b|" if code == "month-end-call-lost" else ""
    assert re.search(rf'is_advised(_at_end)?\(\s*({constant}"{code}")', SOURCES)
    assert re.search(rf'is_not_advised(_at_end)?\(\s*({constant}"{code}")', SOURCES)


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_each_rule_has_a_stable_code_a_sentence_and_a_source(code: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", code)
    assert ADVICE[code].sentence.endswith(".")
    assert ADVICE[code].source.endswith((".erl", ".json"))


def test_no_two_rules_have_the_same_code() -> None:
    modules = (time_advice, page_advice, parameter_advice, access_advice, quirk_advice)
    assert len(ADVICE) == sum(len(module.RULES) for module in modules)


def test_a_rule_with_the_name_of_a_quirk_is_about_that_quirk() -> None:
    about_quirks = {rule.code for rule in quirk_advice.RULES} | {"month-end-call-lost"}
    assert set(ADVICE) & set(quirks.QUIRKS) == about_quirks


REQUEST = re.compile(
    r"(?:(?P<times>\d+) times )?(?P<method>[A-Z]+) (?P<path>[^ ?]+)(?:\?(?P<query>[^ ]+))?"
    r"(?: with (?:body (?P<body>.+?)|(?P<header>[A-Za-z-]+): (?P<value>.+?)))?"
    r"(?: -> (?:(?P<rows>\d+) rows(?P<next>, a next_start_key)?|(?P<status>\d{3})(?: (?P<message>.+))?))?"
)
KEY = start_key.encode([NOW, "202601-a"])


def _send_example(sender: Any, line: str) -> None:
    """Send what a line of an example says, to a server whose answers show every quirk that they can."""
    parts = REQUEST.fullmatch(line)
    assert parts, line
    for _ in range(int(parts["times"] or 1)):
        sender.sends(
            parts["path"],
            (parts["query"] or "").replace("NEXT_START_KEY", KEY),
            method=parts["method"],
            headers={parts["header"].lower(): parts["value"]} if parts["header"] else {},
            body=json.loads(parts["body"] or "{}"),
            status=int(parts["status"] or 200),
            message=parts["message"] or "",
            rows=int(parts["rows"] or 1),
            next_key=KEY if parts["next"] else None,
            has_view_rows=True,
            lost=1,
        )


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_the_example_of_each_rule_triggers_it_with_its_last_request(client: Any, code: str) -> None:
    lost = {"_id": "202512-a", "pvt_created": 63_934_444_860, "custom_channel_vars": {}}
    sender = client(
        quirks=frozenset(quirks.QUIRKS),
        count_cdrs=lambda *_: 100,
        count_unlisted=lambda *_: 1,
        over_month_end=lambda *_: [lost],
    )
    *before, last = ADVICE[code].example.splitlines()
    for line in before:
        _send_example(sender, line)
    assert not any(text.startswith(f"{code}: ") for record in sender.journal for text in record.advice)
    _send_example(sender, last)
    if ADVICE[code].function is not None:
        sender.is_advised(code)
    else:
        sender.is_advised_at_end(code)


def _journal(exchanges: list[Any]) -> Journal:
    journal = Journal()
    for ending, query, status, next_key in exchanges:
        pairs = (name if value is None else f"{name}={value}" for name, value in query)
        raw = "&".join(quote(pair, safe="=&", errors="surrogatepass") for pair in pairs)
        path = f"/v2/accounts/{'a' * 32}/cdrs{ending}"
        record = journal.open(HttpRequest("GET", path, raw), NOW)
        record.status, record.is_complete, record.outcome = status, True, Outcome(60, next_key, "datastore_fault")
    return journal


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(EXCHANGES, st.booleans())
def test_whatever_a_client_sends_advice_is_printable_ascii_and_short(exchanges: list[Any], counts: bool) -> None:
    records = list(_journal(exchanges))
    counting: dict[str, Any] = {"count_cdrs": lambda *_: 99, "count_unlisted": lambda *_: 9} if counts else {}
    context = AdviceContext(now=NOW, quirks=quirks.COMMON, has_cdr=lambda *_: counts, **counting)
    for nth, record in enumerate(records):
        record.final_advice = advise(record, records[:nth][::-1], context)
    texts = [text for record in records for text in record.advice] + advise_at_end(records, context)
    assert all(text.isascii() and text.isprintable() for text in texts)
    assert all(text.partition(": ")[0] in ADVICE for text in texts)
    assert all(len(text) < 1000 for text in texts)


def test_a_client_without_mistakes_gets_no_advice(client: Any) -> None:
    wanted = f"created_from={NOW - 86_400}&created_to={NOW}"
    walk = client().sends(query=wanted, rows=50, next_key="g2wAAAABYQFq")
    assert walk.advice() == []
    assert walk.sends(query=f"{wanted}&start_key=g2wAAAABYQFq").advice() == []
    assert walk.advice_at_end() == []


def _calls(act: Callable[[], object]) -> int:
    """How many Python functions run."""
    events: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda _frame, event, _argument: events.append(event))
    try:
        act()
    finally:
        sys.setprofile(before)
    return events.count("call")


def test_advice_on_a_full_journal_reads_each_earlier_request_a_few_times_only() -> None:
    queries = [[("created_from", "1"), ("pagesize", "1"), ("start_key", str(nth))] for nth in range(1000)]
    last, *earlier = reversed(list(_journal([("", query, 200, None) for query in queries])))
    context = AdviceContext(now=NOW, quirks=quirks.COMMON)
    advise(last, earlier, context)
    assert _calls(lambda: advise(last, earlier, context)) < 10 * len(earlier)


def test_only_rules_that_apply_to_a_request_are_called() -> None:
    (plain,) = _journal([("", [], 200, None)])
    context = AdviceContext(now=NOW, quirks=quirks.COMMON)
    advise(plain, [], context)
    assert _calls(lambda: advise(plain, [], context)) < len(ADVICE)
