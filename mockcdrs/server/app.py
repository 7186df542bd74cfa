"""The Falcon app: the endpoints of the CDR API, whatever else Crossbar answers, and the control API beside them.

Falcon routes a request; Crossbar's own checks, in their own order (`crossbar/pipeline.py`), decide what it comes to.
"""

import functools
import gzip
import logging
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import falcon
from falcon.routing import CompiledRouter

from mockcdrs.cdr.listing_columns import rfc_1036
from mockcdrs.control.journal import SentResponse
from mockcdrs.control.redaction import escape
from mockcdrs.control.state import State
from mockcdrs.crossbar import negotiation
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.crossbar.request_body import max_body_size
from mockcdrs.server.middleware import (
    FaultMiddleware,
    JournalMiddleware,
    Request,
    RequestContext,
    RequestIdMiddleware,
    is_below,
)

if TYPE_CHECKING:
    from mockcdrs.config import ServerConfig
    from mockcdrs.control.backend import MockBackend
    from mockcdrs.server.control_routes import ControlApi

CONTROL = "/_mockcdrs"
LONGEST_CONTROL_BODY = 1_000_000
NOTES = "mockcdrs.notes"
COMPRESSED_FROM_BYTES = 300
_GZIP_WINDOW = 31
logger = logging.getLogger(NOTES)

_LISTING = "/{api_version}/accounts/{account_id}/cdrs"
_LISTING_OF_USER = "/{api_version}/accounts/{account_id}/users/{user_id}/cdrs"


class CrossbarResource:
    """A path that serves GET. Other methods go the same way: Crossbar's checks refuse them in an order of their own."""

    def on_get(self, req: Request, resp: falcon.Response, **fields: str) -> None:
        """Respond as Crossbar does."""
        respond_as_crossbar(req, resp, **fields)

    on_delete = on_head = on_options = on_patch = on_post = on_put = on_get


class ListingResource(CrossbarResource):
    """The CDRs of an account or of a user, newest first, in pages or whole; as JSON or CSV."""


class CdrResource(CrossbarResource):
    """One CDR as its document has it."""


class SummaryResource(CrossbarResource):
    """Sums over the CDRs of a stretch of time."""


class InteractionsResource(CrossbarResource):
    """One row for each interaction, newest first."""


class LegsResource(CrossbarResource):
    """All legs of one interaction."""


@functools.cache
def router() -> CompiledRouter:
    """The routes of the CDR API. They know no mock's state, so that all apps of a process share them."""
    routes = CompiledRouter()
    for listing in (_LISTING, _LISTING_OF_USER):
        routes.add_route(listing, ListingResource())
        routes.add_route(f"{listing}/", ListingResource())
        routes.add_route(f"{listing}/{{cdr_id}}", CdrResource())
        routes.add_route(f"{listing}/summary", SummaryResource())
        routes.add_route(f"{listing}/interaction", InteractionsResource())
        routes.add_route(f"{listing}/legs/{{interaction_id}}", LegsResource())
    return routes


def create_app(
    state: State, backend: "MockBackend | None" = None, config: "ServerConfig | None" = None
) -> "falcon.App[Request, falcon.Response]":
    """Make a WSGI app that serves one state.

    Args:
        state: Data, settings, clock, faults and journal to answer from.
        backend: What the control API at `/_mockcdrs/` works on. Without it there is none.
        config: Whom the control API lets in: requests from this machine alone, if left out.

    """
    control = None if backend is None else _Control(backend, config)
    opening = RequestIdMiddleware(state, None if control is None else CONTROL), JournalMiddleware(state.journal)
    app = falcon.App(request_type=Request, middleware=(*opening, FaultMiddleware()), router=router())
    app.resp_options.default_media_type = None  # type: ignore[assignment]  # Crossbar has responses of no type
    app.add_sink(respond_as_crossbar, "")
    if control is not None:
        app.add_sink(control.respond, rf"{CONTROL}(?:/|\Z)")

    def respond_to_unknown_method(req: Request, resp: falcon.Response, error: falcon.HTTPError, params: Any) -> None:
        """Have Crossbar refuse in its own words and order what Falcon refuses, some of it before any middleware."""
        del error, params
        if control is not None and is_below(req.path, CONTROL):
            control.respond(req, resp)
            return
        if not req.context.is_open:
            for middleware in opening:
                middleware.process_request(req, resp)
        respond_as_crossbar(req, resp)

    app.add_error_handler(falcon.HTTPError, respond_to_unknown_method)
    app.add_error_handler(Exception, _raise)
    return app


def longest_body(state: State) -> Callable[[], int]:
    """Return a function that tells how many bytes of a request's body the app reads; settings change it."""
    return lambda: max(max_body_size(state.settings.max_upload_size), LONGEST_CONTROL_BODY)


def respond_as_crossbar(req: Request, resp: falcon.Response, **fields: Any) -> None:
    """Respond as Crossbar does, to any path and method."""
    del fields  # the path as Falcon has decoded it: Crossbar reads the raw one
    context = req.context
    state, incoming, record = context.state, context.incoming, context.record

    def produce(incoming: HttpRequest, server_state: ServerState) -> HttpResponse:
        return state.answers.respond(incoming, server_state, context.request_id)

    response, effect = state.faults.apply(incoming, context.server_state, produce)
    if response.note:
        logger.warning("%s", escape(f"{incoming.method} {record.target}: {response.note}"))
    context.note(response, effect)
    if response.status >= HTTPStatus.BAD_REQUEST:
        record.reason = _explain(incoming, response, context)
    if incoming.method != "HEAD":
        accepted = incoming.headers.get("accept-encoding", "")
        response = compress(response, accepted, varies=context.server_state.version.compression_varies)
    record.response = SentResponse(dict(response.headers))
    resp.status = _status_line(response.status)
    headers = {name.lower(): _on_one_line(value) for name, value in response.headers.items()}
    headers["date"] = _date(context.server_state.now)
    if "set-cookie" in headers:  # of a test's own reply; Falcon has a way of its own for these
        resp.append_header("set-cookie", headers.pop("set-cookie"))
    resp.set_headers(headers)
    if isinstance(response.body, bytes):
        resp.data = response.body
    else:
        resp.stream = response.body


def _explain(incoming: HttpRequest, response: HttpResponse, context: RequestContext) -> str:
    if context.effect.fault:
        return f"a fault rule made this answer, not Crossbar: {context.effect.fault}"
    from mockcdrs.advice.refusals import explain_refusal  # few requests are refused

    return explain_refusal(incoming, response, context.server_state)


def compress(response: HttpResponse, accept_encoding: str, *, varies: bool) -> HttpResponse:
    """Compress a response as `cowboy_compress_h` does: chunked ones always, long ones too, files never.

    `varies`: whether the `vary` header says so.
    """
    if not _takes_gzip(accept_encoding):
        return response
    if response.is_file or (isinstance(response.body, bytes) and len(response.body) <= COMPRESSED_FROM_BYTES):
        return response
    headers = {**response.headers, "content-encoding": "gzip"}
    if varies:
        headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "accept-encoding")))
    if isinstance(response.body, bytes):
        return replace(response, headers=headers, body=gzip.compress(response.body, mtime=0))
    return replace(response, headers=headers, body=_stream(response.body))


def _takes_gzip(accept_encoding: str) -> bool:
    try:
        return negotiation.accepts_gzip(accept_encoding)
    except ValueError:
        return False


def _stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP_WINDOW)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _raise(req: Request, resp: falcon.Response, error: Exception, params: Any) -> None:
    """Leave an error to the WSGI server: Falcon's own response to it would be none of Crossbar's."""
    del req, resp, params
    raise error


def _on_one_line(value: str) -> str:
    """Bytes as they came, in the form that WSGI wants; a line end would let a stranger write headers of his own."""
    if value.isascii() and value.isprintable():
        return value
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")


_date = functools.lru_cache(maxsize=8)(rfc_1036)


@functools.lru_cache
def _status_line(code: int) -> str:
    """As the standard library has it: Falcon words some differently."""
    phrase = next((known.phrase for known in HTTPStatus if known == code), "Unknown")
    return f"{code} {phrase}"


class _Control:
    """The control API, which is imported and made with the first request to it."""

    def __init__(self, backend: "MockBackend", config: "ServerConfig | None") -> None:
        self._backend, self._config = backend, config
        self._lock = threading.Lock()
        self._api: ControlApi | None = None

    def respond(self, req: Request, resp: falcon.Response, **fields: Any) -> None:
        """Respond to any request below its path."""
        del fields
        with self._lock:
            if self._api is None:
                from mockcdrs.server.control_routes import ControlApi

                self._api = ControlApi(self._backend, self._config)
        self._api.respond(req, resp)
