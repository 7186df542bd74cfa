"""What an operator turns, seen in the answers; page and chunk sizes are with the walks."""

from tests.crossbar.builders import NOW, ask, calls, data_of, json_of, state_of


def test_a_range_wider_than_the_operators_is_refused_and_the_usual_one_is_as_wide() -> None:
    state = state_of(calls(3, last=NOW - 60, apart=3600), maximum_range=3600)
    assert len(data_of(ask(state))) == 1
    wide = ask(state, query={"created_from": str(NOW - 7200), "created_to": str(NOW)})
    assert wide.status == 400
    said = json_of(wide)["data"]["created_from"]["date_range"]["message"]
    assert said == "created_to 63936129600 is more than 3600 seconds from created_from 63936122400"


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


def test_a_plain_answer_takes_what_all_its_queries_take_and_a_chunked_one_what_a_chunk_takes() -> None:
    state = state_of(calls(40), request_memory_limit=10_000, load_view_chunk_size=5, maximum_bulk=5)
    assert ask(state, query="paginate=false&is_chunked=false").status == 416
    assert len(data_of(ask(state, query="paginate=false"))) == 40


def test_a_chunk_that_takes_too_much_memory_is_416_where_it_is_the_first_one() -> None:
    assert ask(state_of(calls(40), request_memory_limit=2_000)).status == 416
