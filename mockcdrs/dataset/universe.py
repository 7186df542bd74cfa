"""A store over a universe of calls: every block of time is made when it is read, so years cost what is looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import people
from mockcdrs.dataset.bounded import BoundedCache
from mockcdrs.dataset.generator import Block, Load, blocks_of_day, generate_block
from mockcdrs.dataset.scenarios.call import minute_in
from mockcdrs.dataset.store import Document, Segment

OPENED = date(2020, 1, 1)
KEPT_DOCUMENTS = 20_000
KEPT_DAYS = 400
_ONE_DAY = timedelta(days=1)
_ID_PREFIX_LENGTH = len("YYYYMM-")


class UniverseStore:
    """The calls of a seed's main account from the day it was `opened` on, as far as they have ended by `now()`.

    `now` tells Gregorian seconds; what has not ended by then is not there.
    """

    version = 0
    removed: frozenset[str] = frozenset()

    def __init__(
        self,
        seed: int,
        load: Load,
        now: Callable[[], int],
        locale: str = people.DEFAULT_LOCALE,
        opened: date = OPENED,
    ) -> None:
        self._load = load
        self._now = now
        self._opened = opened
        self._main = people.main_account_id(seed)
        self._directory = partial(people.directory, seed, self._main, locale)
        self._blocks: BoundedCache[Block, list[Document]] = BoundedCache(KEPT_DOCUMENTS, len)
        self._days: BoundedCache[date, list[Block]] = BoundedCache(KEPT_DAYS, lambda _: 1)
        self.accounts = {account.id: replace(account, months=()) for account in people.universe(seed, locale)}

    def months(self, account_id: str) -> list[str]:
        """As in `Store`: each month since the account was opened."""
        if account_id != self._main:
            return []
        last = gregorian.to_datetime(self._now()).date()
        first = self._opened.year * 12 + self._opened.month - 1
        return [f"{row // 12:04}{row % 12 + 1:02}" for row in range(first, last.year * 12 + last.month)]

    def held(self, account_id: str, month: str) -> Iterable[Segment]:
        """As in `Store`: nothing."""
        del account_id, month
        return ()

    def made(
        self, account_id: str, month: str, times: tuple[float | None, float | None], *, descending: bool
    ) -> Iterator[Segment]:
        """As in `Store`: one segment for each block."""
        if account_id != self._main:
            return
        early, late = times
        start, end = _stretch(month)
        first = start if early is None else max(start, int(min(early, end)))
        last = min(end - 1, self._now()) if late is None else min(end - 1, self._now(), int(max(late, start - 1)))
        for day in _days(first, last, descending):
            if day < self._opened:
                continue
            for block in self._blocks_of(day)[:: -1 if descending else 1]:
                if block.end_gregorian > first and block.start_gregorian <= last:
                    yield self._segment(block)

    def _segment(self, block: Block) -> Segment:
        now = self._now()
        if block.end_gregorian <= now:
            return Segment((self._main, block), lambda: self._documents(block))
        ended = [document for document in self._documents(block) if document["pvt_created"] <= now]
        return Segment((self._main, block, len(ended)), lambda: ended)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`; the id itself tells which block to make."""
        minute = minute_in(document_id[_ID_PREFIX_LENGTH:])
        if account_id != self._main or minute is None:
            return None
        begin = gregorian.month_start(month) + minute * 60
        for segment in self.made(account_id, month, (begin, begin + 59), descending=False):
            for document in segment.documents():
                if document["_id"] == document_id:
                    return document
        return None

    def _blocks_of(self, day: date) -> list[Block]:
        return self._days.get(day, lambda: blocks_of_day(self._load, day))

    def _documents(self, block: Block) -> list[Document]:
        return self._blocks.get(block, lambda: generate_block(self._directory(), self._load, block))


def _stretch(month: str) -> tuple[int, int]:
    start = gregorian.month_start(month)
    after = (gregorian.to_datetime(start).date().replace(day=28) + 4 * _ONE_DAY).replace(day=1)
    return start, gregorian.month_start(f"{after:%Y%m}")


def _days(first: int, last: int, descending: bool) -> Iterator[date]:
    if last < first:
        return
    early, late = (gregorian.to_datetime(moment).date() for moment in (first, last))
    for count in range((late - early).days + 1):
        yield late - count * _ONE_DAY if descending else early + count * _ONE_DAY
