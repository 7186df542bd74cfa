"""Server-sent events: what clients do, as they do it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

from mockcdrs.control.api.journal import shown
from mockcdrs.control.journal import Journal
from mockcdrs.control.refused import Refused
from mockcdrs.server.connection import waking

MOST_LISTENERS = 8
HEART_BEAT_SECONDS = 15.0
_LOOK_SECONDS = 1.0


class Stream:
    """The journal's completed records as events, for a bounded number of listeners: each holds a thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._places = threading.BoundedSemaphore(MOST_LISTENERS)

    def listen(self, since: int, origin: str, environ: dict[str, Any]) -> "_Listening":
        """Events until the client goes or the server stops. Raises `Refused` where all places are taken."""
        if not self._places.acquire(blocking=False):
            raise Refused(
                503, "too-many-listeners", f"{MOST_LISTENERS} listeners are there already; close one of their pages"
            )
        return _Listening(self._places.release, self._woken_events(since, origin, environ))

    def _woken_events(self, since: int, origin: str, environ: dict[str, Any]) -> Generator[bytes, None, None]:
        with waking(environ, self._journal.wake):
            yield from self._events(since, origin, _is_gone(environ))

    def _events(self, since: int, origin: str, is_gone: Callable[[], bool]) -> Iterator[bytes]:
        journal = self._journal
        identity, cursor = journal.identity, since
        beat = time.monotonic()
        yield b"retry: 1000\n\n"
        while not is_gone():
            if journal.identity != identity:
                identity = journal.identity
                yield b"event: reset\ndata: {}\n\n"
            found, cursor = journal.completed_since(cursor)
            for record in found:
                told = json.dumps(shown(record, origin))
                yield f"id: {record.completion}\nevent: request\ndata: {told}\n\n".encode()
            if time.monotonic() - beat > HEART_BEAT_SECONDS:
                beat = time.monotonic()
                yield b": still here\n\n"
            journal.wait_behind(cursor, identity, _LOOK_SECONDS)


class _Listening:
    """An iterator that gives its place back when it is closed, also where it never began."""

    def __init__(self, release: Callable[[], None], events: Generator[bytes, None, None]) -> None:
        self._release: Callable[[], None] | None = release
        self._events = events

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        self._events.close()
        release, self._release = self._release, None
        if release is not None:
            release()


def _is_gone(environ: dict[str, Any]) -> Callable[[], bool]:
    """Whether the client has gone."""
    is_closed = environ.get("waitress.client_disconnected")
    if is_closed is None:
        return lambda: False
    return lambda: bool(is_closed()) or _has_left(is_closed.__self__.socket)


def _has_left(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
