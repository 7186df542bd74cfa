"""The Falcon app: every request goes to Crossbar's own order of checks, so there is one sink and no route."""

import functools
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import falcon

from mockcdrs.control.faults import Delivery
from mockcdrs.control.journal import Journal, Record, Response
from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, Incoming
from mockcdrs.crossbar.context import World
from mockcdrs.server import compression, wsgi_request
from mockcdrs.server.delivery import Line, delivered, unless_rule_fails
from mockcdrs.server.http_date import http_date

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from mockcdrs.control.access import Access
    from mockcdrs.control.powers import Powers

CONTROL = "/_mockcdrs"

logger = logging.getLogger("mockcdrs")

_BODILESS_STATUSES = frozenset({204, 304})


class Gate:
    """Middleware that answers before Falcon looks at the method, which it would refuse in its own words."""

    def __init__(self, state: State) -> None:
        self._state = state

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer the request and end its way."""
        state, started = self._state, time.perf_counter()
        incoming = wsgi_request.read(req, state.settings.max_upload_size)
        request_id = incoming.headers.get("x-request-id") or state.next_hex(32)
        world = state.world()
        entry = _Entry(state.journal, state.journal.open(incoming, world.now), started)

        def produce(incoming: Incoming, world: World) -> Answer:
            return state.answers.answer(incoming, world, request_id)

        answered, delivery = state.faults.around(incoming, world, produce)
        if answered.note:
            logger.warning("%s %s: %s", incoming.method, entry.record.path, answered.note)
        entry.note(answered, delivery)
        answered = compression.compressed(answered, incoming.headers.get("accept-encoding", ""))
        entry.record.response = Response(dict(answered.headers))
        _send_head(resp, answered, world.now)
        if delivery.fault:
            _send_faulty(req, resp, answered, delivery, entry)
        else:
            _send_body(req, resp, answered, entry)
        resp.complete = True


@dataclass(frozen=True, slots=True)
class _Entry:
    """A request's place in the journal; `started` is by `time.perf_counter`."""

    journal: Journal
    record: Record
    started: float

    def note(self, answered: Answer, delivery: Delivery) -> None:
        self.record.status = 0 if delivery.close else answered.status
        self.record.outcome = answered.outcome
        self.record.fault = delivery.fault

    def end(self, more_bytes: int = 0) -> None:
        self.record.sent_bytes += more_bytes
        self.record.duration_seconds = time.perf_counter() - self.started
        self.journal.complete(self.record)

    def keep(self, part: bytes) -> None:
        if self.record.response is not None:
            self.record.response.keep(part)

    def watch(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        try:
            for part in parts:
                self.record.sent_bytes += len(part)
                self.keep(part)
                yield part
        finally:
            self.end()


def _send_head(resp: falcon.Response, answered: Answer, now: int) -> None:
    resp.status = answered.status
    for name, value in answered.headers.items():
        resp.append_header(name, value if value.isascii() and value.isprintable() else _on_one_line(value))
    resp.set_header("Date", http_date(now))


def _on_one_line(value: str) -> str:
    """Bytes as they came, in the form that WSGI wants; a line end would let a stranger write headers of his own."""
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")


def _has_body(req: falcon.Request, answered: Answer) -> bool:
    return req.method != "HEAD" and answered.status not in _BODILESS_STATUSES


def _send_body(req: falcon.Request, resp: falcon.Response, answered: Answer, entry: _Entry) -> None:
    if isinstance(answered.body, bytes):
        resp.data = answered.body
        sent = answered.body if _has_body(req, answered) else b""
        entry.keep(sent)
        entry.end(len(sent))
    elif _has_body(req, answered):
        resp.stream = entry.watch(answered.body)
    else:
        entry.end()


def _send_faulty(
    req: falcon.Request, resp: falcon.Response, answered: Answer, delivery: Delivery, entry: _Entry
) -> None:
    line = Line(req.env)
    line.pause(delivery.delay_seconds)
    if not isinstance(answered.body, bytes):
        answered = replace(answered, body=unless_rule_fails(answered.body, line))
    if delivery.close:
        # Falcon asks for no body here, and then nothing would break
        req.method, resp.status = "GET", 200
    elif delivery.is_plain or not _has_body(req, answered):
        _send_body(req, resp, answered, entry)
        return
    stream, length = delivered(answered.body, delivery, line)
    if length is not None:
        resp.content_length = length
    resp.stream = entry.watch(stream)


def create_app(state: State, powers: "Powers | None" = None, access: "Access | None" = None) -> "WSGIApplication":
    """A WSGI app that serves one state; with `powers` over it also the control API, to whom `access` lets in.

    Nothing of the control API is imported before it is first asked.
    """
    crossbar: falcon.App[Any, Any] = falcon.App(middleware=[Gate(state)])
    # the answers without a content type are to stay so; Falcon's types do not know that it may be none
    crossbar.resp_options.default_media_type = None  # type: ignore[assignment]
    return crossbar if powers is None else _with_control(crossbar, powers, access)


def _with_control(crossbar: "WSGIApplication", powers: "Powers", access: "Access | None") -> "WSGIApplication":
    @functools.cache
    def control() -> "WSGIApplication":
        from mockcdrs.server.control import create_control_app

        return create_control_app(powers, access)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        chosen = control() if path == CONTROL or path.startswith(f"{CONTROL}/") else crossbar
        return chosen(environ, start_response)

    return app
