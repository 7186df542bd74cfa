"""Assertions about requests, and the kinds of values that may be said of one."""

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
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
    assert_in(journal, "/cdrs", times=0, page_size=6)


def test_a_secret_is_compared_as_the_journal_has_it() -> None:
    journal = journal_of("/v2/user_auth/token-1?api_key=key-1")
    assert_in(journal, "/user_auth/token-1", api_key="key-1")
    with pytest.raises(AssertionError, match=rf"api_key is {redact('key-1')}, expected {redact('key-2')}"):
        assert_in(journal, "/user_auth/token-1", api_key="key-2")


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
        ("http://x", ""),
        (7, ""),
    ],
)
def test_a_value_that_is_no_path_gets_a_hint(value: Any, hint: str) -> None:
    assert path_hint(value) == hint


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
