"""Logging in again after a token was made to expire, and logins that fail."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from mockcdrs.dataset.accounts import api_key
from mockcdrs.faults import Rule
from tests.crossbar.builders import ACCOUNT, body_of, calls, state_of
from tests.faults.client import ask, envelope


def login(state: State, **headers: str) -> HttpResponse:
    body = json.dumps({"data": {"api_key": api_key(state.data.accounts[ACCOUNT])}}).encode()

    def produce(incoming: HttpRequest, server_state: ServerState) -> HttpResponse:
        return respond(incoming, server_state, "request-1")

    response, _ = state.faults.apply(
        HttpRequest("PUT", "/v2/api_auth", "", headers, body), state.server_state(), produce
    )
    return replace(response, body=body_of(response))


def token(state: State) -> str:
    response = login(state)
    assert response.status == 201
    token_of_login: str = envelope(response)["auth_token"]
    return token_of_login


def status(state: State, value: str) -> int:
    return ask(state, token=value)[0].status


def test_the_token_of_a_new_login_is_good_though_the_clock_stands_still(state: State) -> None:
    first = token(state)
    state.faults.add(Rule(token_expired=True))
    assert [status(state, first), status(state, first)] == [401, 401]
    second = token(state)
    assert second != first
    assert [status(state, second), status(state, second), status(state, first)] == [200, 200, 401]


def test_a_token_given_before_another_expired_meets_the_rule_too(state: State) -> None:
    early = token(state)
    state.faults.add(Rule(token_expired=True))
    assert [status(state, "token-a"), status(state, early)] == [401, 401]
    assert status(state, token(state)) == 200


@pytest.mark.parametrize(("when", "statuses"), [({"times": 2}, [401, 401, 200]), ({"nth": 2}, [200, 401, 200])])
def test_a_rule_that_says_when_may_expire_a_new_token_too(state: State, when: Any, statuses: list[int]) -> None:
    state.faults.add(Rule(token_expired=True, **when))
    given = token(state)
    received = []
    for _ in statuses:
        received.append(status(state, given))
        given = token(state) if received[-1] == 401 else given
    assert received == statuses


def test_what_is_no_token_meets_the_rule_as_any_token_does(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    assert [status(state, "token-a"), status(state, "garbage")] == [401, 401]
    assert state.faults.fired(rule) == 2


@pytest.mark.parametrize(("version", "spoilt"), [(KAZOO_4_3, 201), (KAZOO_MASTER, 401)], ids=["4.3", "master"])
def test_the_expired_token_in_the_header_spoils_a_login_in_master(version: Version, spoilt: int) -> None:
    state = state_of(calls(1), version=version)
    state.faults.add(Rule(token_expired=True, path="/cdrs"))
    assert status(state, "token-a") == 401
    assert login(state, **{"x-auth-token": "token-a"}).status == spoilt
    assert login(state).status == 201


def test_all_tokens_are_good_again_without_the_rule(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    first = token(state)
    assert status(state, first) == 401
    state.faults.remove(rule)
    assert (status(state, first), token(state)) == (200, first)


def test_tokens_stay_expired_while_another_rule_that_expires_them_is_left(state: State) -> None:
    one, other = (state.faults.add(Rule(token_expired=True, path=path)) for path in ("/cdrs", "/nowhere"))
    first = token(state)
    assert status(state, first) == 401
    assert state.faults.remove(one)
    assert status(state, first) == 401
    assert state.faults.remove(other)
    assert status(state, first) == 200


@pytest.mark.parametrize(
    ("version", "of_a_token"),
    [(KAZOO_4_3, {"version": "4.3.142", "auth_token": "undefined"}), (KAZOO_MASTER, {})],
    ids=["4.3", "master"],
)
@pytest.mark.parametrize("failing", [{"status": 401}, {"status": 503}, {"error": "too_many_requests"}], ids=str)
def test_a_login_that_a_rule_fails_gives_no_token(failing: Any, version: Version, of_a_token: dict[str, str]) -> None:
    state = state_of(calls(1), version=version)
    state.faults.add(Rule(path="/api_auth", **failing))
    response = login(state)
    answer = envelope(response)
    assert (str(response.status), answer["status"]) == (answer["error"], "error")
    assert {name: answer[name] for name in ("version", "auth_token") if name in answer} == of_a_token
    genuine, _ = ask(state, path="/v2/api_auth", method="PUT", token=None)  # says no key
    assert answer.keys() == envelope(genuine).keys()
    assert "location" not in response.headers
