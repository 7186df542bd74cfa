"""Each scenario, and the rules that hold between the fields of a leg and the legs of an interaction."""

import re
from collections import defaultdict
from datetime import date

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import documents, gregorian
from mockcdrs.dataset import outcomes
from mockcdrs.dataset.call import Call, month_context
from mockcdrs.dataset.generator import block_interactions
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.random_stream import random_for, stream_from
from mockcdrs.dataset.scenarios import SCENARIOS, SHARES
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.traffic import Traffic, blocks_of_day

OFFICE = generate_office(3, main_account_id(3))
START = 63_935_686_800
MONTH = "202601"
VALIDATOR = jsonschema.Draft4Validator(documents.load_schema())
URI = re.compile(r"[+*\w.]+@[0-9a-f]{6}\.sip\.example\.com")
SDP = re.compile(
    r"v=0\r\no=- \d+ \d+ IN IP4 (\d+\.\d+\.\d+\.\d+)\r\ns=-\r\nc=IN IP4 \1\r\nt=0 0\r\n"
    r"m=audio \d{5} RTP/AVP [\d ]+\r\n(a=[^\r\n]+\r\n)+"
)
CODES = {ending.cause: ending for ending in vars(outcomes).values() if isinstance(ending, outcomes.CallOutcome)}
FAX_FIELDS = {name for name in documents.schema_field_names() if name.startswith("fax_")}

some_calls = st.builds(
    lambda name, number, room: (name, legs_of(name, number, room)),
    st.sampled_from(sorted(SCENARIOS)),
    st.integers(0, 10_000),
    st.sampled_from([0, 1, 30, 600, 90_000]),
)


def legs_of(name: str, number: int = 0, room: int = 90_000) -> list[Document]:
    draws = stream_from(random_for("test", name, number))
    return list(SCENARIOS[name](Call(month_context(OFFICE, MONTH), draws, START, START + room)))


def answered(legs: list[Document]) -> list[Document]:
    return [leg for leg in legs if leg["billing_seconds"]]


def by_direction(legs: list[Document]) -> tuple[list[Document], list[Document]]:
    grouped: dict[str, list[Document]] = defaultdict(list)
    for leg in legs:
        grouped[leg["call_direction"]].append(leg)
    return grouped["inbound"], grouped["outbound"]


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_seconds_add_up(call: tuple[str, list[Document]]) -> None:
    for leg in call[1]:
        ringing, billing, duration = (leg[f"{name}_seconds"] for name in ("ringing", "billing", "duration"))
        assert 0 <= billing <= duration
        assert ringing >= 0
        assert ringing + billing <= duration
        began = gregorian.from_unix(leg["channel_created_time"] // 1_000_000)
        assert leg["timestamp"] - duration == began


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_ids_and_months_agree(call: tuple[str, list[Document]]) -> None:
    for leg in call[1]:
        assert leg["_id"] == f"{MONTH}-{leg['call_id']}"
        assert leg["interaction_id"] == f"{leg['interaction_time']:011d}-{leg['interaction_key']}"
        assert re.fullmatch(r"\d{11}-[0-9a-f]{8}", leg["interaction_id"])
        assert gregorian.month_of(leg["interaction_time"]) == MONTH
        assert leg["pvt_account_db"].endswith(f"-{MONTH}")
        assert leg["pvt_account_db"].replace("%2F", "")[7:].startswith(OFFICE.account.id)
        assert leg["pvt_account_id"] == leg["custom_channel_vars"]["account_id"] == OFFICE.account.id


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_legs_point_at_each_other(call: tuple[str, list[Document]]) -> None:
    legs = call[1]
    call_ids = {leg["call_id"] for leg in legs}
    assert len(call_ids) == len(legs)
    assert len({leg["interaction_id"] for leg in legs}) == 1
    directions = {leg["call_id"]: leg["call_direction"] for leg in legs}
    for leg in legs:
        assert leg["custom_channel_vars"]["call_interaction_id"] == leg["interaction_id"]
        assert leg["custom_channel_vars"]["bridge_id"] in call_ids
        assert ("other_leg_call_id" in leg) == (len(legs) > 1)
        if len(legs) > 1:
            assert leg["other_leg_call_id"] in call_ids - {leg["call_id"]}
            assert leg["other_leg_direction"] == directions[leg["other_leg_call_id"]]
    assert len({leg["custom_channel_vars"]["bridge_id"] for leg in legs}) == 1


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_no_leg_passes_the_end_that_it_was_given(call: tuple[str, list[Document]]) -> None:
    name, _ = call
    for room in (0, 5, 100):
        assert all(START <= leg["timestamp"] <= START + room for leg in legs_of(name, 1, room))


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_text_is_well_formed(call: tuple[str, list[Document]]) -> None:
    for leg in call[1]:
        assert SDP.fullmatch(leg["local_sdp"])
        assert SDP.fullmatch(leg["remote_sdp"])
        for name in ("from", "from_uri", "to", "to_uri", "request", "presence_id"):
            assert URI.fullmatch(leg[name]), leg[name]
        assert re.fullmatch(r"[0-9a-f]{8}", leg["from_tag"])
        assert re.fullmatch(r"[0-9a-f]{8}", leg["to_tag"])
        assert re.fullmatch(r"[A-Z][\w./ -]+", leg["user_agent"], re.IGNORECASE)
        assert re.fullmatch(r"1-[0-9a-f]{32}", leg["_rev"])


@given(some_calls)
@settings(max_examples=300, deadline=None)
def test_causes_codes_and_dispositions_belong_together(call: tuple[str, list[Document]]) -> None:
    for leg in call[1]:
        ending = CODES[leg["hangup_cause"]]
        assert (leg["hangup_code"], leg["disposition"]) == (ending.code, ending.disposition)
        assert leg["billing_seconds"] == 0 or ending.disposition == "ANSWER"


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_every_document_is_valid_and_full(call: tuple[str, list[Document]]) -> None:
    for leg in call[1]:
        assert [error.message for error in VALIDATOR.iter_errors(leg)] == []
        assert len(leg) >= 40
        assert None not in leg.values()


@given(some_calls)
@settings(max_examples=200, deadline=None)
def test_an_owner_is_a_user_and_an_authorizing_device_is_the_owners(call: tuple[str, list[Document]]) -> None:
    owners = {device["id"]: device.get("owner_id", "") for device in OFFICE.devices}
    users = {user["id"] for user in OFFICE.users}
    for leg in call[1]:
        vars_ = leg["custom_channel_vars"]
        assert vars_.get("owner_id", "") in users | {""}
        if vars_.get("authorizing_type") == "device":
            assert owners[vars_["authorizing_id"]] == vars_["owner_id"]


def test_every_call_in_a_day_of_a_busy_office_is_one_of_the_scenarios_and_each_occurs() -> None:
    load = Traffic(3_000)
    blocks = blocks_of_day(load, date(2026, 1, 19))
    names = [name for block in blocks for name, _ in block_interactions(OFFICE, load, block)]
    assert set(names) == set(SCENARIOS)
    assert sum(SHARES.values()) == 1_000
    share = sum(name.endswith(("missed", "failed", "voicemail")) for name in names) / len(names)
    assert 0.15 < share < 0.35


def test_an_internal_call_stays_inside() -> None:
    for leg in legs_of("internal_call"):
        assert {leg["caller_id_number"], leg["callee_id_number"]} <= set(OFFICE.extensions)
        assert "resource_id" not in leg["custom_channel_vars"]


@pytest.mark.parametrize("name", ["internal_missed", "inbound_missed", "outbound_missed", "outbound_failed"])
def test_a_call_in_vain_costs_nothing(name: str) -> None:
    for number in range(30):
        assert answered(legs_of(name, number)) == []


def test_a_failed_call_does_not_ring() -> None:
    assert not any(leg["ringing_seconds"] for leg in legs_of("outbound_failed"))


@pytest.mark.parametrize("name", ["inbound_answered", "recorded_call", "menu", "queue", "ring_group", "voicemail"])
def test_a_call_from_outside_comes_in_over_a_carrier(name: str) -> None:
    inbound, outbound = by_direction(legs_of(name))
    assert len(inbound) == 1
    assert inbound[0]["caller_id_number"].startswith("+")
    assert inbound[0]["custom_channel_vars"]["resource_id"] in {carrier["id"] for carrier in OFFICE.carriers}
    assert all(leg["custom_channel_vars"]["authorizing_type"] == "device" for leg in outbound)


def test_a_voicemail_is_a_leg_that_nobody_answers_and_one_that_talks() -> None:
    inbound, outbound = by_direction(legs_of("voicemail"))
    assert [leg["hangup_cause"] for leg in outbound] == ["NO_ANSWER"]
    assert inbound[0]["billing_seconds"] > 0
    assert inbound[0]["custom_application_vars"] == {"voicemail": "*97"}


def test_one_phone_of_a_ring_group_wins() -> None:
    for number in range(20):
        _, outbound = by_direction(legs_of("ring_group", number))
        assert 3 <= len(outbound) <= 5
        assert len(answered(outbound)) == 1
        assert {leg["hangup_cause"] for leg in outbound} == {"NORMAL_CLEARING", "LOSE_RACE"}


def test_a_menu_notes_the_digits() -> None:
    inbound, _ = by_direction(legs_of("menu"))
    assert re.fullmatch(r"\d+", inbound[0]["digits_dialed"])


def test_a_queue_tries_one_agent_after_the_other() -> None:
    _, (asleep, awake) = by_direction(legs_of("queue"))
    assert asleep["hangup_cause"] == "NO_ANSWER"
    assert awake["channel_created_time"] // 1_000_000 >= gregorian.to_unix(asleep["timestamp"])


@pytest.mark.parametrize(
    ("name", "dialled"),
    [
        ("outbound_local", r"\+1(?!800)\d{10}"),
        ("outbound_toll_free", r"\+1800\d{7}"),
        ("outbound_international", r"\+(?!1)\d{9,13}"),
        ("outbound_emergency", "911"),
    ],
)
def test_an_outbound_call_is_rated_by_where_it_goes(name: str, dialled: str) -> None:
    for number in range(20):
        inbound, outbound = by_direction(legs_of(name, number))
        assert re.fullmatch(dialled, inbound[0]["callee_id_number"])
        assert re.fullmatch(dialled, outbound[0]["callee_id_number"])
        assert outbound[0]["custom_channel_vars"].keys() >= {"rate", "rate_name", "rate_increment", "rate_minimum"}


def test_calls_are_billed_in_all_three_ways_and_to_the_reseller() -> None:
    legs = [leg for number in range(60) for leg in by_direction(legs_of("outbound_local", number))[1]]
    assert {leg["custom_channel_vars"]["account_billing"] for leg in legs} == {"per_minute", "allotment", "flat_rate"}
    assert {leg["custom_channel_vars"]["reseller_billing"] for leg in legs} == {"per_minute"}
    assert {leg["custom_channel_vars"]["reseller_id"] for leg in legs} == {OFFICE.account.tree[-1]}


def test_a_blind_transfer_hands_over_when_the_first_phone_leaves() -> None:
    _, (first, second) = by_direction(legs_of("blind_transfer"))
    assert first["hangup_cause"] == "BLIND_TRANSFER"
    assert second["channel_created_time"] // 1_000_000 == gregorian.to_unix(first["timestamp"])


def test_an_attended_transfer_asks_first() -> None:
    inbound, outbound = by_direction(legs_of("attended_transfer"))
    assert len(inbound) == len(outbound) == 2
    assert [leg["hangup_cause"] for leg in (*inbound, *outbound)].count("ATTENDED_TRANSFER") == 2


def test_a_parked_call_is_taken_by_dialling_the_slot() -> None:
    inbound, _ = by_direction(legs_of("park_and_retrieve"))
    assert sum(leg["callee_id_number"].startswith("*3") for leg in inbound) == 1


def test_a_picked_off_phone_stops_ringing() -> None:
    _, outbound = by_direction(legs_of("group_pickup"))
    assert sorted(leg["hangup_cause"] for leg in outbound) == ["NORMAL_CLEARING", "PICKED_OFF"]


def test_a_forwarded_call_leaves_again_in_the_name_of_a_user() -> None:
    _, (leaving,) = by_direction(legs_of("call_forward"))
    assert leaving["custom_channel_vars"]["call_forward"] == "true"
    assert leaving["custom_channel_vars"]["owner_id"] in {user["id"] for user in OFFICE.users}
    assert leaving["callee_id_number"].startswith("+")


def test_a_conference_has_one_leg_in_and_several_out() -> None:
    inbound, outbound = by_direction(legs_of("conference"))
    assert len(inbound) == 1
    assert 2 <= len(outbound) <= 4


@pytest.mark.parametrize("name", ["inbound_fax", "outbound_fax"])
def test_a_fax_has_all_fax_fields(name: str) -> None:
    for leg in legs_of(name):
        assert leg.keys() >= FAX_FIELDS
        assert int(leg["fax_transferred_pages"]) == int(leg["fax_total_pages"]) > 0


def test_a_click_rings_the_phone_first_and_the_contact_once_it_answers() -> None:
    inbound, (phone, contact) = by_direction(legs_of("click_to_call"))
    assert inbound == []
    assert phone["custom_channel_vars"]["authorizing_type"] == "device"
    assert contact["channel_created_time"] // 1_000_000 >= phone["channel_created_time"] // 1_000_000


def test_a_recorded_call_names_its_recording_on_both_legs() -> None:
    recordings = [leg["custom_channel_vars"]["media_recordings"] for leg in legs_of("recorded_call")]
    assert recordings[0] == recordings[1]
    assert re.fullmatch(rf"{MONTH}-[0-9a-f]{{32}}", recordings[0][0])


def test_a_loopback_call_has_a_pair_of_loopback_legs() -> None:
    legs = legs_of("loopback")
    halves = [leg["channel_loopback_leg"] for leg in legs if leg.get("channel_is_loopback")]
    assert sorted(halves) == ["A", "B"]
    assert len(legs) == 4


def test_a_call_on_net_leaves_no_carrier() -> None:
    _, (leaving,) = by_direction(legs_of("on_net"))
    assert leaving["custom_channel_vars"]["resource_type"] == "onnet-termination"
    assert leaving["custom_channel_vars"]["rate"] == 0
