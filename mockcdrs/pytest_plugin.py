"""The pytest plugin: a Crossbar as a fixture.

Only what registers options and fixtures is imported with pytest itself: a run that uses no mock pays for none.
"""

from typing import TYPE_CHECKING, Any

import pytest

from mockcdrs import plugin_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockcdrs.external import External
    from mockcdrs.handle import Mock

    MakeMock = Callable[..., Mock]

_OPTIONS = {
    "seed": "whose calls are made up; without it the committed office is served",
    "now": "the moment at which the clock stands (ISO 8601, UTC), or live",
    "calls_per_day": "how many calls a day are made up",
    "data": "a data directory to serve instead",
}
_EXTERNAL = ("url", "account", "token")
_NUMBERS = ("seed", "calls_per_day")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register options and their ini names."""
    group = parser.getgroup("mockcdrs", "a stand-in for the CDR part of Kazoo's Crossbar API")
    for name, sentence in _OPTIONS.items():
        group.addoption(f"--mockcdrs-{name.replace('_', '-')}", dest=f"mockcdrs_{name}", default=None, help=sentence)
        parser.addini(f"mockcdrs_{name}", sentence, default=None)
    for name in _EXTERNAL:
        help_text = f"{name} of a real Kazoo, or of a server elsewhere, to run the same tests against"
        group.addoption(f"--mockcdrs-{name}", dest=f"mockcdrs_{name}", default=None, help=help_text)
    group.addoption("--mockcdrs-strict", action="store_true", help="a test whose client gets advice fails")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and what adds to reports."""
    config.addinivalue_line(
        "markers",
        "mockcdrs(seed=, now=, calls_per_day=, data=, reseller=, settings=, fix=, quirk=, allow=): what a test's mock "
        "is made of; allow names advice that a strict run lets pass",
    )
    config.pluginmanager.register(plugin_report.Reporter(), "mockcdrs-reporter")


@pytest.fixture(scope="session")
def mockcdrs_settings() -> dict[str, Any]:
    """Kazoo's settings, by name, for every mock of the session; override it to set some."""
    return {}


@pytest.fixture(scope="session")
def _mockcdrs_by_options(request: pytest.FixtureRequest, mockcdrs_settings: dict[str, Any]) -> "Iterator[MakeMock]":
    """The session's mocks: the same one for the same options."""
    made: dict[str, Mock] = {}

    def held(**changes: Any) -> "Mock":
        key = repr(sorted(changes.items()))
        if key not in made:
            made[key] = _made(request.config, mockcdrs_settings, changes)
        return made[key]

    yield held
    for mock in made.values():
        mock.stop()


@pytest.fixture(scope="session")
def mockcdrs_server(request: pytest.FixtureRequest) -> "Mock | External":
    """The session's server: the mock without a marker's changes, or the server that `--mockcdrs-url` names."""
    if request.config.getoption("mockcdrs_url"):
        return _external(request.config)
    by_options: MakeMock = request.getfixturevalue("_mockcdrs_by_options")
    return by_options()


@pytest.fixture
def mockcdrs(request: pytest.FixtureRequest) -> "Iterator[Mock | External]":
    """A Crossbar, as new for each test: data, faults, journal, clock and request ids."""
    marker = request.node.get_closest_marker("mockcdrs")
    changes = dict(marker.kwargs) if marker else {}
    allowed = changes.pop("allow", ())
    if request.config.getoption("mockcdrs_url"):
        yield _external(request.config, changes)
        return
    by_options: MakeMock = request.getfixturevalue("_mockcdrs_by_options")
    mock = by_options(**changes)
    mock.reset()
    request.node.stash.setdefault(plugin_report.MOCKS, []).append(mock)
    yield mock
    plugin_report.check(request.node, mock, allowed, is_strict=request.config.getoption("mockcdrs_strict"))


@pytest.fixture
def make_mockcdrs(request: pytest.FixtureRequest, mockcdrs_settings: dict[str, Any]) -> "Iterator[MakeMock]":
    """A factory of further mocks, side by side, until the test ends; it takes what the marker takes, but `allow`."""
    made: list[Mock] = []

    def make(**changes: Any) -> "Mock":
        if request.config.getoption("mockcdrs_url"):
            pytest.skip("further servers are made by the mock only; these tests run against --mockcdrs-url")
        made.append(_made(request.config, mockcdrs_settings, changes))
        return made[-1]

    yield make
    for mock in made:
        mock.stop()


def _made(config: pytest.Config, settings: dict[str, Any], changes: dict[str, Any]) -> "Mock":
    from mockcdrs.handle import Mock

    return Mock(**{**_configured(config), **changes, "settings": {**settings, **changes.get("settings", {})}})


def _configured(config: pytest.Config) -> dict[str, Any]:
    """Options from the command line, else from the ini file."""
    found = {name: config.getoption(f"mockcdrs_{name}") or config.getini(f"mockcdrs_{name}") for name in _OPTIONS}
    return {name: _number(name, value) if name in _NUMBERS else value for name, value in found.items() if value}


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise pytest.UsageError(f"mockcdrs_{name}: came {value!r}, expected a whole number")
    return int(value)


def _external(config: pytest.Config, changes: dict[str, Any] | None = None) -> "External":
    from mockcdrs.external import External

    if changes:
        pytest.skip(f"only a mock can be made with {', '.join(changes)}; these tests run against --mockcdrs-url")
    missing = [f"--mockcdrs-{name}" for name in _EXTERNAL if not config.getoption(f"mockcdrs_{name}")]
    if missing:
        raise pytest.UsageError(f"--mockcdrs-url came without {' and '.join(missing)}; give them too")
    return External(*(config.getoption(f"mockcdrs_{name}") for name in _EXTERNAL))
