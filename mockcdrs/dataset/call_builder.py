"""Calls made to order: a scenario's legs, with only the fields that matter given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import Call, month_context
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.random_stream import random_for, stream_from
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document

DEFAULT_SCENARIO = "inbound_answered"
_LONGEST_SECONDS = 24 * 3_600


class UnknownScenario(ArgumentError):
    """A scenario that is not known. The text says what came and what is known."""


_PARTY = arguments.TEXT.optional()
CALL_SPEC_FIELDS: dict[str, Kind] = {
    "scenario": arguments.TEXT,
    "caller": _PARTY,
    "callee": _PARTY,
    "caller_name": _PARTY,
    "callee_name": _PARTY,
    "seconds": arguments.whole(0, _LONGEST_SECONDS, "whole seconds").optional(),
    "owner_id": _PARTY,
    "fields": arguments.VALUES.optional(),
}


@dataclass(frozen=True, slots=True)
class CallSpec:
    """What is asked of a call; `None` leaves it to the scenario.

    `caller` and `callee` are numbers, `caller_name` and `callee_name` names; `seconds` is the conversation, `owner_id`
    the user whose call it is. `fields` go onto each leg as they are. Raises `ArgumentError` for other values.
    """

    scenario: str = DEFAULT_SCENARIO
    caller: str | None = None
    callee: str | None = None
    caller_name: str | None = None
    callee_name: str | None = None
    seconds: int | None = None
    owner_id: str | None = None
    fields: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        arguments.check({name: getattr(self, name) for name in CALL_SPEC_FIELDS}, CALL_SPEC_FIELDS, "a call")


def build_call(office: Office, order: CallSpec, end: int, serial: int) -> list[Document]:
    """The legs of an ordered call whose last leg ends at `end`, Gregorian seconds; another `serial`, another call.

    Raises `NoSuchScenario`.
    """
    if order.scenario not in SCENARIOS:
        expected = f"expected one of {', '.join(SCENARIOS)}"
        raise UnknownScenario(f"scenario: came {order.scenario!r}, {expected}", "scenario")
    ends_at = _made(office, order, end - _LONGEST_SECONDS, serial)
    # what the call takes is known once it was made: so it is made twice, the second time from the right start
    took = max(leg["timestamp"] for leg in ends_at) - (end - _LONGEST_SECONDS)
    return _made(office, order, end - took, serial)


def _made(office: Office, order: CallSpec, start: int, serial: int) -> list[Document]:
    random = random_for("crafted", office.seed, office.account.id, order.scenario, serial)
    setting = month_context(office, gregorian.month_of(start))
    call = Call(setting, stream_from(random), start, start + _LONGEST_SECONDS)
    return [_fitted(leg, order) for leg in _renamed(list(SCENARIOS[order.scenario](call)), order)]


def _renamed(legs: list[Document], order: CallSpec) -> list[Document]:
    """The parties of the first leg under other numbers and names, wherever they are named."""
    first = legs[0]
    wanted = {
        first["caller_id_number"]: order.caller,
        first["callee_id_number"]: order.callee,
        first["caller_id_name"]: order.caller_name,
        first["callee_id_name"]: order.callee_name,
    }
    changes = {old: new for old, new in wanted.items() if old and new is not None}
    return [{key: _replaced(key, value, changes) for key, value in leg.items()} for leg in legs]


def _replaced(key: str, value: Any, changes: Mapping[str, str]) -> Any:
    if not isinstance(value, str) or key.startswith("_") or key in {"call_id", "interaction_id", "interaction_key"}:
        return value
    user, at, host = value.partition("@")
    return changes.get(user, user) + at + host


def _fitted(leg: Document, order: CallSpec) -> Document:
    if order.seconds is not None and leg["billing_seconds"]:
        later = order.seconds - leg["billing_seconds"]
        leg |= {"billing_seconds": order.seconds, "duration_seconds": leg["duration_seconds"] + later}
        leg |= {key: leg[key] + later for key in ("timestamp", "pvt_created", "pvt_modified")}
    if order.owner_id is not None:
        leg["custom_channel_vars"]["owner_id"] = order.owner_id
    return leg | dict(order.fields or {})
