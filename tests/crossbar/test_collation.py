"""The order of view keys and of the texts in them."""

import itertools
import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar import collation
from mockcdrs.crossbar.collation import HIGHEST, LOWEST, sort_key, text_key

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=4)
    | st.text("aAbBéÉ-_1 ", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aAb", max_size=2), inner, max_size=2),
    max_leaves=6,
)


def in_order(ascending: list[Any], sort_key: Callable[[Any], Any]) -> list[Any]:
    shuffled = ascending[::-2] + ascending[-2::-2]
    assert len(shuffled) == len(ascending)
    return sorted(shuffled, key=sort_key)


def test_types_are_in_couchdbs_order() -> None:
    ascending: list[Any] = [
        None,
        False,
        True,
        -1,
        0.5,
        1,
        63_936_129_600,
        "",
        "a",
        "\ufff0",
        [],
        [None],
        [1],
        [1, "a"],
        [2],
        ["a"],
        [[]],
        {},
        {"a": 1},
        {"a": 2},
        {"a": 2, "b": None},
        {"b": 0},
    ]
    assert in_order(ascending, sort_key) == ascending


def test_an_array_comes_before_its_continuations_and_an_object_ends_them() -> None:
    assert sort_key([5]) < sort_key([5, "z"]) < sort_key([5, ["z"]]) < sort_key([5, {}]) < sort_key([6])


@given(JSON)
def test_everything_lies_between_the_lowest_and_the_highest(value: Any) -> None:
    assert LOWEST < sort_key(value) < HIGHEST


@given(JSON, JSON)
def test_of_two_values_exactly_one_relation_holds(a: Any, b: Any) -> None:
    assert [sort_key(a) < sort_key(b), sort_key(a) == sort_key(b), sort_key(a) > sort_key(b)].count(True) == 1


@given(JSON, JSON, JSON)
def test_the_order_is_transitive(a: Any, b: Any, c: Any) -> None:
    low, middle, high = sorted(map(sort_key, (a, b, c)))
    assert low <= middle <= high
    assert low <= high


@given(st.lists(JSON, max_size=4), st.lists(JSON, max_size=4))
def test_arrays_are_ordered_by_their_first_difference(a: list[Any], b: list[Any]) -> None:
    different = next(((x, y) for x, y in zip(a, b, strict=False) if sort_key(x) != sort_key(y)), None)
    expected = len(a) < len(b) if different is None else sort_key(different[0]) < sort_key(different[1])
    assert (sort_key(a) < sort_key(b)) is expected


def test_what_is_no_json_value_has_no_place() -> None:
    with pytest.raises(TypeError, match="no JSON value"):
        sort_key(object())


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


def test_ascii_needs_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collation, "_table", lambda: pytest.fail("read"))
    assert text_key("202601-k_1") < text_key("202601-k-1")
