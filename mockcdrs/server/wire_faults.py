"""Faults on the wire: an answer that never comes, a body that is sent late, slowly, in part or under a wrong length.

Without a socket no connection can break: the client gets a `ConnectionError` in its place.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from mockcdrs.control.clock import monotonic
from mockcdrs.faults import wire_effect
from mockcdrs.faults.engine import RuleFailed
from mockcdrs.faults.wire_effect import Latch, WireEffect

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


_STEP_SECONDS = 0.05
_NO_LINGER = struct.pack("ii", 1, 0)  # what is not sent is dropped, and the connection is reset


class ClientConnection:
    """The connection to one client, over a socket or within the process.

    Only `mockcdrs.server.waitress_server` tells when the connection ends; only waitress lets bytes go past its framing.
    """

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._channel: Any = getattr(environ.get("waitress.client_disconnected"), "__self__", None)
        self._is_chunked = environ.get("SERVER_PROTOCOL") != "HTTP/1.0"

    def is_closed(self) -> bool:
        """Whether the client has left, or the server has stopped."""
        return self._channel is not None and not self._channel.connected

    def waiting(self, wake: Callable[[], None]) -> AbstractContextManager[None]:
        """Return a context to wait in: the server serves others, and calls `wake` when the connection ends."""
        waiting = getattr(self._channel, "waiting", None)
        return contextlib.nullcontext() if waiting is None else waiting(wake)

    def wait(self, seconds: float, *latches: Latch) -> None:
        """Wait so many seconds, or until a latch is set, or until the connection ends."""
        ended = Latch()
        with self.waiting(ended.set):
            wire_effect.wait(seconds, *latches, ended)

    def broken(self, what: str) -> Exception:
        """Return the exception that ends the connection when it is raised within a body."""
        if self._channel is None:
            return ConnectionError(f"{what}: without a socket this error stands for the broken connection")
        from waitress.channel import ClientDisconnected

        return ClientDisconnected(what)  # type: ignore[no-any-return]

    def silent_end(self, effect: WireEffect) -> Exception:
        """Return the exception that ends the connection without a byte, once it is time for that."""
        if effect.blackhole is not None:
            if self._channel is None:
                return TimeoutError("never answered: without a socket this error stands for a client's own timeout")
            self.wait(threading.TIMEOUT_MAX, effect.blackhole)
        if not effect.reset:
            return self.broken("closed before any byte")
        if self._channel is None:
            return ConnectionResetError("reset: without a socket this error stands for the broken connection")
        self._channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        return self.broken("reset before any byte")

    def half_a_chunk(self, part: bytes) -> bytes:
        """Send half of a chunk under the size of the whole; return what is left to send where there are no chunks."""
        half = part[: (len(part) + 1) // 2]
        if self._channel is None or not self._is_chunked:
            return half
        # waitress frames every part as a whole chunk, so this one goes past it
        self._channel.write_soon(b"%X\r\n" % len(part) + half)
        return b""


def deliver(
    body: bytes | Iterable[bytes], effect: WireEffect, connection: ClientConnection
) -> tuple[Iterator[bytes], int | None]:
    """Return the body as it is to be sent, and its content length; `None` for a chunked response."""
    if effect.cut_in_chunk:
        return _slowly(_cut_in_chunk(_parts(body), connection), effect, connection), None
    if effect.wrong_content_length:
        whole = b"".join(_parts(body))
        length = max(0, len(whole) + effect.wrong_content_length)
        return _slowly(_misannounced(whole, length, connection), effect, connection), length
    length_or_none = len(body) if isinstance(body, bytes) else None
    if effect.cut_after is not None:
        return _slowly(_cut(_parts(body), effect.cut_after, connection), effect, connection), length_or_none
    return _slowly(_parts(body), effect, connection), length_or_none


def break_on_rule_failure(parts: Iterable[bytes], connection: ClientConnection) -> Iterator[bytes]:
    """Send a body after which a rule's own code runs: where that raises, the connection breaks."""
    try:
        yield from parts
    except RuleFailed as failed:
        raise connection.broken(f"{failed} failed itself") from failed


def _parts(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    return iter([body] if isinstance(body, bytes) else body)


def _cut(parts: Iterator[bytes], length: int, connection: ClientConnection) -> Iterator[bytes]:
    left = length
    for part in parts:
        yield part[:left]
        left -= len(part)
        if left <= 0:
            break
    raise connection.broken(f"cut off after {length} bytes")


def _cut_in_chunk(parts: Iterator[bytes], connection: ClientConnection) -> Iterator[bytes]:
    first = next(parts, b"")
    middle = (len(first) + 1) // 2
    yield first[:middle]
    if first[middle:]:
        yield connection.half_a_chunk(first[middle:])
    raise connection.broken("cut off in the middle of a chunk")


def _misannounced(whole: bytes, length: int, connection: ClientConnection) -> Iterator[bytes]:
    yield whole[:length]
    if length > len(whole):
        raise connection.broken(f"{length} bytes were announced, there are {len(whole)}")


def _slowly(parts: Iterator[bytes], effect: WireEffect, connection: ClientConnection) -> Iterator[bytes]:
    for part in parts:
        rest = part
        while paces := [pace for pace in effect.paces if rest and not pace.lifted.is_set]:
            slowest = min(paces, key=lambda pace: pace.bytes_a_second)
            size = max(1, int(slowest.bytes_a_second * _STEP_SECONDS))
            drop, rest = rest[:size], rest[size:]
            yield drop
            connection.wait(slowest.line.occupy(len(drop) / slowest.bytes_a_second, monotonic()), slowest.lifted)
        if rest:
            yield rest
