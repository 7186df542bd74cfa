"""The order of view keys."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar import collation
from mockcdrs.crossbar.collation import text_key
from mockcdrs.crossbar.couchdb import HIGHEST, LOWEST, sort_key

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


@given(st.text(st.characters(max_codepoint=127), max_size=6))
def test_the_short_way_for_ascii_leads_to_the_same_place(text: str) -> None:
    assert sort_key(text) == (4, text_key(text))


def test_ascii_needs_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collation, "_table", lambda: pytest.fail("read"))
    assert sort_key("202601-k_1") < sort_key("202601-k-1")
