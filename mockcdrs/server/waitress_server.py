"""The HTTP server: a WSGI app on a port, served by waitress in an event loop of its own.

The thread that watches the sockets also runs the app, in the leader/followers pattern.

Handing each request to a worker thread hands over Python's interpreter lock as well, which on two cores costs several
times what a response does. So the watching changes hands instead, and only when it must: when a response is about to
wait, or takes long. A thread that was relieved ends with its response, so that there are as many threads as responses
that wait.
"""

import _socket
import contextlib
import functools
import math
import os
import socket
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from mockcdrs.control.clock import monotonic
from mockcdrs.server.channel import ClientChannel

if TYPE_CHECKING:
    import ssl

    from _typeshed.wsgi import WSGIApplication


MOST_CONNECTIONS = 1_000

_STOP_GRACE_SECONDS = 1.0
_PATIENCE_SECONDS = 0.01
_UNREAD_BYTES = 1_000_000  # buffered for a slow reader, for each connection
_BYTES_AT_ONCE = 65_536  # buffered of a streamed response before they are sent


_LAST_PORT = 65_535
_REACHABLE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 where a client finds these


class ListenError(OSError):
    """An address that cannot be listened on. The text says which, why, and what to give instead."""


class Socket(_socket.socket):
    """Python's inner socket, of which the usual one is made, with `accept`.

    It works also in a test whose own sockets are forbidden: a guard such as pytest-socket puts a class that refuses
    into the place of `socket.socket`, of which the usual `accept` makes its sockets too.
    """

    def accept(self) -> "tuple[Socket, Any]":
        """As `socket.socket.accept`."""
        descriptor, address = self._accept()  # type: ignore[attr-defined]
        return Socket(self.family, self.type, self.proto, descriptor), address


def create_server(host: str, port: int) -> Socket:
    """Listen as `socket.create_server` does, over IPv6 for a host with a colon."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = Socket(family, socket.SOCK_STREAM)
    try:
        # Windows would let two servers share one address
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(os.name == "posix"))
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _channel_class(tls: "ssl.SSLContext | None") -> Callable[..., ClientChannel]:
    if tls is None:
        return ClientChannel
    from mockcdrs.server.tls import TlsChannel

    return functools.partial(TlsChannel, tls)


class _Relieved(wasyncore.ExitNow):
    """Raised in a thread that has been relieved: another one watches the sockets."""


class _OutOfDate(wasyncore.ExitNow):
    """Raised where another thread has watched the sockets meanwhile: what this one polled is out of date."""


class Guard:
    """A thread that relieves those of event loops whose responses take too long. It sleeps while no responses begin.

    Each event loop has one of its own, unless several share one that is there for longer than they are.
    """

    def __init__(self) -> None:
        self._loops: tuple[EventLoop, ...] = ()
        self._changing = threading.Lock()
        self._is_busy, self._is_stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mockcdrs-guard", daemon=True)
        self._thread.start()

    def add(self, loop: "EventLoop") -> None:
        """Watch over an event loop."""
        with self._changing:
            self._loops = *self._loops, loop

    def remove(self, loop: "EventLoop") -> None:
        """Forget an event loop."""
        with self._changing:
            self._loops = tuple(each for each in self._loops if each is not loop)

    def wake(self) -> None:
        """Note that a response begins."""
        if not self._is_busy.is_set():
            self._is_busy.set()

    def stop(self, grace_seconds: float) -> None:
        """End the thread, and wait for that as long."""
        self._is_stopping.set()
        self._is_busy.set()
        self._thread.join(grace_seconds)

    def _watch(self) -> None:
        while not self._is_stopping.is_set():
            self._is_busy.wait()
            self._is_busy.clear()
            self._relieve_slow()

    def _relieve_slow(self) -> None:
        begun = {id(loop): loop.answers for loop in self._loops}  # which keeps none that ends meanwhile
        self._is_stopping.wait(_PATIENCE_SECONDS)
        for loop in self._loops:
            loop.relieve_after(begun.get(id(loop)))


class EventLoop:
    """The listening socket, the connections and the threads of a server, from its start to its stop.

    `app` runs in the thread that watches the sockets. Another thread takes over the watching when `step_aside` is
    called, or when the app has not returned within some hundredths of a second: the `guard`, if it is not one of the
    loop's own, serves other loops, too. `answers` counts the responses that have begun.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        listener: Socket,
        longest_body: Callable[[], int],
        tls: "ssl.SSLContext | None" = None,
        guard: Guard | None = None,
    ) -> None:
        self.answers = 0
        self._sockets: dict[int, Any] = {}
        self._watching = threading.Lock()  # held by the thread that watches the sockets, free while it answers
        self._watcher: int | None = None  # the thread that held it last, unless it was relieved
        self._answering: ClientChannel | None = None  # whom that thread answers, or answered last
        self._is_stopping = False
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        adjustments = Adjustments(
            listen="",  # not waitress: it would look up names, and takes no sockets but the usual ones
            ident="Cowboy",
            connection_limit=MOST_CONNECTIONS,
            channel_request_lookahead=1,  # so that a client is heard to leave while its answer is under way
            outbuf_high_watermark=_UNREAD_BYTES,
            clear_untrusted_proxy_headers=False,  # the app is to see what the client sent
            log_socket_errors=False,  # clients that leave early are a test's daily bread
            url_scheme="http" if tls is None else "https",
        )
        adjustments.send_bytes = _BYTES_AT_ONCE  # as an argument it is deprecated
        adjustments.max_request_body_size = math.inf  # the app refuses long bodies, in its own words
        self._waitress = TcpWSGIServer(
            app,
            map=self._sockets,
            dispatcher=self,
            adj=adjustments,
            _sock=listener,
            bind_socket=False,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )
        self._waitress.channel_class = functools.partial(_channel_class(tls), self, longest_body)
        self._waitress.pull_trigger = self._wake
        self._has_own_guard = guard is None
        self._guard = guard or Guard()
        self._guard.add(self)
        self._start_watching()

    def add_task(self, channel: ClientChannel) -> None:
        """Note that a channel has a request to respond to; waitress calls this on its task dispatcher."""
        # looked up at each call: gevent may replace it after the import
        channel.due_in = threading.get_ident()

    def is_watcher(self) -> bool:
        """Whether this thread watches the sockets, or will again after its response."""
        return self._watcher == threading.get_ident()

    def answer(self, channel: ClientChannel) -> None:
        """Respond to what a channel has read, in the thread that watches.

        Raises a `wasyncore.ExitNow`, which ends a round of the loop, where another thread has watched meanwhile.
        """
        self._answering = channel
        self._watching.release()
        while channel.is_due():
            self.answers += 1
            self._guard.wake()
            channel.answer()
        was_watcher = self.is_watcher()
        if not self._take_turn():
            raise _Relieved
        if not was_watcher:
            raise _OutOfDate

    def step_aside(self) -> None:
        """Let another thread watch the sockets before this one waits for something."""
        if self.is_watcher():
            self._relieve()

    def relieve_after(self, answers: int | None) -> None:
        """Let another thread watch the sockets if no response began after so many, and the last one is not complete."""
        if self.answers == answers and not self._watching.locked():
            self._relieve()

    def stop(self, grace_seconds: float) -> None:
        """End the connections and, within that time, the threads."""
        deadline = monotonic() + grace_seconds
        self._is_stopping = True
        self._guard.remove(self)
        if self._has_own_guard:
            self._guard.stop(grace_seconds)
        self._wake()
        with self._starting:
            threads = [thread for thread in self._threads if thread is not threading.current_thread()]
        with self._watching:
            for channel in list(self._waitress.active_channels.values()):
                channel.handle_close()  # an answer under way, or waiting for a slow reader, gives up
            for thread in threads:
                thread.join(max(0.0, deadline - monotonic()))
            wasyncore.close_all(self._sockets)

    def _start_watching(self) -> None:
        with self._starting:
            if self._is_stopping:
                return
            thread = threading.Thread(target=self._watch, name="mockcdrs-server", daemon=True)
            thread.start()
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]

    def _watch(self) -> None:
        if not self._take_turn():
            return
        with contextlib.suppress(_Relieved):
            while not self._is_stopping:
                with contextlib.suppress(_OutOfDate):
                    wasyncore.loop(use_poll=True, map=self._sockets, count=1)
            self._watching.release()

    def _take_turn(self) -> bool:
        """Become the watcher, unless another thread is."""
        is_free = self._watching.acquire(blocking=False)
        if is_free:
            self._watcher = threading.get_ident()
        return is_free

    def _wake(self) -> None:
        """Have the sockets polled anew; the watching thread itself does so anyway."""
        if not self.is_watcher():
            self._waitress.trigger.pull_trigger()

    def _relieve(self) -> None:
        self._watcher = None
        if self._answering is not None:
            self._answering.flush()  # what it writes from now on goes out at once
        try:
            self._start_watching()
        except RuntimeError:  # the system gives no more threads for now: the guard will try again
            self._guard.wake()


class Server:
    """`app` on `host`:`port`. Port 0 takes any free one; read it from `port`.

    A context manager; `start` and `stop` can also be called by hand, from any threads, and again after each other.
    Stopping cuts off whatever is still being answered. A thread that does not leave the app within a second is left
    behind; it cannot keep the process alive. A body of more bytes than `longest_body` says is not read whole: the app
    sees how long it would be. With `tls` connections are encrypted.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        host: str = "127.0.0.1",
        port: int = 0,
        longest_body: Callable[[], int] = lambda: sys.maxsize,
        tls: "ssl.SSLContext | None" = None,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._longest_body = longest_body
        self._tls = tls
        self._loop: EventLoop | None = None
        self._changing = threading.Lock()

    @property
    def url(self) -> str:
        """`http://host:port`, or `https:` with `tls`, with a host that a client on this machine can reach."""
        host = _REACHABLE.get(self.host) or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it listens."""
        return self._loop is not None

    def start(self, guard: Guard | None = None) -> Self:
        """Listen and answer, under a guard of its own if none is given. Nothing happens when it runs already.

        Raises `ListenError`.
        """
        with self._changing:
            if self._loop is None:
                listener = _listen(self.host, self.port)
                self.port = listener.getsockname()[1]
                self._loop = EventLoop(self._app, listener, self._longest_body, self._tls, guard)
        return self

    def stop(self) -> None:
        """Free the port and end the threads. Nothing happens when it does not run."""
        with self._changing:
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.stop(_STOP_GRACE_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _listen(host: str, port: int) -> Socket:
    if not 0 <= port <= _LAST_PORT:  # left to itself, Python would leave an open socket behind
        raise _refusal(host, port, f"ports end at {_LAST_PORT}")
    try:
        return create_server(host, port)
    except OSError as error:
        raise _refusal(host, port, str(error.strerror).partition(" (")[0]) from error


def _refusal(host: str, port: int, reason: str) -> ListenError:
    return ListenError(
        f"cannot listen on {host} port {port} ({reason}): expected a free port of this machine; "
        "give another one with --port (0 takes any free one) or another address with --host"
    )
