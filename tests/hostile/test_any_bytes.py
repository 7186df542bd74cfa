"""Whatever bytes come over a socket, the server answers, or ends the connection, and goes on."""

import logging
import socket
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from mockcdrs.control.backend import MockBackend
from mockcdrs.server.app import create_app, longest_body
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of
from tests.hostile.asking import ANY, AnyRequest
from tests.hostile.shape import assert_is_crossbars
from tests.profile import examples

pytestmark = pytest.mark.no_cover
_PATIENCE_SECONDS = 20
_GOOD = f"GET /v2/accounts/{ACCOUNT}/cdrs HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\n\r\n".encode()
_LINES = st.sampled_from(
    [
        b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: " + b"9" * 5_000, b"Content-Length: 1, 1",
        b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"Expect: 100-continue", b"Connection: keep-alive",
        b"Host: a\0b", b"X" * 300_000, b": no name", b"Name : blank", b" folded", b"Upgrade: websocket",
        b"Cookie: \xff",
    ]
)  # fmt: skip
_STARTS = st.sampled_from(
    [b"GET / HTTP/1.1", b"GET /%ff HTTP/2.0", b"PRI * HTTP/2.0", b"GET", b"\x16\x03\x01", b"", b"\0"]
)
_HEADS = st.builds(lambda start, lines: b"\r\n".join([start, *lines, b"", b""]), _STARTS, st.lists(_LINES, max_size=4))
_BODIES = st.sampled_from([b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffff\r\n", b"hello", b"5;a=\xff\r\n"])
GARBAGE = st.builds(bytes.__add__, _HEADS, _BODIES | st.binary(max_size=40)) | st.binary(max_size=80)
_EXAMPLES = settings(max_examples=examples(150, 5_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
OF_THE_SERVER = {400, 431, 501}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    state = state_of(calls(3), fixed=["trailer-unescaped"])
    app = create_app(state, MockBackend(state, ACCOUNT))
    with Server(app, longest_body=lambda: longest_body(state)) as running:
        yield running


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that went through the log in the test was an error, let alone a traceback."""
    with caplog.at_level(logging.INFO):
        yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


def _connected(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=_PATIENCE_SECONDS)


def request_bytes(request: AnyRequest, version: str) -> bytes:
    headers = {**request.headers, "Content-Length": str(len(request.body)), "Connection": "close"}
    lines = [
        f"{request.method} {request.path}?{request.query} HTTP/{version}",
        *(f"{k}: {v}" for k, v in headers.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1") + request.body


def _read(connection: socket.socket, method: str) -> HTTPResponse:
    response = HTTPResponse(connection, method=method)
    response.begin()
    return response


@_EXAMPLES
@given(request=ANY, version=st.sampled_from(["1.1", "1.1", "1.0"]))
def test_a_whole_request_is_answered_in_crossbars_shape_and_the_connection_ends(
    server: Server, request: AnyRequest, version: str
) -> None:
    note(f"{request!r:.4000}")
    with _connected(server) as connection:
        connection.sendall(request_bytes(request, version))
        response = _read(connection, request.method)
        body, headers = response.read(), {name.lower(): value for name, value in response.headers.items()}
    if headers.get("content-type") == "text/plain; charset=utf-8":
        assert response.status in OF_THE_SERVER
    else:
        assert_is_crossbars(request.method, response.status, headers, body, None)


@_EXAMPLES
@given(garbage=GARBAGE)
def test_garbage_on_one_connection_does_not_hold_up_another(server: Server, garbage: bytes) -> None:
    with _connected(server) as rude, _connected(server) as polite:
        rude.sendall(garbage)
        polite.sendall(_GOOD)
        assert _read(polite, "GET").status == 200


@_EXAMPLES
@given(garbage=st.lists(GARBAGE | st.just(_GOOD), max_size=5).map(b"".join))
def test_nor_does_a_client_that_leaves_in_the_midst(server: Server, garbage: bytes) -> None:
    with _connected(server) as rude:
        rude.sendall(garbage)
    with _connected(server) as polite:
        polite.sendall(_GOOD)
        assert _read(polite, "GET").status == 200
