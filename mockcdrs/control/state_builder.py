"""Make a mock's state from its configuration: the store, the account to ask for, version, settings and quirks."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from mockcdrs.arguments import shown
from mockcdrs.config import MockConfig
from mockcdrs.control.clock import ANY_TIME, Clock, parse_time
from mockcdrs.control.state import HashedRequestIds, State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.settings import SettingError, Settings
from mockcdrs.crossbar.versions import Version, version_named
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.generated_store import OPENED, GeneratedStore
from mockcdrs.dataset.store import LoadedStore, Origin, Store
from mockcdrs.dataset.traffic import Traffic


def build_state(
    config: MockConfig, beside: State | None = None, *, is_one_of_many: bool = False
) -> tuple[State, Account]:
    """A mock's state, and the account to ask for.

    Args:
        config: What the mock is made of.
        beside: A state made of the same; its data is shared, and nothing that was done to it.
        is_one_of_many: Whether other processes answer the same clients. Request ids follow from the request then, not
            from the number of requests before.

    Raises:
        DataError, SettingError, UnknownLocale, UnknownQuirk, UnknownVersion: for values that name nothing.
        ArgumentError: for a `now` that is no moment.

    """
    clock = Clock()
    seed = fixtures.manifest().seed if config.seed is None else config.seed
    store = _make_store(config, seed, clock) if beside is None else view_store_at(beside.base, clock)
    if config.now is None:
        clock.freeze(end_of_data(store) or fixtures.manifest().moment_gregorian)
    elif config.now != "live":
        clock.freeze(parse_time(config.now, "now", f"{ANY_TIME.expected}, or live"))
    account = default_account(store)
    if config.reseller:
        account = store.accounts[account.id] = replace(account, is_reseller=True)
    version = version_named(config.kazoo)
    state = State(
        store,
        parse_settings(config.settings, version),
        clock,
        quirks.enabled(version.quirks, config.fix, config.quirk),
        seed=seed,
        ids=HashedRequestIds(seed) if is_one_of_many else None,
        locale=config.locale or fixtures.manifest().locale,
        version=version,
        journal=config.journal,
        beside=beside,
    )
    state.webhooks.allows_remote = config.remote_webhooks
    return state, account


def parse_settings(values: Mapping[str, Any], version: Version) -> Settings:
    """Settings by Kazoo's names, the others as that version has them. Raises `SettingError`."""
    return Settings.parse([_assignment(name, value) for name, value in values.items()], kazoo_version=version.release)


def _assignment(name: str, value: Any) -> str:
    try:
        return f"{name}={value if isinstance(value, str) else json.dumps(value)}"
    except (TypeError, ValueError) as error:
        raise SettingError(f"{name} came as {shown(value)}: expected text, a number, true or false") from error


def _make_store(config: MockConfig, seed: int, clock: Clock) -> LoadedStore | GeneratedStore:
    if config.data is not None:
        return load_store(Path(config.data))
    office = fixtures.manifest()
    is_office = all(value is None for value in (config.seed, config.calls_per_day, config.locale))
    calls_per_day = office.calls_per_day if config.calls_per_day is None else config.calls_per_day
    opened = office.first_day if is_office else OPENED
    return generate_store(seed, calls_per_day, config.locale or office.locale, clock, opened)


def load_store(data: Path) -> LoadedStore:
    """The store of a data directory. Raises `DataError`."""
    from mockcdrs.dataset import files

    loaded = files.load(data)
    return LoadedStore(loaded.accounts, loaded.documents, Origin(directory=data.resolve().name))


def generate_store(seed: int, calls_per_day: int, locale: str, clock: Clock, opened: date = OPENED) -> GeneratedStore:
    """The store of calls made up from a seed, from the day on which the office opened until the clock's now."""
    return GeneratedStore(seed, Traffic.of(calls_per_day, locale), clock.now, locale, opened)


def view_store_at(store: Store, clock: Clock) -> LoadedStore | GeneratedStore:
    """The same store under another clock; what is worked out from its data is shared."""
    return store.seen_at(clock.now) if isinstance(store, GeneratedStore) else cast("LoadedStore", store)


def end_of_data(store: Store) -> int | None:
    """When the last call of a data directory ended, in Gregorian seconds; `None` for calls that are made up."""
    return store.end_gregorian if isinstance(store, LoadedStore) else None


def default_account(store: Store) -> Account:
    """The account that a newcomer tries first: one with calls and no superduper admin, as far as there is one."""
    accounts = store.accounts.values()
    return min(accounts, key=lambda account: (not store.months(account.id), account.is_superduper_admin))
