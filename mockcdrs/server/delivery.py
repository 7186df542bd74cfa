"""Sending a body as a fault wants it: late, slowly, in part, under a wrong length, or not at all.

Without a socket nothing can break off: what a client would feel as a broken connection is a `ConnectionError` there.
"""

from collections.abc import Iterable, Iterator

from mockcdrs.faults import RuleFailed, WireEffect
from mockcdrs.server.connection import ClientConnection

_STEP_SECONDS = 0.05


def delivered(
    body: bytes | Iterable[bytes], delivery: WireEffect, connection: ClientConnection
) -> tuple[Iterator[bytes], int | None]:
    """The body as it goes out, and the length to announce; `None` for an answer in chunks."""
    if delivery.close:
        return _closed(connection), None
    if delivery.cut_in_chunk:
        return _slowly(_cut_in_chunk(_parts(body), connection), delivery, connection), None
    if delivery.wrong_content_length:
        whole = b"".join(_parts(body))
        length = max(0, len(whole) + delivery.wrong_content_length)
        return _slowly(_misannounced(whole, length, connection), delivery, connection), length
    length_or_none = len(body) if isinstance(body, bytes) else None
    if delivery.cut_after is not None:
        return _slowly(_cut(_parts(body), delivery.cut_after, connection), delivery, connection), length_or_none
    return _slowly(_parts(body), delivery, connection), length_or_none


def unless_rule_fails(parts: Iterable[bytes], connection: ClientConnection) -> Iterator[bytes]:
    """A body behind which a rule's own code runs: where that fails, the connection breaks."""
    try:
        yield from parts
    except RuleFailed as failed:
        raise connection.broken(f"{failed} failed itself") from failed


def _parts(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    return iter([body] if isinstance(body, bytes) else body)


def _closed(connection: ClientConnection) -> Iterator[bytes]:
    yield from ()
    raise connection.broken("closed before any byte")


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


def _slowly(parts: Iterator[bytes], delivery: WireEffect, connection: ClientConnection) -> Iterator[bytes]:
    for part in parts:
        rest = part
        while drips := [drip for drip in delivery.drips if rest and not drip.lifted.is_set]:
            slowest = min(drips, key=lambda drip: drip.bytes_a_second)
            size = max(1, int(slowest.bytes_a_second * _STEP_SECONDS))
            drop, rest = rest[:size], rest[size:]
            yield drop
            connection.wait(len(drop) / slowest.bytes_a_second, slowest.lifted)
        if rest:
            yield rest
