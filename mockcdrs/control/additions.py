"""What a test adds to a mock, accounts and what they have, calls and CDRs: what a caller may give, and what it gets."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.clock import ANY_TIME, GREGORIAN_TIME, time_hint
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.locales import draw_number, load_pool, numbering_plan
from mockcdrs.dataset.random_stream import hex_id, pick, random_for
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.dataset.call_builder import CallRate

SECONDS_BEFORE_END = 2 * 86_400  # as much calendar as the longest call needs before its end

_CDR_ID = re.compile(r"\d{4}(0[1-9]|1[0-2])-.+", re.ASCII | re.DOTALL)
_TIMES = ("timestamp", "pvt_created", "pvt_modified", "interaction_time")
_DEVICE_TYPES = ("sip_device", "softphone", "cellphone", "landline", "fax", "ata", "smartphone", "mobile", "sip_uri")
_FIRST_EXTENSION = 2001  # those of the offices that are made up begin with 1
_TEXT = arguments.TEXT.optional()
_FIELDS = arguments.VALUES.optional()


class User(NamedTuple):
    """A user that a test added: its id, its whole name, and its document as Crossbar shows it."""

    id: str
    name: str
    document: Mapping[str, Any]


class Device(NamedTuple):
    """A device that a test added: its id, its name, and its document as Crossbar shows it."""

    id: str
    name: str
    document: Mapping[str, Any]


def _account_id_hint(value: Any) -> str:
    account_id = getattr(value, "account_id", None)
    return f"give its id: {account_id!r}" if isinstance(account_id, str) else ""


ACCOUNT_ID = Kind("the id of an account, text", arguments.TEXT.fits, _account_id_hint)
ACCOUNT = {"name": _TEXT, "parent": ACCOUNT_ID.optional(), "is_reseller": arguments.FLAG}
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


def _name_by_id(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments in which ids stand for users and devices."""
    return {name: value.id if isinstance(value, User | Device) else value for name, value in given.items()}


def read_arguments(given: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Arguments as JSON has them: a user by id, without what is left out. Raises `ArgumentError`."""
    read = _name_by_id(given)
    for name, value in read.items():
        arguments.check_value(name, value, kinds[name])
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
        from mockcdrs.dataset.call_builder import merge_fields

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
        from mockcdrs.dataset.call_builder import merge_fields

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


class NotACdr(ArgumentError):
    """What cannot be added as a CDR. The text says what came and what was expected; `name` is the wrong field's."""


class CallArguments(TypedDict, total=False):
    """The keyword arguments of `add_call()` besides `at`; whatever is left out follows from the scenario."""

    scenario: str | None
    direction: str | None
    caller: str | None
    callee: str | None
    caller_name: str | None
    callee_name: str | None
    seconds: int | None
    ringing: int | None
    owner: User | str | None
    device: Device | str | None
    rate: "float | CallRate | None"
    billing: str | None
    recording: bool | None
    tags: Mapping[str, str] | None
    fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """An added call: `id` is its interaction id, and `legs` are the documents of its legs."""

    id: str
    legs: tuple[Document, ...]

    @property
    def cdr_id(self) -> str:
        """The id of the first leg's CDR."""
        return str(self.legs[0]["_id"])


def read_call(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `add_call` but `at`, as JSON has them: a user and a device by id.

    Raises `ArgumentError` for arguments that `add_call` does not take.
    """
    from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, CallSpec

    call = _name_by_id(given)
    arguments.check(call, {"at": ANY_TIME.optional(), **CALL_SPEC_FIELDS}, "a call")
    call.pop("at", None)
    for name, value in call.items():
        _check_json(name, value)
    _check_fields(call.get("fields") or {})
    CallSpec(**call)
    return call


def check_series(count: Any, over: Any) -> None:
    """Raise `ArgumentError` for a number of calls, and a stretch of time, that `add_calls` does not take."""
    arguments.check_value("count", count, _SERIES)
    arguments.check_value("over", over, _STRETCH)


def spread_ends(last: int, count: int, over: timedelta) -> list[int]:
    """When each of `count` calls ends, in Gregorian seconds: evenly over the stretch of time that ends at `last`."""
    seconds = int(over.total_seconds())
    return [last - seconds * later // count for later in reversed(range(count))]


def check_cdr_id(cdr_id: Any) -> None:
    """Raise `ArgumentError` for what is no CDR's id."""
    arguments.check_value("cdr_id", cdr_id, _CDR_ID_KIND)


def check_document(document: Any) -> None:
    """Raise `NotACdr` for what no database could hold as a CDR, and for times of another epoch."""
    if not isinstance(document, dict):
        raise NotACdr(f"document: came {arguments.short_repr(document)}, expected a CDR's document: an object")
    _check_fields(document)
    _check_json("document", document)


def _cdr_id_hint(value: Any) -> str:
    if isinstance(value, Interaction):
        return f"give the id of one of its legs: {value.cdr_id!r}"
    return f"give its id alone: {value['_id']!r}" if isinstance(value, dict) and "_id" in value else ""


_SERIES = arguments.whole(1, 100_000)
_STRETCH = Kind(
    "a timedelta of at least a second, as in timedelta(days=3)",
    lambda value: isinstance(value, timedelta) and value >= timedelta(seconds=1),
)
_CDR_ID_KIND = Kind("the id of a CDR, text", lambda value: isinstance(value, str) and bool(value), _cdr_id_hint)


def _check_fields(document: Mapping[str, Any]) -> None:
    """Raise `NotACdr` for an id that names no month, and for a time that is plainly meant as another one."""
    for name in _TIMES:
        if time_hint(document.get(name)):
            arguments.check_value(name, document[name], GREGORIAN_TIME, NotACdr)
    if "_id" in document:
        cdr_id = document["_id"]
        if not (isinstance(cdr_id, str) and _CDR_ID.fullmatch(cdr_id)):
            expected = "text that starts with the month, as in 202601-a@host; or leave it out"
            raise NotACdr(f"_id: came {arguments.short_repr(cdr_id)}, expected {expected}", "_id")


def _check_json(name: str, value: Any) -> None:
    if not all(isinstance(key, str) for key in _keys(value)):
        raise NotACdr(f"{name}: came {arguments.short_repr(value)}, expected text for each key, as JSON has it", name)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotACdr(f"{name}: came what no answer could carry ({error}), expected JSON in UTF-8", name) from error


def _keys(value: Any) -> Iterator[Any]:
    """All keys of the objects in a value."""
    rest = [value]
    while rest:
        each = rest.pop()
        if isinstance(each, dict):
            yield from each
            rest += each.values()
        elif isinstance(each, list | tuple):
            rest += each
