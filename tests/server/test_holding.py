"""Answers that a rule holds back, and everybody else meanwhile."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from falcon.testing import TestClient

from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import State
from mockcdrs.faults import Rule
from mockcdrs.server.app import create_app
from mockcdrs.server.runner import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN
from tests.server.fetching import CHUNKED, HEADERS, PATH, PLAIN, fetched, recorded, split, until, usual

AN_HOUR = 3_600


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    powers = MockBackend(state, state.data.accounts[ACCOUNT])
    with Server(create_app(state, powers)) as running:
        yield running


def asking(server: Server, target: str = CHUNKED) -> socket.socket:
    client = socket.create_connection((server.host, server.port), timeout=20)
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\nConnection: close\r\n\r\n"
    client.sendall(head.encode())
    return client


def rest_of(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65_536), b""))


def under_way(state: State) -> int:
    return sum(not record.is_complete for record in state.journal)


def controlled(server: Server, method: str, path: str) -> int:
    with closing(HTTPConnection(server.host, server.port, timeout=20)) as connection:
        connection.request(method, f"/_mockcdrs{path}")
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("rule", "target"),
    [(Rule(path="/cdrs", delay_seconds=AN_HOUR), CHUNKED), (Rule(path="/cdrs", drip=1), PLAIN)],
    ids=["delay", "drip"],
)
def test_64_held_answers_keep_nobody_waiting_and_end_when_the_faults_are_deleted(
    server: Server, state: State, rule: Rule, target: str
) -> None:
    state.faults.add(rule)
    with ExitStack() as stack:
        clients = [stack.enter_context(asking(server, target)) for _ in range(64)]
        until(lambda: len(state.journal) == 64)
        assert fetched(server, f"{PATH}/summary")[0] == 200
        assert (state.journal.completed, under_way(state)) == (1, 64)
        assert controlled(server, "DELETE", "/faults") == 204
        bodies = [split(rest_of(client))[1] for client in clients]
    assert all(len(body) >= len(usual(state, target)) for body in bodies)
    assert len(state.journal.wait_for(65, timeout_seconds=20)) == 65


@pytest.mark.parametrize(
    "lift",
    [
        lambda state, rule: state.faults.remove(rule),
        lambda state, _rule: state.faults.clear(),
        lambda state, _rule: state.reset(),
    ],
    ids=["remove", "clear", "reset"],
)
def test_a_rule_that_goes_lets_go_of_what_it_holds(
    server: Server, state: State, lift: Callable[[State, Rule], object]
) -> None:
    rule = state.faults.add(Rule(delay_seconds=AN_HOUR))
    with asking(server) as client:
        until(lambda: state.faults.fired(rule) == 1)
        lift(state, rule)
        assert rest_of(client).startswith(b"HTTP/1.1 200 OK")


def test_of_two_rules_that_hold_an_answer_each_lets_go_of_its_own_share(server: Server, state: State) -> None:
    first, second = (state.faults.add(Rule(delay_seconds=AN_HOUR)) for _ in range(2))
    with asking(server) as client:
        until(lambda: state.faults.fired(second) == 1)
        state.faults.remove(first)
        assert controlled(server, "GET", "/health") == 200
        assert under_way(state) == 1
        state.faults.remove(second)
        assert rest_of(client).startswith(b"HTTP/1.1 200 OK")


def test_of_two_rules_that_let_a_body_drip_the_slower_counts_as_long_as_it_is_there(
    server: Server, state: State
) -> None:
    state.faults.add(Rule(drip=1_000_000))
    slower = state.faults.add(Rule(drip=1))
    with asking(server, PLAIN) as client:
        received = client.recv(65_536)
        while not received.partition(b"\r\n\r\n")[2]:
            received += client.recv(65_536)
        assert under_way(state) == 1
        state.faults.remove(slower)
        body = split(received + rest_of(client))[1]
    assert len(json.loads(body)["data"]) == 20


def test_a_client_that_leaves_is_no_longer_held(server: Server, state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=AN_HOUR))
    with asking(server):
        until(lambda: state.faults.fired(rule) == 1)
    assert recorded(state).fault == str(rule)
    assert under_way(state) == 0


def test_without_a_socket_an_answer_is_let_go_as_well(state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=AN_HOUR))
    with ThreadPoolExecutor(1) as asker:
        answering = asker.submit(TestClient(create_app(state)).simulate_get, CHUNKED, headers=HEADERS)
        until(lambda: state.faults.fired(rule) == 1)
        assert not answering.done()
        state.faults.remove(rule)
        assert answering.result(20).content == usual(state)
