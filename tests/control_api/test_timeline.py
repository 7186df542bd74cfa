"""Calls as the console shows them: what each was, the newest of a range, and counts."""

from typing import Any

import httpx
import pytest

from mockcdrs.control_api import timeline
from mockcdrs.control_api.timeline import CallFilter, CallSummary, order_legs, summarize_call
from mockcdrs.mock import Mock, serving

HOUR, DAY = 3_600, 86_400


def asked(mock: Mock, path: str, **query: Any) -> httpx.Response:
    return httpx.get(f"{mock.url.removesuffix('/v2')}/_mockcdrs/data/{path}", params=query, timeout=10)


def test_only_wanted_calls_are_listed_and_counted() -> None:
    with serving() as mock:
        mock.clear()
        missed = mock.add_call(scenario="inbound_missed", caller="+14155550100")
        mock.add_call(scenario="internal_call")
        (entry,) = asked(mock, "interactions", direction="incoming", search="5550100").json()
        assert entry["interaction_id"] == missed.id
        assert (entry["caller"]["number"], entry["direction"]) == ("+14155550100", "incoming")
        assert {leg["id"] for leg in entry["legs"]} == {leg["_id"] for leg in missed.legs}
        assert len(asked(mock, "interactions", direction="incoming", limit=0).json()) == 0
        counts = asked(mock, "counts").json()
        assert (counts["total"], counts["directions"]) == (2, {"incoming": 1, "outgoing": 0, "internal": 1})
        assert asked(mock, "counts", direction="internal").json()["total"] == 1


def test_calls_are_counted_by_day_or_in_a_short_range_by_hour() -> None:
    with serving() as mock:
        mock.clear()
        for at in ("2026-01-18T10:00:00Z", "2026-01-20T10:30:00Z", "2026-01-20T11:00:00Z"):
            mock.add_call(at=at, scenario="internal_call", seconds=60)
        now = mock.clock.now()
        by_day = asked(mock, "counts", created_from=now - 7 * DAY, created_to=now).json()
        assert (by_day["step_seconds"], by_day["counted_from"]) == (DAY, None)
        assert [step["answered"] for step in by_day["steps"]] == [1, 2]
        assert (by_day["results"]["answered"], by_day["talked_seconds"]) == (3, 180)
        by_hour = asked(mock, "counts", created_from=now - 2 * DAY, created_to=now).json()
        assert by_hour["step_seconds"] == HOUR
        assert all(step["start"] % HOUR == 0 for step in by_hour["steps"])


def test_counts_that_are_not_of_all_calls_say_from_where_on_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as mock:
        monkeypatch.setattr(timeline, "MAX_SEARCHED", 3)
        counts = asked(mock, "counts").json()
        newest = asked(mock, "interactions", limit=3).json()
        assert (counts["total"], counts["counted_from"]) == (3, newest[-1]["start_seconds"])


@pytest.mark.parametrize("name", ["direction", "result"])
def test_a_word_that_no_call_has_is_refused(name: str) -> None:
    with serving() as mock:
        refused = asked(mock, "counts", **{name: "sideways"})
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, name)


def test_calls_days_apart_are_all_listed() -> None:
    with serving() as mock:
        mock.clear()
        calls = [mock.add_call(at=f"2026-01-{day}T10:00:00Z").id for day in (20, 15, 10)]
        assert [each["interaction_id"] for each in asked(mock, "interactions").json()] == calls
        assert [each["interaction_id"] for each in asked(mock, "interactions", limit=2).json()] == calls[:2]


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
