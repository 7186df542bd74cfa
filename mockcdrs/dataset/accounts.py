"""Accounts, their users and the tokens that open them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Token:
    """What a client sends as `X-Auth-Token`, and the user on whose behalf it acts."""

    value: str
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One Kazoo account.

    `tree` holds the ids of its ancestors, the topmost first. `months` are the months (`YYYYMM`) for which a
    database exists, whether or not it holds a document. `numbers` are its phone numbers in E.164.

    `users`, `devices` and `apps` are documents as Kazoo's database has them, but for `id`, which is `_id` there.
    `document` is what else the account's own one holds, private keys too, `whitelabel` its branding.
    """

    id: str
    name: str = ""
    realm: str = ""
    tree: tuple[str, ...] = ()
    is_reseller: bool = False
    is_superduper_admin: bool = False
    months: tuple[str, ...] = ()
    users: tuple[Mapping[str, Any], ...] = ()
    devices: tuple[Mapping[str, Any], ...] = ()
    tokens: tuple[Token, ...] = ()
    numbers: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    whitelabel: Mapping[str, Any] = field(default_factory=dict)
    apps: tuple[Mapping[str, Any], ...] = ()
