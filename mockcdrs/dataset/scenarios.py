"""What happens in an office: each scenario is a function that yields the legs of one interaction."""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from mockcdrs.dataset import outcomes
from mockcdrs.dataset.call import INBOUND, OUTBOUND, Call, Channel, bridge
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.store import Document

Scenario = Callable[[Call], Iterable[Document]]

_INTERNAL_MISSED = (*outcomes.UNANSWERED, outcomes.BUSY, outcomes.CANCELLED, outcomes.NOT_REGISTERED)
_INBOUND_MISSED = (outcomes.CANCELLED, outcomes.CANCELLED, outcomes.BUSY, *outcomes.UNANSWERED)
_MENU_KEYS = ("0", "1", "1", "2", "2", "3", "21", "9")
_OUTBOUND_MISSED = (*outcomes.UNANSWERED, outcomes.BUSY, outcomes.BUSY, outcomes.CANCELLED, outcomes.CANCELLED)
_FAX_RATES = ("14400", "14400", "9600", "33600")


# Internal calls: between phones, to a conference, to another account of the cluster.


def internal_call(call: Call) -> Iterable[Document]:
    """One phone calls another, which answers."""
    caller, callee = _two_phones(call)
    times = call.spend(outcomes.RING), call.spend(outcomes.TALK)
    return bridge(call, (caller, caller), (callee, callee), times, outcomes.ANSWERED)


def internal_missed(call: Call) -> Iterable[Document]:
    """One phone calls another in vain: nobody there, busy, or the caller gives up."""
    caller, callee = _two_phones(call)
    return bridge(
        call, (caller, caller), (callee, callee), (call.spend(outcomes.GIVE_UP), 0), call.pick(_INTERNAL_MISSED)
    )


def conference(call: Call) -> Iterator[Document]:
    """One phone opens a conference, which calls two to four others; they leave one by one."""
    room, host = call.pick(call.office.conferences), call.pick(call.office.phones)
    opened = call.channel(host, INBOUND)
    called = call.others(host, call.office.phones, call.between(2, 4))
    guests = [(call.channel(phone, OUTBOUND), call.now, call.spend(outcomes.RING)) for phone in called]
    for guest, begin, ringing in guests:
        call.spend(outcomes.MESSAGE)
        talking = call.now - begin - ringing
        yield call.leg(guest, (room, guest.endpoint), (begin, ringing, talking), outcomes.ANSWERED, opened)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(opened, (host, room), whole, outcomes.ANSWERED, guests[-1][0])
    leg["custom_application_vars"]["conference"] = room.name
    yield leg


def on_net(call: Call) -> Iterable[Document]:
    """A phone calls a number of another account of the cluster: the call never leaves it."""
    caller, neighbour = call.pick(call.office.phones), call.pick(call.office.on_net)
    times = call.spend(outcomes.RING), call.spend(outcomes.TALK)
    return bridge(call, (caller, call.pick(call.office.lines)), (neighbour, neighbour), times, outcomes.ANSWERED)


def loopback(call: Call) -> Iterator[Document]:
    """A phone calls an extension that is looked up anew: a loopback pair lies between the two phones."""
    caller, callee = _two_phones(call)
    virtual = call.pick(call.office.ring_groups)
    calling, near = call.channel(caller, INBOUND), call.channel(virtual, OUTBOUND)
    far, ringing = call.channel(virtual, INBOUND), call.channel(callee, OUTBOUND)
    times = call.start, call.spend(outcomes.RING), call.spend(outcomes.TALK)
    yield call.leg(calling, (caller, virtual), times, outcomes.ANSWERED, near)
    yield _loopback_leg(call.leg(near, (caller, virtual), times, outcomes.ANSWERED, calling), "A")
    yield _loopback_leg(call.leg(far, (caller, callee), times, outcomes.ANSWERED, ringing), "B")
    yield call.leg(ringing, (caller, callee), times, outcomes.ANSWERED, far)


def _loopback_leg(leg: Document, name: str) -> Document:
    leg["channel_is_loopback"] = True
    leg["channel_loopback_leg"] = name
    leg["channel_name"] = f"loopback/{leg['callee_id_number']}-{name.lower()}"
    return leg


def _two_phones(call: Call) -> tuple[Endpoint, Endpoint]:
    caller = call.pick(call.office.phones)
    return caller, call.others(caller, call.office.phones, 1)[0]


# Inbound calls, from outside over a carrier.


def inbound_answered(call: Call) -> Iterable[Document]:
    """Somebody calls in, and a phone answers."""
    return _inbound(call, (call.spend(outcomes.RING), call.spend(outcomes.TALK)), outcomes.ANSWERED)


def inbound_missed(call: Call) -> Iterable[Document]:
    """Somebody calls in, and gives up or hears that nobody answers."""
    return _inbound(call, (call.spend(outcomes.GIVE_UP), 0), call.pick(_INBOUND_MISSED))


def recorded_call(call: Call) -> Iterator[Document]:
    """Somebody calls in, a phone answers, and the call is recorded."""
    recording = call.recording_id()
    for leg in _inbound(call, (call.spend(outcomes.RING), call.spend(outcomes.TALK)), outcomes.ANSWERED):
        leg["custom_channel_vars"]["media_recordings"] = [recording]
        leg["recording_url"] = f"https://recordings.example.com/{recording}.mp3"
        yield leg


def voicemail(call: Call) -> Iterator[Document]:
    """Somebody calls in, nobody answers, and they talk to the voicemail."""
    caller, phone = _outside_caller(call), call.channel(call.pick(call.office.phones), OUTBOUND)
    ringing = call.spend(outcomes.GIVE_UP)
    times = call.start, ringing, 0
    yield call.leg(phone, (caller.endpoint, phone.endpoint), times, outcomes.NO_ANSWER, caller)
    times = call.start, ringing, call.spend(outcomes.MESSAGE)
    leg = call.leg(caller, (caller.endpoint, call.pick(call.office.lines)), times, outcomes.ANSWERED, phone)
    leg["custom_application_vars"]["voicemail"] = call.office.voicemail.number
    yield leg


def ring_group(call: Call) -> Iterator[Document]:
    """Somebody calls in, three to five phones ring, and one wins."""
    caller, group = _outside_caller(call), call.pick(call.office.ring_groups)
    phones = call.others(group, call.office.phones, call.between(3, 5))
    winner, *losers = (call.channel(phone, OUTBOUND) for phone in phones)
    ringing, talking = call.spend(outcomes.RING), call.spend(outcomes.TALK)
    for phone in losers:
        times = call.start, ringing, 0
        yield call.leg(phone, (caller.endpoint, phone.endpoint), times, outcomes.LOST_RACE, caller)
    times = call.start, ringing, talking
    yield call.leg(winner, (caller.endpoint, winner.endpoint), times, outcomes.ANSWERED, caller)
    yield call.leg(caller, (caller.endpoint, group), times, outcomes.ANSWERED, winner)


def menu(call: Call) -> Iterator[Document]:
    """Somebody calls in, presses digits in the menu, and reaches a phone."""
    caller, phone = _outside_caller(call), call.channel(call.pick(call.office.phones), OUTBOUND)
    call.spend(outcomes.MENU)
    times = call.now, call.spend(outcomes.RING), call.spend(outcomes.TALK)
    yield call.leg(phone, (caller.endpoint, phone.endpoint), times, outcomes.ANSWERED, caller)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(caller, (caller.endpoint, call.office.menu), whole, outcomes.ANSWERED, phone)
    leg["digits_dialed"] = call.pick((*_MENU_KEYS, phone.endpoint.number))
    yield leg


def queue(call: Call) -> Iterator[Document]:
    """Somebody calls in, waits in a queue while one agent does not answer, and reaches the next."""
    caller, waiting_for = _outside_caller(call), call.pick(call.office.queues)
    asleep, awake = (call.channel(agent, OUTBOUND) for agent in call.others(waiting_for, call.office.phones, 2))
    call.spend(outcomes.WAIT)
    times = call.now, call.spend(outcomes.GIVE_UP), 0
    yield call.leg(asleep, (caller.endpoint, asleep.endpoint), times, outcomes.NO_ANSWER, caller)
    times = call.now, call.spend(outcomes.RING), call.spend(outcomes.TALK)
    yield call.leg(awake, (caller.endpoint, awake.endpoint), times, outcomes.ANSWERED, caller)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(caller, (caller.endpoint, waiting_for), whole, outcomes.ANSWERED, awake)
    leg["custom_application_vars"]["queue"] = waiting_for.name
    yield leg


def call_forward(call: Call) -> Iterator[Document]:
    """Somebody calls in, and the extension's forwarding sends the call out again to a mobile."""
    caller = call.pick(call.office.contacts)
    mobile = call.others(caller, call.office.contacts, 1)[0]
    phone, line = call.pick(call.office.phones), call.pick(call.office.lines)
    times = call.spend(outcomes.RING), call.spend(outcomes.TALK)
    arriving, leaving = bridge(call, (caller, caller), (line, mobile), times, outcomes.ANSWERED)
    leaving["custom_channel_vars"]["call_forward"] = "true"
    leaving["custom_channel_vars"]["owner_id"] = phone.channel_vars["owner_id"]
    yield from (arriving, leaving)


def _outside_caller(call: Call) -> Channel:
    return call.channel(call.pick(call.office.contacts), INBOUND)


def _inbound(call: Call, times: tuple[int, int], outcome: outcomes.CallOutcome) -> Iterable[Document]:
    caller, callee = call.pick(call.office.contacts), call.pick(call.office.phones)
    return bridge(call, (caller, caller), (call.pick(call.office.lines), callee), times, outcome)


# Outbound calls, over a carrier.


def outbound_local(call: Call) -> Iterable[Document]:
    """A phone calls a contact, who answers."""
    return _outbound_answered(call, call.pick(call.office.contacts))


def outbound_toll_free(call: Call) -> Iterable[Document]:
    """A phone calls a toll-free number."""
    return _outbound_answered(call, call.pick(call.office.toll_free))


def outbound_international(call: Call) -> Iterable[Document]:
    """A phone calls abroad."""
    return _outbound_answered(call, call.pick(call.office.international))


def outbound_emergency(call: Call) -> Iterable[Document]:
    """A phone calls the emergency services."""
    return _outbound_answered(call, call.office.emergency)


def outbound_missed(call: Call) -> Iterable[Document]:
    """A phone calls a contact who does not answer or is busy, or the caller gives up."""
    times = call.spend(outcomes.GIVE_UP), 0
    return _outbound(call, call.pick(call.office.contacts), times, call.pick(_OUTBOUND_MISSED))


def outbound_failed(call: Call) -> Iterable[Document]:
    """A phone calls a number that the carrier cannot or will not reach."""
    return _outbound(call, call.pick(call.office.contacts), (0, 0), call.pick(outcomes.FAILED))


def click_to_call(call: Call) -> Iterator[Document]:
    """A click rings the user's phone first and then the contact: both legs go out."""
    phone = call.channel(call.pick(call.office.phones), OUTBOUND)
    contact = call.channel(call.pick(call.office.contacts), OUTBOUND)
    parties = call.pick(call.office.lines), contact.endpoint
    ringing, waiting = call.spend(outcomes.RING), call.spend(outcomes.RING)
    talking = call.spend(outcomes.TALK)
    mine = call.start, ringing, waiting + talking
    theirs = call.start + ringing, waiting, talking
    for channel, times, other in ((phone, mine, contact), (contact, theirs, phone)):
        leg = call.leg(channel, parties, times, outcomes.ANSWERED, other)
        leg["custom_application_vars"]["click_to_call"] = "true"
        yield leg


def _outbound_answered(call: Call, callee: Endpoint) -> Iterable[Document]:
    return _outbound(call, callee, (call.spend(outcomes.RING), call.spend(outcomes.TALK)), outcomes.ANSWERED)


def _outbound(
    call: Call, callee: Endpoint, times: tuple[int, int], outcome: outcomes.CallOutcome
) -> Iterable[Document]:
    caller, shown = call.pick(call.office.phones), call.pick(call.office.lines)
    return bridge(call, (caller, shown), (callee, callee), times, outcome)


# Inbound calls that change hands: transfers, parking, pickup.


def blind_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and sends it on, unannounced, to another phone."""
    caller, first, second = _caller_and_two_phones(call, OUTBOUND)
    ringing = call.spend(outcomes.RING)
    times = call.start, ringing, call.spend(outcomes.TALK)
    yield call.leg(first, (caller.endpoint, first.endpoint), times, outcomes.BLIND_TRANSFERRED, caller)
    times = call.now, call.spend(outcomes.RING), call.spend(outcomes.TALK)
    yield call.leg(second, (caller.endpoint, second.endpoint), times, outcomes.ANSWERED, caller)
    yield _whole_leg(call, caller, ringing, second)


def attended_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside, asks another phone first, and then connects the two."""
    caller, first, second = _caller_and_two_phones(call, OUTBOUND)
    asking = call.channel(first.endpoint, INBOUND)
    ringing = call.spend(outcomes.RING)
    call.spend(outcomes.TALK)
    asked = call.now, call.spend(outcomes.RING), call.spend(outcomes.MESSAGE)
    held = call.start, ringing, call.now - call.start - ringing
    pair = first.endpoint, second.endpoint
    yield call.leg(first, (caller.endpoint, first.endpoint), held, outcomes.ATTENDED_TRANSFERRED, caller)
    yield call.leg(asking, pair, asked, outcomes.ATTENDED_TRANSFERRED, second)
    call.spend(outcomes.TALK)
    begin, waiting, _ = asked
    yield call.leg(second, pair, (begin, waiting, call.now - begin - waiting), outcomes.ANSWERED, caller)
    yield _whole_leg(call, caller, ringing, second)


def park_and_retrieve(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and parks it; another phone dials the slot and takes it."""
    caller, first, second = _caller_and_two_phones(call, INBOUND)
    ringing = call.spend(outcomes.RING)
    times = call.start, ringing, call.spend(outcomes.MESSAGE)
    yield call.leg(first, (caller.endpoint, first.endpoint), times, outcomes.BLIND_TRANSFERRED, caller)
    call.spend(outcomes.WAIT)
    times = call.now, 0, call.spend(outcomes.TALK)
    yield call.leg(second, (second.endpoint, call.pick(call.office.parking)), times, outcomes.ANSWERED, caller)
    yield _whole_leg(call, caller, ringing, second)


def group_pickup(call: Call) -> Iterator[Document]:
    """A phone rings for a call from outside, and a colleague takes it at another one."""
    caller, first, second = _caller_and_two_phones(call, OUTBOUND)
    ringing = call.spend(outcomes.RING)
    times = call.start, ringing, 0
    yield call.leg(first, (caller.endpoint, first.endpoint), times, outcomes.PICKED_OFF, caller)
    times = call.now, 0, call.spend(outcomes.TALK)
    yield call.leg(second, (caller.endpoint, second.endpoint), times, outcomes.ANSWERED, caller)
    yield _whole_leg(call, caller, ringing, second)


def _caller_and_two_phones(call: Call, last: str) -> tuple[Channel, Channel, Channel]:
    """The caller from outside, the phone that rings first, and another phone whose channel has direction `last`."""
    caller = call.channel(call.pick(call.office.contacts), INBOUND)
    phone = call.pick(call.office.phones)
    other = call.others(phone, call.office.phones, 1)[0]
    return caller, call.channel(phone, OUTBOUND), call.channel(other, last)


def _whole_leg(call: Call, caller: Channel, ringing: int, last: Channel) -> Document:
    """The caller's own leg, from the interaction's start to its end."""
    times = call.start, ringing, call.now - call.start - ringing
    return call.leg(caller, (caller.endpoint, call.pick(call.office.lines)), times, outcomes.ANSWERED, last)


# Faxes.


def inbound_fax(call: Call) -> Iterator[Document]:
    """A fax comes in and is received by the server."""
    sender, line = call.channel(call.pick(call.office.contacts), INBOUND), call.pick(call.office.lines)
    times = call.start, 0, call.spend(outcomes.MESSAGE)
    yield call.leg(sender, (sender.endpoint, line), times, outcomes.ANSWERED) | _fax_result(call)


def outbound_fax(call: Call) -> Iterator[Document]:
    """A fax machine sends a fax to a contact."""
    machine, contact = call.pick(call.office.faxes), call.pick(call.office.contacts)
    parties = (machine, call.pick(call.office.lines)), (contact, contact)
    times = call.spend(outcomes.RING), call.spend(outcomes.MESSAGE)
    result = _fax_result(call)
    for leg in bridge(call, *parties, times, outcomes.ANSWERED):
        yield leg | result


def _fax_result(call: Call) -> dict[str, str]:
    pages = str(call.pick(outcomes.FAX_PAGES))
    return {
        "fax_bad_rows": call.pick(("0", "0", "0", "0", "3", "12")),
        "fax_ecm_used": call.pick(("on", "on", "off")),
        "fax_result_code": "0",
        "fax_result_text": "OK",
        "fax_success": "1",
        "fax_total_pages": pages,
        "fax_transfer_rate": call.pick(_FAX_RATES),
        "fax_transferred_pages": pages,
    }


# Shares in a thousand interactions.
SHARES: dict[Scenario, int] = {
    internal_call: 150,
    internal_missed: 55,
    conference: 10,
    on_net: 15,
    loopback: 15,
    inbound_answered: 165,
    inbound_missed: 65,
    voicemail: 55,
    ring_group: 45,
    menu: 50,
    queue: 40,
    call_forward: 20,
    recorded_call: 30,
    outbound_local: 115,
    outbound_toll_free: 15,
    outbound_international: 20,
    outbound_emergency: 5,
    outbound_missed: 40,
    outbound_failed: 15,
    click_to_call: 12,
    blind_transfer: 16,
    attended_transfer: 12,
    park_and_retrieve: 10,
    group_pickup: 8,
    inbound_fax: 10,
    outbound_fax: 7,
}
SCENARIOS: dict[str, Scenario] = {scenario.__name__: scenario for scenario in SHARES}
SCENARIO_NAMES = tuple(SCENARIOS)
CUMULATIVE_SHARES = tuple(accumulate(SHARES.values()))
