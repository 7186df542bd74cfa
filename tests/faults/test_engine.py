"""When a rule's turn has come, alone and among others."""

import re
import threading
from collections import deque
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults import engine
from mockcdrs.faults.engine import Faults, RuleFailed
from mockcdrs.faults.rule import Rule
from tests.crossbar.builders import NOW, RESELLER, RESELLER_TOKEN, calls, state_of
from tests.faults.client import COUNT, FIRST_PAGE, ask, next_query, statuses


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, [503, 503, 503, 503, 503]),
        ({"times": 2}, [503, 503, 200, 200, 200]),
        ({"after": 3}, [200, 200, 200, 503, 503]),
        ({"after": 1, "times": 2}, [200, 503, 503, 200, 200]),
        ({"nth": 2}, [200, 503, 200, 200, 200]),
        ({"nth": 2, "after": 1}, [200, 200, 503, 200, 200]),
        ({"probability": 0.0}, [200, 200, 200, 200, 200]),
        ({"probability": 1.0}, [503, 503, 503, 503, 503]),
    ],
)
def test_a_rule_fires_when_its_turn_has_come(state: State, when: dict[str, Any], expected: list[int]) -> None:
    state.faults.add(Rule(status=503, **when))
    assert statuses(state) == expected


def test_of_two_rules_the_first_fires_until_it_is_used_up(state: State) -> None:
    state.faults.add(Rule(status=503, times=1))
    state.faults.add(Rule(status=429, times=2))
    assert statuses(state) == [503, 429, 429, 200, 200]


def test_each_rule_counts_its_matches_by_itself(state: State) -> None:
    state.faults.add(Rule(status=503, nth=1))
    state.faults.add(Rule(status=429, nth=3))
    assert statuses(state) == [503, 200, 429, 200, 200]


def test_quiet_rules_fire_beside_the_others(state: State) -> None:
    state.faults.add(Rule(delay_seconds=1.5))
    state.faults.add(Rule(status=503))
    state.faults.add(Rule(delay_seconds=2, drip=100))
    state.faults.add(Rule(drip=50))
    response, effect = ask(state)
    assert response.status == 503
    assert [delay.seconds for delay in effect.delays] == [1.5, 2]
    assert [pace.bytes_a_second for pace in effect.paces] == [100, 50]
    assert [each.partition(" (")[0] for each in effect.fault.split("; ")] == ["rule 1", "rule 2", "rule 3", "rule 4"]


def pattern(seed: int, matches: int = 64) -> list[int]:
    state = state_of()
    state.faults = Faults(seed, state.data)
    state.faults.add(Rule(status=503, probability=0.5))
    return statuses(state, ("",) * matches)


def test_chance_follows_from_the_seed_and_the_match_alone() -> None:
    assert pattern(1) == pattern(1)
    assert pattern(1) != pattern(2)
    assert 16 < pattern(1).count(503) < 48
    # the same from one release to the next: a test may rest on it
    assert [number for number, status in enumerate(pattern(1, 11), 1) if status == 503] == [3, 4, 6, 7, 8, 11]


def test_chance_is_another_for_each_rule() -> None:
    state = state_of()
    rules = [state.faults.add(Rule(delay_seconds=1, probability=0.5)) for _ in range(2)]
    fired = []
    for _ in range(32):
        before = [state.faults.fired(rule) for rule in rules]
        ask(state)
        fired.append([state.faults.fired(rule) - count for rule, count in zip(rules, before, strict=True)])
    assert any(one != other for one, other in fired)


def test_what_did_not_match_does_not_move_chance(state: State) -> None:
    other = state_of(calls(COUNT))
    for each in (state, other):
        each.faults.add(Rule(status=503, probability=0.5, path="/cdrs"))
    fired = []
    for _ in range(20):
        ask(other, path="/cdrs/interaction")
        fired.append(ask(other)[0].status)
    assert fired == statuses(state, ("",) * 20)


def test_rules_that_never_fired_are_named(state: State) -> None:
    used, unused = (state.faults.add(Rule(status=503, path=path)) for path in ("/cdrs", "/nosuch"))
    ask(state)
    ask(state)
    assert state.faults.never_fired() == [unused]
    assert (state.faults.fired(used), state.faults.fired(unused)) == (2, 0)
    assert str(unused) == "rule 2 (status=503 path=/nosuch)"


def test_a_rule_may_be_taken_away(state: State) -> None:
    rule = state.faults.add(Rule(status=503))
    assert state.faults.remove(rule)
    assert not state.faults.remove(rule)
    assert (ask(state)[0].status, len(state.faults)) == (200, 0)


def test_a_rule_keeps_its_counts_when_it_is_taken_away_and_its_number_is_given_to_no_other(state: State) -> None:
    first, second = state.faults.add(Rule(status=503)), state.faults.add(Rule(status=500))
    assert statuses(state, ["", ""]) == [503, 503]
    state.faults.remove(first)
    assert (state.faults.matched(first), state.faults.fired(first)) == (2, 2)
    assert [each.number for each in (first, second, state.faults.add(Rule(status=429)))] == [1, 2, 3]
    unknown = Rule(status=503, number=9)
    assert (state.faults.matched(unknown), state.faults.fired(unknown)) == (0, 0)


def test_only_the_rules_removed_last_keep_their_counts(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_REMOVED", 2)
    rules = []
    for _ in range(4):
        rule = state.faults.add(Rule(status=503))
        statuses(state)
        state.faults.remove(rule)
        rules.append(rule)
    assert [rule.number for rule in rules] == [1, 2, 3, 4]
    for count in (state.faults.fired, state.faults.matched):
        assert [*map(count, rules)] == [0, 0, 5, 5]


def test_a_rule_of_an_earlier_test_takes_no_other_away(state: State) -> None:
    old = state.faults.add(Rule(status=503))
    state.faults.clear()
    new = state.faults.add(Rule(status=429))
    assert new.number == old.number
    assert not state.faults.remove(old)
    assert list(state.faults) == [new]


def test_reset_forgets_rules_tokens_and_walks(state: State) -> None:
    state.faults.add(Rule(token_expired=True, after=1))
    first, _ = ask(state, FIRST_PAGE)
    assert ask(state)[0].status == 401
    state.reset()
    state.faults.add(Rule(status=503, page=2))
    assert ask(state, next_query(first))[0].status == 200


def test_a_request_amid_a_reset_brings_back_no_walk(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = ask(state, FIRST_PAGE)

    def ask_under_a_rule() -> None:
        state.faults.add(Rule(drip=100))
        ask(state)

    request = threading.Thread(target=ask_under_a_rule)

    def let_a_request_in(maxlen: int) -> deque[Any]:
        request.start()
        request.join(0.2)  # it may have to wait for the end of the reset
        return deque(maxlen=maxlen)

    monkeypatch.setattr(engine, "deque", let_a_request_in)
    state.faults.reset()
    request.join()
    state.faults.add(Rule(status=503, page=2))
    assert ask(state, next_query(first))[0].status == 200


def fail_with_key_error(_data: Overlay) -> None:
    raise KeyError("of a test's own")


def test_a_function_that_fails_once_the_body_is_complete_breaks_the_answer_off_and_fails_the_test(state: State) -> None:
    rule = state.faults.add(Rule(then=fail_with_key_error))
    with pytest.raises(RuleFailed, match=re.escape(str(rule))):
        ask(state)
    with pytest.raises(KeyError, match="of a test's own") as caught:
        state.faults.check()
    assert caught.value.__notes__ == [f"raised by the code of {rule}; the client was left with a broken connection"]


@pytest.mark.parametrize("silence", ["reset", "blackhole"])
def test_a_function_that_fails_beside_an_answer_that_nobody_gets_closes_the_connection(
    state: State, silence: str
) -> None:
    actions: Any = {silence: True, "then": fail_with_key_error}
    state.faults.add(Rule(**actions))
    assert ask(state)[1].close
    with pytest.raises(KeyError):
        state.faults.check()


def test_many_threads_fire_a_rule_as_often_as_it_says(state: State) -> None:
    rule = state.faults.add(Rule(status=503, after=10, times=50))
    fired: list[int] = []
    threads = [threading.Thread(target=lambda: fired.extend(statuses(state, ("",) * 20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fired.count(503), len(fired), state.faults.fired(rule)) == (50, 160, 50)


def test_a_rule_in_the_place_of_another_keeps_the_number_and_counts_anew(state: State) -> None:
    first = state.faults.add(Rule(status=503))
    state.faults.add(Rule(status=500))
    assert statuses(state, [""]) == [503]
    replaced = state.faults.replace(first.number, Rule(status=502, times=1))
    assert replaced is not None
    assert (replaced.number, state.faults.fired(replaced)) == (first.number, 0)
    assert statuses(state, [""] * 2) == [502, 500]
    assert state.faults.replace(7, Rule(status=503)) is None


def test_tokens_are_good_again_once_the_rule_that_expired_them_is_another(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True, times=1))
    assert statuses(state, [""] * 2) == [401, 401]
    state.faults.replace(rule.number, Rule(status=503, times=1))
    assert statuses(state, [""] * 2) == [503, 200]


def test_rules_are_put_into_another_order(state: State) -> None:
    first, second = state.faults.add(Rule(status=503)), state.faults.add(Rule(status=500))
    assert state.faults.order([second.number, first.number])
    assert statuses(state, [""]) == [500]
    assert not state.faults.order([first.number])
    assert not state.faults.order([first.number, first.number])
    assert [rule.number for rule in state.faults] == [second.number, first.number]


@pytest.mark.parametrize(
    ("when", "matched", "fired", "is_spent"),
    [
        ({}, 9, 9, False),
        ({"times": 2}, 5, 1, False),
        ({"times": 2}, 5, 2, True),
        ({"nth": 3}, 2, 0, False),
        ({"nth": 3}, 3, 1, True),
        ({"nth": 3, "after": 2}, 4, 0, False),
        ({"nth": 3, "after": 2}, 5, 1, True),
    ],
)
def test_a_rule_is_spent_when_it_will_never_fire_again(
    when: dict[str, Any], matched: int, fired: int, is_spent: bool
) -> None:
    assert Rule(status=503, **when).schedule.is_spent(matched, fired) is is_spent


def test_a_client_that_asks_too_often_is_refused_until_its_bucket_has_filled(state: State) -> None:
    state.clock.freeze(NOW)
    state.faults.add(Rule(rate_limit={"max_bucket_tokens": 3, "tokens_fill_rate": 2}))
    assert statuses(state) == [200, 200, 200, 429, 429]
    state.clock.advance(seconds=1)
    assert statuses(state) == [200, 200, 429, 429, 429]


def test_clients_of_other_addresses_and_accounts_have_buckets_of_their_own(state: State) -> None:
    state.clock.freeze(NOW)
    state.faults.add(Rule(rate_limit={"max_bucket_tokens": 1}))
    assert statuses(state, ["", ""]) == [200, 429]
    assert ask(state, headers={"x-forwarded-for": "192.0.2.7"})[0].status == 200
    assert ask(state, path=f"/v2/accounts/{RESELLER}/cdrs", token=RESELLER_TOKEN)[0].status == 200
    assert ask(state, path="/cdrs/interaction")[0].status == 429  # one account has one bucket
    state.clock.advance(seconds=1)
    assert ask(state)[0].status == 200  # the setting says how fast it fills


def test_a_bucket_may_never_fill_again(state: State) -> None:
    state.clock.freeze(NOW)
    state.faults.add(Rule(rate_limit={"max_bucket_tokens": 1, "tokens_fill_rate": 0}))
    assert statuses(state, ["", ""]) == [200, 429]
    state.clock.advance(days=1)
    assert statuses(state, [""]) == [429]


def test_a_server_that_is_down_resets_each_request_whatever_the_rules(state: State) -> None:
    rule = state.faults.add(Rule(status=500))
    with state.faults.down():
        for method in ("GET", "OPTIONS"):
            response, effect = ask(state, method=method)
            assert (response.status, effect.reset, effect.fault) == (503, True, "the server is down")
    assert state.faults.fired(rule) == 0
    assert ask(state)[0].status == 500
    state.faults.is_down = True
    state.reset()
    assert ask(state)[0].status == 200
