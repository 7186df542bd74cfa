"""The server itself: whether it is ready, its settings, quirks and clock, and the OpenAPI documents."""

import json
import os
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mockcdrs import openapi
from mockcdrs.cdr import gregorian
from mockcdrs.config import SPEED
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME, STEP_KINDS, parse_step
from mockcdrs.control.state import parse_settings
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import ApiRequest, ApiResponse, bad_value
from mockcdrs.crossbar.paging import widest_range
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import SettingError

if TYPE_CHECKING:
    from mockcdrs.reference import Entry

_SETTINGS_CHANGES = {"settings": messages.OBJECT, "quirks": messages.OBJECT}
_CLOCK_CHANGES = {"freeze": ANY_TIME, "advance": messages.OBJECT, "live": messages.TRUE, "speed": SPEED}


def read_health(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Say that it is ready, and that changes stay within this process."""
    del backend, request
    state = {"status": "ready", "version": version("mockcdrs"), "process": os.getpid(), "state": "per process"}
    return ApiResponse(state)


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
            "data": state.data.origin._asdict(),
            "reseller": state.data.accounts[backend.account_id].is_reseller,
            "maximum_range": widest_range(state.version, state.settings),
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
    """Return the clock's time, whether it is frozen, and its speed."""
    del request
    now = backend.clock.now()
    clock = backend.clock
    state = {"now": now, "now_iso": gregorian.iso_8601(now), "frozen": clock.is_frozen, "speed": clock.speed}
    return ApiResponse(state)


def change_clock(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Freeze the clock at a time, advance it, or let it run, with the machine's or at a speed."""
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
        backend.clock.live(speed=values.get("speed"))
    return read_clock(backend, request)


def read_reference(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return everything that has a name, by kind, in the words of `mockcdrs explain`."""
    del backend, request
    from mockcdrs import reference  # which imports all that it describes

    groups = [
        {"kind": kind, "title": title, "entries": [_describe_entry(entry) for entry in reference.of_kind(kind)]}
        for kind, title in reference.TITLES.items()
    ]
    return ApiResponse(groups)


def _describe_entry(entry: "Entry") -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "kind"}


def control_document(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the control API itself as OpenAPI 3.1."""
    del backend, request
    return ApiResponse(json.loads(files("mockcdrs.control_api").joinpath("control.json").read_bytes()))


def crossbar_document(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the CDR API as OpenAPI 3.1, as the mock's version of Kazoo has it."""
    del request
    return ApiResponse(openapi.build_document(backend.state.version))
