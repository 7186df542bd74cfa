"""What a client logs in with: fixed demo credentials, the same for everybody, taken from an account's directory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.accounts import Account

PASSWORD = "mockcdrs"  # noqa: S105 a demo login that everybody is to know

_DIGESTS = {"md5": "pvt_md5_auth", "sha": "pvt_sha1_auth"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login of an account's: by `username` and `password` with `account_name` or `realm`, or by `api_key` alone.

    `password` is empty where the data brings only a digest of it, `username` and `user_id` where there are no users.
    """

    username: str
    password: str
    account_name: str
    realm: str
    api_key: str
    user_id: str


def credentials(account: Account) -> Credentials:
    """The login of the user whom the account's token belongs to, else of its first user."""
    user = _user(account)
    return Credentials(
        username=username(user),
        password="" if not user or _brings_digest(user) else PASSWORD,
        account_name=account.name,
        realm=account.realm,
        api_key=api_key(account),
        user_id=user.get("id", ""),
    )


def api_key(account: Account) -> str:
    """64 hex digits: those of the account's document, else made up."""
    held = account.document.get("pvt_api_key")
    return held if isinstance(held, str) else hashlib.sha256(f"mockcdrs api key of {account.id}".encode()).hexdigest()


def username(user: Mapping[str, Any]) -> str:
    """The name that a user logs in by, in small letters as Kazoo keeps it: his id where he has no other."""
    return str(user.get("username", user.get("id", ""))).lower()


def digest(user: Mapping[str, Any], method: str) -> str | None:
    """What a user sends as `credentials`, by `md5` or `sha`; `None` where the data brings only the other digest."""
    if _brings_digest(user):
        held = user.get(_DIGESTS[method])
        return held if isinstance(held, str) else None
    login = f"{username(user)}:{PASSWORD}".encode("utf-8", "surrogateescape")
    make = hashlib.md5 if method == "md5" else hashlib.sha1
    return make(login, usedforsecurity=False).hexdigest()


def _brings_digest(user: Mapping[str, Any]) -> bool:
    return any(name in user for name in _DIGESTS.values())


def _user(account: Account) -> Mapping[str, Any]:
    owner_id = account.tokens[0].owner_id if account.tokens else ""
    first: Mapping[str, Any] = next(iter(account.users), {})
    return next((user for user in account.users if user["id"] == owner_id), first)
