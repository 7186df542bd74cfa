from typing import Any

import pytest

from mockcdrs.crossbar.account_documents import load_view
from mockcdrs.crossbar.couchdb import ViewRow


def page(
    keys: str, start_key: Any = None, size: int = 50, passing: str = "abcdef", paginates: bool = True
) -> tuple[str, dict[str, Any]]:
    """A page of rows whose keys and values are letters, as the letters it has."""
    rows = [ViewRow(key, key, None) for key in keys]
    found, paging = load_view(rows, start_key, size, paginates=paginates, passes=lambda row: row.value in passing)
    return "".join(row.value for row in found), paging


@pytest.mark.parametrize(
    ("start_key", "size", "found", "paging"),
    [
        (None, 50, "dcba", {"page_size": 4}),
        (None, 4, "dcba", {"page_size": 4}),
        (None, 2, "ba", {"page_size": 2, "next_start_key": "c"}),
        ("c", 2, "dc", {"start_key": "c", "page_size": 2}),
        ("bb", 1, "c", {"start_key": "bb", "page_size": 1, "next_start_key": "d"}),
        ("e", 2, "", {"start_key": "e", "page_size": 0}),
        (["a"], 2, "", {"start_key": ["a"], "page_size": 0}),
        (False, 50, "dcba", {"start_key": False, "page_size": 4}),
    ],
)
def test_a_page_comes_from_its_last_row_on(start_key: Any, size: int, found: str, paging: dict[str, Any]) -> None:
    assert page("abcd", start_key, size) == (found, paging)


def test_a_page_that_rows_do_not_pass_for_goes_on_and_is_told_to_start_where_it_looked_last() -> None:
    found, paging = page("abcdef", size=2, passing="acf")
    assert found == "ca"
    # in this order: what is set again stays in its place
    assert list(paging.items()) == [("page_size", 2), ("next_start_key", "d"), ("start_key", "c")]
    assert page("abcdef", start_key="d", size=2, passing="acf") == (
        "f",
        {"start_key": "f", "page_size": 1, "next_start_key": "f"},  # of which nothing is left
    )


def test_without_pages_all_rows_come() -> None:
    assert page("abcdef", size=2, paginates=False)[0] == "fedcba"
    assert page("abcdef", size=2, passing="be", paginates=False)[0] == "eb"


@pytest.mark.parametrize("paginates", [False, True])
def test_more_rows_of_one_key_than_a_page_has_are_not_asked_for_for_ever(paginates: bool) -> None:
    found, paging = page("aaa", start_key="a", size=2, passing="", paginates=paginates)
    assert (found, paging["next_start_key"]) == ("", "a")
