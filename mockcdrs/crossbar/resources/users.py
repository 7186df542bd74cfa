"""An account's users, read-only (`cb_users.erl`, view `users.json`)."""

from collections.abc import Mapping
from typing import Any

from mockcdrs.crossbar import directory
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.directory_listing import listing
from mockcdrs.crossbar.errors import plain, system
from mockcdrs.crossbar.resources.resource import Parameters, Resource

_COLUMNS = (
    "username", "email", "first_name", "last_name", "priv_level", "feature_level", "presence_id", "timezone"
)  # fmt: skip

# a feature is one that the user has where this holds something
_FEATURES: dict[str, tuple[str, ...]] = {
    "hotdesk": ("hotdesk", "enabled"),
    "call_forward": ("call_forward", "enabled"),
    "caller_id": ("caller_id", "external", "number"),
    "vm_to_email": ("vm_to_email_enabled",),
    "music_on_hold": ("music_on_hold", "media_id"),
    "do_not_disturb": ("do_not_disturb", "enabled"),
}


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (_,):
            return ("PATCH", "POST", "GET", "DELETE")
    return ()


def _get(context: Context) -> Content:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise plain(503, "datastore missing view")  # asked of the calls' database, which has none of users
    if context.account is None:
        raise system("faulty_request")
    users, (_, parameters) = context.account.users, context.nouns[0]
    if not parameters:
        return listing(context, map(_row, users))
    user = next(user for user in users if user["id"] == parameters[0])
    return directory.shown(user, directory.public(user))


def _row(user: Mapping[str, Any]) -> Row:
    features = [name for name, path in _FEATURES.items() if directory.reached(user, path, None)]
    value = {
        "id": user["id"],
        "features": features,
        **{name: user[name] for name in _COLUMNS if name in user},
        "flags": user.get("flags", []),
    }
    # as JavaScript joins what is missing
    key = f"{user.get('last_name', 'undefined')} {user.get('first_name', 'undefined')}"
    return Row(key, value, user)


USERS = Resource(_methods, {"GET": _get})
