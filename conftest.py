"""Pytest's settings for the whole checkout."""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import settings

pytest_plugins = ("pytester",)

# with `CI` set, or without, everybody tries the same examples, so that a red run is red for all; `LONG=1` looks for new
settings.register_profile("quick", max_examples=20, derandomize=True, deadline=None)
settings.register_profile("full", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("long", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile("long" if os.environ.get("LONG") == "1" else "full" if os.environ.get("CI") else "quick")


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Pytester whose runs load this project's plugin and pytest-xdist only: all that are installed take two seconds."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "mockcdrs.pytest_plugin,xdist.plugin")
    return pytester


@pytest.fixture
def count_case(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Counts a case of a kind; the end of the run says how many cases there were in the tests that passed."""
    counts: dict[str, int] = {}
    request.node.user_properties.append(("cases", counts))

    def count(kind: str) -> None:
        counts[kind] = counts.get(kind, 0) + 1

    return count


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:  # pytest 8.2 has no such name
    """Print the cases of each kind, and their sum, which `.ci/run --long` reads."""
    kinds: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, counts in report.user_properties:
            if name == "cases":
                kinds.update(counts)
    if kinds:
        terminalreporter.section("cases")
        for kind, count in kinds.items():
            terminalreporter.write_line(f"{count:>9,} {kind}")
        terminalreporter.write_line(f"{kinds.total():>9,} cases in all")
