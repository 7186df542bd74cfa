"""A mock that runs on its own, for `mockcdrs serve` and for any WSGI server."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockcdrs.control import stores
from mockcdrs.control.access import AccessPolicy
from mockcdrs.control.clock import Clock
from mockcdrs.control.powers import Powers
from mockcdrs.control.state import HashedRequestIds, State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import version_named
from mockcdrs.server.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mockcdrs.dataset.accounts import Account


@dataclass(frozen=True, slots=True)
class Standalone:
    """The app, its state, and the account to show; `access` is `None` without a control API."""

    app: "WSGIApplication"
    state: State
    account: "Account"
    access: AccessPolicy | None


def make(  # noqa: PLR0913 the options are its arguments
    *,
    data: Path | None,
    seed: int,
    calls_per_day: int,
    locale: str,
    clock: Clock | None,
    kazoo: str,
    settings: tuple[str, ...],
    fixed: tuple[str, ...],
    added: tuple[str, ...],
    reseller: bool,
    journal: int,
    host: str,
    control_token: str | None,
    no_control: bool,
    is_one_of_many: bool = False,
) -> Standalone:
    """What the options of `mockcdrs serve` ask for. Raises `DataError`, `UnknownLocale`, `UnknownVersion`.

    One of many processes makes request ids that all of them agree on.
    """
    version, clock = version_named(kazoo), clock or Clock()
    store = stores.made_up(seed, calls_per_day, locale, clock) if data is None else stores.loaded(data)
    account = stores.shown_account(store)
    if reseller:
        account = store.accounts[account.id] = replace(account, is_reseller=True)
    ids = HashedRequestIds(seed) if is_one_of_many else None
    parsed = Settings.parse(settings, kazoo_version=version.release)
    shown = quirks.enabled(version.quirks, fixed, added)
    state = State(store, parsed, clock, shown, seed=seed, ids=ids, locale=locale, version=version, journal=journal)
    if no_control:
        return Standalone(create_app(state), state, account, None)
    access = AccessPolicy(host, control_token)
    return Standalone(create_app(state, Powers(state, account), access), state, account, access)
