"""What a test adds to a store or takes from it. The base stays as it is: resetting drops the overlay."""

import copy
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockcdrs.dataset.accounts import Account
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
    removed: frozenset[str] = frozenset()


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
    def removed(self) -> frozenset[str]:
        """As in `Store`."""
        return self._layer.removed

    @property
    def accounts(self) -> Mapping[str, Account]:
        """As in `Store`."""
        return self._base.accounts

    def count_added(self) -> int:
        """How many documents were added and are still there."""
        return sum(map(len, self._layer.added.values()))

    def add(self, account_id: str, month: str, documents: Iterable[Document]) -> None:
        """Put documents into an account's month; one with a known id takes the place of the other."""
        new = copy.deepcopy(list(documents))  # answers are kept: what a test does with its own must not matter to them
        ids = {document["_id"] for document in new}
        in_base = {cdr_id for cdr_id in ids if self._base.document(account_id, month, cdr_id) is not None}
        with self._changing:
            now = self._layer
            added = now.added.get((account_id, month), _Documents()).changed(ids, new)
            self._change(added={**now.added, (account_id, month): added}, removed=now.removed | in_base)

    def remove(self, document_id: str) -> bool:
        """Take a document away, whoever holds it; whether there was one."""
        with self._changing:
            now = self._layer
            added = {month: documents.changed({document_id}) for month, documents in now.added.items()}
            was_added = any(len(added[month]) < len(documents) for month, documents in now.added.items())
            in_base = self._is_in_base(document_id)
            self._change(added=added, removed=now.removed | ({document_id} if in_base else frozenset()))
            return was_added or in_base

    def _is_in_base(self, document_id: str) -> bool:
        named = document_id[:6]
        return any(
            self._base.document(account_id, named, document_id) is not None
            for account_id in self.accounts
            if named in self._base.months(account_id) and account_id not in self._layer.emptied
        )

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
        base = () if account_id in now.emptied else self._base.held(account_id, month)
        documents = now.added.get((account_id, month))
        if not documents:
            return base
        return [*base, Segment(("added", account_id, month, now.version), lambda: list(documents), is_passing=True)]

    def made(
        self, account_id: str, month: str, times: Times, *, descending: bool, by: Moment = "written"
    ) -> Iterator[Segment]:
        """As in `Store`."""
        if account_id in self._layer.emptied:
            return iter(())
        return self._base.made(account_id, month, times, descending=descending, by=by)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`."""
        now = self._layer
        added = now.added.get((account_id, month))
        found = None if added is None else added.find(document_id)
        if found is not None:
            return found
        if account_id in now.emptied or document_id in now.removed:
            return None
        return self._base.document(account_id, month, document_id)
