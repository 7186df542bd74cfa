"""Accounts, their users and the tokens that open them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MONTH_BEHIND = re.compile(r"-\d{4}(0[1-9]|1[0-2])\Z", re.ASCII)


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


def without_month(account_id: str) -> str:
    """An account's id, also where a month's database stands for the account (`kz_util.erl`, `raw_account_id`).

    Documents of 2013 and 2014 have such a `pvt_account_id`: `...-201307`.
    """
    return _MONTH_BEHIND.sub("", account_id)
