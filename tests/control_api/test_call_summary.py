"""What an interaction was to its account: direction and result from its A-leg."""

from typing import Any

import pytest

from mockcdrs.control_api.call_summary import CallFilter, CallSummary, order_legs, summarize_call

END = 63_936_129_600
CARRIER = {"resource_type": "offnet-origination"}
DEVICE = {"authorizing_id": "d1", "authorizing_type": "device", "owner_id": "u1"}


def leg(
    direction: str, variables: Any, *, billed: Any = 0, cause: str | None = "NORMAL_CLEARING", **fields: Any
) -> Any:
    return {
        "_id": f"202601-{direction}",
        "call_direction": direction,
        "custom_channel_vars": variables,
        "billing_seconds": billed,
        "duration_seconds": 60,
        "timestamp": END,
        "hangup_cause": cause,
        "caller_id_number": "+14155550100",
        "callee_id_number": "1001",
        **fields,
    }


def summary(*legs: Any) -> CallSummary:
    return summarize_call(order_legs(legs))


@pytest.mark.parametrize(
    ("legs", "direction"),
    [
        ([leg("inbound", CARRIER), leg("outbound", DEVICE)], "incoming"),
        ([leg("inbound", {}), leg("outbound", DEVICE)], "incoming"),
        ([leg("inbound", None)], "incoming"),
        ([leg("inbound", {**CARRIER, "owner_id": "u1"})], "incoming"),
        ([leg("inbound", DEVICE), leg("outbound", {"resource_type": "offnet-termination"})], "outgoing"),
        ([leg("inbound", DEVICE), leg("outbound", {"authorizing_type": "resource"})], "outgoing"),
        ([leg("inbound", DEVICE, callee_id_number="+14155550199")], "outgoing"),
        ([leg("inbound", DEVICE), leg("outbound", DEVICE)], "internal"),
        ([leg("inbound", {"owner_id": "u1"})], "internal"),
        ([leg("outbound", DEVICE)], "internal"),
    ],
)
def test_the_direction_is_the_accounts(legs: list[Any], direction: str) -> None:
    assert summary(*legs).direction == direction
    assert summary(*reversed(legs)).direction == direction


@pytest.mark.parametrize(
    ("legs", "result"),
    [
        ([leg("inbound", CARRIER, billed=30), leg("outbound", DEVICE, billed=30)], "answered"),
        ([leg("inbound", CARRIER, billed="30")], "answered"),
        ([leg("inbound", CARRIER, billed=30), leg("outbound", DEVICE, cause="NO_ANSWER")], "voicemail"),
        ([leg("inbound", CARRIER, billed=30, custom_application_vars={"voicemail": "*97"})], "voicemail"),
        ([leg("inbound", DEVICE, billed=30), leg("outbound", DEVICE)], "answered"),
        ([leg("inbound", CARRIER, cause="NO_ANSWER"), leg("outbound", DEVICE, cause="NO_ANSWER")], "missed"),
        ([leg("inbound", CARRIER, cause="ORIGINATOR_CANCEL")], "missed"),
        ([leg("inbound", DEVICE, cause="USER_BUSY")], "busy"),
        ([leg("inbound", DEVICE, cause="UNALLOCATED_NUMBER")], "failed"),
        ([leg("inbound", DEVICE, cause=None, billed="x")], "failed"),
    ],
)
def test_the_result_is_the_a_legs(legs: list[Any], result: str) -> None:
    assert summary(*legs).result == result


def test_the_a_leg_begins_first_whatever_the_order_of_the_documents() -> None:
    later = leg("inbound", DEVICE, billed=5, duration_seconds=10, caller_id_number="1002")
    first = leg("outbound", DEVICE, billed=50, channel_created_time=7, pvt_created=END, timestamp=None)
    call = summary(later, first)
    assert (call.caller.number, call.talked, call.start, call.seconds) == ("+14155550100", 50, END - 60, 60)
    assert call.owners == {"u1"}


def test_a_name_that_is_the_number_is_none() -> None:
    call = summary(leg("inbound", CARRIER, caller_id_name="+14155550100", callee_id_name="Ann"))
    assert (call.caller.name, call.callee.name) == ("", "Ann")


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (CallFilter(), True),
        (CallFilter(direction="incoming", result="missed", user="u1", cause="NO_ANSWER"), True),
        (CallFilter(direction="outgoing"), False),
        (CallFilter(result="answered"), False),
        (CallFilter(user="u2"), False),
        (CallFilter(cause="USER_BUSY"), False),
        (CallFilter(search="555-01"), True),
        (CallFilter(search="ann 1001"), True),
        (CallFilter(search="ann 1003"), False),
        (CallFilter(search="bob"), False),
    ],
)
def test_each_given_field_of_a_filter_has_to_fit(wanted: CallFilter, fits: bool) -> None:
    legs = order_legs(
        [
            leg("inbound", CARRIER, cause="NO_ANSWER", caller_id_name="Ann"),
            leg("outbound", DEVICE, callee_id_number="1002"),
        ]
    )
    assert wanted.fits(summarize_call(legs), legs) is fits
