"""One browser for the session, and for each test a mock of its own and a page that may not complain."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mockcdrs.handle import Mock, serving

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
PATIENCE_MS = 20_000
LIVE = "#connection[data-state=live]"
expect.set_options(timeout=PATIENCE_MS)

Open = Callable[..., Page]
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    assert found, "no chromium on the path: apt-get install chromium"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        yield playwright.chromium.launch(executable_path=found, args=arguments)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as made:
        yield made


@pytest.fixture
def origin(mock: Mock) -> str:
    return mock.url.removesuffix("/v2")


@pytest.fixture
def ask(mock: Mock) -> Ask:
    def asked(path: str = "/cdrs", headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        sent = {"X-Auth-Token": mock.auth_token, **(headers or {})}
        return httpx.get(mock.url_for(path), params=query, headers=sent, timeout=30)

    return asked


@pytest.fixture
def open_page(browser: Browser, origin: str) -> Iterator[Open]:
    """Opens a page; at the end none has complained, run a stranger's script or asked another server."""
    contexts, complaints, asked = [], [], []

    def opened(view: str = "requests", path: str = "", ready: str = LIVE, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{origin}/_mockcdrs/{path}#/{view}")
        page.locator(ready).first.wait_for()
        return page

    opened.expects_failures = False
    yield opened
    for context in contexts:
        context.close()
    # Chromium itself tells of each answer that is an error
    told = [each for each in complaints if not (opened.expects_failures and "Failed to load resource" in each)]
    assert told == []
    assert [url for url in asked if not url.startswith((f"{origin}/_mockcdrs/", f"{origin}/v2/"))] == []
