"""An office: the account, its people and devices, and the parties outside that it talks to.

All of it is a pure function of seed, account, locale and the number of phones; an office with more phones has all that
one with fewer has.
"""

import functools
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, overload

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.accounts import DEMO_APPS, Account, Token
from mockcdrs.dataset.endpoints import (
    BROWSER,
    DESK_PHONES,
    SOFTPHONES,
    Endpoint,
    Home,
    Neighbour,
    Outside,
    Phone,
    UserAgent,
)
from mockcdrs.dataset.locales import PLANS, NamePool, draw_number, load_pool, numbering_plan
from mockcdrs.dataset.random_stream import hex_id, pick, random_for

T = TypeVar("T")

DEFAULT_LOCALE = "en_US"
_CREATED_GREGORIAN = gregorian.month_start("202001")
_FIRST_EXTENSION, _EXTENSIONS_OF_FOUR_DIGITS = 1001, 1_900
_OWN_NUMBERS, _CONTACTS, _MOBILES, _GATEWAY_CONTACTS, _INTERNATIONAL, _TOLL_FREE, _ON_NET = (8, 260, 20, 10, 40, 20, 6)
_CARRIERS = (("Northwind", "192.0.2"), ("Basalt", "198.51.100"), ("Halyard", "203.0.113"))
_APP_LIST = [app["id"] for app in reversed(DEMO_APPS)]
"""What a user has installed, as a web client notes it: the first one, which shows calls, opens after a login."""


class Office(NamedTuple):
    """Everything that the calls of one account draw from.

    `phones` are the desk phones and softphones of the users. `lines` are the account's own numbers, as others dial and
    see them; those of the `menu`, the `queues` and the `ring_groups` are answered by these. `contacts`, `mobiles`,
    `gateway_contacts`, `international`, `toll_free` and `emergency` lie outside; `on_net` are other accounts of the
    same cluster. `conferences`, `group_extension`, `parking` and `pickup` are dialled from inside.
    """

    seed: int
    locale: str
    account: Account
    phones: Sequence[Endpoint]
    lines: tuple[Endpoint, ...]
    menu: Endpoint
    queues: tuple[Endpoint, ...]
    ring_groups: tuple[Endpoint, ...]
    conferences: tuple[Endpoint, ...]
    group_extension: Endpoint
    parking: Endpoint
    pickup: Endpoint
    contacts: tuple[Outside, ...]
    mobiles: tuple[Outside, ...]
    gateway_contacts: tuple[Outside, ...]
    international: tuple[Outside, ...]
    toll_free: tuple[Outside, ...]
    emergency: Outside
    on_net: tuple[Neighbour, ...]
    click_to_call_id: str
    media_servers: tuple[str, ...]


def main_account_id(seed: int) -> str:
    """The id of the account whose calls a seed is about."""
    return hex_id(seed, "account", "main")


def generate_accounts(seed: int, locale: str = DEFAULT_LOCALE, phones: int = 0) -> tuple[Account, ...]:
    """The master account, a reseller below it, the reseller's children `main` and `sibling`, and a child of `main`.

    The main account has `phones` phones at the least. `months` stay empty: which databases exist depends on the clock.
    """
    pool = load_pool(locale)
    return tuple(
        _Builder(seed, hex_id(seed, "account", role), pool, phones if role == "main" else 0).account()
        for role in ("master", "reseller", "main", "sibling", "child")
    )


@functools.lru_cache(maxsize=8)  # every call that a test adds needs it
def generate_office(seed: int, account_id: str, locale: str = DEFAULT_LOCALE, phones: int = 0) -> Office:
    """The office of one account, with so many phones at the least. Raises `UnknownLocale`."""
    builder = _Builder(seed, account_id, load_pool(locale), phones)
    if phones:  # all else is as in the office without more phones, which the plan of its calls was made with
        usual = generate_office(seed, account_id, locale)
        return usual._replace(account=builder.account(), phones=builder.phones)
    return builder.office()


class _LazySequence(Sequence[T]):
    """Values that are made when they are first looked at: a big office has thousands of people."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count = count
        self._make = functools.cache(make)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        places = range(self._count)[place]
        return self._make(places) if isinstance(places, int) else tuple(map(self._make, places))

    def __iter__(self) -> Iterator[T]:
        return map(self._make, range(self._count))

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


class _Builder:
    """Draws an office.

    Of three phones the first is the only one of its user; the others are a desk phone and a softphone of the next one.
    """

    def __init__(self, seed: int, account_id: str, pool: NamePool, phones: int) -> None:
        self.seed = seed
        self.pool = pool
        self.plan = numbering_plan(pool.locale)
        self.random = random_for(seed, "directory", account_id, pool.locale)
        name = pick(self.random, pool.companies)
        reseller = hex_id(seed, "account", "reseller")
        cluster = f"apps1.{account_id[:2]}.example.net"
        self.home = Home(account_id, name, f"{account_id[:6]}.sip.example.com", reseller, self.plan, cluster)
        usual = 14 + int(self.random.random() * 12)
        self.first_name, self.next_name = (int(self.random.random() * len(pool.names)) for _ in range(2))
        while math.gcd(self.next_name, len(pool.names)) != 1:
            self.next_name += 1
        self.numbers: set[str] = set()
        self.own_numbers = tuple(self._number(self.plan.local[0]) for _ in range(_OWN_NUMBERS))
        count = math.ceil(max(usual * 3 / 2, phones) / 3) * 3
        self.users = _LazySequence(user_of_phone(count - 1) + 1, self._user)
        self.devices = _LazySequence(count, self._device)
        self.phones: Sequence[Endpoint] = _LazySequence(count, self._phone)

    def _phone(self, row: int) -> Phone:
        device, user = self.devices[row], self.users[user_of_phone(row)]
        host = f"10.{32 + row // 62_500}.{row // 250 % 250}.{1 + row % 250}"
        name = f"{user['first_name']} {user['last_name']}"
        return Phone(self.home, user["presence_id"], name, device, self._agent(row), host)

    def _user(self, row: int) -> Mapping[str, Any]:
        names = self.pool.names
        first, last = names[(self.first_name + row * self.next_name) % len(names)]
        extension = str((_FIRST_EXTENSION if row < _EXTENSIONS_OF_FOUR_DIGITS else 10_000) + row)
        username = _latin(f"{first}.{last}") or f"user{extension}"
        if row >= len(names):  # so many people that some have the same name
            username += extension
        return {
            "id": self._id_of("user", row),
            "first_name": first,
            "last_name": last,
            "username": f"{username}@{self.home.realm}",
            "email": f"{username}.{extension}@example.com",
            "priv_level": "admin" if row == 0 else "user",
            "presence_id": extension,
            "timezone": self.plan.timezone,
            "enabled": True,
            "caller_id": {"internal": {"name": f"{first} {last}", "number": extension}},
            "vm_to_email_enabled": True,
            "appList": _APP_LIST,
        }

    def _device(self, row: int) -> Mapping[str, Any]:
        agent, user = self._agent(row), self.users[user_of_phone(row)]
        device: dict[str, Any] = {
            "id": self._id_of("device", row),
            "name": f"{user['first_name']} {user['last_name']}, {agent.name.split(' ')[0]}",
            "device_type": "sip_device" if agent.vendor else "softphone",
            "owner_id": user["id"],
            "sip": {"username": f"user_{self._id_of('sip user', row)[:6]}", "method": "password"},
            "enabled": True,
        }
        if agent.vendor:
            digits = f"{agent.vendor}{row:06x}"
            device["mac_address"] = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
        if agent is BROWSER:
            device["media"] = {"webrtc": True}
        return device

    def _agent(self, row: int) -> UserAgent:
        agents = SOFTPHONES if row % 3 == 2 else DESK_PHONES
        return agents[int(self._id_of("agent", row)[:4], 16) % len(agents)]

    def _id_of(self, kind: str, row: int) -> str:
        return hex_id(self.seed, kind, self.home.account_id, self.pool.locale, row)

    def account(self) -> Account:
        """The account's documents."""
        master, reseller = hex_id(self.seed, "account", "master"), self.home.reseller_id
        trees: dict[str, tuple[str, ...]] = {
            master: (),
            reseller: (master,),
            hex_id(self.seed, "account", "child"): (master, reseller, main_account_id(self.seed)),
        }
        account_id = self.home.account_id
        return Account(
            id=account_id,
            name=self.home.account_name,
            realm=self.home.realm,
            tree=trees.get(account_id, (master, reseller)),
            is_reseller=account_id in {master, reseller},
            is_superduper_admin=account_id == master,
            users=self.users,
            devices=self.devices,
            tokens=(Token(hex_id(self.seed, "token", account_id), self.users[0]["id"]),),
            numbers=self.own_numbers,
            document={
                "language": self.pool.locale.replace("_", "-").lower(),
                "timezone": self.plan.timezone,
                "enabled": True,
                "ui_restrictions": {"myaccount": {}},  # which a web client would write otherwise
                "pvt_created": _CREATED_GREGORIAN,
            },
        )

    def office(self) -> Office:
        """The whole office."""
        home, plan = self.home, self.plan
        self.random = random_for(self.seed, "outside", home.account_id, self.pool.locale)
        carriers = [
            {"id": self._id(), "name": name, "address": f"{network}.{1 + int(self.random.random() * 254)}"}
            for name, network in _CARRIERS
        ]
        gateway = {**carriers[0], "id": self._id(), "username": "trunk-1"}
        menu, queue, other_queue, group, other_group, *lines = self.own_numbers
        return Office(
            seed=self.seed,
            locale=self.pool.locale,
            account=self.account(),
            phones=self.phones,
            lines=tuple(Endpoint(home, number, home.account_name) for number in lines),
            menu=Endpoint(home, menu, plan.menu),
            queues=self._named((queue, other_queue), plan.queues),
            ring_groups=self._named((group, other_group), plan.ring_groups),
            conferences=self._named(("3001", "3002"), plan.conferences),
            group_extension=Endpoint(home, "5001", plan.ring_groups[0]),
            parking=Endpoint(home, "*3101", "Parking 101"),
            pickup=Endpoint(home, "*8", "Group pickup"),
            contacts=self._outside(_CONTACTS, plan.local, carriers),
            mobiles=self._outside(_MOBILES, plan.local[-1:], carriers),
            gateway_contacts=self._outside(_GATEWAY_CONTACTS, plan.local[:1], [gateway]),
            international=self._outside(
                _INTERNATIONAL,
                [mask for other in PLANS.values() if other is not plan for mask in other.local],
                carriers,
            ),
            toll_free=self._outside(_TOLL_FREE, [plan.toll_free], carriers),
            emergency=Outside(home, plan.emergency, "Emergency", carriers[0]),
            on_net=tuple(
                Neighbour(home, self._number(plan.local[-1]), pick(self.random, self.pool.companies), self._id())
                for _ in range(_ON_NET)
            ),
            click_to_call_id=self._id(),
            media_servers=tuple(f"fs{row}.{home.account_id[:2]}.example.net" for row in (1, 2, 3)),
        )

    def _named(self, numbers: Sequence[str], names: Sequence[str]) -> tuple[Endpoint, ...]:
        return tuple(Endpoint(self.home, number, name) for number, name in zip(numbers, names, strict=True))

    def _outside(self, count: int, masks: Sequence[str], carriers: Sequence[Mapping[str, str]]) -> tuple[Outside, ...]:
        return tuple(
            Outside(self.home, self._number(pick(self.random, masks)), self._caller_name(), pick(self.random, carriers))
            for _ in range(count)
        )

    def _caller_name(self) -> str:
        """A name as a carrier delivers it: 15 capital letters at most."""
        first, last = pick(self.random, self.pool.names)
        company, town = pick(self.random, self.pool.companies), pick(self.random, self.pool.towns)
        return pick(self.random, (f"{last} {first}", f"{last} {first}", company, town, "WIRELESS CALLER")).upper()[:15]

    def _number(self, mask: str) -> str:
        """A number that nobody in the office's world has yet."""
        number = draw_number(self.random, mask)
        while number in self.numbers:
            number = draw_number(self.random, mask)
        self.numbers.add(number)
        return number

    def _id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"


def user_of_phone(phone: int) -> int:
    """The place of the user whose phone lies at a place of an office's phones."""
    return phone // 3 * 2 + (phone % 3 > 0)


def _latin(text: str) -> str:
    """The name in plain lower-case letters; empty where its script has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".").strip(".")
