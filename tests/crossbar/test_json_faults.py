import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.json_faults import fault_in

# worked out by hand from jiffy's `decoder.c`; it counts bytes from 1
FAULTS = {
    b"": "truncated_json around 1",
    b" \t\r\n": "truncated_json around 5",
    b'{"data":{"credentials":"x"': "truncated_json around 27",
    b'{"a":1,}': "invalid_json around 8",
    b"[1,]": "invalid_json around 4",
    b"]": "invalid_json around 1",
    b"[}": "invalid_json around 2",
    b"{]": "invalid_json around 2",
    b'{"a":]': "invalid_json around 6",
    b'{"a":1]': "invalid_json around 7",
    b"[1}": "invalid_json around 3",
    b'{"a" 1}': "invalid_json around 6",
    b"{1:2}": "invalid_json around 2",
    b"[1 2]": "invalid_json around 4",
    b"'a'": "invalid_json around 1",
    b"\xef\xbb\xbf{}": "invalid_json around 1",
    b"{}{}": "invalid_trailing_data around 3",
    b"01": "invalid_trailing_data around 2",
    b"nul": "invalid_literal around 1",
    b"[true,falsy]": "invalid_literal around 7",
    b"[trie": "invalid_literal around 2",
    b"-": "invalid_number around 2",
    b"[-a]": "invalid_number around 3",
    b"1.": "invalid_number around 3",
    b"[1.e5]": "invalid_number around 4",
    b"[1ex]": "invalid_number around 4",
    b"1E": "invalid_number around 3",
    b'"a': "invalid_string around 3",
    b'"a\tb"': "invalid_string around 3",
    b'{"a': "invalid_string around 4",
    b'"\\': "invalid_string around 2",
    b'"\\x"': "invalid_string around 3",
    b'"\\u00': "invalid_string around 4",
    b'"\\u00zz"': "invalid_string around 4",
    b'"\\u0041': "invalid_string around 4",
    b'"\\udc00"': "invalid_string around 8",
    b'"\\ud83d"': "invalid_string around 8",
    b'"\\ud83dx\\ude00"': "invalid_string around 9",
    b'"\\ud83d\\nxxxxxx"': "invalid_string around 10",
    b'"\\ud83d\\u0041" ': "invalid_string around 10",
    b'"\\ud83d\\u00zz" ': "invalid_string around 10",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(("text", "words"), FAULTS.items(), ids=ascii)
def test_the_first_fault_is_told_with_its_place(text: bytes, words: str) -> None:
    assert fault_in(text) == words


@pytest.mark.parametrize(
    "text", [b"1e+", b'"\xff"', b'"\xed\xa0\x80"', b'"\\ud83d\\ude00"', b'{"a":1,"a":[{}, []]} \n']
)
def test_what_kazoo_reads_has_no_fault(text: bytes) -> None:
    assert fault_in(text) == ""


@given(JSON, st.booleans())
def test_json_has_none(value: object, is_ascii: bool) -> None:
    assert fault_in(json.dumps(value, ensure_ascii=is_ascii).encode()) == ""
