"""An account's devices, read-only (`cb_devices.erl`, view `devices.json`)."""

from mockcdrs.crossbar import directory, directory_views
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.directory_listing import listing
from mockcdrs.crossbar.errors import plain, system
from mockcdrs.crossbar.resources.resource import Parameters, Resource


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
        emitted = ((directory_views.device_of(of[0], device), device) for device in devices)
        rows = [Row(*found, device) for found, device in emitted if found is not None]
    else:
        rows = [Row(*directory_views.device(device), device) for device in devices]
    return listing(context, rows, is_turned=False)


DEVICES = Resource(_methods, {"GET": _get})
