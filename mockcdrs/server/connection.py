"""The connection that an answer goes to, as far as the WSGI server lets its app reach it."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from mockcdrs.faults import latch
from mockcdrs.faults.latch import Latch

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class ClientConnection:
    """The way to one client: a socket's, or a caller's in the same process.

    Only `mockcdrs.server.runner` tells when the connection ends, and only waitress lets bytes go past its framing.
    """

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._channel: Any = getattr(environ.get("waitress.client_disconnected"), "__self__", None)
        self._is_chunked = environ.get("SERVER_PROTOCOL") != "HTTP/1.0"

    def is_closed(self) -> bool:
        """Whether the client has left, or the server has stopped."""
        return self._channel is not None and not self._channel.connected

    def waiting(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        """A context to wait in: the server goes on with other requests, and calls `wake` when the connection ends."""
        waiting = getattr(self._channel, "waiting", None)
        return contextlib.nullcontext() if waiting is None else waiting(wake)

    def wait(self, seconds: float, *latches: Latch) -> None:
        """Wait until then, until one of the latches is set, or until the connection ends."""
        ended = Latch()
        with self.waiting(ended.set):
            latch.wait(seconds, *latches, ended)

    def broken(self, what: str) -> Exception:
        """What to raise within a body so that the connection ends there."""
        if self._channel is None:
            return ConnectionError(f"{what}: without a socket this error stands for the broken connection")
        from waitress.channel import ClientDisconnected

        return ClientDisconnected(what)  # type: ignore[no-any-return]

    def half_a_chunk(self, part: bytes) -> bytes:
        """Announce a chunk and send half of it; what is still to be sent where there are no chunks."""
        half = part[: (len(part) + 1) // 2]
        if self._channel is None or not self._is_chunked:
            return half
        # waitress frames every part as a whole chunk, so this one goes past it
        self._channel.write_soon(b"%X\r\n" % len(part) + half)
        return b""
