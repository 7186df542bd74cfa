"""Answers from memory are those that would be made anew, and never those of another question."""

import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar import response_cache
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, NOW, body_of, calls, leg, state_of

LISTING = "/cdrs"
PATHS = (
    LISTING,
    "/cdrs/interaction",
    "/cdrs/summary",
    "/cdrs/legs/202601-call00000@host",
    "/cdrs/202601-call00000@host",
)
FORMS: tuple[Mapping[str, str], ...] = ({}, {"accept": "text/csv"}, {"x-pretty-print": "true"}, {"x-request-id": "a"})


def filled() -> State:
    return state_of([*calls(3), leg("other@host", end=63_936_126_000)])


def incoming_request(path: str = LISTING, headers: Mapping[str, str] | None = None, **changes: Any) -> HttpRequest:
    sent = {"x-auth-token": ACCOUNT_TOKEN, **(headers or {})}
    return HttpRequest("GET", f"/v2/accounts/{ACCOUNT}{path}", headers=sent)._replace(**changes)


def whole_answer(response: HttpResponse) -> tuple[Any, ...]:
    """All of an answer; its outcome is complete only behind the body."""
    body = body_of(response)
    return response.status, dict(response.headers), body, response.is_file, response.outcome


def cached(state: State, incoming: HttpRequest) -> tuple[Any, ...]:
    return whole_answer(state.answers.respond(incoming, state.server_state(), state.ids.of(incoming, NOW)))


def computed(state: State, incoming: HttpRequest) -> tuple[Any, ...]:
    return whole_answer(respond(incoming, state.server_state(), state.ids.of(incoming, NOW)))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", FORMS, ids=["json", "csv", "pretty", "own id"])
def test_each_request_gets_what_would_be_made_for_it(path: str, headers: Mapping[str, str]) -> None:
    keeping, making, incoming = filled(), filled(), incoming_request(path, headers)
    for _ in range(3):
        assert cached(keeping, incoming) == computed(making, incoming)


def test_a_request_with_its_token_in_the_query_is_answered_each_time() -> None:
    keeping, making = filled(), filled()
    incoming = incoming_request(query=f"auth_token={ACCOUNT_TOKEN}")._replace(headers={})
    for _ in range(3):
        assert cached(keeping, incoming) == computed(making, incoming)


@pytest.mark.parametrize("path", PATHS)
def test_the_third_answer_is_not_made_but_has_a_request_id_of_its_own(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = filled()
    _, second = cached(state, incoming_request(path)), cached(state, incoming_request(path))
    monkeypatch.setattr(response_cache, "respond", lambda *_: pytest.fail("it was made again"))
    third = cached(state, incoming_request(path))
    assert third[0] == 200
    assert third[1]["x-request-id"] != second[1]["x-request-id"]
    assert third[2] != second[2]


def test_of_requests_seen_the_oldest_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "MAX_SEEN", 2)
    state, made_anew = filled(), []
    monkeypatch.setattr(response_cache, "respond", lambda *given: made_anew.append(1) or respond(*given))
    for query in ("page_size=1", "page_size=2", "page_size=3", "page_size=1", "page_size=1", "page_size=1"):
        cached(state, incoming_request(query=query))
    assert len(made_anew) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.data.remove("202601-call00000@host"),
        lambda state: state.data.add(ACCOUNT, "202601", [leg("new@host")]),
        lambda state: state.data.empty(ACCOUNT),
        lambda state: setattr(state, "settings", replace(state.settings, pagination_page_size=1)),
        lambda state: setattr(state, "quirks", state.quirks - {"trailer-unescaped"} | {"integer-page-size"}),
        lambda state: state.clock.advance(seconds=1),
    ],
    ids=["removed", "added", "emptied", "settings", "quirks", "clock"],
)
def test_a_change_is_seen_by_the_next_request(change: Callable[[State], object]) -> None:
    keeping, making = filled(), filled()
    for _ in range(2):
        assert cached(keeping, incoming_request()) == computed(making, incoming_request())
    for state in (keeping, making):
        change(state)
    assert cached(keeping, incoming_request()) == computed(making, incoming_request())


def test_a_reset_brings_the_first_data_back() -> None:
    state = filled()
    state.data.empty(ACCOUNT)
    emptied, _ = cached(state, incoming_request()), cached(state, incoming_request())
    state.reset()
    assert len(cached(state, incoming_request())[2]) > len(emptied[2])


@pytest.mark.parametrize("reason", ["nosuch", "token_expired"])
def test_a_token_that_opens_nothing_any_more_gets_nothing_from_memory(reason: str) -> None:
    state = filled()
    assert cached(state, incoming_request())[0] == cached(state, incoming_request())[0] == 200

    def claims(_token: str) -> NoReturn:
        raise TokenError(reason)

    refused = state.answers.respond(incoming_request(), state.server_state()._replace(claims=claims), "1")
    assert refused.status == 401


def test_what_a_test_does_with_its_document_afterwards_does_not_show() -> None:
    state, mine = filled(), leg("mine@host")
    state.data.add(ACCOUNT, "202601", [mine])
    before = cached(state, incoming_request())
    mine["hangup_cause"] = "CHANGED"
    state.clock.advance(seconds=1)
    assert b"mine@host" in before[2]
    assert b"CHANGED" not in cached(state, incoming_request())[2]


def test_an_answer_that_was_not_read_to_its_end_is_not_kept() -> None:
    state = filled()
    cached(state, incoming_request())
    body = state.answers.respond(incoming_request(), state.server_state(), "1").body
    assert not isinstance(body, bytes)
    next(iter(body))
    assert cached(state, incoming_request())[2].endswith(b"}")


def test_what_somebody_notes_of_an_answer_does_not_show_in_the_next() -> None:
    state = filled()
    for _ in range(3):
        response = state.answers.respond(incoming_request(), state.server_state(), "1")
        body_of(response)
        assert (response.outcome.message, response.outcome.rows) == ("", 4)
        response.outcome.message, response.outcome.rows = "changed", 7


def test_large_answers_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "MAX_RESPONSE_BYTES", 1_000)
    state, made_anew = filled(), []
    monkeypatch.setattr(response_cache, "respond", lambda *given: made_anew.append(1) or respond(*given))
    assert [cached(state, incoming_request())[0] for _ in range(3)] == [200] * 3
    assert len(made_anew) == 3


@pytest.mark.parametrize(
    "incoming",
    [
        incoming_request(method="POST"),
        incoming_request(body=b"{}"),
        incoming_request("/nosuch"),
        incoming_request(headers={"x-auth-token": "nosuch"}),
        incoming_request("/cdrs/202601-nosuch"),
        incoming_request(headers={"x-request-id": "e"}),
    ],
    ids=["another method", "a body", "no CDRs", "no good token", "an error", "an id that stands anywhere"],
)
def test_everything_else_is_made_each_time(incoming: HttpRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    state, made_anew = filled(), []
    monkeypatch.setattr(response_cache, "respond", lambda *given: made_anew.append(1) or respond(*given))
    assert len({cached(state, incoming)[0] for _ in range(3)}) == 1
    assert len(made_anew) == 3


@pytest.mark.no_cover
@pytest.mark.parametrize(("count", "length"), [(20, 100_000), (1_000, 0)], ids=["long questions", "short answers"])
def test_answers_to_long_questions_and_many_short_ones_take_no_more_memory_than_is_said(
    count: int, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_cache, "CACHE_BYTES", bound := 500_000)
    state = state_of([])
    cached(state, incoming_request())
    tracemalloc.start()
    try:
        for number in range(count):
            more = {f"x-{part}": "x" * 4_000 + str(number) for part in range(length // 4_000)}
            for _ in range(2):
                cached(state, incoming_request(query=f"filter_to={number}", headers=more))
        grown_bytes = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert bound / 2 < grown_bytes < bound * 1.5


def test_an_answer_is_not_anothers_with_a_body_of_its_own() -> None:
    state = filled()
    bodies = (b'{"data":{},"page_size":1}', b'{"data":{},"page_size":2}')
    for _ in range(3):
        rows = [cached(state, incoming_request(body=body))[4].rows for body in bodies]
        assert rows == [1, 2]


def test_a_revision_of_a_document_that_looks_like_a_digest_stays_what_it_is() -> None:
    keeping, making = (state_of([leg("call@host", _rev="a" * 32)]) for _ in range(2))
    for _ in range(3):
        incoming = incoming_request("/cdrs/202601-call@host")
        answer = cached(keeping, incoming)
        assert answer == computed(making, incoming)
        assert answer[1]["etag"] == f'"{"a" * 32}"'


def test_of_long_answers_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "CACHE_BYTES", 15_000)
    state, made_anew = state_of(calls(20)), []
    monkeypatch.setattr(response_cache, "respond", lambda *given: made_anew.append(1) or respond(*given))
    first, second = incoming_request(query="page_size=8"), incoming_request(query="page_size=9")
    for incoming in (first, first, second, second, first):
        assert 15_000 / 2 < len(cached(state, incoming)[2]) < 13_000
    assert len(made_anew) == 5


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_one_piece_is_one_from_memory_too(path: str) -> None:
    """It is sent with its length, and not in chunks."""
    state = filled()
    bodies = [
        state.answers.respond(incoming_request(path), state.server_state(), str(number)).body for number in range(2)
    ]
    cached(state, incoming_request(path))
    bodies.append(state.answers.respond(incoming_request(path), state.server_state(), "2").body)
    assert len({isinstance(body, bytes) for body in bodies}) == 1
