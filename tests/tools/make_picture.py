"""Takes docs/console.png, the picture of the console: `python tests/tools/make_picture.py`. Needs Chromium."""

import os
import shutil
from pathlib import Path

import httpx
from playwright.sync_api import ViewportSize, sync_playwright

from mockcdrs.mock import Mock, serving

PICTURE = Path(__file__).parents[2] / "docs" / "console.png"
SIZE: ViewportSize = {"width": 1200, "height": 560}
HEADERS = {"Accept": "application/json", "User-Agent": "cdr-sync/1.4"}


def make_requests(mock: Mock) -> None:
    """What a client does in a minute: pages, a fault, a mistake that gets advice."""
    with httpx.Client(headers=HEADERS | {"X-Auth-Token": mock.auth_token}, trust_env=False) as client:

        def get(path: str, **query: str | int) -> httpx.Response:
            return client.get(mock.url_for(path), params=query)

        mock.fail(status=503, path="/cdrs", page=3, times=1)
        query: dict[str, str | int] = {"created_from": 63935956800, "created_to": 63936129600, "page_size": 10}
        for _ in range(3):
            query["start_key"] = get("/cdrs", **query).json().get("next_start_key", "")
            query = {name: value for name, value in query.items() if value}
        newest = get("/cdrs", page_size=1).json()["data"][0]
        get(f"/cdrs/{newest['id']}")
        get(f"/cdrs/legs/{newest['interaction_id']}")
        get("/cdrs/interaction", page_size=20)
        get("/cdrs", created_from=1768000000, created_to=1768900000)
        get("/cdrs", page_sice=20)
        client.headers["User-Agent"] = "okhttp/4.12"
        get("/cdrs/summary")
        client.headers["X-Auth-Token"] = "a token of another server's"
        get("/cdrs")


def main() -> None:
    """Serve, ask, look, and keep the picture."""
    with serving() as mock, sync_playwright() as playwright:
        make_requests(mock)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(f"{mock.url.removesuffix('/v2')}/_mockcdrs/")
        page.wait_for_selector("#connection[data-state=live]")
        page.get_by_text("stopped on page 3").click()
        page.get_by_text("page 2").first.wait_for()
        page.mouse.move(1, 1)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
