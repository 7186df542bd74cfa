"""Puts advice onto the records of a journal: worked out when somebody reads it, as of the end of the request.

What the data holds is looked up only then, and what knows the advice imported.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from mockcdrs.control import counting
from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.state import State
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.control.advice.facts import Facts

LOOK_BACK = 200
_ACCOUNTS = 32


class Adviser:
    """Advises on every request of one state; `at_end` is to be asked once the client is through."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._unlisted = lru_cache(_ACCOUNTS)(self._find_unlisted)
        self._over = lru_cache(_ACCOUNTS)(self._find_over)
        state.journal.on_complete.append(self._promise)

    def advice(self) -> list[str]:
        """All there is to say of the requests that the journal keeps, in their order; see `ADVICE`.

        Of one that is still under way it is what is known already.
        """
        from mockcdrs.control.advice import at_end

        records, state = list(self._state.journal), self._state
        facts = self._facts(state.clock.now(), state.settings, state.quirks, state.clock.is_frozen)
        return [text for record in records for text in self._said_of(record)] + at_end(records, facts)

    def _said_of(self, record: Record) -> list[str]:
        return self._advising()(record) if record.advising is None else record.advice

    def _promise(self, record: Record) -> None:
        record.advising = self._advising()

    def _advising(self) -> Callable[[Record], list[str]]:
        state = self._state
        return partial(self._advise, state.settings, state.quirks, state.clock.is_frozen)

    def _advise(self, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool, record: Record) -> list[str]:
        from mockcdrs.control.advice import advise

        facts = self._facts(record.at_gregorian, settings, quirks, is_clock_frozen)
        return advise(record, _Ended(self._state.journal, record), facts)

    def _facts(self, now: int, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool) -> "Facts":
        from mockcdrs.control.advice.facts import Facts

        return Facts(
            now=now,
            settings=settings,
            version=self._state.version,
            quirks=quirks,
            is_clock_frozen=is_clock_frozen,
            has_end=True,
            count_cdrs=partial(counting.cdrs, self._state.data),
            count_unlisted=self._count_unlisted,
            has_cdr=self._has_cdr,
            over_month_end=self._over_month_end,
        )

    def _count_unlisted(self, account_id: str, start: int, end: int) -> int:
        return sum(start <= written <= end for written in self._unlisted(account_id, self._state.data.version))

    def _find_unlisted(self, account_id: str, _version: int) -> list[float]:
        return counting.unlisted(self._state.data, account_id)

    def _over_month_end(self, account_id: str, month: str) -> list[Document]:
        return self._over(account_id, month, self._state.data.version)

    def _find_over(self, account_id: str, month: str, _version: int) -> list[Document]:
        return counting.over_month_end(self._state.data, account_id, month)

    def _has_cdr(self, account_id: str, cdr_id: str) -> bool:
        data, month = self._state.data, cdr_id[:6]
        return (
            account_id in data.accounts
            and month in data.months(account_id)
            and data.document(account_id, month, cdr_id) is not None
        )


@dataclass(frozen=True, slots=True)
class _Ended:
    """Those of the requests before another that were over before it, the last first; looked for at each turn."""

    journal: Journal
    record: Record

    def __iter__(self) -> Iterator[Record]:
        last = self.record.completion or math.inf
        before = self.journal.before(self.record.number, LOOK_BACK)
        return (other for other in before if 0 < other.completion < last)
