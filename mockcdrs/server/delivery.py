"""Sending a body as a fault wants it: late, slowly, in part, under a wrong length, or not at all.

Without a socket nothing can break off: what a client would feel as a broken connection is a `ConnectionError` there.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from mockcdrs.control.faults import Delivery, RuleFailed
from mockcdrs.server.connection import waking

_STEP_SECONDS = 0.05


class Line:
    """The way to one client: a socket's, or a caller's in the same process."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ = environ
        self._is_gone = environ.get("waitress.client_disconnected")
        self._is_chunked = environ.get("SERVER_PROTOCOL") != "HTTP/1.0"

    def broken(self, what: str) -> Exception:
        """What to raise within a body so that the connection ends there."""
        if self._is_gone is None:
            return ConnectionError(f"{what}: without a socket this error stands for the broken connection")
        from waitress.channel import ClientDisconnected

        return ClientDisconnected(what)  # type: ignore[no-any-return]

    def pause(self, seconds: float) -> None:
        """Wait; less long when the connection ends, as it does when the server stops."""
        end, ended = time.monotonic() + seconds, threading.Event()
        with waking(self._environ, ended.set):
            while (left := end - time.monotonic()) > 0 and not (self._is_gone is not None and self._is_gone()):
                ended.wait(min(left, _STEP_SECONDS))

    def half_a_chunk(self, part: bytes) -> bytes:
        """Announce a chunk and send half of it; what is still to be sent where there are no chunks."""
        half = part[: (len(part) + 1) // 2]
        if self._is_gone is None or not self._is_chunked:
            return half
        # waitress frames every part as a whole chunk, so this one goes past it, to the channel that the hook belongs to
        self._is_gone.__self__.write_soon(b"%X\r\n" % len(part) + half)
        return b""


def delivered(body: bytes | Iterable[bytes], delivery: Delivery, line: Line) -> tuple[Iterator[bytes], int | None]:
    """The body as it goes out, and the length to announce; `None` for an answer in chunks."""
    if delivery.close:
        return _closed(line), None
    if delivery.cut_in_chunk:
        return _slowly(_cut_in_chunk(_parts(body), line), delivery, line), None
    if delivery.wrong_content_length:
        whole = b"".join(_parts(body))
        length = max(0, len(whole) + delivery.wrong_content_length)
        return _slowly(_misannounced(whole, length, line), delivery, line), length
    length_or_none = len(body) if isinstance(body, bytes) else None
    if delivery.cut_after is not None:
        return _slowly(_cut(_parts(body), delivery.cut_after, line), delivery, line), length_or_none
    return _slowly(_parts(body), delivery, line), length_or_none


def unless_rule_fails(parts: Iterable[bytes], line: Line) -> Iterator[bytes]:
    """A body behind which a rule's own code runs: where that fails, the connection breaks."""
    try:
        yield from parts
    except RuleFailed as failed:
        raise line.broken(f"{failed} failed itself") from failed


def _parts(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    return iter([body] if isinstance(body, bytes) else body)


def _closed(line: Line) -> Iterator[bytes]:
    yield from ()
    raise line.broken("closed before any byte")


def _cut(parts: Iterator[bytes], length: int, line: Line) -> Iterator[bytes]:
    left = length
    for part in parts:
        yield part[:left]
        left -= len(part)
        if left <= 0:
            break
    raise line.broken(f"cut off after {length} bytes")


def _cut_in_chunk(parts: Iterator[bytes], line: Line) -> Iterator[bytes]:
    first = next(parts, b"")
    middle = (len(first) + 1) // 2
    yield first[:middle]
    if first[middle:]:
        yield line.half_a_chunk(first[middle:])
    raise line.broken("cut off in the middle of a chunk")


def _misannounced(whole: bytes, length: int, line: Line) -> Iterator[bytes]:
    yield whole[:length]
    if length > len(whole):
        raise line.broken(f"{length} bytes were announced, there are {len(whole)}")


def _slowly(parts: Iterator[bytes], delivery: Delivery, line: Line) -> Iterator[bytes]:
    if delivery.drip is None:
        yield from parts
        return
    size = max(1, int(delivery.drip * _STEP_SECONDS))
    for part in parts:
        for at in range(0, len(part), size):
            drop = part[at : at + size]
            yield drop
            line.pause(len(drop) / delivery.drip)
