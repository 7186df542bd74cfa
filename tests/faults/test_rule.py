"""How a rule is written: as arguments, as JSON, and as a line of Python."""

import json
from typing import Any

import pytest

from mockcdrs.faults import Reply, Rule, RuleArguments, RuleError, rule
from mockcdrs.faults.action import Action
from mockcdrs.faults.rule import ACTIONS, PRESETS
from mockcdrs.mock import Mock

WRONG = [
    ({}, "the rule does nothing: say what happens"),
    ({"error": "datastore_timeout"}, "error: came 'datastore_timeout', expected one of Crossbar's: too_many_requests"),
    ({"status": 200}, "status: came 200, expected an error's, 400 to 599"),
    ({"status": "503"}, "status: came '503'"),
    ({"status": 503, "error": "no_credit"}, "error and status in one rule exclude each other"),
    ({"close": True, "cut_after": 3}, "close and cut_after in one rule exclude each other"),
    ({"cut_after": 0}, "cut_after: came 0, expected a whole number of bytes from 1 on"),
    ({"status": 503, "times": 0}, "times: came 0, expected a whole number from 1 on"),
    ({"status": 503, "page": True, "nth": "x"}, "page: came True"),
    ({"status": 503, "after": None}, "after: came None"),
    ({"status": 503, "probability": 2}, "probability: came 2, expected a number from 0 to 1"),
    ({"status": 503, "query": "a=1"}, "query: came 'a=1', expected parameters by name"),
    ({"delay_seconds": float("nan")}, "delay_seconds: came nan"),
    ({"drip": -1}, "drip: came -1"),
    ({"close": 1}, "close: came 1, expected true or false"),
    ({"then": "x"}, "then: came 'x', expected a callable"),
    ({"reply": {"json": 1}}, "reply: came"),
]


@pytest.mark.parametrize(("said", "words"), WRONG)
def test_a_rule_that_cannot_be_followed_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule(**said)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"stauts": 503}, "stauts: a rule has no such argument, expected some of method, path, "),
        ({"reply": 7}, "reply: came 7, expected a Reply: json, status, headers"),
        ({"then": 1}, "then: came as JSON, expected Python code"),
        ({"reply": {"text": ""}}, "text: a reply has no such argument, expected some of json, status, headers"),
        ({"reply": {"status": 99}}, "status: came 99, expected a whole number from 200 to 599"),
        ({"reply": {"headers": {"a": "b\r\nc: d"}}}, "headers: came 'a': 'b\\r\\nc: d', expected text on one line"),
        ({"reply": {"headers": {"Connection": "close"}}}, "headers: came 'Connection'"),
        ({"reply": {"headers": 1}}, "headers: came 1"),
    ],
)
def test_a_dict_that_is_no_rule_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule.from_dict(said)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(status=503, path="/cdrs", times=2, number=4),
        Rule(error="no_credit", method="GET", query={"a": ["1", "2"], "b": True}, page=2, after=1, nth=1),
        Rule(reply=Reply({"a": [1]}, 202, {"x": "y"}), probability=0.25),
        Rule(cut_after=10, delay_seconds=0.5, drip=2.5),
        Rule(wrong_content_length=-3),
    ],
)
def test_a_rule_survives_the_way_through_json(rule: Rule) -> None:
    assert Rule.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


def test_a_dict_holds_only_what_was_said() -> None:
    assert Rule(status=503, then=print).to_dict() == {"status": 503}


def test_editors_know_each_argument_of_a_rule() -> None:
    assert RuleArguments.__annotations__.keys() == {*rule._MATCH, *rule._SCHEDULE, *ACTIONS}


@pytest.mark.parametrize("action", [action for action in ACTIONS.values() if action.keyword != "then"])
def test_the_example_of_an_action_makes_a_rule(action: type[Action]) -> None:
    made = Rule(**{action.keyword: action.example})
    assert [type(each) for each in made.actions] == [action]
    assert action.sentence.endswith(".")


RULES = {
    **{name: rule for name, (rule, _) in PRESETS.items()},
    "reply": Rule(path="/vmboxes", reply=Reply({"data": [1, None]}, 201, {"x-a": "b"}), times=2, query={"a": True}),
    "bare reply": Rule(path="/vmboxes", reply=Reply()),
    "reply to all": Rule(reply=Reply(json={"a": "it's"})),
    "everything": Rule(
        method="GET", path="/cdrs", query={"page_size": "7"}, page=2, after=1, probability=0.5, drip=9.5
    ),
}


@pytest.fixture(scope="module")
def mock() -> Mock:
    return Mock()


@pytest.mark.parametrize("name", RULES)
def test_the_line_of_python_makes_the_rule(mock: Mock, name: str) -> None:
    made: Any = eval(RULES[name].to_python(), {"mockcdrs": mock, "Reply": Reply})
    assert made.with_number(0) == RULES[name]


@pytest.mark.parametrize("name", RULES)
def test_the_json_makes_the_rule(name: str) -> None:
    assert Rule.from_dict(RULES[name].to_dict()) == RULES[name]


def test_code_of_a_tests_own_is_said_by_its_name() -> None:
    assert Rule(then=print).to_python() == "mockcdrs.fail(then=print)"
