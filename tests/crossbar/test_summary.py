import math
from typing import Any

import pytest

from mockcdrs.crossbar.couchdb import QueryError
from mockcdrs.crossbar.summary import add_summaries, classify, double_summary, summarize, summary_json, summary_view
from tests.crossbar.builders import NOW, ask, data_of, leg, state_of

SUMMARY = summary_view(("911", "933"))


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+18005550123", "tollfree_us"),
        ("18005550123", "did_us"),
        ("+19005550123", "toll_us"),
        ("911", "emergency"),
        ("933", "emergency"),
        ("+18765550123", "caribbean"),
        ("18765550123", "caribbean"),
        ("+12025550123", "did_us"),
        ("12025550123", "did_us"),
        ("2025550123", "did_us"),
        ("+1202555012", "unknown"),
        ("+11025550123", "unknown"),
        ("+442071234567", "international"),
        ("442071234567", "unknown"),
        ("2001", "unknown"),
        ("", "unknown"),
        ("9110", "unknown"),
        ("911\n", "unknown"),
    ],
)
def test_a_number_has_the_first_classifier_that_it_fits_as_a_whole(number: str, name: str) -> None:
    assert classify(number, ("911", "933")) == name


def summed(**changes: Any) -> Any:
    changes.setdefault("variables", {"authorizing_id": ""})
    emitted = SUMMARY.map(leg(end=NOW, **changes))
    return None if emitted is None else emitted[1]


def test_a_call_from_outside_is_summed_under_its_callers_domain() -> None:
    assert summed(**{"from": "x@alpha.example.com"}) == {
        "direction": "inbound",
        "classifier": "did_us",
        "domain": "alpha.example.com",
        "billable_seconds": 55,
        "rate_name": None,
    }


def test_a_call_to_outside_is_summed_under_the_called_domain() -> None:
    emitted = summed(call_direction="outbound", variables={"resource_id": "r", "rate_name": "US"}, to="911@beta")
    assert (emitted["direction"], emitted["domain"], emitted["classifier"], emitted["rate_name"]) == (
        "outbound",
        "beta",
        "emergency",
        "US",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"variables": {"authorizing_id": "x"}},
        {"call_direction": "outbound", "variables": {}},
        {"channel_name": "loopback/x-a"},
        {"without": ["channel_name"]},
        {"without": ["custom_channel_vars"]},
        {"without": ["to"]},
        {"without": ["from"]},
        {"pvt_deleted": True},
    ],
)
def test_inside_legs_and_what_the_view_dies_of_are_not_summed(changes: dict[str, Any]) -> None:
    assert summed(**changes) is None


@pytest.mark.parametrize(("value", "seconds"), [(55, 55), ("55", 55), ("55s", 55), (5.9, 5), ("x", None), (None, None)])
def test_billable_seconds_are_the_digits_at_the_front(value: Any, seconds: Any) -> None:
    assert summed(billing_seconds=value)["billable_seconds"] == seconds


def value(direction: str = "inbound", seconds: Any = 10, rate: str | None = None) -> dict[str, Any]:
    return {
        "direction": direction,
        "classifier": "did_us",
        "domain": "d",
        "billable_seconds": seconds,
        "rate_name": rate,
    }


def test_seconds_are_summed_in_total_and_by_rate() -> None:
    values = [value(), value(rate="US"), value(rate="US", seconds=5), value("outbound", None)]
    assert summarize(values) == {
        "inbound": {"d": {"did_us": {"total": 25, "US": 15}}},
        "outbound": {"d": {"did_us": {"total": 0}}},
    }


def test_a_rate_whose_name_is_the_text_of_nothing_has_a_sum_of_its_own() -> None:
    """The view asks whether there is a name before JavaScript makes text of it."""
    unnamed = leg(call_direction="outbound", variables={"resource_id": "r", "rate_name": []})
    emitted = SUMMARY.map(unnamed)
    assert emitted is not None
    assert summarize([emitted[1]])["outbound"] == {"example.com": {"did_us": {"total": 55, "": 55}}}


def test_without_a_call_both_directions_are_there_and_empty() -> None:
    assert summarize([]) == {"inbound": {}, "outbound": {}}


def test_a_call_without_a_direction_breaks_the_summary() -> None:
    with pytest.raises(QueryError, match="sideways"):
        summarize([value("sideways")])


def test_json_has_keys_in_javascripts_order_and_null_for_nan() -> None:
    assert list(summary_json({"b": 1.0, "10": math.nan, "9": 2}).items()) == [("9", 2), ("10", None), ("b", 1)]


def test_doubling_and_adding_go_through_all_levels() -> None:
    assert double_summary({"a": {"b": 3}}) == {"a": {"b": 6}}
    assert add_summaries({"a": {"b": 3}, "c": 1}, {"a": {"b": 4, "d": 5}}) == {"a": {"b": 7, "d": 5}, "c": 1}


def outside(name: str, end: int = NOW - 3600) -> dict[str, Any]:
    return leg(name, end, variables={"authorizing_id": ""})


def test_the_answer_agrees_with_a_sum_by_hand_once_its_quirks_are_fixed() -> None:
    fixed = ["summary-doubling", "summary-51-rows", "summary-last-month"]
    state = state_of([*(outside(str(number)) for number in range(60)), outside("old", NOW - 1_900_000)], fixed=fixed)
    assert data_of(ask(state, "/cdrs/summary")) == {
        "inbound": {"example.com": {"did_us": {"total": 61 * 55}}},
        "outbound": {},
    }


def test_a_filter_finds_nothing_in_a_sum() -> None:
    assert data_of(ask(state_of([outside("x")]), "/cdrs/summary", {"filter_call_direction": "inbound"})) == {}


@pytest.mark.parametrize("variables", ["x", ["x"], 1, {"authorizing_id": ""}])
def test_variables_that_are_no_object_authorize_nobody(variables: Any) -> None:
    """In JavaScript a text has properties, too, but not these."""
    state = state_of([leg(custom_channel_vars=variables, billing_seconds=5)], months=("202601",))
    (numbers,) = data_of(ask(state, "/cdrs/summary"))["inbound"].values()
    assert numbers == {"did_us": {"total": 10}}


@pytest.mark.parametrize(
    ("called", "classifier", "domain"),
    [
        ("12025550123", "unknown", "12025550123"),
        ("911@alpha@beta", "emergency", "alpha@beta"),
        ("12025550123@", "did_us", ""),
    ],
)
def test_what_is_called_ends_at_the_first_at_sign_and_is_unknown_without_one(
    called: str, classifier: str, domain: str
) -> None:
    """The view cuts with `indexOf("@")`, which finds the first, and -1 where there is none."""
    emitted = summed(call_direction="outbound", variables={"resource_id": "r"}, to=called)
    assert (emitted["classifier"], emitted["domain"]) == (classifier, domain)
