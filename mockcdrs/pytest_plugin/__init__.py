"""The pytest plugin: a Crossbar as a fixture.

Only what registers options and fixtures is imported with pytest itself: a run that uses no mock pays for none.
"""

import contextlib
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Unpack

import pytest

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.config import OPTIONS, MockConfig, MockOptions, OptionError, check_options
from mockcdrs.pytest_plugin import plugin_options, report

if TYPE_CHECKING:
    import warnings
    from collections.abc import Iterator, Sequence

    from mockcdrs.mock import Mock
    from mockcdrs.real_kazoo import RealKazoo
    from mockcdrs.remote_mock import RemoteMock

    ServerOfTest = Mock | RemoteMock | RealKazoo

MAX_SHARED_MOCKS = 4


class MakeMock(Protocol):
    """The type of the fixture `make_mockcdrs`."""

    def __call__(self, /, **options: Unpack[MockOptions]) -> "Mock":
        """Make a further mock."""


class MockSession:
    """The mocks of a session's tests, which share what is worked out from their data."""

    def __init__(self) -> None:
        from mockcdrs.control.state import TokenRegister
        from mockcdrs.mock import MockFamily
        from mockcdrs.server.waitress_server import Guard

        self._mocks = MockFamily(MAX_SHARED_MOCKS)
        self._server: Mock | None = None
        self._current: Mock | None = None
        self._past_ports: set[int] = set()
        self._register = TokenRegister()
        self._guard = Guard()

    def make(self, options: dict[str, Any], test: str = "") -> "Mock":
        """A new mock, with a token of the test's own."""
        mock = self._mocks.make(MockConfig(**options))
        mock.past_ports = self._past_ports
        mock.guard = self._guard
        mock.state.register = self._register
        if test:
            mock.issue_token(test)
        return mock

    def make_for_fixture(self, options: dict[str, Any], test: str = "") -> "Mock":
        """As `make`, but invalid options fail the test with their message, without a traceback."""
        try:
            return self.make(options, test)
        except ValueError as wrong:
            from mockcdrs.dataset.files import DataError

            if not isinstance(wrong, ArgumentError | DataError):
                raise
            pytest.fail(f"mockcdrs: {wrong}", pytrace=False)

    def server(self, options: dict[str, Any]) -> "Mock":
        """The mock of the session itself, which has one address and answers between tests."""
        self._server = self.make_for_fixture(options)
        self._hand_over(self._current)
        return self._server

    @contextlib.contextmanager
    def current(self, mock: "Mock") -> "Iterator[None]":
        """Have a test's mock answer at the session's address as well, for a `with` block."""
        self._hand_over(mock)
        try:
            yield
        finally:
            self._hand_over(None)

    def close(self) -> None:
        """End the session's server and its guard."""
        if self._server is not None:
            self._server.close()
        self._guard.stop(1.0)

    def _hand_over(self, mock: "Mock | None") -> None:
        self._current = mock
        if self._server is not None:
            has_account = mock is not None and mock.account_id == self._server.account_id
            self._server.stand_in = mock if has_account else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register options and their ini names."""
    plugin_options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and what adds to reports."""
    config.addinivalue_line(
        "markers",
        f"mockcdrs({'=, '.join(plugin_options.TEST_OPTIONS)}=): the options of a test's mock; strict fails the test "
        "for advice, except for the codes in allow",
    )
    config.pluginmanager.register(report.Reporter(), "mockcdrs-reporter")


def pytest_warning_recorded(warning_message: "warnings.WarningMessage", when: str) -> None:
    """Refuse a misspelt setting in the ini file, of which pytest itself only warns."""
    if when == "config":
        plugin_options.check_ini_name(str(warning_message.message))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker with wrong arguments, whether or not the test has a mock."""
    plugin_options.from_marker(item)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: "Sequence[object]") -> None:
    """Refuse to let several workers use one mock elsewhere: a test of each would reset those of the others."""
    url = plugin_options.read_elsewhere(config, "url")
    if not url or len(specs) < 2:
        return
    from mockcdrs.control_client import ControlClient

    if ControlClient(url).is_there():
        raise pytest.UsageError(
            f"--mockcdrs-url={url} came with {len(specs)} workers, but each test resets the mock there for all: run "
            "with -n 0, or without --mockcdrs-url, so that each worker has mocks of its own"
        )


@pytest.fixture(scope="session")
def mockcdrs_options() -> dict[str, Any]:
    """Options for every mock of the session: a dict of the marker's arguments. Override this fixture to set some."""
    return {}


@pytest.fixture(scope="session")
def _mockcdrs_session(pytestconfig: pytest.Config) -> "Iterator[MockSession | None]":
    """The session's mocks; none where the server is elsewhere. It is there before the fixtures of any test."""
    if plugin_options.read_elsewhere(pytestconfig, "url"):
        yield None
        return
    with contextlib.closing(MockSession()) as session:
        yield session


@pytest.fixture(scope="session")
def mockcdrs_server(
    pytestconfig: pytest.Config, mockcdrs_options: dict[str, Any], _mockcdrs_session: MockSession | None
) -> "ServerOfTest":
    """A mock with one address for the whole session, for a client that is configured once.

    During a test with the fixture `mockcdrs`, that mock also answers here, if it has the same account. With
    `--mockcdrs-url` the fixture is the server at that URL.
    """
    if _mockcdrs_session is None:
        return _server_elsewhere(pytestconfig)
    return _mockcdrs_session.server(plugin_options.settings_of(pytestconfig, mockcdrs_options).options)


@pytest.fixture
def mockcdrs(
    request: pytest.FixtureRequest, mockcdrs_options: dict[str, Any], _mockcdrs_session: MockSession | None
) -> "Iterator[ServerOfTest]":
    """A new mock for the test, with its own data, clock and settings, at an address that no other test uses.

    With `--mockcdrs-url` it is the server at that URL: a mock, which is reset before each test, or a real Kazoo.
    """
    marked = plugin_options.from_marker(request.node)
    settings = plugin_options.settings_of(request.config, mockcdrs_options, marked)
    if _mockcdrs_session is None:
        from mockcdrs.remote_mock import RemoteMock

        server = _server_elsewhere(request.config, marked)
        if isinstance(server, RemoteMock):
            server.reset()
            server.issue_token(request.node.nodeid)
            with report.watch(request.node, server, settings):
                yield server
        else:
            yield server
        return
    mock = _mockcdrs_session.make_for_fixture(settings.options, request.node.nodeid)
    with contextlib.closing(mock), _mockcdrs_session.current(mock), report.watch(request.node, mock, settings):
        yield mock


@pytest.fixture
def make_mockcdrs(
    request: pytest.FixtureRequest, mockcdrs_options: dict[str, Any], _mockcdrs_session: MockSession | None
) -> "Iterator[MakeMock]":
    """A factory of further mocks for the test; its keyword arguments are the options of a mock.

    The mocks are closed at the end of the test, and are checked for advice and faults like `mockcdrs`.
    """
    marked = plugin_options.from_marker(request.node)
    if _mockcdrs_session is None:
        yield _skip_further_mock
        return
    session = _mockcdrs_session
    with contextlib.ExitStack() as mocks:

        @arguments.named_only("make_mockcdrs(seed=7)", OptionError)
        def make(**options: Unpack[MockOptions]) -> "Mock":
            check_options(options)
            settings = plugin_options.settings_of(request.config, mockcdrs_options, marked, options)
            mock = mocks.enter_context(contextlib.closing(session.make(settings.options, request.node.nodeid)))
            mocks.enter_context(report.watch(request.node, mock, settings))
            return mock

        yield make


def _skip_further_mock(**_options: Unpack[MockOptions]) -> NoReturn:
    pytest.skip("further servers are made by the mock only; these tests run against --mockcdrs-url")


def _server_elsewhere(config: pytest.Config, marked: dict[str, Any] | None = None) -> "RemoteMock | RealKazoo":
    from mockcdrs.control_client import ControlClient, ControlTokenError
    from mockcdrs.real_kazoo import RealKazoo
    from mockcdrs.remote_mock import RemoteMock

    names = [name for name in marked or {} if name in OPTIONS]
    if names:
        pytest.skip(f"only a mock can be made with {', '.join(names)}; these tests run against --mockcdrs-url")
    given = {name: plugin_options.read_elsewhere(config, name) for name in plugin_options.EXTERNAL}
    url = str(given["url"])
    control = ControlClient(url, plugin_options.read_elsewhere(config, "control_token"))
    if control.is_there():
        try:
            return RemoteMock(control)
        except ControlTokenError as refused:
            raise pytest.UsageError(f"{refused}; give it to the tests by --mockcdrs-control-token") from refused
    missing = [f"--mockcdrs-{name}" for name, value in given.items() if not value]
    if missing:
        raise pytest.UsageError(
            f"--mockcdrs-url={url} came without {' and '.join(missing)}, and no mock answers there: start "
            "`mockcdrs serve`, or give these for a real Kazoo"
        )
    return RealKazoo(*map(str, given.values()))
