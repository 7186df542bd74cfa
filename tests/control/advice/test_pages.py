"""Advice on page sizes, start keys and walks."""

from typing import Any

import pytest

from mockcdrs.crossbar.start_key import encode

KEY, NEXT = encode([63_936_129_600, "202601-a"]), encode([63_936_129_000, "202601-b"])


def test_a_page_size_that_is_no_number_is_told_of(talk: Any) -> None:
    talk().asks(query="page_size=many", status=404).tells("bad-page-size", "page_size=many", "50")
    talk().asks(query="page_size=0", status=404).tells("bad-page-size", "page_size=0")
    talk().asks(query="page_size=10").keeps_silent("bad-page-size")


@pytest.mark.parametrize("sent", ["None", "null", "", "undefined", "2", "[1]", f"{KEY}%00"])
def test_text_that_is_no_start_key_is_told_of(talk: Any, sent: str) -> None:
    talk().asks(query=f"start_key={sent}").tells("bad-start-key", "next_start_key")
    talk().asks(query=f"start_key={KEY}").keeps_silent("bad-start-key")


def test_following_with_other_parameters_names_them(talk: Any) -> None:
    began = talk().asks(query="created_from=1&filter_to=x&page_size=5", next_key=KEY)
    began.asks(query=f"created_from=2&start_key={KEY}").tells("changed-query", "request 1", "created_from, filter_to")
    began.asks("/cdrs/interaction", f"created_from=1&filter_to=x&start_key={KEY}").tells("changed-query", "its path")


def test_following_with_the_same_parameters_is_right(talk: Any) -> None:
    began = talk().asks(query="created_from=1&page_size=5&_=1", next_key=KEY)
    began.asks(query=f"page_size=9&start_key={KEY}&created_from=1&_=2").keeps_silent("changed-query")
    began.asks(query=f"start_key={NEXT}").keeps_silent("changed-query")
    began.asks(query="start_key").keeps_silent("changed-query")


def test_a_page_fetched_twice_in_one_walk_is_told_of(talk: Any) -> None:
    began = talk().asks(next_key=KEY).asks(query=f"start_key={KEY}", next_key=NEXT).asks("/users")
    began.asks(query=f"start_key={KEY}").tells("page-twice", "request 2")


def test_a_page_asked_again_in_another_walk_or_after_a_failure_is_right(talk: Any) -> None:
    page = {"query": f"start_key={KEY}"}
    talk().asks(**page).asks(next_key=KEY).asks(**page).keeps_silent("page-twice")
    talk().asks(**page, status=503).asks(**page).keeps_silent("page-twice")
    talk().asks(**page, fault="cut").asks(**page).keeps_silent("page-twice")
    talk().asks(**page, is_complete=False).asks(**page).keeps_silent("page-twice")
    talk().asks(query=f"start_key={NEXT}").asks(**page).keeps_silent("page-twice")
    talk().asks().asks().keeps_silent("page-twice")


def test_pages_left_behind_are_told_of_when_the_listing_begins_again(talk: Any) -> None:
    talk().asks(rows=50, next_key=KEY).asks().tells("unfollowed-pages", "request 1", "50 rows")
    talk().asks(next_key=KEY).asks("/cdrs/interaction").keeps_silent("unfollowed-pages")
    talk().asks(next_key=KEY).asks(query=f"start_key={KEY}").asks().keeps_silent("unfollowed-pages")
    talk().asks(next_key=KEY, fault="cut").asks().keeps_silent("unfollowed-pages")
    talk(has_end=True).asks(next_key=KEY).asks().keeps_silent("unfollowed-pages")


def test_pages_left_behind_are_told_of_at_the_end(talk: Any) -> None:
    (text,) = talk().asks(rows=50, next_key=KEY).asks(query=f"start_key={KEY}", rows=50, next_key=NEXT).at_end()
    assert text.startswith("unfollowed-pages: request 2 got 50 rows")
    assert len(talk(has_end=True).asks(next_key=KEY).asks(next_key=NEXT).at_end()) == 2


def test_at_the_end_nothing_is_told_twice_and_nothing_of_whole_walks(talk: Any) -> None:
    assert talk().asks(next_key=KEY).asks().at_end() == []
    assert talk().asks(next_key=KEY).asks(query=f"start_key={KEY}", status=503).at_end() == []
    assert talk().asks("/users", next_key=KEY).at_end() == []
    assert talk().at_end() == []


def test_a_short_page_that_names_a_next_one_is_told_to_repeat_rows(talk: Any) -> None:
    talk().asks(rows=30, next_key=KEY).tells("short-page", "30 rows where 50", "drop rows")
    talk().asks(query="page_size=200", rows=130, next_key=KEY).tells("short-page", "130 rows where 200")
    talk().asks(rows=50, next_key=KEY).keeps_silent("short-page")
    talk().asks(rows=30).keeps_silent("short-page")


def test_all_at_once_on_a_large_account_is_told_of(talk: Any) -> None:
    talk().asks(query="paginate=false", rows=1001).tells("unpaged-large", "1001 rows", "paginate=false")
    talk().asks(query="paginate=false", status=416).tells("unpaged-large", "refused")
    talk().asks(query="paginate=false", rows=1000).keeps_silent("unpaged-large")
    talk().asks(query="paginate=true", rows=1001).keeps_silent("unpaged-large")
