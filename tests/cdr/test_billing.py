from typing import Any

import pytest

from mockcdrs.cdr.billing import cost_units, units_to_dollars
from mockcdrs.cdr.erlang import BadArgument


def call(seconds: Any, **variables: Any) -> dict[str, Any]:
    return {"billing_seconds": seconds, "custom_channel_vars": {"account_billing": "per_minute", **variables}}


@pytest.mark.parametrize(
    ("seconds", "variables", "cost"),
    [
        (0, {"rate": 100}, 0),
        (-1, {"rate": 100}, 0),
        (1, {"rate": 100}, 100),
        (60, {"rate": 100}, 100),
        (61, {"rate": 100}, 200),
        ("61", {"rate": "100"}, 200),
        (61, {}, 0),
        # eleven steps of six seconds, ten units each
        (61, {"rate": 100, "rate_increment": 6}, 110),
        (61, {"rate": 100, "rate_increment": 0}, 200),
        # a minute at least, then steps of six seconds
        (1, {"rate": 100, "rate_minimum": 60, "rate_increment": 6}, 100),
        (60, {"rate": 100, "rate_minimum": 60, "rate_increment": 6}, 100),
        (66, {"rate": 100, "rate_minimum": 60, "rate_increment": 6}, 110),
        (67, {"rate": 100, "rate_minimum": 60, "rate_increment": 6}, 120),
        # half a minute of 333 is 166.5: units are cut off
        (10, {"rate": 333, "rate_minimum": 30}, 166),
        (10, {"rate": 100, "rate_nocharge_time": 10}, 0),
        (11, {"rate": 100, "rate_nocharge_time": 10}, 100),
        (60, {"rate": 100, "surcharge": 50}, 150),
        (0, {"rate": 100, "surcharge": 50}, 0),
        (60, {"rate": 200, "discount_percentage": 10}, 180),
        # 15 % of 333 are 49.95: the discount is cut off
        (60, {"rate": 333, "discount_percentage": 15}, 284),
        (60, {"rate": 100, "discount_percentage": 100}, 0),
        (90, {"rate": 100, "billing_seconds_offset": 30}, 100),
        (90, {"rate": 100, "billing_seconds_offset": 90}, 0),
        (61, {"Rate": 100, "Rate-Increment": 6}, 110),
        (61, {"Rate": 100, "rate": 7}, 200),
        # 100 for the minimum, 50 of surcharge, 2 steps of 50, minus 10 %
        (
            100,
            {"rate": 100, "rate_minimum": 60, "rate_increment": 30, "surcharge": 50, "discount_percentage": 10},
            225,
        ),
    ],
)
def test_a_call_costs_what_its_rate_says(seconds: Any, variables: dict[str, Any], cost: int) -> None:
    assert cost_units(call(seconds, **variables), "account_billing") == cost


@pytest.mark.parametrize(
    ("headers", "cost"),
    [
        ({}, 200),
        ({"Billing-Seconds-Offset": 5}, 100),
        ({"Rate-NoCharge-Time": 61}, 0),
        ({"Rate-Increment": 6}, 110),
        ({"Rate-Minimum": 61}, 101),
        ({"Surcharge": 50}, 250),
        ({"Discount-Percentage": 10}, 180),
    ],
)
def test_each_variable_may_stand_under_the_name_of_its_header(headers: dict[str, int], cost: int) -> None:
    document = {"Billing-Seconds": 61, "custom_channel_vars": {"account_billing": "per_minute", "Rate": 100, **headers}}
    assert cost_units(document, "account_billing") == cost


def test_variables_under_their_header_count_first_for_the_cost_alone() -> None:
    """`kapps_call_util:calculate_call/1`."""
    document = call(60, rate=100)
    assert cost_units({**document, "Custom-Channel-Vars": {"rate": 300}}, "account_billing") == 300
    assert cost_units({**document, "Custom-Channel-Vars": ["rate"]}, "account_billing") == 0
    with pytest.raises(BadArgument, match="has no names: None"):
        cost_units({**document, "Custom-Channel-Vars": None}, "account_billing")


@pytest.mark.parametrize("billing", ["", "allotment", "flat_rate", None, 1])
def test_what_is_not_billed_per_minute_costs_nothing(billing: Any) -> None:
    assert cost_units(call(60, rate=100, account_billing=billing), "account_billing") == 0


def test_a_kind_of_billing_may_be_a_list_of_character_codes() -> None:
    assert cost_units(call(60, rate=100, account_billing=list(b"per_minute")), "account_billing") == 100


def test_account_and_reseller_are_billed_each_by_their_own_kind() -> None:
    document = call(60, rate=100, account_billing="allotment", reseller_billing="per_minute")
    assert cost_units(document, "account_billing") == 0
    assert cost_units(document, "reseller_billing") == 100


@pytest.mark.parametrize("document", [{}, {"billing_seconds": 60}, {"billing_seconds": 60, "custom_channel_vars": []}])
def test_a_document_without_channel_variables_costs_nothing(document: dict[str, Any]) -> None:
    assert cost_units(document, "account_billing") == 0


def test_a_time_without_charge_is_read_even_of_a_call_without_seconds() -> None:
    """`kapps_call_util:call_cost/1` reads it first."""
    with pytest.raises(BadArgument):
        cost_units(call(0, rate_nocharge_time="x"), "account_billing")


@pytest.mark.parametrize("broken", [{"rate": "cheap"}, {"rate": None}, {"surcharge": []}, {"rate_increment": "x"}])
def test_a_variable_that_is_no_number_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        cost_units(call(60, **broken), "account_billing")


@pytest.mark.parametrize(
    ("units", "dollars"),
    [(0, 0.0), (10_000, 1.0), (333, 0.0333), ("333", 0.0333), (333.9, 0.0333), (-5, -0.0005), ("1.5", 0.0002)],
)
def test_a_dollar_has_ten_thousand_units(units: Any, dollars: float) -> None:
    assert units_to_dollars(units) == dollars


@pytest.mark.parametrize("units", ["", "x", None, True, []])
def test_an_amount_that_is_no_number_is_refused(units: Any) -> None:
    with pytest.raises(BadArgument):
        units_to_dollars(units)
