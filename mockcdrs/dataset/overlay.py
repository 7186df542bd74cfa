"""What a test adds to a store or takes from it. The base stays as it is: resetting drops the overlay."""

import copy
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.origin import Origin
from mockcdrs.dataset.store import Document, Moment, Month, Segment, Store, Times


@dataclass(frozen=True, slots=True, eq=False)
class _Documents:
    """The documents added to a month, oldest first. One that was changed is another one, made without a copy.

    The lists only grow, and are common to all that were made from each other. Each looks at the first `count` documents
    alone, but for those in `hidden` places.
    """

    listed: list[Document] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    count: int = 0
    hidden: frozenset[int] = frozenset()

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

    def changed(self, removed: Iterable[str], added: Sequence[Document] = ()) -> "_Documents":
        """Without those of some ids, and with some documents behind the others."""
        changed = replace(self, hidden=self.hidden.union(*map(self._places_of, removed)))
        has_others_behind = bool(added) and self.count < len(self.listed)
        if has_others_behind or len(changed.hidden) > len(changed):
            return _Documents().changed((), [*changed, *added])
        for document in added:
            self.places.setdefault(document["_id"], []).append(len(self.listed))
            self.listed.append(document)
        return replace(changed, count=self.count + len(added))


@dataclass(frozen=True, slots=True)
class _Layer:
    """All that lies over the base at one moment, never changed: readers in other threads see the whole of it."""

    version: int
    added: Mapping[Month, _Documents] = field(default_factory=dict)
    emptied: frozenset[str] = frozenset()
    removed: Mapping[Month, frozenset[str]] = field(default_factory=dict)

    def without(self, month: Month, ids: frozenset[str]) -> Mapping[Month, frozenset[str]]:
        """`removed`, with these documents of the base removed as well."""
        return {**self.removed, month: self.removed.get(month, frozenset()) | ids} if ids else self.removed


class Overlay:
    """A store over another, with documents added, removed, and whole accounts emptied, by any threads at once."""

    def __init__(self, base: Store) -> None:
        self._base = base
        self._layer = _Layer(version=1)
        self._changing = threading.Lock()

    def reset(self) -> None:
        """Back to the base."""
        with self._changing:
            self._layer = _Layer(self._layer.version + 1)

    @property
    def version(self) -> int:
        """As in `Store`."""
        return self._layer.version

    @property
    def accounts(self) -> Mapping[str, Account]:
        """As in `Store`."""
        return self._base.accounts

    @property
    def origin(self) -> Origin:
        """As in `Store`."""
        now = self._layer
        return replace(self._base.origin, changed=bool(now.added or now.emptied or now.removed))

    def count_added(self) -> int:
        """How many documents were added and are still there."""
        return sum(map(len, self._layer.added.values()))

    def count_removed(self) -> int:
        """How many documents of the base were removed or replaced."""
        return sum(map(len, self._layer.removed.values()))

    def add(self, account_id: str, month: str, documents: Iterable[Document]) -> None:
        """Put documents into an account's month; one with a known id takes the place of the other."""
        new = copy.deepcopy(list(documents))  # answers are kept: what a test does with its own must not matter to them
        ids = {document["_id"] for document in new}
        in_base = frozenset(cdr_id for cdr_id in ids if self._base.document(account_id, month, cdr_id) is not None)
        with self._changing:
            now = self._layer
            removed = now.without((account_id, month), in_base)
            added = now.added.get((account_id, month), _Documents()).changed(ids, new)
            self._change(added={**now.added, (account_id, month): added}, removed=removed)

    def remove(self, document_id: str, account_id: str | None = None) -> bool:
        """Take a document out of an account, without `account_id` out of each that has one of that id.

        Returns whether there was one.
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
        """Take all of an account's documents away, the base's too; its months stay."""
        with self._changing:
            now = self._layer
            added = {month: documents for month, documents in now.added.items() if month[0] != account_id}
            self._change(added=added, emptied=now.emptied | {account_id})

    def _change(self, **changes: Any) -> None:
        self._layer = replace(self._layer, version=self._layer.version + 1, **changes)

    def months(self, account_id: str) -> list[str]:
        """As in `Store`: those of the base, and those that something was added to."""
        added = {month for account, month in self._layer.added if account == account_id}
        months = self._base.months(account_id)
        return sorted(added.union(months)) if added else months

    def held(self, account_id: str, month: str) -> Iterable[Segment]:
        """As in `Store`."""
        now = self._layer
        held = () if account_id in now.emptied else self._base.held(account_id, month)
        base = list(_without(held, now.removed.get((account_id, month))))
        documents = now.added.get((account_id, month))
        if not documents:
            return base
        return [*base, Segment(("added", account_id, month, now.version), lambda: list(documents), is_passing=True)]

    def made(
        self, account_id: str, month: str, times: Times, *, descending: bool, by: Moment = "written"
    ) -> Iterator[Segment]:
        """As in `Store`."""
        now = self._layer
        if account_id in now.emptied:
            return iter(())
        made = self._base.made(account_id, month, times, descending=descending, by=by)
        return _without(made, now.removed.get((account_id, month)))

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


def _without(segments: Iterable[Segment], removed: frozenset[str] | None) -> Iterator[Segment]:
    return (replace(each, hidden=removed) for each in segments) if removed else iter(segments)
