"""The table of all advice, and what holds for every piece."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcdrs.control.advice import ADVICE, Facts, advise, at_end, month_ends, quirk_bites
from mockcdrs.control.advice.parameters import ADVICE as _PARAMETERS
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks
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


@pytest.mark.parametrize("code", sorted(set(ADVICE) - set(quirk_bites.ADVICE)))
def test_each_code_is_shown_told_and_not_told(code: str) -> None:
    assert re.search(rf'tells\(\s*"{code}"', SOURCES)
    assert re.search(rf'keeps_silent\(\s*"{code}"', SOURCES)


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_each_piece_has_a_stable_code_a_sentence_and_a_source(code: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", code)
    assert ADVICE[code].sentence.endswith(".")
    assert ADVICE[code].source.endswith((".erl", ".json"))


def test_advice_under_a_quirks_name_is_on_that_quirk() -> None:
    assert set(ADVICE) & set(quirks.QUIRKS) == {*quirk_bites.ADVICE, *month_ends.ADVICE}
    assert not set(_PARAMETERS) & set(quirk_bites.ADVICE)


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
def test_no_stranger_makes_advice_raise_or_leave_ascii(exchanges: list[Any], counts: bool) -> None:
    records = list(_journal(exchanges))
    counting: dict[str, Any] = {"count_cdrs": lambda *_: 99, "count_unlisted": lambda *_: 9} if counts else {}
    facts = Facts(now=NOW, quirks=quirks.COMMON, has_cdr=lambda *_: counts, **counting)
    for nth, record in enumerate(records):
        record.advised = advise(record, records[:nth][::-1], facts)
    texts = [text for record in records for text in record.advice] + at_end(records, facts)
    assert all(text.isascii() and text.isprintable() for text in texts)
    assert all(text.partition(": ")[0] in ADVICE for text in texts)
    assert all(len(text) < 1000 for text in texts)


def test_a_client_that_does_all_as_it_should_is_told_nothing(talk: Any) -> None:
    wanted = f"created_from={NOW - 86_400}&created_to={NOW}"
    walk = talk().asks(query=wanted, rows=50, next_key="g2wAAAABYQFq")
    assert walk.advice() == []
    assert walk.asks(query=f"{wanted}&start_key=g2wAAAABYQFq").advice() == []
    assert walk.at_end() == []


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


def test_advice_on_a_full_journal_looks_at_each_request_before_a_few_times_only() -> None:
    queries = [[("created_from", "1"), ("pagesize", "1"), ("start_key", str(nth))] for nth in range(1000)]
    last, *earlier = reversed(list(_journal([("", query, 200, None) for query in queries])))
    facts = Facts(now=NOW, quirks=quirks.COMMON)
    advise(last, earlier, facts)
    assert _calls(lambda: advise(last, earlier, facts)) < 10 * len(earlier)


def test_a_request_is_looked_at_only_by_the_advice_that_it_may_concern() -> None:
    (plain,) = _journal([("", [], 200, None)])
    facts = Facts(now=NOW, quirks=quirks.COMMON)
    advise(plain, [], facts)
    assert _calls(lambda: advise(plain, [], facts)) < len(ADVICE)
