import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.context import NULL, Outcome, ParsedRequest, UnreadableQuery, decode_start_key, parse_query
from tests.crossbar.builders import ask, body_of, calls, ids_of, state_of


def test_a_copy_of_an_outcome_has_all_of_it() -> None:
    outcome = Outcome(1, "key", "words", {"a": 1}, 2, "account", 3, has_view_rows=True)
    copy = outcome.copy()
    assert copy == outcome
    copy.rows = 4
    assert outcome.rows == 1


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        ("", ()),
        ("&&", ()),
        ("a=1&b=2", (("a", "1"), ("b", "2"))),
        ("a=1&a=2", (("a", "1"), ("a", "2"))),
        ("a", (("a", True),)),
        ("a=", (("a", ""),)),
        ("a=b=c", (("a", "b=c"),)),
        ("a+b=c%20d+e", (("a b", "c d e"),)),
        ("%C3%A9=%e2%82%ac", (("é", "€"),)),
        ("a=%FF", (("a", "ÿ"),)),
        ("a=%99%FF", (("a", "\udc99\udcff"),)),
        ("%FF=%C3%BF", (("\udcff", "ÿ"),)),
        ("a[]=1", (("a[]", "1"),)),
    ],
)
def test_a_query_is_pairs_in_order(raw: str, pairs: tuple[tuple[str, Any], ...]) -> None:
    assert parse_query(raw) == pairs


@pytest.mark.parametrize("raw", ["%", "a=%4", "a=%zz", "%%20", "a=100%&b", "=", "=x", "a=1&=x", "&=&a"])
def test_a_broken_escape_or_a_value_without_a_name_makes_the_query_unreadable(raw: str) -> None:
    with pytest.raises(UnreadableQuery):
        parse_query(raw)


@given(st.text(max_size=30))
def test_any_query_is_read_or_refused(raw: str) -> None:
    try:
        pairs = parse_query(raw)
    except UnreadableQuery:
        assert "%" in raw or "=" in raw
        return
    assert len(pairs) == len([part for part in raw.split("&") if part])
    assert {type(value) for _, value in pairs} <= {str, bool}


def test_the_first_of_repeated_names_holds() -> None:
    assert ParsedRequest("GET", "/", parse_query("a=1&a=2")).value("a") == "1"


def test_the_bodys_data_beats_the_query_and_the_query_beats_the_envelope() -> None:
    body = {"data": {"a": "data"}, "a": "envelope", "b": "envelope", "c": "envelope"}
    request = ParsedRequest("GET", "/", (("a", "query"), ("b", "query")), envelope=body)
    assert [request.value(name) for name in "abcd"] == ["data", "query", "envelope", None]
    assert request.value("d", "default") == "default"


def test_a_parameter_is_looked_for_in_the_query_alone() -> None:
    request = ParsedRequest("GET", "/", (("b", "query"),), envelope={"data": {"a": 1, "b": 2}})
    assert request.parameter("a") is None
    assert request.parameter("b") == "query"


def test_a_null_in_the_bodys_data_is_a_value() -> None:
    assert ParsedRequest("GET", "/", (("a", "1"),), envelope={"data": {"a": None}}).value("a") is NULL
    assert repr(NULL) == "null"
    assert ParsedRequest("GET", "/", (("a", "1"),), envelope={"data": []}).value("a") == "1"


def test_a_start_key_becomes_a_view_key_and_all_else_stays() -> None:
    query = (("start_key", "g2wAAAABbgUAMDnh4g5q"), ("end_key", "g2wAAAABbgUAMDnh4g5q"), ("start_key", True))
    assert decode_start_key(ParsedRequest("GET", "/", query)).query == (query[1], ("start_key", [63935953200]))


@pytest.mark.parametrize(
    "body", [{"data": {"start_key": "g2wAAAABbgUAMDnh4g5q"}}, {"start_key": "g2wAAAABbgUAMDnh4g5q"}]
)
def test_a_start_key_in_the_body_counts_as_one_in_the_query(body: dict[str, Any]) -> None:
    """`api_resource:maybe_decode_start_key/1`."""
    request = decode_start_key(ParsedRequest("GET", "/", (("a", "1"),), envelope={"b": 2, **body}))
    assert request.query == (("a", "1"), ("start_key", [63935953200]))
    assert request.value("start_key") == [63935953200]
    assert request.envelope["b"] == 2


def test_a_start_key_that_is_null_is_none() -> None:
    request = decode_start_key(ParsedRequest("GET", "/", (("start_key", "x"),), envelope={"data": {"start_key": None}}))
    assert request.value("start_key") is None


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("page_size", 404, "invalid page size"),
        ("utc_offset", 500, "init failed"),
        ("end_key", 200, ""),
        ("created_from", 200, ""),
        ("accept", 500, ""),
    ],
)
def test_a_parameter_that_is_null_is_there_but_no_value_of_its_kind(name: str, status: int, words: str) -> None:
    body = json.dumps({"data": {name: None}}).encode()
    response = ask(state_of(calls(3)), "/cdrs", "page_size=2", body=body)
    assert response.status == status
    assert words in body_of(response).decode()


def test_pagination_that_is_null_is_none() -> None:
    assert len(ids_of(ask(state_of(calls(3)), "/cdrs", "page_size=2", body=b'{"data":{"paginate":null}}'))) == 3


def test_a_request_without_a_start_key_stays_as_it_is() -> None:
    request = ParsedRequest("GET", "/", (("a", "1"),), envelope={"data": []})
    assert decode_start_key(request) is request


@pytest.mark.parametrize("text", ["garbage", "", "[1]", "\udc99", "null"])
def test_text_that_is_no_start_key_stays_as_it_came(text: str) -> None:
    assert decode_start_key(ParsedRequest("GET", "/", (("start_key", text),))).query == (("start_key", text),)


def test_an_object_in_the_body_is_noted_empty_and_null_as_none() -> None:
    request = ParsedRequest("GET", "/", envelope={"data": {"page_size": None, "end_key": 1}, "accept": {"secret": 1}})
    assert request.body_parameters() == {"page_size": None, "end_key": 1, "accept": {}}
