"""A state machine of Hypothesis for a client that keeps CDRs: calls come, time passes, faults start, the client syncs.

Subclass `SyncMachine` and say how the client syncs and what it has. Hypothesis looks for a sequence of steps after
which the client has something else than it should, and shrinks it.
"""

import contextlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from mockcdrs.config import MockConfig, MockOptions
from mockcdrs.faults.actions import RuleArguments
from mockcdrs.mock import MockFamily

__all__ = ["SyncMachine"]

SCENARIOS = ("inbound_answered", "inbound_missed", "outbound_local", "internal_call", "ring_group", "blind_transfer")
_UNANSWERED = {"inbound_missed"}
_MOST_CALLS, _MOST_MINUTES, _MOST_NAMED = 8, 60, 5


class SyncMachine(RuleBasedStateMachine):
    """What may happen to a client that keeps CDRs. Run one with `TestMySync = MySync.TestCase`.

    The mock begins empty, and its clock stands still between the steps.

    Attributes:
        path: The listing that the client keeps, below the account.
        options: What the mock is made of: the arguments of `Mock`.
        faults: What may go wrong: arguments of `fail`, each.
        mock: The mock of this run.
        start: When the run began, in Gregorian seconds.

    """

    path = "/cdrs"
    options: ClassVar[MockOptions] = {}
    faults: ClassVar[tuple[RuleArguments, ...]] = (
        {"status": 503},
        {"error": "too_many_requests"},
        {"close": True},
        {"cut_after": 500},
        {"empty": True},
        {"malformed_json": True},
    )

    _mocks: ClassVar[MockFamily]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._mocks = MockFamily(1)  # the data of all runs is worked out once

    def __init__(self) -> None:
        super().__init__()
        self.mock = self._mocks.make(MockConfig.from_arguments(self.options))
        self.mock.clear()
        self.start = self.mock.clock.now()
        self._is_in_trouble = False

    @abstractmethod
    def sync(self) -> None:
        """Have the client fetch what is new. While faults are on it may raise any exception."""

    @abstractmethod
    def synced_ids(self) -> Collection[str]:
        """The ids of the CDRs that the client has, each as often as it has it."""

    def truth(self) -> Collection[str]:
        """The ids that the client should have: those of all calls since the run began."""
        return self.mock.expected(self.path, created_from=self.start, created_to=self.mock.clock.now()).ids

    @rule(
        scenario=st.sampled_from(SCENARIOS),
        count=st.integers(1, _MOST_CALLS),
        minutes=st.integers(1, _MOST_MINUTES),
    )
    def calls_come(self, scenario: str, count: int, minutes: int) -> None:
        """Time passes, and calls end in it, with all their legs."""
        self.mock.clock.advance(minutes=minutes)
        # The legs of a call end within its billed seconds: with more of them, some would have been written before.
        billed = 0 if scenario in _UNANSWERED else minutes * 60 // count - 1
        self.mock.add_calls(count, timedelta(minutes=minutes), scenario=scenario, seconds=billed)

    @rule(minutes=st.integers(1, _MOST_MINUTES))
    def time_passes(self, minutes: int) -> None:
        """Time passes without calls."""
        self.mock.clock.advance(minutes=minutes)

    @rule(data=st.data(), times=st.integers(1, 3), after=st.integers(0, 2))
    def a_fault_starts(self, data: st.DataObject, times: int, after: int) -> None:
        """Some of the next requests for the listing fail."""
        fault = data.draw(st.sampled_from(self.faults), label="fault")
        self.mock.fail(**{"path": self.path, "times": times, "after": after, **fault})
        self._is_in_trouble = True

    @precondition(lambda self: self._is_in_trouble)
    @rule()
    def the_client_syncs_in_trouble(self) -> None:
        """The client syncs while faults are on, and may give up in its own way."""
        with contextlib.suppress(Exception):
            self.sync()

    @rule()
    def the_client_syncs(self) -> None:
        """Faults are over, the client syncs, and then has what it should."""
        self.mock.state.faults.clear()
        self._is_in_trouble = False
        self.sync()
        synced, truth = Counter(list(self.synced_ids())), Counter(list(self.truth()))
        if synced != truth:
            raise AssertionError(
                f"the client has {synced.total()} CDRs, expected {truth.total()}; "
                f"missing: {_some(truth - synced)}; not expected, or twice: {_some(synced - truth)}"
            )

    def teardown(self) -> None:
        """End the mock."""
        self.mock.close()


def _some(ids: Counter[str]) -> str:
    return ", ".join(sorted(ids)[:_MOST_NAMED]) or "none"
