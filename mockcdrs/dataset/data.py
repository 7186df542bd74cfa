"""What a data directory holds, whether all of it is in memory or made as it is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Document, Month

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Data:
    """Accounts, and documents by account id and month, each month's in order; they can be read again and again."""

    accounts: tuple[Account, ...]
    documents: Mapping[Month, Iterable[Document]]


@dataclass(frozen=True, slots=True)
class Lazily(Generic[T]):
    """What `make` makes of each of `originals`, made anew whenever it is read, so that none is kept."""

    originals: Iterable[T]
    make: Callable[[T], Document]

    def __iter__(self) -> Iterator[Document]:
        return map(self.make, self.originals)
