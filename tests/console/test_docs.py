"""The page of Crossbar's API: it shows each operation, and tries it with this server's account and token."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from mockcdrs.control.access import Access
from mockcdrs.mock import Mock
from mockcdrs.openapi.document import document
from mockcdrs.server.app import create_app
from mockcdrs.server.runner import Server
from tests.console.conftest import PHONE, Open

OPERATION = ".opblock"


def tried(page: Page) -> None:
    """The first operation opened and sent."""
    page.locator(".opblock-summary").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table").first.wait_for()


def test_an_operation_is_tried_with_the_servers_own_account_and_token(open_page: Open, mock: Mock) -> None:
    page = open_page(path="docs", ready=OPERATION)
    tried(page)
    (record,) = mock.requests
    assert (record.path, record.status) == (f"/v2/accounts/{mock.account_id}/cdrs", 200)
    answer = json.loads(page.locator(".live-responses-table .highlight-code code").first.inner_text())
    assert [row["id"] for row in answer["data"]] == list(mock.expected().ids[:50])


@pytest.mark.slow
def test_an_open_operation_is_no_wider_than_a_phone_dark_or_light(open_page: Open) -> None:
    page = open_page(path="docs", ready=OPERATION, viewport=PHONE, color_scheme="dark")
    tried(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html.dark-mode")).to_have_count(int(scheme == "dark"))
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_console_leads_to_every_operation_with_its_path_and_summary_and_back(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("link", name="API").click()
    page.locator(OPERATION).first.wait_for()
    for path, methods in document()["paths"].items():
        for method, held in methods.items():
            shown = page.locator(f"{OPERATION}-{method}").filter(has=page.locator(f'[data-path="{path}"]'))
            expect(shown).to_contain_text(held["summary"])
    page.get_by_role("link", name="mockcdrs console").click()
    expect(page.get_by_role("tab", name="Requests")).to_be_visible()


@pytest.fixture
def guarded(mock: Mock) -> Iterator[str]:
    """The origin of a server that wants a control token."""
    with Server(create_app(mock.state, mock, Access(token="a + token"))) as server:
        yield server.url


def test_a_control_token_is_taken_from_the_address_and_asked_for_without(browser: Browser, guarded: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{guarded}/_mockcdrs/docs")
    expect(page.get_by_role("alert")).to_contain_text("no control token came")
    page.goto(f"{guarded}/_mockcdrs/docs?token={quote('a + token')}")
    page.locator(OPERATION).first.wait_for()
    assert page.url == f"{guarded}/_mockcdrs/docs"
    page.context.close()
