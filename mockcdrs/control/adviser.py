"""Puts advice onto the records of a journal: worked out when somebody reads it, as of the end of the request.

What the data holds is looked up only then, and what knows the advice imported.
"""

import itertools
import math
from functools import partial
from typing import TYPE_CHECKING

from mockcdrs.control import counting
from mockcdrs.control.journal import Record
from mockcdrs.control.state import State
from mockcdrs.crossbar.settings import Settings

if TYPE_CHECKING:
    from mockcdrs.control.advice import Facts


class Adviser:
    """Advises on every request of one state; `at_end` is to be asked once the client is through."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.journal.on_complete.append(self._promise)

    def advice(self) -> list[str]:
        """All there is to say of what came since the last reset, in the order of the requests; see `ADVICE`."""
        from mockcdrs.control.advice import at_end

        records, state = list(self._state.journal), self._state
        facts = self._facts(state.clock.now(), state.settings, state.quirks, state.clock.is_frozen)
        return [text for record in records for text in record.advice] + at_end(records, facts)

    def _promise(self, record: Record) -> None:
        state = self._state
        record.advising = partial(self._advise, record, state.settings, state.quirks, state.clock.is_frozen)
        record.advised = None

    def _advise(self, record: Record, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool) -> list[str]:
        from mockcdrs.control.advice import LOOK_BACK, advise

        last, others = record.completion or math.inf, reversed(list(self._state.journal))
        before = (other for other in others if other.number < record.number and 0 < other.completion < last)
        ended = list(itertools.islice(before, LOOK_BACK))[::-1]
        return advise(record, ended, self._facts(record.at_gregorian, settings, quirks, is_clock_frozen))

    def _facts(self, now: int, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool) -> "Facts":
        from mockcdrs.control.advice import Facts

        return Facts(
            now=now,
            settings=settings,
            quirks=quirks,
            is_clock_frozen=is_clock_frozen,
            has_end=True,
            count_cdrs=partial(counting.cdrs, self._state.data),
            count_unlisted=partial(counting.unlisted, self._state.data),
            has_cdr=self._has_cdr,
        )

    def _has_cdr(self, account_id: str, cdr_id: str) -> bool:
        data, month = self._state.data, cdr_id[:6]
        return (
            account_id in data.accounts
            and month in data.months(account_id)
            and data.document(account_id, month, cdr_id) is not None
        )
