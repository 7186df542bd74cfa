"""Trouble that a person makes, and a client feels."""

import json

import pytest
from playwright.sync_api import expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, Open


def test_a_preset_is_felt_by_a_client_until_it_is_switched_off(open_page: Open, ask: Ask) -> None:
    page = open_page("trouble")
    down = page.get_by_role("switch", name="Datastore down")
    expect(down).not_to_be_checked()
    down.check()
    expect(page.locator("#armed")).to_have_text("1 fault on")
    assert [ask().status_code for _ in range(2)] == [503, 503]
    expect(page.locator(".card", has=down)).to_contain_text("fired 2 times")
    down.uncheck()
    expect(page.locator("#armed")).to_be_hidden()
    assert ask().status_code == 200


@pytest.mark.parametrize("name", ["Datastore down", "Rate limited", "Slow Monday", "Page 3 fails", "Token expired"])
def test_the_usual_troubles_have_a_switch_of_their_name(open_page: Open, mock: Mock, name: str) -> None:
    page = open_page("trouble")
    page.get_by_role("switch", name=name).check()
    expect(page.locator("#armed")).to_have_text("1 fault on")
    assert len(mock.state.faults) == 1


def test_each_preset_shows_its_rule_as_json_and_as_a_line_of_python(open_page: Open) -> None:
    page = open_page("trouble")
    card = page.locator(".card", has=page.get_by_role("switch", name="Page 3 fails"))
    card.locator("summary").click()
    assert json.loads(card.get_by_label("JSON", exact=True).inner_text()) == {"status": 503, "page": 3}
    expect(card.get_by_label("Python", exact=True)).to_contain_text("mockcdrs.fail(")


@pytest.mark.parametrize("off", ["its own switch", "all off"])
def test_a_token_that_was_made_to_expire_is_good_again_once_that_is_off(open_page: Open, ask: Ask, off: str) -> None:
    page = open_page("trouble")
    expired = page.get_by_role("switch", name="Token expired")
    expired.check()
    expect(page.locator("#armed")).to_be_visible()
    assert ask().status_code == 401
    if off == "all off":
        page.get_by_role("button", name="Switch all off").click()
    else:
        expired.uncheck()
    expect(page.locator("#armed")).to_be_hidden()
    assert ask().status_code == 200


def test_a_rule_of_ones_own_is_made_by_its_fields_and_removed(open_page: Open, ask: Ask, mock: Mock) -> None:
    page = open_page("trouble")
    page.get_by_label("What happens").select_option("error")
    page.get_by_label("Value").fill("too_many_requests")
    page.get_by_label("Times at most").fill("1")
    assert json.loads(page.get_by_label("Rule as JSON").input_value()) == {
        "path": "/cdrs",
        "error": "too_many_requests",
        "times": 1,
    }
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator("#armed")).to_be_visible()
    assert [ask().status_code for _ in range(2)] == [429, 200]
    page.get_by_label("Rules that are on").get_by_role("button", name="Remove").click()
    expect(page.locator("#armed")).to_be_hidden()
    assert len(mock.state.faults) == 0


def test_a_rule_that_cannot_be_followed_says_why(open_page: Open) -> None:
    open_page.expects_failures = True
    page = open_page("trouble")
    page.get_by_label("Rule as JSON").fill('{"status": 200}')
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".own-rule [role=alert]")).to_contain_text("came 200, expected an error's, 400 to 599")
    page.get_by_label("Rule as JSON").fill("{")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".own-rule [role=alert]")).to_contain_text("This is no JSON")


def test_a_rule_that_a_test_made_shows_up(open_page: Open, mock: Mock) -> None:
    page = open_page("trouble")
    expect(page.get_by_label("Rules that are on")).to_contain_text("None: every request is answered as Crossbar would.")
    mock.fail(status=503, path="/cdrs")
    expect(page.get_by_label("Rules that are on")).to_contain_text("status=503")
