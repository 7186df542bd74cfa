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
        return listing(context, (_row(context, user) for user in users))
    user = next(user for user in users if user["id"] == parameters[0])
    return directory.shown(user, directory.public(user))


def _row(context: Context, user: Mapping[str, Any]) -> Row:
    key, value = context.version.users_view.map(user)
    return Row(key, value, user)


USERS = Resource(_methods, {"GET": _get})
