"""Asking a server and looking at the bytes that come."""

import http.client
import socket
import time
from collections.abc import Callable
from contextlib import closing

from falcon.testing import TestClient

from mockcdrs.control.journal import Record
from mockcdrs.control.state import State
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of

PATH = f"/v2/accounts/{ACCOUNT}/cdrs"
HEADERS = {"X-Auth-Token": ACCOUNT_TOKEN, "X-Request-ID": "request-1"}
CHUNKED, PLAIN = PATH, PATH + "?is_chunked=false"


def exchange_bytes(server: Server, target: str, method: str = "GET", version: str = "1.1", headers: str = "") -> bytes:
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


def fetch(server: Server, target: str, method: str = "GET") -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=10)) as connection:
        connection.request(method, target, headers=HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()


def usual(state: State, target: str = CHUNKED) -> bytes:
    content: bytes = TestClient(create_app(state_of(calls(20)))).simulate_get(target, headers=HEADERS).content
    return content


def last_record(state: State, count: int = 1) -> Record:
    return state.journal.wait_for(count, timeout_seconds=10)[-1]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread."""
    for _ in range(2_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it never became so")
