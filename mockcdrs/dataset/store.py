"""The store: accounts, their month databases, and the segments of documents that make each of them up.

A segment's identity names its content: whatever is derived from a segment may be kept under it.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.origin import UNKNOWN, Origin

Document = dict[str, Any]
Month = tuple[str, str]
Times = tuple[float | None, float | None]
# The time that puts parts in order: when a document was written, or when its interaction began.
Moment = Literal["written", "begun"]

_LONGEST_STRETCH_SECONDS = 62 * 86_400  # of two months


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a month. `documents` gives them in any order; a passing one will soon have another identity.

    The identity is that of all `documents`. Those whose ids are `hidden` were taken away: `visible` leaves them out.
    """

    identity: tuple[Any, ...]
    documents: Callable[[], Sequence[Document]]
    is_passing: bool = False
    hidden: frozenset[str] = frozenset()

    def visible(self) -> Sequence[Document]:
        """The documents that are there, in any order."""
        documents = self.documents()
        return [each for each in documents if each["_id"] not in self.hidden] if self.hidden else documents


class Store(Protocol):
    """What the views are built on. Months are named `YYYYMM`, times are Gregorian seconds."""

    @property
    def version(self) -> int:
        """Another number whenever documents were added or taken away, but for those that come with the clock."""

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts by id."""

    @property
    def origin(self) -> Origin:
        """Where its documents come from."""

    def months(self, account_id: str) -> list[str]:
        """The months that have a database, oldest first."""

    def held(self, account_id: str, month: str) -> Iterable[Segment]:
        """Parts of a month that are in memory anyway; their times may lie anywhere."""

    def made(
        self, account_id: str, month: str, times: Times, *, descending: bool, by: Moment = "written"
    ) -> Iterator[Segment]:
        """Parts of a month that are made when they are read, in order of time or against it.

        The times of a part, those named by `by`, lie in its own stretch; parts that lie outside `times`, both ends
        included, are left out.
        """

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """One document by its id, `None` where that month has no such one."""


def _lies_in(month: str, moment: int) -> bool:
    try:
        return 0 <= moment - gregorian.month_start(month) < _LONGEST_STRETCH_SECONDS
    except ValueError:  # the year 0
        return False


class LoadedStore:
    """A store of what `files.load` read: documents by account id and month."""

    version = 0

    def __init__(
        self, accounts: Iterable[Account], documents: Mapping[Month, Sequence[Document]], origin: Origin = UNKNOWN
    ) -> None:
        self.origin = origin
        self.accounts: dict[str, Account] = {account.id: account for account in accounts}
        self._documents = documents
        self._months = {
            account.id: sorted({*account.months, *(month for holder, month in documents if holder == account.id)})
            for account in self.accounts.values()
        }
        self._by_id: dict[Month, dict[str, Document]] = {}

    @functools.cached_property
    def end_gregorian(self) -> int | None:
        """When the last document was written, or its call ended; `None` without one that tells.

        A time counts that lies in the month whose database holds the document, or in the one after it: documents that
        are broken may name any other.
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
        return list(self._months[account_id])

    def held(self, account_id: str, month: str) -> Iterable[Segment]:
        """As in `Store`."""
        documents = self._documents.get((account_id, month), ())
        return [Segment((account_id, month), lambda: documents)]

    def made(
        self, account_id: str, month: str, times: Times, *, descending: bool, by: Moment = "written"
    ) -> Iterator[Segment]:
        """As in `Store`: nothing."""
        del account_id, month, times, descending, by
        return iter(())

    def document(self, account_id: str, month: str, document_id: str) -> Document | None:
        """As in `Store`."""
        key = account_id, month
        if key not in self._by_id:
            self._by_id[key] = {document["_id"]: document for document in self._documents.get(key, ())}
        return self._by_id[key].get(document_id)
