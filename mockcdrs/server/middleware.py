"""Falcon middleware of requests to Crossbar: request ids, the journal, faults on the wire.

Requests to the control API pass all of it unnoticed.
"""

import functools
from collections.abc import Iterable, Iterator
from typing import Any, cast

import falcon

from mockcdrs.control.clock import monotonic
from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.state import State
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.crossbar.request_body import max_body_size
from mockcdrs.crossbar.token_bucket import LOCAL_ADDRESS
from mockcdrs.faults import WireEffect
from mockcdrs.server.wire_faults import ClientConnection, break_on_rule_failure, deliver

_BODILESS_STATUSES = ("204", "304")
_UNPREFIXED_HEADERS = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class RequestContext:
    """The context of a Falcon request: what its middleware and its responder know of it.

    `started` is in seconds by the real clock; `length` is a stream's content length, where it is known. A request to
    the control API has nothing but `is_open`, which is false.
    """

    __slots__ = (
        *("is_open", "state", "incoming", "server_state", "request_id", "started"),
        *("record", "effect", "length"),
    )
    is_open: bool
    state: State
    incoming: HttpRequest
    server_state: ServerState
    request_id: str
    started: float
    record: Record
    effect: WireEffect
    length: int | None

    def __init__(self) -> None:
        self.is_open = False
        self.length = None

    def note(self, response: HttpResponse, effect: WireEffect) -> None:
        """Note in the record what is going to be sent, and how."""
        self.effect = effect
        self.record.status = 0 if effect.is_silent else response.status
        self.record.outcome = response.outcome
        self.record.fault = effect.fault
        self.record.note = response.note

    def end(self, more_bytes: int = 0) -> None:
        """Complete the record, with the last bytes of the body."""
        self.record.sent_bytes += more_bytes
        self.record.duration_seconds = monotonic() - self.started
        self.state.journal.complete(self.record)

    def keep(self, part: bytes) -> None:
        """Keep a part of the body, as far as the journal keeps bodies."""
        response = self.record.response  # which the journal lets go of, from another request's thread
        if response is not None:
            response.keep(part)

    def watch(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Note a body's parts as they are sent, the last of a known length before a client can have it."""
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
    """Falcon's request, with a `RequestContext`."""

    __slots__ = ()
    context_type = RequestContext
    context: RequestContext  # type: ignore[assignment]  # Falcon's has no types


class RequestIdMiddleware:
    """Reads a request to Crossbar as it was sent, and gives it its id: the client's, or a new one.

    Paths at and below `besides` are not Crossbar's.
    """

    def __init__(self, state: State, besides: str | None) -> None:
        self._state = state
        self._besides = besides

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Fill in the context."""
        del resp
        if self._besides is not None and is_below(req.path, self._besides):
            return
        context, state = req.context, self._state
        context.is_open, context.state, context.started = True, state, monotonic()
        context.incoming = incoming = read_request(req.env, max_body_size(state.settings.max_upload_size))
        context.server_state = server_state = state.server_state()
        context.request_id = incoming.headers.get("x-request-id") or state.ids.of(incoming, server_state.now)


class JournalMiddleware:
    """Opens a record of each request to Crossbar, and completes it with the last of the response's body."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Open the record."""
        del resp
        if req.context.is_open:
            req.context.record = self._journal.open(req.context.incoming, req.context.server_state.now)

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Complete the record, or have the stream complete it when it ends."""
        del resource, req_succeeded
        context = req.context
        if not context.is_open:
            return
        if resp.stream is None:
            sent = resp.data if resp.data and has_body(req, resp) else b""
            context.keep(sent)
            context.end(len(sent))
        else:
            resp.stream = context.watch(_parts(resp))


class FaultMiddleware:
    """Sends a response as a fault rule wants it: late, slowly, in part, under a wrong length, or not at all."""

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Wait, and replace the body by a faulty stream."""
        del resource, req_succeeded
        context = req.context
        if not (context.is_open and context.effect.fault):
            return
        effect, connection = context.effect, ClientConnection(req.env)
        for delay in effect.delays:
            connection.wait(delay.seconds, delay.lifted)
        if effect.is_silent:
            context.end()
            raise connection.silent_end(effect)
        if resp.stream is not None:
            resp.stream = break_on_rule_failure(_parts(resp), connection)
        if effect.is_plain or not has_body(req, resp):
            return
        body = _parts(resp) if resp.data is None else resp.data
        resp.data, (resp.stream, context.length) = None, deliver(body, effect, connection)
        if context.length is not None:
            resp.content_length = context.length


def _parts(resp: falcon.Response) -> Iterable[bytes]:
    return cast("Iterable[bytes]", resp.stream)  # none of Crossbar's is a file


def is_below(path: str, base: str) -> bool:
    """Whether a path is `base` or one below it."""
    return path.startswith(base) and path[len(base) : len(base) + 1] in {"", "/"}


def has_body(req: Request, resp: falcon.Response) -> bool:
    """Whether HTTP allows a body in the response to this method, with this status."""
    return req.method != "HEAD" and not str(resp.status).startswith(_BODILESS_STATUSES)


def read_request(environ: dict[str, Any], longest_body: int) -> HttpRequest:
    """Return a request as the client wrote it: the path raw, where the server has it; no body that is too long."""
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or _rebuild_path(environ)
    path, _, _ = raw.partition("?")
    headers = {
        name: value if value.isascii() else _decode_header(value)
        for key, value in environ.items()
        if (name := _header_name(key)) is not None
    }
    if not headers.get("content-type") and "waitress.client_disconnected" not in environ:
        headers.pop("content-type", None)  # other servers may say "" where there is none
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    peer = environ.get("REMOTE_ADDR") or LOCAL_ADDRESS
    return HttpRequest(method, path, query, headers, _body(environ, longest_body), peer)


def _rebuild_path(environ: dict[str, Any]) -> str:
    from urllib.parse import quote

    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~!$&'()*+,;=:@")


@functools.lru_cache(maxsize=256)
def _header_name(key: str) -> str | None:
    """The header that a key of the environment holds, in small letters; `None` for what is no header."""
    if key.startswith("HTTP_") or key in _UNPREFIXED_HEADERS:
        return key.removeprefix("HTTP_").replace("_", "-").lower()
    return None


def _decode_header(header: str) -> str:
    return header.encode("latin-1").decode("utf-8", "surrogateescape")


def _body(environ: dict[str, Any], longest: int) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    # Python reads no number of thousands of digits, and one of twenty is too large already
    count = int(length[:20]) if length.isascii() and length.isdecimal() else 0
    return bytes(environ["wsgi.input"].read(count)) if 0 < count <= longest else b""
