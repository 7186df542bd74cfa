import struct
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from mockcdrs.crossbar.start_key import MAX_DEPTH, ImproperList, decode_term, encode_term

TERMS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=12,
)
HUGE = struct.pack(">I", 2**32 - 1)


def term_of(data: bytes) -> Any:
    return decode_term(BytesIO(data))


def nested(levels: int) -> bytes:
    return b"l\x00\x00\x00\x01" * levels + b"j" + b"j" * levels


@given(TERMS)
def test_every_term_comes_back(term: Any) -> None:
    # repr tells true from 1, 1 from 1.0 and a list from a tuple
    assert repr(term_of(encode_term(term))) == repr(term)


@pytest.mark.parametrize(
    "term",
    [0, 255, 256, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**2040 - 1, 2**2040, -(2**2040), [0] * 65_536],
)
def test_integers_and_lists_of_every_size_come_back(term: Any) -> None:
    assert term_of(encode_term(term)) == term


def test_bytes_that_are_no_utf_8_come_back() -> None:
    data = b"m" + struct.pack(">I", 2) + b"\xff\xfe"
    assert encode_term(term_of(data)) == data


@pytest.mark.parametrize(
    ("data", "term"),
    [
        (b"d\x00\x04true", True),
        (b"w\x05false", False),
        (b"w\x04null", None),
        (b"d\x00\x02ok", "ok"),
        (b"d\x00\x09undefined", "undefined"),
        (b"k\x00\x02ab", [97, 98]),
        (b"j", []),
        (b"h\x00", ()),
        (b"n\x00\x00", 0),
        (b"n\x01\x05\x07", -7),
        (b"l\x00\x00\x00\x01jk\x00\x02ab", [[], 97, 98]),
    ],
)
def test_terms_that_other_writers_choose_are_read_as_erlang_reads_them(data: bytes, term: Any) -> None:
    assert repr(term_of(data)) == repr(term)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"P\x00\x00\x00\x01",
        b"t\x00\x00\x00\x00",
        b"b\x00\x00",
        b"m\x00\x00\x00\x05four",
        b"F\x7f\xf8\x00\x00\x00\x00\x00\x00",
        b"F\x7f\xf0\x00\x00\x00\x00\x00\x00",
        b"l\x00\x00\x00\x01a\x01",
    ],
    ids=["nothing", "compressed", "a map", "cut", "cut text", "nan", "infinity", "no end"],
)
def test_what_no_json_value_becomes_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"too deep, or a term of kind|cut short|that is no number"):
        term_of(data)


def test_a_list_that_ends_in_none_is_improper() -> None:
    """As `binary_to_term/1` reads it, and `term_to_binary/1` writes it."""
    for data in (b"l\x00\x00\x00\x02a\x01a\x02a\x03", b"l\x00\x00\x00\x01a\x01l\x00\x00\x00\x01a\x02a\x03"):
        term = term_of(data)
        assert isinstance(term, ImproperList)
        assert term == ([1, 2], 3)
        assert encode_term(term) == b"l\x00\x00\x00\x02a\x01a\x02a\x03"
    assert term_of(b"l\x00\x00\x00\x00a\x05") == 5


def test_depth_is_bounded() -> None:
    assert term_of(nested(MAX_DEPTH - 1))
    for data in (nested(MAX_DEPTH), nested(100_000), b"h\x01" * 100_000 + b"j"):
        with pytest.raises(ValueError, match="too deep"):
            term_of(data)


@pytest.mark.parametrize("tail", [b"", b"j", b"aa", b"j" * 5_000, b"m\x00\x00\x00\x00" * 1_000])
@pytest.mark.parametrize(
    "head", [b"m" + HUGE, b"o" + HUGE + b"\x00", b"l" + HUGE, b"h\xff", b"h\x01l" + HUGE, b"k\xff\xff", b"n\xff\x00"]
)
def test_a_declared_size_takes_no_memory(head: bytes, tail: bytes) -> None:
    assert peak_of(head + tail) < 10_000 + 150 * len(head + tail)


def peak_of(data: bytes) -> int:
    """The most memory, in bytes, that reading takes, refused or not."""
    tracemalloc.start()
    try:
        term_of(data)
    except ValueError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak


# bytes that look like terms get further than arbitrary ones
PIECES = st.lists(
    st.sampled_from([b"a\x01", b"b\x00\x00\x00\x01", b"j", b"h\x01", b"h\x02", b"m\x00\x00\x00\x01x", b"l\x00\x00\x00"])
    | st.sampled_from([b"n\x05\x00", b"o\x00\x00\x00\x02\x01", b"k\x00\x03", b"d\x00\x04true", b"w\x02ok", b"F"])
    | st.sampled_from([b"m" + HUGE, b"o" + HUGE, b"l" + HUGE, b"k\xff\xff", b"h\xff", b"l\x00\x00\x00\x01" * 40])
    | st.binary(min_size=1, max_size=2),
    max_size=12,
).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A written term with some of its bytes changed, and cut."""
    data = bytearray(encode_term(draw(TERMS)))
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
        data[at] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@given(st.binary(max_size=200) | PIECES | mutated())
def test_any_bytes_are_refused_or_a_term_that_comes_back(data: bytes) -> None:
    try:
        term = term_of(data)
    except ValueError:
        return
    assert repr(term_of(encode_term(term))) == repr(term)


@given(st.binary(max_size=200) | PIECES | mutated())
def test_memory_is_in_proportion_to_the_bytes_whatever_they_are(data: bytes) -> None:
    peak = peak_of(data)
    target(peak / (1 + len(data)))
    assert peak < 40_000 + 150 * len(data)


def test_what_is_no_term_is_not_written() -> None:
    with pytest.raises(TypeError, match="no term"):
        encode_term(object())
