"""The policy of the pages, as the browser holds them to it."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from mockcdrs.mock import Mock
from tests.console.conftest import new_page

PAGES = ["", "docs"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "attack",
    [
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.write('<b>x</b>')",
        "Object.assign(document.createElement('iframe'), { srcdoc: '<b>x</b>' })",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    ],
)
def test_the_browser_refuses_markup_made_of_text(browser: Browser, mock: Mock, path: str, attack: str) -> None:
    page = new_page(browser)
    page.goto(f"{mock.url.removesuffix('/v2')}/_mockcdrs/{path}")
    error_name = page.evaluate(f"() => {{ try {{ {attack}; return ''; }} catch (error) {{ return error.name; }} }}")
    assert error_name == "TypeError"
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_runs_no_inline_script_and_asks_no_other_server(browser: Browser, mock: Mock, path: str) -> None:
    page = new_page(browser)
    page.goto(f"{mock.url.removesuffix('/v2')}/_mockcdrs/{path}")
    blocked: Any = page.evaluate(
        """async () => {
          const blocked = [];
          document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
          const button = document.createElement("button");
          button.setAttribute("style", "color: red");
          document.body.append(button);
          try { button.setAttribute("onclick", "window.hacked = true"); } catch {}
          button.click();
          const image = document.createElement("img");
          image.src = "http://127.0.0.2:9/x.png";
          await fetch("http://127.0.0.2:9/").catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 100));
          return [window.hacked ?? false, blocked.sort()];
        }"""
    )
    assert blocked[0] is False
    assert {"connect-src", "img-src", "style-src-attr"} <= set(blocked[1])
    page.context.close()
