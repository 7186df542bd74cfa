"""The control API over HTTP: routes to the functions of `control_api`, who may use them, server-sent events."""

import contextlib
import itertools
import json
import logging
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Any, NoReturn, cast

import falcon
from falcon.responders import bad_request
from falcon.routing import CompiledRouter

from mockcdrs import console
from mockcdrs.config import ServerConfig
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.redaction import escape
from mockcdrs.control_api import OPEN, ROUTES
from mockcdrs.control_api.access import ApiError, check_access, error_body, panel_headers
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse, Handler, bad_value
from mockcdrs.control_api.request_records import describe_records
from mockcdrs.server.app import CONTROL, LONGEST_CONTROL_BODY
from mockcdrs.server.wire_faults import ClientConnection

logger = logging.getLogger(__name__)

MOST_LISTENERS = 8
MOST_LEVELS = 100
HEARTBEAT_SECONDS = 15.0
_STATE = "X-Mockcdrs-State"  # names the mock that responds
_TOKEN = "X-Mockcdrs-Token"  # noqa: S105 a header's name
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class EventStream:
    """The journal's completed records as server-sent events, to `MOST_LISTENERS` at once: each holds a thread."""

    def __init__(self, backend: MockBackend) -> None:
        self._backend = backend
        self._places = threading.BoundedSemaphore(MOST_LISTENERS)

    def listen(self, since: int, connection: ClientConnection) -> "_Listening":
        """Return the events until the client goes or the server stops. Raises `ApiError` where all places are taken."""
        if not self._places.acquire(blocking=False):
            raise ApiError(
                503, "too-many-listeners", f"{MOST_LISTENERS} listeners are there already; close one of their pages"
            )
        return _Listening(self._places.release, self._events(since, connection))

    def _events(self, since: int, connection: ClientConnection) -> Generator[bytes, None, None]:
        journal = self._backend.state.journal
        identity, cursor = journal.identity, since
        yield b"retry: 1000\n\n"
        while not connection.is_closed():
            news = journal.changes_since(cursor)
            if news.identity != identity:
                identity = news.identity
                yield b"event: reset\ndata: {}\n\n"
            cursor = news.completion
            for described in describe_records(self._backend, news.records):
                yield f"id: {described['completion']}\nevent: request\ndata: {json.dumps(described)}\n\n".encode()
            with connection.waiting(journal.wake):
                is_quiet = not journal.wait_for_change(cursor, identity, HEARTBEAT_SECONDS, connection.is_closed)
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


class ControlApi:
    """The control API of one mock: a sink of the app, with routes of its own.

    The app's other routes are in use, from many threads, by the time that these are added.
    """

    def __init__(self, backend: MockBackend, config: ServerConfig | None = None) -> None:
        self._config = config or ServerConfig()
        self._headers = {**_HEADERS, _STATE: backend.state.identity}
        self._router = CompiledRouter()
        changing, stream = threading.Lock(), EventStream(backend)
        for path, methods in ROUTES.items():
            self._router.add_route(CONTROL + path, _resource(methods, backend, changing, stream))
        console.add_routes(self._router, CONTROL)

    def respond(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Respond to whatever comes; errors have one shape."""
        resp.set_headers({**self._headers, **panel_headers(self._config, req.get_header("Origin"))})
        if self._config.allow_origin:
            resp.append_header("Vary", "Origin")
        try:
            self._check_access(req)
            if req.method == "OPTIONS" and req.get_header("Access-Control-Request-Method"):
                _send(resp, NO_CONTENT)
                return
            responder, fields = self._find_responder(req)
            responder(req, resp, **fields)
        except falcon.HTTPError as wrong:
            _refuse_route(req, resp, wrong)
        except ApiError as refused:
            _send(resp, ApiResponse(refused.to_dict(), refused.status))
        except Exception as wrong:
            # not in Falcon's own log, which has the query with its token
            logger.exception("%s %s failed", escape(req.method), escape(req.path))
            message = f"{type(wrong).__name__}: this is a fault of the mock's own; its log says more"
            _send(resp, ApiResponse(error_body("internal", message), 500))
        if resp.content_type is None and resp.status_code not in {204, 304}:
            resp.content_type = "application/json"

    def _check_access(self, req: falcon.Request) -> None:
        """Raise `ApiError` for whoever may not use the control API."""
        sent = {name.lower(): value for name, value in req.headers.items()}
        token = req.get_header(_TOKEN) or _query(req).get("token")
        below = req.path.removeprefix(CONTROL)
        is_open = below in OPEN or console.is_page(below)
        # every server tells the address; where there is none, the caller is in this process
        check_access(self._config, req.remote_addr, req.method, sent, token, is_open=is_open)

    def _find_responder(self, req: falcon.Request) -> tuple[Callable[..., None], dict[str, Any]]:
        found = self._router.find(req.path, req)
        if found is None:
            raise falcon.HTTPRouteNotFound
        _, methods, fields, _ = found
        return cast("Callable[..., None]", methods.get(req.method, bad_request)), fields


def _resource(
    methods: dict[str, Handler], backend: MockBackend, changing: threading.Lock, stream: EventStream
) -> object:
    none = contextlib.nullcontext()
    responders = {
        f"on_{name.lower()}": _responder(made, backend, none if name == "GET" else changing, stream)
        for name, made in methods.items()
    }
    return type("Resource", (), {name: staticmethod(responder) for name, responder in responders.items()})()


def _responder(
    handler: Handler, backend: MockBackend, turn: AbstractContextManager[Any], stream: EventStream
) -> Callable[..., None]:
    def respond(req: falcon.Request, resp: falcon.Response, **fields: str) -> None:
        request = ApiRequest(_query(req), fields, _body(req), f"{req.scheme}://{req.netloc}")
        with turn:
            response = handler(backend, request)
        if response.events is None:
            _send(resp, response)
        else:
            resp.content_type = "text/event-stream"
            resp.stream = stream.listen(response.events, ClientConnection(req.env))

    return respond


def _send(resp: falcon.Response, response: ApiResponse) -> None:
    resp.status = response.status
    if response.status != 204:
        resp.data = _json(response.value)
        resp.content_type = "application/json"


def _json(value: Any) -> bytes:
    # ASCII alone: what is no UTF-8 in a request comes through as it was
    return json.dumps(value, default=str).encode()


def _query(req: falcon.Request) -> dict[str, str]:
    return {name: value[-1] if isinstance(value, list) else value for name, value in req.params.items()}


def _body(req: falcon.Request) -> Any:
    longest = LONGEST_CONTROL_BODY
    if (req.content_length or 0) > longest:
        raise ApiError(413, "too-large", f"more than {longest} bytes came; expected fewer: send less at a time")
    raw = req.bounded_stream.read() if req.method != "GET" else b""
    try:
        body = json.loads(raw, parse_constant=_no_number) if raw else None
    except (ValueError, RecursionError) as wrong:
        raise ApiError(400, "no-json", f"the body is no JSON ({wrong}); expected a JSON text in UTF-8") from wrong
    if _is_deeper_than(MOST_LEVELS, body):
        raise ApiError(
            400, "bad-value", f"JSON of more than {MOST_LEVELS} levels came; expected fewer: send less within"
        )
    return body


def _is_deeper_than(levels: int, value: Any) -> bool:
    layer = [value]
    for _ in range(levels):
        inner = (each.values() if isinstance(each, dict) else each for each in layer if isinstance(each, dict | list))
        layer = list(itertools.chain.from_iterable(inner))
    return bool(layer)


def _no_number(name: str) -> NoReturn:
    raise bad_value(None, name, "a number that JSON has")


def _refuse_route(req: falcon.Request, resp: falcon.Response, wrong: falcon.HTTPError) -> None:
    """Falcon's own refusals, of paths and methods, in the one error shape."""
    code = falcon.code_to_http_status(wrong.status).partition(" ")[2].lower().replace(" ", "-")
    allowed = (wrong.headers or {}).get("Allow") if isinstance(wrong.headers, dict) else None
    expected = f"expected {allowed}" if allowed else f"expected one of {', '.join(ROUTES)} below {CONTROL}"
    resp.set_headers(wrong.headers or {})
    resp.status = wrong.status
    resp.data = _json(error_body(code, f"{req.method} {req.path} came; {expected}; see {CONTROL}/control.json"))
    resp.content_type = "application/json"
