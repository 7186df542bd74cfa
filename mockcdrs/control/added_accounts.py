"""The accounts, users, devices and numbers that a test adds: what a caller may give, checked, and what it gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.call_builder import merge_fields
from mockcdrs.dataset.locales import draw_number, load_pool, numbering_plan
from mockcdrs.dataset.random_stream import hex_id, pick, random_for

_DEVICE_TYPES = ("sip_device", "softphone", "cellphone", "landline", "fax", "ata", "smartphone", "mobile", "sip_uri")
_FIRST_EXTENSION = 2001  # those of the offices that are made up begin with 1
_TEXT = arguments.TEXT.optional()
_FIELDS = arguments.VALUES.optional()


@dataclass(frozen=True, slots=True)
class User:
    """A user that a test added: its id, its whole name, and its document as Crossbar shows it."""

    id: str
    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Device:
    """A device that a test added: its id, its name, and its document as Crossbar shows it."""

    id: str
    name: str
    document: Mapping[str, Any]


def _id_hint(value: Any) -> str:
    account_id = getattr(value, "account_id", None)
    return f"give its id: {account_id!r}" if isinstance(account_id, str) else ""


ACCOUNT_ID = Kind("the id of an account, text", arguments.TEXT.fits, _id_hint)
ACCOUNT = {
    "name": _TEXT,
    "parent": ACCOUNT_ID.optional(),
    "is_reseller": arguments.FLAG,
}
USER = dict.fromkeys(("name", "username", "email", "extension"), _TEXT) | {"fields": _FIELDS}
DEVICE = {
    "name": _TEXT,
    "owner": _TEXT,
    "device_type": Kind(
        f"one of {', '.join(_DEVICE_TYPES)}",
        lambda value: value in _DEVICE_TYPES,
        lambda value: arguments.nearest(value, _DEVICE_TYPES).removeprefix("; "),
    ),
    "fields": _FIELDS,
}
NUMBER = {"number": _TEXT}


def name_by_id(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with the id of each user and device in its place."""
    return {name: value.id if isinstance(value, User | Device) else value for name, value in given.items()}


def read_arguments(given: Mapping[str, Any], kinds: Mapping[str, Kind], what: str) -> dict[str, Any]:
    """Arguments as JSON has them: a user by id, without what is left out. Raises `ArgumentError`."""
    read = name_by_id(given)
    arguments.check(read, kinds, what)
    return {name: value for name, value in read.items() if value is not None}


def known_account(accounts: Mapping[str, Account], account_id: str, name: str = "account_id") -> Account:
    """The account of an id. Raises `ArgumentError`, which names the accounts that there are."""
    arguments.check_value(name, account_id, ACCOUNT_ID)
    if account_id not in accounts:
        known = ", ".join(f"{each.id} ({each.name})" for each in accounts.values())
        raise ArgumentError(f"{name}: came {account_id!r:.80}, expected one of {known}", name)
    return accounts[account_id]


class AccountBuilder:
    """Makes accounts and what they have. What is left out is drawn by seed and serial, in a locale's ways.

    Arguments:
        seed: of ids, tokens and names.
        locale: where the people live.
        serial: the number of what is made, another one each time.
        now: when it is made, in Gregorian seconds.

    """

    def __init__(self, seed: int, locale: str, serial: int, now: int) -> None:
        self._seed = seed
        self._locale = locale
        self._serial = serial
        self._now = now
        self._pool = load_pool(locale)
        self._plan = numbering_plan(locale)

    def account(self, parent: Account, name: str | None = None, *, is_reseller: bool = False) -> Account:
        """An account below another one, without users, with a token of its own."""
        account_id = self._id("account")
        return Account(
            id=account_id,
            name=pick(self._random("account"), self._pool.companies) if name is None else name,
            realm=f"{account_id[:6]}.sip.example.com",
            tree=(*parent.tree, parent.id),
            is_reseller=is_reseller,
            tokens=(Token(hex_id(self._seed, "token", account_id)),),
            document={
                "language": self._locale.replace("_", "-").lower(),
                "timezone": self._plan.timezone,
                "enabled": True,
                "pvt_created": self._now,
            },
        )

    def user(
        self,
        account: Account,
        name: str | None = None,
        username: str | None = None,
        email: str | None = None,
        extension: str | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> User:
        """A user of an account. Raises `ArgumentError` for a username that the account has."""
        whole = " ".join(pick(self._random("user"), self._pool.names)) if name is None else name
        first, _, last = whole.rpartition(" ") if " " in whole else (whole, "", "")
        login = username or f"user{self._serial}@{account.realm}"
        if any(str(user.get("username", "")).lower() == login.lower() for user in account.users):
            raise ArgumentError(f"username: came {login!r}, which another user of the account has", "username")
        number = extension or str(_FIRST_EXTENSION + len(account.users))
        document = {
            "id": self._id("user"),
            "first_name": first,
            "last_name": last,
            "username": login,
            "email": email or f"user{self._serial}@example.com",
            "priv_level": "user" if account.users else "admin",
            "presence_id": number,
            "timezone": self._plan.timezone,
            "enabled": True,
            "caller_id": {"internal": {"name": whole, "number": number}},
            "vm_to_email_enabled": True,
        }
        document = merge_fields(document, fields or {})
        return User(str(document["id"]), whole, document)

    def device(
        self,
        name: str | None = None,
        owner: str | None = None,
        device_type: str = "sip_device",
        fields: Mapping[str, Any] | None = None,
    ) -> Device:
        """A device, of the user `owner` if that is given."""
        title = name or f"Device {self._serial}"
        document = {
            "id": self._id("device"),
            "name": title,
            "device_type": device_type,
            **({"owner_id": owner} if owner else {}),
            "sip": {"username": f"user_{self._id('sip')[:6]}", "method": "password"},
            "enabled": True,
        }
        document = merge_fields(document, fields or {})
        return Device(str(document["id"]), title, document)

    def number(self, number: str | None = None) -> str:
        """A telephone number in E.164."""
        return draw_number(self._random("number"), self._plan.local[0]) if number is None else number

    def _id(self, kind: str) -> str:
        return hex_id(self._seed, "added", kind, self._serial)

    def _random(self, kind: str) -> Random:
        return random_for(self._seed, "added", kind, self._serial)
