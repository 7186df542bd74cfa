"""What no client gets past: who may use the control API, what is echoed, which files are served, how many connect."""

import socket
from collections.abc import Iterator

import pytest

from mockcdrs.config import ServerConfig, is_loopback
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import State
from mockcdrs.control_api import ROUTES
from mockcdrs.crossbar import pipeline
from mockcdrs.server import waitress_server
from mockcdrs.server.app import CONTROL, create_app
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, leg, state_of
from tests.hostile.asking import AnyRequest
from tests.hostile.recombining import call_app, make_environ

CDRS = f"/v2/accounts/{ACCOUNT}/cdrs"
SPACES = {0x09, 0x20}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP", "X-Client-IP")


@pytest.fixture
def state() -> State:
    return state_of([*calls(3), leg("formula@host", caller_id_name="=HYPERLINK(1)")])


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    with Server(create_app(state, MockBackend(state, ACCOUNT))) as running:
        yield running


def exchange(server: Server, target: str, *headers: str, host: str = "localhost") -> tuple[bytes, bytes]:
    """The head and the body of an answer."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: close", f"X-Auth-Token: {ACCOUNT_TOKEN}", *headers]
    with socket.create_connection((server.host, server.port), timeout=20) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head, _, body = b"".join(iter(lambda: line.recv(65_536), b"")).partition(b"\r\n\r\n")
    return head, body


def test_it_listens_on_this_machine_alone_unless_told_otherwise(server: Server) -> None:
    assert is_loopback(ServerConfig().host)
    assert is_loopback(server.host)


@pytest.mark.parametrize("name", FORWARDED)
def test_no_header_makes_another_machine_this_one(state: State, name: str) -> None:
    app = create_app(state, MockBackend(state, ACCOUNT))
    request = AnyRequest("GET", f"{CONTROL}/account", "", {name: "127.0.0.1"}, b"")
    status, _, body = call_app(app, make_environ(request, REMOTE_ADDR="203.0.113.7"))
    assert (status, b"foreign-peer" in body) == (403, True)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (f"{CONTROL}/account", "evil.example"),
        (f"{CONTROL}/account", "localhost\r\nHost: evil.example"),
        (f"{CONTROL}/account", "localhost:80@evil.example"),
        (f"http://localhost{CONTROL}/account", "evil.example"),
    ],
)
def test_a_page_whose_name_was_bound_to_this_machine_is_refused(server: Server, target: str, host: str) -> None:
    head, body = exchange(server, target, host=host)
    assert head.startswith(b"HTTP/1.1 403 ")
    assert ACCOUNT_TOKEN.encode() not in body


def test_no_get_of_the_control_api_changes_anything(server: Server, state: State) -> None:
    """A link on any page may lead to one."""

    def seen() -> tuple[object, ...]:
        held = state.data.version, state.settings, state.quirks, list(state.faults), list(state.webhooks)
        return *held, state.faults.is_down, state.journal.identity, len(state.journal), state.clock.snapshot()

    before = seen()
    for path, methods in ROUTES.items():
        if "GET" in methods and path != "/journal/events":
            exchange(server, CONTROL + path)
    assert seen() == before


@pytest.mark.parametrize(
    "name", ["X-Request-ID", "Accept-Language", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
)
def test_what_is_echoed_stays_on_its_line(server: Server, name: str) -> None:
    for code in (*range(0x20), 0x7F, 0x85, 0xA0, 0xFF):
        head, _ = exchange(server, CDRS, "Origin: http://localhost:3000", f"{name}: en{chr(code)}X-Evil: 1")
        lines = head.split(b"\r\n")
        assert not any(line.lower().startswith(b"x-evil") for line in lines), code
        assert {*b"".join(lines)}.isdisjoint({*range(0x20), 0x7F} - SPACES), code


@pytest.mark.parametrize(
    "target",
    [
        f"{CONTROL}/assets/../index.html",
        f"{CONTROL}/assets/..%2findex.html",
        f"{CONTROL}/assets/%2e%2e/%2e%2e/__init__.py",
        f"{CONTROL}/assets/..\\__init__.py",
        f"{CONTROL}/assets//etc/passwd",
        f"{CONTROL}/assets/../../../../../../etc/passwd",
        f"{CONTROL}/assets/main.js%00.svg",
        f"{CONTROL}/../../../../etc/passwd",
        "/../../../../etc/passwd",
        "/v2/../../../../etc/passwd",
        "//etc/passwd",
        "file:///etc/passwd",
    ],
)
def test_a_path_leads_to_no_file(server: Server, target: str) -> None:
    head, body = exchange(server, target)
    assert int(head.split()[1]) in {400, 401, 404} or body == pipeline.GREETING
    assert not any(part in body for part in (b"root:", b"<!doctype", b"<html", b"import "))


def test_a_formula_in_a_cell_goes_out_as_crossbar_sends_it(server: Server) -> None:
    _, body = exchange(server, CDRS, "Accept: text/csv")
    assert b'"=HYPERLINK(1)"' in body


def test_connections_beyond_the_limit_wait_until_others_end(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_server, "MOST_CONNECTIONS", 10)
    request = f"GET {CDRS} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\n\r\n".encode()
    with Server(create_app(state)) as server:
        lines = [socket.create_connection((server.host, server.port), timeout=20) for _ in range(20)]
        try:
            for line in lines:
                line.sendall(request)
            assert lines[0].recv(12) == b"HTTP/1.1 200"
            assert server._loop is not None
            assert len(server._loop._waitress.active_channels) <= 10
            for line in lines[:-1]:
                line.close()
            assert lines[-1].recv(12) == b"HTTP/1.1 200"
        finally:
            for line in lines:
                line.close()


def test_a_client_that_does_not_go_on_is_left_after_two_minutes(server: Server) -> None:
    assert server._loop is not None
    waitress = server._loop._waitress
    assert waitress.adj.channel_timeout == 120
    with socket.create_connection((server.host, server.port), timeout=20) as line:
        exchange(server, CDRS)
        waitress.adj.channel_timeout, waitress.next_channel_cleanup = -1, 0
        server._loop._wake()
        assert line.recv(1) == b""
