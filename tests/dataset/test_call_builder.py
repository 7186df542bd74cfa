"""Calls to order: what was asked for holds on every leg, the rest is as consistent as any call."""

import pytest

from mockcdrs.dataset.call_builder import CallSpec, UnknownScenario, build_call
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


def test_fields_and_owner_go_onto_each_leg() -> None:
    legs = build_call(OFFICE, CallSpec(owner_id="me", fields={"hangup_cause": "USER_BUSY"}), END, 1)
    assert {leg["hangup_cause"] for leg in legs} == {"USER_BUSY"}
    assert {leg["custom_channel_vars"]["owner_id"] for leg in legs} == {"me"}


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
