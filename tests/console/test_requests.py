"""Requests, as they come in."""

from playwright.sync_api import expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, Open

ROWS = "#requests .rows .row"


def test_a_view_without_requests_says_what_to_do(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#requests")).to_contain_text("No request yet. Point a client at the URL in Setup")


def test_a_request_shows_up_as_it_comes_with_its_advice(open_page: Open, ask: Ask) -> None:
    ask(page_size=5)
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(1)
    ask(page_sice=5)
    expect(page.locator(ROWS)).to_have_count(2)
    newest = page.locator(ROWS).first
    expect(newest).to_contain_text("200")
    expect(newest).to_contain_text("page_sice=5")
    expect(newest.locator(".badge", has_text="misspelt-parameter")).to_be_visible()


def test_a_chosen_request_tells_its_query_in_words_its_headers_its_answer_and_a_curl(open_page: Open, ask: Ask) -> None:
    ask(created_from=63_936_000_000, created_to=63_936_100_000, page_size=1, headers={"X-Mine": "yes"})
    page = open_page()
    page.locator(ROWS).click()
    detail = page.locator("#requests .detail")
    expect(detail).to_contain_text("created_from: 2026-01-19 00:00:00 UTC")
    expect(detail).to_contain_text("x-mine")
    expect(detail.get_by_label("curl", exact=True)).to_contain_text("created_from=63936000000")
    expect(detail.get_by_label("JSON", exact=True)).to_contain_text('"status": "success"')
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(page.locator(ROWS)).to_be_focused()


def test_the_curl_is_copied(open_page: Open, ask: Ask, origin: str) -> None:
    ask(page_size=1)
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.locator(ROWS).click()
    page.get_by_role("button", name="Copy curl").click()
    expect(page.get_by_role("button", name="Copy curl")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl ")
    assert origin in copied


def test_words_choose_among_the_requests(open_page: Open, ask: Ask, mock: Mock) -> None:
    mock.fail(status=503, times=1)
    ask()
    ask("/cdrs/summary")
    page = open_page()
    page.get_by_label("Show only requests with these words").fill("503 fault")
    expect(page.locator(f"{ROWS}:visible")).to_have_count(1)
    expect(page.locator("#requests .count")).to_have_text("1 of 2 requests")
    page.get_by_label("Show only requests with these words").fill("nosuch")
    expect(page.locator("#requests")).to_contain_text("No request has these words.")


def test_a_pause_holds_requests_back_and_loses_none(open_page: Open, ask: Ask) -> None:
    page = open_page()
    page.get_by_role("button", name="Pause").click()
    ask()
    page.get_by_role("button", name="Go on (1 new)").click()
    expect(page.locator(ROWS)).to_have_count(1)


def test_clearing_empties_the_journal_and_what_comes_next_is_shown(open_page: Open, ask: Ask, mock: Mock) -> None:
    ask()
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(ROWS)).to_have_count(0)
    assert mock.requests == []
    ask("/cdrs/summary")
    expect(page.locator(ROWS)).to_contain_text("/cdrs/summary")


def test_it_says_how_many_the_journal_has_dropped(open_page: Open, ask: Ask, mock: Mock) -> None:
    mock.state.journal.capacity = 3
    mock.state.journal.clear()
    for _ in range(5):
        ask("/cdrs/summary")
    page = open_page()
    expect(page.locator("#requests .count")).to_have_text("3 requests · 2 older dropped: the journal keeps the last 3")
    ask("/cdrs/summary")
    expect(page.locator("#requests .count")).to_have_text("3 requests · 3 older dropped: the journal keeps the last 3")
