"""An office: the account, its people and devices, and the parties outside that it talks to.

All of it is a pure function of seed, account and locale; the order of drawing is part of what a seed means.
"""

import functools
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.accounts import DEMO_APPS, Account, Token
from mockcdrs.dataset.endpoints import Endpoint, Home, Party
from mockcdrs.dataset.locales import (
    EMERGENCY_RATE,
    INTERNATIONAL_RATES,
    LOCAL_RATES,
    ON_NET_RATE,
    PLANS,
    TOLL_FREE_RATE,
    NamePool,
    NumberingPlan,
    Rate,
    draw_number,
    load_pool,
    numbering_plan,
)
from mockcdrs.dataset.random_stream import hex_id, pick, random_for, sample

DEFAULT_LOCALE = "en_US"
_CREATED_GREGORIAN = gregorian.month_start("202001")

# User agents of desk phones, each with its vendor's prefix of MAC addresses.
_DESK_PHONES = (
    ("Yealink SIP-T46S 66.84.0.15", "805ec0"),
    ("Yealink SIP-T54W 96.86.0.70", "805e0c"),
    ("PolycomVVX-VVX_410-UA/5.9.5.0614", "64167f"),
    ("PolyEdge-Edge_E350-UA/8.2.1.1000", "482567"),
    ("Grandstream GXP2170 1.0.11.64", "000b82"),
    ("snomD785/10.1.64.14", "000413"),
    ("Cisco/SPA504G-7.6.2f", "ccef48"),
)
_SOFTPHONES = ("Z 5.6.4 v2.10.20.4_1", "Bria 6.7.1", "Telephone 1.6", "LinphoneAndroid/5.2.5")
_FIRST_EXTENSION = 1001
_LINES, _CONTACTS, _INTERNATIONAL, _TOLL_FREE, _ON_NET = 5, 300, 40, 20, 6
_BILLINGS = ("per_minute", "per_minute", "allotment", "flat_rate")
_CARRIERS = (("Northwind", "192.0.2"), ("Basalt", "198.51.100"), ("Halyard", "203.0.113"))
_SERVER = "10.26.0.2"
_APP_LIST = [app["id"] for app in reversed(DEMO_APPS)]
"""What a user has installed, as a web client notes it: the first one, which shows calls, opens after a login."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that the calls of one account draw from.

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


@dataclass(frozen=True, slots=True)
class _Staff:
    """The people of an office: users and devices as in `Account`, and their endpoints as in `Office`."""

    users: tuple[Mapping[str, Any], ...]
    devices: tuple[Mapping[str, Any], ...]
    phones: tuple[Endpoint, ...]
    extensions: tuple[str, ...]
    faxes: tuple[Endpoint, ...]


def main_account_id(seed: int) -> str:
    """The id of the account whose calls a seed is about."""
    return hex_id(seed, "account", "main")


def generate_accounts(seed: int, locale: str = DEFAULT_LOCALE) -> tuple[Account, ...]:
    """The master account, a reseller below it, the reseller's children `main` and `sibling`, and a child of `main`.

    `months` stay empty: which databases exist depends on the clock.
    """
    pool = load_pool(locale)
    accounts = []
    for role in ("master", "reseller", "main", "sibling", "child"):
        home, staff, outside = _begin_office(seed, hex_id(seed, "account", role), pool)
        accounts.append(_account(seed, home, staff, outside.lines, locale))
    return tuple(accounts)


@functools.lru_cache(maxsize=8)  # every call that a test adds needs it
def generate_office(seed: int, account_id: str, locale: str = DEFAULT_LOCALE) -> Office:
    """The office of one account, drawn by hash of seed and account from the locale's names. Raises `UnknownLocale`."""
    pool = load_pool(locale)
    home, staff, outside = _begin_office(seed, account_id, pool)
    return Office(
        seed=seed,
        locale=locale,
        account=_account(seed, home, staff, outside.lines, locale),
        phones=staff.phones,
        extensions=staff.extensions,
        faxes=staff.faxes,
        phrases=pool.phrases[:200],
        lines=outside.lines,
        **outside.draw(),
    )


def _begin_office(seed: int, account_id: str, pool: NamePool) -> tuple[Home, _Staff, "_OutsideParties"]:
    """An account's people and lines; the parties outside, which cost more, are still to be drawn."""
    random = random_for(seed, "directory", account_id, pool.locale)
    name = pick(random, pool.companies)
    home = Home(account_id, name, f"{account_id[:6]}.sip.example.com", hex_id(seed, "account", "reseller"))
    plan = numbering_plan(pool.locale)
    staff = _generate_staff(random, home, pool, plan)
    return home, staff, _OutsideParties(random, home, pool, plan)


def _account(seed: int, home: Home, staff: _Staff, lines: Sequence[Endpoint], locale: str) -> Account:
    master, reseller = hex_id(seed, "account", "master"), home.reseller_id
    trees: dict[str, tuple[str, ...]] = {
        master: (),
        reseller: (master,),
        hex_id(seed, "account", "child"): (master, reseller, main_account_id(seed)),
    }
    return Account(
        id=home.account_id,
        name=home.account_name,
        realm=home.realm,
        tree=trees.get(home.account_id, (master, reseller)),
        is_reseller=home.account_id in {master, reseller},
        is_superduper_admin=home.account_id == master,
        users=staff.users,
        devices=staff.devices,
        tokens=(Token(hex_id(seed, "token", home.account_id), staff.users[0]["id"]),),
        numbers=tuple(line.number for line in lines),
        document={
            "language": locale.replace("_", "-").lower(),
            "timezone": numbering_plan(locale).timezone,
            "enabled": True,
            "ui_restrictions": {"myaccount": {}},  # which a web client would write otherwise
            "pvt_created": _CREATED_GREGORIAN,
        },
    )


def _generate_staff(random: Random, home: Home, pool: NamePool, plan: NumberingPlan) -> _Staff:
    """14 to 25 people, each with a desk phone, half of them with a softphone too, and two fax machines."""
    names = sample(random, pool.names, 14 + int(random.random() * 12))
    users = [_user(random, home, plan, name, _FIRST_EXTENSION + row) for row, name in enumerate(names)]
    devices: list[dict[str, Any]] = []
    phones: list[Endpoint] = []
    for row, user in enumerate(users):
        for softphone in (False, True)[: 1 + row % 2]:
            device, agent = _phone(random, user, softphone)
            devices.append(device)
            phones.append(_endpoint(random, home, device, user, agent))
    faxes = [_fax(random, home, row) for row in range(2)]
    return _Staff(
        users=tuple(users),
        devices=(*devices, *(device for device, _ in faxes)),
        phones=tuple(phones),
        extensions=tuple(phone.number for phone in phones),
        faxes=tuple(endpoint for _, endpoint in faxes),
    )


def _user(random: Random, home: Home, plan: NumberingPlan, name: tuple[str, str], extension: int) -> dict[str, Any]:
    first, last = name
    username = _latin(f"{first}.{last}") or f"user{extension}"
    return {
        "id": _hex(random, 32),
        "first_name": first,
        "last_name": last,
        "username": f"{username}@{home.realm}",
        "email": f"{username}.{extension}@example.com",
        "priv_level": "admin" if extension == _FIRST_EXTENSION else "user",
        "presence_id": str(extension),
        "timezone": plan.timezone,
        "enabled": True,
        "caller_id": {"internal": {"name": f"{first} {last}", "number": str(extension)}},
        "vm_to_email_enabled": True,
        "appList": _APP_LIST,
    }


def _phone(random: Random, user: Mapping[str, Any], softphone: bool) -> tuple[dict[str, Any], str]:
    agent, vendor = (pick(random, _SOFTPHONES), "") if softphone else pick(random, _DESK_PHONES)
    kind = "softphone" if softphone else "sip_device"
    device = _device(random, f"{user['first_name']} {user['last_name']}, {agent.split(' ')[0]}", kind, user["id"])
    return (device if softphone else {**device, "mac_address": _mac(random, vendor)}), agent


def _endpoint(random: Random, home: Home, device: Mapping[str, Any], user: Mapping[str, Any], agent: str) -> Endpoint:
    name = f"{user['first_name']} {user['last_name']}"
    address = f"10.26.{_octet(random)}.{_octet(random)}"
    suffix = f"@{address}" if agent.startswith(("Yealink", "Grandstream")) else ""
    return home.device(device, Party(user["presence_id"], name, device["sip"]["username"], address, agent, suffix))


def _fax(random: Random, home: Home, row: int) -> tuple[dict[str, Any], Endpoint]:
    device = {**_device(random, f"Fax {row + 1}", "fax", ""), "mac_address": _mac(random, "00908f")}
    party = Party(str(1901 + row), device["name"], device["sip"]["username"], "10.26.0.9", "AudioCodes MP-112/6.60A")
    return device, home.device(device, party)


def _device(random: Random, name: str, kind: str, owner_id: str) -> dict[str, Any]:
    return {
        "id": _hex(random, 32),
        "name": name,
        "device_type": kind,
        **({"owner_id": owner_id} if owner_id else {}),
        "sip": {"username": f"user_{_hex(random, 6)}", "method": "password"},
        "enabled": True,
    }


def _latin(text: str) -> str:
    """The name in plain lower-case letters; empty where its script has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".").strip(".")


def _hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def _mac(random: Random, vendor: str) -> str:
    digits = vendor + _hex(random, 6)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _octet(random: Random) -> int:
    return 1 + int(random.random() * 254)


@dataclass(slots=True)
class _OutsideParties:
    """Whom an office talks to, and the machines that carry it: contacts, carriers, media servers, features."""

    random: Random
    home: Home
    pool: NamePool
    plan: NumberingPlan
    carriers: list[dict[str, str]] = field(init=False)
    lines: tuple[Endpoint, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.carriers = [self._carrier(*carrier) for carrier in _CARRIERS]
        self.lines = tuple(self._line() for _ in range(_LINES))

    def draw(self) -> dict[str, Any]:
        """The other fields of an `Office` that are neither its people nor their devices, by name."""
        emergency = self.home.outside(self.plan.emergency, "Emergency", self.carriers[0], EMERGENCY_RATE, "flat_rate")
        return {
            "carriers": tuple(self.carriers),
            "media_servers": tuple(f"fs{row}.{self.home.account_id[:2]}.example.net" for row in (1, 2, 3)),
            "contacts": tuple(self._contact() for _ in range(_CONTACTS)),
            "international": tuple(self._abroad() for _ in range(_INTERNATIONAL)),
            "toll_free": tuple(self._toll_free() for _ in range(_TOLL_FREE)),
            "emergency": emergency,
            "on_net": tuple(self._on_net() for _ in range(_ON_NET)),
            "voicemail": self.home.feature("*97", "Voicemail", _SERVER),
            "menu": self.home.feature("6000", "Main menu", _SERVER),
            "conferences": self._features(3001, 2),
            "queues": self._features(4001, 2),
            "ring_groups": self._features(5001, 2),
            "parking": tuple(self.home.feature(f"*3{slot}", f"Parking {slot}", _SERVER) for slot in range(101, 105)),
        }

    def _carrier(self, name: str, network: str) -> dict[str, str]:
        return {
            "id": self._id(),
            "name": name,
            "address": f"{network}.{1 + int(self.random.random() * 254)}",
            "agent": f"{name}-SBC/7.2",
            "type": "offnet-termination",
        }

    def _features(self, first: int, count: int) -> tuple[Endpoint, ...]:
        numbers = range(first, first + count)
        return tuple(self.home.feature(str(row), pick(self.random, self.pool.phrases), _SERVER) for row in numbers)

    def _line(self) -> Endpoint:
        return self.home.feature(draw_number(self.random, self.plan.local[0]), self.home.account_name, _SERVER)

    def _contact(self) -> Endpoint:
        person = " ".join(pick(self.random, self.pool.names))
        company, town = pick(self.random, self.pool.companies), pick(self.random, self.pool.towns).upper()
        name = pick(self.random, (person, company, town))
        return self._outside(pick(self.random, self.plan.local), name, pick(self.random, LOCAL_RATES))

    def _abroad(self) -> Endpoint:
        there = pick(self.random, [plan for plan in PLANS.values() if plan.country != self.plan.country])
        rate = INTERNATIONAL_RATES[there.country]
        return self._outside(pick(self.random, there.local), pick(self.random, self.pool.companies), rate)

    def _toll_free(self) -> Endpoint:
        return self._outside(self.plan.toll_free, pick(self.random, self.pool.companies), TOLL_FREE_RATE)

    def _on_net(self) -> Endpoint:
        carrier = {"id": self._id(), "address": "10.26.0.3", "agent": "FreeSWITCH", "type": "onnet-termination"}
        dialled = draw_number(self.random, self.plan.local[-1])
        return self.home.outside(
            dialled, pick(self.random, self.pool.companies), carrier, ON_NET_RATE, "limits_disabled"
        )

    def _outside(self, mask: str, name: str, rate: Rate) -> Endpoint:
        carrier, billing = pick(self.random, self.carriers), pick(self.random, _BILLINGS)
        return self.home.outside(draw_number(self.random, mask), name, carrier, rate, billing)

    def _id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"
