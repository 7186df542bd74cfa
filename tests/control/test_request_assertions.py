"""Assertions about requests, and the kinds of values that may be said of one."""

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockcdrs.arguments import ArgumentError
from mockcdrs.control.journal import Journal, JournalFull
from mockcdrs.control.redaction import redact
from mockcdrs.control.request_assertions import (
    METHOD,
    PATH,
    QUERY,
    RequestCount,
    RequestMatcher,
    assert_in_order,
    assert_requested,
    header_pattern,
    path_hint,
    path_pattern,
)
from mockcdrs.crossbar.pipeline import HttpRequest


def journal_of(*targets: str, capacity: int = 9) -> Journal:
    journal = Journal(capacity)
    for target in targets:
        path, _, query = target.partition("?")
        journal.open(HttpRequest("GET", path, query), at_gregorian=7)
    return journal


def assert_in(journal: Journal, path: str, times: int | None = None, **query: Any) -> None:
    matcher = RequestMatcher.of("get", path, query or None)
    assert_requested(journal.snapshot(), matcher, RequestCount.of(times), host="127.0.0.1")


def test_a_request_matches_by_method_end_of_path_and_parameters() -> None:
    journal = journal_of("/v2/accounts/a/cdrs?page_size=5&x=1", "/v2/accounts/a/cdrs/summary")
    assert_in(journal, "/cdrs", page_size=5)
    assert_in(journal, "summary/", times=1)
    assert_in(journal, "drs", times=0)
    assert_in(journal_of("/v2/X"), "X", times=1)
    assert_in(journal, "/cdrs", times=0, page_size=6)


def test_a_secret_is_compared_as_the_journal_has_it() -> None:
    journal = journal_of("/v2/user_auth/token-1?api_key=key-1")
    assert_in(journal, "/user_auth/token-1", api_key="key-1")
    with pytest.raises(AssertionError, match=rf"api_key is {redact('key-1')}, expected {redact('key-2')}"):
        assert_in(journal, "/user_auth/token-1", api_key="key-2")
    record = Journal().open(HttpRequest("PUT", "/v2/user_auth", "", {}, b'{"password": "p"}'), at_gregorian=7)
    for body in ('"password": "p"', {"password": "p"}):
        assert RequestMatcher.of(body=body).differences(record) == []
    assert RequestMatcher.of(body='"password": "q"').differences(record)


def test_the_message_names_the_nearest_requests_and_how_they_differ() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_in(journal_of("/v2/a/users", "/v2/a/cdrs?page_size=6"), "/cdrs", page_size=5)
    assert str(caught.value).splitlines() == [
        "GET /cdrs?page_size=5: asked 0 times, expected at least once; 2 requests came",
        "  request 2: GET /v2/a/cdrs",
        "    page_size is 6, expected 5",
        "  request 1: GET /v2/a/users",
        "    path is /v2/a/users, expected to end with /cdrs",
        "    page_size is not in the query, expected 5",
    ]
    with pytest.raises(AssertionError) as caught:
        assert_in(journal_of("/v2/a/cdrs", "/v2/a/users"), "/cdrs", times=2)
    assert str(caught.value).splitlines()[1:] == [
        "  request 2: GET /v2/a/users",
        "    path is /v2/a/users, expected to end with /cdrs",
    ]


def test_the_message_of_a_journal_without_requests_names_a_proxy_that_may_have_got_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in (
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    hint = "http_proxy is set, so a client may ask that proxy instead of 127.0.0.1: name 127.0.0.1 in NO_PROXY."
    with pytest.raises(AssertionError) as caught:
        assert_in(journal_of(), "/cdrs")
    assert str(caught.value) == f"GET /cdrs: asked 0 times, expected at least once; 0 requests came. {hint}"
    with pytest.raises(AssertionError) as caught:
        assert_in(journal_of("/users"), "/cdrs", times=2)
    assert str(caught.value).startswith("GET /cdrs: asked 0 times, expected 2 times; 1 requests came\n")


def test_a_path_is_compared_as_it_is_decoded() -> None:
    assert_in(journal_of("/v2/caf%C3%A9/x%FFy"), "/café/x%FFy", times=1)
    assert_in(journal_of("/v2/a/b/c"), "/a/*/c", times=1)
    assert_in(journal_of("/v2/a/b/b/c"), "/a/*/c", times=0)


def test_a_journal_that_dropped_requests_says_how_many_it_would_have_to_keep() -> None:
    with pytest.raises(JournalFull, match=r"keeps the last 2 requests and dropped 3 older .* --journal 10`$"):
        assert_in(journal_of(*["/users"] * 5, capacity=2), "/cdrs", times=0)


def test_an_assertion_that_dropped_requests_could_change_is_refused() -> None:
    journal = journal_of("/cdrs", "/cdrs", "/users", capacity=2)
    assert_in(journal, "/cdrs")
    with pytest.raises(JournalFull):
        assert_in(journal, "/cdrs", times=1)
    with pytest.raises(AssertionError, match="asked 1 times, expected 0 times"):
        assert_in(journal, "/cdrs", times=0)


def test_what_no_request_can_have_is_refused() -> None:
    for method, path, query in (("CDRS", None, None), (None, "", None), (None, None, {"a": object()})):
        with pytest.raises(ArgumentError):
            RequestMatcher.of(method, path, query)
    with pytest.raises(ArgumentError, match=r"^colour: a request has no such argument, expected some of method, path"):
        RequestMatcher.of(colour="red")
    assert METHOD.fits("get")
    assert PATH.fits("cdrs")
    assert QUERY.fits({"a": ["1", 2, True]})


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("/cdrs", ""),
        ("GET", "this is a method: say method='GET'"),
        ("http://x/v2/accounts/a/cdrs", "give the path alone: '/cdrs'"),
        ("/cdrs?page_size=5", "give the path alone: '/cdrs' and the query apart: {'page_size': '5'}"),
        (" /cdrs ", "give the path alone: '/cdrs'"),
        ("https://x/accounts/a/cdrs/b?c", "give the path alone: '/cdrs/b' and the query apart: {'c': ''}"),
        ("http://x/about?a=1&b=", "give the path alone: '/about' and the query apart: {'a': '1', 'b': ''}"),
        ("http://x/X", "give the path alone: '/X'"),
        ("http://x", ""),
        ("/", ""),
        ("", ""),
        (7, ""),
    ],
)
def test_a_value_that_is_no_path_gets_a_hint(value: Any, hint: str) -> None:
    assert path_hint(value) == hint


@example(pattern="a*b*a", text="aaa")
@example(pattern="a*b*a*b", text="abab")
@example(pattern="a*", text="a\nb")
@given(pattern=st.text("ab/*", max_size=8), text=st.text("ab/", max_size=12))
def test_a_star_stands_for_what_it_does_elsewhere(pattern: str, text: str) -> None:
    assert bool(header_pattern(pattern).fullmatch(text)) == fnmatchcase(text, pattern)
    anywhere = "[^/]*".join(pattern.strip("/").split("*"))
    assert bool(path_pattern(pattern).search(text)) == bool(re.search(rf"/{anywhere}\Z", text))


def test_many_stars_cost_no_more_than_a_few() -> None:
    """With patterns that try each place of each part this does not end."""
    text = "a" * 4_000 + "c"
    assert not header_pattern("*a" * 60 + "*b").fullmatch(text)
    assert not path_pattern("/" + "*a" * 60 + "*b").search(f"/{text}")


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"a": ["1", 2, 1.5, True], "b": ("x",), "c": "caf\u00e9 \udcff"}, True),
        ({}, True),
        ({"a": None}, False),
        ({"a": "\ud800"}, False),
        ({"a": ["x", {}]}, False),
        ({"": "x"}, False),
        ({1: "x"}, False),
        ([("a", "x")], False),
    ],
)
def test_a_query_has_what_a_query_string_can_carry(value: Any, fits: bool) -> None:
    assert QUERY.fits(value) is fits


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        *((path, True) for path in ("/cdrs", "cdrs", "/X", "/accounts/*/cdrs/", "/%2F", "/get")),
        *((path, False) for path in ("", "/", "//", " /cdrs", "GET", "/cdrs?a=1", "http://x/cdrs", 7, None)),
    ],
)
def test_a_path_stands_alone(value: Any, fits: bool) -> None:
    assert PATH.fits(value) is fits


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        ({}, "any method any path"),
        ({"method": "get", "path": "/cdrs", "query": {"a": 1, "b": "x"}}, "GET /cdrs?a=1&b=x"),
        ({"path": "/cdrs", "status": 404}, "any method /cdrs status=404"),
        ({"headers": {"Accept": "text/*"}, "body": "x"}, "any method any path headers={'accept': 'text/*'} body=x"),
        ({"headers": {}, "body": 0}, "any method any path body=0"),
    ],
)
def test_an_expected_request_is_written_on_one_line(matcher: dict[str, Any], text: str) -> None:
    assert str(RequestMatcher.of(**matcher)) == text


BODY = b'{"data": {"name": "Ann", "more": [1, {"a": 2}]}}'


@pytest.mark.parametrize(
    ("matcher", "differences"),
    [
        ({}, []),
        ({"method": "put", "path": "/users", "query": {"x": 1}, "status": 200}, []),
        ({"method": "get"}, ["method is PUT, expected GET"]),
        ({"path": "/cdrs"}, ["path is /v2/a/users/, expected to end with /cdrs"]),
        ({"query": {"x": 2, "y": True}}, ["x is 1, expected 2", "y is not in the query, expected True"]),
        ({"status": 201}, ["status is 200, expected 201"]),
        ({"headers": {"Accept": "text/*", "accept": True}}, []),
        ({"headers": {"Accept": "text"}}, ["header accept is text/csv, expected text"]),
        ({"headers": {"X-A": True}}, ["header x-a is not there, expected any"]),
        ({"headers": {"X-A": "b"}}, ["header x-a is not there, expected b"]),
        ({"body": '"name": "Ann"'}, []),
        ({"body": {"data": {"name": "Ann"}}}, []),
        ({"body": {"data": {"more": [1, {"a": 2}]}}}, []),
        ({"body": "Bob"}, [f"body is {BODY.decode()!r}, expected 'Bob' in it"]),
        (
            {"body": {"data": {"name": None}}},
            [f"body is {BODY.decode()!r}, expected {{'data': {{'name': None}}}} in it"],
        ),
        ({"body": {"data": {"age": None}}}, [f"body is {BODY.decode()!r}, expected {{'data': {{'age': None}}}} in it"]),
        ({"body": {"data": {"name": {}}}}, [f"body is {BODY.decode()!r}, expected {{'data': {{'name': {{}}}}}} in it"]),
    ],
)
def test_a_request_differs_in_each_part_that_is_not_as_expected(
    matcher: dict[str, Any], differences: list[str]
) -> None:
    incoming = HttpRequest("PUT", "/v2/a/users/", "x=1", {"accept": "text/csv"}, BODY)
    record = Journal().open(incoming, at_gregorian=7)
    record.status = 200
    assert RequestMatcher.of(**matcher).differences(record) == differences


def test_a_body_that_is_no_json_has_no_members() -> None:
    record = Journal().open(HttpRequest("PUT", "/", "", {}, b"<a/>"), at_gregorian=7)
    assert RequestMatcher.of(body={"a": 1}).differences(record) == ["body is '<a/>', expected {'a': 1} in it"]


@pytest.mark.parametrize(
    ("limits", "text", "fitting"),
    [
        ({}, "at least once", [1, 2, 3, 4]),
        ({"times": 2}, "2 times", [2]),
        ({"times": 0}, "0 times", [0]),
        ({"at_least": 0}, "at least 0 times", [0, 1, 2, 3, 4]),
        ({"at_least": 2}, "at least 2 times", [2, 3, 4]),
        ({"at_most": 2}, "at most 2 times", [0, 1, 2]),
        ({"at_least": 1, "at_most": 3}, "at least once and at most 3 times", [1, 2, 3]),
        ({"at_least": 2, "at_most": 3}, "at least 2 times and at most 3 times", [2, 3]),
        ({"at_least": 3, "at_most": 3}, "3 times", [3]),
    ],
    ids=str,
)
def test_a_count_has_limits_and_words(limits: dict[str, int], text: str, fitting: list[int]) -> None:
    count = RequestCount.of(**limits)
    assert (str(count), [number for number in range(5) if count.fits(number)]) == (text, fitting)


@pytest.mark.parametrize(
    ("limits", "name", "words"),
    [
        ({"times": -1}, "times", "times: came -1, expected a whole number from 0 on"),
        ({"at_least": "x"}, "at_least", "at_least: came 'x', expected a whole number from 0 on"),
        ({"at_most": -1}, "at_most", "at_most: came -1, expected a whole number from 0 on"),
        (
            {"times": 1, "at_least": 1},
            None,
            "times: came 1 beside a limit, expected times alone, or at_least and at_most",
        ),
        (
            {"times": 1, "at_most": 1},
            None,
            "times: came 1 beside a limit, expected times alone, or at_least and at_most",
        ),
        ({"at_least": 3, "at_most": 2}, "at_least", "at_least: came 3, expected no more than at_most=2"),
    ],
    ids=str,
)
def test_limits_that_no_count_can_keep_are_refused(limits: dict[str, Any], name: str | None, words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        RequestCount.of(**limits)
    assert (str(caught.value), caught.value.name) == (words, name)


def test_requests_in_order_may_have_others_between_them_and_each_counts_once() -> None:
    journal = journal_of("/a", "/x", "/b", "/a")
    a, b, x = (RequestMatcher.of(path=path) for path in ("/a", "/b", "/x"))
    assert_in_order(journal.snapshot(), [a, b, a], host="127.0.0.1")
    with pytest.raises(AssertionError) as caught:
        assert_in_order(journal.snapshot(), [a, b, x], host="127.0.0.1")
    assert str(caught.value).splitlines() == [
        "any method /x: expected as number 3 of 3 in order, and none came behind request 3",
        "  request 4: GET /a",
        "    path is /a, expected to end with /x",
    ]
    with pytest.raises(AssertionError) as caught:
        assert_in_order(journal.snapshot(), [RequestMatcher.of(path="/c")], host="127.0.0.1")
    lines = str(caught.value).splitlines()
    assert lines[0] == "any method /c: expected as number 1 of 1 in order, and none came at all"
    assert [line for line in lines if "request" in line] == [
        f"  request {number}: GET /{path}" for number, path in ((1, "a"), (2, "x"), (3, "b"))
    ]


def test_an_order_that_dropped_requests_could_change_is_refused() -> None:
    journal = journal_of("/a", "/b", "/c", capacity=2)
    assert_in_order(journal.snapshot(), [RequestMatcher.of(path="/c")], host="127.0.0.1")
    with pytest.raises(JournalFull):
        assert_in_order(journal.snapshot(), [RequestMatcher.of(path="/a")], host="127.0.0.1")


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ({"pth": "/cdrs"}, "pth", "pth: a request has no such argument, expected some of method, path, "),
        ({"status": 99}, "status", "status: came 99, expected a whole number from 100 to 599"),
        (
            {"headers": {"a": 1}},
            "headers",
            "headers: came {'a': 1}, expected values of headers by name, each text or True",
        ),
        ({"headers": {"a": False}}, "headers", "headers: came {'a': False}, expected values of headers by name"),
        ({"body": object}, "body", "body: came <class 'object'>, expected text, or JSON"),
        (
            "GET",
            "path",
            "path: came 'GET', expected the end of a path, as in '/cdrs'; this is a method: say method='GET'",
        ),
    ],
    ids=str,
)
def test_what_no_request_can_be_is_refused_by_name(given: Any, name: str, words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        RequestMatcher.parse(given)
    assert (caught.value.name, str(caught.value)[: len(words)]) == (name, words)
