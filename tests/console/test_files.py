"""The page's files and how they are served; what the page does is tested in a browser."""

import re
from importlib import resources
from importlib.resources.abc import Traversable

import falcon
import pytest
from falcon.testing import TestClient

from mockcdrs import console
from mockcdrs.faults.actions import ACTIONS

BASE = "/_mockcdrs"
FILES = resources.files("mockcdrs.console") / "assets"
NAMES = sorted(each.name for each in FILES.iterdir())
MARKUP = r"(inner|outer)HTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function"


@pytest.fixture
def client() -> TestClient:
    app = falcon.App()
    console.add_routes(app, BASE)
    return TestClient(app)


def text_of(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")


def test_the_page_may_use_its_own_server_and_no_inline_script(client: TestClient) -> None:
    page = client.simulate_get(f"{BASE}/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert policy.endswith("require-trusted-types-for 'script'; trusted-types 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_page_of_the_api_may_do_no_more_than_the_console(client: TestClient) -> None:
    page, docs = (client.simulate_get(f"{BASE}/{name}").headers["content-security-policy"] for name in ("", "docs"))
    assert docs == page


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_served_with_its_type_and_not_sent_twice(client: TestClient, name: str) -> None:
    whole = client.simulate_get(f"{BASE}/assets/{name}")
    expected = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    assert whole.text == text_of(FILES / name)
    assert whole.headers["content-type"] == expected[name.rpartition(".")[2]]
    again = client.simulate_get(f"{BASE}/assets/{name}", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nosuch.js", "__init__.py", "..%2f__init__.py", "%00"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.simulate_get(f"{BASE}/assets/{name}").status_code == 404


def test_the_address_without_a_slash_leads_to_the_page_with_its_token(client: TestClient) -> None:
    moved = client.simulate_get(BASE, query_string="token=a%20b")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{BASE}/?token=a%20b")


@pytest.mark.parametrize("name", NAMES)
def test_no_file_makes_markup_of_text_or_asks_another_server(name: str) -> None:
    text = text_of(FILES / name)
    assert not re.search(MARKUP, text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert len(text.splitlines()) < 300


@pytest.mark.parametrize(("page", "script"), [("index.html", "main.js"), ("docs.html", "docs.js")])
def test_a_page_loads_ahead_just_the_modules_that_its_script_imports(page: str, script: str) -> None:
    text = text_of(resources.files("mockcdrs.console") / page)
    imports, modules = [script], set[str]()
    for name in imports:
        more = re.findall(r'from "\./([^"]+)"', text_of(FILES / name))
        imports += [each for each in more if each not in imports]
        modules.add(name)
    assert sorted(re.findall(r'modulepreload" href="assets/([^"]+)"', text)) == sorted(modules - {script})


@pytest.mark.parametrize("name", ["index.html", "docs.html"])
def test_a_page_has_no_script_or_style_of_its_own(name: str) -> None:
    page = text_of(resources.files("mockcdrs.console") / name)
    assert not re.search(r"<script(?![^>]* src=)|<style|\bon\w+=|\bstyle=|https?://", page)
    assert all(console.find_asset(file) for file in re.findall(r'(?:href|src)="assets/([^"]+)"', page))


def test_the_form_of_a_rule_has_each_action_that_json_can_say() -> None:
    table = text_of(FILES / "rule_form.js").partition("const ACTIONS = {")[2].partition("\n};")[0]
    assert set(re.findall(r"^  (\w+): \[", table, re.MULTILINE)) == {*ACTIONS} - {"then"}


def test_every_import_of_a_file_is_there() -> None:
    imports = {name for file in NAMES for name in re.findall(r'from "\./([^"]+)"', text_of(FILES / file))}
    assert imports <= set(NAMES)
