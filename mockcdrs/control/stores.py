"""The stores that a mock can be made over, and the account of theirs to try first."""

from datetime import date
from pathlib import Path
from typing import cast

from mockcdrs.control.clock import Clock
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.generated_store import OPENED, GeneratedStore
from mockcdrs.dataset.store import LoadedStore, Origin, Store
from mockcdrs.dataset.traffic import Traffic


def loaded(data: Path) -> LoadedStore:
    """What a directory holds. Raises `DataError`."""
    from mockcdrs.dataset import files

    found = files.load(data)
    return LoadedStore(found.accounts, found.documents, Origin(directory=data.resolve().name))


def made_up(seed: int, calls_per_day: int, locale: str, clock: Clock, opened: date = OPENED) -> GeneratedStore:
    """Calls made up from a seed, from the day on which the office opened until the clock's now."""
    return GeneratedStore(seed, Traffic.of(calls_per_day, locale), clock.now, locale, opened)


def seen_at(store: Store, clock: Clock) -> LoadedStore | GeneratedStore:
    """One of these stores as another clock has it; what is kept of the data is shared."""
    return store.seen_at(clock.now) if isinstance(store, GeneratedStore) else cast("LoadedStore", store)


def end_of(store: Store) -> int | None:
    """When the last call ended that a directory holds, in Gregorian seconds; made-up calls have no end."""
    return store.end_gregorian if isinstance(store, LoadedStore) else None


def shown_account(store: Store) -> Account:
    """The account that a newcomer tries first: an ordinary one with calls, as far as there is one."""
    accounts = store.accounts.values()
    return min(accounts, key=lambda account: (not store.months(account.id), account.is_superduper_admin))
