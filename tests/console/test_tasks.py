"""Eight tasks that people come with, each done from the console's first screen in a few steps."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from mockcdrs.mock import Mock
from tests.console.conftest import Ask, PageOpener, walk

Start = Callable[[], "Person"]


class Person:
    """Somebody at the console, whose clicks, choices and entries are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps = 0

    def click(self, target: Locator) -> None:
        self.steps += 1
        target.click()

    def tab(self, name: str) -> None:
        self.click(self.page.get_by_role("tab", name=name))

    def enter(self, target: Locator, text: str) -> None:
        self.steps += 1
        target.fill(text)

    def choose(self, target: Locator, value: str) -> None:
        self.steps += 1
        target.select_option(value)

    def sees(self, place: str, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator(place).first).to_contain_text(text)


@pytest.fixture
def start(open_page: PageOpener) -> Start:
    def at_first_screen() -> Person:
        return Person(open_page(permissions=["clipboard-read", "clipboard-write"]))

    return at_first_screen


def test_the_401_is_found_and_why(start: Start, ask: Ask) -> None:
    ask("/cdrs/summary")
    ask(headers={"X-Auth-Token": "nonsense"})
    person = start()
    person.click(person.page.get_by_role("button", name="4xx"))
    person.sees("#requests .row", "401", "the token was never issued here")
    assert person.steps == 1


def test_page_3_fails_once(start: Start, ask: Ask) -> None:
    person = start()
    person.tab("Trouble")
    person.enter(person.page.get_by_label("Only page"), "3")
    person.enter(person.page.get_by_label("Times at most"), "1")
    person.click(person.page.get_by_role("button", name="Switch it on"))
    expect(person.page.locator("#armed")).to_have_text("1 rule on")
    assert walk(ask, page_size=2, pages=4) == [200, 200, 503]
    assert walk(ask, page_size=2, pages=4) == [200, 200, 200, 200]
    expect(person.page.locator("#armed")).to_have_text("1 rule spent")
    assert person.steps == 4


def test_the_legs_of_a_call(start: Start, mock: Mock) -> None:
    mock.clear()
    call = mock.add_call(scenario="inbound_answered", seconds=60)
    person = start()
    person.tab("Calls")
    person.click(person.page.locator("#calls .row"))
    expect(person.page.locator("#calls .timeline li")).to_have_count(len(call.legs))
    person.sees("#calls .timeline", "talked 1m 00s")
    assert person.steps == 2


def test_the_clock_stands_at_a_months_end(start: Start, mock: Mock) -> None:
    person = start()
    person.click(person.page.locator("#clock"))
    person.click(person.page.get_by_role("button", name="Freeze at the month's end"))
    person.sees("#clock", "frozen 2026-01-31 23:59:59")
    assert mock.clock.is_frozen
    assert person.steps == 2


def test_a_missed_call_appears_in_client_and_console(start: Start, mock: Mock, ask: Ask) -> None:
    mock.clear()
    person = start()
    person.tab("Calls")
    person.click(person.page.locator("#calls summary", has_text="Add a call"))
    person.choose(person.page.get_by_label("Scenario"), "inbound_missed")
    person.click(person.page.get_by_role("button", name="Add the call"))
    person.sees("#calls .rows .row", "new", "incoming")
    rows: list[Any] = ask().json()["data"]
    assert rows
    assert all(int(row["billing_seconds"]) == 0 for row in rows)
    assert person.steps == 4


def test_a_fault_as_code(start: Start, mock: Mock) -> None:
    mock.fail(status=503, page=3, times=1)
    person = start()
    person.click(person.page.locator("#armed"))
    person.click(person.page.get_by_label("Rules").locator("summary"))
    person.click(person.page.get_by_role("button", name="Copy Python"))
    expect(person.page.get_by_role("button", name="Copy Python")).to_have_text("Copied")
    assert person.page.evaluate("navigator.clipboard.readText()") == "mockcdrs.fail(page=3, times=1, status=503)"
    assert person.steps == 3


def test_todays_advice(start: Start, ask: Ask) -> None:
    ask(page_sice=5)
    person = start()
    person.tab("Advice")
    person.sees("#advice", "misspelt-parameter", "once", "did you mean page_size", "Requests: #1")
    assert person.steps == 1


def test_a_call_by_its_number(start: Start, mock: Mock) -> None:
    mock.add_call(scenario="inbound_answered", caller="+14155550987")
    person = start()
    person.tab("Calls")
    person.enter(person.page.get_by_label("Search calls by number or name"), "555-0987")
    expect(person.page.locator("#calls .rows .row")).to_have_count(1)
    person.sees("#calls .rows .row", "+14155550987")
    assert person.steps == 2
