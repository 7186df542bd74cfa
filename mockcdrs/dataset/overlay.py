"""What a test adds to a store or takes from it. The base stays as it is: resetting drops the overlay."""

import copy
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Document, Moment, Month, Segment, Store, Times


class Overlay:
    """A store over another, with documents added, removed, and whole accounts emptied."""

    def __init__(self, base: Store) -> None:
        self._base = base
        self._versions = itertools.count(1)
        self.reset()

    def reset(self) -> None:
        """Back to the base."""
        self._added: dict[Month, list[Document]] = defaultdict(list)
        self.version = next(self._versions)
        self._emptied: frozenset[str] = frozenset()
        self.removed: frozenset[str] = frozenset()

    @property
    def accounts(self) -> Mapping[str, Account]:
        """As in `Store`."""
        return self._base.accounts

    def count_added(self) -> int:
        """How many documents were added and are still there."""
        return sum(map(len, list(self._added.values())))

    def add(self, account_id: str, month: str, documents: Iterable[Document]) -> None:
        """Put documents into an account's month; one with a known id takes the place of the other."""
        new = copy.deepcopy(list(documents))  # answers are kept: what a test does with its own must not matter to them
        ids = {document["_id"] for document in new}
        kept = [document for document in self._added[account_id, month] if document["_id"] not in ids]
        self.removed |= {cdr_id for cdr_id in ids if self._base.document(account_id, month, cdr_id) is not None}
        self._added[account_id, month] = kept + new
        self.version = next(self._versions)

    def remove(self, document_id: str) -> bool:
        """Take a document away, whoever holds it; whether there was one."""
        was_added = False
        for month, documents in list(self._added.items()):  # others may add meanwhile
            kept = [document for document in documents if document["_id"] != document_id]
            was_added |= len(kept) < len(documents)
            self._added[month] = kept
        named = document_id[:6]
        in_base = any(
            self._base.document(account_id, named, document_id) is not None
            for account_id in self.accounts
            if named in self._base.months(account_id) and account_id not in self._emptied
        )
        self.removed |= {document_id} if in_base else frozenset()
        self.version = next(self._versions)
        return was_added or in_base

    def empty(self, account_id: str) -> None:
        """Take all of an account's documents away, the base's too; its months stay."""
        self._emptied |= {account_id}
        for month in [month for month in list(self._added) if month[0] == account_id]:
            del self._added[month]
        self.version = next(self._versions)

    def months(self, account_id: str) -> list[str]:
        """As in `Store`: those of the base, and those that something was added to."""
        added = {month for account, month in list(self._added) if account == account_id}
        return sorted(added | set(self._base.months(account_id)))

    def held(self, account_id: str, month: str) -> Iterable[Segment]:
        """As in `Store`."""
        base = () if account_id in self._emptied else self._base.held(account_id, month)
        documents = self._added.get((account_id, month))
        if not documents:
            return base
        return [*base, Segment(("added", account_id, month, self.version), lambda: documents, is_passing=True)]

    def made(
        self, account_id: str, month: str, times: Times, *, descending: bool, by: Moment = "written"
    ) -> Iterator[Segment]:
        """As in `Store`."""
        if account_id in self._emptied:
            return iter(())
        return self._base.made(account_id, month, times, descending=descending, by=by)

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`."""
        for document in self._added.get((account_id, month), ()):
            if document["_id"] == document_id:
                return document
        if account_id in self._emptied or document_id in self.removed:
            return None
        return self._base.document(account_id, month, document_id)
