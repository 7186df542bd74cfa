"""Calls to order: what was asked for holds on every leg, the rest is as consistent as any call."""

import pytest

from mockcdrs.dataset.call_builder import CallRate, CallSpec, UnknownScenario, build_call
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.scenarios import SCENARIOS

OFFICE = generate_office(1, main_account_id(1))
END = 63_936_129_600


def test_the_parties_have_the_numbers_and_names_asked_for() -> None:
    order = CallSpec(caller="+14155550100", callee="+14155550199", caller_name="Ann", callee_name="Bob")
    first = build_call(OFFICE, order, END, 1)[0]
    assert (first["caller_id_number"], first["caller_id_name"]) == ("+14155550100", "Ann")
    assert (first["callee_id_number"], first["callee_id_name"]) == ("+14155550199", "Bob")
    assert first["from"].startswith("+14155550100@")
    assert first["to"].startswith("+14155550199@")


def test_the_conversation_takes_the_seconds_asked_for() -> None:
    for leg in build_call(OFFICE, CallSpec(seconds=75), END, 1):
        assert leg["billing_seconds"] == 75
        assert leg["duration_seconds"] == 75 + leg["ringing_seconds"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_ends_when_asked_with_legs_that_point_at_each_other(scenario: str) -> None:
    legs = build_call(OFFICE, CallSpec(scenario), END, 1)
    assert max(leg["timestamp"] for leg in legs) == END
    assert len({leg["interaction_id"] for leg in legs}) == (2 if scenario == "call_waiting" else 1)
    call_ids = {leg["call_id"] for leg in legs}
    assert all(leg["other_leg_call_id"] in call_ids for leg in legs if "other_leg_call_id" in leg)
    assert all(leg["billing_seconds"] + leg["ringing_seconds"] <= leg["duration_seconds"] for leg in legs)


def test_fields_go_onto_each_leg_and_the_owner_onto_those_of_the_first_user() -> None:
    legs = build_call(OFFICE, CallSpec(owner="me", fields={"hangup_cause": "USER_BUSY"}), END, 1)
    assert {leg["hangup_cause"] for leg in legs} == {"USER_BUSY"}
    assert [leg["custom_channel_vars"].get("owner_id") for leg in legs] == [None, "me"]


def test_the_same_order_is_the_same_call_and_another_serial_another() -> None:
    assert build_call(OFFICE, CallSpec(), END, 1) == build_call(OFFICE, CallSpec(), END, 1)
    assert build_call(OFFICE, CallSpec(), END, 1)[0]["_id"] != build_call(OFFICE, CallSpec(), END, 2)[0]["_id"]


def test_an_unknown_scenario_lists_the_known() -> None:
    with pytest.raises(UnknownScenario, match="scenario: came 'nosuch', expected one of internal_call, "):
        build_call(OFFICE, CallSpec("nosuch"), END, 1)


def test_a_number_and_its_name_are_replaced_apart_even_where_they_are_the_same() -> None:
    spec = CallSpec("outbound_local", callee="+14155550199", callee_name="Bob")
    first, second = build_call(OFFICE, spec, END, 1)
    assert (first["callee_id_number"], first["callee_id_name"]) == ("+14155550199", "Bob")
    assert second["callee_id_number"] == "+14155550199"
    assert second["to"].startswith("+14155550199@")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_longest_leg_of_every_scenario_has_the_seconds_asked_for_and_the_others_fit(scenario: str) -> None:
    plain = build_call(OFFICE, CallSpec(scenario), END, 1)
    is_answered = any(leg["billing_seconds"] for leg in plain)
    legs = build_call(OFFICE, CallSpec(scenario, seconds=200 * is_answered, ringing=9), END, 1)
    begin = min(leg["timestamp"] - leg["duration_seconds"] for leg in legs)
    longest = max(legs, key=lambda leg: (leg["billing_seconds"], leg["duration_seconds"]))
    assert (longest["ringing_seconds"], longest["billing_seconds"]) == (9, 200 * is_answered)
    assert min(leg["interaction_time"] for leg in legs) == begin
    assert max(leg["timestamp"] for leg in legs) == END
    for leg, before in zip(legs, plain, strict=True):
        assert leg["ringing_seconds"] >= 0 <= leg["billing_seconds"]
        assert leg["ringing_seconds"] + leg["billing_seconds"] == leg["duration_seconds"]
        started = leg["timestamp"] - leg["duration_seconds"] - 62_167_219_200
        assert leg["channel_created_time"] // 1_000_000 == started
        assert leg["hangup_cause"] == before["hangup_cause"]


def test_a_rate_is_on_the_leg_over_the_carrier_and_else_on_the_callers() -> None:
    rate: CallRate = {"per_minute": 0.02, "increment": 6, "minimum": 30, "surcharge": 0.1, "name": "US"}
    for direction, rated in (("inbound", 0), ("outbound", 1), ("internal", 0)):
        legs = build_call(OFFICE, CallSpec(direction=direction, rate=rate), END, 1)
        assert [leg["custom_channel_vars"].get("rate_name") == "US" for leg in legs] == [rated == 0, rated == 1]
        variables = legs[rated]["custom_channel_vars"]
        assert (variables["rate"], variables["surcharge"]) == ("200", "1000")
        assert (variables["rate_increment"], variables["rate_minimum"]) == ("6", "30")
        assert variables["account_billing"] == variables["reseller_billing"] == "per_minute"


@pytest.mark.parametrize(
    ("billing", "kazoo"), [("per_minute", "per_minute"), ("allotment", "allotment"), ("flat", "flat_rate")]
)
def test_billing_is_by_kazoos_name_and_leaves_the_rate(billing: str, kazoo: str) -> None:
    plain = build_call(OFFICE, CallSpec(direction="outbound"), END, 1)[1]["custom_channel_vars"]
    billed = build_call(OFFICE, CallSpec(direction="outbound", billing=billing), END, 1)[1]["custom_channel_vars"]
    assert billed == {**plain, "account_billing": kazoo}


def test_a_recording_is_on_each_leg_or_on_none() -> None:
    for leg in build_call(OFFICE, CallSpec(recording=True), END, 1):
        (recording,) = leg["custom_channel_vars"]["media_recordings"]
        assert recording.startswith("202601-")
        assert recording in leg["recording_url"]
    for leg in build_call(OFFICE, CallSpec("recorded_call", recording=False), END, 1):
        assert "media_recordings" not in leg["custom_channel_vars"]
        assert "recording_url" not in leg


def test_tags_are_beside_the_variables_of_the_scenario_and_fields_are_merged_deeply() -> None:
    plain = build_call(OFFICE, CallSpec("queue"), END, 1)
    fields = {"custom_channel_vars": {"call_priority": "5"}, "custom_sip_headers": {"x": {"y": 1}}}
    tagged = build_call(OFFICE, CallSpec("queue", tags={"ring_group": "Sales"}, fields=fields), END, 1)
    for leg, before in zip(tagged, plain, strict=True):
        assert leg["custom_application_vars"] == {**before["custom_application_vars"], "ring_group": "Sales"}
        assert leg["custom_channel_vars"] == {**before["custom_channel_vars"], "call_priority": "5"}
        assert leg["custom_sip_headers"]["x"] == {"y": 1}


def test_a_call_without_users_gets_its_owner_on_all_legs() -> None:
    legs = build_call(OFFICE, CallSpec("inbound_fax", owner="me"), END, 1)
    assert {leg["custom_channel_vars"]["owner_id"] for leg in legs} == {"me"}
