"""Edge cases of several documents, or of how legs hang together."""

from collections.abc import Callable

from mockcdrs.dataset.edges import base
from mockcdrs.dataset.scenarios import SCENARIOS, Document
from mockcdrs.dataset.scenarios.call import INBOUND, OUTBOUND
from mockcdrs.dataset.scenarios.endings import ANSWERED, LOST_RACE


def same_second() -> list[Document]:
    """Fifty calls that end in one second: more than a page, all under one time."""
    return [base.document(f"same-second-x50-{row}") for row in range(50)]


def twelve_legs() -> list[Document]:
    """An interaction of twelve legs: eleven phones ring, one wins."""
    call = base.call("twelve-legs")
    caller = call.channel(call.pick(call.office.contacts), INBOUND)
    group = call.office.ring_groups[0]
    winner, *losers = (call.channel(phone, OUTBOUND) for phone in call.others(group, call.office.phones, 11))
    times = call.start, 8, 112
    legs = [call.leg(caller, (caller.endpoint, group), times, ANSWERED, winner)]
    legs.append(call.leg(winner, (caller.endpoint, winner.endpoint), times, ANSWERED, caller))
    missed = call.start, 8, 0
    return legs + [call.leg(lost, (caller.endpoint, lost.endpoint), missed, LOST_RACE, caller) for lost in losers]


def orphan_leg() -> list[Document]:
    """A leg whose other leg is in no database."""
    return list(SCENARIOS["inbound_answered"](base.call("orphan-leg")))[1:]


def leg_of_itself() -> list[Document]:
    """A leg that says that it is its own other leg."""
    document = base.document("leg-of-itself")
    return [document | {"other_leg_call_id": document["call_id"]}]


def shared_interaction_key() -> list[Document]:
    """Two interactions a second apart with one key."""
    first, second = (base.document("shared-interaction-key", base.USUAL_START + late) for late in (0, 1))
    second["_id"] += "-2"
    second["call_id"] += "-2"
    return [first, second]


def loopback_only() -> list[Document]:
    """An interaction of which only the loopback legs are left."""
    return [leg for leg in SCENARIOS["loopback"](base.call("loopback-only")) if "channel_is_loopback" in leg]


def legs_over_month_boundary() -> list[Document]:
    """A transfer that begins in one month and ends in the next: all legs lie in the first."""
    call = base.call("legs-over-month-boundary", 63_934_444_790)
    caller, phone = call.pick(call.office.contacts), call.pick(call.office.phones)
    arriving, ringing = call.channel(caller, INBOUND), call.channel(phone, OUTBOUND)
    return [
        call.leg(arriving, (caller, call.office.lines[0]), (call.start, 0, 120), ANSWERED, ringing),
        call.leg(ringing, (caller, phone), (call.start + 15, 5, 100), ANSWERED, arriving),
    ]


GROUPS: dict[str, Callable[[], list[Document]]] = {
    "same-second-x50": same_second,
    "twelve-legs": twelve_legs,
    "orphan-leg": orphan_leg,
    "leg-of-itself": leg_of_itself,
    "shared-interaction-key": shared_interaction_key,
    "loopback-only": loopback_only,
    "legs-over-month-boundary": legs_over_month_boundary,
}
