"""What a test holds: one mock with its data, clock, faults and journal, with and without a socket."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Never

from mockcdrs.control.making import make
from mockcdrs.control.options import Options
from mockcdrs.control.powers import Powers
from mockcdrs.server.app import create_app, longest_body
from mockcdrs.server.runner import Server
from mockcdrs.server.without_socket import client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from falcon.testing import TestClient


class Mock(Powers):
    """A Crossbar in a test's hands. The socket server starts when `url` is first asked for; `stop` ends it.

    `changes` are those of `mockcdrs.control.options.Options`, with the errors named there.
    """

    def __init__(self, /, *unnamed: Never, **changes: Any) -> None:
        self.options = Options.from_arguments(unnamed, changes)
        super().__init__(*make(self.options))
        self._app = create_app(self.state, self)
        self._server = Server(self._app, longest_body=longest_body(self.state))

    @property
    def url(self) -> str:
        """What a Kazoo client is configured with: it ends in `/v2`."""
        return f"{self._server.start().url}/v2"

    def url_for(self, path: str) -> str:
        """The URL of a path below the account: `/cdrs` gives `.../v2/accounts/{account_id}/cdrs`."""
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        """The URL; where nothing has asked for it yet, words that say so, since showing a mock starts no server."""
        return f"{self._server.url}/v2" if self._server.is_running else "a mock without a server: its `url` starts one"

    @property
    def wsgi_app(self) -> "WSGIApplication":
        """The app itself, for `httpx.WSGITransport` and the like: the same state as behind `url`."""
        return self._app

    def client(self) -> "TestClient":
        """Falcon's test client, with the token in place; no socket. A break on the wire raises `ConnectionError`."""
        return client(self._app, self.auth_token)

    def stop(self) -> None:
        """End the socket server, if it runs."""
        self._server.stop()


@contextlib.contextmanager
def serving(*unnamed: Never, **changes: Any) -> Iterator[Mock]:
    """A mock for the length of a `with` block; the arguments are those of `mockcdrs.control.options.Options`."""
    mock = Mock(*unnamed, **changes)
    try:
        yield mock
        mock.state.faults.check()
    finally:
        mock.stop()
