"""The rows of a listing: the leg that stands for an interaction, and the rows that a walk over pages reaches."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockcdrs.crossbar import views
from mockcdrs.crossbar.couchdb import ViewRow, _reduce_groups, _row_order
from mockcdrs.crossbar.views import LegChoice, View
from mockcdrs.expected.expected_rows import ExpectedRow, PageWalk, WalkRules, choose_leg, find_reachable


def row(number: int, month: str = "202601") -> ExpectedRow:
    document = {"_id": f"{month}-{number}"}
    return ExpectedRow((number, ""), month, document, (month, document["_id"]))


def reachable_numbers(months: list[list[int]], rules: WalkRules, hidden: int = 0, broken: int = 0) -> list[int]:
    """Return the numbers of the rows that a walk over the rows with these numbers reaches."""
    rows = [[row(number) for number in month] for month in months]
    reachable = find_reachable(rows, rules, lambda each: each.key[0] != hidden, lambda each: each.key[0] == broken)
    return [each.key[0] for each in reachable]


def walk(page_size: int = 2, chunk_size: int = 2, *, is_chunked: bool = True, is_ascending: bool = False) -> PageWalk:
    return PageWalk(page_size, chunk_size, is_chunked, is_ascending)


@pytest.mark.parametrize("page_size", [1, 2, 3, 9])
@pytest.mark.parametrize("chunk_size", [1, 2, 9])
@pytest.mark.parametrize("is_chunked", [True, False])
def test_without_quirks_each_row_is_reached_once(page_size: int, chunk_size: int, is_chunked: bool) -> None:
    rules = WalkRules(walk(page_size, chunk_size, is_chunked=is_chunked))
    assert reachable_numbers([[9, 8, 7], [], [3, 2, 1]], rules) == [9, 8, 7, 3, 2, 1]
    ascending = WalkRules(walk(page_size, chunk_size, is_chunked=is_chunked, is_ascending=True))
    assert reachable_numbers([[1, 2, 3], [7, 8, 9]], ascending) == [1, 2, 3, 7, 8, 9]


def test_the_row_at_which_a_page_or_chunk_would_begin_can_be_lost() -> None:
    assert reachable_numbers([[9, 8, 7, 6, 5]], WalkRules(walk(), pages_lose_next=True)) == [9, 8, 6, 5]
    assert reachable_numbers([[9, 8, 7, 6, 5]], WalkRules(walk(9, 2), chunks_lose_next=True)) == [9, 8, 6, 5]


def test_a_row_that_is_not_shown_does_not_fill_a_page() -> None:
    assert reachable_numbers([[9, 8, 7, 6]], WalkRules(walk()), hidden=8) == [9, 7, 6]


def test_a_broken_row_ends_the_walk_after_the_chunks_before_it() -> None:
    assert reachable_numbers([[9, 8, 7, 6]], WalkRules(walk(4, 2)), broken=7) == [9, 8]
    assert reachable_numbers([[9, 8, 7, 6]], WalkRules(walk(4, 4, is_chunked=False)), broken=7) == []


VIEWS = [
    views.INTERACTIONS,
    views.INTERACTIONS_BY_OWNER_FIRST_MADE,
    views.INTERACTIONS_BY_OWNER_MOST_BILLED,
]
NUMBERS = st.integers(0, 9) | st.integers(-3, 10**12) | st.sampled_from([0.5, 1.0, 1e16])
PLAIN = NUMBERS | st.sampled_from(["", "7", " 7 ", "1e1", "soon", "A", "B", None, True, False])
VALUES: st.SearchStrategy[Any] = PLAIN | st.lists(PLAIN, max_size=2) | st.just({}) | st.just({"a": 1})
FIELDS = ("billing_seconds", "channel_created_time", "channel_loopback_leg", "timestamp", "duration_seconds")
LEGS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, VALUES)), min_size=1, max_size=5)


def leg_in_view(view: View, documents: list[dict[str, Any]], *, is_ascending: bool) -> Any:
    """Return the id of the leg that the view shows of one interaction."""
    rows = [ViewRow(*emitted, document) for document in documents if (emitted := view.map(document))]
    assert view.reduce is not None
    (group,) = _reduce_groups(sorted(rows, key=_row_order, reverse=not is_ascending), view.group_level, view.reduce)
    return group.value["id"]


@pytest.mark.parametrize("is_ascending", [True, False])
@pytest.mark.parametrize("view", VIEWS, ids=["account", "user, first made", "user, most billed"])
@given(fields=LEGS)
@example(fields=[{"billing_seconds": "9"}, {"billing_seconds": "61"}])
@example(fields=[{"billing_seconds": "soon"}, {"billing_seconds": 61}, {"billing_seconds": 5}])
@example(fields=[{"channel_loopback_leg": "B"}, {"channel_loopback_leg": "A"}])
@example(fields=[{"billing_seconds": [None]}, {"billing_seconds": [1]}])
def test_the_leg_of_an_interaction_is_the_one_that_the_view_chooses(
    view: View, is_ascending: bool, fields: list[dict[str, Any]]
) -> None:
    shared = {"pvt_type": "cdr", "interaction_time": 1, "interaction_key": "a"}
    own = {"custom_channel_vars": {"owner_id": "o"}}
    documents = [{"_id": f"202601-{name}", **shared, **own, **own_fields} for name, own_fields in enumerate(fields)]
    choice = choose_leg(
        documents,
        by_billed_seconds=view.leg is LegChoice.MOST_BILLED,
        is_of_user=view.has_owner,
        is_ascending=is_ascending,
    )
    assert choice["_id"] == leg_in_view(view, documents, is_ascending=is_ascending)
