"""A call-log page of one's own, served from another port, in Chromium: what a browser's rules make of the API."""

import csv
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mockcdrs.config import MockConfig, ServerConfig
from mockcdrs.control.state import State
from mockcdrs.faults.rule import Rule
from mockcdrs.mock import build
from tests.clients.conftest import CALLS, NOW
from tests.programs import program

PATIENCE_MS = 20_000


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program("chromium"), args=arguments) as launched,
    ):
        yield launched


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The server of the page, which is another origin than the API's."""
    handler = partial(_Files, directory=str(Path(__file__).with_name("call_log")))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, origin: str, url: str) -> Iterator[Page]:
    with browser.new_page() as opened:
        opened.set_default_timeout(PATIENCE_MS)
        opened.goto(f"{origin}/?api={url}")
        yield opened


def log_in(page: Page, password: str = "mockcdrs") -> None:
    for label, value in (("User", "Ann"), ("Password", password), ("Account", "Alpha")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Log in").click()


def expect_status(page: Page, text: str) -> None:
    expect(page.get_by_role("status")).to_have_text(text, timeout=PATIENCE_MS)


def test_it_logs_in_and_shows_calls_page_by_page(page: Page) -> None:
    log_in(page, "wrong")
    expect(page.locator("#why")).to_have_text("invalid_credentials", timeout=PATIENCE_MS)
    log_in(page)
    expect_status(page, "20 calls")
    while page.get_by_role("button", name="Older").is_visible():
        before = page.locator("#rows tr").count()
        page.get_by_role("button", name="Older").click()
        expect(page.locator("#rows tr")).to_have_count(min(before + 20, CALLS), timeout=PATIENCE_MS)
    expect_status(page, f"{CALLS} calls")
    assert len(set(page.locator("#rows tr").all_inner_texts())) == CALLS


def test_it_filters_by_date(page: Page, state: State) -> None:
    log_in(page)
    expect_status(page, "20 calls")
    page.get_by_label("From").fill("2026-01-19")
    page.get_by_label("To", exact=True).fill("2026-01-19")
    page.get_by_role("button", name="Show").click()
    midnight = NOW - 12 * 3600
    written = [NOW - number * 20_000 for number in range(CALLS)]
    expect_status(page, f"{sum(midnight - 86_400 <= moment < midnight for moment in written)} calls")
    assert all("2026-01-1" in row for row in page.locator("#rows tr").all_inner_texts())
    assert {record.query["created_to"] for record in state.journal if "created_to" in record.query} == {
        str(midnight - 1)
    }


def test_it_saves_a_csv_under_its_own_name_as_the_servers_is_not_exposed(page: Page, tmp_path: Path) -> None:
    log_in(page)
    expect_status(page, "20 calls")
    with (
        page.expect_response(lambda response: "paginate=false" in response.url) as answer,
        page.expect_download() as file,
    ):
        page.get_by_role("button", name="CSV").click()
    assert file.value.suggested_filename == "calls.csv"
    file.value.save_as(tmp_path / "calls.csv")
    with (tmp_path / "calls.csv").open(encoding="utf-8") as lines:
        assert len(list(csv.DictReader(lines))) == CALLS
    headers = answer.value.headers
    assert headers["content-disposition"].startswith("attachment")
    assert "content-disposition" not in headers["access-control-expose-headers"]


def test_it_asks_for_a_new_login_after_a_401_and_goes_on_where_it_was(page: Page, state: State) -> None:
    log_in(page)
    expect_status(page, "20 calls")
    state.faults.add(Rule(token_expired=True, path="/cdrs"))
    page.get_by_role("button", name="Older").click()
    expect(page.locator("#why")).to_have_text("Please log in again.", timeout=PATIENCE_MS)
    log_in(page)
    expect_status(page, "40 calls")
    keys = [record.query.get("start_key") for record in state.journal if record.path.endswith("/cdrs")]
    assert keys[-1] == keys[-2] != keys[0]


def test_it_tries_again_after_a_503(page: Page, state: State) -> None:
    state.faults.add(Rule(status=503, path="/cdrs", method="GET", times=2))
    log_in(page)
    expect_status(page, "20 calls")
    statuses = [record.status for record in state.journal if record.path.endswith("/cdrs") and record.method == "GET"]
    assert statuses == [503, 503, 200]


def test_it_gives_up_after_some_503_and_names_the_request(page: Page, state: State) -> None:
    state.faults.add(Rule(status=503, path="/cdrs"))
    log_in(page)
    expect(page.get_by_role("status")).to_contain_text("503 datastore_unreachable, request ", timeout=PATIENCE_MS)


_RESET = """url => fetch(url, {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})
    .then((answer) => answer.status, (error) => error.name)"""


def test_a_page_of_an_allowed_origin_can_use_the_control_api_and_another_cannot(browser: Browser, origin: str) -> None:
    with browser.new_page() as page:
        page.goto(origin)
        statuses = []
        for allowed in ((origin,), ()):
            with build(MockConfig(), ServerConfig(allow_origin=allowed)) as mock:
                statuses.append(page.evaluate(_RESET, f"{mock.url.removesuffix('/v2')}/_mockcdrs/reset"))
    assert statuses == [204, "TypeError"]
