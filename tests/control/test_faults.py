import json
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from mockcdrs.control.faults import BY_STATUS, Delivery, Faults, Reply, Rule, RuleError
from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import Answer, Incoming, answer
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.errors import SYSTEM_ERRORS
from mockcdrs.dataset.overlay import Overlay
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, NOW, body_of, calls, leg, state_of

COUNT = 25
FIRST_PAGE = "page_size=10"


@pytest.fixture
def state() -> State:
    return state_of(calls(COUNT))


def asked(
    state: State,
    query: str = "",
    path: str = "/cdrs",
    method: str = "GET",
    token: str | None = ACCOUNT_TOKEN,
    headers: dict[str, str] | None = None,
) -> tuple[Answer, Delivery]:
    """An answer with its body made, and its delivery."""

    def produce(incoming: Incoming, world: World) -> Answer:
        return answer(incoming, world, "request-1")

    sent = {**(headers or {}), **({} if token is None else {"x-auth-token": token})}
    full = path if path.startswith("/v") else f"/v2/accounts/{ACCOUNT}{path}"
    answered, delivery = state.faults.around(Incoming(method, full, query, sent), state.world(), produce)
    return replace(answered, body=body_of(answered)), delivery


def envelope(answered: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body_of(answered))
    return found


def statuses(state: State, queries: Iterable[str] = ("",) * 5, path: str = "/cdrs") -> list[int]:
    return [asked(state, query, path)[0].status for query in queries]


def next_query(answered: Answer, query: str = FIRST_PAGE) -> str:
    return f"{query}&start_key={envelope(answered)['next_start_key']}"


def walk(state: State, query: str = FIRST_PAGE, most: int = 9) -> list[int]:
    """The statuses of a walk's pages, until it ends or fails."""
    found, asking = list[int](), query
    while len(found) < most:
        answered, _ = asked(state, asking)
        found.append(answered.status)
        if answered.status != 200 or "next_start_key" not in envelope(answered):
            break
        asking = next_query(answered, query)
    return found


# --- which requests


def test_without_rules_the_answer_is_the_usual_one(state: State) -> None:
    answered, delivery = asked(state)
    assert answered.status == 200
    assert delivery == Delivery()


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
    assert asked(state, "a=%zz")[0].status == 400


# --- when


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
    answered, delivery = asked(state)
    assert answered.status == 503
    assert (delivery.delay_seconds, delivery.drip) == (3.5, 50)
    assert delivery.fault.count("rule ") == 4


def pattern(seed: int, matches: int = 64) -> list[int]:
    state = state_of()
    state.faults = Faults(seed, state.data)
    state.faults.add(Rule(status=503, probability=0.5))
    return statuses(state, ("",) * matches)


def test_chance_follows_from_the_seed_and_the_match_alone() -> None:
    assert pattern(1) == pattern(1)
    assert pattern(1) != pattern(2)
    assert 16 < pattern(1).count(503) < 48


def test_chance_is_another_for_each_rule() -> None:
    state = state_of()
    rules = [state.faults.add(Rule(delay_seconds=1, probability=0.5)) for _ in range(2)]
    fired = []
    for _ in range(32):
        before = [state.faults.fired(rule) for rule in rules]
        asked(state)
        fired.append([state.faults.fired(rule) - count for rule, count in zip(rules, before, strict=True)])
    assert any(one != other for one, other in fired)


def test_what_did_not_match_does_not_move_chance(state: State) -> None:
    other = state_of(calls(COUNT))
    for each in (state, other):
        each.faults.add(Rule(status=503, probability=0.5, path="/cdrs"))
    found = []
    for _ in range(20):
        asked(other, path="/cdrs/interaction")
        found.append(asked(other)[0].status)
    assert found == statuses(state, ("",) * 20)


# --- pages of a walk


@pytest.mark.parametrize(("page", "expected"), [(1, [503]), (2, [200, 503]), (3, [200, 200, 503]), (4, [200] * 3)])
def test_a_page_of_a_walk_fails(state: State, page: int, expected: list[int]) -> None:
    state.faults.add(Rule(status=503, page=page))
    assert walk(state) == expected


def test_pages_are_known_without_any_rule_when_they_were_fetched(state: State) -> None:
    first, _ = asked(state, FIRST_PAGE)
    state.faults.add(Rule(status=503, page=2))
    assert asked(state, next_query(first))[0].status == 503


def test_pages_are_known_in_plain_answers_too(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    assert walk(state, FIRST_PAGE + "&is_chunked=false") == [200, 200, 503]


def test_a_retry_is_on_the_same_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=2, times=2))
    asking = next_query(asked(state, FIRST_PAGE)[0])
    assert statuses(state, [asking] * 3) == [503, 503, 200]


def test_two_walks_at_once_are_told_apart_where_their_keys_meet(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    small, large = "page_size=5", "page_size=10"
    at_six = next_query(asked(state, small)[0], small)
    at_eleven, large_at_eleven = (
        next_query(asked(state, at_six)[0], small),
        next_query(asked(state, large)[0], large),
    )
    assert at_eleven.partition("&")[2] == large_at_eleven.partition("&")[2]
    assert statuses(state, [at_eleven, large_at_eleven]) == [503, 200]


def test_equal_walks_at_once_are_both_on_their_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=3))
    first = [asked(state, FIRST_PAGE)[0] for _ in range(2)]
    second = [asked(state, next_query(page))[0] for page in first]
    assert statuses(state, map(next_query, second)) == [503, 503]


def test_a_walk_that_changes_its_question_is_still_on_its_page(state: State) -> None:
    state.faults.add(Rule(status=503, page=2))
    key = envelope(asked(state, FIRST_PAGE)[0])["next_start_key"]
    assert asked(state, f"page_size=3&start_key={key}")[0].status == 503


def test_a_key_that_was_never_handed_out_is_on_no_page(state: State) -> None:
    rules = [state.faults.add(Rule(status=503, page=page)) for page in range(1, 5)]
    asked(state, "start_key=garbage")
    assert state.faults.never_fired() == rules


def test_a_new_token_in_the_query_is_no_new_walk(state: State) -> None:
    state.faults.add(Rule(status=503, page=2))
    key = envelope(asked(state, f"{FIRST_PAGE}&auth_token={ACCOUNT_TOKEN}", token=None)[0])["next_start_key"]
    assert asked(state, f"{FIRST_PAGE}&start_key={key}")[0].status == 503


# --- errors in Crossbar's name


@pytest.mark.parametrize("name", SYSTEM_ERRORS)
def test_any_of_crossbars_errors_comes_by_its_name(state: State, name: str) -> None:
    state.faults.add(Rule(error=name))
    answered, _ = asked(state)
    status, words = SYSTEM_ERRORS[name]
    found = envelope(answered)
    assert answered.status == status
    assert list(found)[-4:] == ["data", "error", "message", "status"]
    assert (found["data"], found["error"]) == ({"message": words}, str(status))
    assert (found["message"], found["status"]) == (name, "error")
    assert {"timestamp", "node", "request_id", "tokens", "auth_token"} <= set(found)
    assert "page_size" not in found
    assert answered.headers["x-request-id"] == "request-1"
    assert answered.headers["access-control-allow-origin"] == "*"
    assert answered.outcome.message == name


@pytest.mark.parametrize(("status", "name"), BY_STATUS.items())
def test_a_status_stands_for_an_error(state: State, status: int, name: str) -> None:
    state.faults.add(Rule(status=status))
    answered, _ = asked(state)
    assert (answered.status, envelope(answered)["message"]) == (status, name)


@pytest.mark.parametrize(
    ("status", "message"),
    [(502, "bad gateway"), (418, "i'm a teapot"), (599, "unspecified fault"), (416, "range not satisfiable")],
)
def test_a_status_that_crossbar_has_no_error_for_gets_a_plain_envelope(state: State, status: int, message: str) -> None:
    state.faults.add(Rule(status=status))
    answered, _ = asked(state)
    found = envelope(answered)
    assert (answered.status, found["error"], found["message"], found["data"]) == (status, str(status), message, {})


def test_a_datastore_error_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="datastore_fault"))
    faulty, _ = asked(state)
    genuine, _ = asked(state_of(calls(COUNT)), "start_key=garbage")
    assert faulty == genuine


def test_a_refused_token_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="invalid_credentials"))
    faulty, _ = asked(state)
    genuine, _ = asked(state_of(calls(COUNT), months=()), token="wrong")
    assert faulty.headers == genuine.headers
    assert {**envelope(faulty), "auth_token": ""} == {**envelope(genuine), "auth_token": ""}


def test_too_many_requests_leave_no_tokens(state: State) -> None:
    state.faults.add(Rule(error="too_many_requests"))
    assert envelope(asked(state)[0])["tokens"] == {"consumed": 1, "remaining": 0}


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction", "/cdrs/summary", "/cdrs/legs/202601-call00001@host"])
@pytest.mark.parametrize("query", ["", "accept=csv", "is_chunked=false", "jsonp=f", "pretty_print=true"])
def test_an_error_comes_in_every_form_that_was_asked_for(state: State, path: str, query: str) -> None:
    state.faults.add(Rule(error="no_credit"))
    body = body_of(asked(state, query, path)[0])
    assert json.loads(body[body.find(b"{") : body.rfind(b"}") + 1])["message"] == "no_credit"
    assert body.startswith(b"f(") == (query == "jsonp=f")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v2/user_auth"), ("GET", "/v2/nosuch"), ("DELETE", "/cdrs")])
def test_what_crossbar_would_refuse_anyway_fails_as_the_rule_says(state: State, method: str, path: str) -> None:
    state.faults.add(Rule(status=503))
    answered, _ = asked(state, path=path, method=method)
    assert (answered.status, envelope(answered)["message"]) == (503, "datastore_unreachable")


def test_an_account_without_months_fails_too() -> None:
    state = state_of(months=())
    state.faults.add(Rule(status=503))
    answered, _ = asked(state)
    assert (answered.status, envelope(answered)["message"]) == (503, "datastore_unreachable")
    assert "expires" not in answered.headers


# --- other answers


def test_a_path_is_answered_as_told(state: State) -> None:
    rule = state.faults.respond("/v2/external_numbers", {"data": []}, 202, {"X-Kind": "made up"}, times=1)
    answered, delivery = asked(state, path="/v2/external_numbers")
    assert (answered.status, envelope(answered)) == (202, {"data": []})
    assert answered.headers == {"content-type": "application/json", "x-kind": "made up"}
    assert str(rule) in delivery.fault
    assert asked(state, path="/v2/external_numbers")[0].status == 403


def test_a_path_may_be_answered_with_nothing(state: State) -> None:
    state.faults.respond("/cdrs", status=204)
    answered, _ = asked(state)
    assert (answered.status, answered.body, answered.headers) == (204, b"", {})


def test_an_empty_200(state: State) -> None:
    state.faults.add(Rule(empty=True))
    answered, _ = asked(state)
    assert (answered.status, answered.body) == (200, b"")
    assert answered.headers["x-request-id"] == "request-1"


@pytest.mark.parametrize("query", ["", "is_chunked=false"])
def test_malformed_json(state: State, query: str) -> None:
    state.faults.add(Rule(malformed_json=True))
    answered, _ = asked(state, query)
    assert answered.status == 200
    assert len(body_of(answered)) > 1_000
    with pytest.raises(json.JSONDecodeError):
        envelope(answered)


def test_a_token_expires_and_stays_so(state: State) -> None:
    state.faults.add(Rule(token_expired=True, nth=2))
    assert statuses(state) == [200, 401, 401, 401, 401]
    answered, _ = asked(state)
    found = envelope(answered)
    assert (found["message"], found["data"]) == ("invalid credentials", {})
    assert "content-type" not in answered.headers


def test_another_token_is_good_when_one_has_expired(state: State) -> None:
    state.faults.add(Rule(token_expired=True, nth=1))
    assert statuses(state, [""]) == [401]
    assert asked(state, token="token-r")[0].status == 200


def test_a_request_without_a_token_makes_none_expire(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    asked(state, token=None)
    assert state.faults.fired(rule) == 0


def test_a_stale_key_stays_refused_and_a_new_walk_begins_well(state: State) -> None:
    state.faults.add(Rule(stale_key=True, page=2))
    first, _ = asked(state, FIRST_PAGE)
    stale, _ = asked(state, next_query(first))
    assert (stale.status, envelope(stale)["message"]) == (503, "datastore_fault")
    assert statuses(state, [next_query(first), FIRST_PAGE]) == [503, 200]


@pytest.mark.parametrize(("query", "size"), [(FIRST_PAGE, "11"), (FIRST_PAGE + "&is_chunked=false", 11)])
def test_a_row_comes_twice(state: State, query: str, size: object) -> None:
    usual, _ = asked(state, query)
    state.faults.add(Rule(duplicate_row=True))
    answered, _ = asked(state, query)
    rows = envelope(usual)["data"]
    assert envelope(answered)["data"] == [*rows, rows[-1]]
    assert envelope(answered)["page_size"] == size
    assert answered.outcome.rows == 11


def test_an_answer_without_rows_has_none_to_double(state: State) -> None:
    state.faults.add(Rule(duplicate_row=True))
    for query in ("created_from=63935000000&created_to=63935000001", "accept=csv"):
        assert body_of(asked(state, query)[0]) == body_of(asked(state_of(calls(COUNT)), query)[0])


@pytest.mark.parametrize("query", [FIRST_PAGE, FIRST_PAGE + "&is_chunked=false"])
def test_an_edited_answer_keeps_crossbars_form(state: State, query: str) -> None:
    usual = body_of(asked(state, query)[0])
    state.faults.add(Rule(endless_next_key=True))
    faulty = body_of(asked(state, query)[0])
    own, next_key = (json.loads(usual)[name] for name in ("start_key", "next_start_key"))
    assert faulty == usual.replace(next_key.encode(), own.encode())


@pytest.mark.parametrize("page", [None, 1, 3])
def test_an_endless_key_leads_back_to_its_page_for_ever(state: State, page: int | None) -> None:
    rule = state.faults.add(Rule(endless_next_key=True, page=page))
    assert walk(state, most=20) == [200] * 20
    assert state.faults.fired(rule) == 20 - (page or 1) + 1


def test_an_answer_without_pages_has_no_endless_key(state: State) -> None:
    state.faults.add(Rule(endless_next_key=True))
    assert "next_start_key" not in envelope(asked(state, "paginate=false")[0])


# --- what happens to the data


def late(data: Overlay) -> None:
    data.add(ACCOUNT, "202601", [leg("late@host", NOW - 3600 - 14 * 60 - 30)])


@pytest.mark.parametrize("query", [FIRST_PAGE, FIRST_PAGE + "&is_chunked=false"])
def test_a_cdr_arrives_between_two_pages(state: State, query: str) -> None:
    state.faults.add(Rule(page=1, times=1, then=late))
    first, _ = asked(state, query)
    second, _ = asked(state, next_query(first, query))
    assert "late@host" not in body_of(first).decode()
    assert "late@host" in body_of(second).decode()


def test_a_cdr_goes_between_two_pages(state: State) -> None:
    state.faults.add(Rule(page=1, times=1, then=lambda data: data.remove("202601-call00012@host")))
    first, _ = asked(state, FIRST_PAGE)
    assert "call00012" not in body_of(asked(state, next_query(first))[0]).decode()


def test_data_changes_beside_a_broken_answer(state: State) -> None:
    state.faults.add(Rule(close=True, times=1, then=late))
    assert asked(state)[1].close
    assert "late@host" in body_of(asked(state)[0]).decode()


# --- the rules together


def test_rules_that_never_fired_are_named(state: State) -> None:
    used, unused = (state.faults.add(Rule(status=503, path=path)) for path in ("/cdrs", "/nosuch"))
    asked(state)
    asked(state)
    assert state.faults.never_fired() == [unused]
    assert (state.faults.fired(used), state.faults.fired(unused)) == (2, 0)
    assert str(unused) == "rule 2 (status=503 path=/nosuch)"


def test_a_rule_may_be_taken_away(state: State) -> None:
    rule = state.faults.add(Rule(status=503))
    assert state.faults.remove(rule)
    assert not state.faults.remove(rule)
    assert (asked(state)[0].status, len(state.faults)) == (200, 0)


def test_a_rule_of_an_earlier_test_takes_no_other_away(state: State) -> None:
    old = state.faults.add(Rule(status=503))
    state.faults.clear()
    new = state.faults.add(Rule(status=429))
    assert new.number == old.number
    assert not state.faults.remove(old)
    assert list(state.faults) == [new]


def test_reset_forgets_rules_tokens_and_walks(state: State) -> None:
    state.faults.add(Rule(token_expired=True, after=1))
    first, _ = asked(state, FIRST_PAGE)
    assert asked(state)[0].status == 401
    state.reset()
    state.faults.add(Rule(status=503, page=2))
    assert asked(state, next_query(first))[0].status == 200


def test_many_threads_fire_a_rule_as_often_as_it_says(state: State) -> None:
    rule = state.faults.add(Rule(status=503, after=10, times=50))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.extend(statuses(state, ("",) * 20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count(503), len(found), state.faults.fired(rule)) == (50, 160, 50)


# --- how a rule is written


WRONG = [
    ({}, "the rule does nothing: say what happens"),
    ({"error": "datastore_timeout"}, "error: came 'datastore_timeout', which Crossbar does not have; give one of"),
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
        ({"stauts": 503}, "'stauts': a rule has no such part; did you mean 'status'?"),
        ({"then": 1}, "'then': a rule has no such part"),
        ({"reply": {"text": ""}}, "'text': a reply has no such part"),
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
    assert Rule(status=503, then=late).to_dict() == {"status": 503}
