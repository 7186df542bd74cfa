"""Chunks that never get to the client (`api_util:create_json_chunk_response/4`)."""

from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    NOW,
    ask,
    body_of,
    calls,
    data_of,
    json_of,
    leg,
    state_of,
)

BIG = leg("big@host", NOW - 3600 - 90, variables={"rate_name": -(2**63) - 1}, more={"big": [2**63]})


@pytest.fixture
def state() -> State:
    return state_of([*calls(3), BIG])


@pytest.mark.parametrize(("size", "shown"), [(1, [0, 1, 2]), (2, [0, 1]), (3, [2]), (50, [])])
def test_a_chunk_with_a_big_integer_is_lost_but_its_rows_count(state: State, size: int, shown: list[int]) -> None:
    answered = ask(state, query={"chunk_size": size})
    told = json_of(answered)
    assert [row["id"] for row in told["data"]] == [f"202601-call{number:05}@host" for number in shown]
    assert told.get("page_size") == ("4" if shown else None)
    assert (answered.outcome.rows, answered.outcome.lost) == (4, 4 - len(shown))


def test_a_page_that_is_lost_as_a_whole_is_a_plain_empty_list(state: State) -> None:
    answered = json_of(ask(state))
    assert answered["data"] == []
    assert not {"page_size", "start_key", "next_start_key"} & answered.keys()


@pytest.mark.parametrize(("version", "lost"), [(KAZOO_4_3, True), (KAZOO_MASTER, False)])
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction", f"/cdrs/legs/{BIG['_id'].replace('@', '%40')}"])
def test_only_4_3_loses_chunks(version: Any, lost: bool, path: str) -> None:
    rows = data_of(ask(state_of([BIG], version=version), path, "is_chunked=true"))
    assert len(rows) == (0 if lost else 1)


@pytest.mark.parametrize(("query", "accept"), [("is_chunked=false", "application/json"), ("", "text/csv")])
def test_an_answer_at_once_and_csv_lose_nothing(state: State, query: str, accept: str) -> None:
    answered = ask(state, query=query, headers={"accept": accept})
    assert b"-9223372036854775809" in body_of(answered)
    assert answered.outcome.lost == 0


@pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=lambda version: version.name)
def test_a_chunk_with_text_that_is_none_is_lost_by_both(version: Any) -> None:
    state = state_of([leg("odd@host", caller_id_name=[0x99]), *calls(1)], version=version)
    answered = ask(state, query="chunk_size=1")
    assert len(data_of(answered)) == 1
    assert answered.outcome.lost == 1
    assert data_of(ask(state)) == []
    assert body_of(ask(state, query="is_chunked=false")) == b"failure in request, contact support"


def test_what_was_lost_is_known_of_an_answer_from_memory_too(state: State) -> None:
    incoming = HttpRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", "chunk_size=1", {"x-auth-token": ACCOUNT_TOKEN})
    for _ in range(2):
        answered = state.answers.respond(incoming, state.world(), "request-1")
        assert body_of(answered)
        assert (answered.outcome.rows, answered.outcome.lost) == (4, 1)
