"""Differences are named by their path; fields that cannot be equal are ignored."""

import json
from typing import Any

import pytest

from mockcdrs.contract.client import RawRequest
from mockcdrs.recordings.comparison import find_differences
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse


def told(before: Any, now: Any, *headers: tuple[str, str]) -> list[str]:
    exchange = Exchange("x", RawRequest("GET", "/v2/x", headers=headers), _answer(before))
    return list(find_differences(exchange, _answer(now)))


def _answer(body: Any) -> RecordedResponse:
    return RecordedResponse(200, body=body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ({"data": [{}, {"cost": 0}]}, {"data": [{}, {"cost": "0"}]}, 'data[1].cost: "0" instead of 0'),
        ({"a": 1}, {"a": 1.0}, "a: 1.0 instead of 1"),
        ({"a": 1}, {"a": True}, "a: true instead of 1"),
        ({"a": None}, {}, "a: nothing instead of null"),
        ({}, {"a": {"b": 1}}, 'a: {"b": 1} instead of nothing'),
        ([1], [1, 2], "[1]: 2 instead of nothing"),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}, 'a: keys in the order ["c", "b"] instead of ["b", "c"]'),
        ("a,b\r\n1,2\r\n", "a,b\r\n1,3\r\n", r'body, line 2: "1,3\r\n" instead of "1,2\r\n"'),
        ("[" * 100_000, "x", 'body, line 1: "x" instead of "' + "[" * 86 + "..."),
        ([], "1", "body: 1 instead of []"),
    ],
)
def test_a_difference_is_named_by_its_path_and_both_values(before: Any, now: Any, line: str) -> None:
    assert told(before, now) == [line]


def test_status_headers_and_framing_are_compared() -> None:
    wanted = RecordedResponse(200, {"etag": '"1-0"', "date": "x", "vary": "accept"}, "{}", (1, 1))
    now = RecordedResponse(503, {"etag": '"2-0"', "date": "y", "expires": "0"}, "{}")
    assert list(find_differences(Exchange("x", RawRequest("GET", "/"), wanted), now)) == [
        "status: 503 instead of 200",
        r'header etag: "\"2-0\"" instead of "\"1-0\""',
        'header expires: "0" instead of nothing',
        'header vary: nothing instead of "accept"',
        "body: whole instead of in chunks",
    ]


def test_fields_that_differ_between_any_two_servers_are_ignored() -> None:
    before = {
        "node": "a",
        "version": "4",
        "request_id": "1",
        "revision": "0" * 32,
        "tokens": {"x": 1},
        "status": "success",
    }
    now = {
        "node": "b",
        "version": "5",
        "request_id": "2",
        "revision": "1" * 32,
        "tokens": {"x": 2},
        "status": "success",
    }
    assert told(before, now) == []
    assert told(f"take({json.dumps(before)});", f"take({json.dumps(now)});") == []


def test_a_request_id_that_was_sent_has_to_come_back() -> None:
    before, now = ({"request_id": given, "status": "success"} for given in ("sent", "other"))
    assert told(before, now, ("x-request-id", "sent")) == ['request_id: "other" instead of "sent"']


def test_the_revision_of_a_document_is_compared() -> None:
    before, now = ({"revision": given, "status": "success"} for given in ("1-0", "2-0"))
    assert told(before, now) == ['revision: "2-0" instead of "1-0"']


def test_members_of_the_same_names_within_data_are_compared() -> None:
    assert told({"data": {"node": "a"}, "status": ""}, {"data": {"node": "b"}, "status": ""}) == [
        'data.node: "b" instead of "a"'
    ]
