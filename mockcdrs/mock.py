"""A mock in this process: what a test holds, with and without a socket, and `build`, which makes it."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from mockcdrs import arguments
from mockcdrs.config import MockConfig, MockOptions, OptionError, ServerConfig
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import build_state
from mockcdrs.dataset.lru_cache import LruCache
from mockcdrs.server.app import create_app, longest_body, make_client
from mockcdrs.server.waitress_server import Guard, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from falcon.testing import TestClient

_MAX_PORTS_REFUSED = 20


class Mock(MockBackend):
    """A Crossbar in a test's hands. Its server starts when `url` is first read; `stop` ends it.

    As a context manager, of `with` and of `async with`, it ends with its block, which raises what a fault's own code
    raised.

    Args:
        options: All that follows. Raises `OptionError` for others.

            kazoo: The version of Kazoo to stand in for: `4.3`, `master` or `classic`.
            data: A data directory to serve. Without one, calls are made up.
            seed: Whose calls are made up. Without `data`, `seed`, `calls_per_day` and `locale` it is the committed
                office.
            calls_per_day: The mean number of calls made up for a day.
            locale: Where the made-up people live, as in `de_DE`.
            now: The moment at which the clock stands: ISO 8601 (UTC unless it says otherwise), a `datetime`, Gregorian
                seconds, or `live`. Without it the clock stands at the moment that the committed office was made for,
                over a data directory at the end of its last call.
            speed: How many seconds the clock runs on from there in a second, instead of standing still.
            settings: Kazoo's settings, by name.
            fix: Names of quirks of Crossbar's to leave out, or `all`.
            quirk: Names of quirks to show that are off by default.
            reseller: Whether the token's account sees a reseller's columns.
            journal: How many requests are kept to be looked at.
            tls: Whether it serves https, with a certificate of its own; `ca_path` is what a client trusts.
            remote_webhooks: Whether webhooks may be posted to other machines.

    Attributes:
        config: What it is made of.
        server_config: Where and how it is served.
        state: All that it holds.
        stand_in: Another mock that answers what comes to this one, as long as there is one.
        past_ports: The ports of mocks that are closed, whose clients may still ask there. This mock takes another one.
        guard: What guards its server and those of other mocks; without it the server has a guard of its own.

    """

    @arguments.named_only("Mock(seed=7)", OptionError)
    def __init__(self, /, **options: Unpack[MockOptions]) -> None:
        self._set_up(MockConfig.from_arguments(options), ServerConfig(), None)

    def _set_up(self, config: MockConfig, server: ServerConfig, beside: "Mock | None") -> None:
        shared = None if beside is None else beside.state
        state, account = build_state(config, shared, is_one_of_many=server.is_one_of_many)
        super().__init__(state, account.id)
        self.config, self.server_config = config, server
        self.stand_in: Mock | None = None
        self.past_ports: set[int] = set()
        self.guard: Guard | None = None
        has_control_api = server.has_control_api
        self._app = create_app(state, self, server) if has_control_api else create_app(state)
        self._server = self._new_server()
        self._is_closed, self._starting = False, threading.RLock()

    def _new_server(self) -> Server:
        host, tls = self.server_config.host, None
        if self.config.tls:
            from mockcdrs.server.tls import make_context

            tls = make_context(host)
        return Server(self._answer, host, self.server_config.port, self._longest_body, tls)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        mock = self if self.stand_in is None else self.stand_in
        return mock._app(environ, start_response)  # noqa: SLF001 another one of its kind

    def _longest_body(self) -> int:
        return longest_body((self.stand_in or self).state)

    @property
    def url(self) -> str:
        """What a Kazoo client is configured with: it ends in `/v2`. Nothing answers there once the mock is closed.

        Raises `ListenError` where it cannot listen.
        """
        self._listen()
        return f"{self._server.url}/v2"

    def _listen(self) -> None:
        with self._starting:
            if not (self._is_closed or self.state.faults.is_down):
                self._start()

    def _start(self) -> None:
        with contextlib.ExitStack() as refused_ports:
            for _ in range(_MAX_PORTS_REFUSED if self._server.port == 0 else 0):
                if self._server.start(self.guard).port not in self.past_ports:
                    return
                refused_ports.callback(self._server.stop)  # not before another port is found
                self._server = self._new_server()
            self._server.start(self.guard)

    def __str__(self) -> str:
        """The URL; where nothing has read it yet, words that say so, since showing a mock starts no server."""
        return f"{self._server.url}/v2" if self._server.is_running else "a mock without a server: its `url` starts one"

    @property
    def ca_path(self) -> Path | None:
        if not self.config.tls:
            return None
        from mockcdrs.server.tls import ca_path

        return ca_path()

    @property
    def wsgi_app(self) -> "WSGIApplication":
        """The app itself, for `httpx.WSGITransport` and the like: the same state as behind `url`."""
        return self._answer

    @arguments.checked
    def client(self) -> "TestClient":
        """Falcon's test client, with the token in place; no socket. A break on the wire raises `ConnectionError`.

        `RuntimeError` under `python -OO`, where Falcon has none.
        """
        return make_client(self.wsgi_app, self.auth_token)

    @arguments.checked
    def stop(self) -> None:
        """End the server, if it runs. `url` starts it again."""
        self._server.stop()

    @arguments.checked
    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        self._listen()  # at the port that it keeps
        try:
            with super().down():
                self._server.stop()
                yield
        finally:
            self._listen()

    def close(self) -> None:
        """End the server for good: whoever still has `url`, or reads it, finds nobody there."""
        with self._starting:
            self._is_closed = True
        self.state.webhooks.clear()
        self._server.stop()
        self.past_ports.add(self._server.port)

    def __enter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        import asyncio  # whoever awaits has it already

        await asyncio.to_thread(self.__exit__, kind, error, at)  # which waits for responses under way

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self.check_faults()
        finally:
            self.close()


def build(config: MockConfig, server: ServerConfig | None = None, beside: Mock | None = None) -> Mock:
    """Make a mock: for a test, for `mockcdrs serve`, and for any WSGI server.

    Args:
        config: What it is made of.
        server: Where and how it is served; at a free port of this machine, if left out.
        beside: A mock made of the same. What is worked out from the data is shared, and nothing that was done to it.

    Raises:
        DataError, SettingError, UnknownLocale, UnknownQuirk, UnknownVersion: for options that name nothing.
        ArgumentError: for a `now` that is no moment.

    """
    mock = Mock.__new__(Mock)
    mock._set_up(config, server or ServerConfig(), beside)  # noqa: SLF001 what `Mock(...)` does with its options
    return mock


class MockFamily:
    """Makes mocks. Those of the same options share their data, which is kept of the `bound` options used last."""

    def __init__(self, bound: int) -> None:
        self._first = LruCache[tuple[object, ...], Mock](bound, lambda _: 1)

    def make(self, config: MockConfig) -> Mock:
        """Make a mock."""
        key = repr(config), *_describe_files(config.data)
        return build(config, beside=self._first.get(key, lambda: build(config)))


def _describe_files(directory: Path | str | None) -> Iterator[object]:
    """What tells a data directory from another of its name, and from itself before its files were changed."""
    if directory is not None:
        place = Path(directory).resolve()
        yield place
        for file in sorted(place.glob("*")):
            status = file.lstat()
            yield file.name, status.st_mtime_ns, status.st_size


@arguments.named_only("serving(seed=7)", OptionError)
def serving(**options: Unpack[MockOptions]) -> Mock:
    """Make a mock for the length of a `with` or an `async with` block.

    Args:
        options: All that follows. Raises `OptionError` for others.

            kazoo: The version of Kazoo to stand in for.
            data: A data directory to serve.
            seed, calls_per_day, locale: Whose calls are made up where there is none, how many a day, and where the
                people live.
            now: The moment at which the clock stands, or `live`.
            speed: How many seconds the clock runs on from there in a second.
            settings: Kazoo's settings, by name.
            fix, quirk: Names of quirks of Crossbar's to leave out, and to show that are off by default.
            reseller: Whether the account sees a reseller's columns.
            journal: How many requests are kept to be looked at.
            tls: Whether it serves https; `ca_path` is what a client trusts.
            remote_webhooks: Whether webhooks may be posted to other machines.

    """
    return Mock(**options)
