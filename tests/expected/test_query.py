"""The query of a listing as the ground truth reads it."""

from typing import Any

import pytest

from mockcdrs.expected.expected_rows import UNPAGED, PageWalk
from mockcdrs.expected.query import (
    ExpectedQuery,
    ServerRules,
    UnsupportedQuery,
    encode_query,
    parse_expected_query,
)

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z


def parse(path: str = "/cdrs", quirks: frozenset[str] = frozenset(), **query: Any) -> ExpectedQuery:
    return parse_expected_query("a", path, query, NOW, ServerRules(quirks=quirks))


def test_a_listing_without_parameters_has_the_default_range_and_no_walk() -> None:
    query = parse()
    assert (query.created_from, query.created_to) == (NOW - 2_682_000, NOW)
    assert not query.sends_start
    assert not query.sends_end
    assert query.walk is None
    assert query.months == ("202512", "202601")


def test_a_path_names_the_user_and_whether_rows_are_interactions() -> None:
    query = parse("users/u/cdrs/interaction")
    assert (query.owner_id, query.are_interactions) == ("u", True)


def test_values_are_encoded_as_a_client_sends_them() -> None:
    parameters = encode_query("/cdrs", {"filter_to": ["a", 1, True], "paginate": False, "page_size": 5})
    assert parameters == {"filter_to": '["a", "1", "true"]', "paginate": "false", "page_size": "5"}


def test_a_filter_by_a_call_id_is_without_the_month() -> None:
    assert parse(filter_call_id="202601-call").filters == {"filter_call_id": "call"}
    assert parse(filter_to="202601-call").filters == {"filter_to": "202601-call"}


@pytest.mark.parametrize(
    ("query", "walk"),
    [
        ({"page_size": 7}, PageWalk(page_size=7, chunk_size=50, is_chunked=True, is_ascending=False)),
        ({"paginate": True}, PageWalk(page_size=50, chunk_size=50, is_chunked=True, is_ascending=False)),
        ({"paginate": False}, PageWalk(page_size=UNPAGED, chunk_size=50, is_chunked=True, is_ascending=False)),
        (
            {"page_size": 7, "is_chunked": False},
            PageWalk(page_size=7, chunk_size=7, is_chunked=False, is_ascending=False),
        ),
        (
            {"page_size": 7, "chunk_size": 3, "ascending": True},
            PageWalk(page_size=7, chunk_size=3, is_chunked=True, is_ascending=True),
        ),
    ],
)
def test_page_size_or_paginate_names_a_walk(query: dict[str, Any], walk: PageWalk) -> None:
    assert parse(**query).walk == walk


def test_descending_false_reverses_the_order_unless_the_quirk_is_enabled() -> None:
    assert parse(descending=False).is_ascending
    assert not parse(descending=False, quirks=frozenset({"descending-false-ignored"})).is_ascending


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/cdrs/summary", {"page_size": 5}),
        ("/cdrs", {"page_sise": 5}),
        ("/cdrs", {"page_size": 0}),
        ("/cdrs", {"chunk_size": 51}),
        ("/cdrs", {"created_from": NOW, "created_to": NOW - 1}),
        ("/cdrs", {"created_from": 1_768_300_000}),
    ],
)
def test_a_query_that_the_ground_truth_cannot_answer_is_refused(path: str, query: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedQuery):
        parse(path, **query)
