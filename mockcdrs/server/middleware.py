"""Between Falcon and Crossbar: middleware for request ids, the journal and faults on the wire, and the responder.

Requests to the control API pass the middleware unnoticed.
"""

import functools
import gzip
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import falcon

from mockcdrs.cdr.listing_columns import rfc_1036
from mockcdrs.control.clock import monotonic
from mockcdrs.control.journal import LEAST_ERROR, Record, SentResponse
from mockcdrs.control.redaction import escape
from mockcdrs.control.state import State
from mockcdrs.crossbar import cowboy
from mockcdrs.crossbar.context import LOCAL_ADDRESS, ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.crossbar.request_body import max_body_size
from mockcdrs.faults.wire_effect import WireEffect
from mockcdrs.server.wire_faults import ClientConnection, break_on_rule_failure, deliver

NOTES = "mockcdrs.notes"
SERVED = "mockcdrs.served"  # the key of a `ServedMock` in the environment of a request
COMPRESSED_FROM_BYTES = 300
BODILESS_STATUSES = ("204", "304")

_UNPREFIXED_HEADERS = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
_GZIP_WINDOW = 31
# as the standard library has them: Falcon words some differently
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

logger = logging.getLogger(NOTES)


class RequestContext:
    """The context of a Falcon request: what its middleware and its responder know of it.

    `started` is in seconds by the real clock; `length` is a stream's content length, where it is known. A request to
    the control API has nothing but `is_open`, which is false.
    """

    is_open = False
    state: State
    incoming: HttpRequest
    server_state: ServerState
    request_id: str
    other_test: str
    started: float
    record: Record
    effect: WireEffect
    length: int | None = None

    def keep(self, part: bytes) -> None:
        """Count a part of the body that is sent, and keep it as far as the journal keeps bodies."""
        self.record.sent_bytes += len(part)
        response = self.record.response  # which the journal lets go of, from another request's thread
        if response is not None:
            response.keep(part)

    def end(self) -> None:
        """Complete the record."""
        self.record.duration_seconds = monotonic() - self.started
        self.state.journal.complete(self.record)

    def watch(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Note a body's parts as they are sent, the last of a known length before a client can have it."""
        try:
            for part in parts:
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


class ServedMock(NamedTuple):
    """Whose a request is: a mock's state, and what responds below the path of its control API, if it has one."""

    state: State
    respond_to_control: Callable[[Request, falcon.Response], None] | None


def served_mock(req: Request) -> ServedMock:
    """Return the mock that a request came to."""
    return cast("ServedMock", req.env[SERVED])


class RequestIdMiddleware:
    """Reads a request to Crossbar as it was sent, and gives it its id: the client's, or a new one.

    If the mock has a control API, paths at and below `besides` are not Crossbar's, and a browser that opens the root is
    led there.
    """

    def __init__(self, besides: str) -> None:
        self._besides = f"{besides}/"

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Fill in the context."""
        context, (state, respond_to_control) = req.context, served_mock(req)
        if respond_to_control is not None:
            if f"{req.path}/".startswith(self._besides):
                return
            if req.path == "/" and _is_from_browser(req):
                resp.status, resp.location, resp.complete = 302, f"{self._besides}{_query_part(req)}", True
                resp.set_header("Vary", "Accept")
                return
        context.is_open, context.state, context.started = True, state, monotonic()
        context.incoming = incoming = read_request(req.env, state.settings.max_upload_size)
        context.server_state = server_state = state.server_state()
        context.request_id = incoming.headers.get("x-request-id") or state.ids.of(incoming, server_state.now)


class JournalMiddleware:
    """Opens a record of each request to Crossbar, and completes it with the last of the response's body."""

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Open the record."""
        del resp
        if req.context.is_open:
            context = req.context
            context.other_test = context.state.name_other_test(context.incoming)
            context.record = context.state.journal.open(context.incoming, context.server_state.now, context.other_test)

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Complete the record, or have the stream complete it when it ends."""
        del resource, req_succeeded
        context = req.context
        if not context.is_open:
            return
        if resp.stream is None:
            context.keep(resp.data if resp.data and has_body(req, resp) else b"")
            context.end()
        else:
            resp.stream = context.watch(cast("Iterable[bytes]", resp.stream))  # none of Crossbar's is a file


class FaultMiddleware:
    """Sends a response as a fault rule wants it: late, slowly, in part, under a wrong length, or not at all."""

    def process_response(self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool) -> None:
        """Wait, and replace the body by a faulty stream."""
        del resource, req_succeeded
        context = req.context
        if not (context.is_open and context.effect.fault):
            return
        effect = context.effect
        if effect.is_plain and not effect.delays and resp.stream is None:
            return
        connection = ClientConnection(req.env)
        for delay in effect.delays:
            connection.wait(delay.seconds, delay.lifted)
        if effect.is_silent:
            context.end()
            raise connection.silent_end(effect)
        if resp.stream is not None:
            resp.stream = break_on_rule_failure(cast("Iterable[bytes]", resp.stream), connection)
        if effect.is_plain or not has_body(req, resp):
            return
        body = cast("Iterable[bytes]", resp.stream) if resp.data is None else resp.data
        resp.data, (resp.stream, context.length) = None, deliver(body, effect, connection)
        if context.length is not None:
            resp.content_length = context.length


def _is_from_browser(req: Request) -> bool:
    return req.method == "GET" and "text/html" in (req.get_header("Accept") or "")


def _query_part(req: Request) -> str:
    return f"?{req.query_string}" if req.query_string else ""


def has_body(req: Request, resp: falcon.Response) -> bool:
    """Whether HTTP allows a body in the response to this method, with this status."""
    return req.method != "HEAD" and not str(resp.status).startswith(BODILESS_STATUSES)


def read_request(environ: dict[str, Any], max_upload_size: int) -> HttpRequest:
    """Return a request as the client wrote it: the path raw, where the server has it; no body that is too long.

    `max_upload_size` is the setting, in bytes.
    """
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or _rebuild_path(environ)
    path, _, _ = raw.partition("?")
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") or key in _UNPREFIXED_HEADERS
    }
    if not all(map(str.isascii, headers.values())):
        headers = {name: value.encode("latin-1").decode("utf-8", "surrogateescape") for name, value in headers.items()}
    if not headers.get("content-type") and "waitress.client_disconnected" not in environ:
        headers.pop("content-type", None)  # other servers may say "" where there is none
    body = _read_body(environ, max_body_size(max_upload_size)) if environ.get("CONTENT_LENGTH") else b""
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    return HttpRequest(method, path, query, headers, body, environ.get("REMOTE_ADDR") or LOCAL_ADDRESS)


def _rebuild_path(environ: dict[str, Any]) -> str:
    from urllib.parse import quote

    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~!$&'()*+,;=:@")


def _read_body(environ: dict[str, Any], longest: int) -> bytes:
    length = environ["CONTENT_LENGTH"]
    # Python reads no number of thousands of digits, and one of twenty is too large already
    count = int(length[:20]) if length.isascii() and length.isdecimal() else 0
    return bytes(environ["wsgi.input"].read(count)) if 0 < count <= longest else b""


def _explain(incoming: HttpRequest, response: HttpResponse, context: RequestContext) -> str:
    if context.effect.fault:
        return f"a fault rule made this answer, not Crossbar: {context.effect.fault}"
    from mockcdrs.advice.refusals import explain_refusal  # few requests are refused

    return explain_refusal(incoming, response, context.server_state)


def respond_as_crossbar(req: Request, resp: falcon.Response, **_fields: Any) -> None:
    """Respond as Crossbar does, to any path and method.

    The fields are the path's as Falcon has decoded it: Crossbar reads the raw one.
    """
    context = req.context
    state, incoming, record = context.state, context.incoming, context.record
    produce = functools.partial(state.answers.respond, request_id=context.request_id)
    if context.other_test:  # no rule is meant for what a test that has ended still asks
        response, effect = produce(incoming, context.server_state), WireEffect()
    else:
        response, effect = state.faults.apply(incoming, context.server_state, produce)
    if response.note:
        logger.warning("%s", escape(f"{incoming.method} {record.target}: {response.note}"))
    context.effect = effect
    record.status, record.outcome = 0 if effect.fault and effect.is_silent else response.status, response.outcome
    record.fault, record.note = effect.fault, response.note
    if response.status >= LEAST_ERROR:
        record.reason = _explain(incoming, response, context)
    accepted = incoming.headers.get("accept-encoding")
    if accepted and incoming.method != "HEAD":
        response = compress(response, accepted, varies=context.server_state.version.compression_varies)
    record.response = SentResponse(dict(response.headers))
    resp.status = _STATUS_LINES.get(response.status) or f"{response.status} Unknown"
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not (all(map(str.isascii, headers.values())) and all(map(str.isprintable, headers.values()))):
        headers = {name: _on_one_line(value) for name, value in headers.items()}
    headers["date"] = _date(context.server_state.now)
    if "set-cookie" in headers:  # of a test's own reply; Falcon has a way of its own for these
        resp.append_header("set-cookie", headers.pop("set-cookie"))
    resp.set_headers(headers)
    if isinstance(response.body, bytes):
        resp.data = response.body
    else:
        resp.stream = response.body


def compress(response: HttpResponse, accept_encoding: str, *, varies: bool) -> HttpResponse:
    """Compress a response as `cowboy_compress_h` does: chunked ones always, long ones too, files never.

    `varies`: whether the `vary` header says so. An `accept_encoding` that cannot be read takes nothing compressed.
    """
    try:
        takes_gzip = cowboy.accepts_gzip(accept_encoding)
    except ValueError:
        takes_gzip = False
    is_short = isinstance(response.body, bytes) and len(response.body) <= COMPRESSED_FROM_BYTES
    if not takes_gzip or response.is_file or is_short:
        return response
    headers = {**response.headers, "content-encoding": "gzip"}
    if varies:
        headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "accept-encoding")))
    if isinstance(response.body, bytes):
        return replace(response, headers=headers, body=gzip.compress(response.body, mtime=0))
    return replace(response, headers=headers, body=_stream(response.body))


def _stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP_WINDOW)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _on_one_line(value: str) -> str:
    """Bytes as they came, in the form that WSGI wants; a line end would let a stranger write headers of his own."""
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")


_date = functools.lru_cache(maxsize=8)(rfc_1036)
