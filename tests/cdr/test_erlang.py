from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.cdr.erlang import (
    BadArgument,
    float_text,
    is_empty,
    is_false,
    is_identical,
    is_true,
    round_half_away,
    to_integer,
    to_number,
    to_text,
    utf8_deep,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), (-7, -7), (1.5, 1.5), ("7", 7), ("+7", 7), ("-007", -7), ("1.50", 1.5), ("-2.5e3", -2500.0)],
)
def test_a_number_is_read_from_itself_and_from_its_text(value: Any, number: float) -> None:
    assert to_number(value) == number
    assert type(to_number(value)) is type(number)


REFUSED = ["", " 1", "1 ", "1\n", "1.", ".5", "1e5", "1_0", "0x1", "\u0661", "abc", "1.0e999", "nan", "9" * 4001]


@pytest.mark.parametrize("value", [*REFUSED, None, True, False, [], {}, [1]])
def test_what_erlang_would_not_read_as_a_number_is_refused(value: Any) -> None:
    with pytest.raises(BadArgument):
        to_number(value)
    with pytest.raises(BadArgument):
        to_integer(value)


def test_a_number_has_at_most_4000_characters() -> None:
    assert to_number("9" * 4000) == 10**4000 - 1


@pytest.mark.parametrize(
    ("turn", "value", "words"),
    [
        (to_number, "1.", "not a number: '1.'"),
        (to_integer, None, "not a number: None"),
        (to_text, (1,), "has no text: (1,)"),
        (to_text, ["a", 256], "no part of an iolist: 256"),
        (to_text, {"a": "\udc99"}, "holds text that is no UTF-8"),
    ],
)
def test_a_refusal_says_what_came(turn: Callable[[Any], object], value: Any, words: str) -> None:
    with pytest.raises(BadArgument) as caught:
        turn(value)
    assert str(caught.value) == words


def test_a_refusal_shows_at_most_eighty_characters_of_what_came() -> None:
    with pytest.raises(BadArgument) as caught:
        to_number("x" * 10_000)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.5, 1),
        (-0.5, -1),
        (1.5, 2),
        (2.5, 3),
        (-2.5, -3),
        (2.4999999, 2),
        (-2.4999999, -2),
        (0.49999999999999994, 0),
        (0.0, 0),
        (1e20, 10**20),
    ],
)
def test_halves_are_rounded_away_from_zero(value: float, rounded: int) -> None:
    assert round_half_away(value) == rounded
    assert to_integer(value) == rounded


@pytest.mark.parametrize(("text", "integer"), [("1.5", 2), ("-2.5", -3), ("1.49", 1), ("12", 12), ("1.0e3", 1000)])
def test_an_integer_is_read_from_a_floats_text(text: str, integer: int) -> None:
    assert to_integer(text) == integer


def test_large_integers_keep_all_their_digits() -> None:
    assert to_integer("63936129600000000000000001") == 63936129600000000000000001


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0"),
        (1.0, "1.0"),
        (-1.0, "-1.0"),
        (0.5, "0.5"),
        (0.0333, "0.0333"),
        (12.25, "12.25"),
        (100.0, "100.0"),
        (1234567.0, "1234567.0"),
        (1768906740.0, "1768906740.0"),
        (1768000000.0, "1.768e+9"),
        (1759478672.569712, "1759478672.569712"),
        (100000.0, "100000.0"),
        (1000000.0, "1.0e+6"),
        (0.000001, "0.000001"),
        (0.0000001, "1.0e-7"),
        (1e20, "1.0e+20"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5.0e-324"),
        # halfway between two shortest texts, of which Python would take the even one
        (1125899906842624.25, "1125899906842624.3"),
        (-1125899906842624.75, "-1125899906842624.8"),
        (581408747039294.25, "581408747039294.3"),
        (201 / 2**21, "0.00009584426879882813"),
    ],
)
def test_a_float_has_the_shortest_digits_and_always_a_point(number: float, text: str) -> None:
    assert float_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_floats_text_reads_back_as_the_same_float(number: float) -> None:
    assert float(float_text(number)) == number
    assert to_number(float_text(number)) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", "text"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (12, "12"),
        (1.0, "1.0"),
        ([], ""),
        (["a", ["b", 67], ""], "abC"),
        ({}, "{}"),
        ({"a": [1, None], "b": "é"}, '{"a":[1,null],"b":"é"}'),
        ({"\x1f": 1e21, "b": 0.00001}, '{"\\u001F":1e+21,"b":0.00001}'),
        ([195, [169], "x", 200], "éx\udcc8"),
        (["\udcc3", "\udca9", 0], "é\0"),
        ({"a": 0.0, "b": -0.0, "c": float("nan")}, '{"a":0.0,"b":0.0,"c":null}'),
        ({"a": 0.000001, "b": 0.0000001}, '{"a":0.000001,"b":1e-7}'),
        ({"a": 1e20, "b": 1e21}, '{"a":100000000000000000000.0,"b":1e+21}'),
    ],
)
def test_every_json_value_has_a_text(value: Any, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize("value", [[None], [True], [1.5], [{}], [256], [-1], ["a", [None]], {"a": "\udc99"}, object()])
def test_a_list_that_is_no_text_has_none_nor_an_object_with_bytes_that_are_none(value: Any) -> None:
    with pytest.raises(BadArgument):
        to_text(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", "é"),
        ("Zo\udceb", "Zoë"),
        ("Zo\udceb\udc80", "Zo\udceb\udc80"),
        (["\udceb", {"\udceb": "\udceb"}], ["ë", {"\udceb": "ë"}]),
        ([None, 1, True], [None, 1, True]),
    ],
)
def test_bytes_that_are_no_utf_8_are_latin_1_if_all_of_them_can_be_printed(value: Any, text: Any) -> None:
    assert utf8_deep(value) == text


@pytest.mark.parametrize("value", ["True", "1", 1, "yes", None, [True], ""])
def test_only_true_is_true_and_only_false_is_false(value: Any) -> None:
    assert is_true(True)
    assert is_true("true")
    assert is_false(False)
    assert is_false("false")
    assert not is_true(value)
    assert not is_false(value)


def codes(text: str) -> list[int]:
    return [*map(ord, text)]


def test_a_list_of_character_codes_is_a_string() -> None:
    assert to_integer(codes("+42")) == 42
    assert to_number(codes("1.5")) == 1.5
    assert is_true(codes("true"))
    assert is_false(codes("false"))
    assert is_empty(codes("0"))
    assert is_empty(codes("NULL"))
    for value in ([], codes("a"), [52.0], [52, True], [52, [50]], [0x110000]):
        with pytest.raises(BadArgument):
            to_integer(value)


@pytest.mark.parametrize(
    ("a", "b"),
    [("a", "a"), (1, 1), (1.5, 1.5), (None, None), ([1, "a"], [1, "a"]), ({"a": 1, "b": 2}, {"a": 1, "b": 2})],
)
def test_the_same_is_the_same(a: Any, b: Any) -> None:
    assert is_identical(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("a", "b"),
        (1, 1.0),
        (1, True),
        (0, False),
        ([1], [True]),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_what_is_merely_equal_is_not_the_same(a: Any, b: Any) -> None:
    assert not is_identical(a, b)


@pytest.mark.parametrize("value", [None, "", "0", "NULL", "undefined", 0, 0.0, [], {}])
def test_erlang_takes_these_for_nothing(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [False, True, "false", "00", "null", " ", 1, -1, [0], {"a": None}])
def test_all_else_is_something(value: Any) -> None:
    assert not is_empty(value)
