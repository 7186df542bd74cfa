"""The rows that a walk over pages reaches, and those that quirks make it lose."""

import pytest

from mockcdrs.expected.query import PageWalk
from mockcdrs.expected.reachable_rows import ExpectedRow, WalkRules, find_reachable


def row(number: int, month: str = "202601") -> ExpectedRow:
    document = {"_id": f"{month}-{number}"}
    return ExpectedRow((number, ""), month, document, (month, document["_id"]))


def reached(months: list[list[int]], rules: WalkRules, hidden: int = 0, broken: int = 0) -> list[int]:
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
    assert reached([[9, 8, 7], [], [3, 2, 1]], rules) == [9, 8, 7, 3, 2, 1]
    ascending = WalkRules(walk(page_size, chunk_size, is_chunked=is_chunked, is_ascending=True))
    assert reached([[1, 2, 3], [7, 8, 9]], ascending) == [1, 2, 3, 7, 8, 9]


def test_the_row_at_which_a_page_or_chunk_would_begin_can_be_lost() -> None:
    assert reached([[9, 8, 7, 6, 5]], WalkRules(walk(), pages_lose_next=True)) == [9, 8, 6, 5]
    assert reached([[9, 8, 7, 6, 5]], WalkRules(walk(9, 2), chunks_lose_next=True)) == [9, 8, 6, 5]


def test_a_row_that_is_not_shown_does_not_fill_a_page() -> None:
    assert reached([[9, 8, 7, 6]], WalkRules(walk()), hidden=8) == [9, 7, 6]


def test_a_broken_row_ends_the_walk_after_the_chunks_before_it() -> None:
    assert reached([[9, 8, 7, 6]], WalkRules(walk(4, 2)), broken=7) == [9, 8]
    assert reached([[9, 8, 7, 6]], WalkRules(walk(4, 4, is_chunked=False)), broken=7) == []
