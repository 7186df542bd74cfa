"""Pytest's settings for the whole checkout."""

import os

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
