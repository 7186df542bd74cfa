from typing import Any

import pytest

from mockcdrs.crossbar import start_key
from tests.crossbar.builders import JANUARY, NOW, OWNER, ask, calls, data_of, ids_of, json_of, leg, state_of, walked

NEWEST_FIRST = [f"202601-call{number:05}@host" for number in range(3)]


@pytest.mark.parametrize(
    ("query", "ascends"),
    [
        ("", False),
        ("ascending=true", True),
        ("ascending=1", True),
        ("ascending=yes", True),
        ("ascending", True),
        ("ascending=", True),
        ("ascending=false", False),
        ("descending=true", False),
        ("descending=false", False),
        ("descending=1", False),
        ("ascending=true&descending=true", False),
        ("ascending=true&descending=false", True),
    ],
)
def test_the_direction_is_newest_first_unless_ascending_says_else(query: str, ascends: bool) -> None:
    assert ids_of(ask(state_of(calls(3)), query=query)) == (NEWEST_FIRST[::-1] if ascends else NEWEST_FIRST)


@pytest.mark.parametrize(("size", "rows"), [("1", 1), ("1.5", 2), ("3", 3), ("1000", 60)])
def test_a_page_has_as_many_rows_as_wanted(size: str, rows: int) -> None:
    page = json_of(ask(state_of(calls(60)), query={"page_size": size, "is_chunked": "false"}))
    assert (len(page["data"]), page["page_size"]) == (rows, rows)


def test_without_a_wish_it_is_the_operators_page() -> None:
    assert len(data_of(ask(state_of(calls(60))))) == 50
    assert len(data_of(ask(state_of(calls(60), pagination_page_size=7)))) == 7


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("page_size=0", "page size must be at least 1"),
        ("page_size=-1", "page size must be at least 1"),
        ("page_size=abc", "invalid page size"),
        ("page_size", "invalid page size"),
        ("chunk_size=-1", "chunk size must be at least 1"),
        ("chunk_size=51", "chunk size must be lower than 50"),
        ("chunk_size=x", "invalid chunk size"),
    ],
)
def test_a_bad_size_is_a_faulty_request(query: str, words: str) -> None:
    shown = json_of(ask(state_of(), query=query))
    assert (shown["error"], shown["message"], shown["data"]) == ("404", "faulty_request", {"message": words})


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("/cdrs", "", [NOW, {}]),
        ("/cdrs", f"created_from={NOW - 9000}&ascending=true", [NOW - 9000]),
        ("/cdrs/interaction", "", [NOW, {}]),
        (f"/users/{OWNER}/cdrs", "", [OWNER, NOW, {}]),
        (f"/users/{OWNER}/cdrs/interaction", "", [OWNER, NOW, "\ufff0", "\ufff0"]),
        (
            f"/users/{OWNER}/cdrs/interaction",
            f"created_from={NOW - 9000}&ascending=true",
            [OWNER, NOW - 9000, False, False],
        ),
    ],
)
def test_the_first_page_starts_at_its_ranges_edge(path: str, query: str, key: Any) -> None:
    assert start_key.decode(json_of(ask(state_of(calls(1)), path, query))["start_key"]) == key


def test_the_next_page_starts_at_its_first_rows_key() -> None:
    page = json_of(ask(state_of(calls(3)), query={"page_size": "2"}))
    assert start_key.decode(page["next_start_key"]) == [NOW - 3600 - 120, "202601-call00002@host"]


def test_rows_of_one_second_are_ordered_by_id_and_none_is_lost() -> None:
    documents = [leg(name) for name in ("b", "A", "a", "_", "1", "B")]
    ids = [f"202601-{name}" for name in ("_", "1", "a", "A", "b", "B")]
    for query, expected in (({"ascending": "true"}, ids), ({}, ids[::-1])):
        assert [row["id"] for row in walked(state_of(documents), query={**query, "page_size": "1"})] == expected


@pytest.mark.parametrize(
    ("at", "is_there"), [(NOW - 100, True), (NOW - 50, True), (NOW - 101, False), (NOW - 49, False)]
)
def test_both_ends_of_a_range_are_included(at: int, is_there: bool) -> None:
    state = state_of([leg("x", at)])
    assert bool(data_of(ask(state, query={"created_from": NOW - 100, "created_to": NOW - 50}))) is is_there


def test_a_walk_goes_through_the_months_in_its_direction() -> None:
    documents = [leg("old", JANUARY - 100), leg("new", JANUARY + 100)]
    assert [row["call_id"] for row in walked(state_of(documents), query={"page_size": "1"})] == ["new", "old"]
    ascending = {"page_size": "1", "ascending": "true"}
    assert [row["call_id"] for row in walked(state_of(documents), query=ascending)] == ["old", "new"]


def test_a_page_is_filled_behind_the_filter() -> None:
    documents = [leg(f"x{n}", NOW - n, hangup_cause="A" if n % 10 == 9 else "B") for n in range(100)]
    page = json_of(ask(state_of(documents), query={"page_size": "5", "filter_hangup_cause": "A"}))
    assert [row["call_id"] for row in page["data"]] == ["x9", "x19", "x29", "x39", "x49"]


@pytest.mark.parametrize(
    ("query", "is_chunked"),
    [("", True), ("is_chunked=true", True), ("is_chunked", True), ("is_chunked=1", False), ("is_chunked=false", False)],
)
def test_a_listing_is_chunked_unless_something_else_than_true_is_asked(query: str, is_chunked: bool) -> None:
    assert isinstance(ask(state_of(calls(1)), query=query).body, bytes) is not is_chunked


def test_an_interaction_shows_its_first_leg_alone() -> None:
    shared: dict[str, Any] = {"interaction_id": f"{NOW - 60}-k", "interaction_time": NOW - 60, "interaction_key": "k"}
    late, early = (
        leg("late", NOW, channel_created_time=9, **shared),
        leg("early", NOW, channel_created_time=5, **shared),
    )
    assert ids_of(ask(state_of([late, early]), "/cdrs/interaction")) == ["202601-early"]


def test_keys_that_are_equal_but_not_the_same_do_not_end_a_walk() -> None:
    """`crossbar_view:next_chunk/1` compares them exactly."""
    start = NOW - 3600
    keys = [(start - 10, "a"), (start, True), (start, 1), (start + 10, "b")]
    legs = [leg(f"{n}@host", interaction_time=time, interaction_key=key) for n, (time, key) in enumerate(keys)]
    shown = ids_of(ask(state_of(legs), "/cdrs/interaction", "ascending=true&chunk_size=1"))
    assert shown == [f"202601-{n}@host" for n in range(4)]
