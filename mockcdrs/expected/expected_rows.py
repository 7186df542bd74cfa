"""The rows of a listing: which leg stands for an interaction, and which rows a walk through the pages reaches.

Part of the ground truth: plain arithmetic over documents, without the code that answers requests. Legs are compared as
the views' JavaScript compares them.
"""

import bisect
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.store import Document

UNPAGED = sys.maxsize
"""The `page_size` of a walk that gets all rows with one page."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

RowTest = Callable[["ExpectedRow"], bool]
RowKey = tuple[Any, str]
"""What a view sorts its rows by."""


@dataclass(frozen=True, slots=True)
class PageWalk:
    """How a client walks through the pages of a listing.

    Arguments:
        page_size: the rows of a page, or `UNPAGED`.
        chunk_size: the rows that the server reads at once.
        is_chunked: whether the server answers in chunks.
        is_ascending: whether the oldest rows come first.

    """

    page_size: int
    chunk_size: int
    is_chunked: bool
    is_ascending: bool


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A row of a listing.

    Arguments:
        key: what orders it among the rows of its month.
        month: the month, `YYYYMM`, in which a walk meets it.
        document: the CDR.
        place: the month whose database holds the document, and its id.
        is_generated: whether the document is generated.

    """

    key: RowKey
    month: str
    document: Document
    place: tuple[str, str]
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class WalkRules:
    """How pages and chunks follow each other.

    Arguments:
        walk: the sizes and the direction.
        are_interactions: whether each row is an interaction.
        chunks_lose_next: whether the row at which the next chunk would begin is skipped.
        pages_lose_next: whether the row at which the next page would begin is skipped.
        keeps_stale_key: whether a month begins at the key of the last chunk of the month before, if that took several.

    """

    walk: PageWalk
    are_interactions: bool = False
    chunks_lose_next: bool = False
    pages_lose_next: bool = False
    keeps_stale_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where a chunk begins: at a key, without the row that has it if that row is lost."""

    key: RowKey
    is_lost: bool


def find_reachable(
    months: Sequence[Sequence[ExpectedRow]], rules: WalkRules, is_shown: RowTest, is_broken: RowTest
) -> Iterator[ExpectedRow]:
    """Yield the rows that a walk receives, of all that lie in the views of `months`.

    Months and rows are in the order of the walk. A page is full when enough rows are shown, or of unchunked
    interactions when enough were read. The next page goes through all months again, each from the key at which the page
    before ended: where the rows of two months overlap in time, some come twice and some not at all. A broken row ends
    the walk with an error: an unchunked page has no rows then, a chunked one those of its chunks before.
    """
    parts = [_Month(rows, rules.walk) for rows in months]
    key: RowKey | None = None
    known: set[RowKey] = set()
    while True:
        page = _Page(rules, key)
        yield from page.rows(parts, is_shown, is_broken)
        key = page.next_key
        if key is None or key in known:
            return
        known.add(key)


class _Month:
    """The rows of a month in the order of the walk, found by key."""

    def __init__(self, rows: Sequence[ExpectedRow], walk: PageWalk) -> None:
        self.rows = rows
        self._is_ascending = walk.is_ascending
        self._keys = [row.key for row in (rows if walk.is_ascending else reversed(rows))]

    def find(self, start: _Start | None) -> int:
        """Return the place of the first row of a chunk."""
        if start is None:
            return 0
        # counted from the lowest key on: the place before the key's row or behind it
        is_behind = start.is_lost if self._is_ascending else not start.is_lost
        place = (bisect.bisect_right if is_behind else bisect.bisect_left)(self._keys, start.key)
        return place if self._is_ascending else len(self._keys) - place


class _Page:
    """One page of a walk, from a key on. `next_key` is the next page's once all rows were taken."""

    def __init__(self, rules: WalkRules, key: RowKey | None) -> None:
        self._rules = rules
        self._first = None if key is None else _Start(key=key, is_lost=rules.pages_lose_next)
        self._count = 0
        self.next_key: RowKey | None = None

    def rows(self, months: Sequence[_Month], is_shown: RowTest, is_broken: RowTest) -> list[ExpectedRow]:
        """Return the rows that the page has."""
        walk = self._rules.walk
        received: list[ExpectedRow] = []
        stale: _Start | None = None
        for month in months:
            start = stale or self._first
            has_several_chunks = False
            while True:
                place = month.find(start)
                end = place + min(walk.chunk_size, walk.page_size - self._count)
                read = month.rows[place:end]
                self.next_key = month.rows[end].key if end < len(month.rows) else None
                shown = list(filter(is_shown, read))
                if any(map(is_broken, shown)):
                    return self._break_off(received)
                received += shown
                self._count += len(read if self._rules.are_interactions and not walk.is_chunked else shown)
                if self.next_key is None:
                    break
                if self._count == walk.page_size:
                    return received
                start, has_several_chunks = _Start(key=self.next_key, is_lost=self._rules.chunks_lose_next), True
            is_empty = place == len(month.rows)
            if self._rules.keeps_stale_key and (has_several_chunks or not is_empty):
                stale = start if has_several_chunks else None
            if is_empty and start is not None and start is not self._first and self._names_next():
                self.next_key = start.key
        return received

    def _break_off(self, received: list[ExpectedRow]) -> list[ExpectedRow]:
        if not (self._rules.are_interactions and self._names_next()):
            self.next_key = None
        return received if self._rules.walk.is_chunked else []

    def _names_next(self) -> bool:
        """Whether a chunked page that ended, or broke off, names the key that it had reached."""
        walk = self._rules.walk
        return walk.is_chunked and walk.page_size < UNPAGED and self._count > 0


def choose_leg(legs: Sequence[Document], *, by_billed_seconds: bool, is_of_user: bool, is_ascending: bool) -> Document:
    """Return the one of an interaction's legs that the server shows: the one made first, or that with the most seconds.

    CouchDB gives the legs to a descending walk in ascending order, and the other way round. Of equal ones an account's
    listing keeps the first, a user's the last.
    """
    chosen, *others = sorted(legs, key=view_order, reverse=is_ascending)
    for other in others:
        first, second = (chosen, other) if is_of_user else (other, chosen)
        is_better = _precedes(first, second, by_billed_seconds=by_billed_seconds) is not is_of_user
        chosen = other if is_better else chosen
    return chosen


def _precedes(one: Document, other: Document, *, by_billed_seconds: bool) -> bool:
    if by_billed_seconds:
        left, right = _billed_seconds(other), _billed_seconds(one)
    else:
        left, right = _created_time(one), _created_time(other)
    if _is_less(left, right) or _is_less(right, left):
        return _is_less(left, right)
    return _is_less(_loopback_leg(one), _loopback_leg(other))


def view_order(document: Document) -> tuple[Any, str]:
    """Return the order of a leg in the view, among those of its interaction."""
    return _collation_key(_created_time(document)), str(document["_id"])


def _collation_key(value: Any) -> tuple[int, Any]:
    """Return what CouchDB sorts a value by: null, false and true, numbers, texts, lists, objects."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
        case list():
            return 4, [*map(_collation_key, value)]
    return 5, [(name, _collation_key(item)) for name, item in value.items()]


def _created_time(document: Document) -> Any:
    """Return when the leg's channel was created: as the document says, else its end less its duration, if known."""
    created = document.get("channel_created_time")
    if _is_truthy(created):
        return created
    end, duration = (
        _to_number(document[key]) if key in document else math.nan for key in ("timestamp", "duration_seconds")
    )
    return None if math.isnan(end - duration) else end - duration


def _billed_seconds(document: Document) -> Any:
    seconds = document.get("billing_seconds")
    return seconds if _is_truthy(seconds) else 0


def _loopback_leg(document: Document) -> Any:
    leg = document.get("channel_loopback_leg")
    return leg if _is_truthy(leg) else "_"


def _is_truthy(value: Any) -> bool:
    """Whether JavaScript takes a value for true."""
    return isinstance(value, list | dict) or bool(value)


def _is_less(one: Any, other: Any) -> bool:
    """Return `one < other` of JavaScript: texts by UTF-16 units, all else as numbers, of which NaN is never less."""
    one, other = (_to_text(value) if isinstance(value, list | dict) else value for value in (one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass")
    return _to_number(one) < _to_number(other)


def _to_number(value: Any) -> float:
    """Return a value as JavaScript converts it to a number."""
    if value is None or isinstance(value, int | float):
        return float(value or 0)
    text = _to_text(value).strip()
    return float(text or 0) if not text or _NUMBER.fullmatch(text) else math.nan


def _to_text(value: Any) -> str:
    """Return a value as JavaScript converts it to text."""
    match value:
        case None:
            return ""  # null is met as an item of a list only
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case dict():
            return "[object Object]"
        case list():
            return ",".join(map(_to_text, value))
    return str(value)
