"""The views behind the endpoints: what each emits for a document, and what it makes of a group.

Sources: `cdrs.json`, `interactions.json` of kazoo_modb. A map gives a key and a value, or nothing; a document on
which the real JavaScript would throw is left out by the server, so its map gives nothing too.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import javascript as js
from mockcdrs.dataset.store import TimeBasis

Emitted = tuple[list[Any], Any]
MapFunction = Callable[[Document], Emitted | None]
ReduceFunction = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class View:
    """`time_of`: the Gregorian time that a key lies at, if it tells, and `moment` what happened then.

    `group_level`: how much of a key makes a group.
    """

    name: str
    map: MapFunction
    time_of: Callable[[list[Any]], float | None]
    has_owner: bool = False
    group_level: int = 0
    reduce: ReduceFunction | None = None
    moment: TimeBasis = "written"


class LegChoice(Enum):
    """Which of an interaction's legs stands for it."""

    FIRST_MADE = "the leg whose channel was made first"
    MOST_BILLED = "the leg with the most billing seconds"


@dataclass(frozen=True, slots=True)
class LegView(View):
    """A view whose `reduce` gives one leg of each interaction."""

    chooses: LegChoice = LegChoice.FIRST_MADE


def is_cdr(document: Document) -> bool:
    """Whether the views take a document for a CDR that is there."""
    return js.equals_text(document.get("pvt_type"), "cdr") and not js.truthy(document.get("pvt_deleted"))


def _variables(document: Document) -> Any:
    return document.get("custom_channel_vars")


def _listed(document: Document) -> Emitted | None:
    if not is_cdr(document) or _variables(document) is None:
        return None
    return [_carried(document, "pvt_created"), document["_id"]], None


def _listed_without_variables(document: Document) -> Emitted | None:
    return ([_carried(document, "pvt_created"), document["_id"]], None) if is_cdr(document) else None


def _carried(document: Document, key: str) -> Any:
    """A field as a view emits it; null where it is missing."""
    return js.carried(document.get(key))


def _owner(document: Document) -> Any:
    variables = _variables(document)
    owner = variables.get("owner_id") if isinstance(variables, dict) else None
    return js.carried(owner) if js.truthy(owner) else None


def _listed_by_owner(document: Document) -> Emitted | None:
    if not is_cdr(document) or (owner := _owner(document)) is None:
        return None
    return [owner, _carried(document, "pvt_created"), document["_id"]], None


def channel_time(document: Document) -> Any:
    """When the channel was made: `channel_created_time` as it stands, else end minus duration."""
    created = document.get("channel_created_time")
    if js.truthy(created):
        return js.carried(created)
    end, duration = (js.number(document.get(key, js.UNDEFINED)) for key in ("timestamp", "duration_seconds"))
    return js.json_number(end - duration)


def _leg(document: Document) -> dict[str, Any]:
    return {
        "id": document["_id"],
        "channel_time": channel_time(document),
        "leg": _or(document, "channel_loopback_leg", "_"),
    }


def _billed_leg(document: Document) -> dict[str, Any]:
    return {
        "id": document["_id"],
        "channel_time": channel_time(document),
        "billing_seconds": _or(document, "billing_seconds", 0),
        "leg": _or(document, "channel_loopback_leg", "_"),
    }


def _or(document: Document, key: str, default: Any) -> Any:
    """A field as a view emits it where it holds something, as JavaScript sees it; else the default."""
    value = document.get(key)
    return js.carried(value) if js.truthy(value) else default


def _interaction_key(document: Document) -> list[Any]:
    return [_carried(document, "interaction_time"), _carried(document, "interaction_key"), channel_time(document)]


def _interactions(document: Document) -> Emitted | None:
    return (_interaction_key(document), _leg(document)) if is_cdr(document) else None


def _interactions_by_owner(document: Document) -> Emitted | None:
    if not is_cdr(document) or (owner := _owner(document)) is None:
        return None
    return [owner, *_interaction_key(document)], _billed_leg(document)


def _legs(document: Document) -> Emitted | None:
    return ([_carried(document, "interaction_id"), channel_time(document)], None) if is_cdr(document) else None


def _compare_legs(a: dict[str, Any], b: dict[str, Any]) -> int:
    for key in ("channel_time", "leg"):
        if js.less(a[key], b[key]):
            return -1
        if js.less(b[key], a[key]):
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
    if js.less(a["billing_seconds"], b["billing_seconds"]):
        return b
    if js.less(b["billing_seconds"], a["billing_seconds"]):
        return a
    return a if js.less(a["leg"], b["leg"]) else b


def _time_at(position: int) -> Callable[[list[Any]], float | None]:
    def time_of(key: list[Any]) -> float | None:
        time = key[position] if len(key) > position else None
        return time if isinstance(time, int | float) and not isinstance(time, bool) else None

    return time_of


def _time_of_interaction(key: list[Any]) -> float | None:
    """The time that an interaction id starts with."""
    time, hyphen, _ = key[0].partition("-") if key and isinstance(key[0], str) else ("", "", "")
    return int(time) if hyphen and time.isascii() and time.isdigit() else None


TIME_FIRST, TIME_BEHIND_OWNER = _time_at(0), _time_at(1)

LISTING = View("cdrs/crossbar_listing", _listed, TIME_FIRST)
LISTING_OF_ALL = View("cdrs/crossbar_listing of all", _listed_without_variables, TIME_FIRST)
LISTING_BY_OWNER = View("cdrs/listing_by_owner", _listed_by_owner, TIME_BEHIND_OWNER, has_owner=True)
INTERACTIONS = LegView(
    "interactions/interaction_listing", _interactions, TIME_FIRST, group_level=2, reduce=first_leg, moment="begun"
)
INTERACTIONS_BY_OWNER_FIRST_MADE, INTERACTIONS_BY_OWNER_MOST_BILLED = (
    LegView(
        "interactions/interaction_listing_by_owner",
        _interactions_by_owner,
        TIME_BEHIND_OWNER,
        has_owner=True,
        group_level=3,
        reduce=reduce,
        chooses=chooses,
        moment="begun",
    )
    for reduce, chooses in ((first_leg_of_owner, LegChoice.FIRST_MADE), (most_billed_leg, LegChoice.MOST_BILLED))
)
LEGS = View("interactions/interaction_listing_by_id", _legs, _time_of_interaction, moment="begun")
