"""One browser and one page for the session, and for each test a mock of its own; the page may not complain."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mockcdrs.control.journal import Record
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.mock import Mock, serving
from tests.certificates import TRUSTED
from tests.programs import program

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
PATIENCE_MS = 20_000
LIVE = "#connection[data-state=live]"
expect.set_options(timeout=PATIENCE_MS)

USER_AGENT = "a-client/1.0"

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")  # while it is there, its event loop is in the way of tests that run one of their own
def browser() -> Iterator[Browser]:
    path = program("chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=arguments) as launched,
    ):
        yield launched


def new_page(browser: Browser, **options: Any) -> Page:
    """A page in a context of its own."""
    context = browser.new_context(**{"viewport": DESKTOP, **options})
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


@pytest.fixture(scope="module")
def usual_page(browser: Browser) -> Page:
    """The page of all tests that need no options; a new one takes longer than most of them."""
    return new_page(browser)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


@pytest.fixture
def origin(mock: Mock) -> str:
    return mock.url.removesuffix("/v2")


@pytest.fixture
def ask(mock: Mock) -> Ask:
    def send(path: str = "/cdrs", headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        all_headers = {"X-Auth-Token": mock.auth_token, **(headers or {})}
        return httpx.get(mock.url_for(path), params=query, headers=all_headers, timeout=30, verify=TRUSTED)

    return send


def walk(ask: Ask, *, agent: str = USER_AGENT, pages: int = 99, **query: Any) -> list[int]:
    """Read a listing page by page, `pages` of them at most; gives the statuses."""
    statuses = list[int]()
    while len(statuses) < pages:
        answer = ask(headers={"User-Agent": agent}, **query)
        statuses.append(answer.status_code)
        key = answer.json().get("next_start_key")
        if not key:
            break
        query["start_key"] = key
    return statuses


def fill_journal(mock: Mock, count: int, *, is_complete: bool = True) -> list[Record]:
    """Record requests as if they had come, much faster than they would."""
    journal, first = mock.state.journal, len(mock.state.journal) + 1
    path = f"/v2/accounts/{mock.account_id}/cdrs/nothing"
    records = [
        journal.open(HttpRequest("GET", path, f"n={number} ", {"user-agent": USER_AGENT}), mock.clock.now())
        for number in range(first, first + count)
    ]
    for record in records:
        record.status = 200
        if is_complete:
            record.is_complete = True
            journal.complete(record)
    return records


class PageOpener:
    """Opens pages of a mock, and collects what they complain of and ask for.

    A test sets `expects_failures` if the server is to answer with errors, of which Chromium itself tells.
    """

    def __init__(self, browser: Browser, usual_page: Page, origin: str) -> None:
        self._browser, self._usual_page, self._origin = browser, usual_page, origin
        self._pages = set[Page]()
        self._complaints, self._urls = list[str](), list[str]()
        self._listeners: dict[Any, Any] = {
            "console": lambda message: self._complaints.append(f"{message.type}: {message.text}"),
            "pageerror": lambda error: self._complaints.append(str(error)),
            "dialog": lambda dialog: (self._complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()),
            "request": lambda request: self._urls.append(request.url),
        }
        self.expects_failures = False

    def __call__(self, view: str = "requests", path: str = "", ready: str = LIVE, **options: Any) -> Page:
        """Open a page, and wait until it is ready."""
        page = new_page(self._browser, **options) if options else self._usual_page
        if page not in self._pages:
            self._pages.add(page)
            for event, listener in self._listeners.items():
                page.on(event, listener)
        page.goto(f"{self._origin}/_mockcdrs/{path}#/{view}")
        page.locator(ready).first.wait_for()
        return page

    def close(self) -> None:
        """Leave the pages, and fail if one complained, ran a stranger's script or asked another server."""
        for page in self._pages:
            page.goto("about:blank")  # what the page would complain of later would be the next test's
            for event, listener in self._listeners.items():
                page.remove_listener(event, listener)
            if page is self._usual_page:
                page.unroute_all()
            else:
                page.context.close()
        failure = "Failed to load resource"
        assert [each for each in self._complaints if not (self.expects_failures and failure in each)] == []
        own = tuple(f"{self._origin}/{path}/" for path in ("_mockcdrs", "v1", "v2"))
        assert [url for url in self._urls if not url.startswith(own)] == []


@pytest.fixture
def open_page(browser: Browser, usual_page: Page, origin: str) -> Iterator[PageOpener]:
    opener = PageOpener(browser, usual_page, origin)
    yield opener
    opener.close()
