"""Calls that change hands: transfers, parking, picking up."""

from collections.abc import Iterator

from mockcdrs.dataset.scenarios import endings, seconds
from mockcdrs.dataset.scenarios.call import INBOUND, OUTBOUND, Call, Channel, Document


def blind_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and sends it on, unannounced, to another phone."""
    caller, first, second = _three(call, OUTBOUND)
    ringing = call.spend(seconds.RING)
    times = call.start, ringing, call.spend(seconds.TALK)
    yield call.leg(first, (caller.endpoint, first.endpoint), times, endings.BLIND_TRANSFERRED, caller)
    times = call.now, call.spend(seconds.RING), call.spend(seconds.TALK)
    yield call.leg(second, (caller.endpoint, second.endpoint), times, endings.ANSWERED, caller)
    yield _whole(call, caller, ringing, second)


def attended_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside, asks another phone first, and then connects the two."""
    caller, first, second = _three(call, OUTBOUND)
    asking = call.channel(first.endpoint, INBOUND)
    ringing = call.spend(seconds.RING)
    call.spend(seconds.TALK)
    asked = call.now, call.spend(seconds.RING), call.spend(seconds.MESSAGE)
    held = call.start, ringing, call.now - call.start - ringing
    pair = first.endpoint, second.endpoint
    yield call.leg(first, (caller.endpoint, first.endpoint), held, endings.ATTENDED_TRANSFERRED, caller)
    yield call.leg(asking, pair, asked, endings.ATTENDED_TRANSFERRED, second)
    call.spend(seconds.TALK)
    begin, waiting, _ = asked
    yield call.leg(second, pair, (begin, waiting, call.now - begin - waiting), endings.ANSWERED, caller)
    yield _whole(call, caller, ringing, second)


def park_and_retrieve(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and parks it; another phone dials the slot and takes it."""
    caller, first, second = _three(call, INBOUND)
    ringing = call.spend(seconds.RING)
    times = call.start, ringing, call.spend(seconds.MESSAGE)
    yield call.leg(first, (caller.endpoint, first.endpoint), times, endings.BLIND_TRANSFERRED, caller)
    call.spend(seconds.WAIT)
    times = call.now, 0, call.spend(seconds.TALK)
    yield call.leg(second, (second.endpoint, call.pick(call.office.parking)), times, endings.ANSWERED, caller)
    yield _whole(call, caller, ringing, second)


def group_pickup(call: Call) -> Iterator[Document]:
    """A phone rings for a call from outside, and a colleague takes it at another one."""
    caller, first, second = _three(call, OUTBOUND)
    ringing = call.spend(seconds.RING)
    times = call.start, ringing, 0
    yield call.leg(first, (caller.endpoint, first.endpoint), times, endings.PICKED_OFF, caller)
    times = call.now, 0, call.spend(seconds.TALK)
    yield call.leg(second, (caller.endpoint, second.endpoint), times, endings.ANSWERED, caller)
    yield _whole(call, caller, ringing, second)


def _three(call: Call, last: str) -> tuple[Channel, Channel, Channel]:
    """The caller from outside, the phone that rings first, and another phone whose channel has direction `last`."""
    caller = call.channel(call.pick(call.office.contacts), INBOUND)
    phone = call.pick(call.office.phones)
    other = call.others(phone, call.office.phones, 1)[0]
    return caller, call.channel(phone, OUTBOUND), call.channel(other, last)


def _whole(call: Call, caller: Channel, ringing: int, last: Channel) -> Document:
    """The caller's own leg, from the interaction's start to its end."""
    times = call.start, ringing, call.now - call.start - ringing
    return call.leg(caller, (caller.endpoint, call.pick(call.office.lines)), times, endings.ANSWERED, last)
