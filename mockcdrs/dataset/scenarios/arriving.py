"""Calls that come in from outside over a carrier."""

from collections.abc import Iterable, Iterator

from mockcdrs.dataset.scenarios import endings, seconds
from mockcdrs.dataset.scenarios.call import INBOUND, OUTBOUND, Call, Channel, Document, bridge

MISSED = (endings.CANCELLED, endings.CANCELLED, endings.BUSY, *endings.UNANSWERED)
KEYS = ("0", "1", "1", "2", "2", "3", "21", "9")


def inbound_answered(call: Call) -> Iterable[Document]:
    """Somebody calls in, and a phone answers."""
    return _direct(call, (call.spend(seconds.RING), call.spend(seconds.TALK)), endings.ANSWERED)


def inbound_missed(call: Call) -> Iterable[Document]:
    """Somebody calls in, and gives up or hears that nobody answers."""
    return _direct(call, (call.spend(seconds.GIVE_UP), 0), call.pick(MISSED))


def recorded_call(call: Call) -> Iterator[Document]:
    """Somebody calls in, a phone answers, and the call is recorded."""
    recording = call.recording_id()
    for leg in _direct(call, (call.spend(seconds.RING), call.spend(seconds.TALK)), endings.ANSWERED):
        leg["custom_channel_vars"]["media_recordings"] = [recording]
        leg["recording_url"] = f"https://recordings.example.com/{recording}.mp3"
        yield leg


def voicemail(call: Call) -> Iterator[Document]:
    """Somebody calls in, nobody answers, and they talk to the voicemail."""
    caller, phone = _arrive(call), call.channel(call.pick(call.office.phones), OUTBOUND)
    ringing = call.spend(seconds.GIVE_UP)
    times = call.start, ringing, 0
    yield call.leg(phone, (caller.endpoint, phone.endpoint), times, endings.NO_ANSWER, caller)
    times = call.start, ringing, call.spend(seconds.MESSAGE)
    leg = call.leg(caller, (caller.endpoint, call.pick(call.office.lines)), times, endings.ANSWERED, phone)
    leg["custom_application_vars"]["voicemail"] = call.office.voicemail.number
    yield leg


def ring_group(call: Call) -> Iterator[Document]:
    """Somebody calls in, three to five phones ring, and one wins."""
    caller, group = _arrive(call), call.pick(call.office.ring_groups)
    phones = call.others(group, call.office.phones, call.between(3, 5))
    winner, *losers = (call.channel(phone, OUTBOUND) for phone in phones)
    ringing, talking = call.spend(seconds.RING), call.spend(seconds.TALK)
    for phone in losers:
        times = call.start, ringing, 0
        yield call.leg(phone, (caller.endpoint, phone.endpoint), times, endings.LOST_RACE, caller)
    times = call.start, ringing, talking
    yield call.leg(winner, (caller.endpoint, winner.endpoint), times, endings.ANSWERED, caller)
    yield call.leg(caller, (caller.endpoint, group), times, endings.ANSWERED, winner)


def menu(call: Call) -> Iterator[Document]:
    """Somebody calls in, presses digits in the menu, and reaches a phone."""
    caller, phone = _arrive(call), call.channel(call.pick(call.office.phones), OUTBOUND)
    call.spend(seconds.MENU)
    times = call.now, call.spend(seconds.RING), call.spend(seconds.TALK)
    yield call.leg(phone, (caller.endpoint, phone.endpoint), times, endings.ANSWERED, caller)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(caller, (caller.endpoint, call.office.menu), whole, endings.ANSWERED, phone)
    leg["digits_dialed"] = call.pick((*KEYS, phone.endpoint.number))
    yield leg


def queue(call: Call) -> Iterator[Document]:
    """Somebody calls in, waits in a queue while one agent does not answer, and reaches the next."""
    caller, waiting_for = _arrive(call), call.pick(call.office.queues)
    asleep, awake = (call.channel(agent, OUTBOUND) for agent in call.others(waiting_for, call.office.phones, 2))
    call.spend(seconds.WAIT)
    times = call.now, call.spend(seconds.GIVE_UP), 0
    yield call.leg(asleep, (caller.endpoint, asleep.endpoint), times, endings.NO_ANSWER, caller)
    times = call.now, call.spend(seconds.RING), call.spend(seconds.TALK)
    yield call.leg(awake, (caller.endpoint, awake.endpoint), times, endings.ANSWERED, caller)
    whole = call.start, 0, call.now - call.start
    leg = call.leg(caller, (caller.endpoint, waiting_for), whole, endings.ANSWERED, awake)
    leg["custom_application_vars"]["queue"] = waiting_for.name
    yield leg


def call_forward(call: Call) -> Iterator[Document]:
    """Somebody calls in, and the extension's forwarding sends the call out again to a mobile."""
    caller = call.pick(call.office.contacts)
    mobile = call.others(caller, call.office.contacts, 1)[0]
    phone, line = call.pick(call.office.phones), call.pick(call.office.lines)
    times = call.spend(seconds.RING), call.spend(seconds.TALK)
    arriving, leaving = bridge(call, (caller, caller), (line, mobile), times, endings.ANSWERED)
    leaving["custom_channel_vars"]["call_forward"] = "true"
    leaving["custom_channel_vars"]["owner_id"] = phone.channel_vars["owner_id"]
    yield from (arriving, leaving)


def _arrive(call: Call) -> Channel:
    return call.channel(call.pick(call.office.contacts), INBOUND)


def _direct(call: Call, times: tuple[int, int], ending: endings.Ending) -> Iterable[Document]:
    caller, callee = call.pick(call.office.contacts), call.pick(call.office.phones)
    return bridge(call, (caller, caller), (call.pick(call.office.lines), callee), times, ending)
