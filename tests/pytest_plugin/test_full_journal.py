"""What a test asserts of its requests is true of all of them, or it fails because the journal had no room for all."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.control.journal import JournalFull
from mockcdrs.control_client import ControlClient
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from tests.pytest_plugin.running import run_pytest

Either = Mock | RemoteMock
HOW = (
    r"the journal is full: it keeps the last 3 requests and dropped 2 older ones, .* "
    r"@pytest\.mark\.mockcdrs\(journal=10\), --mockcdrs-journal=10, Mock\(journal=10\), `mockcdrs serve --journal 10`"
)


@pytest.fixture(params=["in this process", "elsewhere"])
def mock(request: pytest.FixtureRequest) -> Iterator[Either]:
    """With room for three requests, of which five came."""
    with serving(journal=3) as mock:
        ask(mock, "/cdrs/summary?pagesize=2")
        for _ in range(4):
            ask(mock, "/cdrs")
        yield mock if request.param == "in this process" else RemoteMock(ControlClient(mock.url))


def ask(mock: Mock, path: str) -> None:
    mock.client().simulate_get(f"/v2/accounts/{mock.account_id}{path}")


def test_what_may_have_been_dropped_is_not_taken_for_never_requested(mock: Either) -> None:
    with pytest.raises(JournalFull, match=HOW):
        mock.assert_not_requested("/cdrs/summary")
    with pytest.raises(JournalFull, match=HOW):
        mock.assert_requested("/cdrs/summary")
    with pytest.raises(JournalFull, match=HOW):
        mock.assert_requested("/cdrs", times=4)


def test_what_holds_whatever_was_dropped_is_told(mock: Either) -> None:
    mock.assert_requested("/cdrs")
    for times in (0, 2):
        with pytest.raises(AssertionError, match=f"asked 3 times, expected {times} times") as run_result:
            mock.assert_requested("/cdrs", times=times)
        assert run_result.type is AssertionError


def test_lists_of_all_requests_and_of_all_advice_are_not_cut_short(mock: Either) -> None:
    whole: list[Any] = [lambda: mock.requests, lambda: mock.wait_for(5), mock.advice]
    for read in whole:
        with pytest.raises(JournalFull, match=HOW):
            read()
    with pytest.raises(TimeoutError, match="5 complete requests came, 6 were expected"):
        mock.wait_for(6, timeout=0.01)


def test_what_is_kept_can_be_had(mock: Either) -> None:
    requests = mock.kept_requests()
    assert ([record.number for record in requests.records], requests.dropped, requests.capacity) == ([3, 4, 5], 2, 3)
    assert {text.partition(":")[0] for text in mock.kept_advice()} == {"unfollowed-pages"}
    mock.reset()
    assert (mock.requests, mock.advice()) == ([], [])


def test_a_mock_keeps_more_requests_than_a_test_makes() -> None:
    assert Mock().kept_requests().capacity == 10_000


def test_a_strict_run_fails_where_it_cannot_know_and_the_report_says_how_much_is_missing(
    pytester: pytest.Pytester,
) -> None:
    result = run_pytest(
        pytester,
        """
import pytest

@pytest.mark.mockcdrs(journal=2, allow=["unfollowed-pages"])
def test_it(mockcdrs):
    for _ in range(3):
        ask(mockcdrs)
""",
        "--mockcdrs-strict",
    )
    result.stdout.fnmatch_lines(["*the journal is full: it keeps the last 2 requests and dropped 1 older ones, *"])
