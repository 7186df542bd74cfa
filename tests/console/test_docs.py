"""The page of Crossbar's API: it shows each operation, and tries it with this server's account and token."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mockcdrs.config import ServerConfig
from mockcdrs.mock import Mock
from mockcdrs.openapi import build_document
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.console.conftest import PHONE, PageOpener

OPERATION = ".operation"
# WCAG's contrast of each visible text with what is behind it, where it is below 4.5
LOW_CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => channels(colour).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const isClear = (colour) => channels(colour)[3] === 0;
  const behind = (node) => {
    const colour = getComputedStyle(node).backgroundColor;
    return isClear(colour) && node.parentElement ? behind(node.parentElement) : colour;
  };
  const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && (hasText(node) || node.value) && !node.disabled)
    .map((node) => {
      const [dark, light] = [getComputedStyle(node).color, behind(node)].map(luminance).sort((a, b) => a - b);
      return [(light + 0.05) / (dark + 0.05), node.textContent.slice(0, 40)];
    })
    .filter(([contrast]) => contrast < 4.5);
}"""


def operation(page: Page, name: str) -> Locator:
    """An operation, open."""
    located = page.locator(f"#operation-{name}")
    located.locator("summary").first.click()
    return located


def send(panel: Locator) -> None:
    panel.get_by_role("button", name="Send the request").click()
    panel.get_by_text("Response headers").wait_for()


def body_of(panel: Locator) -> Any:
    return json.loads(panel.get_by_label("Response body", exact=True).inner_text())


def test_an_operation_is_tried_with_the_servers_own_account_and_token(open_page: PageOpener, mock: Mock) -> None:
    panel = operation(open_page(path="docs", ready=OPERATION), "listCdrs")
    send(panel)
    (record,) = mock.requests
    assert (record.path, record.status) == (f"/v2/accounts/{mock.account_id}/cdrs", 200)
    assert [row["id"] for row in body_of(panel)["data"]] == list(mock.expected().ids[:50])
    expect(panel.get_by_label("curl", exact=True)).to_contain_text(f"-H 'X-Auth-Token: {mock.auth_token}'")


def test_parameters_headers_and_other_filters_are_sent_as_they_are_filled_in(open_page: PageOpener, mock: Mock) -> None:
    panel = operation(open_page(path="docs", ready=OPERATION), "listCdrs")
    panel.get_by_label("page_size (query)").fill("3")
    panel.get_by_text("More parameters (").click()
    panel.get_by_label("X-Request-ID (header)").fill("from-the-page")
    panel.get_by_label("More of the query").fill("filter_call_direction=inbound&x=a%20b")
    panel.get_by_label("Accept (header)").select_option("text/csv")
    send(panel)
    (record,) = mock.requests
    assert record.query == {"page_size": "3", "filter_call_direction": "inbound", "x": "a b"}
    assert record.headers["x-request-id"] == "from-the-page"
    assert panel.get_by_label("Response body", exact=True).inner_text().startswith('"ID","call_id"')


def test_an_id_is_escaped_and_an_error_is_shown_as_the_server_words_it(open_page: PageOpener, mock: Mock) -> None:
    open_page.expects_failures = True
    panel = operation(open_page(path="docs", ready=OPERATION), "getCdr")
    panel.get_by_label("cdr_id (path, required)").fill("202601-a/b?c")
    send(panel)
    assert [record.path for record in mock.requests] == [f"/v2/accounts/{mock.account_id}/cdrs/202601-a%2Fb%3Fc"]
    expect(panel.locator(".status")).to_have_text("404 Not Found")
    assert body_of(panel)["message"] == "bad_identifier"


def test_a_body_starts_as_what_is_required_and_an_open_operation_sends_no_token(
    open_page: PageOpener, mock: Mock
) -> None:
    open_page.expects_failures = True
    panel = operation(open_page(path="docs", ready=OPERATION), "logInUser")
    field = panel.get_by_label("Body (JSON)")
    assert json.loads(field.input_value()) == {"data": {"credentials": ""}}
    field.fill('{"data": {"credentials": "0123", "account_name": "nobody"}}')
    send(panel)
    (record,) = mock.requests
    assert (record.method, record.path) == ("PUT", "/v2/user_auth")
    assert "x-auth-token" not in record.headers
    assert body_of(panel)["status"] == "error"


def test_the_token_and_the_version_of_the_api_may_be_others(open_page: PageOpener, mock: Mock) -> None:
    open_page.expects_failures = True
    page = open_page(path="docs", ready=OPERATION)
    page.get_by_label("Token for requests").fill("wrong")
    page.get_by_label("Server").select_option("/v1")
    panel = operation(page, "listCdrs")
    send(panel)
    (record,) = mock.requests
    assert (record.path, record.status) == (f"/v1/accounts/{mock.account_id}/cdrs", 401)


def test_a_response_that_breaks_off_is_said_to_have_done_so(open_page: PageOpener, mock: Mock) -> None:
    open_page.expects_failures = True
    mock.fail(close=True)
    panel = operation(open_page(path="docs", ready=OPERATION), "listCdrs")
    panel.get_by_role("button", name="Send the request").click()
    expect(panel.locator(".result")).to_contain_text("No whole response came")


def test_responses_have_their_headers_examples_and_schemas(open_page: PageOpener) -> None:
    page = open_page(path="docs", ready=OPERATION)
    panel = operation(page, "listCdrs")
    good = panel.locator(".response").first
    good.locator("summary").first.click()
    good.get_by_text("Examples as application/json").click()
    assert json.loads(good.locator("pre").first.inner_text())["status"] == "success"
    good.get_by_text("Headers (").click()
    expect(good.get_by_role("row", name="Vary")).to_be_visible()
    good.get_by_role("link", name="PlainRows").first.click()
    schema = page.locator("#schema-PlainRows")
    expect(schema.get_by_role("row", name="next_start_key")).to_be_visible()
    schema.get_by_role("link", name="Row").first.click()
    expect(page.locator("#schema-Row").get_by_role("row", name="hangup_cause")).to_be_visible()


@pytest.mark.parametrize("name", ["getCdrOfUser", "listLegs", "getUser", "getDevice", "getApp", "getTokenInfo"])
def test_ids_and_token_are_filled_in_with_what_is_there(open_page: PageOpener, mock: Mock, name: str) -> None:
    panel = operation(open_page(path="docs", ready=OPERATION), name)
    send(panel)
    (record,) = mock.requests
    assert record.status == 200


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, {"width": 768, "height": 1024}, PHONE])
@pytest.mark.parametrize("name", ["listCdrs", "getCdr", "logInUser"])
def test_an_operation_fits_two_screens(open_page: PageOpener, name: str, viewport: dict[str, int]) -> None:
    page = open_page(path="docs", ready=OPERATION, viewport=viewport)
    panel = operation(page, name)
    expect(panel.get_by_role("button", name="Send the request")).to_be_visible()
    assert panel.evaluate("(node) => node.offsetHeight") <= 2 * viewport["height"]


def test_preflights_are_folded_away(open_page: PageOpener) -> None:
    page = open_page(path="docs", ready=OPERATION)
    expect(page.locator("#operation-listCdrsPreflight")).to_be_hidden()
    expect(page.locator("#operation-listCdrs")).to_be_visible()


def test_quirks_and_advice_lead_to_the_console(open_page: PageOpener) -> None:
    page = open_page(path="docs", ready=OPERATION)
    panel = operation(page, "summarizeCdrs")
    panel.get_by_text("Advice on it (").click()
    panel.get_by_role("link", name="summary-doubling").last.click()
    expect(page.locator("#advice .chosen")).to_contain_text("summary-doubling")
    page.go_back()
    panel = operation(page, "summarizeCdrs")
    panel.get_by_text("Quirks of Crossbar's (").click()
    panel.get_by_role("link", name="summary-doubling").first.click()
    expect(page.get_by_role("switch", name="summary-doubling")).to_be_visible()


def test_operations_are_found_by_words_of_their_path_and_summary(open_page: PageOpener) -> None:
    page = open_page(path="docs", ready=OPERATION)
    page.get_by_label("Find operations").fill("get summary user")
    expect(page.get_by_text("1 operations")).to_be_visible()
    assert [each.get_attribute("id") for each in page.locator(f"{OPERATION}:visible").all()] == [
        "operation-summarizeCdrsOfUser"
    ]
    page.get_by_label("Find operations").fill("")
    expect(page.get_by_text("61 operations")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_an_open_operation_is_no_wider_than_a_phone_and_its_text_stands_out(open_page: PageOpener, scheme: str) -> None:
    page = open_page(path="docs", ready=OPERATION, viewport=PHONE, color_scheme=scheme)
    send(operation(page, "listCdrs"))
    page.locator("#schemas summary").first.click()
    page.locator("#schema-Row summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate(LOW_CONTRAST) == []


def test_every_field_has_a_label_and_no_id_is_there_twice(open_page: PageOpener) -> None:
    page = open_page(path="docs", ready=OPERATION)
    page.get_by_role("button", name="Open all").click()
    page.locator("#operation-listCdrsPreflight .responses").wait_for()
    fields = "input, select, textarea"
    assert (
        page.evaluate(f"[...document.querySelectorAll('{fields}')].filter((each) => !each.labels.length).length") == 0
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids)) > 500
    page.locator("button", has_text="Close all").click()  # by its role it is looked for in all of it
    expect(page.locator(f"{OPERATION}:visible")).to_have_count(0)


def test_an_operation_opens_and_is_sent_by_keyboard_alone(open_page: PageOpener, mock: Mock) -> None:
    page = open_page(path="docs", ready=OPERATION)
    page.get_by_label("Server").focus()
    for _ in range(4):  # both buttons, the section, the operation
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("page_size (query)").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Response headers").wait_for()
    assert [record.status for record in mock.requests] == [200]


def test_an_address_with_an_operations_name_opens_it(open_page: PageOpener, origin: str) -> None:
    page = open_page(path="docs", ready=OPERATION)
    page.goto(f"{origin}/_mockcdrs/docs#operation-listCdrsPreflight")
    expect(page.locator("#operation-listCdrsPreflight .try")).to_be_visible()
    expect(page.get_by_label("Origin (header)").last).to_be_disabled()


def test_the_console_leads_to_every_operation_with_its_path_and_summary_and_back(open_page: PageOpener) -> None:
    page = open_page()
    page.get_by_role("link", name="API").click()
    page.locator(OPERATION).first.wait_for()
    for path, methods in build_document()["paths"].items():
        for method, described in methods.items():
            heading = page.locator(f"#operation-{described['operationId']} > summary")
            assert heading.text_content() == f"{method.upper()}{path}{described['summary']}"
    page.get_by_role("link", name="mockcdrs console").click()
    expect(page.get_by_role("tab", name="Requests")).to_be_visible()


@pytest.fixture
def guarded(mock: Mock) -> Iterator[str]:
    """The origin of a server that wants a control token."""
    with Server(create_app(mock.state, mock, ServerConfig(control_token="a + token"))) as server:
        yield server.url


def test_a_control_token_is_taken_from_the_address_and_asked_for_without(browser: Browser, guarded: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{guarded}/_mockcdrs/docs")
    expect(page.get_by_role("alert")).to_contain_text("no control token came")
    page.goto(f"{guarded}/_mockcdrs/docs?token={quote('a + token')}")
    page.locator(OPERATION).first.wait_for()
    assert page.url == f"{guarded}/_mockcdrs/docs"
    page.context.close()


def test_the_branding_of_the_host_is_asked_for(open_page: PageOpener, mock: Mock) -> None:
    open_page.expects_failures = True
    send(operation(open_page(path="docs", ready=OPERATION), "getWhitelabelOfDomain"))
    (record,) = mock.requests
    assert (record.path, record.status) == ("/v2/whitelabel/127.0.0.1", 404)
