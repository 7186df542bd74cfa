"""Ground truth of one walk: what ends of pages and chunks and broken documents keep from it, against real walks."""

import itertools
import re
from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.mock import Mock
from tests.expected.walking import WITH_QUIRKS, WITHOUT, walked

DAY, NEWEST = 86_400, 63_935_956_800
# five calls in January, four in December
ENDS = [NEWEST - day * DAY for day in (0, 1, 2, 3, 4, 20, 21, 22, 23)]
RANGE = {"created_from": NEWEST - 30 * DAY, "created_to": NEWEST + DAY}


def hold(mock: Mock, broken: int | None = None, quiet: int | None = None) -> list[str]:
    """Calls of one leg at `ENDS`: no row can be made of the broken one, the quiet one was not answered."""
    mock.reset()
    leg = mock.add_call(at=NEWEST).legs[0]
    mock.clear()
    ids = [f"{gregorian.month_of(end)}-call-{number}" for number, end in enumerate(ENDS)]
    for number, (cdr_id, end) in enumerate(zip(ids, ENDS, strict=True)):
        own = {"_id": cdr_id, "interaction_time": end, "interaction_key": f"{number}", "timestamp": end}
        odd = (
            {"call_direction": "sideways"}
            if number == broken
            else {"hangup_cause": "NO_ANSWER"}
            if number == quiet
            else {}
        )
        mock.add_cdr({**leg, **own, "pvt_created": end, **odd})
    return ids


@pytest.mark.parametrize("mock", [pytest.param(WITH_QUIRKS, id="quirks"), pytest.param(WITHOUT, id="fixed")])
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("is_chunked", ["true", "false"])
@pytest.mark.parametrize("paginate", ["true", "false"])
@pytest.mark.parametrize("broken", [None, 0, 3, 5])
def test_a_walk_ends_with_what_the_truth_says_of_it(
    mock: Mock, path: str, is_chunked: str, paginate: str, broken: int | None
) -> None:
    ids = hold(mock, broken, quiet=2)
    ways = itertools.product(("true", "false"), (1, 2, 5), (1, 3), ({}, {"filter_hangup_cause": "NORMAL_CLEARING"}))
    for ascending, page_size, chunk_size, filters in ways:
        way = {"ascending": ascending, "page_size": page_size, "chunk_size": chunk_size, **filters}
        query = {**RANGE, "is_chunked": is_chunked, "paginate": paginate, **way}
        truth, rows = mock.expected(path, **query), list(walked(mock, path, query))
        assert set(rows) == set(truth.ids), way
        assert sorted(truth.ids + truth.unreachable) == sorted(set(ids) - ({ids[2]} if filters else set())), way


def test_a_descending_walk_over_interactions_loses_the_row_at_each_page_end() -> None:
    ids = hold(WITH_QUIRKS)
    down = WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2)
    assert down.unreachable == (ids[2], ids[5], ids[8])
    up = WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2, ascending=True)
    assert (up.count, up.unreachable) == (9, ())
    assert WITH_QUIRKS.expected("/cdrs/interaction", **RANGE).unreachable == ()


def test_descending_false_turns_the_walk_only_where_that_is_fixed() -> None:
    turning = Mock(fix=["descending-false-ignored"])
    hold(turning)
    assert turning.expected("/cdrs/interaction", **RANGE, page_size=2, descending=False).unreachable == ()
    assert turning.expected("/cdrs/interaction", **RANGE, page_size=2, descending=True).unreachable != ()
    hold(WITH_QUIRKS)
    assert WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2, descending=False).unreachable != ()


def test_what_lies_behind_a_broken_document_is_out_of_reach_of_a_walk_but_not_of_every_client() -> None:
    ids = hold(WITH_QUIRKS, broken=3)
    assert WITH_QUIRKS.expected("/cdrs", **RANGE).unreachable == (ids[3],)
    assert WITH_QUIRKS.expected("/cdrs", **RANGE, page_size=2).unreachable == tuple(ids[2:])
    assert WITH_QUIRKS.expected("/cdrs", **RANGE, page_size=2, ascending="true").unreachable == tuple(ids[:5])
    hold(WITHOUT, broken=3)
    assert WITHOUT.expected("/cdrs", **RANGE, page_size=2).unreachable == ()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"page_size": 0}, "page_size: came 0, expected a whole number from 1 to 999999999999999"),
        (
            {"page_size": 2, "chunk_size": "many"},
            "chunk_size: came 'many', expected a whole number from 1 to 999999999999999",
        ),
        (
            {"hes_key": "to"},
            "hes_key: an expected listing has no such argument, expected some of created_from, created_to, filter",
        ),
    ],
)
def test_a_question_without_an_answer_is_refused(query: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsupportedQuery, match=words):
        WITHOUT.expected(**query)


@pytest.mark.parametrize("path", ["/cdrz", "/cdrs?page_size=2", "users//cdrs", "/users/x"])
def test_a_path_that_is_no_listings_has_no_ground_truth(path: str) -> None:
    with pytest.raises(UnsupportedQuery, match=re.escape(f"path: came {path!r}, expected one of /cdrs, ")):
        WITHOUT.expected(path)
