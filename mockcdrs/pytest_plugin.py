"""The pytest plugin: a Crossbar as a fixture.

Only what registers options and fixtures is imported with pytest itself: a run that uses no mock pays for none.
"""

import contextlib
from typing import TYPE_CHECKING, Any, Never, NoReturn, cast

import pytest

from mockcdrs import arguments, plugin_options, plugin_report
from mockcdrs.control.options import KINDS, OptionError, layered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mockcdrs.external import External
    from mockcdrs.handle import Mock
    from mockcdrs.plugin_session import MockSession
    from mockcdrs.remote import RemoteMock

    Served = Mock | RemoteMock | External

    MakeMock = Callable[..., Mock]

_EXTERNAL = ("url", "account", "token")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register options and their ini names."""
    group = parser.getgroup("mockcdrs", "a stand-in for the CDR part of Kazoo's Crossbar API")
    plugin_options.add(parser, group)
    for name in _EXTERNAL:
        help_text = f"{name} of a real Kazoo, or of a server elsewhere, to run the same tests against"
        group.addoption(f"--mockcdrs-{name}", dest=f"mockcdrs_{name}", default=None, help=help_text)
    group.addoption(
        "--mockcdrs-control-token", default=None, help="the --control-token of a mock elsewhere, where it has one"
    )
    group.addoption("--mockcdrs-strict", action="store_true", help="a test whose client gets advice fails")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and what adds to reports."""
    config.addinivalue_line(
        "markers",
        f"mockcdrs({'=, '.join(KINDS)}=, allow=): what a test's mock is made of; allow names advice that a strict run "
        "lets pass",
    )
    config.pluginmanager.register(plugin_report.Reporter(), "mockcdrs-reporter")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that says what no mock is made of, whether or not the test has a mock."""
    plugin_report.advice_codes(plugin_options.from_marker(item).get("allow", ()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: "Sequence[object]") -> None:
    """Refuse to let several workers use one mock elsewhere: a test of each would reset those of the others."""
    url = config.getoption("mockcdrs_url")
    if not url or len(specs) < 2:
        return
    from mockcdrs.remote_control import RemoteControl

    if RemoteControl(url).is_there():
        raise pytest.UsageError(
            f"--mockcdrs-url={url} came with {len(specs)} workers, but each test resets the mock there for all: run "
            "with -n 0, or without --mockcdrs-url, so that each worker has mocks of its own"
        )


@pytest.fixture(scope="session")
def mockcdrs_settings() -> dict[str, Any]:
    """Kazoo's settings, by name, for every mock of the session; override it to set some."""
    return {}


@pytest.fixture(scope="session")
def _mockcdrs_session() -> "Iterator[MockSession]":
    from mockcdrs.plugin_session import MockSession

    session = MockSession()
    yield session
    session.close()


@pytest.fixture(scope="session")
def mockcdrs_server(request: pytest.FixtureRequest, mockcdrs_settings: dict[str, Any]) -> "Served":
    """A Crossbar with one address for the whole session, for a client that is configured once.

    While a test holds `mockcdrs`, that mock answers here too, if it is of the same account. With `--mockcdrs-url` it is
    the server named there.
    """
    if request.config.getoption("mockcdrs_url"):
        return _external(request.config)
    session: MockSession = request.getfixturevalue("_mockcdrs_session")
    return session.server(_options(request.config, mockcdrs_settings))


@pytest.fixture
def mockcdrs(request: pytest.FixtureRequest, mockcdrs_settings: dict[str, Any]) -> "Iterator[Served]":
    """A Crossbar of the test's own, new in all that it holds, at an address that no other test has."""
    said = plugin_options.from_marker(request.node)
    allowed = plugin_report.advice_codes(said.pop("allow", ()))
    if request.config.getoption("mockcdrs_url"):
        served = _external(request.config, said)
        if served.is_mock:
            remote = cast("RemoteMock", served)
            remote.reset()
            with plugin_report.watched(request.node, remote, allowed):
                yield remote
        else:
            yield served
        return
    session: MockSession = request.getfixturevalue("_mockcdrs_session")
    mock = session.make(_options(request.config, mockcdrs_settings, said))
    with contextlib.closing(mock), session.current(mock), plugin_report.watched(request.node, mock, allowed):
        yield mock


@pytest.fixture
def make_mockcdrs(request: pytest.FixtureRequest, mockcdrs_settings: dict[str, Any]) -> "Iterator[MakeMock]":
    """A factory of further mocks, side by side, until the test ends; it takes what the marker takes, but `allow`.

    At the end of the test they are looked at as `mockcdrs` is.
    """
    said = plugin_options.from_marker(request.node)
    allowed = plugin_report.advice_codes(said.pop("allow", ()))
    if request.config.getoption("mockcdrs_url"):
        yield _make_none
        return
    session: MockSession = request.getfixturevalue("_mockcdrs_session")
    with contextlib.ExitStack() as made:

        def make(*unnamed: Never, **changes: Any) -> "Mock":
            arguments.check_unnamed(unnamed, "make_mockcdrs(seed=7)", OptionError)
            options = _options(request.config, mockcdrs_settings, said, changes)
            mock = made.enter_context(contextlib.closing(session.make(options)))
            made.enter_context(plugin_report.watched(request.node, mock, allowed))
            return mock

        yield make


def _make_none(*_unnamed: Never, **_changes: Any) -> NoReturn:
    pytest.skip("further servers are made by the mock only; these tests run against --mockcdrs-url")


def _options(config: pytest.Config, settings: dict[str, Any], *said: dict[str, Any]) -> dict[str, Any]:
    """From what goes last to what goes first: the fixture, the ini file, the command line, a marker, a call."""
    configured = plugin_options.from_ini(config), plugin_options.from_command_line(config)
    return layered({"settings": settings}, *configured, *said)


def _external(config: pytest.Config, changes: dict[str, Any] | None = None) -> "RemoteMock | External":
    from mockcdrs.external import External
    from mockcdrs.remote import RemoteMock
    from mockcdrs.remote_control import ControlTokenError, RemoteControl

    if changes:
        pytest.skip(f"only a mock can be made with {', '.join(changes)}; these tests run against --mockcdrs-url")
    url = config.getoption("mockcdrs_url")
    control = RemoteControl(url, config.getoption("mockcdrs_control_token"))
    if control.is_there():
        try:
            return RemoteMock(control)
        except ControlTokenError as refused:
            raise pytest.UsageError(f"{refused}; give it to the tests by --mockcdrs-control-token") from refused
    missing = [f"--mockcdrs-{name}" for name in _EXTERNAL if not config.getoption(f"mockcdrs_{name}")]
    if missing:
        raise pytest.UsageError(
            f"--mockcdrs-url={url} came without {' and '.join(missing)}, and no mock answers there: start "
            "`mockcdrs serve`, or give these for a real Kazoo"
        )
    return External(*(config.getoption(f"mockcdrs_{name}") for name in _EXTERNAL))
