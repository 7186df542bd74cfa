"""How a rule is written: as arguments, as JSON, and as a line of Python."""

import functools
import json
from typing import Any

import pytest

from mockcdrs.faults import RuleError, rule
from mockcdrs.faults.action import Action
from mockcdrs.faults.actions import ACTIONS, RuleArguments
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.request_view import RequestView
from mockcdrs.faults.rule import PRESETS, Rule
from mockcdrs.faults.wire_actions import jitter, lognormal, uniform
from mockcdrs.mock import Mock

WRONG = [
    ({}, "the rule does nothing: say what happens, for example error=..., status=503 or close=True"),
    (
        {"error": "datastore_timeout"},
        "error: came 'datastore_timeout', expected one of Crossbar's: too_many_requests, unspecified_fault, ",
    ),
    ({"stauts": 503}, "stauts: a rule has no such argument, expected some of method, path, "),
    ({"status": 200}, "status: came 200, expected an error's, 400 to 599"),
    ({"status": "503"}, "status: came '503'"),
    ({"status": 503, "error": "no_credit"}, "error and status in one rule exclude each other"),
    ({"close": True, "cut_after": 3}, "close and cut_after in one rule exclude each other"),
    ({"cut_after": 0}, "cut_after: came 0, expected a whole number of bytes from 1 on"),
    ({"status": 503, "times": 0}, "times: came 0, expected a whole number from 1 on"),
    ({"status": 503, "page": True, "nth": "x"}, "page: came True"),
    ({"status": 503, "after": None}, "after: came None"),
    ({"status": 503, "number": "x"}, "number: came 'x', expected a whole number"),
    ({"status": 503, "probability": 2}, "probability: came 2, expected a number from 0 to 1"),
    ({"status": 503, "query": "a=1"}, "query: came 'a=1', expected parameters by name"),
    ({"delay_seconds": float("nan")}, "delay_seconds: came nan"),
    ({"drip": -1}, "drip: came -1"),
    ({"close": 1}, "close: came 1, expected true or false"),
    ({"then": "x"}, "then: came 'x', expected a callable"),
    ({"reply": {"json": 1}}, "reply: came"),
    (
        {"headers": {"a": 1}, "close": True},
        "headers: came {'a': 1}, expected headers by name, each text, True or False",
    ),
    ({"token": "", "close": True}, "token: came '', expected a token as text"),
    (
        {"rate_limit": {"tokens_fill_rate": 1}},
        "rate_limit: came {'tokens_fill_rate': 1}, expected a bucket of tokens, ",
    ),
    ({"rate_limit": {"max_bucket_tokens": 0}}, "max_bucket_tokens: came 0, expected a whole number from 1 on"),
    ({"rate_limit": {"max_bucket_tokens": 5, "fill": 1}}, "fill: rate_limit has no such argument"),
    ({"script": [204]}, "script: came 204, expected a status (200 for an answer as usual, or 400 to 599), a Reply, or"),
    ({"script": 503}, "script: came 503, expected a list of steps"),
    ({"script": [{"stauts": 503}]}, "stauts: a step of a script has no such argument"),
    ({"script": [503], "times": 1}, "script: came with nth or times, expected neither"),
    ({"script": [503, {"close": True}], "cut_after": 1}, "close and cut_after in one rule exclude each other"),
    ({"script": [{"empty": True, "status": 503}]}, "status and empty in one rule exclude each other"),
    ({"script": []}, "the rule does nothing"),
]


def test_a_misspelt_error_names_the_nearest() -> None:
    with pytest.raises(RuleError, match=r"no_credit; did you mean too_many_requests\?$"):
        Rule(error="too_many_request")


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_a_rule_that_cannot_be_followed_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule(**arguments)
    name, colon, _ = words.partition(": ")
    is_about_one = bool(colon) and name.isidentifier()
    assert (str(caught.value)[: len(words)], caught.value.name) == (words, name if is_about_one else None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"stauts": 503}, "stauts: a rule has no such argument, expected some of method, path, "),
        ({"reply": 7}, 'reply: came 7 as JSON, expected an object, as in {"status": 410}; a function works only in'),
        ({"then": 1}, "then: came as JSON, expected Python code"),
        (
            {"reply": {"txt": ""}},
            "txt: a reply has no such argument, expected some of json, text, body, file, ",
        ),
        ({"reply": {"json": 1, "text": ""}}, "json and text in one reply exclude each other"),
        ({"reply": {"text": 1}}, "text: came 1, expected text"),
        ({"reply": {"text": "\ud800"}}, "text: came '\\ud800', expected what UTF-8 can hold"),
        ({"reply": {"body": "no Base64!"}}, "body: came 'no Base64!', expected Base64"),
        ({"reply": {"body": 1}}, "body: came 1, expected Base64"),
        ({"reply": {"file": "/etc/hosts"}}, "file: came as JSON, expected the file's bytes as body, in Base64"),
        ({"script": [{"then": 1}]}, "then: came as JSON"),
        ({"script": [503, {"reply": 1}]}, "reply: came 1 as JSON"),
        ({"script": {"0": 503}}, "script: came {'0': 503}, expected a list of steps, as in [429, 503, 200]"),
        ({"delay_seconds": {"normal": [1, 2]}}, "delay_seconds: came {'normal': [1, 2]}, expected one of uniform, "),
        ({"delay_seconds": {"uniform": 1}}, "delay_seconds: uniform came with 1, expected two numbers, as in [0.1, 2]"),
        ({"delay_seconds": {"uniform": [2, 1]}}, "uniform: came 2 and 1, expected the smaller number first"),
        ({"delay_seconds": {"jitter": [1, "x"]}}, "jitter: most: came 'x', expected seconds from 0 to"),
        ({"reply": {"status": 99}}, "status: came 99, expected a whole number from 200 to 599"),
        ({"reply": {"headers": {"a": "b\r\nc: d"}}}, "headers: came 'a': 'b\\r\\nc: d', expected text on one line"),
        ({"reply": {"headers": {"Connection": "close"}}}, "headers: came 'Connection'"),
        ({"reply": {"headers": 1}}, "headers: came 1"),
    ],
)
def test_a_dict_that_is_no_rule_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule.from_dict(arguments)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(status=503, path="/cdrs", times=2, number=4),
        Rule(error="no_credit", method="GET", query={"a": ["1", "2"], "b": True}, page=2, after=1, nth=1),
        Rule(reply=Reply({"a": [1]}, 202, {"x": "y"}), probability=0.25),
        Rule(cut_after=10, delay_seconds=0.5, drip=2.5),
        Rule(wrong_content_length=-3),
        Rule(path="/users/*/cdrs", headers={"User-Agent": "sync/*", "X-A": True}, token="secret", blackhole=True),
        Rule(
            script=[429, Reply(text="gone", status=410), {"cut_after": 100, "drip": 5}, 200, {"status": 503}], after=1
        ),
        Rule(reply=Reply(body=b"\xff\x00", headers={"content-type": "audio/mpeg"}), bandwidth=100),
        Rule(delay_seconds=uniform(0.1, 2)),
        Rule(delay_seconds=lognormal(0.3, 0.8), rate_limit={"max_bucket_tokens": 5}),
        Rule(delay_seconds=jitter(0.5, 0.1), reset=True),
    ],
)
def test_a_rule_survives_the_way_through_json(rule: Rule) -> None:
    assert Rule.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"stauts": 503}, "stauts"),
        ({"then": 1}, "then"),
        ({"reply": 7}, "reply"),
        ({"reply": {"txt": ""}}, "txt"),
        ({"reply": {"json": 1, "text": ""}}, "text"),
        ({"reply": {"text": "\ud800"}}, "text"),
        ({"reply": {"body": "?"}}, "body"),
        ({"reply": {"file": "a"}}, "file"),
        ({"reply": {"status": 99}}, "status"),
        ({"script": {"0": 503}}, "script"),
        ({"script": [{"stauts": 503}]}, "stauts"),
        ({"delay_seconds": {"uniform": [-1, 1]}}, "uniform: least"),
        ({"delay_seconds": {"uniform": [1, -1]}}, "uniform: most"),
        ({"delay_seconds": {"lognormal": [-1, 1]}}, "lognormal: median"),
        ({"delay_seconds": {"lognormal": [1, -1]}}, "lognormal: sigma"),
        ({"delay_seconds": {"jitter": [-1, 1]}}, "jitter: seconds"),
        ({"delay_seconds": {"jitter": [1, -1]}}, "jitter: most"),
    ],
)
def test_a_refusal_names_the_argument_that_it_is_about(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(RuleError) as caught:
        Rule.from_dict(arguments)
    assert caught.value.name == name


def test_a_dict_holds_only_what_was_said() -> None:
    assert Rule(status=503, then=print).to_dict() == {"status": 503}
    assert Rule(script=[503, 200, {"drip": 5}]).to_dict() == {"script": [503, 200, {"drip": 5}]}


def test_editors_know_each_argument_of_a_rule() -> None:
    assert RuleArguments.__annotations__.keys() == {*rule._MATCH, *rule._SCHEDULE, "script", *ACTIONS}


@pytest.mark.parametrize("action", [action for action in ACTIONS.values() if action.keyword != "then"])
def test_the_example_of_an_action_makes_a_rule(action: type[Action]) -> None:
    rule = Rule(**{action.keyword: action.example})
    assert [type(each) for each in rule.actions] == [action]
    assert action.sentence.endswith(".")


def make_nothing(_request: RequestView) -> Reply:
    return Reply()


NAMES = {"make_nothing": make_nothing} | {"Reply": Reply, "jitter": jitter, "lognormal": lognormal}
RULES = {
    **{name: rule for name, (rule, _) in PRESETS.items()},
    "reply": Rule(path="/vmboxes", reply=Reply({"data": [1, None]}, 201, {"x-a": "b"}), times=2, query={"a": True}),
    "bare reply": Rule(path="/vmboxes", reply=Reply()),
    "reply to all": Rule(reply=Reply(json={"a": "it's"})),
    "text": Rule(path="/vmboxes", reply=Reply(text="it's", status=410)),
    "reply to a client": Rule(path="/vmboxes", headers={"user-agent": "sync"}, reply=Reply(body=b"\xff")),
    "script": Rule(
        path="/cdrs", script=[429, Reply(text="gone"), {"cut_after": 100}, 200], delay_seconds=jitter(1, 0.5)
    ),
    "script beside a cut": Rule(path="/cdrs", script=[503, 200], cut_after=10),
    "script for all": Rule(script=[429, {"reply": Reply(text="gone"), "drip": 5}]),
    "function": Rule(path="/vmboxes", reply=make_nothing, times=2),
    "everything": Rule(
        method="GET", path="/cdrs", query={"page_size": "7"}, page=2, after=1, probability=0.5, drip=9.5
    ),
}


@pytest.fixture(scope="module")
def mock() -> Mock:
    return Mock()


@pytest.mark.parametrize("name", RULES)
def test_the_line_of_python_makes_the_rule(mock: Mock, name: str) -> None:
    rule: Any = eval(RULES[name].to_python(), NAMES | {"mockcdrs": mock})
    assert rule.with_number(0) == RULES[name]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (RULES["text"], "mockcdrs.respond('/vmboxes', status=410, text=\"it's\")"),
        (RULES["function"], "mockcdrs.respond('/vmboxes', make_nothing, times=2)"),
        (RULES["bare reply"], "mockcdrs.respond('/vmboxes')"),
        (RULES["reply to all"], "mockcdrs.fail(reply=Reply(json={'a': \"it's\"}))"),
        (
            RULES["reply to a client"],
            "mockcdrs.fail(path='/vmboxes', headers={'user-agent': 'sync'}, reply=Reply(body=b'\\xff'))",
        ),
        (Rule(path="/cdrs", script=[503, 200], drip=5), "mockcdrs.script('/cdrs', [503, 200], drip=5)"),
        (RULES["script beside a cut"], "mockcdrs.fail(path='/cdrs', script=[503, 200], cut_after=10)"),
    ],
    ids=str,
)
def test_the_line_of_python_calls_respond_or_script_where_they_can_say_it(rule: Rule, line: str) -> None:
    assert rule.to_python() == line


def test_a_rule_is_described_by_what_it_says() -> None:
    rule = Rule(status=503, query={"a": 1, "b": True}, headers={"Accept": "*"}, path="/cdrs", nth=2, after=1)
    assert str(rule) == "rule 0 (status=503 nth=2 after=1 path=/cdrs query=a:1,b:True headers=accept:*)"


def test_the_number_of_a_rule_is_given_to_it() -> None:
    for name in ("number", "stauts"):
        with pytest.raises(
            RuleError, match=f"^{name}: a rule has no such argument, expected some of method, path, "
        ) as caught:
            Rule.from_arguments({"status": 503, name: 1})
        assert caught.value.name == name


@pytest.mark.parametrize("name", [name for name in RULES if name != "function"])
def test_the_json_makes_the_rule(name: str) -> None:
    assert Rule.from_dict(RULES[name].to_dict()) == RULES[name]


def test_code_of_a_tests_own_is_said_by_its_name() -> None:
    assert Rule(then=print).to_python() == "mockcdrs.fail(then=print)"
    assert Rule(then=functools.partial(print)).to_python() == "mockcdrs.fail(then=function)"
    assert str(Rule(then=print)) == "rule 0 (then=print)"
    assert str(Rule(then=functools.partial(print))) == "rule 0 (then=callable)"
    assert str(Rule(reply=make_nothing)) == "rule 0 (reply=make_nothing)"
    assert str(Rule(reply=functools.partial(make_nothing))) == "rule 0 (reply=callable)"
