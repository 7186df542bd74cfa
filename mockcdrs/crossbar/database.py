"""Queries on a view of one month, as CouchDB answers them.

Rows come in the order of their keys, of equal keys in the order of document ids. What is derived from a segment is
kept, up to a bound.
"""

import bisect
import functools
import heapq
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import collation, json_text
from mockcdrs.crossbar.view_maps import View
from mockcdrs.dataset.bounded import BoundedCache
from mockcdrs.dataset.store import Segment, Store

KEPT_ENTRIES = 4_000
KEPT_ROWS = 1_000


class QueryError(Exception):
    """CouchDB refuses the query: no row can lie between these keys in this direction."""


class NoDatabase(Exception):
    """The month has no database."""


class ListingRow(dict[str, Any]):
    """What a listing shows of a document; `json` is its text, made once."""

    @functools.cached_property
    def json(self) -> bytes:
        """Compact JSON."""
        return json_text.encode(self)


@dataclass(frozen=True, slots=True)
class Row:
    """A view row: the key, the value that the map or reduce gave, and the document where one row is one document."""

    key: Any
    value: Any
    document: Document | None


@dataclass(frozen=True, slots=True)
class _Entry:
    order: collation.Key
    row: Row
    document_id: str


_order = operator.attrgetter("order")


@dataclass(frozen=True, slots=True)
class KeyRange:
    """From `start` to `end`, both included, in the direction of travel; `None` is open."""

    start: Any
    end: Any
    descending: bool

    def bounds(self) -> tuple[collation.Key, collation.Key]:
        """Least and greatest key; `QueryError` where they are reversed."""
        start = collation.LOWEST if self.start is None else collation.key(self.start)
        end = collation.HIGHEST if self.end is None else collation.key(self.end)
        low, high = (end, start) if self.descending else (start, end)
        if low > high:
            raise QueryError("no row can lie between these keys")
        return low, high


class Databases:
    """All month databases of a store.

    `rows` keeps listing rows, with their documents, under the identity of these and whatever else a row depends on.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[tuple[Any, ...], list[_Entry]] = {}
        self._made: BoundedCache[tuple[Any, ...], list[_Entry]] = BoundedCache(KEPT_ENTRIES, len)
        self.rows: BoundedCache[tuple[Any, ...], tuple[Document, ListingRow]] = BoundedCache(KEPT_ROWS, lambda _: 1)

    def query(self, view: View, account_id: str, month: str, wanted: KeyRange) -> Iterator[Row]:
        """Rows of a view in a month, groups reduced. Lazy: costs what is taken of it.

        Raises `NoDatabase` and `QueryError`.
        """
        if month not in self._store.months(account_id):
            raise NoDatabase(month)
        wanted.bounds()
        entries = self._scan(view, account_id, month, wanted)
        if view.reduce is None:
            return (entry.row for entry in entries)
        return _groups(entries, view.group_level, view.reduce, wanted.descending)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document of a month by its id; raises `NoDatabase`."""
        if month not in self._store.months(account_id):
            raise NoDatabase(month)
        return self._store.document(account_id, month, document_id)

    def _scan(self, view: View, account_id: str, month: str, wanted: KeyRange) -> Iterable[_Entry]:
        held = [
            self._seen(segment, _part(self._kept(view, segment), wanted))
            for segment in self._store.held(account_id, month)
        ]
        made = (
            self._seen(segment, _part(self._index(view, segment), wanted))
            for segment in self._store.made(
                account_id, month, _times(view, wanted), descending=wanted.descending, by=view.moment
            )
        )
        if _is_over_owners(view, wanted):
            # parts follow each other in time only as long as the owner is one
            return heapq.merge(*held, *made, key=_order, reverse=wanted.descending)
        return heapq.merge(*held, itertools.chain.from_iterable(made), key=_order, reverse=wanted.descending)

    def _seen(self, segment: Segment, entries: Iterator[_Entry]) -> Iterator[_Entry]:
        removed = self._store.removed
        if not removed or segment.is_passing:
            return entries
        return (entry for entry in entries if entry.document_id not in removed)

    def _kept(self, view: View, segment: Segment) -> list[_Entry]:
        if segment.is_passing:
            return self._index(view, segment)
        identity = (view.name, *segment.identity)
        if identity not in self._held:
            self._held[identity] = _build(view, segment.documents())
        return self._held[identity]

    def _index(self, view: View, segment: Segment) -> list[_Entry]:
        return self._made.get((view.name, *segment.identity), lambda: _build(view, segment.documents()))


def _part(index: list[_Entry], wanted: KeyRange) -> Iterator[_Entry]:
    low, high = wanted.bounds()
    first = bisect.bisect_left(index, low, key=_key_order)
    last = bisect.bisect_right(index, high, key=_key_order)
    steps = range(last - 1, first - 1, -1) if wanted.descending else range(first, last)
    return (index[step] for step in steps)


def _is_over_owners(view: View, wanted: KeyRange) -> bool:
    if not view.has_owner:
        return False
    owners = [key[:1] if isinstance(key, list) else key for key in (wanted.start, wanted.end)]
    return owners[0] != owners[1]


def _times(view: View, wanted: KeyRange) -> tuple[float | None, float | None]:
    """Earliest and latest time that the keys allow, as far as they tell."""
    times = [view.time_of(key) if isinstance(key, list) else None for key in (wanted.start, wanted.end)]
    early, late = reversed(times) if wanted.descending else times
    return (None, None) if _is_over_owners(view, wanted) else (early, late)


def _key_order(entry: _Entry) -> collation.Key:
    key_order: collation.Key = entry.order[0]
    return key_order


def _build(view: View, documents: Iterable[Document]) -> list[_Entry]:
    entries = []
    for document in documents:
        emitted = view.map(document)
        if emitted is not None:
            key, value = emitted
            order = (collation.key(key), collation.text_key(document["_id"]))
            entries.append(_Entry(order, Row(key, value, document), document["_id"]))
    entries.sort(key=_order)
    return entries


def _groups(
    entries: Iterable[_Entry], level: int, reduce: Callable[[list[Any]], Any], descending: bool
) -> Iterator[Row]:
    for _, group in itertools.groupby(entries, key=lambda entry: _key_order(entry)[1][:level]):
        rows = [entry.row for entry in group]
        key = rows[0].key[:level]
        yield Row(key, reduce([row.value for row in (reversed(rows) if descending else rows)]), None)
