"""What serves: whether it is ready, the account to ask for, settings and quirks."""

import os
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import Ask, Reply, bad
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.refused import Refused
from mockcdrs.control.state_builder import parse_settings
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import SettingError


def health(powers: MockBackend, ask: Ask) -> Reply:
    """That it is ready, and that what a person changes is this process's alone."""
    del powers, ask
    state = {"status": "ready", "version": version("mockcdrs"), "process": os.getpid(), "state": "per process"}
    return Reply(state)


def account(powers: MockBackend, ask: Ask) -> Reply:
    """What a client is configured with, and the other accounts."""
    shown, login = powers.account, powers.credentials
    return Reply(
        {
            "url": f"{ask.origin}/v2",
            "account_id": shown.id,
            "auth_token": powers.auth_token,
            "user_id": login.user_id,
            "name": shown.name,
            "realm": shown.realm,
            "username": login.username,
            "password": login.password,
            "api_key": login.api_key,
            "users": [{"id": user["id"], "name": _name(user)} for user in shown.users],
            "accounts": [
                {"id": other.id, "name": other.name, "realm": other.realm, "is_reseller": other.is_reseller}
                for other in powers.state.data.accounts.values()
            ],
        }
    )


def _name(user: Any) -> str:
    return f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()


def settings(powers: MockBackend, ask: Ask) -> Reply:
    """The version of Kazoo, all settings with their values, all quirks, the data, the widest range in seconds."""
    del ask
    state = powers.state
    quirks = [
        {
            "name": name,
            "shown": name in state.quirks,
            "sentence": quirk.sentence,
            "source": quirk.source,
            "default": name in state.version.quirks,
        }
        for name, quirk in QUIRKS.items()
    ]
    return Reply(
        {
            "kazoo": state.version.name,
            "settings": dict(state.settings.items()),
            "quirks": quirks,
            "seed": state.seed,
            "data": asdict(state.data.origin),
            "reseller": powers.account.is_reseller,
            "maximum_range": state.version.maximum_range(state.settings),
        }
    )


def change_settings(powers: MockBackend, ask: Ask) -> Reply:
    """Change some settings and quirks of the running state: all of them or, where one is wrong, none."""
    asked = checks.members(ask.body, {"settings": checks.OBJECT, "quirks": checks.OBJECT}, "a change of settings")
    state, changes = powers.state, asked.get("quirks", {})
    for name, value in changes.items():
        if name not in QUIRKS:
            raise Refused(400, "unknown-quirk", f"{name!r} is no quirk; expected one of {', '.join(QUIRKS)}", name)
        if not isinstance(value, bool):
            raise bad(name, value, "true to show the quirk or false to do without")
    try:
        changed = parse_settings({**dict(state.settings.items()), **asked.get("settings", {})}, state.version)
    except SettingError as wrong:
        field = next((name for name in asked["settings"] if name in str(wrong)), None)
        raise Refused(400, "bad-setting", str(wrong), field) from wrong
    state.settings = changed
    state.quirks = frozenset(name for name in QUIRKS if changes.get(name, name in state.quirks))
    return settings(powers, ask)
