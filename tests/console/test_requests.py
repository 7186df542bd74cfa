"""Requests, as they come in."""

import json
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from mockcdrs.control.journal import MAX_ERROR_RESPONSES, MAX_RESPONSES, Record
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.mock import Mock
from tests.console.conftest import PHONE, USER_AGENT, Ask, PageOpener, fill_journal, walk

ROWS = "#requests .rows .row"
COUNT = "#requests .toolbar .count"
SEARCH = "Show only requests with these words"


def detail(page: Page) -> Locator:
    return page.locator("#requests .detail")


def test_a_view_without_requests_says_what_to_do(open_page: PageOpener) -> None:
    page = open_page()
    expect(page.locator("#requests")).to_contain_text("No request yet. Point a client at the URL in Setup")


def test_a_request_shows_up_as_it_comes_with_its_client_rows_and_advice(open_page: PageOpener, ask: Ask) -> None:
    ask(page_size=5)
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(1)
    ask(page_sice=5, headers={"User-Agent": "cdr-sync/1.4 (Linux; x86_64)"})
    expect(page.locator(ROWS)).to_have_count(2)
    newest = page.locator(ROWS).first
    for text in ("200", "page_sice=5", "cdr-sync/1.4", "50 rows", "misspelt-parameter"):
        expect(newest).to_contain_text(text)
    expect(newest).not_to_contain_text("x86_64")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/130.0.0.0 Safari/537.36", "Chrome 130"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/131.0", "Edge 131"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", "Safari 17"),
        ("Mozilla/5.0 (X11; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox 132"),
        ("Mozilla/4.0 (compatible)", "Mozilla/4.0"),
        ("x" * 60, f"{'x' * 27}…"),
        ("", "no User-Agent"),
    ],
)
def test_a_client_is_named_in_a_few_words(open_page: PageOpener, ask: Ask, agent: str, name: str) -> None:
    ask(headers={"User-Agent": agent})
    expect(open_page().locator(f"{ROWS} .client")).to_have_text(name)


def test_times_of_a_query_are_dates_and_a_start_key_is_a_page(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.clear()
    for hour in range(3):
        mock.add_call(at=f"2026-01-20T0{hour}:30:00Z")
    walk(ask, created_from=63_936_000_000, created_to=63_936_129_600, page_size=4, pages=2)
    page = open_page()
    page.locator(ROWS).click()
    expect(page.locator(ROWS)).to_have_count(3)
    expect(page.locator(ROWS).first).to_contain_text("2026-01-19 00:00:00 to 2026-01-20 12:00:00")
    expect(page.locator(ROWS).nth(1)).to_contain_text("page 2")
    for row in page.locator(ROWS).all_inner_texts():
        assert "start_key" not in row
        assert "63936" not in row


def test_a_walk_is_one_line_that_says_who_ended_it_and_folds_out(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.clear()
    for hour in range(6):
        mock.add_call(at=f"2026-01-20T0{hour}:30:00Z", scenario="internal_call")
    walk(ask, agent="whole", page_size=5)
    walk(ask, agent="leaver", page_size=4, pages=2)
    mock.fail(status=503, page=3)
    walk(ask, agent="refused", page_size=3)
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(3)
    refusal, leaver, whole = page.locator(ROWS).all()
    expect(whole).to_contain_text("3 pages, read to its end")
    expect(whole).to_contain_text("12 rows")
    expect(refusal).to_contain_text("3 pages, stopped on page 3: 503, a fault")
    expect(leaver).to_contain_text("the client stopped after page 2; more follow")
    expect(refusal).to_have_attribute("aria-expanded", "false")
    refusal.click()
    expect(refusal).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".page-row")).to_have_count(3)
    expect(page.locator(".page-row").first).to_contain_text("page 3 a fault rule made this answer")
    refusal.click()
    expect(page.locator(".page-row")).to_have_count(0)


def test_pages_of_two_clients_are_two_walks(open_page: PageOpener, ask: Ask) -> None:
    for agent in ("one", "two"):
        walk(ask, agent=agent, page_size=5, pages=2)
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(f"{ROWS} .client")).to_have_text(["two", "one"])


def test_the_advice_on_a_walk_is_at_its_last_page(open_page: PageOpener, ask: Ask) -> None:
    walk(ask, page_size=5, page_sice=1, pages=3)
    page = open_page()
    expect(page.locator(ROWS).locator(".badge", has_text="misspelt-parameter")).to_have_count(1)
    page.locator(ROWS).click()
    pages = page.locator(".page-row")
    expect(pages).to_have_count(3)
    expect(pages.first.locator(".badge", has_text="misspelt-parameter")).to_be_visible()
    expect(pages.nth(1).locator(".badge")).to_have_count(0)


def shift_arrivals(mock: Mock, seconds: float) -> None:
    """Have requests come in so long after now, by the clock that tells when a client has stopped."""
    mock.state.journal._machine_seconds = lambda: monotonic() + seconds


def test_that_a_client_left_pages_behind_is_pinned_to_the_last_page_of_its_walk(
    open_page: PageOpener, ask: Ask, mock: Mock
) -> None:
    shift_arrivals(mock, -60)
    walk(ask, agent="leaver/1.0", page_size=5, pages=2)
    page = open_page()
    expect(page.locator(ROWS)).to_contain_text("the client stopped after page 2")
    expect(page.locator(ROWS).locator(".badge", has_text="unfollowed-pages")).to_be_visible()
    page.locator(ROWS).click()
    expect(page.locator(".page-row").first.locator(".badge", has_text="unfollowed-pages")).to_be_visible()
    expect(page.locator(".page-row").nth(1).locator(".badge")).to_have_count(0)
    page.locator(".page-row").first.click()
    expect(page.locator(".detail")).to_contain_text("request 2 got 5 rows and a next_start_key that no request used")
    page.get_by_role("tab", name="Advice").click()
    card = page.locator(".card", has=page.get_by_role("heading", name="unfollowed-pages"))
    for text in ("once", "leaver/1.0", "#2", "request 2 got 5 rows"):
        expect(card).to_contain_text(text)


def test_a_client_that_still_reads_has_left_nothing_behind(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    shift_arrivals(mock, 1_000)
    walk(ask, page_size=5, page_sice=1, pages=2)
    page = open_page()
    expect(page.locator(ROWS)).to_contain_text("reading, page 2")
    expect(page.locator(ROWS).locator(".badge")).to_have_text(["misspelt-parameter"])
    page.get_by_role("tab", name="Advice").click()
    expect(page.locator("#advice .card")).to_have_count(1)


def test_a_client_that_waits_for_its_next_page_has_not_stopped(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    shift_arrivals(mock, -60)
    page = open_page()
    key = ask(page_size=5, headers={"User-Agent": USER_AGENT}).json()["next_start_key"]
    badge = page.locator(ROWS).locator(".badge", has_text="unfollowed-pages")
    expect(badge).to_be_visible()
    key = ask(page_size=5, start_key=key, headers={"User-Agent": USER_AGENT}).json()["next_start_key"]
    expect(page.locator(ROWS)).to_contain_text("2 pages, the client stopped after page 2")
    expect(badge).to_be_visible()
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    query = f"page_size=5&start_key={key}"
    record = mock.state.journal.open(HttpRequest("GET", path, query, {"user-agent": USER_AGENT}), mock.clock.now())
    page.reload()
    expect(page.locator(ROWS)).to_contain_text("2 pages, reading, page 2")
    expect(badge).to_have_count(0)
    record.status = 200
    mock.state.journal.complete(record)
    expect(page.locator(ROWS)).to_contain_text("3 pages, read to its end")
    expect(badge).to_have_count(0)


def test_a_client_is_not_taken_to_have_stopped_before_the_server_says_so(
    open_page: PageOpener, ask: Ask, mock: Mock
) -> None:
    shift_arrivals(mock, -60)
    page = open_page()
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    journal, path = mock.state.journal, f"/v2/accounts/{mock.account_id}/cdrs"

    def ask_next(record: Record) -> None:
        key = f"page_size=5&start_key={record.outcome.next_start_key}"
        journal.on_complete.remove(ask_next)
        journal.open(HttpRequest("GET", path, key, {"user-agent": USER_AGENT}), mock.clock.now())

    journal.on_complete.append(ask_next)
    ask(page_size=5, headers={"User-Agent": USER_AGENT})
    ask(page_size=4, headers={"User-Agent": USER_AGENT})
    expect(page.locator(ROWS).first.locator(".badge", has_text="unfollowed-pages")).to_be_visible()
    assert [url for url in asked if "/journal?since=" in url]
    expect(page.locator(ROWS).nth(1)).to_be_visible()
    expect(page.locator(ROWS).nth(1).locator(".badge")).to_have_count(0)


def test_a_broken_answer_ends_a_walk(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.fail(close=True, page=2)
    with pytest.raises(httpx.HTTPError):
        walk(ask, page_size=5)
    row = open_page().locator(ROWS)
    expect(row).to_contain_text("broke off on page 2")
    expect(row.locator(".status")).to_have_text("cut")


def test_a_chosen_request_tells_its_query_in_words_its_headers_its_answer_and_a_curl(
    open_page: PageOpener, ask: Ask
) -> None:
    ask(created_from=63_936_000_000, created_to=63_936_100_000, page_size=1, headers={"X-Mine": "yes"})
    page = open_page()
    page.locator(ROWS).click()
    expect(detail(page)).to_contain_text("created_from: 2026-01-19 00:00:00 UTC")
    expect(detail(page)).to_contain_text("x-mine")
    expect(detail(page)).to_contain_text("2026-01-20 12:00:00 UTC by the mock's clock")
    expect(detail(page).get_by_label("curl", exact=True)).to_contain_text("created_from=63936000000")
    expect(detail(page).get_by_label("JSON", exact=True)).to_contain_text('"status": "success"')
    page.keyboard.press("Escape")
    expect(detail(page)).to_be_hidden()
    expect(page.locator(ROWS)).to_be_focused()


def test_the_pages_of_a_walk_lead_to_each_other(open_page: PageOpener, ask: Ask) -> None:
    walk(ask, page_size=5, pages=2)
    page = open_page()
    page.locator(ROWS).click()
    page.locator(".page-row").last.click()
    expect(detail(page)).to_contain_text("page 1 of 2 so far")
    detail(page).get_by_role("button", name="Page 2").click()
    expect(detail(page)).to_contain_text("page 2 of 2 so far")
    expect(page.locator("[aria-current=true].row")).to_contain_text("page 2")


def test_the_age_is_in_real_time_though_the_clock_stands(open_page: PageOpener, ask: Ask) -> None:
    ask()
    page = open_page()
    expect(page.locator(f"{ROWS} .age")).to_have_text("2 s ago")
    page.locator(ROWS).click()
    expect(detail(page)).to_contain_text("s ago; 2026-01-20 12:00:00 UTC by the mock's clock")


@pytest.mark.parametrize(
    ("path", "headers", "reason"),
    [
        ("/cdrs", {"X-Auth-Token": "nonsense"}, "the token was never issued here"),
        ("/cdrs/202601-nothing", {}, "has no CDR 202601-nothing"),
    ],
)
def test_a_refused_request_says_why(
    open_page: PageOpener, ask: Ask, path: str, headers: dict[str, str], reason: str
) -> None:
    ask(path, headers=headers)
    page = open_page()
    expect(page.locator(ROWS)).to_contain_text(reason)
    page.locator(ROWS).click()
    expect(detail(page).locator(".why")).to_contain_text("Why: ")
    expect(detail(page).locator(".why")).to_contain_text(reason)


def test_errors_are_still_there_much_later_and_what_is_not_says_so(open_page: PageOpener, ask: Ask) -> None:
    ask(page_size=1)
    ask(headers={"X-Auth-Token": "nonsense"})
    for _ in range(MAX_RESPONSES):
        ask("/cdrs/summary")
    page = open_page()
    page.get_by_label(SEARCH).fill("status:401")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(ROWS).click()
    expect(detail(page).get_by_label("JSON", exact=True)).to_contain_text("invalid_credentials")
    page.get_by_label(SEARCH).fill("page_size=1")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("page_size=1")
    page.locator(ROWS).click()
    note = f"the answers to the last {MAX_RESPONSES} requests are, and to the last {MAX_ERROR_RESPONSES}"
    expect(detail(page)).to_contain_text(f"No longer kept: {note}")


def test_the_curl_is_copied_with_the_mocks_own_token(open_page: PageOpener, ask: Ask, mock: Mock, origin: str) -> None:
    ask(page_size=1)
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.locator(ROWS).click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl ")
    assert origin in copied
    assert f"X-Auth-Token: {mock.auth_token}" in copied


def test_what_is_shown_is_downloaded_as_an_archive(open_page: PageOpener, ask: Ask, tmp_path: Path) -> None:
    ask("/cdrs/summary")
    walk(ask, page_size=5, pages=2)
    page = open_page()
    page.get_by_label(SEARCH).fill("page_size=5")
    expect(page.locator(ROWS)).to_have_count(1)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="HAR").click()
    file = tmp_path / "archive"
    downloading.value.save_as(file)
    assert downloading.value.suggested_filename == "mockcdrs.har"
    entries = json.loads(file.read_text())["log"]["entries"]
    assert [entry["request"]["url"].partition("page_size=")[2][:1] for entry in entries] == ["5", "5"]


def test_a_request_fills_the_form_of_a_fault(open_page: PageOpener, ask: Ask) -> None:
    walk(ask, page_size=5, pages=2)
    page = open_page()
    page.locator(ROWS).click()
    page.locator(".page-row").first.click()
    page.get_by_role("link", name="Fail this request").click()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_label("Rules")).to_contain_text("status=503")
    assert walk(ask, page_size=5, pages=2) == [200, 503]


def test_a_request_fills_the_form_of_an_answer(open_page: PageOpener, ask: Ask) -> None:
    ask("/nosuch")
    page = open_page()
    page.locator(ROWS).click()
    page.get_by_role("link", name="Answer this path").click()
    page.get_by_label("Value").fill('{"json": {"mine": true}, "status": 200}')
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator("#armed")).to_have_text("1 rule on")
    assert ask("/nosuch").json() == {"mine": True}


@pytest.mark.parametrize(
    ("words", "status_texts"),
    [
        ("status:401", ["401"]),
        ("status:4xx", ["404", "401"]),
        ("status:5", ["503"]),
        ("client:php", ["404"]),
        ("php", ["404"]),
        ("path:/cdrs/nothing", ["404"]),
        ("advice:misspelt", ["200"]),
        ("fault:503", ["503"]),
        ("method:get status:2", ["200"]),
        ('"never issued"', ["401"]),
        ("never issued", ["401"]),
        ("http:x", []),
        ("503 fault", ["503"]),
    ],
)
def test_words_and_fields_choose_among_the_requests(
    open_page: PageOpener, ask: Ask, mock: Mock, words: str, status_texts: list[str]
) -> None:
    ask(page_sice=1)
    ask(headers={"X-Auth-Token": "nonsense"})
    ask("/cdrs/nothing", headers={"User-Agent": "kazoo-php-sdk/2.0"})
    mock.fail(status=503, times=1)
    ask("/cdrs/summary")
    page = open_page()
    page.get_by_label(SEARCH).fill(words)
    expect(page.locator(f"{ROWS} .status")).to_have_text(status_texts)
    expect(page.locator(COUNT)).to_have_text(f"{len(status_texts)} of 4 requests")
    if not status_texts:
        expect(page.locator("#requests")).to_contain_text("No request matches.")


def test_chips_show_what_had_some_trouble_and_preflights_are_hidden_at_first(
    open_page: PageOpener, ask: Ask, mock: Mock
) -> None:
    ask()
    ask(headers={"X-Auth-Token": "nonsense"})
    mock.fail(status=503, times=1)
    ask("/cdrs/summary")
    httpx.options(mock.url_for("/cdrs"), headers={"Origin": "http://x", "Access-Control-Request-Method": "GET"})
    page = open_page()
    statuses = page.locator(f"{ROWS} .status")
    expect(statuses).to_have_text(["503", "401", "200"])
    for chip, status_texts in (("4xx", ["401"]), ("5xx", ["503", "401"]), ("fault", ["503", "401"])):
        page.get_by_role("button", name=chip, exact=True).click()
        expect(page.get_by_role("button", name=chip, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(statuses).to_have_text(status_texts)
    for chip in ("4xx", "5xx", "fault"):
        page.get_by_role("button", name=chip, exact=True).click()
    page.get_by_role("button", name="hide preflights").click()
    expect(page.locator(ROWS)).to_have_count(4)
    expect(page.locator(f"{ROWS} .method").first).to_have_text("OPTIONS")


@pytest.mark.parametrize("hold", ["pointed at", "focused", "chosen", "scrolled"])
def test_the_list_holds_still_while_it_is_used(open_page: PageOpener, ask: Ask, mock: Mock, hold: str) -> None:
    fill_journal(mock, 60)
    page = open_page()
    rows = page.locator(ROWS)
    expect(rows.first).to_be_visible()
    match hold:
        case "pointed at":
            rows.nth(2).hover()
        case "focused":
            rows.first.focus()
        case "chosen":
            rows.nth(2).click()
            page.mouse.move(1, 1)
        case _:
            page.locator("#requests .list").evaluate("(list) => list.scrollTo(0, 40)")
    ask("/cdrs/summary")
    news = page.get_by_role("button", name="1 new")
    expect(news).to_be_visible()
    expect(page.locator(COUNT)).to_have_text("60 requests")
    if hold == "pointed at":
        page.mouse.move(1, 1)
    else:
        news.click()
    expect(page.locator(COUNT)).to_have_text("61 requests")
    expect(news).to_be_hidden()


def test_a_list_that_is_left_goes_on(open_page: PageOpener, ask: Ask) -> None:
    ask()
    page = open_page()
    page.locator(ROWS).hover()
    ask("/cdrs/summary")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    page.mouse.move(1, 1)
    expect(page.locator(ROWS)).to_have_count(2)


def test_the_toolbar_stays_in_sight(open_page: PageOpener, mock: Mock) -> None:
    fill_journal(mock, 200)
    for viewport in ({"width": 1280, "height": 800}, PHONE):
        page = open_page(viewport=viewport)
        page.locator(ROWS).first.wait_for()
        page.locator("#requests .list").evaluate("(list) => list.scrollTo(0, 4000)")
        expect(page.get_by_label(SEARCH)).to_be_in_viewport()
        expect(page.get_by_role("tab", name="Requests")).to_be_in_viewport()


def test_of_ten_thousand_requests_only_those_in_view_are_rendered(open_page: PageOpener, mock: Mock) -> None:
    fill_journal(mock, 10_000)
    page = open_page()
    expect(page.locator(COUNT)).to_have_text("10000 requests")
    scroller = page.locator("#requests .list")
    for share in (0, 0.5, 1):
        scroller.evaluate("(list, share) => list.scrollTo(0, share * list.scrollHeight)", share)
        expect(page.locator(ROWS).first).to_be_attached()
        assert page.locator(ROWS).count() < 60
    expect(page.locator(ROWS).last).to_contain_text("n=1 ")
    page.locator(ROWS).last.focus()
    page.keyboard.press("Home")
    expect(page.locator(ROWS).first).to_be_focused()
    expect(page.locator(ROWS).first).to_contain_text("n=10000")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{ROWS}:focus")).to_contain_text("n=9999")
    page.keyboard.press("End")
    expect(page.locator(f"{ROWS}:focus")).to_contain_text("n=1 ")


def test_many_requests_at_once_are_drawn_in_few_frames(open_page: PageOpener, mock: Mock) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          window.draws = 0;
          new MutationObserver(() => (window.draws += 1)).observe(document.querySelector("#requests .count"),
            { childList: true, characterData: true, subtree: true });
        }"""
    )
    fill_journal(mock, 500)
    expect(page.locator(COUNT)).to_have_text("500 requests")
    assert page.evaluate("window.draws") < 400


def test_clearing_asks_and_what_comes_next_is_shown(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    ask()
    page = open_page()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("button", name="Cancel").click()
    assert len(mock.requests) == 1
    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    expect(page.locator(ROWS)).to_have_count(0)
    assert mock.requests == []
    ask("/cdrs/summary")
    expect(page.locator(ROWS)).to_contain_text("/cdrs/summary")


def test_it_says_how_many_the_journal_has_dropped(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.state.journal.capacity = 3
    mock.state.journal.clear()
    for _ in range(5):
        ask("/cdrs/summary")
    page = open_page()
    count = page.locator(COUNT)
    expect(count).to_have_text("3 requests · 2 older dropped: the journal keeps the last 3")
    ask("/cdrs/summary")
    expect(count).to_have_text("3 requests · 3 older dropped: the journal keeps the last 3")


def test_a_walk_whose_first_pages_were_dropped_is_still_one(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.state.journal.capacity = 2
    mock.state.journal.clear()
    page = open_page()
    walk(ask, page_size=5, pages=2)
    expect(page.locator(ROWS)).to_contain_text("2 pages, ")
    key = mock.requests[-1].outcome.next_start_key
    ask(page_size=5, start_key=key, headers={"User-Agent": USER_AGENT})
    expect(page.locator(ROWS)).to_contain_text("3 pages, ")
    page.locator(ROWS).click()
    expect(page.locator(".page-row")).to_have_count(2)


def test_a_slow_request_keeps_its_place(open_page: PageOpener, mock: Mock) -> None:
    journal: Any = mock.state.journal
    page = open_page()
    slow = fill_journal(mock, 1, is_complete=False)[0]
    fill_journal(mock, 1)
    expect(page.locator(ROWS)).to_have_count(1)
    journal.complete(slow)
    expect(page.locator(ROWS)).to_have_count(2)
    numbers = page.locator(ROWS).evaluate_all("(rows) => rows.map((row) => row.closest('li').dataset.key)")
    assert numbers == ["r2", "r1"]
