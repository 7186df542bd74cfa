"""The same tests against a server elsewhere, such as a real Kazoo; what only the mock can do skips and says so."""

import mockcdrs

TESTS = """
import requests

def test_the_newest_page(mockcdrs):
    answer = requests.get(mockcdrs.url_for("/cdrs"), headers={"X-Auth-Token": mockcdrs.auth_token}, timeout=10)
    assert answer.json()["status"] == "success"
"""


def test_they_pass_there_too(pytester):
    pytester.makepyfile(TESTS)
    with mockcdrs.serving() as elsewhere:
        result = pytester.runpytest_subprocess(
            *("-p", "no:cacheprovider", "-p", "no:xdist"),
            f"--mockcdrs-url={elsewhere.url}",
            f"--mockcdrs-account={elsewhere.account_id}",
            f"--mockcdrs-token={elsewhere.auth_token}",
        )
        assert len(elsewhere.requests) == 1
    result.assert_outcomes(passed=1)
