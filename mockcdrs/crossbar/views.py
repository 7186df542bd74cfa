"""CouchDB's views behind the endpoints: what each emits for a document, and what it makes of a group.

Sources: `cdrs.json` and `interactions.json` of kazoo_modb; `users.json` and `devices.json` of an account's database. A
map gives a key and a value, or nothing; a document on which the real JavaScript would throw is left out by the server,
so its map gives nothing too. Documents of users and devices have `id` where the database has `_id`.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import javascript as js
from mockcdrs.dataset.store import TimeBasis

Emitted = tuple[Any, Any]
"""The key and the value that a view has for a document."""
MapFunction = Callable[[Document], Emitted | None]
ReduceFunction = Callable[[Sequence[Any]], Any]


class LegChoice(Enum):
    """Which of an interaction's legs stands for it."""

    FIRST_MADE = "the leg whose channel was made first"
    MOST_BILLED = "the leg with the most billing seconds"


class View(NamedTuple):
    """A view of a database of CDRs.

    `map` gives what it emits for a document. `time_of`: the time in a key in Gregorian seconds, if it has one, and
    `moment` what happened then. `has_owner`: whether keys begin with a user's id. `group_level`: how many parts of a
    key make a group, of whose values `reduce` makes one. `leg`: which leg that is, where a group is an interaction.
    """

    name: str
    map: MapFunction
    time_of: Callable[[list[Any]], float | None]
    has_owner: bool = False
    group_level: int = 0
    reduce: ReduceFunction | None = None
    moment: TimeBasis = "written"
    leg: LegChoice = LegChoice.FIRST_MADE


def is_cdr(document: Document) -> bool:
    """Whether the views take a document for a CDR that is there."""
    kind, deleted = document.get("pvt_type"), document.get("pvt_deleted")
    # without JavaScript's ways, as they are for nearly every document
    return (kind == "cdr" or js.equals_text(kind, "cdr")) and (deleted is None or not js.is_truthy(deleted))


def _map_listing(document: Document) -> Emitted | None:
    return None if document.get("custom_channel_vars") is None else _map_listing_of_all(document)


def _map_listing_of_all(document: Document) -> Emitted | None:
    if not is_cdr(document):
        return None
    return [_emit_field(document, "pvt_created"), document["_id"]], None


def _emit_field(document: Document, key: str) -> Any:
    """A field as a view emits it; null where it is missing."""
    value = document.get(key)
    return value if type(value) is int and abs(value) <= js.GREATEST_EXACT else js.round_trip(value)


def _owner(document: Document) -> Any:
    variables = document.get("custom_channel_vars")
    owner = variables.get("owner_id") if isinstance(variables, dict) else None
    return js.round_trip(owner) if js.is_truthy(owner) else None


def _map_listing_by_owner(document: Document) -> Emitted | None:
    if not is_cdr(document) or (owner := _owner(document)) is None:
        return None
    return [owner, _emit_field(document, "pvt_created"), document["_id"]], None


def channel_time(document: Document) -> Any:
    """When the channel was made: `channel_created_time` as it stands, else end minus duration."""
    created = document.get("channel_created_time")
    if js.is_truthy(created):
        return js.round_trip(created)
    end, duration = (js.to_number(document.get(key, js.UNDEFINED)) for key in ("timestamp", "duration_seconds"))
    return js.json_number(end - duration)


def _leg(document: Document) -> dict[str, Any]:
    return {
        "id": document["_id"],
        "channel_time": channel_time(document),
        "leg": _value_or(document, "channel_loopback_leg", "_"),
    }


def _billed_leg(document: Document) -> dict[str, Any]:
    return {
        "id": document["_id"],
        "channel_time": channel_time(document),
        "billing_seconds": _value_or(document, "billing_seconds", 0),
        "leg": _value_or(document, "channel_loopback_leg", "_"),
    }


def _value_or(document: Document, key: str, default: Any) -> Any:
    """A field as a view emits it where it holds something, as JavaScript sees it; else the default."""
    value = document.get(key)
    return js.round_trip(value) if js.is_truthy(value) else default


def _interaction_key(document: Document) -> list[Any]:
    return [_emit_field(document, "interaction_time"), _emit_field(document, "interaction_key"), channel_time(document)]


def _map_interactions(document: Document) -> Emitted | None:
    return (_interaction_key(document), _leg(document)) if is_cdr(document) else None


def _map_interactions_by_owner(document: Document) -> Emitted | None:
    if not is_cdr(document) or (owner := _owner(document)) is None:
        return None
    return [owner, *_interaction_key(document)], _billed_leg(document)


def _map_legs(document: Document) -> Emitted | None:
    return ([_emit_field(document, "interaction_id"), channel_time(document)], None) if is_cdr(document) else None


def _compare_legs(a: dict[str, Any], b: dict[str, Any]) -> int:
    for key in ("channel_time", "leg"):
        if js.less_than(a[key], b[key]):
            return -1
        if js.less_than(b[key], a[key]):
            return 1
    return 0


def first_leg(legs: Sequence[Any]) -> Any:
    """The leg with the least channel time, then the least loopback leg."""
    return min(legs, key=functools.cmp_to_key(_compare_legs))


def first_leg_of_owner(legs: Sequence[Any]) -> Any:
    """As `first_leg`, but of equal ones the last."""
    return functools.reduce(lambda a, b: a if _compare_legs(a, b) < 0 else b, legs)


def most_billed_leg(legs: Sequence[Any]) -> Any:
    """The leg with the most billing seconds, then the least loopback leg; of equal ones the last."""
    return functools.reduce(_more_billed, legs)


def _more_billed(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    if js.less_than(a["billing_seconds"], b["billing_seconds"]):
        return b
    if js.less_than(b["billing_seconds"], a["billing_seconds"]):
        return a
    return a if js.less_than(a["leg"], b["leg"]) else b


def _time_at(position: int) -> Callable[[list[Any]], float | None]:
    def time_of(key: list[Any]) -> float | None:
        time = key[position] if len(key) > position else None
        return time if type(time) is int or type(time) is float else None

    return time_of


def _time_of_interaction(key: list[Any]) -> float | None:
    """The time that an interaction id starts with."""
    time, hyphen, _ = key[0].partition("-") if key and isinstance(key[0], str) else ("", "", "")
    return int(time) if hyphen and time.isascii() and time.isdigit() else None


TIME_FIRST, TIME_AFTER_OWNER = _time_at(0), _time_at(1)

LISTING = View("cdrs/crossbar_listing", _map_listing, TIME_FIRST)
LISTING_OF_ALL = View("cdrs/crossbar_listing of all", _map_listing_of_all, TIME_FIRST)
LISTING_BY_OWNER = View("cdrs/listing_by_owner", _map_listing_by_owner, TIME_AFTER_OWNER, has_owner=True)
INTERACTIONS = View(
    "interactions/interaction_listing", _map_interactions, TIME_FIRST, group_level=2, reduce=first_leg, moment="begun"
)
INTERACTIONS_BY_OWNER_FIRST_MADE, INTERACTIONS_BY_OWNER_MOST_BILLED = (
    View(
        "interactions/interaction_listing_by_owner",
        _map_interactions_by_owner,
        TIME_AFTER_OWNER,
        has_owner=True,
        group_level=3,
        reduce=reduce,
        leg=leg,
        moment="begun",
    )
    for reduce, leg in ((first_leg_of_owner, LegChoice.FIRST_MADE), (most_billed_leg, LegChoice.MOST_BILLED))
)
LEGS = View("interactions/interaction_listing_by_id", _map_legs, _time_of_interaction, moment="begun")

_USER_COLUMNS = (
    "username", "email", "first_name", "last_name", "priv_level", "feature_level", "presence_id", "timezone",
    "call_recording", "service",
)  # fmt: skip

# a feature is one that the user has where this holds something
_FEATURES: dict[str, Callable[[Document], Any]] = {
    "hotdesk": lambda user: _property_at(user, "hotdesk", "enabled"),
    "call_forward": lambda user: _property_at(user, "call_forward", "enabled"),
    "call_forward_failover": lambda user: (
        js.is_truthy(_property_at(user, "call_forward", "failover"))
        and not js.is_truthy(_property_at(user, "call_forward", "enabled"))
    ),
    "caller_id": lambda user: _property_at(user, "caller_id", "external", "number"),
    "vm_to_email": lambda user: _property_at(user, "vm_to_email_enabled"),
    "music_on_hold": lambda user: _property_at(user, "music_on_hold", "media_id"),
    "do_not_disturb": lambda user: _property_at(user, "do_not_disturb", "enabled"),
    "ctu": lambda user: _property_at(user, "ctu", "enabled"),
    "desktop": lambda user: _property_at(user, "desktop", "enabled"),
}


class UsersView(NamedTuple):
    """`users/crossbar_listing` of a version: `key` is what users are ordered and paged by, out of a document.

    `has_own_features`: whether those that a document names itself come before the ones it is seen to have.
    """

    name: str
    key: Callable[[Document], Any]
    has_own_features: bool

    def map(self, user: Document) -> Emitted:
        """What the view emits."""
        own = user.get("features") if self.has_own_features else None
        features = [*(own if isinstance(own, list) else ()), *_features(user)]
        columns = {name: user[name] for name in _USER_COLUMNS if name in user}
        return self.key(user), {"id": user["id"], "features": features, **columns, "flags": _flags(user)}


def _features(user: Document) -> Iterator[str]:
    for name in _as_object(user.get("smartpbx")):
        if js.is_truthy(_property_at(user, "smartpbx", name, "enabled")):
            yield name
    yield from (name for name, read in _FEATURES.items() if js.is_truthy(read(user)))


def _name_key(user: Document) -> str:
    names = (js.to_string(user.get(name, js.UNDEFINED)) for name in ("last_name", "first_name"))
    return " ".join(names)


USERS_BY_ID = UsersView("by id", lambda user: user["id"], has_own_features=False)
USERS_BY_NAME = UsersView("by last and first name", _name_key, has_own_features=True)


def emit_device(device: Document) -> Emitted:
    """What `devices/crossbar_listing` emits."""
    value = {
        "id": device["id"],
        "name": _property_at(device, "name"),
        "username": _property_at(device, "sip", "username"),
        **_shared_columns(device),
        "mobile": _property_at(device, "mobile"),
        "call_recording": _property_at(device, "call_recording"),
        "flags": _flags(device),
    }
    return device["id"], _drop_undefined(value)


def emit_device_of_owner(owner: str, device: Document) -> Emitted | None:
    """What `devices/listing_by_owner` emits under one owner: his devices, and those that he is logged in at."""
    owner_id = _property_or(device, "owner_id", None)
    if owner != js.to_string(owner_id) and owner not in _as_object(_property_at(device, "hotdesk", "users")):
        return None
    value = {
        "id": device["id"],
        "name": _property_at(device, "name"),
        **_shared_columns(device),
        "hotdesked": owner != owner_id,
        "call_recording": _property_at(device, "call_recording"),
    }
    return owner, _drop_undefined(value)


def _shared_columns(device: Document) -> dict[str, Any]:
    return {
        "mac_address": _property_or(device, "mac_address", ""),
        "owner_id": _property_at(device, "owner_id"),
        "enabled": _property_at(device, "enabled"),
        "device_type": _property_or(device, "device_type", "sip_device"),
    }


def _property_at(document: Document, *path: str) -> Any:
    """What stands at a path of keys; undefined also behind a text or a number, which have no properties."""
    value: Any = document
    for name in path:
        value = value.get(name, js.UNDEFINED) if isinstance(value, Mapping) else js.UNDEFINED
    return value


def _property_or(document: Document, name: str, default: Any) -> Any:
    value = document.get(name)
    return value if js.is_truthy(value) else default


def _flags(document: Document) -> Any:
    return _property_or(document, "flags", [])


def _as_object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _drop_undefined(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a document has something for, as JavaScript drops what is undefined."""
    return {name: value for name, value in fields.items() if value is not js.UNDEFINED}
