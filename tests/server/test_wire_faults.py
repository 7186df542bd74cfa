"""What a client feels of a fault on a socket."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import httpx
import pytest
from falcon.testing import TestClient

from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import State
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN
from tests.server.fetching import CHUNKED, HEADERS, PATH, PLAIN, exchange_bytes, fetch, last_record, split, until, usual


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_closed_connection_gives_no_byte(server: Server, state: State, target: str) -> None:
    rule = state.faults.add(Rule(close=True, times=1))
    with pytest.raises(http.client.RemoteDisconnected):
        fetch(server, target)
    record = last_record(state)
    assert (record.status, record.sent_bytes, record.fault) == (0, 0, str(rule))
    assert fetch(server, target)[0] == 200


@pytest.mark.parametrize(
    ("method", "target"),
    [("HEAD", PATH), ("OPTIONS", PATH), ("GET", PATH + "?created_from=63934444800&created_to=63934444801&accept=csv")],
)
def test_a_connection_closes_where_there_is_no_body_either(
    server: Server, state: State, method: str, target: str
) -> None:
    state.faults.add(Rule(close=True, method=method))
    assert exchange_bytes(server, target, method) == b""


def test_a_plain_body_is_cut_short_of_its_length(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_after=100))
    with pytest.raises(http.client.IncompleteRead) as failure:
        fetch(server, PLAIN)
    assert failure.value.partial == usual(state, PLAIN)[:100]
    assert failure.value.expected == len(usual(state, PLAIN)) - 100
    assert (last_record(state).sent_bytes, last_record(state).status) == (100, 200)


@pytest.mark.parametrize("length", [1, 100, 1_000_000])
def test_a_chunked_body_is_cut_without_its_last_chunk(server: Server, state: State, length: int) -> None:
    state.faults.add(Rule(cut_after=length))
    headers, body = split(exchange_bytes(server, CHUNKED))
    assert headers[b"transfer-encoding"] == b"chunked"
    assert not body.endswith(b"0\r\n\r\n")
    assert last_record(state).sent_bytes == min(length, len(usual(state)))


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_body_is_cut_in_the_middle_of_a_chunk(server: Server, state: State, target: str) -> None:
    rule = state.faults.add(Rule(cut_in_chunk=True))
    headers, body = split(exchange_bytes(server, target))
    assert headers[b"transfer-encoding"] == b"chunked"
    first_size, _, rest = body.partition(b"\r\n")
    first, rest = rest[: int(first_size, 16)], rest[int(first_size, 16) + 2 :]
    second_size, _, second = rest.partition(b"\r\n")
    assert 0 < len(second) < int(second_size, 16)
    assert usual(state, target).startswith(first + second)
    assert last_record(state).fault == str(rule)


def test_a_client_sees_a_chunk_that_breaks_off(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_in_chunk=True))
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        httpx.get(server.url + CHUNKED, headers=HEADERS)


def test_an_old_client_gets_no_chunk_that_could_break(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_in_chunk=True))
    headers, body = split(exchange_bytes(server, CHUNKED, version="1.0"))
    assert b"transfer-encoding" not in headers
    assert body
    assert usual(state).startswith(body)


def test_an_empty_body_has_no_chunk_that_could_break(server: Server, state: State) -> None:
    state.faults.add(Rule(path="/cdrs", reply=Reply(), cut_in_chunk=True))
    assert exchange_bytes(server, CHUNKED) == b""


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_length_that_is_too_great_leaves_a_client_short(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(wrong_content_length=7))
    with pytest.raises(http.client.IncompleteRead) as failure:
        fetch(server, target)
    assert (failure.value.partial, failure.value.expected) == (usual(state, target), 7)


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_length_that_is_too_small_looks_like_a_whole_answer(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(wrong_content_length=-7))
    assert fetch(server, target) == (200, usual(state, target)[:-7])
    assert last_record(state).sent_bytes == len(usual(state, target)) - 7


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_dripping_body_is_over_in_the_journal_when_its_client_has_it(
    server: Server, state: State, target: str
) -> None:
    state.faults.add(Rule(drip=50_000))
    assert fetch(server, target)[0] == 200
    (record,) = state.journal
    assert record.is_complete


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_dripping_body_comes_whole_in_many_parts(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(drip=200_000))
    assert fetch(server, target) == (200, usual(state, target))
    _, body = split(exchange_bytes(server, CHUNKED))
    assert body.count(b"\r\n") > 4
    assert last_record(state, 2).sent_bytes == len(usual(state))


def test_a_delayed_answer_comes_whole(server: Server, state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=0.06))
    assert fetch(server, CHUNKED) == (200, usual(state))
    assert last_record(state).fault == str(rule)


def test_a_short_timeout_gives_up_on_a_delayed_answer_and_the_server_still_stops(state: State) -> None:
    state.faults.add(Rule(delay_seconds=3_600))
    with Server(create_app(state)) as server, pytest.raises(httpx.ReadTimeout):
        httpx.get(server.url + PATH, headers=HEADERS, timeout=0.05)


def test_an_error_may_be_delayed_and_cut_too(server: Server, state: State) -> None:
    state.faults.add(Rule(status=503, cut_after=20, delay_seconds=0.01))
    headers, body = split(exchange_bytes(server, CHUNKED))
    assert (len(body), last_record(state).status) == (20, 503)
    assert int(headers[b"content-length"]) > 20


def test_a_compressed_body_is_cut_as_it_goes_out(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_after=50))
    headers, body = split(exchange_bytes(server, PLAIN, headers="Accept-Encoding: gzip\r\n"))
    assert headers[b"content-encoding"] == b"gzip"
    assert len(body) == 50


@pytest.mark.parametrize(
    ("rule", "status", "test"),
    [
        (Rule(error="too_many_requests"), 429, lambda body: json.loads(body)["message"] == "too_many_requests"),
        (Rule(status=503), 503, lambda body: json.loads(body)["message"] == "datastore_unreachable"),
        (Rule(empty=True), 200, lambda body: body == b""),
        (Rule(malformed_json=True), 200, lambda body: body.startswith(b'{"data":[') and not body.endswith(b"}")),
        (Rule(token_expired=True), 401, lambda body: json.loads(body)["message"] == "invalid_credentials"),
        (Rule(duplicate_row=True), 200, lambda body: len(json.loads(body)["data"]) == 21),
        (Rule(endless_next_key=True), 200, lambda body: "next_start_key" in json.loads(body)),
    ],
)
def test_other_answers_arrive_and_are_recorded(
    server: Server, state: State, rule: Rule, status: int, test: Callable[[bytes], bool]
) -> None:
    placed = state.faults.add(rule)
    received_status, body = fetch(server, CHUNKED)
    assert received_status == status
    assert test(body)
    record = last_record(state)
    assert (record.status, record.sent_bytes, record.fault) == (status, len(body), str(placed))


def test_an_endless_walk_goes_round_over_a_socket(server: Server, state: State) -> None:
    state.faults.add(Rule(endless_next_key=True, page=2))
    query = {"page_size": "5"}
    rows = []
    for _ in range(5):
        page = json.loads(fetch(server, f"{PATH}?{urlencode(query)}")[1])
        rows.append([row["id"] for row in page["data"]])
        query["start_key"] = page["next_start_key"]
    assert rows[1] == rows[2] == rows[3] == rows[4] != rows[0]


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_rule_whose_own_code_fails_breaks_the_connection_and_says_why(
    server: Server, state: State, target: str
) -> None:
    rule = state.faults.add(Rule(times=1, then=lambda data: data.remove(None)))  # type: ignore[arg-type]
    with pytest.raises(http.client.HTTPException):
        fetch(server, target)
    assert last_record(state).fault == str(rule)
    with pytest.raises(TypeError) as failure:
        state.faults.check()
    assert failure.value.__notes__ == [f"raised by the code of {rule}; the client was left with a broken connection"]
    assert fetch(server, target)[0] == 200
    state.reset()
    state.faults.check()


AN_HOUR = 3_600


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    with Server(create_app(state, MockBackend(state, ACCOUNT))) as running:
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
        assert fetch(server, f"{PATH}/summary")[0] == 200
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
    assert last_record(state).fault == str(rule)
    assert under_way(state) == 0


def test_without_a_socket_an_answer_is_let_go_as_well(state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=AN_HOUR))
    with ThreadPoolExecutor(1) as asker:
        answering = asker.submit(TestClient(create_app(state)).simulate_get, CHUNKED, headers=HEADERS)
        until(lambda: state.faults.fired(rule) == 1)
        assert not answering.done()
        state.faults.remove(rule)
        assert answering.result(20).content == usual(state)


def test_a_reset_connection_is_no_ordinary_end(server: Server, state: State) -> None:
    rule = state.faults.add(Rule(reset=True, times=1))
    with pytest.raises(ConnectionResetError):
        fetch(server, PLAIN)
    assert (last_record(state).status, last_record(state).fault) == (0, str(rule))
    assert fetch(server, PLAIN)[0] == 200


def test_a_blackhole_answers_nobody_while_others_are_served(server: Server, state: State) -> None:
    state.faults.add(Rule(blackhole=True, path="/cdrs"))
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=0.2)) as client:
        client.request("GET", PLAIN, headers=HEADERS)
        with pytest.raises(TimeoutError):
            client.getresponse()
    assert last_record(state).status == 0
    assert fetch(server, PATH + "/summary")[0] == 200


def test_a_blackhole_lets_go_when_its_rule_is_removed(server: Server, state: State) -> None:
    rule = state.faults.add(Rule(blackhole=True))
    with ThreadPoolExecutor(1) as pool:
        exchange = pool.submit(exchange_bytes, server, PLAIN)
        until(lambda: state.faults.fired(rule) == 1)
        state.faults.remove(rule)
        assert exchange.result(20) == b""


def test_bodies_that_share_a_bandwidth_come_whole(server: Server, state: State) -> None:
    state.faults.add(Rule(bandwidth=400_000))
    with ThreadPoolExecutor(2) as pool:
        bodies = list(pool.map(lambda _: fetch(server, PLAIN), range(2)))
    assert bodies == [(200, usual(state, PLAIN))] * 2


@pytest.mark.parametrize(
    ("rule", "error"), [(Rule(reset=True), ConnectionResetError), (Rule(blackhole=True), TimeoutError)]
)
def test_without_a_socket_an_error_stands_for_an_answer_that_never_comes(
    state: State, rule: Rule, error: type[Exception]
) -> None:
    state.faults.add(rule)
    with pytest.raises(error, match="without a socket this error stands for"):
        TestClient(create_app(state)).simulate_get(PATH, headers=HEADERS)
