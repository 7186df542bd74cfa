"""The app: every request goes to Crossbar's own order of checks, so there is no route and no framework in its way.

Only the control API is a Falcon app: nothing of it is imported before it is first asked.
"""

import functools
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from mockcdrs.cdr.row import rfc_1036
from mockcdrs.control.journal import Journal, Record, Response
from mockcdrs.control.real_clock import monotonic
from mockcdrs.control.retold import target, visible
from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, Incoming
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.request_data import largest_body
from mockcdrs.faults import WireEffect
from mockcdrs.server import compression, wsgi_request
from mockcdrs.server.connection import ClientConnection
from mockcdrs.server.delivery import delivered, unless_rule_fails

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from mockcdrs.control.access import Access
    from mockcdrs.control.backend import MockBackend

CONTROL = "/_mockcdrs"
LONGEST_CONTROL_BODY = 1_000_000

NOTES = "mockcdrs.notes"
logger = logging.getLogger(NOTES)

_BODILESS_STATUSES = frozenset({204, 304})


class Crossbar:
    """The WSGI app of one state, without the control API."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, and note it in the journal."""
        state, started = self._state, monotonic()
        incoming = wsgi_request.read(environ, largest_body(state.settings.max_upload_size))
        world = state.world()
        request_id = incoming.headers.get("x-request-id") or state.ids.of(incoming, world.now)
        entry = _Entry(state.journal, state.journal.open(incoming, world.now), started)

        def produce(incoming: Incoming, world: World) -> Answer:
            return state.answers.answer(incoming, world, request_id)

        answered, delivery = state.faults.apply(incoming, world, produce)
        if answered.note:
            logger.warning("%s", visible(f"{incoming.method} {target(entry.record)}: {answered.note}"))
        entry.note(answered, delivery)
        if incoming.method != "HEAD":
            accepted = incoming.headers.get("accept-encoding", "")
            answered = compression.compressed(answered, accepted, varies=world.version.compression_varies)
        entry.record.response = Response(dict(answered.headers))
        head = _head(answered, world.now)
        if delivery.fault:
            body, length = _faulty(incoming, answered, delivery, ClientConnection(environ), entry)
        else:
            body, length = _plain(incoming, answered, entry)
        if length is not None:
            head["content-length"] = str(length)
        start_response(_status(200 if delivery.close else answered.status), list(head.items()))
        return body


@dataclass(frozen=True, slots=True)
class _Entry:
    """A request's place in the journal; `started` is by the real clock."""

    journal: Journal
    record: Record
    started: float

    def note(self, answered: Answer, delivery: WireEffect) -> None:
        self.record.status = 0 if delivery.close else answered.status
        self.record.outcome = answered.outcome
        self.record.fault = delivery.fault
        self.record.note = answered.note

    def end(self, more_bytes: int = 0) -> None:
        self.record.sent_bytes += more_bytes
        self.record.duration_seconds = monotonic() - self.started
        self.journal.complete(self.record)

    def keep(self, part: bytes) -> None:
        response = self.record.response  # which the journal lets go of, from another request's thread
        if response is not None:
            response.keep(part)

    def watch(self, parts: Iterable[bytes], length: int | None = None) -> Iterator[bytes]:
        """Note a body's parts as they go out, the whole of `length` bytes before its client can have it."""
        try:
            for part in parts:
                self.record.sent_bytes += len(part)
                self.keep(part)
                if self.record.sent_bytes == length:
                    self.end()
                yield part
        finally:
            if not self.record.is_complete:
                self.end()


def _head(answered: Answer, now: int) -> dict[str, str]:
    head = {name.lower(): _on_one_line(value) for name, value in answered.headers.items()}
    head["date"] = rfc_1036(now)
    return head


def _on_one_line(value: str) -> str:
    """Bytes as they came, in the form that WSGI wants; a line end would let a stranger write headers of his own."""
    if value.isascii() and value.isprintable():
        return value
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")


@functools.lru_cache
def _status(code: int) -> str:
    phrase = next((known.phrase for known in HTTPStatus if known == code), "Unknown")
    return f"{code} {phrase}"


def _has_body(incoming: Incoming, answered: Answer) -> bool:
    return incoming.method != "HEAD" and answered.status not in _BODILESS_STATUSES


def _plain(incoming: Incoming, answered: Answer, entry: _Entry) -> tuple[Iterable[bytes], int | None]:
    """The body to send, and the length to announce; `None` for an answer in chunks."""
    if not isinstance(answered.body, bytes):
        return entry.watch(answered.body), None
    sent = answered.body if _has_body(incoming, answered) else b""
    entry.keep(sent)
    entry.end(len(sent))
    return [sent], None if answered.status in _BODILESS_STATUSES else len(answered.body)


def _faulty(
    incoming: Incoming, answered: Answer, delivery: WireEffect, connection: ClientConnection, entry: _Entry
) -> tuple[Iterable[bytes], int | None]:
    for delay in delivery.delays:
        connection.wait(delay.seconds, delay.lifted)
    if not isinstance(answered.body, bytes):
        answered = replace(answered, body=unless_rule_fails(answered.body, connection))
    if not delivery.close and (delivery.is_plain or not _has_body(incoming, answered)):
        return _plain(incoming, answered, entry)
    stream, length = delivered(answered.body, delivery, connection)
    return entry.watch(stream, length), length


def create_app(state: State, powers: "MockBackend | None" = None, access: "Access | None" = None) -> "WSGIApplication":
    """A WSGI app that serves one state; with `powers` over it also the control API, to whom `access` lets in."""
    crossbar = Crossbar(state)
    return crossbar if powers is None else _WithControl(crossbar, powers, access)


def longest_body(state: State) -> Callable[[], int]:
    """Tells how many bytes of a request's body the app looks at, which changes with the settings."""
    return lambda: max(largest_body(state.settings.max_upload_size), LONGEST_CONTROL_BODY)


class _WithControl:
    """An app with the control API beside it, which is made when it is first asked for."""

    def __init__(self, crossbar: "WSGIApplication", powers: "MockBackend", access: "Access | None") -> None:
        self._crossbar, self._powers, self._access = crossbar, powers, access
        self._making = threading.Lock()
        self._made: WSGIApplication | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        chosen = self._control() if path == CONTROL or path.startswith(f"{CONTROL}/") else self._crossbar
        return chosen(environ, start_response)

    def _control(self) -> "WSGIApplication":
        with self._making:
            if self._made is None:
                from mockcdrs.server.control import create_control_app

                self._made = create_control_app(self._powers, self._access)
            return self._made
