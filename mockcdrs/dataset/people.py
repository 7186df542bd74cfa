"""An account's directory: its people, devices and numbers, and the world that they talk to."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import pools, staff, world
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.endpoints import Endpoint, Home
from mockcdrs.dataset.numbers import plan_of
from mockcdrs.dataset.seeding import hex_id, pick, random_for

DEFAULT_LOCALE = "en_US"
_CREATED_GREGORIAN = gregorian.month_start("202001")


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything that the calls of one account draw from; a pure function of seed, account and locale.

    `phones` are the desk phones and softphones of the users, `extensions` their numbers in the same order; `lines` are
    the account's own numbers as others dial and see them. `contacts`, `international`, `toll_free` and `emergency` lie
    outside. `on_net` are other accounts of the same cluster.
    """

    seed: int
    locale: str
    account: Account
    phones: tuple[Endpoint, ...]
    extensions: tuple[str, ...]
    faxes: tuple[Endpoint, ...]
    lines: tuple[Endpoint, ...]
    voicemail: Endpoint
    menu: Endpoint
    queues: tuple[Endpoint, ...]
    ring_groups: tuple[Endpoint, ...]
    conferences: tuple[Endpoint, ...]
    parking: tuple[Endpoint, ...]
    contacts: tuple[Endpoint, ...]
    international: tuple[Endpoint, ...]
    toll_free: tuple[Endpoint, ...]
    emergency: Endpoint
    on_net: tuple[Endpoint, ...]
    carriers: tuple[Mapping[str, str], ...]
    media_servers: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def realm(self) -> str:
        """The SIP realm of the account."""
        return self.account.realm

    @property
    def users(self) -> tuple[Mapping[str, Any], ...]:
        """The account's users, as in `Account.users`."""
        return self.account.users

    @property
    def devices(self) -> tuple[Mapping[str, Any], ...]:
        """The account's devices, as in `Account.devices`."""
        return self.account.devices


def main_account_id(seed: int) -> str:
    """The id of the account whose calls a seed is about."""
    return hex_id(seed, "account", "main")


def universe(seed: int, locale: str = DEFAULT_LOCALE) -> tuple[Account, ...]:
    """Three accounts: the master, a reseller below it, and the main account as the reseller's child.

    `months` stay empty: which databases exist depends on the clock.
    """
    roles = ("master", "reseller", "main")
    pool = pools.load(locale)
    return tuple(_begun(seed, hex_id(seed, "account", role), pool).account for role in roles)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An account and its people, and the draws as far as they have got: what surrounds them is still to come."""

    random: Random
    home: Home
    people: staff.Staff
    account: Account


def _begun(seed: int, account_id: str, pool: pools.Pool) -> _Begun:
    locale = pool.locale
    random = random_for(seed, "directory", account_id, locale)
    name = pick(random, pool.companies)
    home = Home(account_id, name, f"{account_id[:6]}.sip.example.com", hex_id(seed, "account", "reseller"))
    people = staff.hire(random, home, pool, plan_of(locale))
    return _Begun(random, home, people, _account(seed, home, people, locale))


@functools.lru_cache(maxsize=8)  # every call that a test adds needs it
def directory(seed: int, account_id: str, locale: str = DEFAULT_LOCALE) -> Directory:
    """The directory of one account, drawn by hash of seed and account from the locale's pools."""
    pool = pools.load(locale)
    begun = _begun(seed, account_id, pool)
    people = begun.people
    outside = world.World(begun.random, begun.home, pool, plan_of(locale)).draw()
    return Directory(
        seed=seed,
        locale=locale,
        account=begun.account,
        phones=people.phones,
        extensions=people.extensions,
        faxes=people.faxes,
        phrases=pool.phrases[:200],
        **outside,
    )


def _account(seed: int, home: Home, people: staff.Staff, locale: str) -> Account:
    master, reseller = hex_id(seed, "account", "master"), home.reseller_id
    trees: dict[str, tuple[str, ...]] = {master: (), reseller: (master,)}
    return Account(
        id=home.account_id,
        name=home.account_name,
        realm=home.realm,
        tree=trees.get(home.account_id, (master, reseller)),
        is_reseller=home.account_id in trees,
        is_superduper_admin=home.account_id == master,
        users=people.users,
        devices=people.devices,
        tokens=(Token(hex_id(seed, "token", home.account_id), people.users[0]["id"]),),
        document={
            "language": locale.replace("_", "-").lower(),
            "timezone": plan_of(locale).timezone,
            "enabled": True,
            "pvt_created": _CREATED_GREGORIAN,
        },
    )
