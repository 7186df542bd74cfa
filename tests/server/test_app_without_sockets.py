"""Faults where there is no socket."""

import httpx
import pytest
from falcon.testing import TestClient

from mockcdrs.control.state import State
from mockcdrs.faults.rule import Rule
from mockcdrs.server.app import create_app, make_client
from tests.crossbar.builders import ACCOUNT_TOKEN
from tests.server.fetching import CHUNKED, HEADERS, PATH, PLAIN, last_record, usual

SOCKET_FAULTS = [
    Rule(close=True),
    Rule(cut_after=10),
    Rule(cut_in_chunk=True),
    Rule(wrong_content_length=5),
]


@pytest.mark.parametrize("rule", SOCKET_FAULTS)
@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_broken_connection_is_an_error_in_process(state: State, rule: Rule, target: str) -> None:
    placed = state.faults.add(rule)
    client = httpx.Client(transport=httpx.WSGITransport(app=create_app(state)), base_url="http://mock")
    with pytest.raises(ConnectionError, match="without a socket"):
        client.get(target, headers=HEADERS)
    assert last_record(state).fault == str(placed)


def test_falcons_client_gets_the_error_too(state: State) -> None:
    state.faults.add(Rule(cut_after=10))
    with pytest.raises(ConnectionError, match="cut off after 10 bytes"):
        TestClient(create_app(state)).simulate_get(PATH, headers=HEADERS)


@pytest.mark.parametrize("rule", [Rule(delay_seconds=0.01), Rule(drip=500_000)])
def test_what_only_takes_time_takes_it_in_process(state: State, rule: Rule) -> None:
    state.faults.add(rule)
    assert TestClient(create_app(state)).simulate_get(PATH, headers=HEADERS).content == usual(state)


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_rule_whose_own_code_fails_is_an_error_in_process(state: State, target: str) -> None:
    state.faults.add(Rule(then=lambda data: data.remove(None)))  # type: ignore[arg-type]
    with pytest.raises(ConnectionError, match="without a socket"):
        TestClient(create_app(state)).simulate_get(target, headers=HEADERS)
    with pytest.raises(TypeError):
        state.faults.check()


@pytest.mark.parametrize(("headers", "status"), [({"If-None-Match": "*"}, 304), ({"Accept": "text/csv"}, 204)])
def test_answers_that_have_no_content_have_no_type(state: State, headers: dict[str, str], status: int) -> None:
    target = f"{PATH}?filter_call_id=nosuch" if status == 204 else PATH
    response = make_client(create_app(state), ACCOUNT_TOKEN).simulate_get(target, headers=headers)
    assert (response.status_code, response.content) == (status, b"")
