"""Calls that leave the office over a carrier."""

from collections.abc import Iterable, Iterator

from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.scenarios import endings, seconds
from mockcdrs.dataset.scenarios.call import OUTBOUND, Call, Document, bridge

MISSED = (*endings.UNANSWERED, endings.BUSY, endings.BUSY, endings.CANCELLED, endings.CANCELLED)


def outbound_local(call: Call) -> Iterable[Document]:
    """A phone calls a contact, who answers."""
    return _answered(call, call.pick(call.office.contacts))


def outbound_toll_free(call: Call) -> Iterable[Document]:
    """A phone calls a toll-free number."""
    return _answered(call, call.pick(call.office.toll_free))


def outbound_international(call: Call) -> Iterable[Document]:
    """A phone calls abroad."""
    return _answered(call, call.pick(call.office.international))


def outbound_emergency(call: Call) -> Iterable[Document]:
    """A phone calls the emergency services."""
    return _answered(call, call.office.emergency)


def outbound_missed(call: Call) -> Iterable[Document]:
    """A phone calls a contact who does not answer or is busy, or the caller gives up."""
    times = call.spend(seconds.GIVE_UP), 0
    return _attempt(call, call.pick(call.office.contacts), times, call.pick(MISSED))


def outbound_failed(call: Call) -> Iterable[Document]:
    """A phone calls a number that the carrier cannot or will not reach."""
    return _attempt(call, call.pick(call.office.contacts), (0, 0), call.pick(endings.FAILED))


def click_to_call(call: Call) -> Iterator[Document]:
    """A click rings the user's phone first and then the contact: both legs go out."""
    phone = call.channel(call.pick(call.office.phones), OUTBOUND)
    contact = call.channel(call.pick(call.office.contacts), OUTBOUND)
    parties = call.pick(call.office.lines), contact.endpoint
    ringing, waiting = call.spend(seconds.RING), call.spend(seconds.RING)
    talking = call.spend(seconds.TALK)
    mine = call.start, ringing, waiting + talking
    theirs = call.start + ringing, waiting, talking
    for channel, times, other in ((phone, mine, contact), (contact, theirs, phone)):
        leg = call.leg(channel, parties, times, endings.ANSWERED, other)
        leg["custom_application_vars"]["click_to_call"] = "true"
        yield leg


def _answered(call: Call, callee: Endpoint) -> Iterable[Document]:
    return _attempt(call, callee, (call.spend(seconds.RING), call.spend(seconds.TALK)), endings.ANSWERED)


def _attempt(call: Call, callee: Endpoint, times: tuple[int, int], ending: endings.Ending) -> Iterable[Document]:
    caller, shown = call.pick(call.office.phones), call.pick(call.office.lines)
    return bridge(call, (caller, shown), (callee, callee), times, ending)
