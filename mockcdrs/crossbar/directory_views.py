"""The views that list an account's users and devices: the key and the value that each emits for a document.

Sources: `users.json`, `devices.json` of an account's database. The documents have `id` where the database has `_id`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar import javascript as js

Document = Mapping[str, Any]
Emitted = tuple[Any, dict[str, Any]]

_USER_COLUMNS = (
    "username", "email", "first_name", "last_name", "priv_level", "feature_level", "presence_id", "timezone",
    "call_recording", "service",
)  # fmt: skip

# a feature is one that the user has where this holds something
_FEATURES: dict[str, Callable[[Document], Any]] = {
    "hotdesk": lambda user: _at(user, "hotdesk", "enabled"),
    "call_forward": lambda user: _at(user, "call_forward", "enabled"),
    "call_forward_failover": lambda user: (
        js.truthy(_at(user, "call_forward", "failover")) and not js.truthy(_at(user, "call_forward", "enabled"))
    ),
    "caller_id": lambda user: _at(user, "caller_id", "external", "number"),
    "vm_to_email": lambda user: _at(user, "vm_to_email_enabled"),
    "music_on_hold": lambda user: _at(user, "music_on_hold", "media_id"),
    "do_not_disturb": lambda user: _at(user, "do_not_disturb", "enabled"),
    "ctu": lambda user: _at(user, "ctu", "enabled"),
    "desktop": lambda user: _at(user, "desktop", "enabled"),
}


@dataclass(frozen=True, slots=True)
class UsersView:
    """`users/crossbar_listing` of a version: `key` is what users are ordered and paged by, out of a document.

    `tells_own_features`: whether those that a document names itself come before the ones it is seen to have.
    """

    name: str
    key: Callable[[Document], Any]
    tells_own_features: bool

    def map(self, user: Document) -> Emitted:
        """What the view emits."""
        own = user.get("features") if self.tells_own_features else None
        features = [*(own if isinstance(own, list) else ()), *_features(user)]
        columns = {name: user[name] for name in _USER_COLUMNS if name in user}
        return self.key(user), {"id": user["id"], "features": features, **columns, "flags": _flags(user)}


def _features(user: Document) -> Iterator[str]:
    for name in _object(user.get("smartpbx")):
        if js.truthy(_at(user, "smartpbx", name, "enabled")):
            yield name
    yield from (name for name, held in _FEATURES.items() if js.truthy(held(user)))


def _by_name(user: Document) -> str:
    names = (js.string(user.get(name, js.UNDEFINED)) for name in ("last_name", "first_name"))
    return " ".join(names)


USERS_BY_ID = UsersView("by id", lambda user: user["id"], tells_own_features=False)
USERS_BY_NAME = UsersView("by last and first name", _by_name, tells_own_features=True)


def device(device: Document) -> Emitted:
    """What `devices/crossbar_listing` emits."""
    value = {
        "id": device["id"],
        "name": _at(device, "name"),
        "username": _at(device, "sip", "username"),
        **_shared_columns(device),
        "mobile": _at(device, "mobile"),
        "call_recording": _at(device, "call_recording"),
        "flags": _flags(device),
    }
    return device["id"], _defined(value)


def device_of(owner: str, device: Document) -> Emitted | None:
    """What `devices/listing_by_owner` emits under one owner: his devices, and those that he is logged in at."""
    owner_id = _or(device, "owner_id", None)
    if owner != js.string(owner_id) and owner not in _object(_at(device, "hotdesk", "users")):
        return None
    value = {
        "id": device["id"],
        "name": _at(device, "name"),
        **_shared_columns(device),
        "hotdesked": owner != owner_id,
        "call_recording": _at(device, "call_recording"),
    }
    return owner, _defined(value)


def _shared_columns(device: Document) -> dict[str, Any]:
    return {
        "mac_address": _or(device, "mac_address", ""),
        "owner_id": _at(device, "owner_id"),
        "enabled": _at(device, "enabled"),
        "device_type": _or(device, "device_type", "sip_device"),
    }


def _at(document: Document, *path: str) -> Any:
    """What stands at a path of keys; undefined also behind a text or a number, which have no properties."""
    found: Any = document
    for name in path:
        found = found.get(name, js.UNDEFINED) if isinstance(found, Mapping) else js.UNDEFINED
    return found


def _or(document: Document, name: str, default: Any) -> Any:
    value = document.get(name)
    return value if js.truthy(value) else default


def _flags(document: Document) -> Any:
    return _or(document, "flags", [])


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _defined(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a document has something for, as JavaScript drops what is undefined."""
    return {name: value for name, value in fields.items() if value is not js.UNDEFINED}
