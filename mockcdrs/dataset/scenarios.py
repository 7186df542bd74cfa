"""What happens in an office: each scenario is a function that yields the legs of one call, the caller's first.

Who calls from outside dials one of the office's own numbers; what rings inside is up to the callflow of that number.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from mockcdrs.dataset import outcomes, transfers
from mockcdrs.dataset.call import Call, Channel
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.outcomes import ANSWERED, GIVE_UP, MENU, MESSAGE, RING, TALK, WAIT, CallOutcome
from mockcdrs.dataset.store import Document

_UNANSWERED = (outcomes.NO_ANSWER, outcomes.NO_ANSWER, outcomes.NO_ANSWER, outcomes.NO_RESPONSE, outcomes.REJECTED)
_GIVEN_UP = (outcomes.CANCELLED, outcomes.CANCELLED, outcomes.BUSY)
_FAILED = (outcomes.UNALLOCATED, outcomes.CONGESTED, outcomes.OUT_OF_ORDER)


def _bridge(
    call: Call, calling: Channel, called: Channel, seconds: tuple[int, int], outcome: CallOutcome
) -> tuple[Document, Document]:
    """Both legs of a plain call; `seconds` are those of ringing and of talking."""
    times = call.start, *seconds
    return call.leg(calling, times, outcome, called), call.leg(called, times, outcome, calling)


# Internal calls: between phones, to a conference, to another account of the cluster.


def _internal(call: Call, seconds: tuple[int, int], outcome: CallOutcome) -> Iterable[Document]:
    caller, callee = call.phones[:2]
    return _bridge(call, call.inbound(caller, callee), call.outbound(callee, caller), seconds, outcome)


def internal_call(call: Call) -> Iterable[Document]:
    """One phone calls another, which answers."""
    return _internal(call, (call.spend(RING), call.spend(TALK)), ANSWERED)


def internal_missed(call: Call) -> Iterable[Document]:
    """One phone calls another in vain: nobody there, busy, or the caller gives up."""
    outcome = call.pick((*_UNANSWERED, outcomes.BUSY, outcomes.CANCELLED, outcomes.NOT_REGISTERED))
    return _internal(call, (call.spend(GIVE_UP), 0), outcome)


def conference(call: Call) -> Iterator[Document]:
    """One phone opens a conference, which calls two to four others; they leave one by one."""
    room, (host, *others) = call.pick(call.office.conferences), call.phones
    opened = call.inbound(host, room)
    guests, times = [], []
    for phone in others[: call.between(2, 4)]:
        guests.append(call.outbound(phone, room))
        times.append((call.now, call.spend(RING)))
    ends = [call.now + call.spend(MESSAGE) for _ in guests]
    whole = call.start, 0, call.now - call.start
    yield call.leg(opened, whole, outcomes.NOT_BRIDGED, guests[-1], {"is_conference": True})
    for guest, (begin, ringing), end in zip(guests, times, ends, strict=True):
        yield call.leg(guest, (begin, ringing, end - begin - ringing), ANSWERED, opened)


def on_net(call: Call) -> Iterable[Document]:
    """A phone calls a number of another account of the cluster: the call never leaves it."""
    return _outbound(call, call.pick(call.office.on_net), (call.spend(RING), call.spend(TALK)), ANSWERED)


def loopback(call: Call) -> Iterator[Document]:
    """A phone calls an extension that is looked up anew: a loopback pair lies between the two phones."""
    (caller, callee), extension = call.phones[:2], call.office.group_extension
    calling, near = call.inbound(caller, extension), call.outbound(extension, caller)
    far, ringing = call.inbound(extension, callee), call.outbound(callee, caller)
    times = call.start, call.spend(RING), call.spend(TALK)
    yield call.leg(calling, times, ANSWERED, near)
    yield call.leg(near, times, ANSWERED, calling, _loopback_fields(extension, "A", far))
    yield call.leg(far, times, ANSWERED, ringing, _loopback_fields(extension, "B", near))
    yield call.leg(ringing, times, ANSWERED, far)


def _loopback_fields(extension: Endpoint, name: str, other: Channel) -> dict[str, object]:
    return {
        "channel_is_loopback": True,
        "channel_loopback_leg": name,
        "channel_loopback_other_leg_id": other.call_id,
        "channel_name": f"loopback/{extension.number}-{name.lower()}",
    }


# Inbound calls, from outside over a carrier.


def _inbound(
    call: Call, caller: Endpoint, phone: Endpoint, seconds: tuple[int, int], outcome: CallOutcome
) -> tuple[Document, Document]:
    line = call.pick(call.office.lines)
    return _bridge(call, call.inbound(caller, line), call.outbound(phone, caller), seconds, outcome)


def _inbound_answered(call: Call, callers: Sequence[Endpoint]) -> tuple[Document, Document]:
    return _inbound(call, call.pick(callers), call.phones[0], (call.spend(RING), call.spend(TALK)), ANSWERED)


def inbound_answered(call: Call) -> Iterable[Document]:
    """Somebody calls in, and a phone answers."""
    return _inbound_answered(call, call.office.contacts)


def inbound_missed(call: Call) -> Iterable[Document]:
    """Somebody calls in, and gives up or hears that nobody answers."""
    outcome = call.pick((*_GIVEN_UP, *_UNANSWERED))
    return _inbound(call, call.pick(call.office.contacts), call.phones[0], (call.spend(GIVE_UP), 0), outcome)


def inbound_registered(call: Call) -> Iterable[Document]:
    """Somebody calls in over a gateway that registers: its leg has an `authorizing_id`, as no other carrier's has."""
    return _inbound_answered(call, call.office.gateway_contacts)


def recorded_call(call: Call) -> Iterator[Document]:
    """Somebody calls in, a phone answers, and the caller's leg is recorded."""
    caller, line = call.pick(call.office.contacts), call.pick(call.office.lines)
    calling, phone = call.inbound(caller, line), call.outbound(call.phones[0], caller)
    times = call.start, call.spend(RING), call.spend(TALK)
    recording = call.recording_id()
    fields = {"recording_url": f"https://recordings.example.com/{recording}.mp3"}
    variables = {
        "media_name": f"{recording}.mp3",
        "media_names": [f"{recording}.mp3"],
        "media_recorder": "kzc_recording",
        "media_recording_id": recording,
        "media_recordings": [recording],
    }
    yield call.leg(calling, times, ANSWERED, phone, fields, variables)
    yield call.leg(phone, times, ANSWERED, calling)


def voicemail(call: Call) -> Iterator[Document]:
    """Somebody calls in, nobody answers, and they talk to the voicemail."""
    caller, line = call.pick(call.office.contacts), call.pick(call.office.lines)
    calling, phone = call.inbound(caller, line), call.outbound(call.phones[0], caller)
    ringing, talking = call.spend(GIVE_UP), call.spend(MESSAGE)
    yield call.leg(calling, (call.start, ringing, talking), outcomes.LEFT_MESSAGE, phone)
    yield call.leg(phone, (call.start, ringing, 0), outcomes.NO_ANSWER, calling)


def user_devices(call: Call) -> Iterator[Document]:
    """Somebody calls in, both phones of a user ring, and the user takes the call on the second."""
    caller, line = call.pick(call.office.contacts), call.pick(call.office.lines)
    calling = call.inbound(caller, line)
    loser, winner = (call.outbound(phone, caller) for phone in call.phones[:2])
    ringing, talking = call.spend(RING), call.spend(TALK)
    yield call.leg(calling, (call.start, ringing, talking), ANSWERED, winner)
    yield call.leg(loser, (call.start, ringing, 0), outcomes.LOST_RACE, calling)
    yield call.leg(winner, (call.start, ringing, talking), ANSWERED, calling)


def ring_group(call: Call) -> Iterator[Document]:
    """Somebody calls in, three to five phones ring, and one wins."""
    caller, group = call.pick(call.office.contacts), call.pick(call.office.ring_groups)
    calling = call.inbound(caller, group)
    winner, *losers = (call.outbound(phone, caller) for phone in call.phones[: call.between(3, 5)])
    ringing, talking = call.spend(RING), call.spend(TALK)
    yield from _bridge(call, calling, winner, (ringing, talking), ANSWERED)
    for phone in losers:
        yield call.leg(phone, (call.start, ringing, 0), outcomes.LOST_RACE, calling)


def menu(call: Call) -> Iterator[Document]:
    """Somebody calls in, presses digits in the menu, and reaches a phone."""
    caller, phone = call.pick(call.office.contacts), call.phones[0]
    calling, called = call.inbound(caller, call.office.menu), call.outbound(phone, caller)
    call.spend(MENU)
    times = call.now, call.spend(RING), call.spend(TALK)
    digits = call.pick(("0", "1", "1", "2", "2", "3", "21", "9", phone.number))
    yield call.whole_leg(calling, 0, called, {"digits_dialed": digits})
    yield call.leg(called, times, ANSWERED, calling)


def queue(call: Call) -> Iterator[Document]:
    """Somebody calls in, waits in a queue while one agent does not answer, and reaches the next."""
    caller = call.pick(call.office.contacts)
    calling = call.inbound(caller, call.pick(call.office.queues))
    asleep, awake = (call.outbound(phone, caller) for phone in call.phones[:2])
    call.spend(WAIT)
    in_vain = call.now, call.spend(GIVE_UP), 0
    times = call.now, call.spend(RING), call.spend(TALK)
    yield call.whole_leg(calling, 0, awake)
    for channel, when, outcome in ((asleep, in_vain, outcomes.NO_ANSWER), (awake, times, ANSWERED)):
        agent = channel.template.channel_vars["owner_id"]  # `acdc_agent_listener.erl`, `maybe_connect_to_agent`
        variables = {"agent_id": agent, "member_call_id": calling.call_id, "retain_cid": "true"}
        yield call.leg(channel, when, outcome, calling, variables=variables)


def call_forward(call: Call) -> Iterator[Document]:
    """Somebody calls in, and the phone's forwarding sends the call out again to a mobile."""
    caller, mobile = call.pick(call.office.contacts), call.pick(call.office.mobiles)
    calling, called = call.inbound(caller, call.pick(call.office.lines)), call.outbound(mobile, caller)
    times = call.start, call.spend(RING), call.spend(TALK)
    device = call.phones[0].called.channel_vars
    variables = {
        **{name: device[name] for name in ("authorizing_id", "authorizing_type", "owner_id")},
        "call_forward": "true",
        "call_forward_from": "offnet",
        "retain_cid": "true",
    }
    yield call.leg(calling, times, ANSWERED, called)
    yield call.leg(called, times, ANSWERED, calling, variables=variables)


def call_waiting(call: Call) -> Iterator[Document]:
    """A phone that talks to one caller takes a second one, who holds it longer: two interactions, one after another."""
    first, second = call.pick(call.office.contacts), call.pick(call.office.contacts)
    ringing, before = call.spend(RING), call.spend(MESSAGE) + 1
    rings, later = call.spend(MESSAGE), call.spend(TALK)
    times = ringing, before + rings + later
    yield from _inbound(call, first, call.phones[0], times, ANSWERED)
    call.now = call.start + ringing + before
    call.begin()
    yield from _inbound(call, second, call.phones[0], (min(rings, 20), later), ANSWERED)


# Outbound calls, over a carrier.


def _outbound(call: Call, callee: Endpoint, seconds: tuple[int, int], outcome: CallOutcome) -> Iterable[Document]:
    phone, shown = call.phones[0], call.pick(call.office.lines)
    return _bridge(call, call.inbound(phone, callee), call.outbound(callee, shown, phone), seconds, outcome)


def _outbound_answered(call: Call, callee: Endpoint) -> Iterable[Document]:
    return _outbound(call, callee, (call.spend(RING), call.spend(TALK)), ANSWERED)


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
    outcome = call.pick((*_UNANSWERED, outcomes.BUSY, *_GIVEN_UP))
    return _outbound(call, call.pick(call.office.contacts), (call.spend(GIVE_UP), 0), outcome)


def outbound_failed(call: Call) -> Iterable[Document]:
    """A phone calls a number that the carrier cannot or will not reach."""
    return _outbound(call, call.pick(call.office.contacts), (0, 0), call.pick(_FAILED))


def click_to_call(call: Call) -> Iterator[Document]:
    """A click rings the user's phone first and then the contact: both legs go out."""
    office, contact = call.office, call.pick(call.office.contacts)
    phone = call.outbound(call.phones[0], contact)
    other = call.outbound(contact, call.pick(office.lines), call.phones[0])
    ringing, waiting, talking = call.spend(RING), call.spend(RING), call.spend(TALK)
    # `cb_clicktocall.erl`, `originate_call`
    variables = {"authorizing_id": office.click_to_call_id, "authorizing_type": "clicktocall", "retain_cid": "true"}
    mine, theirs = (call.start, ringing, waiting + talking), (call.start + ringing, waiting, talking)
    yield call.leg(phone, mine, ANSWERED, other, variables=variables)
    yield call.leg(other, theirs, ANSWERED, phone, variables=variables)


class Scenario(NamedTuple):
    """A kind of call: `make` yields its legs.

    `share` is how many there are in a thousand calls. `phones` is how many phones take part: those of one user, or of
    as many users. `legs` says whose legs it has and which way they go; `marks` what tells it apart: `field` or
    `field=value`, of a document or its channel variables.
    """

    make: Callable[[Call], Iterable[Document]]
    share: int
    phones: int
    legs: str
    marks: str
    is_one_user: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.make.__name__

    @property
    def sentence(self) -> str:
        """What happens in the call."""
        return (self.make.__doc__ or "").partition("\n")[0]


_TABLE = (
    Scenario(internal_call, 145, 2, "phone in, phone out", "authorizing_type=device, hangup_cause=NORMAL_CLEARING"),
    Scenario(internal_missed, 55, 2, "phone in, phone out", "authorizing_type=device, billing_seconds=0"),
    Scenario(conference, 10, 5, "phone in, phone out x 2-4", "is_conference=true"),
    Scenario(on_net, 15, 1, "phone in, neighbour out", "resource_type=onnet-termination"),
    Scenario(loopback, 15, 2, "phone in, loopback out, loopback in, phone out", "channel_is_loopback=true"),
    Scenario(
        inbound_answered, 130, 1, "carrier in, phone out",
        "resource_type=offnet-origination, hangup_cause=NORMAL_CLEARING",
    ),
    Scenario(inbound_missed, 65, 1, "carrier in, phone out", "resource_type=offnet-origination, billing_seconds=0"),
    Scenario(inbound_registered, 10, 1, "gateway in, phone out", "resource_type=offnet-origination, username"),
    Scenario(recorded_call, 30, 1, "carrier in, phone out", "media_recordings, recording_url"),
    Scenario(
        voicemail, 55, 1, "carrier in, phone out",
        "resource_type=offnet-origination, disposition=NO_ANSWER, hangup_cause=NO_ANSWER",
    ),
    Scenario(user_devices, 20, 2, "carrier in, phone out x 2", "hangup_cause=LOSE_RACE", is_one_user=True),
    Scenario(ring_group, 45, 5, "carrier in, phone out x 3-5", "hangup_cause=LOSE_RACE"),
    Scenario(menu, 50, 1, "carrier in, phone out", "digits_dialed"),
    Scenario(queue, 40, 2, "carrier in, phone out x 2", "agent_id, member_call_id"),
    Scenario(call_forward, 20, 1, "carrier in, carrier out", "call_forward=true"),
    Scenario(call_waiting, 10, 1, "carrier in, phone out, carrier in, phone out", "interaction_id"),
    Scenario(outbound_local, 115, 1, "phone in, carrier out", "resource_type=offnet-termination, e164_destination"),
    Scenario(
        outbound_toll_free, 15, 1, "phone in, carrier out",
        "resource_type=offnet-termination, rate_name=Toll Free",
    ),
    Scenario(
        outbound_international, 20, 1, "phone in, carrier out",
        "resource_type=offnet-termination, did_classifier=international",
    ),
    Scenario(outbound_emergency, 5, 1, "phone in, carrier out", "emergency_resource=true"),
    Scenario(outbound_missed, 40, 1, "phone in, carrier out", "resource_type=offnet-termination, billing_seconds=0"),
    Scenario(outbound_failed, 15, 1, "phone in, carrier out", "resource_type=offnet-termination, duration_seconds=0"),
    Scenario(click_to_call, 12, 1, "phone out, carrier out", "authorizing_type=clicktocall"),
    Scenario(
        transfers.blind_transfer, 16, 2, "carrier in, phone out x 2",
        "hangup_cause=BLIND_TRANSFER, transfer_history",
    ),
    Scenario(
        transfers.attended_transfer, 12, 2, "carrier in, phone out, phone in, phone out",
        "hangup_cause=ATTENDED_TRANSFER, transfer_history",
    ),
    Scenario(
        transfers.park_and_retrieve, 10, 2, "carrier in, phone out, phone in",
        "hangup_cause=BLIND_TRANSFER, callee_id_name=Parking 101",
    ),
    Scenario(
        transfers.group_pickup, 8, 2, "carrier in, phone out, phone in",
        "hangup_cause=PICKED_OFF, callee_id_name=Group pickup",
    ),
    Scenario(transfers.inbound_fax, 10, 0, "carrier in", "fax_info"),
    Scenario(transfers.outbound_fax, 7, 0, "carrier out", "fax_info, authorizing_type=outbound_fax"),
)  # fmt: skip
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _TABLE}
CUMULATIVE_SHARES = tuple(accumulate(scenario.share for scenario in _TABLE))
