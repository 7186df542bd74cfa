"""Which thread answers what, and what each of them does meanwhile."""

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from waitress import wasyncore

from mockcdrs.server import waitress_server
from mockcdrs.server.waitress_server import Guard, Server
from mockcdrs.server.wire_faults import ClientConnection
from tests.server.fetching import until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def hello(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def in_parts(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return iter([b"a" * 10_000, b"b" * 10_000, b"c"])


def endless(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
    start_response("200 OK", [])
    while True:
        yield b"x" * 1_000_000


class Gate:
    """An app whose answers to `/held` begin with a part, and end when the gate opens."""

    def __init__(self, wait: Callable[["WSGIEnvironment", threading.Event], object]) -> None:
        self._wait = wait
        self._opened = threading.Event()
        self.waiting = threading.Semaphore(0)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (
            self._hold(environ, start_response) if environ["PATH_INFO"] == "/held" else hello(environ, start_response)
        )

    def _hold(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        self.waiting.release()
        self._wait(environ, self._opened)
        yield b"last"

    def open(self) -> None:
        self._opened.set()


def announced(environ: "WSGIEnvironment", is_open: threading.Event) -> None:
    """Wait as the mock's own answers do."""
    with ClientConnection(environ).waiting(is_open.set):
        is_open.wait(20)


def unannounced(environ: "WSGIEnvironment", is_open: threading.Event) -> None:
    """Wait as somebody else's code does, a rule's `then` for one."""
    is_open.wait(20)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, no answer takes too long."""
    monkeypatch.setattr(waitress_server, "_PATIENCE_SECONDS", 60)


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Grows by one each time that somebody looks at the sockets."""
    looks = list[Any]()
    look = wasyncore.poll2

    def count_and_call(*arguments: Any) -> None:
        looks.append(arguments)
        look(*arguments)

    monkeypatch.setattr(wasyncore, "poll2", count_and_call)
    return looks


def connected(server: Server, path: str = "/") -> socket.socket:
    client = socket.create_connection((server.host, server.port), timeout=20)
    client.sendall(GET.replace(b"/ ", f"{path} ".encode(), 1))
    return client


def ask(server: Server, count: int = 1) -> list[bytes]:
    with closing(HTTPConnection(server.host, server.port, timeout=20)) as client:
        bodies = []
        for _ in range(count):
            client.request("GET", "/")
            bodies.append(client.getresponse().read())
        return bodies


def received(client: socket.socket, end: bytes, times: int = 1) -> bytes:
    """What comes until it has that so often, or the connection ends."""
    data = b""
    while data.count(end) < times and (part := client.recv(65_536)):
        data += part
    return data


def own_threads(server: Server) -> set[threading.Thread]:
    assert server._loop is not None
    return {thread for thread in (*server._loop._threads, server._loop._guard._thread) if thread.is_alive()}


@pytest.mark.usefixtures("patient")
def test_many_clients_are_answered_in_one_thread() -> None:
    threads = set[int]()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        threads.add(threading.get_ident())
        return hello(environ, start_response)

    with Server(app) as server, ThreadPoolExecutor(8) as clients:
        for asking in [clients.submit(ask, server, 20) for _ in range(8)]:
            assert asking.result(60) == [b"hello"] * 20
        assert len(threads) == 1
        assert len(own_threads(server)) == 2


@pytest.mark.usefixtures("patient")
def test_the_sockets_are_looked_at_once_for_each_request_at_most(rounds: list[Any]) -> None:
    with Server(in_parts) as server, ThreadPoolExecutor(2) as clients:
        for asking in [clients.submit(ask, server, 100) for _ in range(2)]:
            asking.result(60)
    assert len(rounds) <= 200 + 10  # some for connections that come and go


@pytest.mark.usefixtures("patient")
def test_an_answer_in_parts_is_sent_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = list[int]()
    send = wasyncore.dispatcher.send

    def count_and_call(channel: Any, data: bytes, do_close: bool = True) -> Any:
        sizes.append(len(data))
        return send(channel, data, do_close)

    monkeypatch.setattr(wasyncore.dispatcher, "send", count_and_call)
    with Server(in_parts) as server:
        assert len(ask(server)[0]) == 20_001
    assert len(sizes) == 1


@pytest.mark.parametrize("wait", [announced, unannounced])
def test_answers_that_wait_keep_nobody_waiting_and_show_what_they_have(
    wait: Callable[["WSGIEnvironment", threading.Event], object],
) -> None:
    gate = Gate(wait)
    with ExitStack() as stack:
        server = stack.enter_context(Server(gate))
        clients = [stack.enter_context(connected(server, "/held")) for _ in range(20)]
        for _ in clients:
            assert gate.waiting.acquire(timeout=20)
        assert ask(server) == [b"hello"]
        for client in clients:
            assert received(client, b"first\r\n").endswith(b"first\r\n")
        gate.open()
        for client in clients:
            assert received(client, b"0\r\n\r\n") == b"4\r\nlast\r\n0\r\n\r\n"


def test_readers_that_have_stopped_reading_keep_nobody_waiting() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (endless if environ["PATH_INFO"] == "/endless" else hello)(environ, start_response)

    with ExitStack() as stack:
        server = stack.enter_context(Server(app))
        for _ in range(20):
            client = stack.enter_context(connected(server, "/endless"))
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        assert ask(server) == [b"hello"]


def test_a_guard_relieves_slow_threads_of_all_servers_that_share_it_and_outlives_them() -> None:
    guard = Guard()
    for _ in range(2):
        gates = [Gate(unannounced) for _ in range(2)]
        with ExitStack() as stack:
            servers = [stack.enter_context(Server(gate).start(guard)) for gate in gates]
            held = [stack.enter_context(connected(server, "/held")) for server in servers]
            assert all(gate.waiting.acquire(timeout=20) for gate in gates)
            assert [ask(server, 1) for server in servers] == [[b"hello"]] * 2
            for gate, client in zip(gates, held, strict=True):
                gate.open()
                received(client, b"0\r\n\r\n")
    assert guard._thread.is_alive()
    guard.stop(20)
    assert not guard._thread.is_alive()


def test_threads_that_waited_end_with_their_answers() -> None:
    gate = Gate(announced)
    with Server(gate) as server, ExitStack() as stack:
        clients = [stack.enter_context(connected(server, "/held")) for _ in range(20)]
        for _ in clients:
            assert gate.waiting.acquire(timeout=20)
        until(lambda: len(own_threads(server)) == 20 + 2)
        gate.open()
        for client in clients:
            received(client, b"0\r\n\r\n")
        until(lambda: len(own_threads(server)) == 2)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no clock for each thread on this system")
@pytest.mark.parametrize("paths", [[], ["/held"], ["/held", "/held", "/"], ["/endless"]], ids=str)
def test_no_thread_works_while_none_has_anything_to_do(paths: list[str]) -> None:
    gate = Gate(announced)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (endless if environ["PATH_INFO"] == "/endless" else gate)(environ, start_response)

    def cpu_seconds(server: Server) -> float:
        clocks = [time.pthread_getcpuclockid(thread.ident or 0) for thread in own_threads(server)]
        return sum(map(time.clock_gettime, clocks))

    with ExitStack() as stack:
        server = stack.enter_context(Server(app))
        for path in paths:
            assert stack.enter_context(connected(server, path)).recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(0.2)
        before = cpu_seconds(server)
        time.sleep(0.5)
        assert cpu_seconds(server) - before < 0.05  # seconds of the processor


@pytest.mark.usefixtures("patient")
def test_a_thread_that_is_relieved_without_need_goes_on_and_the_other_ends() -> None:
    with Server(hello) as server:
        assert server._loop is not None
        server._loop._relieve()
        until(lambda: len(own_threads(server)) == 2)
        assert ask(server, 3) == [b"hello"] * 3


def test_requests_that_came_together_are_answered_in_turn_behind_one_that_waits() -> None:
    gate = Gate(announced)
    with Server(gate) as server, connected(server, "/held") as client:
        client.sendall(GET + GET.replace(b"/ ", b"/nothing ", 1))
        assert gate.waiting.acquire(timeout=20)
        gate.open()
        data = received(client, b"hello", times=2)
    assert [data.count(part) for part in (b"HTTP/1.1 200 OK", b"first", b"last")] == [3, 1, 1]
    assert data.index(b"last") < data.index(b"hello")


def test_an_answer_hears_that_its_client_has_left() -> None:
    entered, left = threading.Event(), threading.Event()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        connection = ClientConnection(environ)
        entered.set()
        connection.wait(3_600)
        assert connection.is_closed()
        connection.wait(3_600)  # and does not wait again
        left.set()
        return hello(environ, start_response)

    with Server(app) as server:
        with connected(server):
            assert entered.wait(20)
        assert left.wait(20)


def test_a_body_that_its_client_leaves_off_sending_leaves_no_file_behind() -> None:
    with Server(hello) as server:
        assert server._loop is not None
        channels = server._loop._waitress.active_channels
        with socket.create_connection((server.host, server.port), timeout=20) as client:
            client.sendall(b"PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 2_000_000)
            until(lambda: any(channel.request and channel.request.body_rcv for channel in channels.values()))
            (channel,) = channels.values()
            until(lambda: len(channel.request.body_rcv) == 2_000_000)
            file = channel.request.body_rcv.getfile()
        until(lambda: file.closed)


def test_whatever_an_app_raises_ends_its_connection_alone(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/exit":
            sys.exit("no exception that anybody catches")
        return hello(environ, start_response)

    with Server(app) as server:
        with connected(server, "/exit") as client:
            assert client.recv(100) == b""
        assert ask(server) == [b"hello"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is SystemExit


def test_an_app_may_stop_its_own_server() -> None:
    stopped = threading.Event()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        server.stop()
        stopped.set()
        return hello(environ, start_response)

    server = Server(app).start()
    with connected(server) as client:
        assert client.recv(100) == b""
        assert stopped.wait(20)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((server.host, server.port), timeout=20)


def test_a_system_that_gives_no_thread_for_a_while_delays_but_does_not_end_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, refusal = Gate(unannounced), threading.Event()
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "mockcdrs-server" and not refusal.is_set():
            refusal.set()
            raise RuntimeError("can't start new thread")
        start(thread)

    with Server(gate) as server:
        monkeypatch.setattr(threading.Thread, "start", refuse)
        with connected(server, "/held"):
            assert gate.waiting.acquire(timeout=20)
            assert refusal.wait(20)
            assert ask(server) == [b"hello"]
            gate.open()


def test_eight_threads_that_start_a_server_at_once_start_one() -> None:
    server, together = Server(hello), threading.Barrier(8)

    def start() -> int:
        together.wait(20)
        return server.start().port

    with ThreadPoolExecutor(8) as starters:
        ports = {starting.result(20) for starting in [starters.submit(start) for _ in range(8)]}
    assert ports == {server.port}
    assert len(own_threads(server)) == 2
    server.stop()
