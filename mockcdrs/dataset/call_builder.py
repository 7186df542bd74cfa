"""Calls built from a specification: a scenario's legs, with the fields that a test gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import Call, month_context
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.random_stream import random_for, sample, stream_for_call
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document

DEFAULT_SCENARIO = "inbound_answered"
_LONGEST_SECONDS = 24 * 3_600
_IDS = frozenset({"call_id", "interaction_id", "interaction_key", "msg_id", "other_leg_call_id"})


class UnknownScenario(ArgumentError):
    """A scenario that is not known; the message names those that are."""


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
    """What a call is to be like; `None` leaves a value to the scenario.

    `caller` and `callee` are numbers, `caller_name` and `callee_name` names; `seconds` is the length of the
    conversation, `owner_id` the user that owns the call. `fields` replace fields of each leg. Raises `ArgumentError`.
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


def build_call(office: Office, spec: CallSpec, end: int, serial: int) -> list[Document]:
    """The legs of a call whose last leg ends at `end`, Gregorian seconds; another `serial`, another call.

    Raises `UnknownScenario`.
    """
    if spec.scenario not in SCENARIOS:
        expected = f"expected one of {', '.join(SCENARIOS)}"
        raise UnknownScenario(f"scenario: came {spec.scenario!r}, {expected}", "scenario")
    trial = _build(office, spec, end - _LONGEST_SECONDS, serial)
    # how long the call takes is known once it is built: so it is built twice, the second time from the right start
    took = max(leg["timestamp"] for leg in trial) - (end - _LONGEST_SECONDS)
    return [leg | dict(spec.fields or {}) for leg in _build(office, spec, end - took, serial)]


def plain_call(office: Office, start: int, phones: int, *identity: object, is_one_user: bool = False) -> Call:
    """A call drawn from its identity, that begins at `start`, Gregorian seconds.

    Its `phones` are so many, of any users, or the two of one.
    """
    random = random_for("call", office.seed, office.account.id, *identity)
    pace, key = [random.random() for _ in range(8)], random.getrandbits(64)
    context = month_context(office, gregorian.month_of(start))
    stream = stream_for_call(b"%d" % key, legs=phones + 4)
    rows = sample(random, range(len(office.phones)), phones)
    if is_one_user:
        rows = [rows[0] // 3 * 3 + 1, rows[0] // 3 * 3 + 2]
    return Call(context, stream, start, pace, [office.phones[row] for row in rows], key & 0xFFFF)


def _build(office: Office, spec: CallSpec, start: int, serial: int) -> list[Document]:
    scenario = SCENARIOS[spec.scenario]
    identity = "crafted", spec.scenario, serial
    call = plain_call(office, start, scenario.phones, *identity, is_one_user=scenario.is_one_user)
    return [_fit(leg, spec) for leg in _rename_parties(list(scenario.make(call)), spec)]


def _rename_parties(legs: list[Document], spec: CallSpec) -> list[Document]:
    """Replace the numbers and names of the first leg's parties in all legs."""
    first = legs[0]
    numbers = {first["caller_id_number"]: spec.caller, first["callee_id_number"]: spec.callee}
    names = {first["caller_id_name"]: spec.caller_name, first["callee_id_name"]: spec.callee_name}
    return [{key: _replace(key, value, numbers, names) for key, value in leg.items()} for leg in legs]


def _replace(key: str, value: Any, numbers: Mapping[str, str | None], names: Mapping[str, str | None]) -> Any:
    if not isinstance(value, str) or key.startswith("_") or key in _IDS:
        return value
    if key.endswith("_id_name"):
        new = names.get(value)
        return value if new is None else new
    user, at, host = value.partition("@")
    new = numbers.get(user)
    return value if new is None else new + at + host


def _fit(leg: Document, spec: CallSpec) -> Document:
    if spec.seconds is not None and leg["billing_seconds"]:
        later = spec.seconds - leg["billing_seconds"]
        leg |= {"billing_seconds": spec.seconds, "duration_seconds": leg["duration_seconds"] + later}
        leg |= {key: leg[key] + later for key in ("timestamp", "pvt_created", "pvt_modified")}
    if spec.owner_id is not None:
        leg["custom_channel_vars"]["owner_id"] = spec.owner_id
    return leg
