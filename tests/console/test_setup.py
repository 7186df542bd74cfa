"""Setup: what a client needs, the clock, the data, settings and quirks."""

from playwright.sync_api import expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, Open

FILLED = "#setup dt:text-is('seed')"  # it comes last: from here on nothing moves away under a click


def test_it_shows_what_a_client_is_configured_with(open_page: Open, mock: Mock) -> None:
    setup = open_page("setup", ready=FILLED).locator("#setup")
    for shown in (mock.url, mock.account_id, mock.auth_token, mock.user_id, mock.credentials.api_key):
        expect(setup.locator("dd", has_text=shown).first).to_be_visible()
    expect(setup.locator("dt:text-is('Kazoo') + dd")).to_have_text(mock.state.version.name)
    expect(setup.get_by_label("curl", exact=True)).to_contain_text(f"X-Auth-Token: {mock.auth_token}")


def test_the_clock_is_frozen_advanced_and_let_run(open_page: Open, mock: Mock) -> None:
    page = open_page("setup", ready=FILLED)
    time = page.locator("#clock-time")
    expect(time).to_have_text("2026-01-20 12:00:00")
    page.get_by_role("button", name="+1 day").click()
    expect(time).to_have_text("2026-01-21 12:00:00")
    page.get_by_label("Freeze at (UTC)").fill("2025-12-01T08:30:00")
    page.get_by_role("button", name="Freeze there").click()
    expect(time).to_have_text("2025-12-01 08:30:00")
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#clock-kind")).to_have_text("live")
    assert not mock.clock.is_frozen
    running = time.inner_text()
    expect(time).not_to_have_text(running)
    page.get_by_role("button", name="Freeze now").click()
    expect(page.locator("#clock-kind")).to_have_text("frozen at")
    assert mock.clock.is_frozen


def test_a_call_is_added_by_scenario_and_taken_back(open_page: Open, mock: Mock, ask: Ask) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_label("Scenario").select_option("voicemail")
    page.locator("#setup").get_by_label("Caller's number").fill("+14155550100")
    page.get_by_role("button", name="Add the call").click()
    expect(page.locator("#notices")).to_contain_text("Added: voicemail")
    assert ask(filter_caller_id_number="+14155550100").json()["data"] != []
    page.get_by_role("button", name="Take back all changes").click()
    expect(page.locator("#notices")).to_contain_text("as it was at the start")
    assert ask(filter_caller_id_number="+14155550100").json()["data"] == []


def test_everything_is_reset_when_a_person_is_sure(open_page: Open, mock: Mock, ask: Ask) -> None:
    mock.fail(status=503)
    ask()
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Reset everything…").click()
    page.get_by_role("button", name="Cancel").click()
    assert len(mock.requests) == 1
    page.get_by_role("button", name="Reset everything…").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset everything").click()
    expect(page.locator("#notices")).to_contain_text("Everything is as it was at the start.")
    assert (mock.requests, len(mock.state.faults)) == ([], 0)


def test_the_account_is_emptied(open_page: Open, mock: Mock, ask: Ask) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_role("button", name="Empty the account").click()
    expect(page.locator("#notices")).to_contain_text("The account has no calls now.")
    assert ask().json()["data"] == []


def test_settings_and_quirks_are_changed_and_felt(open_page: Open, mock: Mock, ask: Ask) -> None:
    page = open_page("setup", ready=FILLED)
    page.get_by_label("crossbar.pagination_page_size").fill("3")
    page.get_by_label("crossbar.pagination_page_size").press("Tab")
    page.get_by_label("Look for").fill("summary")
    quirk = page.get_by_role("switch", name="summary-doubling")
    expect(quirk).to_be_checked()
    quirk.uncheck()
    expect(quirk).not_to_be_checked()
    assert len(ask().json()["data"]) == 3
    assert "summary-doubling" not in mock.state.quirks


def test_a_setting_that_cannot_be_says_why_and_keeps_its_value(open_page: Open) -> None:
    open_page.expects_failures = True
    page = open_page("setup", ready=FILLED)
    size = page.get_by_label("crossbar.pagination_page_size")
    size.fill("none")
    size.press("Tab")
    expect(page.locator("#notices")).to_contain_text("expected an integer of 1 or more")
    expect(size).to_have_value("50")
