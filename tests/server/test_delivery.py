import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlencode

import httpx
import pytest
from falcon.testing import TestClient

from mockcdrs.control.faults import Rule
from mockcdrs.control.journal import Record
from mockcdrs.control.state import State
from mockcdrs.server.app import create_app
from mockcdrs.server.runner import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of

PATH = f"/v2/accounts/{ACCOUNT}/cdrs"
HEADERS = {"X-Auth-Token": ACCOUNT_TOKEN, "X-Request-ID": "request-1"}
CHUNKED, PLAIN = PATH, PATH + "?is_chunked=false"


@pytest.fixture
def state() -> State:
    return state_of(calls(20))


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    with Server(create_app(state)) as running:
        yield running


def exchanged(server: Server, target: str, method: str = "GET", version: str = "1.1", headers: str = "") -> bytes:
    """All bytes that come until the server ends the connection."""
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(
            f"{method} {target} HTTP/{version}\r\nHost: x\r\nConnection: close\r\n{head}{headers}\r\n".encode()
        )
        return b"".join(iter(lambda: client.recv(65_536), b""))


def split(received: bytes) -> tuple[dict[bytes, bytes], bytes]:
    head, _, rest = received.partition(b"\r\n\r\n")
    pairs = (line.partition(b": ")[::2] for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, value in pairs}, rest


def fetched(server: Server, target: str, method: str = "GET") -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=10)) as connection:
        connection.request(method, target, headers=HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()


def usual(state: State, target: str = CHUNKED) -> bytes:
    content: bytes = TestClient(create_app(state_of(calls(20)))).simulate_get(target, headers=HEADERS).content
    return content


def recorded(state: State, count: int = 1) -> Record:
    return state.journal.wait_for(count, timeout_seconds=10)[-1]


# --- as a client feels it on a socket


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_closed_connection_gives_no_byte(server: Server, state: State, target: str) -> None:
    rule = state.faults.add(Rule(close=True, times=1))
    with pytest.raises(http.client.RemoteDisconnected):
        fetched(server, target)
    record = recorded(state)
    assert (record.status, record.sent_bytes, record.fault) == (0, 0, str(rule))
    assert fetched(server, target)[0] == 200


@pytest.mark.parametrize(
    ("method", "target"),
    [("HEAD", PATH), ("OPTIONS", PATH), ("GET", PATH + "?created_from=63934444800&created_to=63934444801&accept=csv")],
)
def test_a_connection_closes_where_there_is_no_body_either(
    server: Server, state: State, method: str, target: str
) -> None:
    state.faults.add(Rule(close=True, method=method))
    assert exchanged(server, target, method) == b""


def test_a_plain_body_is_cut_short_of_its_length(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_after=100))
    with pytest.raises(http.client.IncompleteRead) as caught:
        fetched(server, PLAIN)
    assert caught.value.partial == usual(state, PLAIN)[:100]
    assert caught.value.expected == len(usual(state, PLAIN)) - 100
    assert (recorded(state).sent_bytes, recorded(state).status) == (100, 200)


@pytest.mark.parametrize("length", [1, 100, 1_000_000])
def test_a_chunked_body_is_cut_without_its_last_chunk(server: Server, state: State, length: int) -> None:
    state.faults.add(Rule(cut_after=length))
    headers, body = split(exchanged(server, CHUNKED))
    assert headers[b"transfer-encoding"] == b"chunked"
    assert not body.endswith(b"0\r\n\r\n")
    assert recorded(state).sent_bytes == min(length, len(usual(state)))


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_body_is_cut_in_the_middle_of_a_chunk(server: Server, state: State, target: str) -> None:
    rule = state.faults.add(Rule(cut_in_chunk=True))
    headers, body = split(exchanged(server, target))
    assert headers[b"transfer-encoding"] == b"chunked"
    first_size, _, rest = body.partition(b"\r\n")
    first, rest = rest[: int(first_size, 16)], rest[int(first_size, 16) + 2 :]
    second_size, _, second = rest.partition(b"\r\n")
    assert 0 < len(second) < int(second_size, 16)
    assert usual(state, target).startswith(first + second)
    assert recorded(state).fault == str(rule)


def test_a_client_sees_a_chunk_that_breaks_off(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_in_chunk=True))
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        httpx.get(server.url + CHUNKED, headers=HEADERS)


def test_an_old_client_gets_no_chunk_that_could_break(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_in_chunk=True))
    headers, body = split(exchanged(server, CHUNKED, version="1.0"))
    assert b"transfer-encoding" not in headers
    assert body
    assert usual(state).startswith(body)


def test_an_empty_body_has_no_chunk_that_could_break(server: Server, state: State) -> None:
    state.faults.respond("/cdrs", cut_in_chunk=True)
    assert exchanged(server, CHUNKED) == b""


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_length_that_is_too_great_leaves_a_client_short(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(wrong_content_length=7))
    with pytest.raises(http.client.IncompleteRead) as caught:
        fetched(server, target)
    assert (caught.value.partial, caught.value.expected) == (usual(state, target), 7)


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_length_that_is_too_small_looks_like_a_whole_answer(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(wrong_content_length=-7))
    assert fetched(server, target) == (200, usual(state, target)[:-7])
    assert recorded(state).sent_bytes == len(usual(state, target)) - 7


@pytest.mark.parametrize("target", [CHUNKED, PLAIN])
def test_a_dripping_body_comes_whole_in_many_parts(server: Server, state: State, target: str) -> None:
    state.faults.add(Rule(drip=200_000))
    assert fetched(server, target) == (200, usual(state, target))
    _, body = split(exchanged(server, CHUNKED))
    assert body.count(b"\r\n") > 4
    assert recorded(state, 2).sent_bytes == len(usual(state))


def test_a_delayed_answer_comes_whole(server: Server, state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=0.06))
    assert fetched(server, CHUNKED) == (200, usual(state))
    assert recorded(state).fault == str(rule)


def test_a_short_timeout_gives_up_on_a_delayed_answer_and_the_server_still_stops(state: State) -> None:
    state.faults.add(Rule(delay_seconds=3_600))
    with Server(create_app(state)) as server, pytest.raises(httpx.ReadTimeout):
        httpx.get(server.url + PATH, headers=HEADERS, timeout=0.05)


def test_an_error_may_be_delayed_and_cut_too(server: Server, state: State) -> None:
    state.faults.add(Rule(status=503, cut_after=20, delay_seconds=0.01))
    headers, body = split(exchanged(server, CHUNKED))
    assert (len(body), recorded(state).status) == (20, 503)
    assert int(headers[b"content-length"]) > 20


def test_a_compressed_body_is_cut_as_it_goes_out(server: Server, state: State) -> None:
    state.faults.add(Rule(cut_after=50))
    headers, body = split(exchanged(server, PLAIN, headers="Accept-Encoding: gzip\r\n"))
    assert headers[b"content-encoding"] == b"gzip"
    assert len(body) == 50


@pytest.mark.parametrize(
    ("rule", "status", "test"),
    [
        (Rule(error="too_many_requests"), 429, lambda body: json.loads(body)["message"] == "too_many_requests"),
        (Rule(status=503), 503, lambda body: json.loads(body)["message"] == "datastore_unreachable"),
        (Rule(empty=True), 200, lambda body: body == b""),
        (Rule(malformed_json=True), 200, lambda body: body.startswith(b'{"data":[') and not body.endswith(b"}")),
        (Rule(token_expired=True), 401, lambda body: json.loads(body)["message"] == "invalid credentials"),
        (Rule(duplicate_row=True), 200, lambda body: len(json.loads(body)["data"]) == 21),
        (Rule(endless_next_key=True), 200, lambda body: "next_start_key" in json.loads(body)),
    ],
)
def test_other_answers_arrive_and_are_recorded(
    server: Server, state: State, rule: Rule, status: int, test: Callable[[bytes], bool]
) -> None:
    placed = state.faults.add(rule)
    got, body = fetched(server, CHUNKED)
    assert got == status
    assert test(body)
    record = recorded(state)
    assert (record.status, record.sent_bytes, record.fault) == (status, len(body), str(placed))


def test_an_endless_walk_goes_round_over_a_socket(server: Server, state: State) -> None:
    state.faults.add(Rule(endless_next_key=True, page=2))
    query = {"page_size": "5"}
    rows = []
    for _ in range(5):
        page = json.loads(fetched(server, f"{PATH}?{urlencode(query)}")[1])
        rows.append([row["id"] for row in page["data"]])
        query["start_key"] = page["next_start_key"]
    assert rows[1] == rows[2] == rows[3] == rows[4] != rows[0]


def test_a_rule_whose_own_code_fails_is_told_as_such(
    server: Server, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    state.faults.add(Rule(then=lambda data: data.remove(None)))  # type: ignore[arg-type]
    assert fetched(server, PLAIN)[0] == 500
    assert recorded(state).status == 0
    assert "TypeError" in capsys.readouterr().err


# --- what the journal holds of good answers


def test_a_streamed_answer_is_recorded_when_it_has_ended(server: Server, state: State) -> None:
    _, body = fetched(server, PATH + "?page_size=5&created_from=63935000000&created_to=63936129600")
    record = recorded(state)
    assert record.is_complete
    assert (record.status, record.sent_bytes, record.fault) == (200, len(body), "")
    assert (record.outcome.rows, record.outcome.next_start_key) == (5, json.loads(body)["next_start_key"])
    assert record.duration_seconds > 0


def test_a_client_that_leaves_early_completes_its_record(server: Server, state: State) -> None:
    state.faults.add(Rule(drip=20))
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(f"GET {CHUNKED} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\n\r\n".encode())
        client.recv(10)
    assert recorded(state).sent_bytes < len(usual(state))


def test_what_has_no_body_has_sent_none(server: Server, state: State) -> None:
    assert fetched(server, CHUNKED, "HEAD") == (405, b"")
    assert recorded(state).sent_bytes == 0


def test_what_came_in_is_counted(server: Server, state: State) -> None:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=10)) as connection:
        connection.request("PUT", PATH, body=b'{"data":{}}', headers=HEADERS)
        connection.getresponse().read()
    assert recorded(state).received_bytes == 11


def test_the_log_and_the_answer_stay_apart(server: Server, state: State, caplog: pytest.LogCaptureFixture) -> None:
    status, body = fetched(server, PATH + "?created_from=1767225600&created_to=1767312000")
    assert status == 500
    assert "Unix seconds" in caplog.text
    assert b"Unix" not in body


@pytest.mark.parametrize("name", ["x%0d%0aSet-Cookie:%20a=b.csv", "x%0aSet-Cookie:%20a=b.csv", "caf%C3%A9.csv"])
def test_a_strangers_value_writes_no_header(server: Server, name: str) -> None:
    headers, _ = split(exchanged(server, f"{PATH}?accept=csv&file_name={name}"))
    assert b"set-cookie" not in headers
    assert b"content-disposition" in headers


# --- without a socket


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
    assert recorded(state).fault == str(placed)


def test_falcons_client_gets_the_error_too(state: State) -> None:
    state.faults.add(Rule(cut_after=10))
    with pytest.raises(ConnectionError, match="cut off after 10 bytes"):
        TestClient(create_app(state)).simulate_get(PATH, headers=HEADERS)


@pytest.mark.parametrize("rule", [Rule(delay_seconds=0.01), Rule(drip=500_000)])
def test_what_only_takes_time_takes_it_in_process(state: State, rule: Rule) -> None:
    state.faults.add(rule)
    assert TestClient(create_app(state)).simulate_get(PATH, headers=HEADERS).content == usual(state)


def test_a_reset_mock_is_as_new(server: Server, state: State) -> None:
    without_id = {"X-Auth-Token": ACCOUNT_TOKEN}
    first = httpx.get(server.url + PATH, headers=without_id).content
    state.data.empty(ACCOUNT)
    state.clock.advance(days=1)
    state.faults.add(Rule(status=503))
    assert httpx.get(server.url + PATH, headers=without_id).status_code == 503
    state.reset()
    assert len(state.journal) == 0
    assert httpx.get(server.url + PATH, headers=without_id).content == first
