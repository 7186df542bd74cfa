"""Calls, as a person reads them."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from mockcdrs.mock import Mock
from tests.console.conftest import PHONE, Ask, PageOpener

ROWS = "#calls .rows .row"
SEARCH = "Search calls by number or name"


def query_shown(page: Page) -> str:
    page.locator("#calls summary", has_text="As a query to Crossbar").click()
    return page.locator("#calls").get_by_label("Crossbar query", exact=True).inner_text()


def test_an_empty_account_says_so(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    expect(open_page("calls").locator("#calls")).to_contain_text("No call in this range.")


def test_a_call_tells_who_called_whom_how_long_and_how_it_ended(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    mock.add_call(caller="+14155550100", caller_name="Ann", callee="+14155550199", callee_name="Bob", seconds=75)
    mock.add_call(scenario="inbound_missed")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    call = page.locator(ROWS, has_text="Ann +14155550100 → Bob +14155550199")
    expect(call).to_contain_text("answered")
    expect(call).to_contain_text("1m 15s")
    missed = page.locator(ROWS, has_not_text="Ann")
    expect(missed).to_contain_text("incoming")
    expect(page.locator("#calls .count")).to_have_text("2 calls, 1m 15s talked")


def test_a_chosen_call_shows_its_legs_in_time_and_their_documents(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    call = mock.add_call(seconds=75)
    page = open_page("calls")
    page.locator(ROWS).click()
    legs = page.locator("#calls .timeline li")
    expect(legs).to_have_count(len(call.legs))
    expect(legs.first).to_contain_text("talked 1m 15s")
    expect(legs.first.locator(".badge")).to_have_text("inbound")
    legs.first.locator("summary").click()
    query_url = json.loads(legs.first.get_by_label("CDR", exact=True).inner_text())
    assert query_url["id"] in {leg["_id"] for leg in call.legs}
    page.locator(ROWS).click()
    expect(legs).to_have_count(0)


def test_one_box_finds_digits_anywhere_either_party_and_names(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    mock.add_call(scenario="inbound_answered", caller="+14155550123", caller_name="Ann Smith")
    mock.add_call(scenario="outbound_local", callee="+13035550177")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    for words in ("0123", "415 555-0123", "smith"):
        page.get_by_label(SEARCH).fill(words)
        expect(page.locator(ROWS)).to_have_count(1)
        expect(page.locator(ROWS)).to_contain_text("Ann Smith")
    page.get_by_label(SEARCH).fill("50177")
    expect(page.locator(ROWS)).to_contain_text("+13035550177")
    expect(page.locator("#calls .hint")).to_contain_text("Crossbar's own filters match a whole number exactly")
    page.get_by_label(SEARCH).fill("nobody")
    expect(page.locator("#calls")).to_contain_text("No call matches these filters.")


def test_direction_result_user_and_cause_choose_among_the_calls(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    user, other = (str(user["id"]) for user in mock.state.data.accounts[mock.account_id].users[:2])
    mock.add_call(scenario="inbound_missed")
    mock.add_call(scenario="inbound_answered", owner=user)
    mock.add_call(scenario="outbound_local", owner=other)
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(3)
    page.get_by_label("Direction").select_option("incoming")
    expect(page.locator(ROWS)).to_have_count(2)
    page.get_by_label("Result").select_option("answered")
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_label("Direction").select_option("")
    expect(page.locator(ROWS)).to_have_count(2)
    page.locator("#calls summary", has_text="More filters").click()
    page.get_by_label("User").select_option(user)
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(f"{ROWS} .direction")).to_have_text(re.compile("incoming"))
    page.get_by_label("Hangup cause").fill("USER_BUSY")
    page.get_by_label("Hangup cause").blur()
    expect(page.locator("#calls")).to_contain_text("No call matches these filters.")


def test_the_query_gets_the_same_range_user_and_cause_from_crossbar(
    open_page: PageOpener, mock: Mock, ask: Ask
) -> None:
    mock.clear()
    user = str(mock.state.data.accounts[mock.account_id].users[0]["id"])
    busy_call = mock.add_call(owner=user, fields={"hangup_cause": "USER_BUSY"})
    mock.add_call(owner=user)
    page = open_page(f"calls?user={user}&cause=USER_BUSY&direction=incoming&result=answered&q=55")
    query_url = urlsplit(query_shown(page))
    assert query_url.path == f"/users/{user}/cdrs"
    query = {name: values[0] for name, values in parse_qs(query_url.query).items()}
    assert int(query["created_to"]) == mock.clock.now()
    rows = ask(query_url.path, **query).json()["data"]
    assert {row["interaction_id"] for row in rows} == {busy_call.id}
    for words in ("filter_call_direction is a leg's", "no filter for missed", "filter_caller_id_number=55"):
        expect(page.locator("#calls .query")).to_contain_text(words)


def test_a_range_follows_the_mocks_clock(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    mock.add_call(at="2026-01-20T11:00:00Z")
    mock.add_call(at="2026-02-09T11:00:00Z")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(1)
    mock.clock.freeze("2026-02-10T12:00:00Z")
    expect(page.locator("#clock-time")).to_have_text("2026-02-10 12:00:00")
    expect(page.locator(f"{ROWS} time")).to_have_text(re.compile("2026-02-09"))
    page.get_by_label("Range").select_option("30d")
    expect(page.locator(ROWS)).to_have_count(2)
    for name, count in (("month", 1), ("last-month", 1), ("today", 0), ("yesterday", 1), ("1d", 0)):
        page.get_by_label("Range").select_option(name)
        expect(page.locator("#calls .count")).to_contain_text(f"{count} call")
        expect(page.locator(ROWS)).to_have_count(count)


def test_an_added_call_is_shown_and_marked_wherever_it_was_added(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    mock.add_call(scenario="internal_call")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(1)
    mock.add_call(scenario="inbound_missed")
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS, has=page.locator(".new"))).to_contain_text("incoming")
    page.locator("#calls summary", has_text="Add a call").click()
    page.get_by_label("Scenario").select_option("voicemail")
    page.get_by_label("Caller's number").fill("+14155550100")
    page.get_by_role("button", name="Add the call").click()
    expect(page.locator("#notices")).to_contain_text("Added: voicemail")
    new_row = page.locator(ROWS, has_text="+14155550100")
    expect(new_row).to_contain_text("voicemail")
    expect(new_row.locator(".new")).to_be_visible()
    expect(new_row).to_have_attribute("aria-expanded", "true")


def test_a_call_that_cannot_be_added_says_why(open_page: PageOpener) -> None:
    open_page.expects_failures = True
    page = open_page("calls")
    page.locator("#calls summary", has_text="Add a call").click()
    page.get_by_label("Scenario").select_option("internal_call")
    page.get_by_label("Seconds talked").fill("100000000")
    page.get_by_role("button", name="Add the call").click()
    expect(page.locator("#notices .bad")).to_contain_text("seconds")


def test_the_chart_counts_the_whole_range_though_few_calls_are_loaded(open_page: PageOpener, mock: Mock) -> None:
    page = open_page("calls?range=30d", viewport={"width": 1280, "height": 800})
    chart = page.locator("#calls .chart")
    expect(chart.locator("rect").first).to_be_attached()
    total = int(page.locator("#calls .count").inner_text().split()[0])
    assert total > 200
    expect(page.locator("#calls .count")).to_contain_text("the newest 200 are shown")
    expect(chart.locator("figcaption")).to_have_text(f"Calls that began in each day (UTC), by result: {total} in all.")
    legend = [text.split() for text in chart.locator(".legend li").all_inner_texts()]
    counts = {name: int(count) for count, name in legend}
    assert sum(counts[name] for name in ("answered", "voicemail", "missed", "busy", "failed")) == total
    assert sum(counts[name] for name in ("incoming", "outgoing", "internal")) == total
    assert len(chart.locator("svg text").all()) > 8
    expect(page.locator(ROWS)).to_have_count(200)
    page.get_by_role("button", name="Load older calls").click()
    expect(page.locator(ROWS)).to_have_count(min(total, 400))


def test_a_short_range_is_charted_by_the_hour(open_page: PageOpener) -> None:
    page = open_page("calls?range=1d", viewport={"width": 1280, "height": 800})
    expect(page.locator("#calls figcaption")).to_contain_text("in each hour (UTC)")
    expect(page.locator("#calls .chart svg text").last).to_have_text(re.compile(r"\d\d:00"))


def test_an_answer_for_a_range_that_was_left_is_left_too(open_page: PageOpener, mock: Mock) -> None:
    mock.clear()
    mock.add_call(at="2026-01-20T08:00:00Z")
    mock.add_call(at="2026-01-20T11:00:00Z")
    page = open_page("calls")
    expect(page.locator(ROWS)).to_have_count(2)
    routes: list[Route] = []
    page.route("**/data/interactions?*", lambda route: route.continue_() if routes else routes.append(route))
    with page.expect_request("**/data/interactions?*"):
        page.get_by_label("Direction").select_option("internal")
    page.get_by_label("Direction").select_option("")
    expect(page.locator(ROWS)).to_have_count(2)
    with page.expect_response("**/data/interactions?*"):
        routes[0].continue_()
    page.get_by_label("Range").select_option("today")
    expect(page.locator(ROWS)).to_have_count(2)


def test_dates_are_utc_and_become_gregorian_seconds(open_page: PageOpener) -> None:
    page = open_page("calls", timezone_id="America/Los_Angeles")
    expect(page.locator(ROWS).first).to_be_visible()
    page.get_by_label("Range").select_option("custom")
    expect(page.get_by_label("To (UTC)")).to_have_value("2026-01-20 12:00:00")
    for label, moment in (("From (UTC)", "2025-12-01"), ("To (UTC)", "2025-12-02 00:00")):
        page.get_by_label(label).fill(moment)
        page.get_by_label(label).blur()
    expect(page.locator("#calls")).to_contain_text("2025-12-01 00:00:00 to 2025-12-02 00:00:00 UTC")
    assert query_shown(page) == "/cdrs?created_from=63931766400&created_to=63931852800"
    page.get_by_label("To (UTC)").fill("2026-01-20 00:00:00")
    page.get_by_label("To (UTC)").blur()
    expect(page.locator("#calls")).to_contain_text(re.compile(r"Wider than .* Crossbar answers 400"))


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, {"width": 768, "height": 1024}, PHONE])
def test_the_first_call_is_in_the_first_screen(open_page: PageOpener, viewport: dict[str, int]) -> None:
    page = open_page("calls", viewport=viewport)
    expect(page.locator(ROWS).first).to_be_in_viewport(ratio=1)
