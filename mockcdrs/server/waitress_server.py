"""The HTTP server: a WSGI app on a port, served by waitress in an event loop of its own."""

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mockcdrs.server import event_loop
from mockcdrs.server.event_loop import EventLoop

if TYPE_CHECKING:
    import ssl

    from _typeshed.wsgi import WSGIApplication

_STOP_GRACE_SECONDS = 1.0
_LAST_PORT = 65_535
_REACHABLE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 where a client finds these


class ListenError(OSError):
    """An address that cannot be listened on. The text says which, why, and what to give instead."""


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

    def start(self) -> Self:
        """Listen and answer. `ListenError` where that is not possible; nothing happens when it runs already."""
        with self._changing:
            if self._loop is None:
                listener = _listen(self.host, self.port)
                self.port = listener.getsockname()[1]
                self._loop = EventLoop(self._app, listener, self._longest_body, self._tls)
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


def _listen(host: str, port: int) -> event_loop.Socket:
    if not 0 <= port <= _LAST_PORT:  # left to itself, Python would leave an open socket behind
        raise _refusal(host, port, f"ports end at {_LAST_PORT}")
    try:
        return event_loop.create_server(host, port)
    except OSError as error:
        raise _refusal(host, port, str(error.strerror).partition(" (")[0]) from error


def _refusal(host: str, port: int, reason: str) -> ListenError:
    return ListenError(
        f"cannot listen on {host} port {port} ({reason}): expected a free port of this machine; "
        "give another one with --port (0 takes any free one) or another address with --host"
    )
