"""A test whose sockets pytest-socket forbids: its mock answers those who come from elsewhere."""

import pytest

from tests.pytest_plugin.running import run_pytest

ELSEWHERE = """
import subprocess, sys
import pytest
from pytest_socket import SocketBlockedError

FETCH = (
    "import sys, urllib.request; request = urllib.request.Request(sys.argv[1], headers={'X-Auth-Token': sys.argv[2]}); "
    "print(urllib.request.urlopen(request, timeout=10).status)"
)

def from_elsewhere(mock):
    command = [sys.executable, "-c", FETCH, mock.url_for("/cdrs"), mock.auth_token]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
"""


def test_a_mock_starts_and_answers_in_a_guarded_test_which_stays_guarded(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        ELSEWHERE
        + """
def test_guarded(mockcdrs):
    assert from_elsewhere(mockcdrs) == "200"
    with pytest.raises(SocketBlockedError):
        ask(mockcdrs)
    assert len(mockcdrs.requests) == 1
""",
        *("-p", "pytest_socket", "--disable-socket", "-W", "ignore:A test tried to use socket"),
    )
    result.assert_outcomes(passed=1)


def test_a_server_survives_guarded_tests(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        ELSEWHERE
        + """
def test_open(mockcdrs, mockcdrs_server):
    assert ask(mockcdrs_server)["data"]

def test_guarded(mockcdrs, mockcdrs_server, socket_disabled):
    assert from_elsewhere(mockcdrs_server) == from_elsewhere(mockcdrs) == "200"

def test_open_again(mockcdrs, mockcdrs_server, socket_enabled):
    assert ask(mockcdrs_server)["data"]
    assert from_elsewhere(mockcdrs_server) == "200"
""",
        *("-p", "pytest_socket"),
    )
    result.assert_outcomes(passed=3)


def test_a_guard_that_lets_hosts_through_lets_the_tests_client_through(pytester: pytest.Pytester) -> None:
    test = "\ndef test_it(mockcdrs):\n    assert ask(mockcdrs)['data']\n"
    run_pytest(pytester, test, "-p", "pytest_socket", "--allow-hosts=127.0.0.1").assert_outcomes(passed=1)
