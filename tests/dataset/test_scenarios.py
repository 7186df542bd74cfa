"""Each scenario by itself: what its legs say to each other."""

import re

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import documents, gregorian
from mockcdrs.dataset import outcomes
from mockcdrs.dataset.call_builder import draw_call
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document

OFFICE = generate_office(3, main_account_id(3))
START = 63_935_686_800
MONTH = "202601"
VALIDATOR = jsonschema.Draft4Validator(documents.load_schema())
CODES = {ending.cause: ending.code for ending in vars(outcomes).values() if isinstance(ending, outcomes.CallOutcome)}


def legs_of(name: str, number: int = 0) -> list[Document]:
    scenario = SCENARIOS[name]
    return list(scenario.make(draw_call(OFFICE, scenario.phones, "test", name, number).begin(START)))


some_calls = st.builds(legs_of, st.sampled_from(sorted(SCENARIOS)), st.integers(0, 10_000))


def begin_of(leg: Document) -> int:
    return int(leg["timestamp"] - leg["duration_seconds"])


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_every_document_is_valid_and_full(legs: list[Document]) -> None:
    for leg in legs:
        assert [error.message for error in VALIDATOR.iter_errors(leg)] == []
        assert len(leg) >= 50


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_ids_and_months_agree(legs: list[Document]) -> None:
    for leg in legs:
        assert leg["_id"] == f"{MONTH}-{leg['call_id']}"
        assert re.fullmatch(r"1-[0-9a-f]{32}", leg["_rev"])
        assert re.fullmatch(r"\d{11}-[0-9a-f]{8}", leg["interaction_id"])
        assert leg["interaction_id"] == f"{leg['interaction_time']}-{leg['interaction_key']}"
        assert gregorian.month_of(leg["interaction_time"]) == MONTH
        assert leg["pvt_account_db"].replace("%2F", "")[7:] == f"{OFFICE.account.id}-{MONTH}"
        assert leg["pvt_account_id"] == leg["custom_channel_vars"]["account_id"] == OFFICE.account.id


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_causes_and_codes_belong_together(legs: list[Document]) -> None:
    for leg in legs:
        assert leg["hangup_code"] == CODES[leg["hangup_cause"]]
        assert leg["billing_seconds"] == 0 or leg["hangup_code"] == "sip:200"


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_an_owner_is_a_user_and_an_authorizing_device_is_the_owners(legs: list[Document]) -> None:
    owners = {device["id"]: device["owner_id"] for device in OFFICE.account.devices}
    for leg in legs:
        variables = leg["custom_channel_vars"]
        if variables.get("authorizing_type") == "device":
            assert owners[variables["authorizing_id"]] == variables["owner_id"]


@given(st.sampled_from(sorted(SCENARIOS)), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_phones_of_a_call_are_those_that_it_is_given(name: str, number: int) -> None:
    scenario = SCENARIOS[name]
    call = draw_call(OFFICE, scenario.phones, "test", name, number).begin(START)
    given_numbers = {phone.number for phone in call.phones}
    for leg in scenario.make(call):
        if leg["user_agent"].startswith(("Yealink", "Poly", "snom", "Cisco", "Zoiper", "Bria", "JsSIP")):
            inside = leg["caller_id_number" if leg["call_direction"] == "inbound" else "callee_id_number"]
            assert inside in given_numbers


@pytest.mark.parametrize("name", ["internal_missed", "inbound_missed", "outbound_missed", "outbound_failed"])
def test_a_call_in_vain_costs_nothing(name: str) -> None:
    for number in range(30):
        assert not any(leg["billing_seconds"] for leg in legs_of(name, number))


@pytest.mark.parametrize(
    ("name", "dialled"),
    [
        ("outbound_local", r"\+1(?!800)\d{10}"),
        ("outbound_toll_free", r"\+1800\d{7}"),
        ("outbound_international", r"\+(?!1)\d{9,13}"),
        ("outbound_emergency", "911"),
    ],
)
def test_both_legs_of_an_outbound_call_say_where_it_goes(name: str, dialled: str) -> None:
    for number in range(20):
        for leg in legs_of(name, number):
            assert re.fullmatch(dialled, leg["callee_id_number"])


def test_a_menu_notes_the_digits() -> None:
    assert all(re.fullmatch(r"\d+", legs_of("menu", number)[0]["digits_dialed"]) for number in range(20))


def test_a_queue_tries_one_agent_after_the_other() -> None:
    for number in range(20):
        caller, asleep, awake = legs_of("queue", number)
        assert asleep["hangup_cause"] == "NO_ANSWER"
        assert begin_of(awake) == asleep["timestamp"]
        assert asleep["custom_channel_vars"]["member_call_id"] == caller["call_id"]


def test_one_phone_of_a_ring_group_wins() -> None:
    for number in range(20):
        _, winner, *losers = legs_of("ring_group", number)
        assert winner["billing_seconds"] > 0
        assert {leg["hangup_cause"] for leg in losers} == {"LOSE_RACE"}


def test_a_blind_transfer_hands_over_when_the_first_phone_leaves() -> None:
    for number in range(20):
        caller, first, second = legs_of("blind_transfer", number)
        ((moment, transfer),) = caller["transfer_history"].items()
        assert begin_of(second) == first["timestamp"] == gregorian.from_unix(int(moment))
        assert transfer == {"call_id": first["call_id"], "type": "blind", "extension": second["callee_id_number"]}


def test_an_attended_transfer_asks_first() -> None:
    for number in range(20):
        caller, held, question, answer = legs_of("attended_transfer", number)
        ((moment, transfer),) = caller["transfer_history"].items()
        assert question["timestamp"] == held["timestamp"] == gregorian.from_unix(int(moment))
        assert begin_of(question) == begin_of(answer) > begin_of(held)
        assert transfer["transferee"] == caller["caller_id_number"]
        assert transfer["transferer"] == question["caller_id_number"]


def test_a_parked_call_is_taken_by_dialling_the_slot() -> None:
    _, parking, taking = legs_of("park_and_retrieve")
    assert taking["callee_id_number"] == "*3101"
    assert begin_of(taking) >= parking["timestamp"]


def test_a_click_rings_the_phone_first_and_the_contact_once_it_answers() -> None:
    phone, contact = legs_of("click_to_call")
    assert begin_of(contact) == begin_of(phone) + phone["ringing_seconds"]
    assert {leg["custom_channel_vars"]["authorizing_id"] for leg in (phone, contact)} == {OFFICE.click_to_call_id}


def test_a_forwarded_call_leaves_in_the_name_of_a_device_and_shows_the_caller() -> None:
    arriving, leaving = legs_of("call_forward")
    assert leaving["caller_id_number"] == arriving["caller_id_number"]
    assert leaving["custom_channel_vars"]["authorizing_id"] in {device["id"] for device in OFFICE.account.devices}


def test_a_recorded_call_names_its_recording_on_the_callers_leg() -> None:
    recorded, other = legs_of("recorded_call")
    (recording,) = recorded["custom_channel_vars"]["media_recordings"]
    assert re.fullmatch(rf"{MONTH}-[0-9a-f]{{32}}", recording)
    assert recorded["custom_channel_vars"]["media_recording_id"] == recording
    assert "media_recordings" not in other["custom_channel_vars"]


@pytest.mark.parametrize("name", ["inbound_fax", "outbound_fax"])
def test_a_fax_says_what_became_of_it(name: str) -> None:
    for number in range(20):
        (leg,) = legs_of(name, number)
        assert leg["fax_info"]["fax_success"] is True
        assert int(leg["fax_info"]["fax_transferred_pages"]) == int(leg["fax_info"]["fax_total_pages"]) > 0


def test_loopback_legs_point_at_each_other() -> None:
    _, near, far, _ = legs_of("loopback")
    assert (near["channel_loopback_leg"], far["channel_loopback_leg"]) == ("A", "B")
    assert near["channel_loopback_other_leg_id"] == far["call_id"]
    assert far["channel_loopback_other_leg_id"] == near["call_id"]


def test_calls_are_billed_in_all_ways_and_to_the_reseller() -> None:
    legs = [legs_of(name, number)[1] for number in range(60) for name in ("outbound_local", "outbound_toll_free")]
    billed = {leg["custom_channel_vars"]["account_billing"] for leg in legs}
    assert billed == {"per_minute", "allotment", "flat_rate", "limits_disabled"}
    assert {leg["custom_channel_vars"]["reseller_id"] for leg in legs} == {OFFICE.account.tree[-1]}
