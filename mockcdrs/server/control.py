"""The control API as HTTP: Falcon's routes to the functions of `control/api`, behind a check of who asks."""

import contextlib
import json
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn

import falcon

from mockcdrs.control import access
from mockcdrs.control.api.exchange import Ask, Handler, Reply, bad
from mockcdrs.control.api.routes import OPEN, ROUTES
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.refused import Refused, error
from mockcdrs.server.app import CONTROL, LONGEST_CONTROL_BODY
from mockcdrs.server.connection import ClientConnection
from mockcdrs.server.console import add_console, is_console
from mockcdrs.server.events import Stream

_STATE = "X-Mockcdrs-State"
_TOKEN = "X-Mockcdrs-Token"  # noqa: S105 a header's name
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Door:
    """Middleware: every answer tells whose it is, and nobody gets further whom `control/access.py` refuses."""

    def __init__(self, allowed: access.Access, identity: str) -> None:
        self._access = allowed
        self._headers = {**_HEADERS, _STATE: identity}

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_headers(self._headers)
        sent = {name.lower(): value for name, value in req.headers.items()}
        token = req.get_header(_TOKEN) or _query(req).get("token")
        below = req.path.removeprefix(CONTROL)
        is_open = below in OPEN or is_console(below)
        # every server tells the address; where there is none, the caller is in this process
        access.check(self._access, req.remote_addr, req.method, sent, token, is_open=is_open)


def create_control_app(powers: MockBackend, allowed: access.Access | None = None) -> "falcon.App[Any, Any]":
    """A WSGI app for all below `/_mockcdrs/`."""
    app = falcon.App(middleware=[_Door(allowed or access.Access(), powers.state.identity)])
    app.set_error_serializer(_serialized)
    app.add_error_handler(Refused, _refused)
    app.add_error_handler(Exception, _failed)
    changing, stream = threading.Lock(), Stream(powers.state.journal)
    for path, methods in ROUTES.items():
        app.add_route(CONTROL + path, _resource(methods, powers, changing, stream))
    add_console(app, CONTROL)
    return app


def _resource(methods: dict[str, Handler], powers: MockBackend, changing: threading.Lock, stream: Stream) -> object:
    none = contextlib.nullcontext()
    responders = {
        f"on_{name.lower()}": _responder(made, powers, none if name == "GET" else changing, stream)
        for name, made in methods.items()
    }
    return type("Resource", (), {name: staticmethod(responder) for name, responder in responders.items()})()


def _responder(
    handler: Handler, powers: MockBackend, turn: AbstractContextManager[Any], stream: Stream
) -> Callable[..., None]:
    def respond(req: falcon.Request, resp: falcon.Response, **where: str) -> None:
        ask = Ask(_query(req), where, _body(req), f"{req.scheme}://{req.netloc}")
        with turn:
            reply = handler(powers, ask)
        if reply.events is None:
            _send(resp, reply)
        else:
            resp.content_type = "text/event-stream"
            resp.stream = stream.listen(reply.events, ask.origin, ClientConnection(req.env))

    return respond


def _send(resp: falcon.Response, reply: Reply) -> None:
    resp.status = reply.status
    if reply.status != 204:
        resp.data = _json(reply.value)
        resp.content_type = "application/json"


def _json(value: Any) -> bytes:
    # ASCII alone: what is no UTF-8 in a request comes through as it was
    return json.dumps(value, default=str).encode()


def _query(req: falcon.Request) -> dict[str, str]:
    return {name: value[-1] if isinstance(value, list) else value for name, value in req.params.items()}


def _body(req: falcon.Request) -> Any:
    longest = LONGEST_CONTROL_BODY
    if (req.content_length or 0) > longest:
        raise Refused(413, "too-large", f"more than {longest} bytes came; expected fewer: send less at a time")
    raw = req.bounded_stream.read() if req.method != "GET" else b""
    try:
        return json.loads(raw, parse_constant=_no_number) if raw else None
    except (ValueError, RecursionError) as wrong:
        raise Refused(400, "no-json", f"the body is no JSON ({wrong}); expected a JSON text in UTF-8") from wrong


def _no_number(name: str) -> NoReturn:
    raise bad(None, name, "a number that JSON has")


def _serialized(req: falcon.Request, resp: falcon.Response, wrong: falcon.HTTPError) -> None:
    """Falcon's own refusals, of paths and methods, in the one error shape."""
    code = falcon.code_to_http_status(wrong.status).partition(" ")[2].lower().replace(" ", "-")
    allowed = (wrong.headers or {}).get("Allow") if isinstance(wrong.headers, dict) else None
    expected = f"expected {allowed}" if allowed else f"expected one of {', '.join(ROUTES)} below {CONTROL}"
    resp.data = _json(error(code, f"{req.method} {req.path} came; {expected}; see {CONTROL}/control.json"))
    resp.content_type = "application/json"


def _refused(req: falcon.Request, resp: falcon.Response, refused: Refused, params: dict[str, Any]) -> None:
    del req, params
    _send(resp, Reply(refused.to_dict(), refused.status))


def _failed(req: falcon.Request, resp: falcon.Response, wrong: Exception, params: dict[str, Any]) -> None:
    del params
    req.log_error(traceback.format_exc())
    told = f"{type(wrong).__name__}: this is a fault of the mock's own; its log says more"
    _send(resp, Reply(error("internal", told), 500))
