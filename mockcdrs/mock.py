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
    """A mock of Crossbar in this process. Its server starts when `url` is first read.

    As a context manager, of `with` and of `async with`, it is closed at the end of the block, which raises the
    exception of the code of a fault, if there was one.

    Args:
        options: The following keyword arguments. Raises `OptionError` for others.

            kazoo: The version of Kazoo to stand in for: `4.3`, `master` or `classic`.
            data: A data directory to serve. Without one, calls are generated.
            seed: The seed of the generated calls. Without `data`, `seed`, `calls_per_day` and `locale` the calls are
                those of the default office.
            calls_per_day: The mean number of calls generated for a day.
            locale: The locale of the generated people, such as `de_DE`.
            now: The time at which the clock is frozen: ISO 8601 (UTC unless it has an offset), a `datetime`, Gregorian
                seconds, or `live`. The default is 2026-01-20T12:00:00Z, or with a data directory the end of its last
                call.
            speed: How many seconds the clock runs in a second of real time, from `now` on. Without it the clock is
                frozen.
            settings: Kazoo's settings, by name.
            fix: Names of quirks of Crossbar to switch off, or `all`.
            quirk: Names of quirks to switch on that are off by default.
            reseller: Whether the account of the token sees the columns of a reseller.
            journal: The number of requests that the journal keeps.
            tls: Whether to serve https, with a generated certificate; `ca_path` is the file that a client has to trust.
            remote_webhooks: Whether webhooks may be posted to other machines.

    Attributes:
        config: The options.
        server_config: The options of the server.
        state: The state: data, clock, settings, faults, journal.
        stand_in: Another mock that answers the requests to this one, if set.
        past_ports: The ports of closed mocks, which their clients may still use. This mock avoids them.
        guard: The thread that guards its server and those of other mocks. Without it, the server starts its own.

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
        """The base URL for a client, which ends in `/v2`. Reading it starts the server, unless the mock is closed.

        Raises `ListenError` if the server cannot listen.
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
        """The WSGI application, for `httpx.WSGITransport` and the like, with the same state as behind `url`."""
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
    """Return a mock for a `with` or an `async with` block, at whose end it is closed.

    Args:
        options: The following keyword arguments, which `Mock` describes. Raises `OptionError` for others.

            kazoo: The version of Kazoo to stand in for.
            data: A data directory to serve.
            seed, calls_per_day, locale: The seed, load and locale of generated calls.
            now: The time at which the clock is frozen, or `live`.
            speed: How many seconds the clock runs in a second of real time.
            settings: Kazoo's settings, by name.
            fix, quirk: Names of quirks of Crossbar to switch off, and to switch on.
            reseller: Whether the account sees the columns of a reseller.
            journal: The number of requests that the journal keeps.
            tls: Whether to serve https; `ca_path` is the file that a client has to trust.
            remote_webhooks: Whether webhooks may be posted to other machines.

    """
    return Mock(**options)
