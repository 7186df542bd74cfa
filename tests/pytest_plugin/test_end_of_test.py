"""What is looked at when a test has run: it passes, or fails, once and for a reason that its report shows."""

import pytest

from tests.pytest_plugin.running import run_pytest

UNUSED = "-W", "error::mockcdrs.UnusedFault"
NOWHERE = "status=503, path='/nowhere'"


def test_advice_fails_a_strict_run_unless_it_is_allowed(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import pytest

def test_it(mockcdrs):
    ask(mockcdrs, "?pagesize=2")

@pytest.mark.mockcdrs(allow=["misspelt-parameter", "unfollowed-pages"])
def test_allowed(mockcdrs):
    ask(mockcdrs, "?pagesize=2")
""",
        "--mockcdrs-strict",
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*_ test_it _*", "the client got advice", "misspelt-parameter: *", "*- mockcdrs -*"])


def test_a_fault_that_no_request_met_is_reported(pytester: pytest.Pytester) -> None:
    test = f"\ndef test_it(mockcdrs):\n    mockcdrs.fail({NOWHERE})\n"
    result = run_pytest(pytester, test)
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_it: no request met rule 1 (status=503 path=/nowhere)*"])
    run_pytest(pytester, test, *UNUSED).assert_outcomes(failed=1)


def test_what_a_faults_own_code_raises_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import http.client

def test_it(mockcdrs):
    mockcdrs.fail(then=lambda data: data.nosuch())
    try:
        ask(mockcdrs)
    except http.client.HTTPException:
        pass
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*AttributeError: 'Overlay' object has no attribute 'nosuch'", "*raised by the code of*"]
    )


def test_mocks_that_a_test_makes_are_looked_at_as_the_fixtures_is(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import http.client
import pytest

def test_strict(make_mockcdrs):
    ask(make_mockcdrs(seed=3), "?pagesize=2")

@pytest.mark.mockcdrs(allow=["misspelt-parameter", "unfollowed-pages"])
def test_allowed(make_mockcdrs):
    ask(make_mockcdrs(seed=3), "?pagesize=2")

def test_unused(make_mockcdrs):
    make_mockcdrs().fail(status=503, path="/nowhere")

def test_then(make_mockcdrs):
    mock = make_mockcdrs()
    mock.fail(then=lambda data: data.nosuch())
    with pytest.raises(http.client.HTTPException):
        ask(mock)

def test_report(make_mockcdrs):
    ask(make_mockcdrs(), "?page_size=1")
    ask(make_mockcdrs(), "?page_size=2")
    raise ValueError("the test's own")
""",
        "--mockcdrs-strict",
        *UNUSED,
    )
    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_strict _*",
            "misspelt-parameter: *",
            "*_ test_unused _*",
            "*no request met rule 1 (status=503 path=/nowhere)",
            "*_ test_then _*",
            "*AttributeError: 'Overlay' object has no attribute 'nosuch'",
            "*_ test_report _*",
            "*ValueError: the test's own",
            "*- mockcdrs -*",
            "*1 GET /v2/accounts/*/cdrs?page_size=1 -> *",
            "*1 GET /v2/accounts/*/cdrs?page_size=2 -> *",
            "*= mockcdrs advice =*",
        ]
    )


@pytest.mark.parametrize("ending", ["assert False", "pytest.skip('not today')", "pytest.xfail('known')"])
def test_a_test_that_has_not_passed_gets_no_second_verdict(pytester: pytest.Pytester, ending: str) -> None:
    result = run_pytest(
        pytester,
        f"""
import pytest

def test_it(mockcdrs, make_mockcdrs):
    for mock in (mockcdrs, make_mockcdrs()):
        mock.fail({NOWHERE})
        ask(mock, "?pagesize=2")
    {ending}
""",
        "--mockcdrs-strict",
        *UNUSED,
    )
    outcomes = result.parseoutcomes()
    assert sum(outcomes.values()) == 1, outcomes


def test_a_failing_unittest_has_one_reason(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        f"""
import unittest
import pytest

class Test(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def take(self, mockcdrs):
        self.mock = mockcdrs

    def test_fails(self):
        self.mock.fail({NOWHERE})
        self.assertEqual(ask(self.mock, "?pagesize=2"), 7)

    def test_gets_advice(self):
        ask(self.mock, "?pagesize=2")
""",
        "--mockcdrs-strict",
        *UNUSED,
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*AssertionError: * != 7", "the client got advice", "misspelt-parameter: *"])


def test_code_of_a_fault_that_broke_a_failing_test_is_shown(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
def test_it(mockcdrs):
    mockcdrs.fail(then=lambda data: data.nosuch())
    ask(mockcdrs)
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- mockcdrs -*", "AttributeError: 'Overlay' object has no attribute 'nosuch'"])


def test_a_journal_is_shown_wherever_a_test_fails(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import pytest

@pytest.fixture
def early(mockcdrs):
    ask(mockcdrs, "?page_size=1")
    raise ValueError("as it is set up")

@pytest.fixture
def late(mockcdrs):
    yield
    ask(mockcdrs, "?page_size=2")
    raise ValueError("as it is torn down")

def test_early(early): pass

def test_late(late): pass

def test_many(mockcdrs):
    for _ in range(52):
        mockcdrs.client().simulate_get(f"/v2/accounts/{mockcdrs.account_id}/cdrs/summary")
    assert not mockcdrs.requests
""",
    )
    result.assert_outcomes(errors=2, passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*ValueError: as it is set up",
            "*1 GET /v2/accounts/*/cdrs?page_size=1 -> *",
            "*ValueError: as it is torn down",
            "*1 GET /v2/accounts/*/cdrs?page_size=2 -> *",
            "... 2 requests before",
            "*3 GET /v2/accounts/*/cdrs/summary -> *",
        ]
    )


def test_what_a_client_does_while_it_is_torn_down_is_looked_at_too(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import http.client
import pytest

@pytest.fixture
def client(mockcdrs):
    yield
    ask(mockcdrs, "?pagesize=2")

@pytest.fixture
def then(make_mockcdrs):
    mock = make_mockcdrs()
    yield
    mock.fail(then=lambda data: data.nosuch())
    with pytest.raises(http.client.HTTPException):
        ask(mock)

def test_strict(client): pass

def test_then(then): pass

def test_failed_before(client, then): assert False
""",
        "--mockcdrs-strict",
    )
    result.assert_outcomes(passed=2, errors=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*misspelt-parameter: *", "*AttributeError: 'Overlay' object has no attribute 'nosuch'"]
    )


def test_a_test_that_runs_again_begins_anew(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    for last in (False, True):
        reports = runtestprotocol(item, nextitem=nextitem, log=last)
    return True
"""
    )
    result = run_pytest(pytester, "\ndef test_it(mockcdrs):\n    ask(mockcdrs, '?pagesize=2')\n    assert False\n")
    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("GET /v2/accounts/") == 1
    result.stdout.fnmatch_lines(["*1 misspelt-parameter"])
