"""Sums and groups over the expected CDRs."""

from datetime import timedelta, timezone
from typing import Any

import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.expected.result import Expected, ExpectedLeg
from mockcdrs.expected.summary import counts_in_summary
from mockcdrs.expected.values import NoValue, cost_of, is_broken, read_path, to_integer, to_text

MIDNIGHT = 63_936_086_400  # 2026-01-20T00:00:00Z


def leg(name: str, start: int, end: int, **fields: Any) -> ExpectedLeg:
    plain: dict[str, Any] = {
        "interaction_id": name, "seconds": end - start, "cost": 10, "reseller_cost": 4, "user": "", "caller": "1001",
        "number": "1002", "rate": "", "direction": "inbound",
    }  # fmt: skip
    return ExpectedLeg(id=name, start=start, end=end, **{**plain, **fields})


def test_nothing_is_expected_of_nothing() -> None:
    nothing = Expected()
    assert (nothing.ids, nothing.count, nothing.calls, nothing.seconds, nothing.cost) == ((), 0, 0, 0, 0)
    assert (nothing.reseller_cost, nothing.peak, nothing.by_day()) == (0, 0, {})


def test_legs_of_one_interaction_are_one_call() -> None:
    expected = Expected((leg("a", 0, 5), leg("b", 0, 5, interaction_id="a"), leg("c", 9, 12)))
    assert (expected.count, expected.calls) == (3, 2)
    assert (expected.seconds, expected.cost, expected.reseller_cost) == (13, 30, 12)


@pytest.mark.parametrize(
    ("spans", "peak"),
    [
        ([(0, 10), (5, 15), (10, 20)], 2),  # a call that ends as another begins is over
        ([(0, 10), (1, 9), (2, 8)], 3),
        ([(5, 5)], 0),
    ],
)
def test_the_peak_is_the_most_calls_that_went_on_at_once(spans: list[tuple[int, int]], peak: int) -> None:
    assert Expected(tuple(leg(str(place), *span) for place, span in enumerate(spans))).peak == peak


def test_two_legs_of_one_call_are_no_peak() -> None:
    assert Expected((leg("a", 0, 10), leg("b", 2, 12, interaction_id="a"))).peak == 1


def test_groups_are_expected_results_of_their_own() -> None:
    legs = (
        leg("a", 0, 5, user="ann", number="911", rate="US", direction="outbound"),
        leg("b", 0, 5, user="bob", caller="7"),
        leg("c", 9, 12),
    )
    expected = Expected(legs)
    assert {user: group.ids for user, group in expected.by_user().items()} == {"": ("c",), "ann": ("a",), "bob": ("b",)}
    assert {number: group.count for number, group in expected.by_number().items()} == {"1002": 2, "911": 1}
    assert {number: group.count for number, group in expected.by_caller().items()} == {"1001": 2, "7": 1}
    assert {rate: group.cost for rate, group in expected.by_rate().items()} == {"": 20, "US": 10}
    assert {way: group.seconds for way, group in expected.by_direction().items()} == {"inbound": 8, "outbound": 5}


def test_a_day_is_that_of_a_time_zones_calendar() -> None:
    expected = Expected((leg("late", MIDNIGHT - 1, MIDNIGHT), leg("early", MIDNIGHT, MIDNIGHT + 5)))
    assert list(expected.by_day()) == ["2026-01-19", "2026-01-20"]
    assert list(expected.by_day("Europe/Berlin")) == ["2026-01-20"]
    assert list(expected.by_day("America/New_York")) == ["2026-01-19"]
    assert list(expected.by_day(timezone(timedelta(hours=-5)))) == ["2026-01-19"]
    assert list(Expected((leg("never", 10**18, 10**18),)).by_day()) == [""]
    for wrong in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(ArgumentError, match=r"time_zone: came .*, expected the name of a time zone"):
            expected.by_day(wrong)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((1.5, "1.5"), (1e22, "1.0e+22"), (1.5e-7, "1.5e-7")),
        *((["a", [98]], "ab"), ([300], ""), ([["a", 300]], ""), ({}, "{}")),
    ],
)
def test_a_value_is_the_text_that_filters_compare(value: Any, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [("1.5", 2), (-1.5, -2), ([49, 50], 12), ("1e5", None), (True, None), ([None], None), ("9.9e999", None)],
)
def test_a_number_is_what_erlang_reads_as_one(value: Any, number: int | None) -> None:
    assert to_integer(value) == number


BILLED = {"account_billing": "per_minute", "rate": 100}


@pytest.mark.parametrize(
    ("seconds", "variables", "cost"),
    [
        (60, {}, 100),
        (61, {}, 200),
        (90, {"billing_seconds_offset": 30}, 100),
        (90, {"Billing-Seconds-Offset": 90}, 0),
        (10, {"rate_nocharge_time": 10}, 0),
        (31, {"rate_minimum": 30, "rate_increment": 6, "surcharge": 1000}, 1_060),
        (60, {"discount_percentage": 25}, 75),
        (60, {"account_billing": "flat_rate"}, 0),
        ("soon", {}, None),
        (60, {"rate": "dear"}, None),
    ],
)
def test_a_cost_is_reckoned_as_kazoo_does(seconds: Any, variables: dict[str, Any], cost: int | None) -> None:
    document = {"billing_seconds": seconds, "custom_channel_vars": {**BILLED, **variables}}
    assert cost_of(document, "account_billing") == cost
    assert cost_of({"billing_seconds": seconds}, "account_billing") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"custom_channel_vars": "x"},
        {"call_direction": "sideways"},
        {"duration_seconds": 100},
        {"custom_channel_vars": {"rate": "dear"}},
        {"custom_channel_vars": {"rate": 2**1024}},
        {"channel_created_time": 2**1024 * 1_000_000},
        {"billing_seconds": "soon", "custom_channel_vars": BILLED},
    ],
)
def test_a_document_that_no_row_can_be_made_of_is_broken(changes: dict[str, Any]) -> None:
    document = {"timestamp": 50, "call_direction": "inbound", "custom_channel_vars": []}
    columns = {"unix_timestamp_micro"}
    assert not is_broken(document, columns)
    assert is_broken({**document, **changes}, columns)


@pytest.mark.parametrize(("value", "text"), [(None, "null"), (True, "true"), (False, "false"), (7, "7")])
def test_what_json_has_beside_text_is_text_to_a_filter(value: Any, text: str) -> None:
    assert to_text(value) == text


def test_a_path_goes_through_lists_by_places_from_one_on() -> None:
    document = {"list": ["a", {"b": 1}]}
    found = [read_path(document, path) for path in (["list", "1"], ["list", "2", "b"], ["list", "3"], ["list", "x"])]
    assert found == ["a", 1, NoValue.MISSING, NoValue.MISSING]
    assert read_path(document, ["list", "1", "x"]) is NoValue.BARRED


@pytest.mark.parametrize(
    "changes", [{"to": None}, {"from": 7}, {"channel_name": "loopback/1"}, {"custom_channel_vars": 1}]
)
def test_a_call_that_the_summary_cannot_place_is_not_in_it(changes: dict[str, Any]) -> None:
    document = {"custom_channel_vars": {}, "call_direction": "inbound", "channel_name": "a", "to": "b", "from": "c"}
    assert counts_in_summary(document)
    assert not counts_in_summary({**document, **changes})
