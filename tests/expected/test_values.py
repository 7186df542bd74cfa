"""Values of a document as Kazoo reads them: texts, numbers, costs, paths, and what no row can be made of."""

from typing import Any

import pytest

from mockcdrs.expected.values import NoValue, cost_of, is_broken, read_path, to_integer, to_text


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
    results = [read_path(document, path) for path in (["list", "1"], ["list", "2", "b"], ["list", "3"], ["list", "x"])]
    assert results == ["a", 1, NoValue.MISSING, NoValue.MISSING]
    assert read_path(document, ["list", "1", "x"]) is NoValue.BARRED
