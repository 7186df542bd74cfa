from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.couchdb import NoDatabase, QueryError, ViewRow
from mockcdrs.crossbar.errors import Failure, system_error
from mockcdrs.crossbar.paging import ChunkedWalk, Mapper, Page, PagePlan, walk_plain

KeysByMonth = Mapping[str, list[int]]


class Fake:
    """Month databases that hold numbers; a month that is not there has none."""

    def __init__(self, months: KeysByMonth, descending: bool = False) -> None:
        self.months = sorted(months, reverse=descending)
        self.asked: list[tuple[str, int, int]] = []
        self._held, self._descending = months, descending

    def fetch(self, month: str, start_key: int, limit: int) -> list[ViewRow]:
        self.asked.append((month, start_key, limit))
        if month not in self._held:
            raise NoDatabase(month)
        keys = sorted(self._held[month], reverse=self._descending)
        rest = [key for key in keys if (key <= start_key if self._descending else key >= start_key)]
        return [ViewRow(key, None, {"_id": str(key)}) for key in rest[:limit]]

    def plan(self, page_size: int | None, chunk_size: int = 50, start: int | None = None, **changes: Any) -> PagePlan:
        first = start if start is not None else (10**9 if self._descending else 0)
        return PagePlan(
            changes.get("months", self.months), first, page_size, chunk_size, self.fetch, changes.get("mapper", keys)
        )


def keys(rows: list[ViewRow]) -> list[int]:
    return [row.key for row in rows]


def even(rows: list[ViewRow]) -> list[int]:
    return [row.key for row in rows if row.key % 2 == 0]


def in_chunks(plan: PagePlan) -> tuple[Page, list[list[int]]]:
    walk, chunks = ChunkedWalk(plan), []
    while (items := walk.advance()) is not None:
        chunks.append(items)
    return Page([item for chunk in chunks for item in chunk], walk.total, walk.next_key), chunks


def at_once(plan: PagePlan) -> Page:
    return walk_plain(plan)


def page_by_page(fake: Fake, page_size: int, chunk_size: int, chunked: bool, mapper: Mapper) -> list[Page]:
    pages, start = [], None
    for _ in range(100):
        plan = fake.plan(page_size, chunk_size, start, mapper=mapper)
        pages.append(in_chunks(plan)[0] if chunked else at_once(plan))
        start = pages[-1].next_key
        if start is None:
            return pages
    raise AssertionError("the walk does not end")


def held_months(least: int) -> st.SearchStrategy[KeysByMonth]:
    return st.lists(st.sets(st.integers(0, 99), min_size=least, max_size=8), max_size=4).map(
        lambda months: {f"20260{n}": [100 * n + key for key in keys] for n, keys in enumerate(months, 1)}
    )


MONTHS, FILLED = held_months(0), held_months(1)


def check_walk(
    months: KeysByMonth, chunk_size: int, page_size: int, chunked: bool, descending: bool, mapper: Mapper
) -> None:
    everything = sorted((key for month in months.values() for key in month), reverse=descending)
    expected = [key for key in everything if mapper is keys or key % 2 == 0]
    pages = page_by_page(Fake(months, descending), page_size, chunk_size, chunked, mapper)
    assert [item for page in pages for item in page.items] == expected
    assert all(page.total == len(page.items) == page_size for page in pages[:-1])


@given(MONTHS, st.integers(1, 7), st.booleans(), st.sampled_from([keys, even]))
def test_a_plain_walk_gives_every_item_once_and_in_order(
    months: KeysByMonth, page_size: int, descending: bool, mapper: Mapper
) -> None:
    check_walk(months, 50, page_size, False, descending, mapper)


@given(MONTHS, st.integers(1, 7), st.booleans())
def test_so_does_a_chunked_walk_that_needs_one_chunk_a_month(
    months: KeysByMonth, page_size: int, descending: bool
) -> None:
    check_walk(months, 50, page_size, True, descending, keys)


@given(FILLED, st.integers(1, 4), st.integers(1, 7), st.booleans(), st.sampled_from([keys, even]))
def test_so_does_any_chunked_walk_through_months_that_hold_something(
    months: KeysByMonth, chunk_size: int, page_size: int, descending: bool, mapper: Mapper
) -> None:
    check_walk(months, chunk_size, page_size, True, descending, mapper)


def test_an_empty_month_behind_several_chunks_makes_the_next_page_start_with_the_last_of_them() -> None:
    # as Crossbar does: a client that follows the key gets that chunk again
    page, _ = in_chunks(Fake({"202601": [1, 2, 3], "202602": []}).plan(9, 2))
    assert page.items == [1, 2, 3]
    assert (page.total, page.next_key) == (3, 3)


@given(MONTHS, st.integers(1, 7), st.booleans())
def test_without_pagination_everything_comes_at_once(months: KeysByMonth, chunk_size: int, chunked: bool) -> None:
    plan = Fake(months).plan(None, chunk_size)
    page = in_chunks(plan)[0] if chunked else at_once(plan)
    assert page.items == sorted(key for month in months.values() for key in month)


@given(MONTHS, st.integers(1, 7), st.integers(1, 7))
def test_no_chunk_is_larger_than_wanted_nor_a_page(months: KeysByMonth, page_size: int, chunk_size: int) -> None:
    page, chunks = in_chunks(Fake(months).plan(page_size, chunk_size))
    assert max(map(len, chunks), default=0) <= chunk_size
    assert page.total == len(page.items) <= page_size


def test_a_page_looks_one_row_further_than_it_needs() -> None:
    fake = Fake({"202601": [1, 2, 3]})
    page = at_once(fake.plan(2))
    assert fake.asked == [("202601", 0, 3)]
    assert (page.items, page.total, page.next_key) == ([1, 2], 2, 3)


def test_a_page_is_filled_from_the_months_behind() -> None:
    page = at_once(Fake({"202601": [1], "202602": [], "202603": [301, 302]}).plan(2))
    assert (page.items, page.next_key) == ([1, 301], 302)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_month_without_a_database_is_skipped_unless_it_is_the_last_one_left(chunked: bool) -> None:
    walk = (lambda plan: in_chunks(plan)[0]) if chunked else at_once
    fake = Fake({"202602": [201]})
    assert walk(fake.plan(5, months=["202601", "202602"])).items == [201]
    with pytest.raises(Failure) as caught:
        walk(fake.plan(5, months=["202602", "202603"]) if not chunked else fake.plan(5, months=["202603"]))
    assert (caught.value.status, caught.value.message) == (503, "datastore missing view")


def test_no_months_are_an_empty_page() -> None:
    assert at_once(Fake({}).plan(5)) == Page()
    assert in_chunks(Fake({}).plan(5)) == (Page(), [])


def test_a_broken_query_and_a_broken_row_are_datastore_faults() -> None:
    def refuse(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        raise QueryError("the list function died")

    def break_down(rows: list[ViewRow]) -> list[Any]:
        raise ValueError

    broken_query = PagePlan(["202601"], 0, 5, 5, refuse, keys)
    for plan in (broken_query, Fake({"202601": [1]}).plan(5, mapper=break_down)):
        for walk in (at_once, in_chunks):
            with pytest.raises(Failure) as caught:
                walk(plan)
            assert (caught.value.status, caught.value.message) == (503, "datastore_fault")


def test_a_query_that_couchdb_refuses_is_told_with_its_cause() -> None:
    """`crossbar_doc:handle_datamgr_errors/3`."""

    def refuse(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        raise QueryError("no row can lie between these keys", "Bad Request")

    for walk in (at_once, in_chunks):
        with pytest.raises(Failure) as caught:
            walk(PagePlan(["202601"], 0, 5, 5, refuse, keys))
        assert (caught.value.status, caught.value.message) == (500, "datastore_fault")
        assert caught.value.data == {"cause": "Bad Request", "message": "unknown failure"}


def test_rows_of_one_key_that_fill_a_chunk_do_not_make_the_walk_endless() -> None:
    fake = Fake({"202601": [5, 5, 5, 5], "202602": [200]})
    page = at_once(fake.plan(None, 2, 5))
    assert page.items[-1] == 200


@pytest.mark.parametrize("months", [{"202601": [1, 2, 3, 4]}, {"202601": [1, 2], "202602": [3]}])
def test_a_failure_in_the_middle_keeps_the_last_key_that_was_seen(months: KeysByMonth) -> None:
    def breaking(rows: list[ViewRow]) -> list[int]:
        if rows[0].key == 3:
            raise system_error("datastore_fault")
        return keys(rows)

    walk = ChunkedWalk(Fake(months).plan(None, 1, mapper=breaking))
    assert [walk.advance(), walk.advance()] == [[1], [2]]
    with pytest.raises(Failure):
        walk.advance()
    assert (walk.total, walk.next_key) == (2, max(months["202601"][:3]))


def test_only_what_reached_the_client_counts() -> None:
    walk = ChunkedWalk(Fake({"202601": [1, 2, 3, 4]}).plan(3, 3))
    assert walk.advance() == [1, 2, 3]
    walk.sent = 1
    assert walk.advance() == [4]
    assert walk.advance() is None
    assert walk.total == 2
