"""A mock's state, made of options."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mockcdrs.arguments import shown
from mockcdrs.control import stores
from mockcdrs.control.clock import ANY_TIME, Clock, parse_time
from mockcdrs.control.options import Options
from mockcdrs.control.state import State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.settings import SettingError, Settings
from mockcdrs.crossbar.versions import Version, version_named
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.generated_store import OPENED, GeneratedStore
from mockcdrs.dataset.store import LoadedStore


def make(options: Options, beside: State | None = None) -> tuple[State, Account]:
    """A mock's state and the account to ask for. `beside` is a state made of the same options: its data is shared.

    Raises `DataError`, `SettingError`, `UnknownLocale`, `UnknownQuirk`, `UnknownVersion`; `ValueError` for a `now` that
    is no moment.
    """
    clock = Clock()
    seed = fixtures.manifest().seed if options.seed is None else options.seed
    store = _store(options, seed, clock) if beside is None else stores.seen_at(beside.base, clock)
    if options.now is None:
        clock.freeze(stores.end_of(store) or fixtures.manifest().moment_gregorian)
    elif options.now != "live":
        clock.freeze(parse_time(options.now, "now", f"{ANY_TIME.expected}, or live"))
    account = stores.shown_account(store)
    if options.reseller:
        account = store.accounts[account.id] = replace(account, is_reseller=True)
    version = version_named(options.kazoo)
    settings = parse_settings(options.settings, version)
    quirks_shown = quirks.enabled(version.quirks, options.fix, options.quirk)
    locale = options.locale or fixtures.manifest().locale
    state = State(
        store,
        settings,
        clock,
        quirks_shown,
        seed=seed,
        locale=locale,
        version=version,
        journal=options.journal,
        beside=beside,
    )
    return state, account


def parse_settings(values: Mapping[str, Any], version: Version) -> Settings:
    """Settings by Kazoo's names, the others as that version has them. Raises `SettingError`."""
    return Settings.parse([_assignment(name, value) for name, value in values.items()], kazoo_version=version.release)


def _assignment(name: str, value: Any) -> str:
    try:
        return f"{name}={value if isinstance(value, str) else json.dumps(value)}"
    except (TypeError, ValueError) as error:
        raise SettingError(f"{name} came as {shown(value)}: expected text, a number, true or false") from error


def _store(options: Options, seed: int, clock: Clock) -> LoadedStore | GeneratedStore:
    if options.data is not None:
        return stores.loaded(Path(options.data))
    office = fixtures.manifest()
    is_office = all(said is None for said in (options.seed, options.calls_per_day, options.locale))
    calls = office.calls_per_day if options.calls_per_day is None else options.calls_per_day
    opened = office.first_day if is_office else OPENED
    return stores.made_up(seed, calls, options.locale or office.locale, clock, opened)
