"""Which rows a walk through a listing's pages reaches, where quirks of the server's keep some from it.

Part of the ground truth: plain arithmetic over rows that are there already, without the server's code.
"""

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.control.question import NO_PAGES, Steps
from mockcdrs.dataset.store import Document

Test = Callable[["Row"], bool]
Key = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a listing: the key that orders it, the month in which a walk meets it, and its document.

    `place` is the month whose database holds the document, with its id. `is_made`: it was made up.
    """

    key: Key
    month: str
    document: Document
    place: tuple[str, str]
    is_made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begin:
    """Where a chunk begins: at a key, without the row that has it if that one is lost."""

    key: Key
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """How pages follow each other.

    `chunks_lose_next`, `pages_lose_next`: the row at which the next chunk or page would begin is skipped.
    `keeps_stale_key`: a month is begun at the key of the last chunk of the month before, if that took several.
    """

    steps: Steps
    are_interactions: bool = False
    chunks_lose_next: bool = False
    pages_lose_next: bool = False
    keeps_stale_key: bool = False


def reached(months: Sequence[Sequence[Row]], walk: Walk, is_shown: Test, is_broken: Test) -> Iterator[Row]:
    """The rows that arrive, of all that lie in the months' views, months and rows in the order of travel.

    A page is full when enough rows are shown, plain interactions when enough were looked at. The next one goes through
    all months again, each from the key at which the page before ended: where rows of two months overlap in time, some
    come twice and some not at all. A broken row ends the walk with an error, before anything else of the same page
    where it is plain; in chunks what is out is out.
    """
    parts = [_Month(rows, walk.steps) for rows in months]
    key: Key | None = None
    known: set[Key] = set()
    while True:
        page = _Page(walk, key)
        yield from page.rows(parts, is_shown, is_broken)
        key = page.next_key
        if key is None or key in known:
            return
        known.add(key)


class _Month:
    """The rows of a month in the order of travel, found by key."""

    def __init__(self, rows: Sequence[Row], steps: Steps) -> None:
        self.rows = rows
        self._is_ascending = steps.is_ascending
        self._keys = [row.key for row in (rows if steps.is_ascending else reversed(rows))]

    def place(self, begin: _Begin | None) -> int:
        """The place of the first row from where a chunk begins."""
        if begin is None:
            return 0
        # from the low end: the place before the key's row or behind it
        is_behind = begin.is_lost if self._is_ascending else not begin.is_lost
        found = (bisect.bisect_right if is_behind else bisect.bisect_left)(self._keys, begin.key)
        return found if self._is_ascending else len(self._keys) - found


class _Page:
    """One page of a walk, from a key on; `next_key` is the next one's once all rows were taken."""

    def __init__(self, walk: Walk, key: Key | None) -> None:
        self._walk = walk
        self._first = None if key is None else _Begin(key=key, is_lost=walk.pages_lose_next)
        self._count = 0
        self.next_key: Key | None = None

    def rows(self, months: Sequence[_Month], is_shown: Test, is_broken: Test) -> list[Row]:
        """The rows that arrive with the page."""
        steps = self._walk.steps
        arriving: list[Row] = []
        stale: _Begin | None = None
        for month in months:
            begin = stale or self._first
            has_several = False
            while True:
                at = month.place(begin)
                end = at + min(steps.chunk_size, steps.page_size - self._count)
                looked_at = month.rows[at:end]
                self.next_key = month.rows[end].key if end < len(month.rows) else None
                shown = list(filter(is_shown, looked_at))
                if any(map(is_broken, shown)):
                    return self._cut(arriving)
                arriving += shown
                self._count += len(looked_at if self._walk.are_interactions and not steps.is_chunked else shown)
                if self.next_key is None:
                    break
                if self._count == steps.page_size:
                    return arriving
                begin, has_several = _Begin(key=self.next_key, is_lost=self._walk.chunks_lose_next), True
            is_empty = at == len(month.rows)
            if self._walk.keeps_stale_key and (has_several or not is_empty):
                stale = begin if has_several else None
            if is_empty and begin is not None and begin is not self._first and self._names_next():
                self.next_key = begin.key
        return arriving

    def _cut(self, arriving: list[Row]) -> list[Row]:
        if not (self._walk.are_interactions and self._names_next()):
            self.next_key = None
        return arriving if self._walk.steps.is_chunked else []

    def _names_next(self) -> bool:
        """Whether a page in chunks that came to its end, or was cut, tells the key that it had come to."""
        steps = self._walk.steps
        return steps.is_chunked and steps.page_size < NO_PAGES and self._count > 0
