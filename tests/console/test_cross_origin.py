"""What a browser lets a page of another origin have of replies and faults."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from mockcdrs.mock import Mock, serving
from tests.console.conftest import new_page

FETCH = """async ([url, token, method]) => {
    const answer = await fetch(url, {method, headers: {"X-Auth-Token": token}});
    return [answer.status, await answer.text()];
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of another server."""
    with serving() as other:
        other.respond("/page", text="<title>another origin</title>", headers={"Content-Type": "text/html"})
        other_page = new_page(browser)
        other_page.goto(other.url_for("/page"))
        yield other_page
        other_page.context.close()


def fetch(page: Page, mock: Mock, path: str, method: str = "GET") -> Any:
    return page.evaluate(FETCH, [mock.url_for(path), mock.auth_token, method])


def test_a_page_gets_replies_also_of_paths_that_crossbar_does_not_have(page: Page, mock: Mock) -> None:
    mock.respond("/nosuch/*", [{"json": {"a": 1}}, {"text": "gone", "status": 410}])
    mock.respond("/made", text="made", status=201, method="PUT")
    assert fetch(page, mock, "/nosuch/7") == [200, '{"a":1}']
    assert fetch(page, mock, "/nosuch/7") == [410, "gone"]
    assert fetch(page, mock, "/made", "PUT") == [201, "made"]


def test_a_page_gets_what_faults_make_of_answers(page: Page, mock: Mock) -> None:
    mock.script("/cdrs", [429, 503, {"empty": True}, {"error": "no_credit"}, {"token_expired": True}])
    assert [fetch(page, mock, "/cdrs")[0] for _ in range(5)] == [429, 503, 200, 402, 401]
