"""Trouble that a person makes, and a client feels."""

import json

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, PageOpener

TROUBLES = ["Datastore down", "Rate limited", "Slow Monday", "Page 3 fails", "Token expired"]


def rules(page: Page) -> Locator:
    return page.get_by_label("Rules")


def test_a_preset_is_felt_by_a_client_until_it_is_switched_off(open_page: PageOpener, ask: Ask) -> None:
    page = open_page("trouble")
    down = page.get_by_role("switch", name="Datastore down")
    expect(down).not_to_be_checked()
    down.check()
    expect(page.locator("#armed")).to_have_text("1 rule on")
    assert [ask().status_code for _ in range(2)] == [503, 503]
    expect(page.locator(".card", has=down)).to_contain_text("fired 2 times, 2 matched")
    down.uncheck()
    expect(page.locator("#armed")).to_be_hidden()
    assert ask().status_code == 200


@pytest.mark.parametrize("name", TROUBLES)
def test_the_usual_troubles_have_a_switch_of_their_name(open_page: PageOpener, mock: Mock, name: str) -> None:
    page = open_page("trouble")
    page.get_by_role("switch", name=name).check()
    expect(page.locator("#armed")).to_have_text("1 rule on")
    assert len(mock.state.faults) == 1


def test_each_preset_shows_its_rule_as_json_and_as_a_line_of_python(open_page: PageOpener) -> None:
    page = open_page("trouble")
    card = page.locator(".card", has=page.get_by_role("switch", name="Page 3 fails"))
    card.locator("summary").click()
    assert json.loads(card.get_by_label("JSON", exact=True).inner_text()) == {"status": 503, "page": 3}
    expect(card.get_by_label("Python", exact=True)).to_contain_text("mockcdrs.fail(")


def test_the_server_is_down_for_clients_until_it_is_switched_on_again(
    open_page: PageOpener, ask: Ask, mock: Mock
) -> None:
    page = open_page("trouble")
    down = page.get_by_role("switch", name="Server down")
    down.check()
    expect(page.locator("#armed")).to_have_text("server down")
    with pytest.raises(httpx.ReadError):
        ask()
    mock.state.faults.is_down = False  # by somebody else
    expect(page.locator("#armed")).to_be_hidden()
    expect(down).not_to_be_checked()
    down.check()
    mock.fail(status=503)
    expect(page.locator("#armed")).to_have_text("server down, 1 rule on")
    down.uncheck()
    expect(page.locator("#armed")).to_have_text("1 rule on")
    assert ask().status_code == 503


@pytest.mark.parametrize("off", ["its own switch", "all off"])
def test_a_token_that_was_made_to_expire_is_good_again_once_that_is_off(
    open_page: PageOpener, ask: Ask, off: str
) -> None:
    page = open_page("trouble")
    switch = page.get_by_role("switch", name="Token expired")
    switch.check()
    expect(page.locator("#armed")).to_be_visible()
    assert ask().status_code == 401
    if off == "all off":
        page.get_by_role("button", name="Remove all…").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove all rules").click()
    else:
        switch.uncheck()
    expect(page.locator("#armed")).to_be_hidden()
    assert ask().status_code == 200


def test_rules_say_how_often_they_fired_and_for_whom_and_which_are_spent(
    open_page: PageOpener, ask: Ask, mock: Mock
) -> None:
    mock.fail(status=503, times=1)
    mock.fail(status=500, path="/cdrs/summary")
    ask(headers={"User-Agent": "sync/1.0"})
    page = open_page("trouble")
    expect(page.locator("#armed")).to_have_text("1 rule on, 1 rule spent")
    first_rule, on = rules(page).locator("> li").all()
    expect(first_rule).to_contain_text("spent")
    expect(first_rule).to_contain_text("fired once, 1 matched: sync/1.0")
    expect(on).to_contain_text("not fired yet, 0 matched")
    assert page.locator("#trouble").inner_text().index("Rules") < 5
    ask("/cdrs/summary", headers={"User-Agent": "other/2.0"})
    expect(on).to_contain_text("fired once, 1 matched: other/2.0")


def test_a_rule_of_ones_own_is_made_by_its_fields_and_removed(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    page = open_page("trouble")
    page.get_by_label("What happens").select_option("error")
    page.get_by_label("Value").fill("too_many_requests")
    page.get_by_label("Times at most").fill("1")
    rule = {"path": "/cdrs", "error": "too_many_requests", "times": 1}
    assert json.loads(page.get_by_label("Rule as JSON").input_value()) == rule
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator("#armed")).to_be_visible()
    assert [ask().status_code for _ in range(2)] == [429, 200]
    rules(page).get_by_role("button", name="Remove").click()
    expect(page.locator("#armed")).to_be_hidden()
    assert len(mock.state.faults) == 0


def test_the_json_is_read_back_into_the_fields(open_page: PageOpener) -> None:
    page = open_page("trouble")
    page.get_by_label("Rule as JSON").fill('{"drip": 50, "page": 2, "query": {"page_size": "5"}}')
    expect(page.get_by_label("What happens")).to_have_value("drip")
    expect(page.get_by_label("Value")).to_have_value("50")
    expect(page.get_by_label("Only page")).to_have_value("2")
    expect(page.get_by_label("Path ends with")).to_have_value("")
    page.get_by_label("Times at most").fill("3")
    expected = {"drip": 50, "page": 2, "query": {"page_size": "5"}, "times": 3}
    assert json.loads(page.get_by_label("Rule as JSON").input_value()) == expected
    page.get_by_label("What happens").select_option("close")
    expect(page.get_by_label("Value")).to_be_hidden()
    assert json.loads(page.get_by_label("Rule as JSON").input_value())["close"] is True
    page.get_by_label("What happens").select_option("reply")
    page.get_by_label("Value").fill("{")
    expect(page.locator(".rule-form [role=alert]")).to_contain_text("The value is not valid JSON")


def test_a_rule_is_changed_duplicated_and_moved(open_page: PageOpener, ask: Ask, mock: Mock) -> None:
    mock.fail(status=503, times=1)
    page = open_page("trouble")
    rules(page).get_by_role("button", name="Edit").click()
    expect(page.locator(".rule-form h2")).to_have_text("Change rule 1")
    page.get_by_label("Value").fill("502")
    page.get_by_role("button", name="Save").click()
    expect(rules(page)).to_contain_text("status=502")
    rules(page).get_by_role("button", name="Duplicate").click()
    page.get_by_label("Value").fill("500")
    page.get_by_role("button", name="Switch it on").click()
    expect(rules(page).locator("> li")).to_have_count(2)
    rules(page).get_by_role("button", name="Move up rule 2").click()
    expect(rules(page).locator("> li").first).to_contain_text("status=500")
    assert [ask().status_code for _ in range(3)] == [500, 502, 200]
    rules(page).get_by_role("button", name="Move down rule 2").click()
    expect(rules(page).locator("> li").first).to_contain_text("status=502")


def test_a_change_that_is_given_up_leaves_the_rule(open_page: PageOpener, mock: Mock) -> None:
    mock.fail(status=503)
    page = open_page("trouble")
    rules(page).get_by_role("button", name="Edit").click()
    page.get_by_label("Value").fill("502")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".rule-form h2")).to_have_text("A rule of your own")
    assert [rule.to_dict()["status"] for rule in mock.state.faults] == [503]


def test_a_rule_is_shared_as_python_curl_json_and_a_link(open_page: PageOpener, mock: Mock, origin: str) -> None:
    mock.fail(status=503, path="/cdrs", page=3)
    page = open_page("trouble")
    rules(page).locator("summary").click()
    shared = {
        name: rules(page).get_by_label(name, exact=True).inner_text() for name in ("Python", "curl", "JSON", "link")
    }
    assert shared["Python"] == "mockcdrs.fail(path='/cdrs', page=3, status=503)"
    assert shared["curl"].endswith(f"'{origin}/_mockcdrs/faults'")
    assert json.loads(shared["JSON"]) == {"path": "/cdrs", "page": 3, "status": 503}
    page.goto("about:blank")
    page.goto(shared["link"])
    expect(page.get_by_label("Only page")).to_have_value("3")
    expect(page.get_by_label("Value")).to_have_value("503")
    body = shared["curl"].partition("-d '")[2].partition("'")[0]
    assert httpx.post(f"{origin}/_mockcdrs/faults", json=json.loads(body), timeout=10).status_code == 201


@pytest.mark.parametrize("rule", ["%7B", "7"])
def test_a_link_that_was_cut_opens_the_form_as_ever(open_page: PageOpener, rule: str) -> None:
    page = open_page(f"trouble?rule={rule}")
    expect(page.get_by_label("Rule as JSON")).to_be_visible()


def test_a_rule_that_cannot_be_followed_says_why(open_page: PageOpener) -> None:
    open_page.expects_failures = True
    page = open_page("trouble")
    page.get_by_label("Rule as JSON").fill('{"status": 200}')
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".rule-form [role=alert]")).to_contain_text("came 200, expected an error's, 400 to 599")
    page.get_by_label("Rule as JSON").fill("{")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".rule-form [role=alert]")).to_contain_text("Not valid JSON")


def test_a_rule_that_a_test_made_shows_up(open_page: PageOpener, mock: Mock) -> None:
    page = open_page("trouble")
    expect(rules(page)).to_contain_text("None: every request is answered as Crossbar would.")
    mock.fail(status=503, path="/cdrs")
    expect(rules(page)).to_contain_text("status=503")
