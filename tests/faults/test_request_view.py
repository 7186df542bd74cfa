"""A request as rules see it: which page of a walk it asks for."""

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.faults.request_view import KEPT_KEYS, PageTracker, RequestView
from mockcdrs.faults.rule import Rule
from tests.crossbar.builders import ACCOUNT_TOKEN, calls, state_of
from tests.faults.client import COUNT, FIRST_PAGE, ask, envelope, next_query, statuses, walk


@pytest.mark.parametrize(("page", "expected"), [(1, [503]), (2, [200, 503]), (3, [200, 200, 503]), (4, [200] * 3)])
def test_a_page_of_a_walk_fails(state: State, page: int, expected: list[int]) -> None:
    state.faults.add(Rule(status=503, page=page))
    assert walk(state) == expected


def test_pages_are_known_without_any_rule_when_they_were_fetched(state: State) -> None:
    first, _ = ask(state, FIRST_PAGE)
    state.faults.add(Rule(status=503, page=2))
    assert ask(state, next_query(first))[0].status == 503


def test_pages_are_known_in_plain_answers_too(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    assert walk(state, FIRST_PAGE + "&is_chunked=false") == [200, 200, 503]


def test_a_retry_is_on_the_same_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=2, times=2))
    second_page = next_query(ask(state, FIRST_PAGE)[0])
    assert statuses(state, [second_page] * 3) == [503, 503, 200]


def test_two_walks_at_once_are_told_apart_where_their_keys_meet(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    small, large = "page_size=5", "page_size=10"
    at_six = next_query(ask(state, small)[0], small)
    at_eleven, large_at_eleven = (
        next_query(ask(state, at_six)[0], small),
        next_query(ask(state, large)[0], large),
    )
    assert at_eleven.partition("&")[2] == large_at_eleven.partition("&")[2]
    assert statuses(state, [at_eleven, large_at_eleven]) == [503, 200]


def test_equal_walks_at_once_are_both_on_their_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    first = [ask(state, FIRST_PAGE)[0] for _ in range(2)]
    second = [ask(state, next_query(page))[0] for page in first]
    assert statuses(state, map(next_query, second)) == [503, 503]


def test_a_walk_that_changes_its_question_is_still_on_its_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=2))
    key = envelope(ask(state, FIRST_PAGE)[0])["next_start_key"]
    assert ask(state, f"page_size=3&start_key={key}")[0].status == 503


def test_pages_that_were_asked_for_before_there_was_a_rule_count(state: State) -> None:
    second = envelope(ask(state, FIRST_PAGE)[0])["next_start_key"]
    third = envelope(ask(state, f"{FIRST_PAGE}&start_key={second}")[0])["next_start_key"]
    rule = state.faults.add(Rule(status=503, page=3))
    assert ask(state, f"{FIRST_PAGE}&start_key={second}")[0].status == 200
    assert ask(state, f"{FIRST_PAGE}&start_key={third}")[0].status == 503
    assert state.faults.fired(rule) == 1


def test_a_key_that_was_never_handed_out_is_on_no_page(state: State) -> None:
    rules = [state.faults.add(Rule(status=503, page=page)) for page in range(1, 5)]
    ask(state, "start_key=garbage")
    assert state.faults.never_fired() == rules


def test_the_keys_handed_out_last_are_known_and_older_ones_forgotten() -> None:
    walks, request = PageTracker(), RequestView.of(HttpRequest("GET", "/v2/accounts/a/cdrs"))

    def page_at(key: int) -> int | None:
        return walks.page(RequestView.of(HttpRequest("GET", "/v2/accounts/a/cdrs", f"start_key={key}")))

    for number in range(KEPT_KEYS):
        walks.hand_out(request, str(number), number)
    known = [number for number in range(KEPT_KEYS) if page_at(number) is not None]
    assert known == [*range(KEPT_KEYS - len(known), KEPT_KEYS)]
    assert 0 < len(known) < KEPT_KEYS


def test_a_new_token_in_the_query_is_no_new_walk(state: State) -> None:
    state.faults.add(Rule(status=503, page=2))
    key = envelope(ask(state, f"{FIRST_PAGE}&auth_token={ACCOUNT_TOKEN}", token=None)[0])["next_start_key"]
    assert ask(state, f"{FIRST_PAGE}&start_key={key}")[0].status == 503


def test_pages_behind_a_key_that_was_never_handed_out_are_not_known_either(state: State) -> None:
    of_another_mock = next_query(ask(state_of(calls(COUNT)), FIRST_PAGE)[0])
    behind = next_query(ask(state, of_another_mock)[0])
    rule = state.faults.add(Rule(status=503, page=3))
    assert ask(state, behind)[0].status == 200
    assert state.faults.near_misses(rule)[0].endswith(": page is not known, expected 3")
