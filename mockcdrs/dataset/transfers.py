"""Scenarios in which a call from outside changes hands, and those of faxes.

`transfer_history` is what `get_transfer_history` in `ecallmgr_call_events.erl` makes of FreeSWITCH's.
"""

from collections.abc import Iterator

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import outcomes
from mockcdrs.dataset.call import Call, Channel
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.outcomes import ANSWERED, MESSAGE, RING, TALK, WAIT
from mockcdrs.dataset.store import Document


def _transfer(at: int, channel: Channel, kind: str, **parties: str) -> dict[str, object]:
    entry = {"call_id": channel.call_id, "type": kind, **parties}
    return {"transfer_history": {str(at - gregorian.UNIX_EPOCH_GREGORIAN): entry}}


def _caller_and_phone(call: Call) -> tuple[Endpoint, Channel, Channel]:
    caller = call.pick(call.office.contacts)
    return caller, call.inbound(caller, call.pick(call.office.lines)), call.outbound(call.phones[0], caller)


def blind_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and sends it on, unannounced, to another phone."""
    caller, calling, first = _caller_and_phone(call)
    ringing, target = call.spend(RING), call.phones[1]
    times = call.start, ringing, call.spend(TALK)
    second, at = call.outbound(target, caller), call.now
    again = at, call.spend(RING), call.spend(TALK)
    yield call.whole_leg(calling, ringing, second, _transfer(at, first, "blind", extension=target.number))
    yield call.leg(first, times, outcomes.BLIND_TRANSFERRED, calling)
    yield call.leg(second, again, ANSWERED, calling)


def attended_transfer(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside, asks another phone first, and then connects the two."""
    caller, calling, first = _caller_and_phone(call)
    (transferer, target), ringing = call.phones[:2], call.spend(RING)
    call.spend(TALK)
    question, answer, at = call.inbound(transferer, target), call.outbound(target, transferer), call.now
    asked = at, call.spend(RING), call.spend(MESSAGE)
    handed_over = call.now
    call.spend(TALK)
    parties = {"transferee": caller.number, "transferer": transferer.number}
    history = _transfer(handed_over, first, "attended", **parties)
    yield call.whole_leg(calling, ringing, answer, history)
    held = call.start, ringing, handed_over - call.start - ringing
    yield call.leg(first, held, outcomes.ATTENDED_TRANSFERRED, calling)
    yield call.leg(question, asked, outcomes.ATTENDED_TRANSFERRED, answer)
    yield call.leg(answer, (at, asked[1], call.now - at - asked[1]), ANSWERED, calling)


def park_and_retrieve(call: Call) -> Iterator[Document]:
    """A phone answers a call from outside and parks it; another phone dials the slot and takes it."""
    _, calling, first = _caller_and_phone(call)
    ringing, slot = call.spend(RING), call.office.parking
    times = call.start, ringing, call.spend(MESSAGE)
    parked = _transfer(call.now, first, "blind", extension=slot.number)
    call.spend(WAIT)
    second = call.inbound(call.phones[1], slot)
    taken = call.now, 0, call.spend(TALK)
    yield call.whole_leg(calling, ringing, second, parked)
    yield call.leg(first, times, outcomes.BLIND_TRANSFERRED, calling)
    yield call.leg(second, taken, outcomes.NOT_BRIDGED, calling)


def group_pickup(call: Call) -> Iterator[Document]:
    """A phone rings for a call from outside, and a colleague takes it by dialling the pickup code."""
    _, calling, first = _caller_and_phone(call)
    ringing = call.spend(RING)
    second = call.inbound(call.phones[1], call.office.pickup)
    times = call.now, 0, call.spend(TALK)
    yield call.whole_leg(calling, ringing, second)
    yield call.leg(first, (call.start, ringing, 0), outcomes.PICKED_OFF, calling)
    yield call.leg(second, times, outcomes.NOT_BRIDGED, calling)


def inbound_fax(call: Call) -> Iterator[Document]:
    """A fax comes in and is received by the server."""
    sender = call.inbound(call.pick(call.office.contacts), call.pick(call.office.lines))
    yield call.leg(sender, (call.start, 0, call.spend(MESSAGE)), outcomes.NOT_BRIDGED, fields=_fax(call))


def outbound_fax(call: Call) -> Iterator[Document]:
    """The server sends a fax to a contact."""
    contact = call.outbound(call.pick(call.office.contacts), call.pick(call.office.lines))
    times = call.start, call.spend(RING), call.spend(MESSAGE)
    # `fax_worker.erl`, `get_ccvs`: the job is what authorizes the call
    variables = {"authorizing_id": call.recording_id()[7:], "authorizing_type": "outbound_fax", "rtcp_mux": "false"}
    yield call.leg(contact, times, outcomes.NOT_BRIDGED, fields=_fax(call), variables=variables)


def _fax(call: Call) -> dict[str, object]:
    """What became of a fax (`ecallmgr_call_events.erl`, `fax_specific`)."""
    pages = str(call.pick((1, 1, 1, 2, 2, 3, 4, 7, 12)))
    result = {
        "fax_success": True,
        "fax_ecm_used": call.pick((True, True, False)),
        "fax_t38_used": False,
        "fax_result_text": "OK",
        "fax_result_code": "0",
        "fax_transferred_pages": pages,
        "fax_total_pages": pages,
        "fax_bad_rows": call.pick(("0", "0", "0", "0", "3", "12")),
        "fax_transfer_rate": call.pick(("14400", "14400", "9600", "33600")),
    }
    return {"fax_info": result}
