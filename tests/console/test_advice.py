"""Advice, by code."""

from playwright.sync_api import expect

from tests.console.conftest import Ask, PageOpener


def test_without_any_it_says_so(open_page: PageOpener) -> None:
    expect(open_page("advice").locator("#advice")).to_contain_text("No advice: no request so far")


def test_each_code_has_its_sentence_count_clients_and_requests(open_page: PageOpener, ask: Ask) -> None:
    for size in (1, 2):
        ask(page_sice=size, headers={"User-Agent": f"client-{size}/1.0"})
    page = open_page("advice")
    card = page.locator(".card", has=page.get_by_role("heading", name="misspelt-parameter"))
    for text in (
        "2 times",
        "A parameter that Crossbar does not know",
        "did you mean page_size",
        "client-1/1.0, client-2/1.0",
    ):
        expect(card).to_contain_text(text)
    card.get_by_role("link", name="#1", exact=True).click()
    expect(page.locator("#requests .detail")).to_contain_text("page_sice=1")
    page.go_back()
    card.get_by_role("link", name="show the requests").click()
    expect(page.locator("#requests .row")).to_have_count(2)
    expect(page.locator("#requests .toolbar .count")).to_have_text("2 requests")


def test_advice_that_comes_while_it_is_shown_appears(open_page: PageOpener, ask: Ask) -> None:
    page = open_page("advice")
    ask(page_sice=1)
    expect(page.locator("#advice")).to_contain_text("misspelt-parameter")


def test_of_many_pieces_of_one_code_the_newest_are_listed(open_page: PageOpener, ask: Ask) -> None:
    for nth in range(14):
        ask(**{f"parameter_{nth}": 1})
    page = open_page("advice")
    card = page.locator(".card", has=page.get_by_role("heading", name="misspelt-parameter"))
    expect(card).to_contain_text("14 times")
    expect(card.locator("li")).to_have_count(12)
    expect(card.locator("li").first).to_contain_text("parameter_13")
    expect(card).to_contain_text("and 2 older")


def test_a_link_to_a_code_that_was_never_given_shows_what_it_stands_for(open_page: PageOpener) -> None:
    page = open_page("advice?code=wrong-epoch")
    expect(page.locator("#advice .chosen")).to_contain_text("A Unix time, milliseconds or a date in digits")
