"""Apps of Monster UI, 2600Hz's web client, for accounts whose data brings none."""

from collections.abc import Mapping
from typing import Any

from mockcdrs.dataset.seeding import hex_id


def _app(name: str, label: str, description: str) -> Mapping[str, Any]:
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


DEMO = (
    _app("accounts", "Accounts Manager", "Accounts and the accounts below them"),
    _app("callflows", "Callflows", "What happens to a call"),
    _app("voip", "SmartPBX", "Users, devices, and their calls"),
)
