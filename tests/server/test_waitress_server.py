import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from mockcdrs.server import waitress_server
from mockcdrs.server.waitress_server import ListenError, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

THREAD_NAMES = re.compile(r"mockcdrs-(server|guard)")
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def hello(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5"), ("Date", "Tue, 20 Jan 2026 12:00:00 GMT")])
    return [b"hello"]


def endless(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
    start_response("200 OK", [])
    while True:
        yield b"x" * 1_000_000


@pytest.fixture
def own_threads() -> Callable[[], list[str]]:
    """The names of the server threads that a test has made; the plugin's own server may be running beside it."""
    before = threading.enumerate()

    def names() -> list[str]:
        threads = [thread.name for thread in threading.enumerate() if thread not in before]
        return [name for name in threads if THREAD_NAMES.fullmatch(name)]

    return names


def connected(server: Server) -> socket.socket:
    client = socket.create_connection((server.host, server.port), timeout=10)
    client.sendall(GET)
    assert client.recv(15) == b"HTTP/1.1 200 OK"
    return client


def test_it_answers_on_the_port_that_it_tells() -> None:
    with Server(hello) as server, urlopen(server.url, timeout=10) as answer:
        assert server.port > 0
        assert answer.read() == b"hello"


def test_it_says_the_server_and_date_that_the_real_one_would() -> None:
    with Server(hello) as server, urlopen(server.url, timeout=10) as answer:
        headers = [(name.lower(), value) for name, value in answer.headers.items()]
    assert sorted(headers) == [
        ("connection", "close"),
        ("content-length", "5"),
        ("date", "Tue, 20 Jan 2026 12:00:00 GMT"),
        ("server", "Cowboy"),
    ]


@pytest.fixture
def small_sockets(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bytes that each end of a connection holds back at most, whatever the system would give it."""

    def listen(host: str, port: int) -> socket.socket:
        listener = socket.create_server((host, port))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        return listener

    monkeypatch.setattr(waitress_server, "_listen", listen)
    return 65_536


def test_a_megabyte_and_what_sockets_hold_is_made_for_a_reader_that_has_stopped_reading(small_sockets: int) -> None:
    sizes: list[int] = []

    def app_that_counts(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        for part in endless(environ, start_response):
            sizes.append(len(part))
            yield part

    with Server(app_that_counts) as server, closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, small_sockets)
        client.connect((server.host, server.port))
        client.sendall(GET)
        for _ in range(30):
            before = len(sizes)
            time.sleep(0.3)
            if 0 < len(sizes) == before:
                break
        assert 0 < sum(sizes) < 4_000_000


def in_chunks(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("204 No Content" if environ["PATH_INFO"] == "/nothing" else "200 OK", [])
    return iter(() if environ["PATH_INFO"] == "/nothing" else (b"a", b"b"))


@pytest.mark.parametrize(
    ("method", "path", "headers", "version", "is_kept"),
    [
        ("GET", "/", {}, "HTTP/1.1", True),
        ("GET", "/nothing", {}, "HTTP/1.1", True),
        ("GET", "/", {"Connection": "close"}, "HTTP/1.1", False),
        ("GET", "/nothing", {}, "HTTP/1.0", False),
        ("HEAD", "/", {}, "HTTP/1.1", False),
    ],
    ids=["chunks", "no body", "asked to close", "HTTP/1.0", "HEAD"],
)
def test_a_connection_outlives_an_answer_that_tells_its_end(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, headers: dict[str, str], version: str, is_kept: bool
) -> None:
    with Server(in_chunks) as server, closing(HTTPConnection(server.host, server.port, timeout=10)) as client:
        monkeypatch.setattr(client, "_http_vsn_str", version)
        client.request(method, path, headers=headers)
        answer = client.getresponse()
        answer.read()
        assert answer.will_close is not is_kept
        if is_kept:
            first = client.sock
            client.request("GET", "/")
            assert client.getresponse().read() == b"ab"
            assert client.sock is first


def test_the_app_sees_proxy_headers_as_the_client_sent_them() -> None:
    values: list[str] = []

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        values.append(environ["HTTP_X_FORWARDED_FOR"])
        return hello(environ, start_response)

    with Server(app) as server, socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"))
        client.recv(1000)
    assert values == ["203.0.113.7"]


def test_fifty_lives_leave_no_thread_and_no_socket_behind_even_with_keep_alive_clients(
    own_threads: Callable[[], list[str]],
) -> None:
    for life in range(50):
        server = Server(hello).start()
        client = connected(server) if life % 2 else None
        server.stop()
        assert own_threads() == []
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection((server.host, server.port), timeout=1)
        if client is not None:
            client.close()


def test_stopping_does_not_wait_for_a_reader_that_has_stopped_reading(
    own_threads: Callable[[], list[str]],
) -> None:
    server = Server(endless).start()
    client = connected(server)
    server.stop()
    assert own_threads() == []
    client.close()


def test_an_answer_that_never_comes_holds_up_neither_stop_nor_the_next_start(
    caplog: pytest.LogCaptureFixture, own_threads: Callable[[], list[str]]
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def stuck(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        entered.set()
        leave.wait()
        return hello(environ, start_response)

    server = Server(stuck).start()
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(GET)
        entered.wait(10)
        server.stop()
        assert len(own_threads()) == 1
        leave.set()
        assert client.recv(100) == b""
    with server:
        pass
    assert caplog.records == []


def test_stopping_and_starting_twice_changes_nothing() -> None:
    server = Server(hello)
    server.stop()
    assert server.start() is server.start()
    port = server.port
    server.stop()
    server.stop()
    with server:
        assert server.port == port


def test_a_taken_port_is_refused_with_the_option_that_gives_another() -> None:
    with Server(hello) as first, pytest.raises(ListenError) as error:
        Server(hello, port=first.port).start()
    assert str(error.value) == (
        f"cannot listen on 127.0.0.1 port {first.port} (Address already in use): expected a free port of this machine; "
        "give another one with --port (0 takes any free one) or another address with --host"
    )


@pytest.mark.parametrize(("host", "port"), [("nosuch.invalid", 0), ("127.0.0.1", 70_000)])
def test_an_impossible_address_is_refused_likewise(host: str, port: int) -> None:
    with pytest.raises(ListenError, match=rf"cannot listen on {re.escape(host)} port {port} \(.+\): expected"):
        Server(hello, host, port).start()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_the_url_is_one_that_a_client_here_can_reach(host: str, url: str) -> None:
    assert Server(hello, host, 8000).url == url


def test_a_server_listens_on_an_ipv6_address() -> None:
    with Server(hello, "::1") as server:
        assert urlopen(server.url, timeout=10).status == 200


def test_a_process_that_forgets_to_stop_ends_all_the_same() -> None:
    code = (
        "import time; from mockcdrs.server.waitress_server import Server\n"
        "def app(environ, start_response): time.sleep(60)\n"
        "server = Server(app).start()"
    )
    process = subprocess.run([sys.executable, "-W", "error::SyntaxWarning", "-c", code], timeout=30, check=True)
    assert process.returncode == 0
