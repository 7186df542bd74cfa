"""A store of generated calls: each block of time is generated when it is read, so only what is read costs."""

import copy
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from math import ceil
from operator import itemgetter
from typing import Any, NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import office
from mockcdrs.dataset.call import minute_of
from mockcdrs.dataset.generator import (
    Block,
    Traffic,
    blocks_between,
    call_plan,
    day_end,
    generate_block,
    midnight_of,
    office_of,
)
from mockcdrs.dataset.lru_cache import LruCache
from mockcdrs.dataset.store import ANY_TIME, Document, Origin, Scan, Segment, TimeBasis, Times

OPENED = date(2020, 1, 1)
KEPT_DOCUMENTS = 2_000
_ID_PREFIX_LENGTH = len("YYYYMM-")
_WRITTEN = itemgetter("pvt_created")


class _GeneratedBlock(NamedTuple):
    """The documents of a block, and the indexes of them, as `Segment.derived`."""

    documents: list[Document]
    derived: dict[str, Any]

    def weight(self) -> int:
        return len(self.documents)


class GeneratedStore:
    """The calls of a seed's main account from the day `opened` on, as far as they have ended by `now()`.

    `now` returns Gregorian seconds; a leg that has not ended by then is not visible.
    """

    version = 0
    has_stored = False

    def __init__(
        self,
        seed: int,
        traffic: Traffic,
        now: Callable[[], int],
        locale: str = office.DEFAULT_LOCALE,
        opened: date = OPENED,
    ) -> None:
        self.origin = Origin(seed=seed, calls_per_day=traffic.calls_per_day, locale=locale, opened=opened.isoformat())
        self._traffic = traffic
        self._now = now
        self._opened, self._opened_gregorian = opened, midnight_of(opened)
        self._main = office.main_account_id(seed)
        self._office = partial(office_of, seed, self._main, locale, traffic)
        self._blocks: LruCache[tuple[Block, TimeBasis], _GeneratedBlock]
        self._blocks = LruCache(KEPT_DOCUMENTS, _GeneratedBlock.weight)
        phones = call_plan(seed, self._main, locale, traffic).phones
        self.accounts = {
            account.id: account._replace(months=()) for account in office.generate_accounts(seed, locale, phones)
        }

    def with_clock(self, now: Callable[[], int]) -> "GeneratedStore":
        """The same calls under another clock `now`; the cache of blocks is shared."""
        other = copy.copy(self)
        other._now, other.accounts = now, dict(self.accounts)  # noqa: SLF001 one of its own
        return other

    def months(self, account_id: str) -> list[str]:
        """As in `Store`: each month since the account was opened."""
        if account_id != self._main:
            return []
        last = gregorian.day_of(self._now())
        return list(_months(self._opened.year * 12 + self._opened.month - 1, last.year * 12 + last.month))

    def scan(
        self,
        account_id: str,
        month: str,
        times: Times = ANY_TIME,
        *,
        descending: bool = False,
        by: TimeBasis = "written",
    ) -> Scan:
        """As in `Store`: a generated segment for each block."""
        if account_id != self._main:
            return Scan()
        early, late = times
        start, end = gregorian.month_bounds(month)
        start, end = max(start, self._opened_gregorian), min(end - 1, self._now())
        first = start if early is None else max(start, ceil(min(early, end + 1)))
        last = end if late is None else min(end, int(max(late, start - 1)))
        if first > last:
            return Scan()
        return Scan(generated=self._segments(blocks_between(self._traffic, first, last, descending=descending), by))

    def _segments(self, blocks: Iterable[Block], basis: TimeBasis) -> Iterator[Segment]:
        now = self._now()
        for block in blocks:
            by: TimeBasis = "written" if block.is_day else basis
            documents, derived = self._generated(block, by)
            if (block.end_gregorian if by == "written" else day_end(block)) > now:
                documents = documents[: bisect_right(documents, now, key=_WRITTEN)]
            yield Segment((self._main, block, by, len(documents)), documents.copy, derived)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`; the id tells which block to generate."""
        minute = minute_of(document_id[_ID_PREFIX_LENGTH:])
        if account_id != self._main or not document_id.startswith(f"{month}-") or minute is None:
            return None
        begin = gregorian.month_start(month) + minute * 60
        for segment in self.scan(account_id, month, (begin, begin + 59), by="begun").generated:
            for document in segment.visible():
                if document["_id"] == document_id:
                    return document
        return None

    def _generated(self, block: Block, by: TimeBasis) -> _GeneratedBlock:
        return self._blocks.get(
            (block, by), lambda: _GeneratedBlock(generate_block(self._office(), self._traffic, block, by), {})
        )


@lru_cache(maxsize=16)  # a request asks two or three times, which would take a seventh of its time
def _months(first: int, end: int) -> tuple[str, ...]:
    """Names of months that are counted from the year 0, without the `end`."""
    return tuple(f"{row // 12:04}{row % 12 + 1:02}" for row in range(first, end))
