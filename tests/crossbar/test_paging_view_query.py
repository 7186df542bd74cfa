"""From a request's parameters to the query on a view."""

import json
from typing import Any

import pytest

from mockcdrs.crossbar import paging, start_key
from mockcdrs.crossbar.context import ParsedRequest
from mockcdrs.crossbar.errors import Failure
from mockcdrs.crossbar.paging import parse_time_range
from tests.crossbar.builders import (
    ACCOUNT,
    JANUARY,
    NOW,
    OWNER,
    ask,
    calls,
    context_of,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
    walked,
)

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


NOW, MAXIMUM = 63_936_129_600, 1000


def ranged(**parameters: Any) -> tuple[int, int]:
    return parse_time_range(ParsedRequest("GET", "/", tuple(parameters.items())), NOW, MAXIMUM)


def refusal(**parameters: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        ranged(**parameters)
    return caught.value


def test_without_parameters_it_is_the_widest_range_before_now() -> None:
    assert ranged() == (NOW - MAXIMUM, NOW)


def test_a_start_alone_goes_until_now_and_an_end_alone_starts_the_widest_range_before_it() -> None:
    assert ranged(created_from=str(NOW - 10)) == (NOW - 10, NOW)
    assert ranged(created_to=str(NOW - 10)) == (NOW - 10 - MAXIMUM, NOW - 10)


@pytest.mark.parametrize("value", ["abc", "", "0", "-5", True, None, "1e5", []])
def test_what_is_no_positive_number_falls_back(value: Any) -> None:
    assert ranged(created_from=value, created_to=value) == (NOW - MAXIMUM, NOW)


def test_a_fraction_is_rounded() -> None:
    assert ranged(created_from=f"{NOW - 10}.5", created_to=f"{NOW}.4") == (NOW - 9, NOW)


def test_the_widest_range_is_allowed_and_a_second_more_is_not() -> None:
    assert ranged(created_from=NOW - MAXIMUM, created_to=NOW) == (NOW - MAXIMUM, NOW)
    failure = refusal(created_from=NOW - MAXIMUM - 1, created_to=NOW)
    assert (failure.status, failure.message) == (400, "validation error")
    words = f"created_to {NOW} is more than 1000 seconds from created_from {NOW - MAXIMUM - 1}"
    assert failure.data == {"created_from": {"date_range": {"message": words, "cause": NOW}}}


def test_a_moment_is_a_range_and_a_reversed_one_is_none() -> None:
    assert ranged(created_from=NOW, created_to=NOW) == (NOW, NOW)
    failure = refusal(created_from=NOW, created_to=NOW - 1)
    words = f"created_to {NOW - 1} is prior to created_from {NOW}"
    assert failure.status == 400
    assert failure.data == {"created_from": {"date_range": {"message": words, "cause": NOW}}}


def test_a_start_in_the_future_is_reversed() -> None:
    assert refusal(created_from=NOW + 1).data["created_from"]["date_range"]["cause"] == NOW + 1


@pytest.mark.parametrize(
    ("start", "end", "has"),
    [
        (NOW, NOW, True),
        (1_768_910_400, 1_768_910_400, False),  # Unix seconds: the year 56
        (31_556_995_199, NOW, False),  # the last second of 999
        (31_556_995_200, NOW, True),
        (NOW, 315_569_519_999, True),
        (NOW, 315_569_520_000, True),  # the year 10000
    ],
)
def test_months_have_names_once_their_years_have_four_digits(start: int, end: int, has: bool) -> None:
    state = state_of(maximum_range=end - start + 1)
    assert ask(state, query={"created_from": start, "created_to": end}).status == (200 if has else 500)


def test_a_month_is_walked_where_it_has_a_second_of_the_range() -> None:
    state = state_of(months=("202511", "202512", "202601", "202602"))
    context = context_of(state, account=state.data.accounts[ACCOUNT])
    assert paging._months_to_walk(context, JANUARY - 1, JANUARY, is_by_time_written=False) == ["202512", "202601"]


def test_the_last_month_that_has_a_name_leaves_the_others_in_order() -> None:
    state = state_of(months=("202601", "999912"))
    context = context_of(state, account=state.data.accounts[ACCOUNT])
    assert paging._months_to_walk(context, JANUARY, JANUARY, is_by_time_written=True) == ["202601"]


def test_a_range_wider_than_the_operators_is_refused_and_the_usual_one_is_as_wide() -> None:
    state = state_of(calls(3, last=NOW - 60, apart=3600), maximum_range=3600)
    assert len(data_of(ask(state))) == 1
    wide = ask(state, query={"created_from": str(NOW - 7200), "created_to": str(NOW)})
    assert wide.status == 400
    words = json_of(wide)["data"]["created_from"]["date_range"]["message"]
    assert words == "created_to 63936129600 is more than 3600 seconds from created_from 63936122400"


def test_a_listing_comes_in_chunks_of_the_operators_bulk_unless_the_client_says() -> None:
    state = state_of(calls(12), maximum_bulk=5)

    def parts(query: str) -> int:
        body = ask(state, query=query).body
        return 0 if isinstance(body, bytes) else sum(1 for _ in body)

    assert parts("paginate=false") == 4  # 5, 5 and 2 rows, then the trailer
    assert parts("paginate=false&chunk_size=12") == 2


def test_a_plain_answer_that_takes_too_much_memory_is_416() -> None:
    plain = {"is_chunked": "false"}
    assert ask(state_of(calls(12), request_memory_limit=1_000_000), query=plain).status == 200
    refused = ask(state_of(calls(12), request_memory_limit=2_000), query=plain)
    shown = json_of(refused)
    assert refused.status == 416
    assert [shown[name] for name in ("data", "error", "message", "status")] == [
        {},
        "416",
        "range not satisfiable",
        "error",
    ]


def test_a_request_holds_its_documents_as_compact_json_and_is_refused_at_the_limit() -> None:
    (document,) = calls(1)
    size = len(json.dumps(document, separators=(",", ":")))
    for limit, status in ((size, 416), (size + 1, 200)):
        state = state_of([document], request_memory_limit=limit)
        assert ask(state, query="is_chunked=false").status == status


def test_a_plain_answer_takes_what_all_its_queries_take_and_a_chunked_one_what_a_chunk_takes() -> None:
    state = state_of(calls(40), request_memory_limit=10_000, load_view_chunk_size=5, maximum_bulk=5)
    assert ask(state, query="paginate=false&is_chunked=false").status == 416
    assert len(data_of(ask(state, query="paginate=false"))) == 40


def test_a_chunk_that_takes_too_much_memory_is_416_where_it_is_the_first_one() -> None:
    assert ask(state_of(calls(40), request_memory_limit=2_000)).status == 416


@pytest.mark.parametrize(
    ("end_key", "shown"),
    [([NOW - 3660, "202601-call00001@host"], 2), ([NOW - 3660, {}], 1), ([NOW - 3660], 2), ([], 4), (None, 4)],
)
def test_a_page_ends_at_the_end_key_of_the_body(end_key: Any, shown: int) -> None:
    """`crossbar_view:end_key/1`; in the query, where it is not decoded, it is a text, which lies below all keys."""
    body = json.dumps({"data": {}, "end_key": end_key}).encode()
    assert ids_of(ask(state_of(calls(4)), body=body)) == [f"202601-call{n:05}@host" for n in range(shown)]
    assert len(ids_of(ask(state_of(calls(4)), query="end_key=x"))) == 4


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction", f"/users/{OWNER}/cdrs/interaction"])
@pytest.mark.parametrize("key", ["abc", "zzz"])
def test_a_start_key_that_is_a_text_lies_beyond_the_end_of_every_listing(path: str, key: str) -> None:
    check_reversed(path, key)


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_so_does_an_empty_list(path: str) -> None:
    check_reversed(path, start_key.encode([]))


def check_reversed(path: str, key: str) -> None:
    refused = json_of(ask(state_of(calls(1)), path, f"start_key={key}"))
    assert (refused["error"], refused["message"]) == ("500", "datastore_fault")
    assert refused["data"] == {"cause": "Bad Request", "message": "unknown failure"}


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 4])
def test_the_last_page_names_no_next_one_however_many_chunks_it_took(chunk_size: int) -> None:
    page = json_of(ask(state_of(calls(3), months=("202601",)), query=f"page_size=9&chunk_size={chunk_size}"))
    assert (len(page["data"]), "next_start_key" in page) == (3, False)


def test_where_that_is_fixed_a_call_is_listed_by_when_it_was_written_in_whichever_month_it_lies() -> None:
    state = state_of([leg("over", JANUARY + 20)], months=("202512",), fixed=["month-end-call-lost"])
    assert ids_of(ask(state, query={"created_from": JANUARY, "created_to": NOW})) == ["202512-over"]


@pytest.mark.parametrize(("fixed", "names"), [([], "0122"), (["stale-next-key"], "012")])
def test_an_empty_month_behind_chunks_brings_the_last_of_them_again_unless_that_is_fixed(
    fixed: list[str], names: str
) -> None:
    query = {"page_size": 9, "chunk_size": 2, "created_from": JANUARY - 1, "created_to": NOW}
    rows = walked(state_of(calls(3), fixed=fixed), query=query)
    assert "".join(row["id"][len("202601-call0000")] for row in rows) == names


@pytest.mark.parametrize(("fixed", "count"), [([], 2), (["interaction-page-loss"], 3)])
def test_going_down_a_page_of_interactions_lacks_its_first_one_unless_that_is_fixed(
    fixed: list[str], count: int
) -> None:
    assert len(walked(state_of(calls(3), fixed=fixed), "/cdrs/interaction", {"page_size": 1})) == count
