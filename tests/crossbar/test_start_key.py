"""Page keys, and the external term format within them."""

import base64
import struct
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from mockcdrs.crossbar.couchdb import sort_key
from mockcdrs.crossbar.start_key import (
    MAX_DEPTH,
    BadTerm,
    ImproperList,
    NoStartKey,
    decode,
    decode_term,
    encode,
    encode_term,
    normalize,
)

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


@pytest.mark.parametrize(("text", "key"), KNOWN.items())
def test_keys_are_those_that_crossbar_sends(text: str, key: Any) -> None:
    assert encode(key) == text
    assert decode(text) == key


@given(JSON)
def test_every_json_value_comes_back(value: Any) -> None:
    # repr tells true from 1 and 1 from 1.0
    assert repr(decode(encode(value))) == repr(value)


@pytest.mark.parametrize(
    ("term", "binary"),
    [
        (0, b"a\x00"),
        (255, b"a\xff"),
        (256, b"b\x00\x00\x01\x00"),
        (-1, b"b\xff\xff\xff\xff"),
        (-100, b"b\xff\xff\xff\x9c"),
        (2**31 - 1, b"b\x7f\xff\xff\xff"),
        (-(2**31), b"b\x80\x00\x00\x00"),
        (2**31, b"n\x04\x00\x00\x00\x00\x80"),
        (-(2**31) - 1, b"n\x04\x01\x01\x00\x00\x80"),
        (2**32 - 1, b"n\x04\x00\xff\xff\xff\xff"),
        (2**32, b"n\x05\x00\x00\x00\x00\x00\x01"),
        (2**2040 - 1, b"n\xff\x00" + b"\xff" * 255),
        (2**2040, b"o\x00\x00\x01\x00\x00" + b"\x00" * 255 + b"\x01"),
        (True, b"d\x00\x04true"),
        (None, b"d\x00\x04null"),
        (1.5, b"F\x3f\xf8\x00\x00\x00\x00\x00\x00"),
        ("é", b"m\x00\x00\x00\x02\xc3\xa9"),
        ([], b"j"),
        ([0, 255], b"k\x00\x02\x00\xff"),
        ([256], b"l\x00\x00\x00\x01b\x00\x00\x01\x00j"),
        ([-1], b"l\x00\x00\x00\x01b\xff\xff\xff\xffj"),
        ([True], b"l\x00\x00\x00\x01d\x00\x04truej"),
        ((), b"h\x00"),
        ((1,) * 200, b"h\xc8" + b"a\x01" * 200),
        ({"a": 1}, b"h\x01l\x00\x00\x00\x01h\x02m\x00\x00\x00\x01aa\x01j"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_term_is_written_as_erlang_writes_it(term: Any, binary: bytes) -> None:
    """Erlang's external term format, as `term_to_binary/1` chooses among its tags."""
    assert encode_term(term) == binary


def test_a_list_of_small_integers_is_a_string_as_long_as_its_length_has_two_bytes() -> None:
    assert encode_term([7] * 65_535) == b"k\xff\xff" + b"\x07" * 65_535
    assert encode_term([7] * 65_536) == b"l\x00\x01\x00\x00" + b"a\x07" * 65_536 + b"j"


def test_a_key_with_bytes_that_are_no_utf_8_comes_back() -> None:
    text = text_of(b"m\x00\x00\x00\x02\xff\xfe")
    assert encode(decode(text)) == text


@pytest.mark.parametrize("text", ["true", "false", "null", "undefined"])
def test_a_text_that_spells_an_atom_stays_a_text(text: str) -> None:
    assert decode(encode([text])) == [text]


def test_padding_may_be_there_or_not() -> None:
    assert decode("g2o=") == decode("g2o") == []
    assert decode("g2sAAQE=") == decode("g2sAAQE") == [1]
    assert decode("g2EBAA==") == decode("g2EBAA") == 1


def test_letters_of_the_usual_alphabet_and_blanks_are_read_too() -> None:
    assert decode("g2wAAAACbgUAQOrj4g5oAWpq\n") == decode(" g2wAAAACbgUAQOrj4g5oAWpq") == [63936129600, {}]
    assert decode("g20AAAAC//8") == decode("g20AAAAC__8") == "\udcff\udcff"


def test_bytes_after_the_term_do_not_matter() -> None:
    assert decode(text_of(b"jj")) == []
    assert decode(text_of(b"a\x01", b"anything")) == 1


REFUSED: dict[str, str] = {
    "nothing": "",
    "a word": "garbage",
    "other base64": "aGVsbG8gd29ybGQ",
    "letters of other scripts": "gé",
    "a surrogate": "g\udcff",
    "a lone surrogate": "g\ud800",
    "padding that is not due": "g2wAAAABbgUAMDnh4g5q=",
    "four signs of padding": "g2wAAAABbgUAMDnh4g5q====",
    "padding in the middle": "g2o=g2o=",
    "one letter too many": "g2wAAAABbgUAMDnh4g5qA",
    "no term": text_of(),
    "an unknown kind": text_of(b"\x50\x00\x00\x00\x01"),
    "a list without its end": text_of(b"l\x00\x00\x00\x01a\x01"),
    "objects without end": text_of(b"h\x01l\x00\x00\x00\x01h\x02m\x00\x00\x00\x00" * 100_000),
}


NO_JSON: dict[str, str] = {
    "a tuple of nothing": text_of(b"h\x00"),
    "an improper list": text_of(b"l\x00\x00\x00\x01a\x01a\x02"),
    "a pair": text_of(b"h\x02a\x01a\x02"),
    "an object of no pairs": text_of(b"h\x01l\x00\x00\x00\x01a\x01j"),
    "an object of a tuple": text_of(b"h\x01h\x01h\x02m\x00\x00\x00\x00a\x02"),
    "an object of lists": text_of(b"h\x01l\x00\x00\x00\x01l\x00\x00\x00\x02m\x00\x00\x00\x00a\x02jj"),
    "an object whose name is a number": text_of(b"h\x01l\x00\x00\x00\x01h\x02a\x01a\x02j"),
    "an object of anything": text_of(b"h\x01a\x01"),
    "an object with an improper end": text_of(b"h\x01l\x00\x00\x00\x01h\x02m\x00\x00\x00\x00a\x02a\x01"),
}


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_a_term_that_is_no_json_has_no_place_among_keys(text: str) -> None:
    for key in (decode(text), [1, {"a": decode(text)}]):
        with pytest.raises(TypeError):
            sort_key(key)


@pytest.mark.parametrize("name", ["an improper list", "an object of a tuple", "an object of anything"])
def test_what_is_no_list_where_one_is_due_is_died_of_where_it_is_looked_for(name: str) -> None:
    """`kz_json:check_value_term/1`."""
    for around in (lambda key: key, lambda key: [1, key], lambda key: {"a": key}, lambda key: ([("a", key)],)):
        with pytest.raises(BadTerm):
            normalize(around(decode(NO_JSON[name])))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (text_of(b"h\x02l\x00\x00\x00\x01a\x01a\x02a\x02"), (ImproperList(([1], 2)), 2)),
        (NO_JSON["an object of no pairs"], {}),
        (NO_JSON["an object whose name is a number"], ([(1, 2)],)),
        (text_of(b"h\x01l\x00\x00\x00\x02a\x01h\x02m\x00\x00\x00\x01am\x00\x00\x00\x01\xe9j"), {"a": "é"}),
        (text_of(b"l\x00\x00\x00\x01m\x00\x00\x00\x01\xe9j"), ["é"]),
        (text_of(b"m\x00\x00\x00\x01\x99"), "\udc99"),
    ],
)
def test_what_looking_into_a_key_leaves(text: str, left: Any) -> None:
    assert normalize(decode(text)) == left


@given(JSON)
def test_json_is_looked_into_unchanged(value: Any) -> None:
    assert repr(normalize(value)) == repr(value)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoStartKey):
        decode(text)


@st.composite
def mutated_keys(draw: st.DrawFn) -> str:
    """An encoded key with letters put in, changed or taken out."""
    letters = list(encode(draw(JSON)))
    for at in draw(st.lists(st.integers(0, len(letters) - 1), max_size=3)):
        letters[at] = draw(st.sampled_from(["", "=", "+", "/", "-", "_", " ", "\n", "g", "é"]))
    return "".join(letters)


@given(mutated_keys() | st.text(max_size=100) | st.binary(max_size=100).map(text_of))
def test_any_text_is_refused_or_a_key_that_comes_back(text: str) -> None:
    try:
        key = decode(text)
    except NoStartKey:
        return
    assert repr(decode(encode(key))) == repr(key)


def test_what_is_no_json_value_has_no_key() -> None:
    with pytest.raises(TypeError, match="no term"):
        encode(object())


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


def test_a_term_with_bytes_that_are_no_utf_8_comes_back() -> None:
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
def mutated_terms(draw: st.DrawFn) -> bytes:
    """A written term with some of its bytes changed, and cut."""
    data = bytearray(encode_term(draw(TERMS)))
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
        data[at] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@given(st.binary(max_size=200) | PIECES | mutated_terms())
def test_any_bytes_are_refused_or_a_term_that_comes_back(data: bytes) -> None:
    try:
        term = term_of(data)
    except ValueError:
        return
    assert repr(term_of(encode_term(term))) == repr(term)


@given(st.binary(max_size=200) | PIECES | mutated_terms())
def test_memory_is_in_proportion_to_the_bytes_whatever_they_are(data: bytes) -> None:
    peak = peak_of(data)
    target(peak / (1 + len(data)))
    assert peak < 40_000 + 150 * len(data)


def test_what_is_no_term_is_not_written() -> None:
    with pytest.raises(TypeError, match="no term"):
        encode_term(object())


@pytest.mark.parametrize(("length", "tag"), [(2**16 - 1, b"k"), (2**16, b"l")])
def test_a_list_of_bytes_is_a_string_as_long_as_its_length_has_two_bytes(length: int, tag: bytes) -> None:
    """`term_to_binary/1`."""
    assert encode_term([1] * length)[:1] == tag
    assert decode(encode([1] * length)) == [1] * length


def test_objects_within_a_tuple_are_objects_too() -> None:
    term = ({"a": {"b": 1}}, [({"c": 2}, 3, 4)], 5)
    assert decode(encode(term)) == term


def test_the_last_letter_of_a_key_may_be_any() -> None:
    assert encode("abW") == "g20AAAADYWJX"
    assert decode("g20AAAADYWJX") == "abW"


def test_a_list_that_another_ends_in_is_one_deeper() -> None:
    def chain(levels: int) -> bytes:
        return b"l\x00\x00\x00\x01a\x01" * levels + b"j"

    assert term_of(chain(MAX_DEPTH - 1)) == [1] * (MAX_DEPTH - 1)
    for levels in (MAX_DEPTH, 100_000):
        with pytest.raises(ValueError, match="too deep"):
            term_of(chain(levels))
