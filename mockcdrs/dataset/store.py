"""The store: accounts, their month databases, and the segments of documents that make each of them up.

A segment is loaded when it is first read. Its identity names its content: whatever is derived from a segment may be
kept under it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.accounts import Account

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a month. With bounds, every time in its documents lies in `[start, end)`, Gregorian seconds, and no
    other bounded segment overlaps it; without, they may lie anywhere."""

    identity: tuple[Any, ...]
    documents: Callable[[], Sequence[Document]]
    start: int | None = None
    end: int | None = None


class Store:
    """Accounts by id, and `(account id, YYYYMM) -> documents`."""

    def __init__(self, accounts: Iterable[Account], documents: Mapping[tuple[str, str], Sequence[Document]]) -> None:
        self.accounts: dict[str, Account] = {account.id: account for account in accounts}
        self._documents = documents

    @classmethod
    def from_loaded(
        cls, accounts: Iterable[Account], documents: Mapping[tuple[str, str], Sequence[Document]]
    ) -> "Store":
        """A store of what `files.load` read."""
        return cls(accounts, documents)

    def months(self, account_id: str) -> list[str]:
        """The months (`YYYYMM`) that have a database, oldest first."""
        held = {month for account, month in self._documents if account == account_id}
        return sorted(held | set(self.accounts[account_id].months))

    def segments(self, account_id: str, month: str) -> list[Segment]:
        """The parts of a month, bounded ones oldest first."""
        documents = self._documents.get((account_id, month), ())
        return [Segment((account_id, month), lambda: documents)]

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document by its id, `None` where that month has no such one."""
        return next((d for d in self._documents.get((account_id, month), ()) if d["_id"] == document_id), None)
