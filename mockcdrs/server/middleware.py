"""Middleware around each answer of Crossbar's: its request id, its record in the journal, the faults of its delivery.

What the control API is asked goes through all of them unnoticed.
"""

from collections.abc import Iterable, Iterator
from typing import cast

import falcon

from mockcdrs.control.faults import Delivery
from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.real_clock import monotonic
from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, Incoming
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.request_data import largest_body
from mockcdrs.server import wsgi_request
from mockcdrs.server.connection import ClientConnection
from mockcdrs.server.delivery import delivered, unless_rule_fails

_BODILESS_STATUSES = ("204", "304")


class Exchange:
    """One request to Crossbar, and what becomes of it: the context of a Falcon request.

    `started` is in seconds by the real clock, `length` is that of a stream, where it is known. Only `is_open` is there
    before the middleware has seen the request, and for one to the control API.
    """

    __slots__ = (
        *("is_open", "state", "incoming", "world", "request_id", "started", "record"),
        *("delivery", "length"),
    )
    is_open: bool
    state: State
    incoming: Incoming
    world: World
    request_id: str
    started: float
    record: Record
    delivery: Delivery
    length: int | None

    def __init__(self) -> None:
        self.is_open = False
        self.length = None

    def note(self, answered: Answer, delivery: Delivery) -> None:
        """Note in the journal what is going to be sent, and how."""
        self.delivery = delivery
        self.record.status = 0 if delivery.close else answered.status
        self.record.outcome = answered.outcome
        self.record.fault = delivery.fault
        self.record.note = answered.note

    def end(self, more_bytes: int = 0) -> None:
        """Complete the record once the last bytes of the body are made."""
        self.record.sent_bytes += more_bytes
        self.record.duration_seconds = monotonic() - self.started
        self.state.journal.complete(self.record)

    def keep(self, part: bytes) -> None:
        """Keep a part of the body, as far as the journal keeps bodies."""
        response = self.record.response  # which the journal lets go of, from another request's thread
        if response is not None:
            response.keep(part)

    def watch(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Note a body's parts as they go out, the last one of a known length before its client can have it."""
        try:
            for part in parts:
                self.record.sent_bytes += len(part)
                self.keep(part)
                if self.record.sent_bytes == self.length:
                    self.end()
                yield part
        finally:
            if not self.record.is_complete:
                self.end()


class Request(falcon.Request):
    """Falcon's, with an exchange for a context."""

    __slots__ = ()
    context_type = Exchange
    context: Exchange  # type: ignore[assignment]  # Falcon's own is for those who like it untyped


class RequestIdMiddleware:
    """Reads a request to Crossbar as it was sent and gives it its id: the client's, or else the next one.

    `besides` is the path below which are no requests to Crossbar.
    """

    def __init__(self, state: State, besides: str | None) -> None:
        self._state = state
        self._besides = besides

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Open the exchange."""
        del resp
        if self._besides is not None and is_below(req.path, self._besides):
            return
        exchange, state = req.context, self._state
        exchange.is_open, exchange.state, exchange.started = True, state, monotonic()
        exchange.incoming = incoming = wsgi_request.read(req.env, largest_body(state.settings.max_upload_size))
        exchange.world = world = state.world()
        exchange.request_id = incoming.headers.get("x-request-id") or state.ids.of(incoming, world.now)


class JournalMiddleware:
    """Opens a record of each request to Crossbar, and completes it with the last of the answer's body."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Open the record."""
        del resp
        if req.context.is_open:
            req.context.record = self._journal.open(req.context.incoming, req.context.world.now)

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Complete the record of a body that is there; have a stream complete it."""
        del resource, req_succeeded
        exchange = req.context
        if not exchange.is_open:
            return
        if resp.stream is None:
            sent = resp.data if resp.data and has_body(req, resp) else b""
            exchange.keep(sent)
            exchange.end(len(sent))
        else:
            resp.stream = exchange.watch(_parts(resp))


class FaultMiddleware:
    """Delivers an answer as a rule wants it: late, slowly, in part, under a wrong length, or not at all."""

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Wait, and put another stream into the place of the body."""
        del resource, req_succeeded
        exchange = req.context
        if not (exchange.is_open and exchange.delivery.fault):
            return
        delivery, connection = exchange.delivery, ClientConnection(req.env)
        for delay in delivery.delays:
            connection.wait(delay.seconds, delay.lifted)
        if delivery.close:
            exchange.end()
            raise connection.broken("closed before any byte")
        if resp.stream is not None:
            resp.stream = unless_rule_fails(_parts(resp), connection)
        if delivery.is_plain or not has_body(req, resp):
            return
        body = _parts(resp) if resp.data is None else resp.data
        resp.data, (resp.stream, exchange.length) = None, delivered(body, delivery, connection)
        if exchange.length is not None:
            resp.content_length = exchange.length


def _parts(resp: falcon.Response) -> Iterable[bytes]:
    return cast("Iterable[bytes]", resp.stream)  # none of Crossbar's is a file


def is_below(path: str, base: str) -> bool:
    """Whether a path is `base` or one below it."""
    return path.startswith(base) and path[len(base) : len(base) + 1] in {"", "/"}


def has_body(req: Request, resp: falcon.Response) -> bool:
    """Whether HTTP has a body in an answer to this method, of this status."""
    return req.method != "HEAD" and not str(resp.status).startswith(_BODILESS_STATUSES)
