"""Server-sent events: what clients do, as they do it."""

import json
import threading
from collections.abc import Callable, Generator, Iterator

from mockcdrs.control.api.journal import shown
from mockcdrs.control.api_errors import ApiError
from mockcdrs.control.journal import Journal
from mockcdrs.server.connection import ClientConnection

MOST_LISTENERS = 8
HEART_BEAT_SECONDS = 15.0


class Stream:
    """The journal's completed records as events, for a bounded number of listeners: each holds a thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._places = threading.BoundedSemaphore(MOST_LISTENERS)

    def listen(self, since: int, origin: str, connection: ClientConnection) -> "_Listening":
        """Events until the client goes or the server stops. Raises `ApiError` where all places are taken."""
        if not self._places.acquire(blocking=False):
            raise ApiError(
                503, "too-many-listeners", f"{MOST_LISTENERS} listeners are there already; close one of their pages"
            )
        return _Listening(self._places.release, self._events(since, origin, connection))

    def _events(self, since: int, origin: str, connection: ClientConnection) -> Generator[bytes, None, None]:
        journal = self._journal
        identity, cursor = journal.identity, since
        yield b"retry: 1000\n\n"
        while not connection.is_closed():
            news = journal.changes_since(cursor)
            if news.identity != identity:
                identity = news.identity
                yield b"event: reset\ndata: {}\n\n"
            cursor = news.completion
            for record in news.records:
                told = json.dumps(shown(record, origin))
                yield f"id: {record.completion}\nevent: request\ndata: {told}\n\n".encode()
            with connection.waiting(journal.wake):
                is_quiet = not journal.wait_for_change(cursor, identity, HEART_BEAT_SECONDS, connection.is_closed)
            if is_quiet:
                yield b": still here\n\n"


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
