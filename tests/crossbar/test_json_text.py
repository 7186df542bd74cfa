import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.cdr.erlang import compact_json
from mockcdrs.crossbar.json_codec import PiecewiseJson, encode_json, encode_pretty_json

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
