"""Setup: what a client needs, the clock, the data, settings and quirks."""

import pytest
from playwright.sync_api import Response, expect

from mockcdrs.mock import Mock
from tests.console.conftest import PHONE, Ask, PageOpener

FILLED = "#setup dt:text-is('CDRs removed')"  # it comes last: from here on nothing moves away under a click


def test_it_shows_what_a_client_is_configured_with(open_page: PageOpener, mock: Mock) -> None:
    setup = open_page("setup", ready=FILLED).locator("#setup")
    for text in (mock.url, mock.account_id, mock.auth_token, mock.user_id, mock.credentials.api_key):
        expect(setup.locator("dd", has_text=text).first).to_be_visible()
    expect(setup.locator("dt:text-is('Kazoo') + dd")).to_have_text(mock.state.version.name)
    expect(setup.get_by_label("curl", exact=True)).to_contain_text(f"X-Auth-Token: {mock.auth_token}")


def test_the_clock_is_frozen_advanced_and_let_run(open_page: PageOpener, mock: Mock) -> None:
    page = open_page("setup", ready=FILLED)
    time = page.locator("#clock-time")
    expect(time).to_have_text("2026-01-20 12:00:00")
    page.get_by_role("button", name="+1 day").click()
    expect(time).to_have_text("2026-01-21 12:00:00")
    page.get_by_label("Freeze at (UTC)").fill("2025-12-01 08:30")
    page.get_by_role("button", name="Freeze there").click()
    expect(time).to_have_text("2025-12-01 08:30:00")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#clock-kind")).to_have_text("clock: live")
    assert not mock.clock.is_frozen
    running = time.inner_text()
    expect(time).not_to_have_text(running)
    page.get_by_role("button", name="Freeze now").click()
    expect(page.locator("#clock-kind")).to_have_text("clock: frozen")
    assert mock.clock.is_frozen
    page.get_by_label("Freeze at (UTC)").fill("tomorrow")
    page.get_by_role("button", name="Freeze there").click()
    expect(page.locator("#notices")).to_contain_text("Invalid time tomorrow: expected one like 2026-01-20 12:00:00")


def test_connection_and_clock_are_two_chips(open_page: PageOpener) -> None:
    page = open_page("setup", ready=FILLED)
    expect(page.locator("#connection")).to_have_text("connected")
    expect(page.locator("#clock")).to_have_text("clock: frozen 2026-01-20 12:00:00")


def test_the_clock_stands_at_a_months_end_by_one_click(open_page: PageOpener, mock: Mock) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Freeze at the month's end").click()
    expect(page.locator("#clock-time")).to_have_text("2026-01-31 23:59:59")
    assert mock.clock.now() == 63_937_123_199


def test_accounts_users_devices_and_tokens_are_there_to_copy(open_page: PageOpener, mock: Mock) -> None:
    page = open_page("setup", ready=FILLED, permissions=["clipboard-read", "clipboard-write"])
    own = page.locator("#setup details", has_text="(the one above)")
    own.locator("summary").first.click()
    for user in mock.state.data.accounts[mock.account_id].users:
        expect(own).to_contain_text(str(user["id"]))
    device = str(mock.state.data.accounts[mock.account_id].devices[0]["id"])
    own.locator("li", has_text=device).get_by_role("button").click()
    assert page.evaluate("navigator.clipboard.readText()") == device
    expect(own.locator("dd", has_text=mock.auth_token)).to_be_visible()


def test_a_link_to_a_quirk_shows_it(open_page: PageOpener) -> None:
    page = open_page("setup?quirk=summary-doubling", ready=FILLED)
    expect(page.get_by_role("switch", name="summary-doubling")).to_be_in_viewport()


def test_changes_are_taken_back_when_a_person_is_sure(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    mock.add_call(caller="+15005550006")
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Undo data changes…").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo data changes").click()
    expect(page.locator("#notices")).to_contain_text("Done: undo data changes.")
    assert ask(filter_caller_id_number="+15005550006").json()["data"] == []


def test_everything_is_reset_when_a_person_is_sure(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    mock.fail(status=503)
    ask()
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Reset everything…").click()
    page.get_by_role("button", name="Cancel").click()
    assert len(mock.requests) == 1
    page.get_by_role("button", name="Reset everything…").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset everything").click()
    expect(page.locator("#notices")).to_contain_text("Done: reset everything.")
    assert (mock.requests, len(mock.state.faults)) == ([], 0)


def test_the_account_is_emptied(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Empty the account…").click()
    page.get_by_role("dialog").get_by_role("button", name="Empty the account").click()
    expect(page.locator("#notices")).to_contain_text("Done: empty the account.")
    assert ask().json()["data"] == []


def is_change(response: Response) -> bool:
    return response.request.method == "PATCH"


def test_settings_and_quirks_are_changed_and_felt(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_label("crossbar.pagination_page_size").fill("3")
    with page.expect_response(is_change):
        page.get_by_label("crossbar.pagination_page_size").press("Tab")
    page.get_by_label("Search quirks").fill("summary")
    quirk = page.get_by_role("switch", name="summary-doubling")
    expect(quirk).to_be_checked()
    with page.expect_response(is_change):
        quirk.uncheck()
    expect(quirk).not_to_be_checked()
    assert len(ask().json()["data"]) == 3
    assert "summary-doubling" not in mock.state.quirks


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE])
def test_the_name_of_a_setting_stands_in_one_line(open_page: PageOpener, viewport: dict[str, int]) -> None:
    page = open_page("setup", ready=FILLED, viewport=viewport)
    labels = page.locator("#setup .settings label")
    labels.first.wait_for()
    heights = labels.evaluate_all("labels => labels.map(one => one.offsetHeight)")
    assert len(heights) > 10
    assert max(heights) == min(heights)


def test_a_setting_that_cannot_be_says_why_and_keeps_its_value(open_page: PageOpener) -> None:
    open_page.expects_failures = True
    page = open_page("setup", ready=FILLED)
    size = page.get_by_label("crossbar.pagination_page_size")
    size.fill("none")
    size.press("Tab")
    expect(page.locator("#notices")).to_contain_text("expected an integer of 1 or more")
    expect(size).to_have_value("50")
