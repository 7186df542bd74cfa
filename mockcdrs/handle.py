"""What a test holds: one mock with its data, clock, faults and journal, with and without a socket."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Never, Self

from mockcdrs import arguments
from mockcdrs.control.making import make
from mockcdrs.control.options import Options
from mockcdrs.control.powers import Powers
from mockcdrs.control.request_assertions import BELOW_ACCOUNT
from mockcdrs.server.app import create_app, longest_body
from mockcdrs.server.waitress_server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from falcon.testing import TestClient

    from mockcdrs.control.state import State


_MOST_DECLINED = 20


class Mock(Powers):
    """A Crossbar in a test's hands. The socket server starts when `url` is first asked for; `stop` ends it.

    `changes` are those of `mockcdrs.control.options.Options`, with the errors named there.

    `stand_in` is another mock that answers what comes to this one, as long as there is one. `past_ports` are those of
    mocks that are closed, whose clients may still ask there: this one takes none of them, if it can help it.
    """

    def __init__(self, /, *unnamed: Never, **changes: Any) -> None:
        self._set_up(Options.from_arguments(unnamed, changes))

    @classmethod
    def beside(cls, other: "Mock") -> Self:
        """A mock made of the same as another, at an address of its own.

        They share what is worked out from that data, but nothing that was done to either of them.
        """
        mock = cls.__new__(cls)
        mock._set_up(other.options, other.state)  # noqa: SLF001 one of its own
        return mock

    def _set_up(self, options: Options, beside: "State | None" = None) -> None:
        self.options = options
        super().__init__(*make(options, beside))
        self.stand_in: Mock | None = None
        self.past_ports: set[int] = set()
        self._app = create_app(self.state, self)
        self._server = self._new_server()
        self._is_closed, self._starting = False, threading.Lock()

    def _new_server(self) -> Server:
        return Server(self._answer, longest_body=self._longest_body)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        app = self._app if self.stand_in is None else self.stand_in.wsgi_app
        return app(environ, start_response)

    def _longest_body(self) -> int:
        return longest_body((self.stand_in or self).state)()

    @property
    def url(self) -> str:
        """What a Kazoo client is configured with: it ends in `/v2`. Nothing answers there once the mock is closed."""
        with self._starting:
            if not self._is_closed:
                self._start()
            return f"{self._server.url}/v2"

    def _start(self) -> None:
        with contextlib.ExitStack() as declined:
            for _ in range(_MOST_DECLINED if self._server.port == 0 else 0):
                if self._server.start().port not in self.past_ports:
                    return
                declined.callback(self._server.stop)  # not before another port is found
                self._server = self._new_server()
            self._server.start()

    @arguments.checked
    def url_for(self, path: str) -> str:
        """The URL of a path below the account: `/cdrs` gives `.../v2/accounts/{account_id}/cdrs`."""
        arguments.check_value("path", path, BELOW_ACCOUNT)
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        """The URL; where nothing has asked for it yet, words that say so, since showing a mock starts no server."""
        return f"{self._server.url}/v2" if self._server.is_running else "a mock without a server: its `url` starts one"

    @property
    def wsgi_app(self) -> "WSGIApplication":
        """The app itself, for `httpx.WSGITransport` and the like: the same state as behind `url`."""
        return self._answer

    @arguments.checked
    def client(self) -> "TestClient":
        """Falcon's test client, with the token in place; no socket. A break on the wire raises `ConnectionError`.

        `RuntimeError` under `python -OO`, where Falcon has none.
        """
        try:
            from mockcdrs.server.test_client import make_client
        except TypeError as missing:  # a docstring
            raise RuntimeError(
                "Falcon's test client needs docstrings, which python -OO leaves out: ask over url or wsgi_app, or "
                "run with -O"
            ) from missing
        return make_client(self._answer, self.auth_token)

    @arguments.checked
    def stop(self) -> None:
        """End the socket server, if it runs. `url` starts it again."""
        self._server.stop()

    def close(self) -> None:
        """End the socket server for good: whoever still has `url`, or asks for it, finds nobody there."""
        with self._starting:
            self._is_closed = True
        self._server.stop()
        self.past_ports.add(self._server.port)


@contextlib.contextmanager
def serving(*unnamed: Never, **changes: Any) -> Iterator[Mock]:
    """A mock for the length of a `with` block; the arguments are those of `mockcdrs.control.options.Options`."""
    mock = Mock(*unnamed, **changes)
    try:
        yield mock
        mock.check_faults()
    finally:
        mock.close()
