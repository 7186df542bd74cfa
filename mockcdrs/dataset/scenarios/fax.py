"""Faxes, with everything that is known about how they went."""

from collections.abc import Iterator

from mockcdrs.dataset.scenarios import endings, seconds
from mockcdrs.dataset.scenarios.call import INBOUND, Call, Document, bridge

RATES = ("14400", "14400", "9600", "33600")


def inbound_fax(call: Call) -> Iterator[Document]:
    """A fax comes in and is received by the server."""
    sender, line = call.channel(call.pick(call.office.contacts), INBOUND), call.pick(call.office.lines)
    times = call.start, 0, call.spend(seconds.MESSAGE)
    yield call.leg(sender, (sender.endpoint, line), times, endings.ANSWERED) | _result(call)


def outbound_fax(call: Call) -> Iterator[Document]:
    """A fax machine sends a fax to a contact."""
    machine, contact = call.pick(call.office.faxes), call.pick(call.office.contacts)
    parties = (machine, call.pick(call.office.lines)), (contact, contact)
    times = call.spend(seconds.RING), call.spend(seconds.MESSAGE)
    result = _result(call)
    for leg in bridge(call, *parties, times, endings.ANSWERED):
        yield leg | result


def _result(call: Call) -> dict[str, str]:
    pages = str(call.pick(seconds.PAGES_OF_FAX))
    return {
        "fax_bad_rows": call.pick(("0", "0", "0", "0", "3", "12")),
        "fax_ecm_used": call.pick(("on", "on", "off")),
        "fax_result_code": "0",
        "fax_result_text": "OK",
        "fax_success": "1",
        "fax_total_pages": pages,
        "fax_transfer_rate": call.pick(RATES),
        "fax_transferred_pages": pages,
    }
