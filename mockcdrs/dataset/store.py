"""Stores: accounts, their month databases, and the segments of documents that make up each database.

A store decides what is visible: what a test added and removed, which accounts it emptied, which generated calls have
ended. Whoever reads it, by `Segment.visible` and `Segment.visible_rows`, filters nothing again.
"""

import copy
import functools
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.documents import copy_json
from mockcdrs.dataset.accounts import Account

Document = dict[str, Any]
Month = tuple[str, str]
Times = tuple[float | None, float | None]
# The time that puts parts in order: when a document was written, or when its interaction began.
TimeBasis = Literal["written", "begun"]
ANY_TIME: Times = (None, None)

_NONE: Mapping[Any, Any] = MappingProxyType({})
_LONGEST_STRETCH_SECONDS = 62 * 86_400  # of two months


class IndexRow(Protocol):
    """A row that an index has of a document."""

    @property
    def document_id(self) -> str:
        """The document's id."""


R = TypeVar("R", bound=IndexRow)


class Origin(NamedTuple):
    """What the same documents can be made from again: the name of a data directory, or what calls are generated from.

    `opened` is the day of the first generated calls, `YYYY-MM-DD`. `changed`: documents were added or removed since.
    """

    seed: int | None = None
    calls_per_day: int | None = None
    locale: str | None = None
    opened: str | None = None
    directory: str | None = None
    changed: bool = False


UNKNOWN_ORIGIN = Origin()


class Segment(NamedTuple):
    """A part of a month, without the documents that were removed from it.

    `identity` names the content of `read`, which gives all documents in any order, removed ones too. `derived` is kept
    as long as these documents: a reader stores its indexes there, each with the identity of the content that it is of.
    It is `None` where the content changes too often for that.
    """

    identity: tuple[Any, ...]
    read: Callable[[], Sequence[Document]]
    derived: dict[str, Any] | None = None
    removed: frozenset[str] = frozenset()

    def visible(self) -> Sequence[Document]:
        """The documents that are there, in any order."""
        documents = self.read()
        return [each for each in documents if each["_id"] not in self.removed] if self.removed else documents

    def visible_rows(self, rows: Iterator[R]) -> Iterator[R]:
        """Of the rows of an index of `read`, those whose documents are there."""
        removed = self.removed
        return (row for row in rows if row.document_id not in removed) if removed else rows


class Scan(NamedTuple):
    """What a scan of a month finds: `stored` documents, and `generated` ones, lazily.

    The times of stored segments may lie anywhere. Generated segments follow each other in time, in the scan's
    direction, and do not overlap.
    """

    stored: Sequence[Segment] = ()
    generated: Iterator[Segment] = iter(())

    def segments(self) -> Iterator[Segment]:
        """All segments, the stored ones first."""
        return itertools.chain(self.stored, self.generated)


class Store(Protocol):
    """What views are built on. Months are named `YYYYMM`, times are Gregorian seconds."""

    @property
    def version(self) -> int:
        """A number that changes whenever documents are added or removed, but not as generated calls end."""

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts by id."""

    @property
    def has_stored(self) -> bool:
        """Whether there may be documents that were not generated."""

    @property
    def origin(self) -> Origin:
        """Where its documents come from."""

    def months(self, account_id: str) -> list[str]:
        """The months that have a database, oldest first."""

    def scan(
        self,
        account_id: str,
        month: str,
        times: Times = ANY_TIME,
        *,
        descending: bool = False,
        by: TimeBasis = "written",
    ) -> Scan:
        """The segments of a month.

        Generated segments are in order of the time that `by` names, or against it; those outside `times`, both ends
        included, are left out. Stored segments are there whatever `times` are.
        """

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document by its id, or `None`."""


def _lies_in(month: str, moment: int) -> bool:
    try:
        return 0 <= moment - gregorian.month_start(month) < _LONGEST_STRETCH_SECONDS
    except ValueError:  # the year 0
        return False


class LoadedStore:
    """A store of what `files.load` read: documents by account id and month."""

    version = 0
    has_stored = True

    def __init__(
        self,
        accounts: Iterable[Account],
        documents: Mapping[Month, Sequence[Document]],
        origin: Origin = UNKNOWN_ORIGIN,
    ) -> None:
        self.origin = origin
        self.accounts: dict[str, Account] = {account.id: account for account in accounts}
        self._documents = documents
        self._months = {
            account.id: sorted({*account.months, *(month for holder, month in documents if holder == account.id)})
            for account in self.accounts.values()
        }
        self._by_id: dict[Month, dict[str, Document]] = {}
        self._derived: dict[Month, dict[str, Any]] = {}

    @functools.cached_property
    def end_gregorian(self) -> int | None:
        """When the last document was written or its call ended, Gregorian seconds; `None` where no document has a time.

        Only times in the month of the document's database or in the next one count: broken documents may have others.
        """
        return max(
            (
                moment
                for (_, month), documents in self._documents.items()
                for document in documents
                for moment in (document.get("pvt_created"), document.get("timestamp"))
                if type(moment) is int and _lies_in(month, moment)
            ),
            default=None,
        )

    def months(self, account_id: str) -> list[str]:
        """As in `Store`."""
        return list(self._months.get(account_id, ()))

    def scan(
        self,
        account_id: str,
        month: str,
        times: Times = ANY_TIME,
        *,
        descending: bool = False,
        by: TimeBasis = "written",
    ) -> Scan:
        """As in `Store`."""
        del times, descending, by
        identity = account_id, month
        documents = self._documents.get(identity, ())
        return Scan([Segment(identity, lambda: documents, self._derived.setdefault(identity, {}))])

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`."""
        key = account_id, month
        if key not in self._by_id:
            self._by_id[key] = {document["_id"]: document for document in self._documents.get(key, ())}
        return self._by_id[key].get(document_id)


class _AddedDocuments:
    """The documents added to a month, oldest first. `changed` gives another instance, made without a copy.

    The lists only grow, and are shared by all instances made from each other. Each sees the first `count` documents
    alone, but for those in `hidden` places.
    """

    def __init__(self) -> None:
        self.listed = list[Document]()
        self.places = dict[str, list[int]]()
        self.count = 0
        self.hidden = frozenset[int]()

    def __len__(self) -> int:
        return self.count - len(self.hidden)

    def __iter__(self) -> Iterator[Document]:
        return (self.listed[place] for place in range(self.count) if place not in self.hidden)

    def find(self, document_id: str) -> Document | None:
        """The first with that id."""
        return next((self.listed[place] for place in self._places_of(document_id)), None)

    def _places_of(self, document_id: str) -> list[int]:
        known = self.places.get(document_id, ())
        return [place for place in known if place < self.count and place not in self.hidden]

    def changed(self, removed: Iterable[str], added: Sequence[Document] = ()) -> "_AddedDocuments":
        """Without those of some ids, and with some documents behind the others."""
        changed = copy.copy(self)
        changed.hidden = self.hidden.union(*map(self._places_of, removed))
        if (added and self.count < len(self.listed)) or len(changed.hidden) > len(changed):  # others lie behind
            return _AddedDocuments().changed((), [*changed, *added])
        for document in added:
            self.places.setdefault(document["_id"], []).append(len(self.listed))
            self.listed.append(document)
        changed.count += len(added)
        return changed


class _Layer(NamedTuple):
    """The changes over the base at one moment. Immutable, so that readers in other threads see a consistent state."""

    version: int
    accounts: Mapping[str, Account] = _NONE
    added: Mapping[Month, _AddedDocuments] = _NONE
    emptied: frozenset[str] = frozenset()
    removed: Mapping[Month, frozenset[str]] = _NONE

    def without(self, month: Month, ids: frozenset[str]) -> Mapping[Month, frozenset[str]]:
        """`removed`, with these documents of the base removed as well."""
        return {**self.removed, month: self.removed.get(month, frozenset()) | ids} if ids else self.removed


class Overlay:
    """A store over another: accounts and documents added, changed and removed, also by many threads at once."""

    def __init__(self, base: Store) -> None:
        self._base = base
        self._layer = _Layer(version=1)
        self._changing = threading.Lock()

    def reset(self) -> None:
        """Drop all changes."""
        with self._changing:
            self._layer = _Layer(self._layer.version + 1)

    @property
    def version(self) -> int:
        """As in `Store`."""
        return self._layer.version

    @property
    def accounts(self) -> Mapping[str, Account]:
        """As in `Store`: those of the base, as far as none was put in their place, and those put beside them."""
        return {**self._base.accounts, **self._layer.accounts} if self._layer.accounts else self._base.accounts

    def change_account(self, account_id: str, change: Callable[[Account], Account]) -> None:
        """Put what `change` makes of an account in its place. Raises what `change` raises."""
        with self._changing:
            account = change(self.accounts[account_id])
            self._change(accounts={**self._layer.accounts, account_id: account})

    @property
    def origin(self) -> Origin:
        """As in `Store`."""
        now = self._layer
        return self._base.origin._replace(changed=bool(now.accounts or now.added or now.emptied or now.removed))

    def add_account(self, account: Account) -> None:
        """Add an account, or put it in the place of the one with its id."""
        with self._changing:
            self._change(accounts={**self._layer.accounts, account.id: account})

    @property
    def has_stored(self) -> bool:
        """As in `Store`."""
        return self._base.has_stored or bool(self._layer.added)

    def count_added(self) -> int:
        """How many documents were added and are still there."""
        return sum(map(len, self._layer.added.values()))

    def count_removed(self) -> int:
        """How many documents of the base were removed or replaced."""
        return sum(map(len, self._layer.removed.values()))

    def add(self, account_id: str, month: str, documents: Iterable[Document]) -> None:
        """Add documents to an account's month; one with a known id replaces the other."""
        new = [*map(copy_json, documents)]  # a test may change its own later, and responses are cached
        ids = {document["_id"] for document in new}
        in_base = frozenset(cdr_id for cdr_id in ids if self._base.document(account_id, month, cdr_id) is not None)
        with self._changing:
            now = self._layer
            removed = now.without((account_id, month), in_base)
            added = now.added.get((account_id, month), _AddedDocuments()).changed(ids, new)
            self._change(added={**now.added, (account_id, month): added}, removed=removed)

    def remove(self, document_id: str, account_id: str | None = None) -> bool:
        """Remove a document from an account, without `account_id` from each that has one of that id.

        Return whether there was one.
        """
        holders = self.accounts if account_id is None else [account_id]
        with self._changing:
            found = list(filter(None, (self._find(holder, document_id) for holder in holders)))
            for month in found:
                self._remove(month, document_id)
            return bool(found)

    def _find(self, account_id: str, document_id: str) -> Month | None:
        """Where an account has a document: in the month that the id names, or else in another."""
        months = sorted(self.months(account_id), key=lambda month: month != document_id[:6])
        return next(
            ((account_id, month) for month in months if self.document(account_id, month, document_id) is not None), None
        )

    def _remove(self, month: Month, document_id: str) -> None:
        now = self._layer
        in_base = frozenset({document_id} if self._base.document(*month, document_id) is not None else ())
        added = {**now.added, month: now.added[month].changed({document_id})} if month in now.added else now.added
        self._change(added=added, removed=now.without(month, in_base))

    def empty(self, account_id: str) -> None:
        """Remove all documents of an account, the base's too; its months stay."""
        with self._changing:
            now = self._layer
            added = {month: documents for month, documents in now.added.items() if month[0] != account_id}
            self._change(added=added, emptied=now.emptied | {account_id})

    def _change(self, **changes: Any) -> None:
        self._layer = self._layer._replace(version=self._layer.version + 1, **changes)

    def months(self, account_id: str) -> list[str]:
        """As in `Store`: those of the base, and those that something was added to."""
        months, added = self._base.months(account_id), self._layer.added
        return sorted({*months, *(month for account, month in added if account == account_id)}) if added else months

    def scan(
        self,
        account_id: str,
        month: str,
        times: Times = ANY_TIME,
        *,
        descending: bool = False,
        by: TimeBasis = "written",
    ) -> Scan:
        """As in `Store`."""
        now = self._layer
        removed, documents = now.removed.get((account_id, month)), now.added.get((account_id, month))
        scan = Scan()
        if account_id not in now.emptied:
            scan = self._base.scan(account_id, month, times, descending=descending, by=by)
        if removed:
            hide_removed = functools.partial(Segment._replace, removed=removed)
            scan = Scan([*map(hide_removed, scan.stored)], map(hide_removed, scan.generated))
        if documents:
            added = Segment(("added", account_id, month, now.version), lambda: list(documents))
            scan = Scan([*scan.stored, added], scan.generated)
        return scan

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`."""
        now = self._layer
        added = now.added.get((account_id, month))
        found = None if added is None else added.find(document_id)
        if found is not None:
            return found
        if account_id in now.emptied or document_id in now.removed.get((account_id, month), ()):
            return None
        return self._base.document(account_id, month, document_id)
