import base64
import struct
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.start_key import DEEPEST, NoStartKey, decode, encode

KNOWN = {
    "g2wAAAACbgUAQOrj4g5oAWpq": [63936129600, {}],
    "g2wAAAABbgUAMDnh4g5q": [63935953200],
    "g2wAAAACbgUAQEfh4g5tAAAAGDIwMjYwMS1maXhlZC1jYWxsLTJAaG9zdGo": [63935956800, "202601-fixed-call-2@host"],
    "g2wAAAADbQAAACBhMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMW4FAEDq4-IOaAFqag": [f"a{'1' * 31}", 63936129600, {}],
    "g2wAAAACbgUAgrTK4g5tAAAACDNlMTg0Zjg4ag": [63934477442, "3e184f88"],
    "g20AAAAHZ2FyYmFnZQ": "garbage",
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def text_of(*term: bytes) -> str:
    return base64.urlsafe_b64encode(b"\x83" + b"".join(term)).rstrip(b"=").decode()


def depth(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize(("text", "key"), KNOWN.items())
def test_keys_are_those_that_crossbar_sends(text: str, key: Any) -> None:
    assert encode(key) == text
    assert decode(text) == key


@given(JSON.filter(lambda value: depth(value) < DEEPEST))
def test_every_json_value_comes_back(value: Any) -> None:
    # repr tells true from 1 and 1 from 1.0
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize(
    "value",
    [0, 255, 256, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**2040 - 1, 2**2040, -(2**2040), [0] * 65_536],
)
def test_integers_and_lists_of_every_size_come_back(value: Any) -> None:
    assert decode(encode(value)) == value


def test_bytes_that_are_no_utf_8_come_back() -> None:
    key = decode(text_of(b"m", struct.pack(">I", 2), b"\xff\xfe"))
    assert encode(key) == text_of(b"m", struct.pack(">I", 2), b"\xff\xfe")


@pytest.mark.parametrize("padding", ["", "=", "==", "===="])
def test_padding_may_be_there_or_not(padding: str) -> None:
    assert decode("g2wAAAABbgUAMDnh4g5q" + padding) == [63935953200]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (b"d\x00\x04true", True),
        (b"w\x05false", False),
        (b"d\x00\x09undefined", None),
        (b"w\x04null", None),
        (b"d\x00\x02ok", "ok"),
        (b"k\x00\x02ab", [97, 98]),
        (b"j", []),
        (b"h\x01j", {}),
    ],
)
def test_terms_that_other_writers_choose_are_read_too(term: bytes, value: Any) -> None:
    assert decode(text_of(term)) == value


REFUSED: dict[str, str] = {
    "nothing": "",
    "a word": "garbage",
    "other base64": "aGVsbG8gd29ybGQ",
    "a plus sign of the usual alphabet": "g2w+",
    "letters of other scripts": "gé",
    "a surrogate": "g\udcff",
    "no term": text_of(),
    "an unknown kind": text_of(b"\x50\x00\x00\x00\x01"),
    "bytes after the term": text_of(b"jj"),
    "a list without its end": text_of(b"l\x00\x00\x00\x01a\x01"),
    "an improper list": text_of(b"l\x00\x00\x00\x01a\x01a\x02"),
    "a pair": text_of(b"h\x02a\x01a\x02"),
    "an object of no pairs": text_of(b"h\x01l\x00\x00\x00\x01a\x01j"),
    "an object whose name is a number": text_of(b"h\x01l\x00\x00\x00\x01h\x02a\x01a\x02j"),
    "an object of anything": text_of(b"h\x01a\x01"),
    "an object with an improper end": text_of(b"h\x01l\x00\x00\x00\x01h\x02m\x00\x00\x00\x00a\x02a\x01"),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoStartKey):
        decode(text)


def nested(levels: int) -> bytes:
    return b"l\x00\x00\x00\x01" * levels + b"j" + b"j" * levels


def test_depth_is_bounded() -> None:
    assert depth(decode(text_of(nested(DEEPEST - 1)))) == DEEPEST
    for levels in (DEEPEST, 100_000):
        with pytest.raises(NoStartKey, match="too deep"):
            decode(text_of(nested(levels)))
    with pytest.raises(NoStartKey, match="too deep"):
        decode(text_of(b"h\x01l\x00\x00\x00\x01h\x02m\x00\x00\x00\x00" * 100_000))


HUGE = struct.pack(">I", 2**32 - 1)


@pytest.mark.parametrize(
    "term", [b"m" + HUGE, b"o" + HUGE + b"\x00", b"l" + HUGE, b"h\x01l" + HUGE, b"k\xff\xff", b"n\xff\x00"]
)
def test_a_declared_size_takes_no_memory(term: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(NoStartKey):
            decode(text_of(term, b"aa"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@given(st.binary(max_size=200))
def test_any_bytes_are_a_key_or_refused(data: bytes) -> None:
    for text in (text_of(data), base64.urlsafe_b64encode(data).decode(), data.decode("latin-1")):
        try:
            decode(text)
        except NoStartKey:
            continue


# bytes that look like terms get further than arbitrary ones
PIECES = st.lists(
    st.sampled_from([b"a\x01", b"b\x00\x00\x00\x01", b"j", b"h\x01", b"h\x02", b"m\x00\x00\x00\x01x", b"l\x00\x00\x00"])
    | st.sampled_from([b"n\x05\x00", b"o\x00\x00\x00\x02\x01", b"k\x00\x03", b"d\x00\x04true", b"w\x02ok", b"F"])
    | st.binary(min_size=1, max_size=2),
    max_size=12,
)


@given(PIECES)
def test_pieces_of_terms_are_a_key_or_refused_and_keys_come_back(pieces: list[bytes]) -> None:
    try:
        key = decode(text_of(*pieces))
    except NoStartKey:
        return
    assert repr(decode(encode(key))) == repr(key)


def test_what_is_no_json_value_has_no_key() -> None:
    with pytest.raises(TypeError, match="no JSON value"):
        encode(object())
