"""Accounts, their users, the tokens and credentials that open them, and demo apps for Monster UI."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockcdrs.dataset.random_stream import hex_id

PASSWORD = "mockcdrs"  # noqa: S105 a demo login that everybody is to know

_MONTH_SUFFIX = re.compile(r"-\d{4}(0[1-9]|1[0-2])\Z", re.ASCII)
_DIGEST_FIELDS = {"md5": "pvt_md5_auth", "sha": "pvt_sha1_auth"}


class Token(NamedTuple):
    """What a client sends as `X-Auth-Token`, and the user on whose behalf it acts."""

    value: str
    owner_id: str = ""


class Account(NamedTuple):
    """One Kazoo account.

    `tree` holds the ids of its ancestors, the topmost first. `months` are the months (`YYYYMM`) for which a
    database exists, whether or not it holds a document. `numbers` are its phone numbers in E.164.

    `users`, `devices` and `apps` are documents as Kazoo's database has them, but for `id`, which is `_id` there.
    `document` is the rest of the account's own document, private keys too; `whitelabel` is its branding.
    """

    id: str
    name: str = ""
    realm: str = ""
    tree: tuple[str, ...] = ()
    is_reseller: bool = False
    is_superduper_admin: bool = False
    months: tuple[str, ...] = ()
    users: Sequence[Mapping[str, Any]] = ()
    devices: Sequence[Mapping[str, Any]] = ()
    tokens: tuple[Token, ...] = ()
    numbers: tuple[str, ...] = ()
    document: Mapping[str, Any] = {}
    whitelabel: Mapping[str, Any] = {}
    apps: tuple[Mapping[str, Any], ...] = ()


def without_month(account_id: str) -> str:
    """An account's id, also where the name of a month's database stands for it (`kz_util.erl`, `raw_account_id`).

    Documents of 2013 and 2014 have such a `pvt_account_id`: `...-201307`.
    """
    return _MONTH_SUFFIX.sub("", account_id)


def database_name(account_id: str, month: str) -> str:
    """The name of an account's database of a month, `YYYYMM`, as documents have it in `pvt_account_db`."""
    return f"account%2F{account_id[:2]}%2F{account_id[2:4]}%2F{account_id[4:]}-{month}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login: `username` and `password` with `account_name` or `realm`, or `api_key` alone.

    `password` is empty if the data has only a digest of it; `username` and `user_id` are empty if there are no users.
    """

    username: str
    password: str
    account_name: str
    realm: str
    api_key: str
    user_id: str


def credentials(account: Account) -> Credentials:
    """The login of the user to whom the account's first token belongs, else of its first user."""
    owner_id = account.tokens[0].owner_id if account.tokens else ""
    first: Mapping[str, Any] = next(iter(account.users), {})
    user = next((user for user in account.users if user["id"] == owner_id), first)
    return Credentials(
        username=login_name(user),
        password="" if not user or _has_digest(user) else PASSWORD,
        account_name=account.name,
        realm=account.realm,
        api_key=api_key(account),
        user_id=user.get("id", ""),
    )


def api_key(account: Account) -> str:
    """64 hex digits: those of the account's document, else made from the account's id."""
    key = account.document.get("pvt_api_key")
    return key if isinstance(key, str) else hashlib.sha256(f"mockcdrs api key of {account.id}".encode()).hexdigest()


def login_name(user: Mapping[str, Any]) -> str:
    """The name that a user logs in by, in lower case as Kazoo keeps it: the user's id where there is no name."""
    return str(user.get("username", user.get("id", ""))).lower()


def password_digest(user: Mapping[str, Any], method: str) -> str | None:
    """What a user sends as `credentials`, by `md5` or `sha`; `None` where the data holds only the other digest."""
    if _has_digest(user):
        digest = user.get(_DIGEST_FIELDS[method])
        return digest if isinstance(digest, str) else None
    return password_digests(login_name(user), PASSWORD)[_DIGEST_FIELDS[method]]


def password_digests(username: str, password: str) -> dict[str, str]:
    """The private fields of a user that a password is kept as."""
    login = f"{username}:{password}".encode("utf-8", "surrogateescape")
    digests = hashlib.md5(login, usedforsecurity=False), hashlib.sha1(login, usedforsecurity=False)
    return dict(zip(_DIGEST_FIELDS.values(), (digest.hexdigest() for digest in digests), strict=True))


def _has_digest(user: Mapping[str, Any]) -> bool:
    return any(name in user for name in _DIGEST_FIELDS.values())


def _demo_app(name: str, label: str, description: str) -> Mapping[str, Any]:
    return {
        "id": hex_id("app", name),
        "name": name,
        "allowed_users": "all",
        "i18n": {"en-US": {"label": label, "description": description}},
        "icon": f"{name}.png",
        "masqueradable": True,
        "phase": "gold",
        "published": True,
        "tags": ["reseller", "developer"],
        "users": [],
        "version": "1.0",
    }


# What Monster UI, 2600Hz's web client, offers in accounts whose data has no apps.
DEMO_APPS = (
    _demo_app("accounts", "Accounts Manager", "Accounts and the accounts below them"),
    _demo_app("callflows", "Callflows", "What happens to a call"),
    _demo_app("voip", "SmartPBX", "Users, devices, and their calls"),
)
