"""Runs of pytest inside pytest."""

import pytest

ASK = """
import json, urllib.request

def ask(mock, query=""):
    request = urllib.request.Request(mock.url_for("/cdrs") + query, headers={"X-Auth-Token": mock.auth_token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
"""


def ran(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(ASK + test)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
        )  # to load all that this checkout has takes four times as long
        return pytester.runpytest_subprocess("-p", "mockcdrs.pytest_plugin", "-p", "no:cacheprovider", *options)
