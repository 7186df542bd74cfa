"""What a client logs in with: fixed demo credentials, the same for everybody, taken from an account's directory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.accounts import Account

PASSWORD = "mockcdrs"  # noqa: S105 a demo login that everybody is to know


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
        password="" if not user or "pvt_md5_auth" in user else PASSWORD,
        account_name=account.name,
        realm=account.realm,
        api_key=api_key(account),
        user_id=user.get("id", ""),
    )


def api_key(account: Account) -> str:
    """64 hex digits."""
    return hashlib.sha256(f"mockcdrs api key of {account.id}".encode()).hexdigest()


def username(user: Mapping[str, Any]) -> str:
    """The name that a user logs in by: his id where he has no other."""
    return str(user.get("username", user.get("id", "")))


def _user(account: Account) -> Mapping[str, Any]:
    owner_id = account.tokens[0].owner_id if account.tokens else ""
    first: Mapping[str, Any] = next(iter(account.users), {})
    return next((user for user in account.users if user["id"] == owner_id), first)
