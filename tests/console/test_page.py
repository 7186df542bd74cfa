"""What holds for the page as a whole: hostile data, keyboard, sizes, colours, a server that goes."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from mockcdrs.cdr.documents import load_schema
from mockcdrs.config import ServerConfig
from mockcdrs.mock import Mock, serving
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.console.conftest import PHONE, Ask, PageOpener

VIEWS = ("requests", "advice", "calls", "trouble", "setup")
NOT_FREE = {"_id", "interaction_id"}  # these name the month and the call
TEXTS = [
    name for name, field in load_schema()["properties"].items() if field["type"] == "string" and name not in NOT_FREE
]
SCRIPT, IMAGE = "<script>alert(1)</script>", "<img src=x onerror=alert(2)>"


@pytest.fixture
def token() -> str:
    return "a secret, with + and &"


@pytest.fixture
def guarded(mock: Mock, token: str) -> Iterator[str]:
    """The origin of a server that wants a control token."""
    with Server(create_app(mock.state, mock, ServerConfig(control_token=token))) as server:
        yield server.url


def busy(mock: Mock, ask: Ask) -> None:
    """Calls, a request with advice, and a rule, with hostile words wherever words can come from."""
    mock.add_call(caller_name=SCRIPT, callee_name=IMAGE, fields={"hangup_cause": IMAGE})
    ask(filter_caller_id_name=SCRIPT, sort=IMAGE, headers={"User-Agent": IMAGE, "Accept-Language": SCRIPT})
    mock.fail(status=503, path=f"/{SCRIPT}", query={"x": IMAGE})


def hostile(mock: Mock) -> str:
    """Markup in every field that a view shows; gives the id of a CDR that has it."""
    account = mock.state.data.accounts[mock.account_id]
    user = {**account.users[0], "first_name": IMAGE, "last_name": SCRIPT, "username": IMAGE}
    mock.state.data.change_account(account.id, lambda each: each._replace(name=IMAGE, realm=SCRIPT, users=(user,)))
    texts = dict.fromkeys(TEXTS, IMAGE)
    call = mock.add_call(caller_name=IMAGE, callee_name=SCRIPT, fields=texts)
    return str(mock.add_cdr({**call.legs[0], **texts, "interaction_id": SCRIPT, "_id": f"202601-{IMAGE}"})["_id"])


def test_markup_in_every_field_stays_text(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    cdr_id = hostile(mock)
    mock.respond("/nosuch", json={IMAGE: SCRIPT}, headers={"X-Evil": IMAGE, "Content-Type": "text/html"})
    mock.fail(error="too_many_requests", path=f"/summary/{SCRIPT}", query={"y": IMAGE})
    ask(f"/cdrs/{quote(cdr_id, safe='')}", headers={"User-Agent": IMAGE, "X-Request-ID": IMAGE, "Cookie": SCRIPT})
    ask("/nosuch", **{IMAGE: SCRIPT, "start_key": IMAGE, "created_from": SCRIPT})
    ask(f"/cdrs/{IMAGE}")
    page = open_page()
    for row in page.locator("#requests .row").all():
        row.click()
        expect(page.locator("#requests .detail")).to_contain_text("Headers of the answer")
        expect(page.locator("#requests :is(script, img)")).to_have_count(0)
    opened_whole(page)
    expect(page.locator("#account-name")).to_have_text(IMAGE)
    expect(page.locator("#setup")).to_contain_text(SCRIPT)
    expect(page.locator("body :is(script, img)")).to_have_count(0)


def test_markup_in_an_error_message_stays_text(open_page: PageOpener, mock: Mock) -> None:
    open_page.expects_failures = True
    page = open_page("trouble")
    page.get_by_label("Rule as JSON").fill(json.dumps({IMAGE: SCRIPT}))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".rule-form [role=alert]")).to_contain_text(IMAGE)
    page.get_by_role("tab", name="Setup").click()
    size = page.get_by_label("crossbar.pagination_page_size")
    size.fill(SCRIPT)
    size.press("Tab")
    expect(page.locator("#notices")).to_contain_text(SCRIPT)
    expect(page.locator("body :is(script, img)")).to_have_count(0)


def opened_whole(page: Page) -> None:
    """Every part of every view unfolded."""
    for view in VIEWS:
        page.get_by_role("tab", name=view.capitalize()).click()
        page.locator(f"#{view} :is(.row, .card):visible").first.wait_for()
        if page.locator(f"#{view} .row").count():
            page.locator(f"#{view} .row").first.click()
        for summary in page.locator(f"#{view} summary").all():
            summary.click()


def test_scripts_in_names_queries_and_headers_stay_text_in_every_view(
    open_page: PageOpener, mock: Mock, ask: Ask
) -> None:
    busy(mock, ask)
    page = open_page()
    opened_whole(page)
    for view in ("requests", "calls", "trouble"):
        page.get_by_role("tab", name=view.capitalize()).click()
        expect(page.locator(f"#{view}")).to_contain_text(IMAGE)
        expect(page.locator(f"#{view} :is(script, img)")).to_have_count(0)
    expect(page.locator("#calls .row").first).to_contain_text(SCRIPT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(open_page: PageOpener, mock: Mock, ask: Ask, scheme: str) -> None:
    busy(mock, ask)
    page = open_page(viewport=PHONE, color_scheme=scheme)
    for view in VIEWS:
        page.get_by_role("tab", name=view.capitalize()).click()
        page.locator(f"#{view} :is(.row, .card)").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], view
    page.get_by_role("tab", name="Requests").click()
    page.locator("#requests .row").first.click()
    expect(page.locator("#requests .list")).to_be_hidden()
    expect(page.locator("#requests .detail")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#requests .list")).to_be_visible()
    expect(page.locator("#requests .row").first).to_be_focused()


def test_no_tab_and_no_filter_moves_when_another_is_chosen(open_page: PageOpener) -> None:
    page = open_page()
    places = "[...document.querySelectorAll('[role=tab], .chip.toggle')].map(one => one.getBoundingClientRect().left)"
    page.get_by_role("tab", name="Advice").click()
    page.get_by_role("tab", name="Requests").click()
    before = page.evaluate(places)
    page.get_by_role("button", name="4xx").click()
    assert page.evaluate(places) == before
    page.get_by_role("tab", name="Setup").click()
    page.locator("#setup .card").first.wait_for()
    tabs = len(VIEWS)
    assert page.evaluate(places)[:tabs] == before[:tabs]


def test_on_a_phone_a_wide_badge_takes_no_room_from_the_path(open_page: PageOpener, ask: Ask) -> None:
    ask("/cdrs/interaction", page_size=20)
    page = open_page(viewport=PHONE)
    page.locator("#requests .badge", has_text="interaction-page-loss").wait_for()
    path = page.locator("#requests .path").first
    assert path.inner_text() == "…/cdrs/interaction"
    path_right, row_right = (
        each.evaluate("node => node.getBoundingClientRect().right")
        for each in (path, page.locator("#requests .target"))
    )
    assert path_right < row_right


def test_dark_is_dark_and_light_is_light(open_page: PageOpener) -> None:
    grounds = [
        open_page(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("dark", "light")
    ]
    assert grounds == ["rgb(20, 23, 28)", "rgb(245, 246, 249)"]


def test_the_keyboard_alone_walks_through_views_and_rows(open_page: PageOpener, ask: Ask) -> None:
    for size in (1, 2):
        ask(page_size=size)
    page = open_page()
    expect(page.locator("#requests .row")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.get_by_role("tab", name="Requests").focus()
    for key, view in (("ArrowRight", "Advice"), ("End", "Setup"), ("ArrowRight", "Requests"), ("ArrowLeft", "Setup")):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=view)).to_be_focused()
        expect(page.get_by_role("tabpanel", name=view)).to_be_visible()
        expect(page.get_by_role("tab", selected=True)).to_have_count(1)
    page.keyboard.press("Home")
    for _ in range(9):  # search, four chips, preflights, archive, clear, the rows' one stop
        page.keyboard.press("Tab")
    expect(page.locator("#requests .row").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#requests .detail")).to_contain_text("page_size: 2 rows")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#requests .detail")).to_contain_text("page_size: 1 rows")


def test_the_address_names_the_view(open_page: PageOpener) -> None:
    page = open_page("trouble")
    expect(page.get_by_role("tab", name="Trouble")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Setup").click()
    assert page.url.endswith("/_mockcdrs/#/setup")
    page.go_back()
    expect(page.locator("#trouble")).to_be_visible()


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE])
def test_view_filter_choice_and_range_are_in_the_address(
    open_page: PageOpener, ask: Ask, mock: Mock, viewport: dict[str, int]
) -> None:
    mock.clear()
    call = mock.add_call(scenario="inbound_missed")
    ask(headers={"X-Auth-Token": "nonsense"})
    ask("/cdrs/summary")
    page = open_page(viewport=viewport)
    page.get_by_label("Show only requests with these words").fill("status:401")
    page.get_by_role("button", name="4xx").click()
    expect(page.locator("#requests .row")).to_have_count(1)
    page.locator("#requests .row").click()
    expect(page.locator("#requests .detail")).to_be_visible()
    assert page.url.partition("#")[2] == "/requests?q=status%3A401&show=4xx&request=1"
    page.reload()
    expect(page.locator("#requests .detail .why")).to_contain_text("never issued here")
    page.get_by_role("tab", name="Calls").click()
    page.get_by_label("Range").select_option("30d")
    page.get_by_label("Result").select_option("missed")
    expect(page.locator("#calls .row")).to_have_count(1)
    page.locator("#calls .row").click()
    assert page.url.partition("#")[2] == f"/calls?range=30d&result=missed&call={call.id}"
    page.reload()
    expect(page.locator("#calls .timeline")).to_be_visible()
    page.go_back()
    expect(page.locator("#calls .timeline")).to_have_count(0)
    page.go_back()
    expect(page.get_by_label("Result")).to_have_value("")
    page.go_forward()
    expect(page.get_by_label("Result")).to_have_value("missed")
    page.get_by_role("tab", name="Setup").click()
    page.get_by_role("tab", name="Calls").click()
    expect(page.get_by_label("Result")).to_have_value("missed")


def test_an_address_that_names_nothing_shows_the_requests(open_page: PageOpener) -> None:
    page = open_page("nosuch?request=77&call=x")
    expect(page.get_by_role("tab", name="Requests")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#requests .detail")).to_be_hidden()


def test_a_control_token_is_taken_from_the_address_and_does_not_stay_there(
    browser: Browser, guarded: str, token: str
) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{guarded}/_mockcdrs/?token={quote(token)}#/setup")
    expect(page.locator("#connection")).to_have_text("connected")
    assert page.url == f"{guarded}/_mockcdrs/#/setup"
    page.context.close()


def test_a_missing_control_token_is_asked_for(browser: Browser, guarded: str, token: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{guarded}/_mockcdrs/")
    wrong = page.get_by_text("That is not this server's control token.")
    expect(page.get_by_label("Control token")).to_be_focused()
    expect(wrong).to_be_hidden()
    for part in ("tablist", "tabpanel"):
        expect(page.get_by_role(part)).to_have_count(0)
    page.get_by_label("Control token").fill("wrong")
    page.get_by_role("button", name="Continue").click()
    expect(wrong).to_be_visible()
    expect(page.locator("#connection")).to_have_text("token needed")
    page.get_by_label("Control token").fill(token)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#connection")).to_have_text("connected")
    expect(page.locator("#ask-token")).to_be_hidden()
    expect(page.get_by_role("tab", name="Requests")).to_be_visible()
    page.context.close()


def test_a_server_that_goes_is_told_of_and_found_again_with_what_was_missed(
    open_page: PageOpener, mock: Mock, ask: Ask, origin: str
) -> None:
    open_page.expects_failures = True
    page = open_page()
    mock.stop()
    expect(page.locator("#gone")).to_contain_text("The server does not answer.")
    expect(page.locator("#connection")).to_have_text("server gone")
    mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs/summary")
    with Server(mock.wsgi_app, port=int(origin.rpartition(":")[2])):
        expect(page.locator("#connection")).to_have_text("connected", timeout=30_000)
        expect(page.locator("#gone")).to_be_hidden()
        expect(page.locator("#requests .row")).to_contain_text("/cdrs/summary")


@pytest.mark.slow
@pytest.mark.parametrize("before", [1, 3])
def test_a_server_started_anew_is_told_from_the_one_before_however_much_it_has_answered(
    open_page: PageOpener, mock: Mock, ask: Ask, origin: str, before: int
) -> None:
    open_page.expects_failures = True
    for _ in range(before):
        ask("/cdrs/summary")
    page = open_page()
    expect(page.locator("#requests .row")).to_have_count(before)
    mock.stop()
    expect(page.locator("#connection")).to_have_text("server gone")
    with serving() as anew:
        for _ in range(2):
            anew.client().simulate_get(f"/v2/accounts/{anew.account_id}/cdrs/interaction")
        with Server(anew.wsgi_app, port=int(origin.rpartition(":")[2])):
            expect(page.locator("#connection")).to_have_text("connected", timeout=30_000)
            expect(page.locator("#requests .row")).to_have_count(2)
            expect(page.locator("#requests .row").first).to_contain_text("/cdrs/interaction")


def test_a_journal_cleared_while_nobody_looked_is_begun_anew(
    open_page: PageOpener, mock: Mock, ask: Ask, origin: str
) -> None:
    open_page.expects_failures = True
    ask("/cdrs/summary")
    page = open_page()
    expect(page.locator("#requests .row")).to_have_count(1)
    mock.stop()
    expect(page.locator("#connection")).to_have_text("server gone")
    mock.reset()
    mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs/interaction")
    with Server(mock.wsgi_app, port=int(origin.rpartition(":")[2])):
        expect(page.locator("#requests .row")).to_contain_text("/cdrs/interaction", timeout=30_000)
        expect(page.locator("#requests .row")).to_have_count(1)


def test_a_mock_that_takes_the_place_of_another_is_shown_at_once(open_page: PageOpener, mock: Mock, ask: Ask) -> None:
    ask("/cdrs/summary")
    page = open_page()
    expect(page.locator("#requests .row")).to_have_count(1)
    with serving(seed=7) as fresh:
        mock.stand_in = fresh
        expect(page.locator("#requests .row")).to_have_count(0)
        expect(page.locator("#account-name")).to_have_text(fresh.state.data.accounts[fresh.account_id].name)
        fresh.client().simulate_get(f"/v2/accounts/{fresh.account_id}/cdrs/interaction")
        expect(page.locator("#requests .row")).to_contain_text("/cdrs/interaction")
