"""Queries on a view of one month, as CouchDB answers them.

Rows come in the order of their keys, of equal keys in the order of their document ids' bytes. What is derived from a
segment is kept, up to a bound.
"""

import bisect
import functools
import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import collation, json_text, start_key
from mockcdrs.crossbar.view_maps import MapFunction, View
from mockcdrs.dataset.lru_cache import LruCache
from mockcdrs.dataset.store import Segment, Store

KEPT_ENTRIES = 4_000
KEPT_ROWS = 1_000
_RUN, _STEP = 4_096, 8


class QueryError(Exception):
    """CouchDB refuses the query; `cause` is what Kazoo makes of its refusal, nothing where that is no text."""

    def __init__(self, why: str, cause: str = "") -> None:
        super().__init__(why)
        self.cause = cause


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

    @property
    def document_id(self) -> str:
        """The document's id, empty for a group."""
        return self.document["_id"] if self.document else ""


class _MappedRow(Row):
    """A row that makes its key when it is read: rows are many, and few of their keys are read."""

    __slots__ = ("_map",)
    _map: Callable[[Any], Any]

    def __init__(self, view_map: MapFunction, value: Any, document: Document) -> None:
        for name, given in (("_map", view_map), ("value", value), ("document", document)):
            object.__setattr__(self, name, given)

    @property
    def key(self) -> Any:
        return self._map(self.document)[0]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """From `start` to `end`, both included, in the direction of travel; `None` is open."""

    start: Any
    end: Any
    descending: bool

    def bounds(self) -> tuple[collation.Key, collation.Key]:
        """Least and greatest key; `QueryError` where they are reversed, or no JSON at all."""
        if not (start_key.is_json(self.start) and start_key.is_json(self.end)):
            raise QueryError("a key that is no JSON", "timeout")
        start = collation.LOWEST if self.start is None else collation.key(self.start)
        end = collation.HIGHEST if self.end is None else collation.key(self.end)
        low, high = (end, start) if self.descending else (start, end)
        if low > high:
            raise QueryError("no row can lie between these keys", "Bad Request")
        return low, high

    def within(self, least: Any, greatest: Any) -> "KeyRange | None":
        """What of it lies between two keys, `None` where nothing does; raises `QueryError`."""
        self.bounds()
        start, end = (self.end, self.start) if self.descending else (self.start, self.end)
        start, end = max(start, least, key=collation.key), min(end, greatest, key=collation.key)
        if collation.key(start) > collation.key(end):
            return None
        return KeyRange(end, start, descending=True) if self.descending else KeyRange(start, end, descending=False)


def _key_order(row: Row) -> collation.Key:
    return collation.key(row.key)


def _order(row: Row) -> tuple[collation.Key, str]:
    return collation.key(row.key), row.document_id  # code points are in the order of UTF-8's bytes


class _Index:
    """The rows that a view has of some documents, in order.

    What they are sorted by weighs a kilobyte each: so it is held of one run at a time while they are sorted, later of
    each `_STEP`th only, to find places with.
    """

    def __init__(self, view: View, documents: Iterable[Document]) -> None:
        rows = iter(
            [
                _MappedRow(view.map, emitted[1], document)
                for document in documents
                if (emitted := view.map(document)) is not None
            ]
        )
        runs = iter(lambda: sorted(itertools.islice(rows, _RUN), key=_order), [])
        self._rows = list(heapq.merge(*runs, key=_order))
        self._posts = list(map(_key_order, self._rows[::_STEP]))
        self._places: dict[Callable[..., int], tuple[collation.Key, int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def part(self, low: collation.Key, high: collation.Key, *, descending: bool) -> Iterator[Row]:
        """The rows from a least to a greatest key, in a direction."""
        first, last = self._place(bisect.bisect_left, low), self._place(bisect.bisect_right, high)
        return map(self._rows.__getitem__, range(last - 1, first - 1, -1) if descending else range(first, last))

    def _place(self, bisected: Callable[..., int], bound: collation.Key) -> int:
        known, place = self._places.get(bisected, (None, 0))
        if known != bound:  # all chunks of a walk end at the same key
            end = bisected(self._posts, bound) * _STEP
            place = bisected(self._rows, bound, max(0, end - _STEP), min(end, len(self)), key=_key_order)
            self._places[bisected] = bound, place
        return place


_Indexes = LruCache[tuple[Any, ...], _Index]


class _Kept:
    """What is derived from segments and documents that do not change."""

    def __init__(self) -> None:
        self.held: dict[tuple[Any, ...], _Index] = {}
        self.made = _Indexes(KEPT_ENTRIES, len)
        self.rows = LruCache[tuple[Any, ...], tuple[Document, ListingRow]](KEPT_ROWS, lambda _: 1)


class Databases:
    """All month databases of a store. What is kept of its base is shared with those `beside` it, over the same base.

    `rows` keeps listing rows, with their documents, under the identity of these and whatever else a row depends on.
    """

    def __init__(self, store: Store, beside: "Databases | None" = None) -> None:
        self._store = store
        self.kept: _Kept = _Kept() if beside is None else beside.kept
        self._passing = _Indexes(KEPT_ENTRIES, len)
        self.rows = self.kept.rows

    def query(self, view: View, account_id: str, month: str, wanted: KeyRange) -> Iterator[Row]:
        """Rows of a view in a month, groups reduced. Lazy: costs what is taken of it.

        Raises `NoDatabase` and `QueryError`.
        """
        if month not in self._store.months(account_id):
            raise NoDatabase(month)
        rows = self._scan(view, account_id, month, wanted)
        return rows if view.reduce is None else _groups(rows, view.group_level, view.reduce)

    def query_months(self, view: View, account_id: str, wanted: KeyRange) -> Iterator[Row]:
        """Rows of a view without groups in all months together; raises `QueryError`."""
        found = [self._scan(view, account_id, month, wanted) for month in self._store.months(account_id)]
        return heapq.merge(*found, key=_order, reverse=wanted.descending)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document of a month by its id; raises `NoDatabase`."""
        if month not in self._store.months(account_id):
            raise NoDatabase(month)
        return self._store.document(account_id, month, document_id)

    def _scan(self, view: View, account_id: str, month: str, wanted: KeyRange) -> Iterator[Row]:
        low, high = wanted.bounds()
        held = [
            segment.visible_rows(self._index_of_held(view, segment).part(low, high, descending=wanted.descending))
            for segment in self._store.held(account_id, month)
        ]
        made = (
            segment.visible_rows(_indexed(self.kept.made, view, segment).part(low, high, descending=wanted.descending))
            for segment in self._store.made(
                account_id, month, _times(view, wanted), descending=wanted.descending, by=view.moment
            )
        )
        if _is_over_owners(view, wanted):
            # parts follow each other in time only as long as the owner is one
            return heapq.merge(*held, *made, key=_order, reverse=wanted.descending)
        return heapq.merge(*held, itertools.chain.from_iterable(made), key=_order, reverse=wanted.descending)

    def _index_of_held(self, view: View, segment: Segment) -> _Index:
        if segment.is_passing:
            return _indexed(self._passing, view, segment)
        identity, held = (view.name, *segment.identity), self.kept.held
        if identity not in held:
            held[identity] = _Index(view, segment.read())
        return held[identity]


def _indexed(kept: _Indexes, view: View, segment: Segment) -> _Index:
    return kept.get((view.name, *segment.identity), lambda: _Index(view, segment.read()))


def _is_over_owners(view: View, wanted: KeyRange) -> bool:
    if not view.has_owner:
        return False
    owners = [key[:1] if isinstance(key, list) else key for key in (wanted.start, wanted.end)]
    return not erlang.same(*owners)


def _times(view: View, wanted: KeyRange) -> tuple[float | None, float | None]:
    """Earliest and latest time that the keys allow, as far as they tell."""
    times = [view.time_of(key) if isinstance(key, list) else None for key in (wanted.start, wanted.end)]
    early, late = reversed(times) if wanted.descending else times
    return (None, None) if _is_over_owners(view, wanted) else (early, late)


def _groups(found: Iterable[Row], level: int, reduce: Callable[[list[Any]], Any]) -> Iterator[Row]:
    """A row for each group; its values are reduced in the reverse of the direction of travel, as CouchDB has it."""
    for _, group in itertools.groupby(found, key=lambda row: collation.key(row.key[:level])):
        rows = list(group)
        key = rows[0].key[:level]
        yield Row(key, reduce([row.value for row in reversed(rows)]), None)
