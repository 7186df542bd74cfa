"""Steps of a script: what happens to one request after another."""

from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule
from tests.crossbar.builders import body_of
from tests.faults.client import ask, envelope, statuses


def test_each_request_meets_the_next_step_and_after_the_last_one_all_is_well(state: State) -> None:
    rule = state.faults.add(Rule(path="/cdrs", script=[429, 200, {"error": "datastore_unreachable"}]))
    assert statuses(state) == [429, 200, 503, 200, 200]
    assert state.faults.fired(rule) == 3


def test_a_step_breaks_the_wire_or_delays(state: State) -> None:
    state.faults.add(Rule(script=[{"cut_after": 100}, {"delay_seconds": 2, "status": 503}, {"blackhole": True}]))
    first, second, third, last = (ask(state)[1] for _ in range(4))
    assert first.cut_after == 100
    assert [delay.seconds for delay in second.delays] == [2]
    assert third.is_silent
    assert not last.is_silent


def test_a_step_replies(state: State) -> None:
    state.faults.add(Rule(path="/braintree", script=[Reply({"a": 1}), {"reply": Reply(text="gone", status=410)}]))
    first, second, last = (ask(state, path="/braintree")[0] for _ in range(3))
    assert (first.status, envelope(first)) == (200, {"a": 1})
    assert (second.status, body_of(second)) == (410, b"gone")
    assert last.status not in {200, 410}


def test_what_stands_beside_a_script_happens_at_each_step(state: State) -> None:
    state.faults.add(Rule(script=[503, 200], delay_seconds=1))
    effects = [ask(state)[1] for _ in range(3)]
    assert [len(effect.delays) for effect in effects] == [1, 1, 0]


def test_a_step_as_usual_leaves_no_other_rule_the_request(state: State) -> None:
    state.faults.add(Rule(script=[200, 429]))
    state.faults.add(Rule(status=503))
    assert statuses(state) == [200, 429, 503, 503, 503]


def test_a_request_answered_as_usual_is_not_called_a_fault(state: State) -> None:
    state.faults.add(Rule(script=[200, 503]))
    assert [ask(state)[1].fault for _ in range(2)] == ["", "rule 1 (script=200,503)"]


@pytest.mark.parametrize(("when", "expected"), [({"after": 2}, [200, 200, 503, 429, 200]), ({"page": 2}, [200] * 5)])
def test_a_script_begins_when_its_requests_come(state: State, when: dict[str, Any], expected: list[int]) -> None:
    state.faults.add(Rule(script=[503, 429], **when))
    assert statuses(state) == expected


def test_a_token_that_a_script_makes_expire_is_good_again_once_the_rule_is_gone(state: State) -> None:
    rule = state.faults.add(Rule(script=[{"token_expired": True}]))
    assert statuses(state)[:2] == [401, 401]
    state.faults.remove(rule)
    assert ask(state)[0].status == 200


def test_a_script_is_described_step_by_step() -> None:
    rule = Rule(path="/cdrs", script=[429, {"cut_after": 100, "drip": 5}, 200, Reply(status=410)], number=2)
    assert str(rule) == "rule 2 (script=429,cut_after:100+drip:5,200,reply:410 path=/cdrs)"
    assert str(Rule(script=[503], delay_seconds=1)) == "rule 0 (script=503 delay_seconds=1)"
