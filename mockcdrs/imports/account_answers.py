"""What answers of `/accounts`, `/users` and `/devices` say of an account, as a data directory has it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockcdrs.dataset.accounts import Account

RESOURCES = {"accounts": "realm", "devices": "device_type", "users": "last_name"}
"""The resources, and the member by which an item of each is known, be it of a listing or of a single answer."""

_OF_CALLS = frozenset({"_id", "call_id", "document", "unix_timestamp"})
# Members of an account's answer that are none of its document: Crossbar adds them, or the data directory has its own.
_NOT_IN_DOCUMENT = frozenset(
    {
        "id", "name", "realm", "wnm_allow_additions", "superduper_admin", "created", "reseller_id", "is_reseller",
        "billing_mode", "notification_preference", "trial_time_left",
    }
)  # fmt: skip


def resource_of(item: Mapping[str, Any]) -> str | None:
    """The resource that an item of an answer is of; `None` if it is of a call or of another resource."""
    if not isinstance(item.get("id"), str) or not _OF_CALLS.isdisjoint(item):
        return None
    return next((resource for resource, member in RESOURCES.items() if member in item), None)


def describe_account(
    account: Account,
    answer: Mapping[str, Any],
    users: Iterable[Mapping[str, Any]],
    devices: Iterable[Mapping[str, Any]],
) -> Account:
    """An account with what the answer of its endpoint says of it, and with its users and devices if there are any."""
    document = {name: value for name, value in answer.items() if name not in _NOT_IN_DOCUMENT}
    created = {"pvt_created": answer["created"]} if "created" in answer else {}
    return replace(
        account,
        name=str(answer.get("name", account.name)),
        realm=str(answer.get("realm", account.realm)),
        is_reseller=answer.get("is_reseller", account.is_reseller) is True,
        users=tuple(users) or account.users,
        devices=tuple(devices) or account.devices,
        document={**account.document, **document, **created},
    )
