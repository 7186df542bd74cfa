import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar import javascript as js


@pytest.mark.parametrize("value", [False, 0, 0.0, "", None, js.UNDEFINED])
def test_falsy_values_are_javascripts(value: Any) -> None:
    assert not js.is_truthy(value)


@pytest.mark.parametrize("value", [True, 1, -1, "0", "false", " ", {}, []])
def test_all_else_is_truthy_even_empty_objects(value: Any) -> None:
    assert js.is_truthy(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, 0),
        ("", 0),
        ("  ", 0),
        ("12", 12),
        (" 1.5 ", 1.5),
        ("-1e3", -1000),
        (".5", 0.5),
        ("5.", 5),
        (True, 1),
        ("0x10", 16),
        ([], 0),
        ([7], 7),
        (["7"], 7),
        (2**53 + 1, 2**53),
        (10**400, math.inf),
        (-(10**400), -math.inf),
    ],
)
def test_number_reads_text_in_digits(value: Any, number: float) -> None:
    assert js.to_number(value) == number


@pytest.mark.parametrize("value", ["abc", "12 s", "1_0", "e5", "-0x10", js.UNDEFINED, {}, [1, 2]])
def test_number_of_the_rest_is_nan(value: Any) -> None:
    assert math.isnan(js.to_number(value))


@pytest.mark.parametrize(
    ("value", "number"), [("12 s", 12), (" -7.9", -7), (12.7, 12), (55, 55), ("0x1Fz", 31), ("-0x10", -16), ([5, 6], 5)]
)
def test_parse_int_reads_the_digits_at_the_front(value: Any, number: int) -> None:
    assert js.parse_int(value) == number


@pytest.mark.parametrize("value", ["", "s12", None, js.UNDEFINED, True, {}, []])
def test_parse_int_of_the_rest_is_nan(value: Any) -> None:
    assert math.isnan(js.parse_int(value))


def test_whole_numbers_have_no_point_and_nan_is_null() -> None:
    assert repr(js.json_number(5.0)) == "5"
    assert js.json_number(5.5) == 5.5
    assert js.json_number(math.nan) is None
    assert js.json_number(math.inf) is None


@pytest.mark.parametrize(
    ("value", "carried"),
    [
        (2**53, 2**53),
        (2**53 + 1, 2**53),
        (12_345_678_901_234_567_890, 12_345_678_901_234_567_000),
        (-(10**21), -1e21),
        (10**400, None),
        (63_935_952_000.0, 63_935_952_000),
        (1.5, 1.5),
        (-0.0, 0),
        (True, True),
        (None, None),
        ("1.0", "1.0"),
        ([1.0, {"b": 2.0, "1": 3}], [1, {"1": 3, "b": 2}]),
    ],
)
def test_a_value_comes_out_of_javascript_with_its_numbers_as_doubles(value: Any, carried: Any) -> None:
    assert repr(js.round_trip(value)) == repr(carried)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (False, "false"),
        (12, "12"),
        (12.0, "12"),
        (1.5, "1.5"),
        (0.000001, "0.000001"),
        (-0.00000015, "-1.5e-7"),
        (1e21, "1e+21"),
        (2**53 + 1, "9007199254740992"),
        (None, "null"),
        (js.UNDEFINED, "undefined"),
        (["a", None, [1, 2]], "a,,1,2"),
        ({"a": 1}, "[object Object]"),
    ],
)
def test_every_value_has_a_text(value: Any, text: str) -> None:
    assert js.to_string(value) == text


def test_texts_compare_by_code_units_and_all_else_as_numbers() -> None:
    assert js.less_than("10", "9")
    assert js.less_than(9, "10")
    assert js.less_than("Z", "a")
    assert js.less_than("\U0001f600", "\uffff")
    assert js.less_than(None, 1)
    assert js.less_than([5], 6)
    assert js.less_than([5], ["6"])
    assert js.less_than({}, "a")
    assert not js.less_than("a", 1)
    assert not js.less_than(1, "a")


def test_array_indexes_come_first_in_order_then_the_rest_as_they_came() -> None:
    properties = dict.fromkeys(["b", "10", "2", "01", "a", "4294967295", "0", "-1"])
    assert list(js.order_properties(properties)) == ["0", "2", "10", "b", "01", "a", "4294967295", "-1"]


@given(st.dictionaries(st.text(max_size=3) | st.integers(0, 99).map(str), st.integers()))
def test_ordering_loses_nothing(properties: dict[str, int]) -> None:
    assert js.order_properties(properties) == properties


def test_hexadecimal_digits_are_a_number_and_a_text_of_any_bytes_can_be_compared() -> None:
    assert js.to_number("0x1F") == 31
    assert [js.less_than(*pair) for pair in (("a", "\udcff"), ("\udcff", "a"), ("\udcfe", "\udcff"))] == [
        True,
        False,
        True,
    ]


def test_an_array_index_is_less_than_the_greatest_length_of_an_array() -> None:
    properties = {"4294967295": 1, "4294967294": 2, "64": 3, "b": 4, "00": 5}
    assert list(js.order_properties(properties)) == ["64", "4294967294", "4294967295", "b", "00"]
