"""What a test run says about its mocks: the journal of a failing test, rules that never fired, advice."""

import contextlib
import functools
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pytest

from mockcdrs import UnusedFault

if TYPE_CHECKING:
    from mockcdrs.control.journal import Record
    from mockcdrs.control.mock_interface import MockInterface
    from mockcdrs.pytest_plugin.plugin_options import ResolvedOptions

T = TypeVar("T")

_CODES = "mockcdrs_advice"  # an attribute of reports: these also travel from xdist's workers
_MAX_REQUESTS = 50


class _WatchedMock(NamedTuple):
    mock: "MockInterface"
    settings: "ResolvedOptions"


_WATCHED = pytest.StashKey[list[_WatchedMock]]()
_HAS_PASSED = pytest.StashKey[bool]()


class Reporter:
    """Looks at the mocks of tests that have run, adds to their reports, and collects their advice over the session."""

    def __init__(self) -> None:
        self._codes: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin anew: a test may run several times."""
        item.stash[_WATCHED], item.stash[_HAS_PASSED] = [], False

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Fail a test, which has passed so far, for what its client did."""
        outcome = yield
        watched = item.stash[_WATCHED]
        _fail_if_unwanted(watched)
        for each in watched:
            for rule in _ask_or_fail(each.mock.never_fired):
                misses = _ask_or_fail(functools.partial(each.mock.near_misses, rule))
                nearest = "".join(f"\n  nearest: {miss}" for miss in misses)
                warnings.warn(f"{item.nodeid}: no request met {rule}{nearest}", UnusedFault, stacklevel=1)
        item.stash[_HAS_PASSED] = True
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Put the journal into a failing test's report, and the codes of its advice into the last one."""
        report: pytest.TestReport = yield
        mocks = [each.mock for each in item.stash.get(_WATCHED, [])]
        if report.failed and mocks:
            report.sections.append(("mockcdrs", "\n".join(line for mock in mocks for line in _describe(mock))))
        if call.when == "teardown" and mocks:
            setattr(report, _CODES, [code_of(text) for mock in mocks for text in _advice(mock)])
            del item.stash[_WATCHED]  # the item stays to the end of the session, and would hold all that its mocks have
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


@contextlib.contextmanager
def watch(item: pytest.Item, mock: "MockInterface", settings: "ResolvedOptions") -> Iterator[None]:
    """Look at a mock when its test has passed, and again at the end of the `with` block, and show it if it fails.

    A strict test fails whose client got advice that is not allowed. It fails for what a fault's own
    code raised, too. Faults that never fired are warned of.
    """
    each = _WatchedMock(mock, settings)
    item.stash[_WATCHED].append(each)
    yield
    if item.stash[_HAS_PASSED]:  # what still came while its fixtures were torn down
        _fail_if_unwanted([each])


def _fail_if_unwanted(watched: Sequence[_WatchedMock]) -> None:
    for each in watched:
        each.mock.check_faults()
    strict = [each for each in watched if each.settings.is_strict]
    advice = [(text, each.settings.allowed) for each in strict for text in _ask_or_fail(each.mock.advice)]
    unwanted = [text for text, allowed in advice if code_of(text) not in allowed]
    if unwanted:
        pytest.fail("\n".join(["the client got advice", *unwanted]), pytrace=False)


def _ask_or_fail(ask: Callable[[], list[T]]) -> list[T]:
    try:
        return ask()
    except OSError as lost:  # a mock elsewhere, as in what follows
        pytest.fail(str(lost), pytrace=False)


def _describe(mock: "MockInterface") -> list[str]:
    try:
        requests = mock.kept_requests()
    except OSError as lost:
        return [str(lost)]
    others = [f"besides, {count} requests came with the token of {test}" for test, count in requests.others.items()]
    if not (requests.records or requests.dropped):
        from mockcdrs.control import journal

        return [f"no request came.{journal.proxy_hint(mock.host)}", *others]
    shown = requests.records[-_MAX_REQUESTS:]
    before = requests.dropped + len(requests.records) - len(shown)
    first = [f"... {before} requests before"] if before else []
    return [*first, *map(_describe_request, shown), *others, *_advice(mock), *_failures(mock)]


def _advice(mock: "MockInterface") -> list[str]:
    try:
        return mock.kept_advice()
    except OSError:
        return []


def _failures(mock: "MockInterface") -> list[str]:
    try:
        mock.check_faults()
    except Exception as failed:  # noqa: BLE001 a test's own code may raise anything
        return "".join(traceback.format_exception(failed)).splitlines()
    return []


def _describe_request(record: "Record") -> str:
    query = "&".join(f"{name}={value}" for name, value in record.query.items())
    fault = f", {record.fault}" if record.fault else ""
    target = f"{record.path}?{query}" if query else record.path
    return (
        f"{record.number:4} {record.method} {ascii(target)[1:-1]} -> {record.status}, {record.sent_bytes} bytes{fault}"
    )
