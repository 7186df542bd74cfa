"""Which requests a rule is about."""

from typing import Any

import pytest

from mockcdrs.control.redaction import SECRET_HEADERS, redact
from mockcdrs.control.state import State
from mockcdrs.faults.matching import Match
from mockcdrs.faults.rule import Rule
from mockcdrs.faults.wire_effect import WireEffect
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN
from tests.faults.client import ask, statuses


def test_without_rules_the_answer_is_the_usual_one(state: State) -> None:
    response, effect = ask(state)
    assert response.status == 200
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
        ({"path": "/accounts/*/cdrs"}, True),
        ({"path": "/c*s"}, True),
        ({"path": "/accounts/*"}, False),
        ({"path": "/%2A"}, False),
        ({"headers": {"User-Agent": "sync/*"}}, True),
        ({"headers": {"user-agent": "sync/1.0", "accept": False}}, True),
        ({"headers": {"User-Agent": "*sync"}}, False),
        ({"headers": {"User-Agent": False}}, False),
        ({"headers": {"X-Auth-Token": ACCOUNT_TOKEN, "User-Agent": True}}, True),
        ({"headers": {"X-Auth-Token": "*"}}, False),
        ({"headers": {"Cookie": "*"}}, False),
        ({"token": ACCOUNT_TOKEN}, True),
        ({"token": "another"}, False),
    ],
)
def test_a_rule_is_about_requests_of_its_kind(state: State, which: dict[str, Any], is_hit: bool) -> None:
    state.faults.add(Rule(status=503, **which))
    response, _ = ask(state, "page_size=10&b=x+y&b=second", headers={"user-agent": "sync/1.0"})
    assert response.status == (503 if is_hit else 200)


def test_a_path_is_compared_decoded(state: State) -> None:
    state.faults.add(Rule(status=503, path="/cdrs/202601-a/b"))
    state.faults.add(Rule(status=502, path="/cdrs/%FF/X"))
    assert ask(state, path="/cdrs/202601-a%2Fb")[0].status == 503
    assert ask(state, path="/cdrs/202601-a%2Fb/")[0].status == 503
    assert ask(state, path="/cdrs/%ff/X")[0].status == 502
    assert ask(state, path="/cdrs/%fe/X")[0].status != 502


def test_a_preflight_uses_up_no_rule_that_names_no_method(state: State) -> None:
    rule = state.faults.add(Rule(status=503, times=1))
    ask(state, method="OPTIONS", headers={"origin": "x"})
    assert state.faults.fired(rule) == 0
    assert state.faults.near_misses(rule)[0].endswith(": method is OPTIONS, expected any but OPTIONS")
    named = state.faults.add(Rule(status=503, method="OPTIONS"))
    assert ask(state, method="OPTIONS", headers={"origin": "x"})[0].status == 503
    assert state.faults.fired(named) == 1


def test_an_unreadable_query_harms_no_rule(state: State) -> None:
    state.faults.add(Rule(status=503, query={"a": "1"}))
    assert ask(state, "a=%zz")[0].status == 500


@pytest.mark.parametrize("name", sorted(SECRET_HEADERS - {"set-cookie"}))  # which no client sends
def test_a_secret_header_is_compared_whole_and_the_description_says_so(state: State, name: str) -> None:
    rule = state.faults.add(Rule(headers={name: "of*"}, status=503, path="/*"))
    ask(state, headers={name: "of the client"}, token=None)
    ask(state, headers={name: "of*"}, token=None)
    assert state.faults.matched(rule) == 1
    assert f"`{name.title()}`" in (Match.__doc__ or "")


def test_a_rule_shows_no_secret(state: State) -> None:
    rule = state.faults.add(Rule(token=ACCOUNT_TOKEN, headers={"Authorization": "Basic c2VjcmV0"}, status=503))
    shown = f"{rule} {rule.to_dict()} {rule.to_python()} {rule!r}"
    assert ACCOUNT_TOKEN not in shown
    assert "c2VjcmV0" not in shown


def test_a_digest_of_a_token_means_the_same_as_the_token(state: State) -> None:
    state.faults.add(Rule.from_dict(Rule(token=ACCOUNT_TOKEN, status=503).to_dict()))
    assert statuses(state)[0] == 503
    assert ask(state, f"auth_token={ACCOUNT_TOKEN}", token=None)[0].status == 503
    assert ask(state, token=None)[0].status == 401


@pytest.mark.parametrize(
    ("which", "difference"),
    [
        ({"method": "PUT"}, "method is GET, expected PUT"),
        ({"path": "/cdr"}, "path expected to end with /cdr"),
        ({"query": {"a": 1}}, "a in the query expected as 1"),
        ({"query": {"a": True}}, "a expected in the query"),
        ({"query": {"page_size": False}}, "page_size expected out of the query"),
        ({"query": {"page_size": ["1", "2"]}}, "page_size in the query expected as 1, 2"),
        ({"headers": {"A": "b"}}, "the header a is missing, expected b"),
        ({"headers": {"A": True}}, "the header a expected there"),
        ({"headers": {"X-Auth-Token": False}}, "the header x-auth-token expected missing"),
        (
            {"headers": {"X-Auth-Token": "other"}},
            f"the header x-auth-token is {redact(ACCOUNT_TOKEN)}, expected {redact('other')}",
        ),
        ({"page": 2}, "page is 1, expected 2"),
        ({"token": "other"}, f"token is {redact(ACCOUNT_TOKEN)}, expected {redact('other')}"),
        ({"nth": 3}, "it is match 1, expected match 3"),
        ({"after": 4}, "it is match 1, and the first 4 are left out"),
        ({"probability": 0}, "chance left out match 1"),
        ({"stale_key": True, "status": None}, "it has no start_key to refuse"),
        ({"rate_limit": {"max_bucket_tokens": 1}, "status": None}, "a token of its bucket paid for it"),
    ],
)
def test_a_rule_that_never_fired_says_what_kept_it_from_that(
    state: State, which: dict[str, Any], difference: str
) -> None:
    rule = state.faults.add(Rule(**{"status": 503, **which}))
    ask(state, "page_size=9")
    assert state.faults.near_misses(rule) == [f"GET /v2/accounts/{ACCOUNT}/cdrs?page_size=9: {difference}"]


def test_a_rule_on_tokens_says_which_it_leaves_alone(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    for query in ("", "auth_token"):
        ask(state, query, token=None)
    assert [miss.partition(": ")[2] for miss in state.faults.near_misses(rule)] == [
        "it has no token that could expire"
    ] * 2


def test_a_start_key_without_a_value_is_none_to_refuse(state: State) -> None:
    rule = state.faults.add(Rule(stale_key=True))
    ask(state, "start_key")
    assert state.faults.near_misses(rule)[0].endswith(": it has no start_key to refuse")


def test_a_missing_token_is_told(state: State) -> None:
    rule = state.faults.add(Rule(status=503, token="one"))
    ask(state, token=None)
    assert state.faults.near_misses(rule)[0].endswith(f": token is missing, expected {redact('one')}")


def test_all_differences_of_a_near_miss_are_told(state: State) -> None:
    rule = state.faults.add(Rule(status=503, method="PUT", query={"a": 1}))
    ask(state)
    differences = "method is GET, expected PUT; a in the query expected as 1"
    assert state.faults.near_misses(rule) == [f"GET /v2/accounts/{ACCOUNT}/cdrs: {differences}"]


def test_secrets_in_a_near_miss_are_redacted(state: State) -> None:
    rule = state.faults.add(Rule(status=503, token="one", headers={"X-Auth-Token": "one"}))
    ask(state, "auth_token=two")
    (miss,) = state.faults.near_misses(rule)
    assert "auth_token=redacted-" in miss
    assert ACCOUNT_TOKEN not in miss
    assert "two" not in miss


def test_the_nearest_requests_come_first_each_once(state: State) -> None:
    rule = state.faults.add(Rule(status=503, path="/cdrs", method="PUT", query={"a": 1}))
    for query in ("b=1", "a=1", "a=1", "c=1", "d=1"):
        ask(state, query)
    queries = [miss.partition(": ")[0].rpartition("?")[2] for miss in state.faults.near_misses(rule)]
    assert queries == ["a=1", "b=1", "c=1"]
    nearer = state.faults.add(Rule(status=503, path="/users", query={"a": 1}))
    for path in ("/cdrs", "/users"):
        ask(state, path=path)
    assert [miss.partition(": ")[0].rpartition("/")[2] for miss in state.faults.near_misses(nearer)] == [
        "users",
        "cdrs",
    ]


def test_a_rule_that_fired_or_was_never_added_has_no_near_misses(state: State) -> None:
    rule = state.faults.add(Rule(status=503, query={"a": 1}))
    statuses(state, ["", "a=1", "b=1"])
    assert state.faults.near_misses(rule) == []
    assert state.faults.near_misses(Rule(status=503, number=9)) == []


def test_a_rule_tells_which_other_one_was_first(state: State) -> None:
    first, second = state.faults.add(Rule(close=True)), state.faults.add(Rule(status=503))
    ask(state)
    assert state.faults.near_misses(second) == [f"GET /v2/accounts/{ACCOUNT}/cdrs: {first} fired on it"]
