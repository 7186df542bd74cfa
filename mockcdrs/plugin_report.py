"""What a test run says about its mocks: the journal of a failing test, rules that never fired, advice."""

import warnings
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockcdrs.control.journal import Record
    from mockcdrs.handle import Mock
    from mockcdrs.remote import RemoteMock

MOCKS = pytest.StashKey["list[Mock | RemoteMock]"]()
_CODES = "mockcdrs_advice"  # an attribute of reports: these also travel from xdist's workers
_SHOWN_REQUESTS = 50


class UnusedFault(UserWarning):
    """A fault that a test set up and that no request met."""


class Reporter:
    """Adds to the reports of tests that held mocks, and collects their advice over the session."""

    def __init__(self) -> None:
        self._codes: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Put the journal into a failing test's report, and the codes of its advice into the last one."""
        report: pytest.TestReport = yield
        mocks = item.stash.get(MOCKS, [])
        if call.when == "call" and report.failed and mocks:
            report.sections.append(("mockcdrs", "\n".join(line for mock in mocks for line in _told(mock))))
        if call.when == "teardown" and mocks:
            setattr(report, _CODES, [code_of(text) for mock in mocks for text in mock.advice()])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the advice of a test."""
        self._codes.update(getattr(report, _CODES, ()))

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Advice by code and count."""
        if self._codes:
            terminalreporter.section("mockcdrs advice")
            for code, count in self._codes.most_common():
                terminalreporter.line(f"{count:5} {code}")


def code_of(advice: str) -> str:
    """The stable code with which a piece of advice starts."""
    return advice.partition(":")[0]


def advice_codes(allowed: Iterable[str]) -> frozenset[str]:
    """What a marker's `allow` names. `UsageError` for a name that is no advice's."""
    if not allowed:
        return frozenset()
    from mockcdrs.control.advice import ADVICE

    if isinstance(allowed, str) or not set(allowed) <= ADVICE.keys():
        raise pytest.UsageError(
            f"mockcdrs marker: allow={allowed!r} came, expected a list of some of {', '.join(ADVICE)}"
        )
    return frozenset(allowed)


def check(item: pytest.Item, mock: "Mock | RemoteMock", allowed: frozenset[str], *, is_strict: bool) -> None:
    """Fail a test of a strict run whose client got advice that is not allowed; warn of faults that never fired.

    Raises what a fault's own code raised.
    """
    unwanted = [text for text in mock.advice() if code_of(text) not in allowed]
    if is_strict and unwanted:
        pytest.fail("\n".join(["the client got advice", *unwanted]), pytrace=False)
    mock.check_faults()
    for rule in mock.never_fired():
        warnings.warn(f"{item.nodeid}: no request met {rule}", UnusedFault, stacklevel=1)


def _told(mock: "Mock | RemoteMock") -> list[str]:
    records = mock.requests
    dropped = len(records) - _SHOWN_REQUESTS
    first = [f"... {dropped} requests before"] if dropped > 0 else []
    return [*first, *map(_line, records[-_SHOWN_REQUESTS:]), *mock.advice()]


def _line(record: "Record") -> str:
    query = "&".join(f"{name}={value}" for name, value in record.query.items())
    fault = f", {record.fault}" if record.fault else ""
    target = f"{record.path}?{query}" if query else record.path
    return (
        f"{record.number:4} {record.method} {ascii(target)[1:-1]} -> {record.status}, {record.sent_bytes} bytes{fault}"
    )
