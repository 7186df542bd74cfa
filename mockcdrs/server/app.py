"""The Falcon app: every request goes to Crossbar's own order of checks, so there is one sink and no route."""

import logging
from typing import Any

import falcon

from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, answer
from mockcdrs.server import compression, wsgi_request
from mockcdrs.server.http_date import http_date

logger = logging.getLogger("mockcdrs")


class Gate:
    """Middleware that answers before Falcon looks at the method, which it would refuse in its own words."""

    def __init__(self, state: State) -> None:
        self._state = state

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer the request and end its way."""
        incoming = wsgi_request.read(req, self._state.settings.max_upload_size)
        request_id = incoming.headers.get("x-request-id") or self._state.next_hex(32)
        world = self._state.world()
        answered = answer(incoming, world, request_id)
        if answered.note:
            logger.warning("%s %s: %s", incoming.method, incoming.path, answered.note)
        _send(resp, compression.compressed(answered, incoming.headers.get("accept-encoding", "")), world.now)
        resp.complete = True


def _send(resp: falcon.Response, answered: Answer, now: int) -> None:
    resp.status = answered.status
    for name, value in answered.headers.items():
        resp.set_header(name, value)
    resp.set_header("Date", http_date(now))
    if isinstance(answered.body, bytes):
        resp.data = answered.body
    else:
        resp.stream = answered.body


def create_app(state: State) -> falcon.App[Any, Any]:
    """A WSGI app that serves one state."""
    app = falcon.App(middleware=[Gate(state)])
    # the answers without a content type are to stay so; Falcon's types do not know that it may be none
    app.resp_options.default_media_type = None  # type: ignore[assignment]
    return app
