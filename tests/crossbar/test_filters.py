from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.context import Query
from mockcdrs.crossbar.filters import (
    compile_listing_filters,
    effective_filters,
    is_filter,
    matches,
    strip_month_prefix,
)
from tests.crossbar.builders import ask, body_of, leg, state_of

DOCUMENT = {
    "call_direction": "inbound",
    "seconds": 100,
    "text": "100",
    "float": 1.0,
    "zero": 0,
    "no": False,
    "null": None,
    "empty": "",
    "object": {},
    "list": ["a", "b"],
    "custom_channel_vars": {"owner_id": "x", "list": ["first", "second"]},
    "pvt_created": 500,
    "pvt_modified": "600",
}


def holds(name: str, value: Any, document: Any = DOCUMENT) -> bool:
    return matches(document, ((name, value),))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("filter_call_direction", "inbound", True),
        ("filter_call_direction", "Inbound", False),
        ("filter_direction", "inbound", False),
        ("filter_seconds", "100", True),
        ("filter_seconds", 100, True),
        ("filter_seconds", "100.0", False),
        ("filter_text", "100", True),
        ("filter_float", "1.0", True),
        ("filter_null", "null", True),
        ("filter_no", "false", True),
        ("filter_missing", "", True),
        ("filter_missing", "x", False),
        ("filter_custom_channel_vars.owner_id", "x", True),
        ("filter_custom_channel_vars.list.2", "second", True),
        ("filter_list", "ab", True),
        ("filter_call_direction", '["outbound","inbound"]', True),
        ("filter_call_direction", '["outbound"]', False),
        ("filter_call_direction", "[]", False),
        ("filter_call_direction", ' \n["inbound"]\t', True),
        ("filter_call_direction", '["inbound",NaN]', False),
        ("filter_call_direction", '["inbound",1e+]', True),
        ("filter_call_direction", '["inbound",1e400]', False),
        ("filter_call_direction", '{"inbound":1}', False),
        ("filter_call_direction", '"inbound"', True),
        ("filter_seconds", "[100]", False),
        ("filter_seconds", '["100"]', True),
        ("filter_call_direction", "[" * 100_000, False),
        ("filter_not_call_direction", "inbound", False),
        ("filter_not_call_direction", "outbound", True),
        ("filter_not_call_direction", '["outbound","inbound"]', False),
        ("filter_not_missing", "", False),
    ],
)
def test_values_compare_as_text_and_an_array_means_any_of(name: str, value: Any, expected: bool) -> None:
    assert holds(name, value) is expected


@pytest.mark.parametrize(
    ("key", "is_there", "has_value"),
    [
        ("call_direction", True, True),
        ("custom_channel_vars.owner_id", True, True),
        ("custom_channel_vars.nothing", False, False),
        ("missing", False, False),
        ("zero", True, False),
        ("null", True, False),
        ("empty", True, False),
        ("object", True, False),
        ("no", True, True),
    ],
)
def test_a_key_may_be_there_without_a_value(key: str, is_there: bool, has_value: bool) -> None:
    assert holds("has_key", key) is is_there
    assert holds("key_missing", key) is not is_there
    assert holds("has_value", key) is has_value
    assert holds("value_missing", key) is not has_value


@pytest.mark.parametrize("key", ["text.x", "null.x", "seconds.x.y", "custom_channel_vars.list.1.x"])
def test_a_key_that_leads_through_a_text_breaks_every_filter_that_names_it(key: str) -> None:
    """Also the negated ones: a filter that dies does not hold (`crossbar_filter:should_filter_doc/3`)."""
    assert not any(holds(name, key) for name in ("has_key", "key_missing", "has_value", "value_missing"))
    assert not any(holds(prefix + key, value) for prefix in ("filter_", "filter_not_") for value in ("", "x", '["x"]'))
    assert not matches(DOCUMENT, (("filter_text", "100"), ("key_missing", key)))


@pytest.mark.parametrize("name", ["has_key", "key_missing", "has_value", "value_missing"])
def test_a_bare_name_is_no_key_and_does_not_hold(name: str) -> None:
    assert not holds(name, True)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("created_from", "500", True),
        ("created_from", "501", False),
        ("created_to", "500", True),
        ("created_to", "499", False),
        ("created_from", "499.6", True),
        ("modified_from", "600", True),
        ("modified_from", "601", False),
        ("modified_to", "600", True),
        ("modified_to", "599", False),
        ("created_from", "soon", False),
        ("created_to", True, False),
    ],
)
def test_times_hold_with_both_ends_included(name: str, value: Any, expected: bool) -> None:
    assert holds(name, value) is expected


def test_a_missing_time_is_later_than_every_limit() -> None:
    assert holds("created_from", "500", {})
    assert not holds("created_to", "500", {})


@pytest.mark.parametrize("document", [None, {}])
def test_without_a_document_a_filter_sees_nothing(document: Any) -> None:
    assert not holds("filter_a", "x", document)
    assert holds("filter_a", "", document)
    assert holds("key_missing", "a", document)


def test_unknown_parameters_hold() -> None:
    assert matches(DOCUMENT, (("_", "1"), ("missing_value", "call_direction"), ("filte", "x")))


def test_all_filters_must_hold() -> None:
    assert matches(DOCUMENT, (("filter_text", "100"), ("has_key", "zero")))
    assert not matches(DOCUMENT, (("filter_text", "100"), ("has_key", "missing")))
    assert not matches(DOCUMENT, (("filter_text", "100"), ("filter_text", "101")))


def test_a_value_that_has_no_text_does_not_match() -> None:
    assert not holds("filter_list", [None])
    assert holds("filter_odd", "", {"odd": [None]})


KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["", "1", "x", "true"])
REFERENCE = {
    "filter_": lambda value, wanted: value == wanted,
    "filter_not_": lambda value, wanted: value != wanted,
}


@given(
    st.dictionaries(KEYS, VALUES),
    st.lists(st.tuples(st.sampled_from(sorted(REFERENCE)), KEYS, VALUES), max_size=3),
    st.lists(KEYS, max_size=2),
)
def test_filters_agree_with_a_naive_reading(
    document: dict[str, str], wanted: list[tuple[str, str, str]], keys: list[str]
) -> None:
    query = tuple((prefix + key, value) for prefix, key, value in wanted) + tuple(("has_key", key) for key in keys)
    expected = all(REFERENCE[prefix](document.get(key, ""), value) for prefix, key, value in wanted)
    assert matches(document, query) is (expected and all(key in document for key in keys))


def test_what_is_a_filter_is_known_by_its_name() -> None:
    assert all(map(is_filter, ("filter_x", "filter_not_x", "has_key", "value_missing", "created_from", "modified_to")))
    assert not any(map(is_filter, ("missing_value", "page_size", "ascending", "created", "utc_offset")))


@pytest.mark.parametrize(
    ("query", "with_quirk", "without"),
    [
        ((("page_size", "1"),), True, True),
        ((("created_from", "9"), ("page_size", "1")), True, True),
        ((("modified_from", "9"),), True, False),
        ((("created_from", "9"), ("modified_to", "3")), True, False),
        ((("created_from", "9"), ("has_key", "x")), False, False),
        ((("has_key", "x"),), True, True),
    ],
)
def test_a_listing_leaves_times_alone_to_its_range(query: Query, with_quirk: bool, without: bool) -> None:
    document = {"x": "y", "pvt_created": 5, "pvt_modified": 5}
    for shown, passes in ((True, with_quirk), (False, without)):
        test = compile_listing_filters(query, lambda _name, shown=shown: shown)  # type: ignore[misc]
        assert (test is None or test(document)) is passes


@pytest.mark.parametrize(
    ("value", "without"),
    [
        ("202601-abc@host", "abc@host"),
        ("abcdef-x", "x"),
        ("abc@host", "abc@host"),
        ("2026-01-x", "2026-01-x"),
        ("", ""),
    ],
)
def test_call_ids_lose_the_month_before_them(value: str, without: str) -> None:
    assert strip_month_prefix((("filter_call_id", value),)) == (("filter_call_id", without),)
    assert strip_month_prefix((("filter_other_leg_call_id", value),)) == (("filter_other_leg_call_id", without),)
    assert strip_month_prefix((("filter_interaction_id", value),)) == (("filter_interaction_id", value),)


def test_a_month_is_counted_in_bytes() -> None:
    assert strip_month_prefix((("filter_call_id", "ééé-x"),)) == (("filter_call_id", "x"),)
    assert strip_month_prefix((("filter_call_id", True),)) == (("filter_call_id", True),)


def test_the_docs_name_for_a_missing_value_counts_only_where_that_is_fixed() -> None:
    query = (("missing_value", "x"),)
    assert effective_filters(query, lambda _quirk: True) == query
    assert effective_filters(query, lambda _quirk: False) == (("value_missing", "x"),)


def test_a_call_id_of_any_bytes_can_be_filtered_by() -> None:
    state = state_of([leg("a\udc80"), leg("b")])
    for query in ("filter_call_id=a%80", "filter_call_id=202601-a%80", "filter_call_id=%5B%22a%80%22%5D"):
        assert b"a\x80" in body_of(ask(state, query=query, headers={"accept": "text/csv"}))
