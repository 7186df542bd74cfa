"""Queries on a view of one month, as CouchDB answers them.

Rows come in the order of their keys, of equal keys in the order of their document ids' bytes, as in
`couch_ejson_compare.erl`. Indexes are kept as long as their documents are in memory.
"""

import bisect
import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import collation
from mockcdrs.crossbar.views import MapFunction, View
from mockcdrs.dataset.store import ANY_TIME, Segment, Store

_RUN_ROWS, _STEP = 4_096, 8

SortKey = tuple[Any, ...]

LOWEST: SortKey = (-1,)
HIGHEST: SortKey = (9,)


class QueryError(Exception):
    """CouchDB refuses the query; `cause` is what Kazoo makes of its refusal, nothing where that is no text."""

    def __init__(self, why: str, cause: str = "") -> None:
        super().__init__(why)
        self.cause = cause


class NoDatabase(Exception):
    """The month has no database."""


def sort_key(value: Any) -> SortKey:
    """A view key as what sorts as CouchDB does: null, false, true, numbers, text, arrays, objects.

    Raises `TypeError` for what is no JSON value.
    """
    kind = type(value)
    if kind is int or kind is float:
        return 3, value
    if kind is str:
        return 4, _text_key(value)
    if kind is list:
        return 5, tuple([sort_key(item) for item in value])
    if kind is dict:
        return 6, tuple([(_text_key(name), sort_key(item)) for name, item in value.items()])
    if value is None or kind is bool:
        return ((None, False, True).index(value),)
    raise TypeError(f"no JSON value: {value!r:.80}")


def _text_key(text: str) -> collation.Weights:
    """As `collation.text_key`, at once for what is all of ASCII, as nearly every text is."""
    if text.isascii():
        plain = text.encode()
        primary = plain.translate(collation.ASCII_PRIMARY)
        if 0 not in primary:
            return primary, "", plain.translate(collation.ASCII_TERTIARY)
    return collation.text_key(text)


class ViewRow:
    """A view row: the key, the value that the map or reduce gave, and the document where one row is one document."""

    __slots__ = ("document", "key", "value")

    def __init__(self, key: Any, value: Any, document: Document | None) -> None:
        self.key = key
        self.value = value
        self.document = document

    @property
    def document_id(self) -> str:
        """The document's id, empty for a group."""
        return self.document["_id"] if self.document else ""


class _MappedRow(ViewRow):
    """A row that makes its key when it is read: rows are many, and few of their keys are read."""

    __slots__ = ("_map",)
    _map: Callable[[Any], Any]

    def __init__(self, view_map: MapFunction, value: Any, document: Document) -> None:
        self._map, self.value, self.document = view_map, value, document

    @property
    def key(self) -> Any:
        return self._map(self.document)[0]


class KeyRange(NamedTuple):
    """From `start` to `end`, both included, in the direction of travel; `None` is open."""

    start: Any
    end: Any
    descending: bool

    def bounds(self) -> tuple[SortKey, SortKey]:
        """Least and greatest key; `QueryError` where they are reversed, or no JSON at all."""
        try:
            start = LOWEST if self.start is None else sort_key(self.start)
            end = HIGHEST if self.end is None else sort_key(self.end)
        except TypeError as error:
            raise QueryError("a key that is no JSON", "timeout") from error
        low, high = (end, start) if self.descending else (start, end)
        if low > high:
            raise QueryError("no row can lie between these keys", "Bad Request")
        return low, high

    def clip(self, least: Any, greatest: Any) -> "KeyRange | None":
        """The part of it between two keys, `None` where there is none; raises `QueryError`."""
        self.bounds()
        start, end = (self.end, self.start) if self.descending else (self.start, self.end)
        start, end = max(start, least, key=sort_key), min(end, greatest, key=sort_key)
        if sort_key(start) > sort_key(end):
            return None
        return KeyRange(end, start, descending=True) if self.descending else KeyRange(start, end, descending=False)


def _key_order(row: ViewRow) -> SortKey:
    return sort_key(row.key)


def _row_order(row: ViewRow) -> tuple[SortKey, str]:
    return sort_key(row.key), row.document_id  # code points are in the order of UTF-8's bytes


class _Index:
    """The rows that a view has of some documents, in order.

    A sort key takes a kilobyte: so those of one run at a time are in memory while rows are sorted, later those of each
    `_STEP`th row only, to find places with.
    """

    def __init__(self, view: View, documents: Iterable[Document]) -> None:
        rows = iter(
            [
                _MappedRow(view.map, emitted[1], document)
                for document in documents
                if (emitted := view.map(document)) is not None
            ]
        )
        runs = iter(lambda: sorted(itertools.islice(rows, _RUN_ROWS), key=_row_order), [])
        self._rows = list(heapq.merge(*runs, key=_row_order))
        self._posts = list(map(_key_order, self._rows[::_STEP]))
        self._last = _key_order(self._rows[-1]) if self._rows else HIGHEST
        self._places: dict[Callable[..., int], tuple[SortKey, int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def part(self, low: SortKey, high: SortKey, *, descending: bool) -> Iterator[ViewRow]:
        """The rows from a least to a greatest key, in a direction."""
        rows = self._rows
        if not rows:
            return iter(())
        # most parts of a long range lie within it as a whole
        first = 0 if low <= self._posts[0] else self._place(bisect.bisect_left, low)
        last = len(rows) if self._last <= high else self._place(bisect.bisect_right, high)
        return map(rows.__getitem__, range(last - 1, first - 1, -1) if descending else range(first, last))

    def _place(self, bisected: Callable[..., int], bound: SortKey) -> int:
        known, place = self._places.get(bisected, (None, 0))
        if known != bound:  # all chunks of a walk end at the same key
            end = bisected(self._posts, bound) * _STEP
            place = bisected(self._rows, bound, max(0, end - _STEP), min(end, len(self._rows)), key=_key_order)
            self._places[bisected] = bound, place
        return place


class Databases:
    """All month databases of a store.

    `rows` holds what was made of documents, by kind and by the `id()` of the document. Each entry has to keep its
    document in memory, because another object could get the same `id()`. `beside`: databases over the same base, with
    which this object shares `rows`.
    """

    def __init__(self, store: Store, beside: "Databases | None" = None) -> None:
        self._store = store
        self._passing: dict[tuple[str, str], dict[str, tuple[tuple[Any, ...], _Index]]] = {}
        self.rows: dict[tuple[Any, ...], dict[int, Any]] = {} if beside is None else beside.rows

    def query(self, view: View, account_id: str, month: str, keys: KeyRange) -> Iterator[ViewRow]:
        """Rows of a view in a month, groups reduced. Lazy: costs what is taken of it.

        Raises `NoDatabase` and `QueryError`.
        """
        if month not in reversed(self._store.months(account_id)):  # most ask for one of the last
            raise NoDatabase(month)
        rows = self._scan(view, account_id, month, keys)
        return rows if view.reduce is None else _reduce_groups(rows, view.group_level, view.reduce)

    def query_months(self, view: View, account_id: str, keys: KeyRange) -> Iterator[ViewRow]:
        """Rows of a view without groups in all months together; raises `QueryError`."""
        rows = [self._scan(view, account_id, month, keys) for month in self._store.months(account_id)]
        return heapq.merge(*rows, key=_row_order, reverse=keys.descending)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document of a month by its id; raises `NoDatabase`."""
        if month not in self._store.months(account_id):
            raise NoDatabase(month)
        return self._store.document(account_id, month, document_id)

    def _scan(self, view: View, account_id: str, month: str, keys: KeyRange) -> Iterator[ViewRow]:
        (low, high), descending = keys.bounds(), keys.descending
        spans_owners = view.has_owner and _spans_owners(keys)
        times = ANY_TIME if spans_owners else _time_bounds(view, keys)
        scan = self._store.scan(account_id, month, times, descending=descending, by=view.moment)
        stored = [
            segment.visible_rows(self._index(view, account_id, month, segment).part(low, high, descending=descending))
            for segment in scan.stored
        ]
        generated = (
            segment.visible_rows(self._index(view, account_id, month, segment).part(low, high, descending=descending))
            for segment in scan.generated
        )
        # parts follow each other in time only as long as the owner is one
        parts = [*stored, *generated] if spans_owners else [*stored, itertools.chain.from_iterable(generated)]
        return parts[0] if len(parts) == 1 else heapq.merge(*parts, key=_row_order, reverse=descending)

    def _index(self, view: View, account_id: str, month: str, segment: Segment) -> _Index:
        """The index of a segment. Of what a test added to a month only the latest index of each view is kept."""
        indexes = self._passing.setdefault((account_id, month), {}) if segment.derived is None else segment.derived
        identity, index = indexes.get(view.name, (None, None))
        if index is None or identity != segment.identity:
            index = _Index(view, segment.read())
            indexes[view.name] = segment.identity, index
        return index


def _spans_owners(keys: KeyRange) -> bool:
    owners = [key[:1] if isinstance(key, list) else key for key in (keys.start, keys.end)]
    return not erlang.is_identical(*owners)


def _time_bounds(view: View, keys: KeyRange) -> tuple[float | None, float | None]:
    """Earliest and latest time that the keys allow, as far as they tell."""
    start = view.time_of(keys.start) if isinstance(keys.start, list) else None
    end = view.time_of(keys.end) if isinstance(keys.end, list) else None
    return (end, start) if keys.descending else (start, end)


def _reduce_groups(rows: Iterable[ViewRow], level: int, reduce: Callable[[list[Any]], Any]) -> Iterator[ViewRow]:
    """A row for each group; its values are reduced in the reverse of the direction of travel, as CouchDB has it."""
    for _, group in itertools.groupby(rows, key=lambda row: sort_key(row.key[:level])):
        members = list(group)
        yield ViewRow(members[0].key[:level], reduce([row.value for row in reversed(members)]), None)
