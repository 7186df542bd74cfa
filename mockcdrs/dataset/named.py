"""The users and devices that documents name, for accounts of which nothing else is known."""

from collections.abc import Iterable
from typing import Any

from mockcdrs.cdr.documents import Document, channel_vars


def users(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The owners of calls, in order."""
    owners = {_text(document, "owner_id") for document in documents}
    return [{"id": owner} for owner in sorted(owners - {""})]


def devices(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The devices that made calls, in order, each with its owner as far as there is one."""
    owners: dict[str, str] = {}
    for document in documents:
        device = _text(document, "authorizing_id")
        if device and channel_vars(document).get("authorizing_type") == "device":
            owners[device] = _text(document, "owner_id") or owners.get(device, "")
    return [{"id": device, **({"owner_id": owner} if owner else {})} for device, owner in sorted(owners.items())]


def _text(document: Document, name: str) -> str:
    value = channel_vars(document).get(name)
    return value if isinstance(value, str) else ""
