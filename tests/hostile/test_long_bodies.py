"""A body over the limit is refused in Crossbar's words before it is read, and never kept."""

import contextlib
import json
import socket
import tracemalloc
from collections.abc import Iterator

import pytest
import requests

from mockcdrs.control.state import State
from mockcdrs.server.app import create_app, longest_body
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of

LIMIT = 8_000_000
PATH = f"/v2/accounts/{ACCOUNT}/cdrs"
HEAD = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\nContent-Type: application/json\r\n"
REFUSED = f"Payload or Files must not be more than {LIMIT} bytes"


@pytest.fixture
def state() -> State:
    return state_of(calls(3), max_upload_size=LIMIT)


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    with Server(create_app(state), longest_body=lambda: longest_body(state)) as running:
        yield running


@pytest.fixture
def line(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        yield connection


def response(line: socket.socket) -> tuple[int, dict[str, object]]:
    """One answer of known length; what comes behind it stays on the line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.recv(1) or pytest.fail(f"the connection ended behind {head!r}")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return int(head.split()[1]), json.loads(body)


def assert_refused(line: socket.socket) -> None:
    status, envelope = response(line)
    assert (status, envelope["error"], envelope["message"]) == (413, "413", "validation error")
    assert envelope["data"] == {"file": {"maxSize": {"message": REFUSED, "target": LIMIT}}}


def test_what_announces_too_much_is_refused_before_it_comes(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: 100000000\r\n\r\n{{}}".encode())
    assert_refused(line)


@pytest.mark.parametrize("length", [2**30, 10**20, 10**400])
def test_however_much_is_announced_the_words_are_the_same(line: socket.socket, length: int) -> None:
    line.sendall(f"{HEAD}Content-Length: {length}\r\n\r\n{{}}".encode())
    assert_refused(line)


def test_a_length_of_more_digits_than_a_number_has_is_a_bad_request(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: {'9' * 5_000}\r\n\r\n".encode())
    assert line.recv(12).endswith(b" 400")


def test_a_client_that_waits_for_leave_to_send_too_much_gets_the_refusal(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: 100000000\r\nExpect: 100-continue\r\n\r\n".encode())
    assert_refused(line)


def test_chunks_are_refused_as_soon_as_they_are_too_many(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
    chunk = b"186A0\r\n" + b"x" * 100_000 + b"\r\n"
    for _ in range(LIMIT // 100_000 + 1):
        line.sendall(chunk)
    assert_refused(line)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_client_that_sends_it_all_the_same_is_understood_and_can_go_on(line: socket.socket, is_chunked: bool) -> None:
    count, plain = 300, (HEAD + "\r\n").replace("/cdrs", "/cdrs?is_chunked=false").encode()
    if is_chunked:
        line.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
        piece, end = b"186A0\r\n" + b"x" * 100_000 + b"\r\n", b"0\r\n\r\n"
    else:
        line.sendall(f"{HEAD}Content-Length: {count * 100_000}\r\n\r\n".encode())
        piece, end = b"x" * 100_000, b""
    tracemalloc.start()
    for _ in range(count):
        line.sendall(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    line.sendall(end + plain)
    assert_refused(line)
    assert response(line)[0] == 200
    assert most < 2 * LIMIT


@pytest.mark.parametrize(
    "before", [b"", b"0\r\n", b"800000\r\n" + b"x" * 0x800000 + b"\r\n"], ids=["size", "trailer", "behind the limit"]
)
def test_the_head_of_a_chunk_that_does_not_end_is_a_bad_request(line: socket.socket, before: bytes) -> None:
    line.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + before)
    with contextlib.suppress(OSError):  # it has answered before it has read all, and left
        for _ in range(200):
            line.sendall(b"5;" * 1_000)
    received = b""
    with contextlib.suppress(OSError):
        while piece := line.recv(65_536):
            received += piece
    assert b" 400 Bad Request" in received


def test_a_library_that_sends_first_and_reads_then_sees_the_refusal(server: Server) -> None:
    sent = requests.get(
        server.url + PATH,
        headers={"X-Auth-Token": ACCOUNT_TOKEN, "Content-Type": "application/json"},
        data=b"x" * (4 * LIMIT),
        timeout=10,
    )
    assert (sent.status_code, sent.json()["data"]["file"]["maxSize"]["message"]) == (413, REFUSED)


def test_chunks_that_are_broken_behind_the_limit_end_the_connection(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + b"800000\r\n" + b"x" * 0x800000 + b"\r\n")
    assert_refused(line)
    line.sendall(b"no size\r\n")
    rest = b"".join(iter(lambda: line.recv(65_536), b""))
    assert rest.startswith(b"HTTP/1.0 400 ")


def test_a_body_of_the_limit_is_read(line: socket.socket) -> None:
    head = HEAD.replace("/cdrs", "/cdrs?is_chunked=false")
    body = json.dumps({"data": {"page_size": 2}}).ljust(LIMIT).encode()
    line.sendall(f"{head}Content-Length: {LIMIT}\r\n\r\n".encode() + body)
    status, envelope = response(line)
    assert (status, envelope["page_size"]) == (200, 2)
