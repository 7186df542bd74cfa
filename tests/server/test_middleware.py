"""What the middleware leaves in the journal, the log and the headers."""

import http.client
import json
import socket
import tracemalloc
from contextlib import closing

import httpx
import pytest

from mockcdrs.control.state import State
from mockcdrs.faults.rule import Rule
from mockcdrs.server.middleware import read_request
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN
from tests.server.fetching import CHUNKED, HEADERS, PATH, exchange_bytes, fetch, last_record, split, usual


def test_a_streamed_answer_is_recorded_when_it_has_ended(server: Server, state: State) -> None:
    _, body = fetch(server, PATH + "?page_size=5&created_from=63935000000&created_to=63936129600")
    record = last_record(state)
    assert record.is_complete
    assert (record.status, record.sent_bytes, record.fault) == (200, len(body), "")
    assert (record.outcome.rows, record.outcome.next_start_key) == (5, json.loads(body)["next_start_key"])
    assert record.duration_seconds > 0


def test_a_client_that_leaves_early_completes_its_record(server: Server, state: State) -> None:
    state.faults.add(Rule(drip=20))
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(f"GET {CHUNKED} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\n\r\n".encode())
        client.recv(10)
    assert last_record(state).sent_bytes < len(usual(state))


def test_what_has_no_body_has_sent_none(server: Server, state: State) -> None:
    assert fetch(server, CHUNKED, "HEAD") == (405, b"")
    assert last_record(state).sent_bytes == 0


def test_long_names_of_headers_are_not_kept_once_their_requests_are_answered() -> None:
    tracemalloc.start()
    try:
        for row in range(100):
            name = f"HTTP_X_{row}_".ljust(100_000, "X")
            assert read_request({"REQUEST_METHOD": "GET", name: "a"}, 10).headers
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_bytes < 1_000_000


def test_what_came_in_is_counted(server: Server, state: State) -> None:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=10)) as connection:
        connection.request("PUT", PATH, body=b'{"data":{}}', headers=HEADERS)
        connection.getresponse().read()
    assert last_record(state).received_bytes == 11


def test_the_log_and_the_answer_stay_apart(server: Server, state: State, caplog: pytest.LogCaptureFixture) -> None:
    status, body = fetch(server, PATH + "?created_from=1767225600&created_to=1767312000")
    assert status == 500
    assert "Unix seconds" in caplog.text
    assert b"Unix" not in body


@pytest.mark.parametrize("name", ["x%0d%0aSet-Cookie:%20a=b.csv", "x%0aSet-Cookie:%20a=b.csv", "caf%C3%A9.csv"])
def test_a_strangers_value_writes_no_header(server: Server, name: str) -> None:
    headers, _ = split(exchange_bytes(server, f"{PATH}?accept=csv&file_name={name}"))
    assert b"set-cookie" not in headers
    assert b"content-disposition" in headers


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
