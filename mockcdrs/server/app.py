"""The Falcon app: the endpoints of the CDR API, whatever else Crossbar answers, and the control API beside them.

Falcon routes a request; Crossbar's own checks, in their own order (`crossbar/answer.py`), decide what it comes to.
"""

import functools
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import falcon
from falcon.routing import CompiledRouter

from mockcdrs.cdr.row import rfc_1036
from mockcdrs.control.journal import Response
from mockcdrs.control.retold import target, visible
from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, Incoming
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.request_data import largest_body
from mockcdrs.server import compression
from mockcdrs.server.middleware import FaultMiddleware, JournalMiddleware, Request, RequestIdMiddleware, is_below

if TYPE_CHECKING:
    from mockcdrs.control.access import Access
    from mockcdrs.control.powers import Powers
    from mockcdrs.server.control import ControlApi

CONTROL = "/_mockcdrs"
LONGEST_CONTROL_BODY = 1_000_000
NOTES = "mockcdrs.notes"
logger = logging.getLogger(NOTES)

_LISTING = "/{api_version}/accounts/{account_id}/cdrs"
_LISTING_OF_USER = "/{api_version}/accounts/{account_id}/users/{user_id}/cdrs"


class Endpoint:
    """A path that has an answer to GET. What other methods come to is for Crossbar's checks to say, not for Falcon."""

    def on_get(self, req: Request, resp: falcon.Response, **fields: str) -> None:
        """Answer as Crossbar does."""
        answer(req, resp, **fields)

    on_delete = on_head = on_options = on_patch = on_post = on_put = on_get


class Listing(Endpoint):
    """The CDRs of an account or of a user, newest first, in pages or whole; as JSON or CSV."""


class Cdr(Endpoint):
    """One CDR as its document has it."""


class Summary(Endpoint):
    """Sums over the CDRs of a stretch of time."""


class Interactions(Endpoint):
    """One row for each interaction, newest first."""


class Legs(Endpoint):
    """All legs of one interaction."""


@functools.cache
def router() -> CompiledRouter:
    """The routes of the CDR API. They know no mock's state, so that all apps of a process share them."""
    routes = CompiledRouter()
    for listing in (_LISTING, _LISTING_OF_USER):
        routes.add_route(listing, Listing())
        routes.add_route(f"{listing}/", Listing())
        routes.add_route(f"{listing}/{{cdr_id}}", Cdr())
        routes.add_route(f"{listing}/summary", Summary())
        routes.add_route(f"{listing}/interaction", Interactions())
        routes.add_route(f"{listing}/legs/{{interaction_id}}", Legs())
    return routes


def create_app(
    state: State, powers: "Powers | None" = None, access: "Access | None" = None
) -> "falcon.App[Request, falcon.Response]":
    """A WSGI app that serves one state.

    Args:
        state: What it answers from.
        powers: Whoever has power over that state. With it, the control API is served at `/_mockcdrs/`.
        access: Whom the control API lets in; nobody but this machine, if left out.

    """
    control = None if powers is None else _Control(powers, access)
    middleware = (
        RequestIdMiddleware(state, None if control is None else CONTROL),
        JournalMiddleware(state.journal),
        FaultMiddleware(),
    )
    app = falcon.App(request_type=Request, middleware=middleware, router=router())
    app.resp_options.default_media_type = None  # type: ignore[assignment]  # Crossbar has answers of no type
    app.add_sink(answer, "")
    if control is not None:
        app.add_sink(control.respond, rf"{CONTROL}(?:/|\Z)")

    def answer_unknown_method(req: Request, resp: falcon.Response, error: falcon.HTTPError, params: Any) -> None:
        del error, params
        if control is not None and is_below(req.path, CONTROL):
            control.respond(req, resp)
            return
        if not req.context.is_open:  # Falcon refuses some before any middleware
            for each in middleware[:2]:
                each.process_request(req, resp)
        answer(req, resp)

    app.add_error_handler(falcon.HTTPError, answer_unknown_method)
    app.add_error_handler(Exception, _raise)
    return app


def answer(req: Request, resp: falcon.Response, **fields: Any) -> None:
    """Answer as Crossbar does: a responder for any path and method."""
    del fields  # the path as Falcon has decoded it: Crossbar reads the raw one
    exchange = req.context
    state, incoming, record = exchange.state, exchange.incoming, exchange.record

    def produce(incoming: Incoming, world: World) -> Answer:
        return state.answers.answer(incoming, world, exchange.request_id)

    answered, delivery = state.faults.around(incoming, exchange.world, produce)
    if answered.note:
        logger.warning("%s", visible(f"{incoming.method} {target(record)}: {answered.note}"))
    exchange.note(answered, delivery)
    if incoming.method != "HEAD":
        accepted = incoming.headers.get("accept-encoding", "")
        answered = compression.compressed(answered, accepted, varies=exchange.world.version.compression_varies)
    record.response = Response(dict(answered.headers))
    resp.status = _status(answered.status)
    headers = {name.lower(): _on_one_line(value) for name, value in answered.headers.items()}
    headers["date"] = _date(exchange.world.now)
    if "set-cookie" in headers:  # of a test's own reply; Falcon has a way of its own for these
        resp.append_header("set-cookie", headers.pop("set-cookie"))
    resp.set_headers(headers)
    if isinstance(answered.body, bytes):
        resp.data = answered.body
    else:
        resp.stream = answered.body


def _raise(req: Request, resp: falcon.Response, error: Exception, params: Any) -> None:
    """Leave an error to the server, whose business it is: Falcon's own answer would be none of Crossbar's."""
    del req, resp, params
    raise error


def _on_one_line(value: str) -> str:
    """Bytes as they came, in the form that WSGI wants; a line end would let a stranger write headers of his own."""
    if value.isascii() and value.isprintable():
        return value
    return value.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")


_date = functools.lru_cache(maxsize=8)(rfc_1036)


@functools.lru_cache
def _status(code: int) -> str:
    """As the standard library has it: Falcon has other words for some."""
    phrase = next((known.phrase for known in HTTPStatus if known == code), "Unknown")
    return f"{code} {phrase}"


def longest_body(state: State) -> Callable[[], int]:
    """Tells how many bytes of a request's body the app looks at, which changes with the settings."""
    return lambda: max(largest_body(state.settings.max_upload_size), LONGEST_CONTROL_BODY)


class _Control:
    """The control API, which is imported and made when it is first asked for."""

    def __init__(self, powers: "Powers", access: "Access | None") -> None:
        self._powers, self._access = powers, access
        self._making = threading.Lock()
        self._made: ControlApi | None = None

    def respond(self, req: Request, resp: falcon.Response, **fields: Any) -> None:
        """Answer any request below its path."""
        del fields
        with self._making:
            if self._made is None:
                from mockcdrs.server.control import ControlApi

                self._made = ControlApi(self._powers, self._access)
        self._made.respond(req, resp)
