import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.start_key import BadTerm, ImproperList, NoStartKey, decode, encode, is_json, normalize

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


def test_bytes_that_are_no_utf_8_come_back() -> None:
    text = text_of(b"m\x00\x00\x00\x02\xff\xfe")
    assert encode(decode(text)) == text


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
def test_a_term_that_is_no_json_is_known_as_one(text: str) -> None:
    assert not is_json(decode(text))
    assert not is_json([1, {"a": decode(text)}])


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


@given(JSON)
def test_every_json_value_is_known_as_one(value: Any) -> None:
    assert is_json(value)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoStartKey):
        decode(text)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An encoded key with letters put in, changed or taken out."""
    letters = list(encode(draw(JSON)))
    for at in draw(st.lists(st.integers(0, len(letters) - 1), max_size=3)):
        letters[at] = draw(st.sampled_from(["", "=", "+", "/", "-", "_", " ", "\n", "g", "é"]))
    return "".join(letters)


@given(mutated() | st.text(max_size=100) | st.binary(max_size=100).map(text_of))
def test_any_text_is_refused_or_a_key_that_comes_back(text: str) -> None:
    try:
        key = decode(text)
    except NoStartKey:
        return
    assert repr(decode(encode(key))) == repr(key)


def test_what_is_no_json_value_has_no_key() -> None:
    with pytest.raises(TypeError, match="no term"):
        encode(object())
