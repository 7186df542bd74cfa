"""An account's devices, read-only (`cb_devices.erl`, view `devices.json`)."""

from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import directory
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.directory_listing import listing
from mockcdrs.crossbar.errors import plain, system
from mockcdrs.crossbar.resources.resource import Parameters, Resource

Device = Mapping[str, Any]


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
    return ()


def _get(context: Context) -> Content:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise plain(503, "datastore missing view")  # as for users
    if context.account is None:
        raise system("faulty_request")
    devices, (_, parameters) = context.account.devices, context.nouns[0]
    if parameters:
        device = next(device for device in devices if device["id"] == parameters[0])
        return directory.shown(device, directory.public(device))
    module, of = context.nouns[1]
    if module == "users" and of:
        return listing(context, (_row_of_owner(device) for device in devices if device.get("owner_id") == of[0]))
    return listing(context, map(_row, devices))


def _row(device: Device) -> Row:
    value = {
        "id": device["id"],
        "name": device.get("name", MISSING),
        "username": directory.reached(device, ("sip", "username")),
        **_shared(device),
        "mobile": device.get("mobile", MISSING),
        "flags": device.get("flags", []),
    }
    return Row(device["id"], directory.present(value), device)


def _row_of_owner(device: Device) -> Row:
    value = {"id": device["id"], "name": device.get("name", MISSING), **_shared(device), "hotdesked": False}
    return Row(device["id"], directory.present(value), device)


def _shared(device: Device) -> dict[str, Any]:
    return {
        "mac_address": device.get("mac_address", ""),
        "owner_id": device.get("owner_id"),
        "enabled": device.get("enabled", True),
        "device_type": device.get("device_type", "sip_device"),
    }


DEVICES = Resource(_methods, {"GET": _get})
