"""Runs of pytest inside pytest."""

import pytest

ASK = """
import json, urllib.request

def ask(mock, query=""):
    request = urllib.request.Request(mock.url_for("/cdrs") + query, headers={"X-Auth-Token": mock.auth_token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
"""


def run_pytest(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(ASK + test)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)
