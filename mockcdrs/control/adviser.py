"""Puts advice onto the records of a journal, as requests end."""

from functools import partial

from mockcdrs.control import counting
from mockcdrs.control.advice import Facts, advise, at_end
from mockcdrs.control.journal import Record
from mockcdrs.control.state import State


class Adviser:
    """Advises on every request of one state; `at_end` is to be asked once the client is through."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.journal.on_complete.append(self._advise)

    def advice(self) -> list[str]:
        """All there is to say of what came since the last reset, in the order of the requests; see `ADVICE`."""
        records = list(self._state.journal)
        return [text for record in records for text in record.advice] + at_end(records, self._facts())

    def _advise(self, record: Record) -> None:
        earlier = [other for other in self._state.journal if other.number < record.number]
        record.advice = advise(record, earlier, self._facts())

    def _facts(self) -> Facts:
        state = self._state
        return Facts(
            now=state.clock.now(),
            settings=state.settings,
            quirks=state.quirks,
            is_clock_frozen=state.clock.is_frozen,
            has_end=True,
            count_cdrs=partial(counting.cdrs, state.data),
            count_unlisted=partial(counting.unlisted, state.data),
            has_cdr=self._has_cdr,
        )

    def _has_cdr(self, account_id: str, cdr_id: str) -> bool:
        data, month = self._state.data, cdr_id[:6]
        return (
            account_id in data.accounts
            and month in data.months(account_id)
            and data.document(account_id, month, cdr_id) is not None
        )
