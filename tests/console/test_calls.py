"""Calls, as a person reads them."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, Open

ROWS = "#calls .rows .row"


def query_shown(page: Page) -> str:
    return page.locator("#calls").get_by_label("Crossbar query", exact=True).inner_text()


def test_an_empty_account_says_so(open_page: Open, mock: Mock) -> None:
    mock.clear()
    expect(open_page("calls").locator("#calls")).to_contain_text("No call in this range.")


def test_a_call_tells_who_called_whom_how_long_and_how_it_ended(open_page: Open, mock: Mock) -> None:
    mock.clear()
    mock.add_call(caller="+14155550100", caller_name="Ann", callee="+14155550199", callee_name="Bob", seconds=75)
    mock.add_call(scenario="inbound_missed")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    call = page.locator(ROWS, has_text="Ann +14155550100 → Bob +14155550199")
    expect(call).to_contain_text("Answered")
    expect(call).to_contain_text("1m 15s")
    expect(page.locator("#calls .chart.across li", has_text="Answered").locator(".count")).to_have_text("1")
    hours = page.locator("#calls .chart.up .count").all_inner_texts()
    assert sum(map(int, hours)) == 2


def test_a_chosen_call_shows_its_legs_in_time_and_their_documents(open_page: Open, mock: Mock) -> None:
    mock.clear()
    call = mock.add_call(seconds=75)
    page = open_page("calls")
    page.locator(ROWS).click()
    legs = page.locator("#calls .timeline li")
    expect(legs).to_have_count(len(call.legs))
    expect(legs.first).to_contain_text("talked 1m 15s")
    legs.first.locator("summary").click()
    shown = json.loads(legs.first.get_by_label("CDR", exact=True).inner_text())
    assert shown["id"] in {leg["_id"] for leg in call.legs}
    page.locator(ROWS).click()
    expect(legs).to_have_count(0)


def test_filters_make_the_query_that_gets_the_same_from_crossbar(open_page: Open, mock: Mock, ask: Ask) -> None:
    mock.clear()
    user = str(mock.state.data.accounts[mock.account_id].users[0]["id"])
    wanted = mock.add_call(caller="+14155550100", owner=user, fields={"hangup_cause": "USER_BUSY"})
    mock.add_call(caller="+14155550101", owner=user)
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    page.locator("#calls").get_by_label("Caller's number").fill("+14155550100")
    page.get_by_label("Hangup cause").select_option("USER_BUSY")
    page.get_by_label("User").select_option(user)
    page.get_by_label("Direction").select_option("outbound")
    expect(page.locator(ROWS)).to_have_count(1)
    shown = urlsplit(query_shown(page))
    assert shown.path == f"/users/{user}/cdrs"
    query = {name: values[0] for name, values in parse_qs(shown.query).items()}
    assert int(query["created_to"]) == mock.clock.now()
    rows = ask(shown.path, **query).json()["data"]
    assert {row["interaction_id"] for row in rows} == {wanted.id}
    page.locator("#calls").get_by_label("Callee's number").fill("+1")
    expect(page.locator("#calls")).to_contain_text("No call is like that.")


def test_an_answer_for_a_range_that_was_left_is_left_too(open_page: Open, mock: Mock) -> None:
    mock.clear()
    mock.add_call(at="2026-01-20T08:00:00Z")
    mock.add_call(at="2026-01-20T11:00:00Z")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    held: list[Route] = []
    page.route("**/data/interactions?*", lambda route: route.continue_() if held else held.append(route))
    begin = page.locator("#calls").get_by_label("From (UTC)")
    for moment in ("2026-01-20T07:00:00", "2026-01-20T10:00:00"):
        begin.fill(moment)
        begin.blur()
    expect(page.locator(ROWS)).to_have_count(1)
    with page.expect_response("**/data/interactions?*"):
        held[0].continue_()
    page.locator("#calls").get_by_label("Caller's number").fill("")
    expect(page.locator(ROWS)).to_have_count(1)


def test_dates_are_utc_and_become_gregorian_seconds(open_page: Open) -> None:
    page = open_page("calls", timezone_id="America/Los_Angeles")
    expect(page.locator(ROWS).first).to_be_visible()
    page.get_by_label("From (UTC)").fill("2025-12-01T00:00:00")
    page.get_by_label("To (UTC)").fill("2025-12-02T00:00:00")
    expect(page.locator("#calls")).to_contain_text("2025-12-01 00:00:00 to 2025-12-02 00:00:00 UTC")
    assert query_shown(page) == "/cdrs?created_from=63931766400&created_to=63931852800"
    page.get_by_label("To (UTC)").fill("2026-01-20T00:00:00")
    expect(page.locator("#calls")).to_contain_text(re.compile(r"Wider than .* Crossbar answers 400"))
