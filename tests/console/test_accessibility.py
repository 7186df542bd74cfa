"""What axe, the checker of accessibility, says of each view and of the page of the API."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from mockcdrs.mock import Mock
from tests.console.conftest import PHONE, Ask, PageOpener, walk

DESKTOP = {"width": 1440, "height": 900}


def violations(page: Page) -> list[str]:
    results = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in results for node in each["nodes"]]


def make_busy(mock: Mock, ask: Ask) -> None:
    walk(ask, page_size=5, page_sice=1, pages=3)
    ask(headers={"X-Auth-Token": "nonsense"})
    mock.fail(status=503, times=1)
    mock.fail(status=500, path="/nowhere")
    ask()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_console(
    open_page: PageOpener, mock: Mock, ask: Ask, scheme: str, viewport: dict[str, int]
) -> None:
    make_busy(mock, ask)
    page = open_page(color_scheme=scheme, viewport=viewport)
    page.locator("#requests .row").first.wait_for()
    assert violations(page) == []
    page.locator(".walk-row").click()
    page.locator(".page-row").first.click()
    page.get_by_text("Headers of the answer").wait_for()
    assert violations(page) == []
    for view, part in (("Advice", ".card"), ("Calls", ".row"), ("Trouble", ".rules summary"), ("Setup", "summary")):
        page.get_by_role("tab", name=view).click()
        page.locator(f"#{view.lower()} {part}").first.click()
        assert violations(page) == [], view
    page.get_by_role("button", name="Reset everything…").click()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()


@pytest.mark.parametrize("view", ["requests", "advice", "calls", "trouble", "setup"])
def test_axe_finds_nothing_and_no_clock_is_shown_before_the_clock_is_known(
    open_page: PageOpener, usual_page: Page, mock: Mock, ask: Ask, view: str
) -> None:
    make_busy(mock, ask)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    usual_page.route("**/_mockcdrs/clock", hold)
    with usual_page.expect_request("**/_mockcdrs/clock"):
        page = open_page(view)
    page.wait_for_timeout(1100)  # the page updates its clock each second
    expect(page.locator("#clock")).to_be_hidden()
    assert violations(page) == []
    held[0].continue_()
    expect(page.locator("#clock")).to_have_text("clock: frozen 2026-01-20 12:00:00")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_page_of_the_api(open_page: PageOpener, scheme: str, viewport: dict[str, int]) -> None:
    page = open_page(path="docs", ready=".operation", color_scheme=scheme, viewport=viewport)
    assert violations(page) == []
    part = page.locator("#operation-listCdrs")
    part.locator("summary").first.click()
    for fold in ("Quirks of Crossbar's (", "Advice on it (", "More parameters ("):
        part.get_by_text(fold).click()
    part.get_by_role("button", name="Send the request").click()
    part.get_by_text("Response headers").wait_for()
    if viewport == DESKTOP:  # on a phone they are folded
        part.locator(".response summary").first.click()
    assert violations(page) == []
