"""`pytest --mockcdrs-strict`: what Crossbar silently tolerates fails the test, unless the marker allows it by name."""

TESTS = """
import pytest, requests

def ask(mock, **query):
    requests.get(mock.url_for("/cdrs"), params=query, headers={"X-Auth-Token": mock.auth_token}, timeout=10)

def test_a_slip(mockcdrs):
    ask(mockcdrs, paginate="false", filter_caller_id="x")

@pytest.mark.mockcdrs(allow=["created-from-alone"])
def test_on_purpose(mockcdrs):
    ask(mockcdrs, paginate="false", created_from=63936000000)
"""


def test_advice_fails_what_is_not_allowed(pytester):
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", "--mockcdrs-strict")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["unknown-field: filter_caller_id * did you mean caller_id_name or caller_id_number?"])
