"""Calls built from a specification: a scenario's legs, with the people, times, rates and fields that a test gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.cdr.billing import UNITS_PER_DOLLAR
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.call import ALL_TIME, NO_TIME, Call, LegWindow, month_context
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.random_stream import hex_id, random_for, sample, stream_for_call
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document

DEFAULT_SCENARIO = "inbound_answered"
DIRECTIONS = {"inbound": DEFAULT_SCENARIO, "outbound": "outbound_local", "internal": "internal_call"}
BILLINGS = {"per_minute": "per_minute", "allotment": "allotment", "flat": "flat_rate"}
_LONGEST_SECONDS = 24 * 3_600
_LONGEST_RINGING = 3_600
_IDS = frozenset({"call_id", "interaction_id", "interaction_key", "msg_id", "other_leg_call_id", "bridge_id"})


class UnknownScenario(ArgumentError):
    """A scenario that is not known; the message names those that are."""


class CallRate(TypedDict, total=False):
    """What a call costs: dollars a minute, and how the minutes are counted."""

    per_minute: float
    increment: int
    minimum: int
    surcharge: float
    free_seconds: int
    name: str


_MOST_DOLLARS = 1_000_000
_DOLLARS = Kind(
    f"dollars from 0 to {_MOST_DOLLARS}", lambda value: arguments.is_number(value) and 0 <= value <= _MOST_DOLLARS
)
_RATE_PARTS = {
    "per_minute": _DOLLARS,
    "increment": arguments.whole(1, _LONGEST_SECONDS, "whole seconds"),
    "minimum": arguments.whole(0, _LONGEST_SECONDS, "whole seconds"),
    "surcharge": _DOLLARS,
    "free_seconds": arguments.whole(0, _LONGEST_SECONDS, "whole seconds"),
    "name": arguments.TEXT,
}
_RATE = Kind(
    f"dollars a minute from 0 to {_MOST_DOLLARS}, or some of {', '.join(_RATE_PARTS)} by name",
    lambda value: isinstance(value, Mapping) or _DOLLARS.fits(value),
).optional()
_TEXT = arguments.TEXT.optional()
_TAGS = Kind(
    "texts by name, as in {'ring_group': 'Sales'}",
    lambda value: arguments.VALUES.fits(value) and all(isinstance(each, str) for each in value.values()),
).optional()


def _one_of(names: Mapping[str, str]) -> Kind:
    return Kind(f"one of {', '.join(names)}", lambda value: value is None or value in list(names), _nearest_of(names))


def _nearest_of(names: Mapping[str, str]) -> Any:
    return lambda value: arguments.nearest(value, names).removeprefix("; ") if isinstance(value, str) else ""


CALL_SPEC_FIELDS: dict[str, Kind] = {
    "scenario": _TEXT,
    "direction": _one_of(DIRECTIONS),
    "caller": _TEXT,
    "callee": _TEXT,
    "caller_name": _TEXT,
    "callee_name": _TEXT,
    "seconds": arguments.whole(0, _LONGEST_SECONDS, "whole seconds").optional(),
    "ringing": arguments.whole(0, _LONGEST_RINGING, "whole seconds").optional(),
    "owner": _TEXT,
    "device": _TEXT,
    "rate": _RATE,
    "billing": _one_of(BILLINGS),
    "recording": arguments.FLAG.optional(),
    "tags": _TAGS,
    "fields": arguments.VALUES.optional(),
}


@dataclass(frozen=True, slots=True)
class CallSpec:
    """What a call is to be like; `None` leaves a value to the scenario. Raises `ArgumentError`.

    Arguments:
        scenario: the name of the scenario; without one that of `direction`, else `inbound_answered`.
        direction: `inbound`, `outbound` or `internal`, in place of a scenario.
        caller: the number of the party that calls.
        callee: the number of the party that is called.
        caller_name: the caller's name.
        callee_name: the called one's name.
        seconds: the seconds billed: from the answer to the end.
        ringing: the seconds before the answer, which are not billed.
        owner: the id of the user whose call it is, in place of the first user that the scenario has.
        device: the id of that user's device.
        rate: dollars a minute, or `CallRate`, of the leg to the carrier; in an internal call of the caller's leg.
        billing: `per_minute`, `allotment` or `flat`, of the leg that has the rate.
        recording: whether there is a recording; `False` takes that of a scenario away.
        tags: custom application variables of each leg, by which a client tells transfers or ring groups apart.
        fields: fields of each leg, merged into its document.

    """

    scenario: str | None = None
    direction: str | None = None
    caller: str | None = None
    callee: str | None = None
    caller_name: str | None = None
    callee_name: str | None = None
    seconds: int | None = None
    ringing: int | None = None
    owner: str | None = None
    device: str | None = None
    rate: float | CallRate | None = None
    billing: str | None = None
    recording: bool | None = None
    tags: Mapping[str, str] | None = None
    fields: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        given = {name: value for name in CALL_SPEC_FIELDS if (value := getattr(self, name)) is not None}
        arguments.check(given, CALL_SPEC_FIELDS, "a call")
        if isinstance(self.rate, Mapping):
            arguments.check(self.rate, _RATE_PARTS, "a rate")
        if self.scenario is not None and self.direction is not None:
            raise ArgumentError(
                f"direction: came {self.direction!r} beside scenario={self.scenario!r}, expected one of the two: a "
                "scenario has a direction of its own",
                "direction",
            )
        if self.name not in SCENARIOS:
            expected = f"expected one of {', '.join(SCENARIOS)}{arguments.nearest(self.name, SCENARIOS)}"
            raise UnknownScenario(f"scenario: came {self.name!r}, {expected}", "scenario")

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario or DIRECTIONS.get(self.direction or "", DEFAULT_SCENARIO)


def build_call(
    office: Office, spec: CallSpec, end: int, serial: int, account: Account | None = None, reseller_id: str = ""
) -> list[Document]:
    """The legs of a call whose last leg ends at `end`, Gregorian seconds; another `serial`, another call.

    `account` is whose call it is, if that is not quite the office's: its users stand in for the office's, and
    `reseller_id` is its reseller. Raises `ArgumentError` for a length of a call that nobody answers.
    """
    scenario = SCENARIOS[spec.name]
    draw = draw_call(office, scenario.phones, "crafted", spec.name, serial, is_one_user=scenario.is_one_user)

    def make(start: int, window: LegWindow = ALL_TIME) -> list[Document]:
        legs = list(scenario.make(draw.begin(start, window)))
        _set_times(legs, spec, start)
        return legs

    # how long the call takes is known once it is made: so it is made twice, the second time from the right start
    early = end - _LONGEST_SECONDS
    trial = make(early, NO_TIME if spec.seconds is None and spec.ringing is None else ALL_TIME)
    legs = make(end + early - max(leg["timestamp"] for leg in trial))
    if account is not None:
        for leg in legs:
            known = {"account_name": account.name, "account_realm": account.realm, "reseller_id": reseller_id}
            leg["custom_channel_vars"] |= {name: text for name, text in known.items() if text}
    legs = _rename_parties(_set_users(legs, office, spec, serial, account or office.account), spec)
    _set_charges(legs, spec)
    _set_recording(legs, spec, office)
    changes = ({"custom_application_vars": dict(spec.tags or {})}, spec.fields or {})
    return [merge_fields(merge_fields(leg, changes[0]), changes[1]) for leg in legs]


def merge_fields(document: Document, changes: Mapping[str, Any]) -> Document:
    """A document with some fields changed; an object is merged into the one that is there, field by field."""
    merged = dict(document)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = merge_fields(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged


class CallDraw(NamedTuple):
    """What of a call is drawn from its identity, whenever it begins."""

    office: Office
    phones: Sequence[Endpoint]
    pace: Sequence[float]
    key: int

    def begin(self, start: int, window: LegWindow = ALL_TIME) -> Call:
        """The call that begins at `start`, Gregorian seconds; legs outside of `window` are made in short."""
        context = month_context(self.office, gregorian.month_of(start))
        stream = stream_for_call(b"%d" % self.key, self.pace, legs=len(self.phones) + 4)
        return Call(context, stream, start, self.phones, self.key & 0xFFFF, window)


def draw_call(office: Office, phones: int, *identity: object, is_one_user: bool = False) -> CallDraw:
    """Draw a call from its identity. Its `phones` are so many, of any users, or the two of one."""
    random = random_for("call", office.seed, office.account.id, *identity)
    pace, key = [random.random() for _ in range(8)], random.getrandbits(64)
    rows = sample(random, range(len(office.phones)), phones)
    if is_one_user:
        rows = [rows[0] // 3 * 3 + 1, rows[0] // 3 * 3 + 2]
    return CallDraw(office, [office.phones[row] for row in rows], pace, key)


def _set_times(legs: list[Document], spec: CallSpec, start: int) -> None:
    """Have the call's longest leg ring and be billed for the seconds that the specification gives.

    All other times within the call move along, so that its legs still fit together.
    """
    if spec.seconds is None and spec.ringing is None:
        return
    longest = max(legs, key=lambda leg: (leg["billing_seconds"], leg["duration_seconds"]))
    talking, ringing = int(longest["billing_seconds"]), int(longest["duration_seconds"] - longest["billing_seconds"])
    if spec.seconds and not talking:
        raise ArgumentError(
            f"seconds: came {spec.seconds}, and nobody answers in scenario {spec.name}, expected 0, or a scenario with "
            "a conversation",
            "seconds",
        )
    new_talking = talking if spec.seconds is None else spec.seconds
    new_ringing = ringing if spec.ringing is None else spec.ringing
    answer = start + ringing

    def move(moment: int) -> int:
        if moment <= start:
            return start
        if moment <= answer:
            return start + (moment - start) * new_ringing // ringing
        return start + new_ringing + (moment - answer) * new_talking // max(talking, 1)

    whole = _moments(longest)
    for leg in legs:
        moments = _moments(leg)
        new_begin, new_answered, new_end = map(move, moments)
        if moments == whole:
            new_answered = start + new_ringing
            new_end = new_answered + new_talking
        leg.update(dict.fromkeys(("timestamp", "pvt_created", "pvt_modified"), new_end))
        leg["duration_seconds"], leg["billing_seconds"] = new_end - new_begin, new_end - new_answered
        leg["ringing_seconds"] = new_answered - new_begin
        leg["channel_created_time"] += (new_begin - moments[0]) * 1_000_000


def _moments(leg: Document) -> tuple[int, int, int]:
    """When a leg began, was answered, and ended, in Gregorian seconds."""
    end = leg["timestamp"]
    return end - leg["duration_seconds"], end - leg["billing_seconds"], end


def _set_users(legs: list[Document], office: Office, spec: CallSpec, serial: int, account: Account) -> list[Document]:
    """Have users of the account take the places of the office's, and the specification's owner that of the first."""
    owners = list(dict.fromkeys(leg["custom_channel_vars"].get("owner_id", "") for leg in legs))
    owners.sort(key=lambda owner: not owner)  # legs of nobody come last
    stand_ins = _find_stand_ins(owners, spec.owner, serial, account)
    changes = {old: new for old, new in stand_ins.items() if old != new}
    if changes:
        known = {user["id"]: user for user in (*office.account.users, *account.users)}
        texts: dict[str, str] = {}
        for old, new in changes.items():
            if old in known and new in known:
                texts |= zip(_number_and_name(known[old]), _number_and_name(known[new]), strict=True)
        legs = [_replace_texts(leg, texts) for leg in legs]
    for leg in legs:
        variables = leg["custom_channel_vars"]
        owner = variables.get("owner_id", "")
        if stand_ins[owner]:
            variables["owner_id"] = stand_ins[owner]
        elif owner:
            del variables["owner_id"]
        if spec.device is not None and owner == owners[0]:
            variables |= {"authorizing_id": spec.device, "authorizing_type": "device"}
    return legs


def _find_stand_ins(owners: list[str], first: str | None, serial: int, account: Account) -> dict[str, str]:
    """Who takes the place of each owner, by id, empty for nobody."""
    users = [str(user["id"]) for user in account.users]
    stand_ins = {}
    for place, owner in enumerate(owners):
        if place == 0 and first is not None:
            stand_ins[owner] = first
        elif not owner or owner in users:
            stand_ins[owner] = owner
        else:
            stand_ins[owner] = users[(serial + place) % len(users)] if users else ""
    return stand_ins


def _number_and_name(user: Mapping[str, Any]) -> tuple[str, str]:
    name = f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()
    return str(user.get("presence_id", "")), name


def _rename_parties(legs: list[Document], spec: CallSpec) -> list[Document]:
    """Replace the numbers and names of the first leg's parties in all legs; a name may be a number."""
    first = legs[0]
    numbers = {first["caller_id_number"]: spec.caller, first["callee_id_number"]: spec.callee}
    names = {first["caller_id_name"]: spec.caller_name, first["callee_id_name"]: spec.callee_name}
    known = {old: new for old, new in numbers.items() if old and new is not None}
    named = known | {old: new for old, new in names.items() if old and new is not None}
    if not named:
        return legs
    return [
        {key: _replace(key, value, named if key.endswith("_id_name") else known) for key, value in leg.items()}
        for leg in legs
    ]


def _replace_texts(leg: Document, changes: Mapping[str, str]) -> Document:
    return {key: _replace(key, value, changes) for key, value in leg.items()}


def _replace(key: str, value: Any, changes: Mapping[str, str]) -> Any:
    if key == "custom_channel_vars":
        return _replace_texts(value, changes)
    if not isinstance(value, str) or key.startswith("_") or key in _IDS:
        return value
    user, at, host = value.partition("@")
    return (changes.get(user) or user) + at + host


def _set_charges(legs: list[Document], spec: CallSpec) -> None:
    """Rate and billing of the legs that go over a carrier, or of the first leg where none does."""
    if spec.rate is None and spec.billing is None:
        return
    over_carrier = [leg for leg in legs if leg["custom_channel_vars"].get("resource_id")]
    for leg in over_carrier or legs[:1]:
        leg["custom_channel_vars"] |= _rate_variables(spec.rate) | _billing_variables(spec)


def _rate_variables(rate: float | CallRate | None) -> dict[str, Any]:
    """A rate as Kazoo notes it on a channel: amounts in units, 1/10,000 dollar."""
    if rate is None:
        return {}
    parts: CallRate = {"per_minute": rate} if isinstance(rate, int | float) else rate
    per_minute, surcharge = parts.get("per_minute", 0), parts.get("surcharge", 0)
    minimum, units = parts.get("minimum", 60), round(per_minute * UNITS_PER_DOLLAR)
    extra = round(surcharge * UNITS_PER_DOLLAR)
    return {
        "base_cost": str(units * (minimum // 60) + extra),
        "rate": str(units),
        "rate_name": parts.get("name", f"{per_minute:g} a minute"),
        "rate_increment": str(parts.get("increment", 60)),
        "rate_minimum": str(minimum),
        "rate_nocharge_time": str(parts.get("free_seconds", 0)),
        "surcharge": str(extra),
    }


def _billing_variables(spec: CallSpec) -> dict[str, str]:
    billing = BILLINGS[spec.billing or "per_minute"]
    return {"account_billing": billing} | ({} if spec.rate is None else {"reseller_billing": "per_minute"})


def _set_recording(legs: list[Document], spec: CallSpec, office: Office) -> None:
    """A recording of the whole call on each leg, or none."""
    if spec.recording is None:
        return
    recording = f"{legs[0]['_id'][:6]}-{hex_id('recording', office.seed, legs[0]['_id'])}"
    for leg in legs:
        if spec.recording:
            leg["custom_channel_vars"]["media_recordings"] = [recording]
            leg["recording_url"] = f"https://recordings.example.com/{recording}.mp3"
        else:
            for name in [name for name in leg["custom_channel_vars"] if name.startswith("media_rec")]:
                del leg["custom_channel_vars"][name]
            leg.pop("recording_url", None)
