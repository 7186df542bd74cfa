"""Falcon's test client for a mock: requests without a socket."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from falcon.testing import TestClient

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_UNTYPED = ("204", "304")


def make_client(app: "WSGIApplication", auth_token: str) -> TestClient:
    """Return Falcon's test client, with a token. Crossbar's responses without a content type show an empty one."""
    return TestClient(_with_content_type(app), headers={"X-Auth-Token": auth_token})


def _with_content_type(app: "WSGIApplication") -> "WSGIApplication":
    # the test client holds apps to a standard by which no answer goes without but these two, and they always do
    def typed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            is_complete = status.startswith(_UNTYPED) or any(name.lower() == "content-type" for name, _ in headers)
            return start_response(status, headers if is_complete else [*headers, ("Content-Type", "")], error)

        return app(environ, start)

    return typed
