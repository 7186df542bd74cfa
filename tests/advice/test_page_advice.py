"""Advice on page sizes, start keys and walks."""

from typing import Any

import pytest

from mockcdrs.crossbar.start_key import encode

KEY, NEXT = encode([63_936_129_600, "202601-a"]), encode([63_936_129_000, "202601-b"])


def test_a_page_size_that_is_no_number_is_reported(client: Any) -> None:
    client().sends(query="page_size=many", status=404).is_advised("bad-page-size", "page_size=many", "50")
    client().sends(query="page_size=0", status=404).is_advised("bad-page-size", "page_size=0")
    client().sends(query="page_size=10").is_not_advised("bad-page-size")


@pytest.mark.parametrize("sent", ["None", "null", "", "undefined", "2", "[1]", f"{KEY}%00"])
def test_text_that_is_no_start_key_is_reported(client: Any, sent: str) -> None:
    client().sends(query=f"start_key={sent}").is_advised("bad-start-key", "next_start_key")
    client().sends(query=f"start_key={KEY}").is_not_advised("bad-start-key")


def test_following_with_other_parameters_names_them(client: Any) -> None:
    began = client().sends(query="created_from=1&filter_to=x&page_size=5", next_key=KEY)
    began.sends(query=f"created_from=2&start_key={KEY}").is_advised(
        "changed-query", "request 1", "created_from, filter_to"
    )
    began.sends("/cdrs/interaction", f"created_from=1&filter_to=x&start_key={KEY}").is_advised(
        "changed-query", "its path"
    )


def test_following_with_the_same_parameters_is_right(client: Any) -> None:
    began = client().sends(query="created_from=1&page_size=5&_=1", next_key=KEY)
    began.sends(query=f"page_size=9&start_key={KEY}&created_from=1&_=2").is_not_advised("changed-query")
    began.sends(query=f"start_key={NEXT}").is_not_advised("changed-query")
    began.sends(query="start_key").is_not_advised("changed-query")


def test_a_page_fetched_twice_in_one_walk_is_reported(client: Any) -> None:
    began = client().sends(next_key=KEY).sends(query=f"start_key={KEY}", next_key=NEXT).sends("/users")
    began.sends(query=f"start_key={KEY}").is_advised("page-twice", "request 2")


def test_a_page_asked_again_in_another_walk_or_after_a_failure_is_right(client: Any) -> None:
    page = {"query": f"start_key={KEY}"}
    client().sends(**page).sends(next_key=KEY).sends(**page).is_not_advised("page-twice")
    client().sends(**page, status=503).sends(**page).is_not_advised("page-twice")
    client().sends(**page, fault="cut").sends(**page).is_not_advised("page-twice")
    client().sends(**page, is_complete=False).sends(**page).is_not_advised("page-twice")
    client().sends(query=f"start_key={NEXT}").sends(**page).is_not_advised("page-twice")
    client().sends().sends().is_not_advised("page-twice")


def test_pages_left_behind_are_reported_at_the_end_only(client: Any) -> None:
    walk = client().sends(rows=50, next_key=KEY).sends(query=f"start_key={KEY}", rows=50, next_key=NEXT)
    walk.is_not_advised("unfollowed-pages")
    (text,) = walk.advice_at_end()
    assert text.startswith("unfollowed-pages: request 2 got 50 rows")
    assert len(client().sends(next_key=KEY).sends(next_key=NEXT).advice_at_end()) == 2
    client().sends(rows=50, next_key=KEY).sends().is_advised_at_end("unfollowed-pages", "request 1", "50 rows")
    client().sends(next_key=KEY).sends(query=f"start_key={KEY}").sends().is_not_advised_at_end("unfollowed-pages")
    client().sends(next_key=KEY, fault="cut").sends().is_not_advised_at_end("unfollowed-pages")


def test_at_the_end_nothing_is_reported_of_whole_walks(client: Any) -> None:
    assert client().sends(next_key=KEY).sends(query=f"start_key={KEY}", status=503).advice_at_end() == []
    assert client().sends("/users", next_key=KEY).advice_at_end() == []
    assert client().advice_at_end() == []


def test_a_short_page_that_names_a_next_one_is_reported_to_repeat_rows(client: Any) -> None:
    client().sends(rows=30, next_key=KEY).is_advised("short-page", "30 rows with a page_size of 50", "drop rows")
    client().sends(query="page_size=200", rows=130, next_key=KEY).is_advised(
        "short-page", "130 rows with a page_size of 200"
    )
    client().sends(rows=50, next_key=KEY).is_not_advised("short-page")
    client().sends(rows=30).is_not_advised("short-page")


def test_all_at_once_on_a_large_account_is_reported(client: Any) -> None:
    client().sends(query="paginate=false", rows=1001).is_advised("unpaged-large", "1001 rows", "paginate=false")
    client().sends(query="paginate=false", status=416).is_advised("unpaged-large", "refused")
    client().sends(query="paginate=false", rows=1000).is_not_advised("unpaged-large")
    client().sends(query="paginate=true", rows=1001).is_not_advised("unpaged-large")
