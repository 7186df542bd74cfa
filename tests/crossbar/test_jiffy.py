"""JSON as jiffy reads and writes it."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.cdr.erlang import compact_json
from mockcdrs.crossbar.envelope import PiecewiseJson, encode_json, encode_pretty_json
from mockcdrs.crossbar.jiffy import KAZOO, LAZEDO, Jiffy, JsonError, Pairs

BOTH = pytest.mark.parametrize("jiffy", [LAZEDO, KAZOO], ids=["lazedo", "2600hz"])


def refused(data: bytes, jiffy: Jiffy = LAZEDO) -> str:
    with pytest.raises(JsonError) as caught:
        jiffy.decode(data)
    return str(caught.value)


def outcome(data: bytes, jiffy: Jiffy) -> str:
    try:
        jiffy.decode(data)
    except JsonError as error:
        return str(error)
    return "taken"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b" ", "truncated_json around 2"),
        (b"[1", "truncated_json around 3"),
        (b'{"a"', "truncated_json around 5"),
        (b'{"a":', "truncated_json around 6"),
        (b'{"a":1', "truncated_json around 7"),
        (b"\xef\xbb\xbf{}", "invalid_json around 1"),
        (b"]", "invalid_json around 1"),
        (b"NaN", "invalid_json around 1"),
        (b"X", "invalid_json around 1"),
        (b"{'a':1}", "invalid_json around 2"),
        (b"{,}", "invalid_json around 2"),
        (b"[,]", "invalid_json around 2"),
        (b"[1,]", "invalid_json around 4"),
        (b'{"a":1,}', "invalid_json around 8"),
        (b'{"a":]', "invalid_json around 6"),
        (b'{"a" 1}', "invalid_json around 6"),
        (b"[1}", "invalid_json around 3"),
        (b'{"a":1]', "invalid_json around 7"),
        (b"[1 2]", "invalid_json around 4"),
        (b"[01]", "invalid_json around 3"),
        (b"01", "invalid_trailing_data around 2"),
        (b"{} x", "invalid_trailing_data around 4"),
        (b"nul", "invalid_literal around 1"),
        (b"[True]", "invalid_json around 2"),
        (b"[trUe]", "invalid_literal around 2"),
        (b"fals\xe9", "invalid_literal around 1"),
        (b"-", "invalid_number around 2"),
        (b"[-x]", "invalid_number around 3"),
        (b"1.", "invalid_number around 3"),
        (b"[1.e5]", "invalid_number around 4"),
        (b"[1e]", "invalid_number around 4"),
        (b'"a', "invalid_string around 3"),
        (b'"a\x1f"', "invalid_string around 3"),
        (b'{"a\n":1}', "invalid_string around 4"),
        (b'"\\', "invalid_string around 2"),
        (b'"\\x"', "invalid_string around 3"),
        (b'"\\u00e', "invalid_string around 4"),
        (b'"\\u00eg"', "invalid_string around 4"),
        (b'"\\udc00 "', "invalid_string around 8"),
        (b'"\\ud800\\udbff"', "invalid_string around 10"),
        (b'"\\ud800\\ue000"', "invalid_string around 10"),
        (b'"\\udfff "', "invalid_string around 8"),
        (b'"\\ud83d"', "invalid_string around 8"),
        (b'"\\ud83d......"', "invalid_string around 9"),
        (b'"\\ud83d\\n....."', "invalid_string around 10"),
        (b'"\\ud83d\\u00e9"', "invalid_string around 10"),
        (b'"\\ud83d\\udeg0"', "invalid_string around 10"),
        (b"1e400", "decoder_exit around 0"),
        (b"[-2.5e308]", "decoder_exit around 0"),
        (b"[1e400", "truncated_json around 7"),
    ],
)
def test_what_is_refused_is_told_by_reason_and_byte(data: bytes, where: str) -> None:
    assert refused(data) == where
    assert refused(data, KAZOO._replace(throws=True)) == where
    assert refused(data, KAZOO) == "decoder_exit around 0"


@BOTH
@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" [ ] ", []),
        (b'[{},[],"",null,true,false]', [{}, [], "", None, True, False]),
        (b"[0,-0,-12,123456789012345678901234567890]", [0, 0, -12, 123456789012345678901234567890]),
        (b"[0.5,-1.5e3,1e2,1E+2,0e-1]", [0.5, -1500.0, 100.0, 100.0, 0.0]),
        (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        (b'"\\u00e9\\uD83D\\uDE00\\u0000"', "\xe9\U0001f600\0"),
        (b'"\\ud7ff\\ue000"', "\ud7ff\ue000"),
        (b'"\xc3\xa9\x7f\xff\xed\xa0\x80"', "\xe9\x7f\udcff\udced\udca0\udc80"),
        (b'[{"a":1,"b":2,"a":[{"c":3,"c":4}]}]', [{"a": 1, "b": 2}]),
    ],
)
def test_what_is_taken_is_a_value(jiffy: Jiffy, data: bytes, value: Any) -> None:
    assert repr(jiffy.decode(data)) == repr(value)


@BOTH
def test_an_outermost_object_keeps_names_that_come_twice(jiffy: Jiffy) -> None:
    decoded = jiffy.decode(b'{"a":1,"b":{"c":[]},"a":2}')
    assert isinstance(decoded, Pairs)
    assert decoded == [("a", 1), ("b", {"c": []}), ("a", 2)]


@BOTH
@pytest.mark.parametrize("data", [b"1e+", b"1e-", b"1.0E+", b"1." + b"0" * 27 + b"e+"])
def test_a_sign_is_exponent_enough_as_long_as_c_reads_the_number(jiffy: Jiffy, data: bytes) -> None:
    """C's `strtod` reads what has less than 32 bytes; Erlang's `list_to_float/1` refuses it."""
    assert jiffy.decode(data) == 1.0
    assert refused(data.replace(b"1", b"1" * 32, 1), jiffy) == "decoder_exit around 0"


def test_the_forks_differ_in_what_is_a_digit_and_what_a_character() -> None:
    assert LAZEDO.decode(b'"\\u00\xc3\xa9."') == "\0."
    assert refused(b'"\\u00\xc3\xa9."', KAZOO._replace(throws=True)) == "invalid_string around 4"
    assert KAZOO.decode(b'"\\udbff\\udfff."') == "\U0010ffff."
    assert refused(b'"\\udbff\\udfff."') == "invalid_string around 16"


@BOTH
def test_a_whole_number_larger_than_any_float_is_read(jiffy: Jiffy) -> None:
    assert jiffy.decode(b"[" + b"9" * 400 + b",-" + b"9" * 400 + b"]") == [10**400 - 1, 1 - 10**400]


@BOTH
def test_a_number_of_more_digits_than_python_reads_and_a_depth_it_cannot_hold_are_refused(jiffy: Jiffy) -> None:
    """Ours alone: Erlang takes both."""
    assert refused(b"[" + b"9" * 5_000 + b"]", jiffy) == "decoder_exit around 0"
    assert refused(b"[" * 100_000, jiffy) == "decoder_exit around 0"
    assert jiffy.decode(b"[" * 400 + b"]" * 400)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@BOTH
@given(value=json_values, indent=st.sampled_from([None, 1]), is_ascii=st.booleans())
def test_what_python_writes_is_read_as_python_reads_it(
    jiffy: Jiffy, value: Any, indent: int | None, is_ascii: bool
) -> None:
    text = json.dumps([value], indent=indent, ensure_ascii=is_ascii)
    if "\\udbff\\udfff" not in text:
        assert jiffy.decode(text.encode()) == [value]


@BOTH
@given(st.binary(max_size=20) | st.text(alphabet='{}[]",:\\ude0123456789-+.ntf ', max_size=20).map(str.encode))
def test_anything_is_taken_or_refused(jiffy: Jiffy, data: bytes) -> None:
    assert re.fullmatch(r"taken|[a-z_]+ around [0-9]+", outcome(data, jiffy))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)  # the encoder has no -0.0
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_every_value_reads_back_equal(value: Any) -> None:
    assert repr(json.loads(encode_json(value))) == repr(value)
    assert repr(json.loads(encode_pretty_json(value))) == repr(value)


@given(JSON)
def test_the_fast_way_and_the_slow_way_write_the_same_text(value: Any) -> None:
    assert encode_json(value) == compact_json(value).encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True], "b": {}}, '{"a":[1,null,true],"b":{}}'),
        (2**63 - 1, "9223372036854775807"),
        (2**63, "9223372036854775808"),
        (-(2**70), "-1180591620717411303424"),
        (1.0, "1.0"),
        (1e16, "10000000000000000.0"),
        (1e20, "100000000000000000000.0"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (1e-6, "0.000001"),
        (0.00001234, "0.00001234"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (-0.0, "0.0"),
        (0.0333, "0.0333"),
        (math.nan, "null"),
        (math.inf, "null"),
        ("Zoë 😀", '"Zoë 😀"'),
        ('"\\/', '"\\"\\\\/"'),
        ("\n\r\t\b\f", '"\\n\\r\\t\\b\\f"'),
        ("\x00\x1f\x7f", '"\\u0000\\u001F\x7f"'),
        ("\\u001f\x0b", '"\\\\u001f\\u000B"'),
    ],
)
def test_text_is_the_servers(value: Any, text: str) -> None:
    assert encode_json(value) == text.encode()
    assert encode_json([value, 0.5]) == f"[{text},0.5]".encode()


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1])
@pytest.mark.parametrize("around", [lambda x: x, lambda x: {"a": [1.5, {"b": x}]}])
def test_text_with_an_integer_beyond_64_bits_comes_in_pieces(number: int, around: Callable[[int], Any]) -> None:
    """jiffy's `finish_encode/2`."""
    assert isinstance(encode_json(around(number)), PiecewiseJson)


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 2.0**70, str(2**70), True, "\x1f"])
def test_all_other_text_comes_as_one(value: Any) -> None:
    assert not isinstance(encode_json({"a": [value]}), PiecewiseJson)


@pytest.mark.parametrize("character", ["\U00010000", "\U0010fc00", "\U000103ff", "\U0010fffd"])
def test_the_first_and_the_last_halves_make_a_pair(character: str) -> None:
    assert LAZEDO.decode(json.dumps(character).encode()) == character


@pytest.mark.parametrize("write", [encode_json, encode_pretty_json])
@pytest.mark.parametrize("value", ["a\udcff", {"\udcff": 1}, [0.5, "\ud800"]])
def test_what_is_no_utf_8_cannot_be_written(write: Callable[[Any], bytes], value: Any) -> None:
    with pytest.raises(UnicodeEncodeError):
        write(value)


def test_pretty_text_has_a_blank_on_both_sides_of_the_colon() -> None:
    assert encode_pretty_json({"a": [1, {"b": "x"}], "c": None}).decode().splitlines() == [
        "{",
        '  "a" : [',
        "    1,",
        "    {",
        '      "b" : "x"',
        "    }",
        "  ],",
        '  "c" : null',
        "}",
    ]


@pytest.mark.parametrize("text", [b"[1e999,1]", b"[1,1e999]", b"[1e999]"])
def test_a_number_that_erlang_cannot_hold_spoils_the_whole_text(text: bytes) -> None:
    for jiffy in (LAZEDO, KAZOO):
        with pytest.raises(JsonError, match=r"^decoder_exit around 0$"):
            jiffy.decode(text)
