"""The adviser of a running mock: it gives the journal's records their advice and looks up for it what the data holds.

Advice is computed when somebody reads it, as of the end of its request; the rules are imported only then. Counts cost
little however large the data is: stored documents come first, then generated ones of the newest months, both up to a
limit.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.state import State
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.store import Document, Store

if TYPE_CHECKING:
    from mockcdrs.advice.advice_rule import AdviceContext

MAX_EARLIER_REQUESTS = 200
_EARLIER_AT_ONCE = 20
MAX_DOCUMENTS = 5_000
_CACHED_ACCOUNTS = 32


class Adviser:
    """Gives each record of one state's journal its advice."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._count_cdrs = partial(count_cdrs, state.data)
        self._unlisted = lru_cache(_CACHED_ACCOUNTS)(self._find_unlisted)
        self._over = lru_cache(_CACHED_ACCOUNTS)(self._find_over)
        self._advise_now = partial(self._advise, state.settings, state.quirks, state.clock.is_frozen)
        state.journal.on_complete.append(self._set_advice)

    def advice(self) -> list[str]:
        """Return all advice on the requests that the journal keeps, in their order, then what holds for all of them.

        For a request that is still under way it is what is known so far.
        """
        from mockcdrs.advice.registry import advise_at_end

        records, state = list(self._state.journal), self._state
        context = self._context(state.clock.now(), state.settings, state.quirks, state.clock.is_frozen)
        return [text for record in records for text in self._advice_on(record)] + advise_at_end(records, context)

    def open_advice(self, records: Sequence[Record]) -> list[list[str]]:
        """Return, for each of the records, the advice on it that holds unless its client goes on."""
        from mockcdrs.advice.registry import advise_unless_continued

        oldest = min((record.number for record in records), default=0)
        since = [record for record in self._state.journal if record.number >= oldest]
        texts: dict[int, list[str]] = {}
        for record, text in advise_unless_continued(since):
            texts.setdefault(id(record), []).append(text)
        return [texts.get(id(record), []) for record in records]

    def _advice_on(self, record: Record) -> list[str]:
        if record.adviser is not None:
            return record.advice
        state = self._state
        return self._advise(state.settings, state.quirks, state.clock.is_frozen, record)

    def _set_advice(self, record: Record) -> None:
        state = self._state
        record.adviser = partial(self._advise, state.settings, state.quirks, state.clock.is_frozen)
        if record.adviser.args == self._advise_now.args:  # one for all records as long as nothing changes
            record.adviser = self._advise_now
        else:
            self._advise_now = record.adviser

    def _advise(self, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool, record: Record) -> list[str]:
        context = self._context(record.at_gregorian, settings, quirks, is_clock_frozen)
        return _rules().advise(record, _EarlierRequests(self._state.journal, record), context)

    def _context(self, now: int, settings: Settings, quirks: frozenset[str], is_clock_frozen: bool) -> "AdviceContext":
        has_stored = self._state.data.has_stored  # generated CDRs are all listed, in the month in which they end
        return _rules().context(
            now=now,
            settings=settings,
            version=self._state.version,
            quirks=quirks,
            is_clock_frozen=is_clock_frozen,
            count_cdrs=self._count_cdrs,
            count_unlisted=self._count_unlisted if has_stored else None,
            has_cdr=self._has_cdr,
            over_month_end=self._over_month_end if has_stored else None,
        )

    def _count_unlisted(self, account_id: str, start: int, end: int) -> int:
        return sum(start <= written <= end for written in self._unlisted(account_id, self._state.data.version))

    def _find_unlisted(self, account_id: str, _version: int) -> list[float]:
        return find_unlisted_times(self._state.data, account_id)

    def _over_month_end(self, account_id: str, month: str) -> list[Document]:
        return self._over(account_id, month, self._state.data.version)

    def _find_over(self, account_id: str, month: str, _version: int) -> list[Document]:
        return find_over_month_end(self._state.data, account_id, month)

    def _has_cdr(self, account_id: str, cdr_id: str) -> bool:
        data, month = self._state.data, cdr_id[:6]
        return (
            account_id in data.accounts
            and month in data.months(account_id)
            and data.document(account_id, month, cdr_id) is not None
        )


class _Rules(NamedTuple):
    """The functions of the rules' modules, which are imported when advice is first read."""

    context: "type[AdviceContext]"
    advise: "Callable[[Record, Iterable[Record], AdviceContext], list[str]]"


@cache  # each line of the log has advice, and the import statements would take a tenth of its time
def _rules() -> _Rules:
    from mockcdrs.advice.advice_rule import AdviceContext
    from mockcdrs.advice.registry import advise

    return _Rules(AdviceContext, advise)


class _EarlierRequests:
    """The requests that came before another one and ended before it, the latest first, read anew at each iteration."""

    def __init__(self, journal: Journal, record: Record) -> None:
        self._journal = journal
        self._record = record

    def __iter__(self) -> Iterator[Record]:
        last, number, left = self._record.completion or math.inf, self._record.number, MAX_EARLIER_REQUESTS
        # in small parts: most rules stop after a few
        while before := self._journal.before(number, min(_EARLIER_AT_ONCE, left)):
            for other in before:
                if 0 < other.completion < last:
                    yield other
            number, left = before[-1].number, left - len(before)


def count_cdrs(store: Store, account_id: str, start: int, end: int) -> int:
    """Count an account's CDRs written from `start` to `end`, in Gregorian seconds, both included, to `MAX_COUNT`."""
    from mockcdrs.advice.advice_rule import MAX_COUNT

    cdrs = (document for document in _documents(store, account_id, start, end) if _is_written(document, start, end))
    return sum(1 for _ in islice(cdrs, MAX_COUNT))


def find_unlisted_times(store: Store, account_id: str) -> list[float]:
    """Return when an account's CDRs without `custom_channel_vars` were written, in Gregorian seconds.

    Generated CDRs have them all.
    """
    documents = islice(_stored(store, account_id), MAX_DOCUMENTS)
    return [
        document["pvt_created"]
        for document in documents
        if document.get("custom_channel_vars") is None and _is_written(document, -math.inf, math.inf)
    ]


def find_over_month_end(store: Store, account_id: str, month: str) -> list[Document]:
    """Return the stored CDRs in the database of a month, `YYYYMM`, that were written after the month."""
    if month not in _months(store, account_id):
        return []
    _, month_end = gregorian.month_bounds(month)
    return [
        document
        for segment in store.scan(account_id, month).stored
        for document in segment.visible()
        if _is_written(document, month_end, math.inf)
    ]


def _documents(store: Store, account_id: str, start: int, end: int) -> Iterator[Document]:
    yield from islice(_stored(store, account_id), MAX_DOCUMENTS)
    for month in _months(store, account_id):
        for segment in store.scan(account_id, month, (start, end), descending=True).generated:
            yield from segment.visible()


def _stored(store: Store, account_id: str) -> Iterator[Document]:
    for month in _months(store, account_id):
        for segment in store.scan(account_id, month).stored:
            yield from segment.visible()


def _months(store: Store, account_id: str) -> list[str]:
    return store.months(account_id)[::-1] if account_id in store.accounts else []


def _is_written(document: Document, start: float, end: float) -> bool:
    """Whether a document is a CDR that was written from `start` to `end`."""
    created = document.get("pvt_created")
    return document.get("pvt_type") == "cdr" and isinstance(created, int | float) and start <= created <= end
