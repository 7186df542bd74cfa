"""The Falcon app: the endpoints of the CDR API, whatever else Crossbar answers, and the control API beside them.

Falcon routes a request; Crossbar's own checks, in their own order (`crossbar/pipeline.py`), decide what it comes to.
"""

import functools
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import falcon
from falcon.routing import CompiledRouter

from mockcdrs.control.state import State
from mockcdrs.crossbar.request_body import max_body_size
from mockcdrs.server.middleware import (
    BODILESS_STATUSES,
    SERVED,
    FaultMiddleware,
    JournalMiddleware,
    Request,
    RequestIdMiddleware,
    ServedMock,
    respond_as_crossbar,
    served_mock,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from falcon.testing import TestClient

    from mockcdrs.config import ServerConfig
    from mockcdrs.control.backend import MockBackend
    from mockcdrs.server.control_routes import ControlApi

CONTROL = "/_mockcdrs"
LONGEST_CONTROL_BODY = 1_000_000

_LISTING = "/{api_version}/accounts/{account_id}/cdrs"
_LISTING_OF_USER = "/{api_version}/accounts/{account_id}/users/{user_id}/cdrs"


class CrossbarResource:
    """A path that serves GET. Other methods go the same way: Crossbar's checks refuse them in an order of their own."""

    on_get = on_delete = on_head = on_options = on_patch = on_post = on_put = staticmethod(respond_as_crossbar)


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


@functools.cache
def _falcon_app() -> "falcon.App[Request, falcon.Response]":
    """The Falcon app behind all mocks of a process: a request's environment says whose it is.

    One of a mock's own would take longer than all else that a mock is made of.
    """
    opening = RequestIdMiddleware(CONTROL), JournalMiddleware()
    app = falcon.App(request_type=Request, middleware=(*opening, FaultMiddleware()), router=router())
    app.resp_options.default_media_type = None  # type: ignore[assignment]  # Crossbar has responses of no type
    app.add_sink(respond_as_crossbar, "")
    app.add_sink(_respond_as_control, rf"{CONTROL}(?:/|\Z)")

    def respond_to_unknown_method(req: Request, resp: falcon.Response, error: falcon.HTTPError, params: Any) -> None:
        """Have Crossbar refuse in its own words and order what Falcon refuses, some of it before any middleware."""
        del error, params
        if f"{req.path}/".startswith(f"{CONTROL}/") and served_mock(req).respond_to_control is not None:
            _respond_as_control(req, resp)
            return
        if not req.context.is_open:
            for middleware in opening:
                middleware.process_request(req, resp)
        respond_as_crossbar(req, resp)

    app.add_error_handler(falcon.HTTPError, respond_to_unknown_method)
    app.add_error_handler(Exception, _raise)
    return app


def _respond_as_control(req: Request, resp: falcon.Response, **_fields: Any) -> None:
    (served_mock(req).respond_to_control or respond_as_crossbar)(req, resp)


def create_app(
    state: State, backend: "MockBackend | None" = None, config: "ServerConfig | None" = None
) -> "WSGIApplication":
    """Make a WSGI app that serves one state.

    Args:
        state: Data, settings, clock, faults and journal to answer from.
        backend: What the control API at `/_mockcdrs/` works on. Without it there is none.
        config: Whom the control API lets in: requests from this machine alone, if left out.

    """
    served = ServedMock(state, None if backend is None else _Control(backend, config).respond)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[SERVED] = served
        return _falcon_app()(environ, start_response)

    return app


def longest_body(state: State) -> int:
    """Return how many bytes of a request's body the app reads; settings change it."""
    return max(max_body_size(state.settings.max_upload_size), LONGEST_CONTROL_BODY)


def _raise(req: Request, resp: falcon.Response, error: Exception, params: Any) -> None:
    """Leave an error to the WSGI server: Falcon's own response to it would be none of Crossbar's."""
    del req, resp, params
    raise error


def make_client(app: "WSGIApplication", auth_token: str) -> "TestClient":
    """Return Falcon's test client, with a token. Crossbar's responses without a content type show an empty one.

    `RuntimeError` under `python -OO`, where Falcon has none.
    """
    try:
        from falcon.testing import TestClient  # slow to import
    except TypeError as missing:  # a docstring
        raise RuntimeError(
            "Falcon's test client needs docstrings, which python -OO leaves out: ask over url or wsgi_app, or "
            "run with -O"
        ) from missing
    return TestClient(_with_content_type(app), headers={"X-Auth-Token": auth_token})


def _with_content_type(app: "WSGIApplication") -> "WSGIApplication":
    # the test client holds apps to a standard by which all answers have one but those without a body, which never do
    def typed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            is_complete = status.startswith(BODILESS_STATUSES) or any(
                name.lower() == "content-type" for name, _ in headers
            )
            return start_response(status, headers if is_complete else [*headers, ("Content-Type", "")], error)

        return app(environ, start)

    return typed


class _Control:
    """The control API, which is imported and made with the first request to it."""

    def __init__(self, backend: "MockBackend", config: "ServerConfig | None") -> None:
        self._backend, self._config = backend, config
        self._lock = threading.Lock()
        self._api: ControlApi | None = None

    def respond(self, req: Request, resp: falcon.Response) -> None:
        """Respond to any request below its path."""
        with self._lock:
            if self._api is None:
                from mockcdrs.server.control_routes import ControlApi

                self._api = ControlApi(self._backend, self._config)
        self._api.respond(req, resp)
