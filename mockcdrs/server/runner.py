"""A WSGI app on a port, in threads that end when told to."""

import functools
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher, WSGITask

from mockcdrs.server import bodies

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_STOP_GRACE_SECONDS = 1.0
_LAST_PORT = 65_535
_UNREAD_BYTES = 1_000_000  # made ahead of a slow reader, held in memory for each connection
_REACHABLE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 where a client finds these

# A full queue is a busy test suite and a cancelled task a stopped server: no warnings for either.
_workers_logger = logging.getLogger(f"{__name__}.workers")
_workers_logger.setLevel(logging.ERROR)


class ListenError(OSError):
    """An address that cannot be listened on. The text says which, why, and what to give instead."""


class Server:
    """`app` on `host`:`port`, with `threads` requests at a time. Port 0 takes any free one; read it from `port`.

    A context manager; `start` and `stop` can also be called by hand, and again after each other. Stopping cuts off
    whatever is still being answered. A thread that does not leave the app within a second is left behind; it cannot
    keep the process alive. A body of more bytes than `longest_body` says is not read whole: the app sees how long it
    would be.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 16,
        longest_body: Callable[[], int] = lambda: sys.maxsize,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._thread_count = threads
        self._longest_body = longest_body
        self._running: _Running | None = None

    @property
    def url(self) -> str:
        """`http://host:port`, with a host that a client on this machine can reach."""
        host = _REACHABLE.get(self.host) or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"http://{host}:{self.port}"

    def start(self) -> Self:
        """Listen and answer. `ListenError` where that is not possible; nothing happens when it runs already."""
        if self._running is None:
            listener = _listen(self.host, self.port)
            self.port = listener.getsockname()[1]
            self._running = _Running(self._app, listener, self._thread_count, self._longest_body)
        return self

    def stop(self) -> None:
        """Free the port and end the threads. Nothing happens when it does not run."""
        running, self._running = self._running, None
        if running is not None:
            running.end()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:  # left to itself, Python would leave an open socket behind
        raise _refusal(host, port, f"ports end at {_LAST_PORT}")
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise _refusal(host, port, str(error.strerror).partition(" (")[0]) from error


def _refusal(host: str, port: int, reason: str) -> ListenError:
    return ListenError(
        f"cannot listen on {host} port {port} ({reason}): expected a free port of this machine; "
        "give another one with --port (0 takes any free one) or another address with --host"
    )


class _Running:
    """One life of a server: its sockets, the thread that watches them, and the workers."""

    def __init__(
        self, app: "WSGIApplication", listener: socket.socket, thread_count: int, longest_body: Callable[[], int]
    ) -> None:
        self._sockets: dict[int, Any] = {}
        self._workers = _Workers()
        self._workers.set_thread_count(thread_count)
        self._waitress = create_server(
            app,
            map=self._sockets,
            _dispatcher=self._workers,
            sockets=[listener],
            ident="Cowboy",
            connection_limit=1000,
            outbuf_high_watermark=_UNREAD_BYTES,
            clear_untrusted_proxy_headers=False,  # the app is to see what the client sent
            log_socket_errors=False,  # clients that leave early are a test's daily bread
        )
        self._waitress.channel_class = functools.partial(_Channel, longest_body)
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="mockcdrs-server", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._ending.is_set():
            wasyncore.loop(use_poll=True, map=self._sockets, count=1)

    def end(self) -> None:
        self._ending.set()
        self._waitress.pull_trigger()
        self._watcher.join()
        for channel in list(self._waitress.active_channels.values()):
            channel.handle_close()  # a worker in the midst of an answer, or waiting for a slow reader, gives up
        self._workers.end(_STOP_GRACE_SECONDS)
        wasyncore.close_all(self._sockets)


class _Task(WSGITask):
    """Waitress' own, except that a connection outlives an answer in chunks or without a body, as with Cowboy."""

    def set_close_on_finish(self) -> None:
        if self.wrote_header or not self._is_kept_alive():
            super().set_close_on_finish()

    def _is_kept_alive(self) -> bool:
        # waitress ends an answer in chunks with bytes, even one to HEAD, which a client would take for the next answer
        has_end = (self.chunked_response and self.request.command != "HEAD") or not self.has_body
        return has_end and self.version == "1.1" and self.request.headers.get("CONNECTION", "").lower() != "close"


class _Channel(HTTPChannel):
    """Waitress' own, except that an answer which waits for something else hears when its connection ends.

    And that no more than `longest_body` bytes of a request's body are kept.
    """

    task_class = _Task

    def __init__(self, longest_body: Callable[[], int], *given: Any, **named: Any) -> None:
        self.on_close: list[Callable[[], None]] = []
        self.parser_class = bodies.parsers(longest_body)
        super().__init__(*given, **named)

    def handle_close(self) -> None:
        super().handle_close()
        for wake in self.on_close:
            wake()


class _Workers(ThreadedTaskDispatcher):
    """Waitress' own, except that it knows its threads and can wait until they are really gone."""

    logger = queue_logger = _workers_logger

    def __init__(self) -> None:
        super().__init__()
        self._started: list[threading.Thread] = []

    def start_new_thread(self, target: Callable[[int], None], thread_no: int) -> None:
        thread = threading.Thread(target=target, name=f"mockcdrs-{thread_no}", args=(thread_no,), daemon=True)
        self._started.append(thread)
        thread.start()

    def end(self, grace_seconds: float) -> None:
        deadline = time.monotonic() + grace_seconds
        self.shutdown(timeout=grace_seconds)
        for thread in self._started:
            thread.join(max(0.0, deadline - time.monotonic()))
