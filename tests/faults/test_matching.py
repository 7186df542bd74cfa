"""Which requests a rule is about."""

from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.faults import Rule, WireEffect
from tests.crossbar.builders import ACCOUNT
from tests.faults.asking import asked


def test_without_rules_the_answer_is_the_usual_one(state: State) -> None:
    answered, effect = asked(state)
    assert answered.status == 200
    assert effect == WireEffect()


@pytest.mark.parametrize(
    ("which", "is_hit"),
    [
        ({}, True),
        ({"method": "get"}, True),
        ({"method": "PUT"}, False),
        ({"path": "/cdrs"}, True),
        ({"path": "cdrs/"}, True),
        ({"path": f"/v2/accounts/{ACCOUNT}/cdrs"}, True),
        ({"path": "drs"}, False),
        ({"path": "/cdrs/interaction"}, False),
        ({"query": {"page_size": 10}}, True),
        ({"query": {"page_size": "10", "b": "x y"}}, True),
        ({"query": {"page_size": 11}}, False),
        ({"query": {"b": "second"}}, True),
        ({"query": {"b": ["x y", "second"]}}, True),
        ({"query": {"b": ["x y"]}}, False),
        ({"query": {"page_size": True, "start_key": False}}, True),
        ({"query": {"start_key": True}}, False),
    ],
)
def test_a_rule_is_about_requests_of_its_kind(state: State, which: dict[str, Any], is_hit: bool) -> None:
    state.faults.add(Rule(status=503, **which))
    assert asked(state, "page_size=10&b=x+y&b=second")[0].status == (503 if is_hit else 200)


def test_a_path_is_compared_decoded(state: State) -> None:
    state.faults.add(Rule(status=503, path="/cdrs/202601-a/b"))
    assert asked(state, path="/cdrs/202601-a%2Fb")[0].status == 503


def test_a_preflight_uses_up_no_rule_that_names_no_method(state: State) -> None:
    rule = state.faults.add(Rule(status=503, times=1))
    asked(state, method="OPTIONS", headers={"origin": "x"})
    assert state.faults.fired(rule) == 0
    named = state.faults.add(Rule(status=503, method="OPTIONS"))
    assert asked(state, method="OPTIONS", headers={"origin": "x"})[0].status == 503
    assert state.faults.fired(named) == 1


def test_an_unreadable_query_harms_no_rule(state: State) -> None:
    state.faults.add(Rule(status=503, query={"a": "1"}))
    assert asked(state, "a=%zz")[0].status == 500
