"""What happens in an office: each scenario is a function that makes the legs of one call, the caller's first.

Who calls from outside dials one of the office's own numbers; what rings inside is up to the callflow of that number.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import outcomes
from mockcdrs.dataset.call import Call, Channel
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.outcomes import ANSWERED, GIVE_UP, MENU, MESSAGE, RING, TALK, WAIT, CallOutcome
from mockcdrs.dataset.store import Document

_UNANSWERED = (outcomes.NO_ANSWER, outcomes.NO_ANSWER, outcomes.NO_ANSWER, outcomes.NO_RESPONSE, outcomes.REJECTED)
_GIVEN_UP = (outcomes.CANCELLED, outcomes.CANCELLED, outcomes.BUSY)
_FAILED = (outcomes.UNALLOCATED, outcomes.CONGESTED, outcomes.OUT_OF_ORDER)
_Times = tuple[int, int]
_Legs = Iterable[Document]
_Make = Callable[[Call], _Legs]


class Scenario(NamedTuple):
    """A kind of call: `make` makes its legs.

    `share` is how many there are in a thousand calls. `phones` is how many phones take part: those of one user, or of
    as many users. `legs` says whose legs it has and which way they go; `marks` what tells it apart: `field` or
    `field=value`, of a document or its channel variables.
    """

    make: _Make
    share: int
    phones: int
    legs: str
    marks: str
    is_one_user: bool = False

    @property
    def sentence(self) -> str:
        """What happens in the call."""
        return (self.make.__doc__ or "").partition("\n")[0]


SCENARIOS: dict[str, Scenario] = {}


def _scenario(share: int, phones: int, legs: str, marks: str, *, is_one_user: bool = False) -> Callable[[_Make], _Make]:
    """Enter a function into the table of scenarios."""

    def enter(make: _Make) -> _Make:
        SCENARIOS[make.__name__] = Scenario(make, share, phones, legs, marks, is_one_user)
        return make

    return enter


def _bridge(call: Call, calling: Channel, called: Channel, seconds: _Times, outcome: CallOutcome) -> _Legs:
    """Both legs of a plain call; `seconds` are those of ringing and of talking."""
    times = call.start, *seconds
    return call.leg(calling, times, outcome, called), call.leg(called, times, outcome, calling)


# Internal calls: between phones, to a conference, to another account of the cluster.


def _internal(call: Call, seconds: _Times, outcome: CallOutcome = ANSWERED) -> _Legs:
    caller, callee = call.phones[:2]
    return _bridge(call, call.inbound(caller, callee), call.outbound(callee, caller), seconds, outcome)


@_scenario(145, 2, "phone in, phone out", "authorizing_type=device, hangup_cause=NORMAL_CLEARING")
def internal_call(call: Call) -> _Legs:
    """One phone calls another, which answers."""
    return _internal(call, call.converse())


@_scenario(55, 2, "phone in, phone out", "authorizing_type=device, billing_seconds=0")
def internal_missed(call: Call) -> _Legs:
    """One phone calls another in vain: nobody there, busy, or the caller gives up."""
    outcome = call.pick((*_UNANSWERED, outcomes.BUSY, outcomes.CANCELLED, outcomes.NOT_REGISTERED))
    return _internal(call, (call.spend(GIVE_UP), 0), outcome)


@_scenario(10, 5, "phone in, phone out x 2-4", "is_conference=true")
def conference(call: Call) -> _Legs:
    """One phone opens a conference, which calls two to four others; they leave one by one."""
    room, (host, *others) = call.pick(call.office.conferences), call.phones
    opened = call.inbound(host, room)
    guests = [(call.outbound(phone, room), call.now, call.spend(RING)) for phone in others[: call.between(2, 4)]]
    ends = [call.now + call.spend(MESSAGE) for _ in guests]
    whole = call.start, 0, call.now - call.start
    yield call.leg(opened, whole, outcomes.NOT_BRIDGED, guests[-1][0], {"is_conference": True})
    for (guest, begin, ringing), end in zip(guests, ends, strict=True):
        yield call.leg(guest, (begin, ringing, end - begin - ringing), ANSWERED, opened)


@_scenario(15, 1, "phone in, neighbour out", "resource_type=onnet-termination")
def on_net(call: Call) -> _Legs:
    """A phone calls a number of another account of the cluster: the call never leaves it."""
    return _outbound(call, call.pick(call.office.on_net), call.converse())


@_scenario(15, 2, "phone in, loopback out, loopback in, phone out", "channel_is_loopback=true")
def loopback(call: Call) -> _Legs:
    """A phone calls an extension that is looked up anew: a loopback pair lies between the two phones."""
    (caller, callee), extension = call.phones[:2], call.office.group_extension
    calling, near = call.inbound(caller, extension), call.outbound(extension, caller)
    far, ringing = call.inbound(extension, callee), call.outbound(callee, caller)
    times = call.start, *call.converse()
    yield call.leg(calling, times, ANSWERED, near)
    for channel, name, other, bridged in ((near, "A", far, calling), (far, "B", near, ringing)):
        fields = {
            "channel_is_loopback": True,
            "channel_loopback_leg": name,
            "channel_loopback_other_leg_id": other.call_id,
            "channel_name": f"loopback/{extension.number}-{name.lower()}",
        }
        yield call.leg(channel, times, ANSWERED, bridged, fields)
    yield call.leg(ringing, times, ANSWERED, far)


# Inbound calls, from outside over a carrier.


def _arrive(call: Call, phones: Sequence[Endpoint], dialled: Sequence[Endpoint] = ()) -> list[Channel]:
    """The channel of a contact who calls in, dialling one of some numbers, and those of the phones that ring."""
    caller = call.pick(call.office.contacts)
    calling = call.inbound(caller, call.pick(dialled or call.office.lines))
    return [calling, *(call.outbound(phone, caller) for phone in phones)]


def _inbound(call: Call, caller: Endpoint, seconds: _Times, outcome: CallOutcome = ANSWERED) -> _Legs:
    calling = call.inbound(caller, call.pick(call.office.lines))
    return _bridge(call, calling, call.outbound(call.phones[0], caller), seconds, outcome)


@_scenario(130, 1, "carrier in, phone out", "resource_type=offnet-origination, hangup_cause=NORMAL_CLEARING")
def inbound_answered(call: Call) -> _Legs:
    """Somebody calls in, and a phone answers."""
    return _inbound(call, call.pick(call.office.contacts), call.converse())


@_scenario(65, 1, "carrier in, phone out", "resource_type=offnet-origination, billing_seconds=0")
def inbound_missed(call: Call) -> _Legs:
    """Somebody calls in, and gives up or hears that nobody answers."""
    outcome = call.pick((*_GIVEN_UP, *_UNANSWERED))
    return _inbound(call, call.pick(call.office.contacts), (call.spend(GIVE_UP), 0), outcome)


@_scenario(10, 1, "gateway in, phone out", "resource_type=offnet-origination, username")
def inbound_registered(call: Call) -> _Legs:
    """Somebody calls in over a gateway that registers: its leg has an `authorizing_id`, as no other carrier's has."""
    return _inbound(call, call.pick(call.office.gateway_contacts), call.converse())


@_scenario(30, 1, "carrier in, phone out", "media_recordings, recording_url")
def recorded_call(call: Call) -> _Legs:
    """Somebody calls in, a phone answers, and the caller's leg is recorded."""
    calling, phone = _arrive(call, call.phones[:1])
    times = call.start, *call.converse()
    recording = call.recording_id()
    fields = {"recording_url": f"https://recordings.example.com/{recording}.mp3"}
    variables: dict[str, object] = {"media_name": f"{recording}.mp3", "media_names": [f"{recording}.mp3"]}
    variables |= {"media_recorder": "kzc_recording", "media_recording_id": recording, "media_recordings": [recording]}
    yield call.leg(calling, times, ANSWERED, phone, fields, variables)
    yield call.leg(phone, times, ANSWERED, calling)


@_scenario(
    55, 1, "carrier in, phone out", "resource_type=offnet-origination, disposition=NO_ANSWER, hangup_cause=NO_ANSWER"
)
def voicemail(call: Call) -> _Legs:
    """Somebody calls in, nobody answers, and they talk to the voicemail."""
    calling, phone = _arrive(call, call.phones[:1])
    ringing = call.spend(GIVE_UP)
    yield call.leg(calling, (call.start, ringing, call.spend(MESSAGE)), outcomes.LEFT_MESSAGE, phone)
    yield call.leg(phone, (call.start, ringing, 0), outcomes.NO_ANSWER, calling)


@_scenario(20, 2, "carrier in, phone out x 2", "hangup_cause=LOSE_RACE", is_one_user=True)
def user_devices(call: Call) -> _Legs:
    """Somebody calls in, both phones of a user ring, and the user takes the call on the second."""
    calling, loser, winner = _arrive(call, call.phones[:2])
    ringing, talking = call.converse()
    yield call.leg(calling, (call.start, ringing, talking), ANSWERED, winner)
    yield call.leg(loser, (call.start, ringing, 0), outcomes.LOST_RACE, calling)
    yield call.leg(winner, (call.start, ringing, talking), ANSWERED, calling)


@_scenario(45, 5, "carrier in, phone out x 3-5", "hangup_cause=LOSE_RACE")
def ring_group(call: Call) -> _Legs:
    """Somebody calls in, three to five phones ring, and one wins."""
    calling, winner, *losers = _arrive(call, call.phones[: call.between(3, 5)], call.office.ring_groups)
    ringing, talking = call.converse()
    yield from _bridge(call, calling, winner, (ringing, talking), ANSWERED)
    for phone in losers:
        yield call.leg(phone, (call.start, ringing, 0), outcomes.LOST_RACE, calling)


@_scenario(50, 1, "carrier in, phone out", "digits_dialed")
def menu(call: Call) -> _Legs:
    """Somebody calls in, presses digits in the menu, and reaches a phone."""
    caller, phone = call.pick(call.office.contacts), call.phones[0]
    calling, called = call.inbound(caller, call.office.menu), call.outbound(phone, caller)
    call.spend(MENU)
    times = call.now, *call.converse()
    digits = call.pick(("0", "1", "1", "2", "2", "3", "21", "9", phone.number))
    yield call.whole_leg(calling, 0, called, {"digits_dialed": digits})
    yield call.leg(called, times, ANSWERED, calling)


@_scenario(40, 2, "carrier in, phone out x 2", "agent_id, member_call_id")
def queue(call: Call) -> _Legs:
    """Somebody calls in, waits in a queue while one agent does not answer, and reaches the next."""
    calling, asleep, awake = _arrive(call, call.phones[:2], call.office.queues)
    call.spend(WAIT)
    in_vain = call.now, call.spend(GIVE_UP), 0
    times = call.now, *call.converse()
    yield call.whole_leg(calling, 0, awake)
    for channel, when, outcome in ((asleep, in_vain, outcomes.NO_ANSWER), (awake, times, ANSWERED)):
        agent = channel.template.channel_vars["owner_id"]  # `acdc_agent_listener.erl`, `maybe_connect_to_agent`
        variables = {"agent_id": agent, "member_call_id": calling.call_id, "retain_cid": "true"}
        yield call.leg(channel, when, outcome, calling, variables=variables)


@_scenario(20, 1, "carrier in, carrier out", "call_forward=true")
def call_forward(call: Call) -> _Legs:
    """Somebody calls in, and the phone's forwarding sends the call out again to a mobile."""
    caller, mobile = call.pick(call.office.contacts), call.pick(call.office.mobiles)
    calling, called = call.inbound(caller, call.pick(call.office.lines)), call.outbound(mobile, caller)
    times = call.start, *call.converse()
    device = call.phones[0].called.channel_vars
    variables = {name: device[name] for name in ("authorizing_id", "authorizing_type", "owner_id")}
    variables |= {"call_forward": "true", "call_forward_from": "offnet", "retain_cid": "true"}
    yield call.leg(calling, times, ANSWERED, called)
    yield call.leg(called, times, ANSWERED, calling, variables=variables)


@_scenario(10, 1, "carrier in, phone out, carrier in, phone out", "interaction_id")
def call_waiting(call: Call) -> _Legs:
    """A phone that talks to one caller takes a second one, who holds it longer: two interactions, one after another."""
    first, second = call.pick(call.office.contacts), call.pick(call.office.contacts)
    ringing, before = call.spend(RING), call.spend(MESSAGE) + 1
    rings, later = call.spend(MESSAGE), call.spend(TALK)
    yield from _inbound(call, first, (ringing, before + rings + later))
    call.now = call.start + ringing + before
    call.begin()
    yield from _inbound(call, second, (min(rings, 20), later))


# Outbound calls, over a carrier.


def _outbound(call: Call, callee: Endpoint, seconds: _Times, outcome: CallOutcome = ANSWERED) -> _Legs:
    phone, shown = call.phones[0], call.pick(call.office.lines)
    return _bridge(call, call.inbound(phone, callee), call.outbound(callee, shown, phone), seconds, outcome)


@_scenario(115, 1, "phone in, carrier out", "resource_type=offnet-termination, e164_destination")
def outbound_local(call: Call) -> _Legs:
    """A phone calls a contact, who answers."""
    return _outbound(call, call.pick(call.office.contacts), call.converse())


@_scenario(15, 1, "phone in, carrier out", "resource_type=offnet-termination, rate_name=Toll Free")
def outbound_toll_free(call: Call) -> _Legs:
    """A phone calls a toll-free number."""
    return _outbound(call, call.pick(call.office.toll_free), call.converse())


@_scenario(20, 1, "phone in, carrier out", "resource_type=offnet-termination, did_classifier=international")
def outbound_international(call: Call) -> _Legs:
    """A phone calls abroad."""
    return _outbound(call, call.pick(call.office.international), call.converse())


@_scenario(5, 1, "phone in, carrier out", "emergency_resource=true")
def outbound_emergency(call: Call) -> _Legs:
    """A phone calls the emergency services."""
    return _outbound(call, call.office.emergency, call.converse())


@_scenario(40, 1, "phone in, carrier out", "resource_type=offnet-termination, billing_seconds=0")
def outbound_missed(call: Call) -> _Legs:
    """A phone calls a contact who does not answer or is busy, or the caller gives up."""
    outcome = call.pick((*_UNANSWERED, outcomes.BUSY, *_GIVEN_UP))
    return _outbound(call, call.pick(call.office.contacts), (call.spend(GIVE_UP), 0), outcome)


@_scenario(15, 1, "phone in, carrier out", "resource_type=offnet-termination, duration_seconds=0")
def outbound_failed(call: Call) -> _Legs:
    """A phone calls a number that the carrier cannot or will not reach."""
    return _outbound(call, call.pick(call.office.contacts), (0, 0), call.pick(_FAILED))


@_scenario(12, 1, "phone out, carrier out", "authorizing_type=clicktocall")
def click_to_call(call: Call) -> _Legs:
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


# Calls from outside that change hands, and faxes.


def _transfer(at: int, channel: Channel, kind: str, **parties: str) -> dict[str, object]:
    """What FreeSWITCH notes of a transfer (`ecallmgr_call_events.erl`, `get_transfer_history`)."""
    entry = {"call_id": channel.call_id, "type": kind, **parties}
    return {"transfer_history": {str(at - gregorian.UNIX_EPOCH_GREGORIAN): entry}}


@_scenario(16, 2, "carrier in, phone out x 2", "hangup_cause=BLIND_TRANSFER, transfer_history")
def blind_transfer(call: Call) -> _Legs:
    """A phone answers a call from outside and sends it on, unannounced, to another phone."""
    calling, first = _arrive(call, call.phones[:1])
    ringing, talking = call.converse()
    target, at = call.phones[1], call.now
    second, again = call.outbound(target, calling.caller), (at, *call.converse())
    yield call.whole_leg(calling, ringing, second, _transfer(at, first, "blind", extension=target.number))
    yield call.leg(first, (call.start, ringing, talking), outcomes.BLIND_TRANSFERRED, calling)
    yield call.leg(second, again, ANSWERED, calling)


@_scenario(12, 2, "carrier in, phone out, phone in, phone out", "hangup_cause=ATTENDED_TRANSFER, transfer_history")
def attended_transfer(call: Call) -> _Legs:
    """A phone answers a call from outside, asks another phone first, and then connects the two."""
    calling, first = _arrive(call, call.phones[:1])
    transferer, target = call.phones[:2]
    ringing, _ = call.converse()
    question, answer, at = call.inbound(transferer, target), call.outbound(target, transferer), call.now
    asked = at, call.spend(RING), call.spend(MESSAGE)
    handed_over = call.now
    call.spend(TALK)
    parties = {"transferee": calling.caller.number, "transferer": transferer.number}
    yield call.whole_leg(calling, ringing, answer, _transfer(handed_over, first, "attended", **parties))
    held = call.start, ringing, handed_over - call.start - ringing
    yield call.leg(first, held, outcomes.ATTENDED_TRANSFERRED, calling)
    yield call.leg(question, asked, outcomes.ATTENDED_TRANSFERRED, answer)
    yield call.leg(answer, (at, asked[1], call.now - at - asked[1]), ANSWERED, calling)


@_scenario(10, 2, "carrier in, phone out, phone in", "hangup_cause=BLIND_TRANSFER, callee_id_name=Parking 101")
def park_and_retrieve(call: Call) -> _Legs:
    """A phone answers a call from outside and parks it; another phone dials the slot and takes it."""
    calling, first = _arrive(call, call.phones[:1])
    slot, times = call.office.parking, (call.start, call.spend(RING), call.spend(MESSAGE))
    parked = _transfer(call.now, first, "blind", extension=slot.number)
    call.spend(WAIT)
    second = call.inbound(call.phones[1], slot)
    taken = call.now, 0, call.spend(TALK)
    yield call.whole_leg(calling, times[1], second, parked)
    yield call.leg(first, times, outcomes.BLIND_TRANSFERRED, calling)
    yield call.leg(second, taken, outcomes.NOT_BRIDGED, calling)


@_scenario(8, 2, "carrier in, phone out, phone in", "hangup_cause=PICKED_OFF, callee_id_name=Group pickup")
def group_pickup(call: Call) -> _Legs:
    """A phone rings for a call from outside, and a colleague takes it by dialling the pickup code."""
    calling, first = _arrive(call, call.phones[:1])
    ringing, second = call.spend(RING), call.inbound(call.phones[1], call.office.pickup)
    times = call.now, 0, call.spend(TALK)
    yield call.whole_leg(calling, ringing, second)
    yield call.leg(first, (call.start, ringing, 0), outcomes.PICKED_OFF, calling)
    yield call.leg(second, times, outcomes.NOT_BRIDGED, calling)


@_scenario(10, 0, "carrier in", "fax_info")
def inbound_fax(call: Call) -> _Legs:
    """A fax comes in and is received by the server."""
    (sender,) = _arrive(call, ())
    yield call.leg(sender, (call.start, 0, call.spend(MESSAGE)), outcomes.NOT_BRIDGED, fields=_fax(call))


@_scenario(7, 0, "carrier out", "fax_info, authorizing_type=outbound_fax")
def outbound_fax(call: Call) -> _Legs:
    """The server sends a fax to a contact."""
    contact = call.outbound(call.pick(call.office.contacts), call.pick(call.office.lines))
    times = call.start, call.spend(RING), call.spend(MESSAGE)
    # `fax_worker.erl`, `get_ccvs`: the job is what authorizes the call
    variables = {"authorizing_id": call.recording_id()[7:], "authorizing_type": "outbound_fax", "rtcp_mux": "false"}
    yield call.leg(contact, times, outcomes.NOT_BRIDGED, fields=_fax(call), variables=variables)


def _fax(call: Call) -> dict[str, object]:
    """What became of a fax (`ecallmgr_call_events.erl`, `fax_specific`)."""
    pages = str(call.pick((1, 1, 1, 2, 2, 3, 4, 7, 12)))
    error_correction = call.pick((True, True, False))
    result: dict[str, object] = {"fax_success": True, "fax_ecm_used": error_correction, "fax_t38_used": False}
    result |= {"fax_result_text": "OK", "fax_result_code": "0"}
    result |= {"fax_transferred_pages": pages, "fax_total_pages": pages}
    result |= {"fax_bad_rows": call.pick(("0", "0", "0", "0", "3", "12"))}
    return {"fax_info": result | {"fax_transfer_rate": call.pick(("14400", "14400", "9600", "33600"))}}
