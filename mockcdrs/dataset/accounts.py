"""Accounts, their users and the tokens that open them."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    database exists, whether or not it holds a document.
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
