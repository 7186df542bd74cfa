"""What a test adds to a store or takes from it. The base stays as it is: resetting drops the overlay."""

import copy
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.origin import Origin
from mockcdrs.dataset.store import Document, Moment, Month, Segment, Store, Times


@dataclass(frozen=True, slots=True)
class _Layer:
    """All that lies over the base at one moment, never changed: readers in other threads see the whole of it."""

    version: int
    added: Mapping[Month, Sequence[Document]] = field(default_factory=dict)
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

    @property
    def origin(self) -> Origin:
        """As in `Store`."""
        now = self._layer
        return replace(self._base.origin, changed=bool(now.added or now.emptied or now.removed))

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
            kept = [document for document in now.added.get((account_id, month), ()) if document["_id"] not in ids]
            self._change(added={**now.added, (account_id, month): kept + new}, removed=now.removed | in_base)

    def remove(self, document_id: str) -> bool:
        """Take a document away, whoever holds it; whether there was one."""
        with self._changing:
            now = self._layer
            added = {
                month: [document for document in documents if document["_id"] != document_id]
                for month, documents in now.added.items()
            }
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
        return [*base, Segment(("added", account_id, month, now.version), lambda: documents, is_passing=True)]

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
        for document in now.added.get((account_id, month), ()):
            if document["_id"] == document_id:
                return document
        if account_id in now.emptied or document_id in now.removed:
            return None
        return self._base.document(account_id, month, document_id)
