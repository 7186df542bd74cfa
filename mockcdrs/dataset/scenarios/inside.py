"""Calls that stay in the office: between phones, to a conference, to another account of the cluster."""

from collections.abc import Iterable, Iterator

from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.scenarios import endings, seconds
from mockcdrs.dataset.scenarios.call import INBOUND, OUTBOUND, Call, Document, bridge

MISSED = (*endings.UNANSWERED, endings.BUSY, endings.CANCELLED, endings.NOT_REGISTERED)


def internal_call(call: Call) -> Iterable[Document]:
    """One phone calls another, which answers."""
    caller, callee = _two_phones(call)
    times = call.spend(seconds.RING), call.spend(seconds.TALK)
    return bridge(call, (caller, caller), (callee, callee), times, endings.ANSWERED)


def internal_missed(call: Call) -> Iterable[Document]:
    """One phone calls another in vain: nobody there, busy, or the caller gives up."""
    caller, callee = _two_phones(call)
    return bridge(call, (caller, caller), (callee, callee), (call.spend(seconds.GIVE_UP), 0), call.pick(MISSED))


def conference(call: Call) -> Iterator[Document]:
    """One phone opens a conference, which calls two to four others; they leave one by one."""
    room, host = call.pick(call.office.conferences), call.pick(call.office.phones)
    opened = call.channel(host, INBOUND)
    called = call.others(host, call.office.phones, call.between(2, 4))
    guests = [(call.channel(phone, OUTBOUND), call.now, call.spend(seconds.RING)) for phone in called]
    for guest, begin, ringing in guests:
        call.spend(seconds.MESSAGE)
        talking = call.now - begin - ringing
        yield call.leg(guest, (room, guest.endpoint), (begin, ringing, talking), endings.ANSWERED, opened)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(opened, (host, room), whole, endings.ANSWERED, guests[-1][0])
    leg["custom_application_vars"]["conference"] = room.name
    yield leg


def on_net(call: Call) -> Iterable[Document]:
    """A phone calls a number of another account of the cluster: the call never leaves it."""
    caller, neighbour = call.pick(call.office.phones), call.pick(call.office.on_net)
    times = call.spend(seconds.RING), call.spend(seconds.TALK)
    return bridge(call, (caller, call.pick(call.office.lines)), (neighbour, neighbour), times, endings.ANSWERED)


def loopback(call: Call) -> Iterator[Document]:
    """A phone calls an extension that is looked up anew: a loopback pair lies between the two phones."""
    caller, callee = _two_phones(call)
    virtual = call.pick(call.office.ring_groups)
    calling, near = call.channel(caller, INBOUND), call.channel(virtual, OUTBOUND)
    far, ringing = call.channel(virtual, INBOUND), call.channel(callee, OUTBOUND)
    times = call.start, call.spend(seconds.RING), call.spend(seconds.TALK)
    yield call.leg(calling, (caller, virtual), times, endings.ANSWERED, near)
    yield _half(call.leg(near, (caller, virtual), times, endings.ANSWERED, calling), "A")
    yield _half(call.leg(far, (caller, callee), times, endings.ANSWERED, ringing), "B")
    yield call.leg(ringing, (caller, callee), times, endings.ANSWERED, far)


def _half(leg: Document, name: str) -> Document:
    leg["channel_is_loopback"] = True
    leg["channel_loopback_leg"] = name
    leg["channel_name"] = f"loopback/{leg['callee_id_number']}-{name.lower()}"
    return leg


def _two_phones(call: Call) -> tuple[Endpoint, Endpoint]:
    caller = call.pick(call.office.phones)
    return caller, call.others(caller, call.office.phones, 1)[0]
