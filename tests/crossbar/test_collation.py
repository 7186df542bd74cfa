"""The order of texts in view keys."""

import itertools
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar import collation
from mockcdrs.crossbar.collation import text_key

ASCII = st.text(st.characters(max_codepoint=127), max_size=6)
IGNORED = "\u200d"  # joins emoji, and is not ASCII


def ordered(*texts: str) -> list[str]:
    return sorted(sorted(texts, reverse=True), key=text_key)


def test_ascii_is_in_the_order_of_icu() -> None:
    order = [
        *"\t\n\x0b\x0c\r ",
        *"_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$",
        *"0123456789",
        *"aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ",
    ]
    assert ordered(*order) == order


def test_a_sample_is_in_the_order_of_icu() -> None:
    """Made with ICU: `python tests/tools/make_root_collation.py sample`."""
    lines = (Path(__file__).parent / "icu_order.jsonl").read_text().splitlines()
    keys = [[text_key(text) for text in json.loads(line)] for line in lines]
    assert len(keys) > 2_000
    assert all(len(set(equal)) == 1 for equal in keys)
    assert all(before[0] < after[0] for before, after in itertools.pairwise(keys))


def test_the_table_is_read_when_the_first_text_comes_that_is_not_ascii() -> None:
    collation._table.cache_clear()
    collation._weights.cache_clear()
    order = ["a", "ä", "ǟ", "ae", "æ", "ch", "e", "é", "z", "각", "か", "が", "一", "\ue000"]
    assert ordered(*order) == order
    assert text_key("é") == text_key("e\u0301") != text_key("e\u0300")
    assert text_key("\u0cca") == text_key("\u0cc6\u0cc2")  # a contraction


def test_ids_are_in_the_order_recorded_of_a_server() -> None:
    recorded = (
        "k_1 k-1 k🙂 k1 k① k\uff12 ka kA kae kæ kaf kb ké kf kﬀ kñ kø kp kss kß kst kz kþ kω kΩ kБ kж kא k가 kあ k中"
    )
    assert ordered(*recorded.split()) == recorded.split()


@pytest.mark.parametrize(
    "ascending",
    [
        ["", "_", "-", "0", "a"],
        ["ab", "aB", "Ab", "AB", "ac"],
        ["a", "aa", "ab", "b"],
        ["resume", "Resume", "résumé", "Résumé", "resumf"],
        ["202601-a.b@host", "202601-a@host", "202601-ab@host"],
        ["10", "9"],
        ["一", "丂", "𠀀", "㐀", "丨", "中", "国"],  # Han by radical and stroke, across its blocks
        ["가", "각", "갂", "나"],
        ["か", "カ", "が", "き"],
        ["ия", "йа", "к"],  # a letter of its own, written as a letter with a mark
        ["เก", "แก", "เข"],  # vowels are sorted behind the consonant that they are written before
        ["㎎", "mh"],
        ["\ufffe", " ", "z", "中", "\u0378", "\ue000", "\U0010ffff", "\ufffd", "\uffff"],
    ],
    ids=" ".join,
)
def test_order(ascending: list[str]) -> None:
    assert ordered(*ascending) == ascending
    assert len(set(map(text_key, ascending))) == len(ascending)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a\x00b", "a\u00adb"),
        ("❤\ufe0f", "❤"),
        ("й", "и\u0306"),
        ("й\u0323", "и\u0323\u0306"),  # the parts of a contraction around a mark of another class
        ("\u0627\u0f73\u0653", "\u0622\u0f73"),  # one that has two classes
        ("Å", "\u212b"),
    ],
)
def test_texts_that_are_read_alike_are_equal(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a\u0301\u0323", "a\u0323\u0301"),  # ICU puts marks in order only when it is told to
        ("й\u0301", "и\u0301\u0306"),  # a mark of the same class in between
        ("\u0f71\u0f73\u0f72", "\u0f71\u0f72\u0f73"),  # of the two classes of a mark the last one counts for the next
        ("й", "и\u0378\u0306"),
        ("\udc00", "\udc01"),
    ],
)
def test_texts_that_are_read_otherwise_are_not_equal(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


def test_a_character_equals_its_decomposition() -> None:
    pairs = [(char, unicodedata.normalize("NFD", char)) for char in map(chr, range(sys.maxunicode + 1))]
    decomposed = [(char, parts) for char, parts in pairs if parts != char]
    assert len(decomposed) > 13_000
    assert [char for char, parts in decomposed if text_key(char) != text_key(parts)] == []


@given(ASCII, ASCII)
def test_ascii_alone_is_sorted_as_it_is_among_other_texts(one: str, other: str) -> None:
    keys = text_key(one), text_key(other)
    beside = text_key(one + IGNORED), text_key(other + IGNORED)
    assert keys == beside
