"""The server itself: whether it is ready, its account, settings, quirks and clock, and the OpenAPI documents."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME, STEP_KINDS, parse_step
from mockcdrs.control.state import parse_settings
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import ApiRequest, ApiResponse, bad_value
from mockcdrs.crossbar.account_documents import usable_apps
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import SettingError
from mockcdrs.dataset.accounts import Account
from mockcdrs.openapi import document as openapi

_SETTINGS_CHANGES = {"settings": messages.OBJECT, "quirks": messages.OBJECT}
_CLOCK_CHANGES = {"freeze": ANY_TIME, "advance": messages.OBJECT, "live": messages.TRUE}


def read_health(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Say that it is ready, and that changes stay within this process."""
    del backend, request
    state = {"status": "ready", "version": version("mockcdrs"), "process": os.getpid(), "state": "per process"}
    return ApiResponse(state)


def read_account(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return what a client is configured with, and the other accounts."""
    account, login = backend.account, backend.credentials
    return ApiResponse(
        {
            "url": f"{request.origin}/v2",
            "account_id": account.id,
            "auth_token": backend.auth_token,
            "user_id": login.user_id,
            "name": account.name,
            "realm": account.realm,
            "username": login.username,
            "password": login.password,
            "api_key": login.api_key,
            "users": _list_users(account),
            "accounts": [_describe_account(backend, other) for other in backend.state.data.accounts.values()],
        }
    )


def _list_users(account: Account) -> list[dict[str, str]]:
    return [
        {"id": user["id"], "name": f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()}
        for user in account.users
    ]


def _list_named(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"id": each["id"], "name": str(each.get("name", ""))} for each in documents]


def _describe_account(backend: MockBackend, account: Account) -> dict[str, Any]:
    apps = usable_apps(backend.state.data.accounts, account)
    return {
        "id": account.id,
        "name": account.name,
        "realm": account.realm,
        "is_reseller": account.is_reseller,
        "tokens": [token.value for token in account.tokens],
        "users": _list_users(account),
        "devices": _list_named(account.devices),
        "apps": _list_named(apps),
    }


def read_settings(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the version of Kazoo, all settings with their values, all quirks, the data, the widest range."""
    del request
    state = backend.state
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
    return ApiResponse(
        {
            "kazoo": state.version.name,
            "settings": dict(state.settings.items()),
            "quirks": quirks,
            "seed": state.seed,
            "data": asdict(state.data.origin),
            "reseller": backend.account.is_reseller,
            "maximum_range": state.version.maximum_range(state.settings),
        }
    )


def change_settings(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Change some settings and quirks of the running state: all of them or, where one is wrong, none."""
    values = messages.parse_members(request.body, _SETTINGS_CHANGES, "a change of settings")
    state, changes = backend.state, values.get("quirks", {})
    for name, value in changes.items():
        if name not in QUIRKS:
            raise ApiError(400, "unknown-quirk", f"{name!r} is no quirk; expected one of {', '.join(QUIRKS)}", name)
        if not isinstance(value, bool):
            raise bad_value(name, value, "true to show the quirk or false to do without")
    try:
        changed = parse_settings({**dict(state.settings.items()), **values.get("settings", {})}, state.version)
    except SettingError as wrong:
        field = next((name for name in values["settings"] if name in str(wrong)), None)
        raise ApiError(400, "bad-setting", str(wrong), field) from wrong
    state.settings = changed
    state.quirks = frozenset(name for name in QUIRKS if changes.get(name, name in state.quirks))
    return read_settings(backend, request)


def read_clock(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the clock's time, and whether it is frozen."""
    del request
    now = backend.clock.now()
    return ApiResponse({"now": now, "now_iso": gregorian.iso_8601(now), "frozen": backend.clock.is_frozen})


def change_clock(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Freeze the clock at a time, advance it, or let it run with the machine's."""
    values = messages.parse_members(request.body, _CLOCK_CHANGES, "a change of the clock")
    if len(values) != 1:
        raise bad_value(None, request.body, f"one of {', '.join(_CLOCK_CHANGES)}")
    if "freeze" in values:
        backend.clock.freeze(values["freeze"])
    elif "advance" in values:
        step = messages.parse_members(values["advance"], STEP_KINDS, "a step")
        with messages.refuse_wrong_arguments("advance"):
            backend.clock.advance(timedelta(seconds=parse_step(None, step)))
    else:
        backend.clock.live()
    return read_clock(backend, request)


def control_document(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the control API itself as OpenAPI 3.1."""
    del backend, request
    return ApiResponse(json.loads(files("mockcdrs.control_api").joinpath("control.json").read_bytes()))


def crossbar_document(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the CDR API as OpenAPI 3.1, as the mock's version of Kazoo has it."""
    del request
    return ApiResponse(openapi.build_document(backend.state.version))
