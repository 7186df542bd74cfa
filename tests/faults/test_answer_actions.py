"""Actions on the answer: Crossbar's own errors, replies, bodies and pages that are wrong, and code of the test's."""

import csv
import json
from dataclasses import replace
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.errors import SYSTEM_ERRORS
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, cors_headers, respond
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, VERSIONS, Version
from mockcdrs.dataset.accounts import api_key
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.answer_actions import ERROR_BY_STATUS
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, NOW, RESELLER, RESELLER_TOKEN, body_of, calls, leg, state_of
from tests.faults.client import COUNT, FIRST_PAGE, ask, envelope, next_query, statuses, walk


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("name", SYSTEM_ERRORS)
def test_any_of_crossbars_errors_comes_by_its_name(name: str, version: Version) -> None:
    state = state_of(calls(COUNT), version=version)
    state.faults.add(Rule(error=name))
    response, _ = ask(state)
    status, words = SYSTEM_ERRORS[name]
    answer = envelope(response)
    assert response.status == status
    assert list(answer) == [key for key in version.error_keys if key in answer]
    assert (answer["data"], answer["error"]) == ({"message": words}, str(status))
    assert (answer["message"], answer["status"]) == (name, "error")
    assert {"timestamp", "node", "request_id", "auth_token"} <= set(answer)
    assert response.headers["x-request-id"] == "request-1"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.outcome.message == name


@pytest.mark.parametrize(("status", "name"), ERROR_BY_STATUS.items())
def test_a_status_stands_for_an_error(state: State, status: int, name: str) -> None:
    state.faults.add(Rule(status=status))
    response, _ = ask(state)
    assert (response.status, envelope(response)["message"]) == (status, name)


@pytest.mark.parametrize(
    ("status", "message"),
    [(502, "bad gateway"), (418, "i'm a teapot"), (599, "unspecified fault"), (416, "range not satisfiable")],
)
def test_a_status_that_crossbar_has_no_error_for_gets_a_plain_envelope(state: State, status: int, message: str) -> None:
    state.faults.add(Rule(status=status))
    response, _ = ask(state)
    answer = envelope(response)
    # a chunked listing's failure keeps no data but a message
    assert (response.status, answer["error"], answer["message"], answer["data"]) == (status, str(status), message, [])


def test_a_datastore_error_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="datastore_fault"))
    faulty, _ = ask(state)
    genuine, _ = ask(state_of(calls(COUNT)), "utc_offset=0.5")
    assert faulty == genuine


def test_a_refused_token_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="invalid_credentials"))
    faulty, _ = ask(state)
    genuine, _ = ask(state_of(calls(COUNT), months=()), token="wrong")
    assert faulty.headers == genuine.headers
    assert {**envelope(faulty), "auth_token": ""} == {**envelope(genuine), "auth_token": ""}


def test_too_many_requests_leave_no_tokens_where_that_is_told() -> None:
    state = state_of(calls(COUNT), version=KAZOO_MASTER)
    state.faults.add(Rule(error="too_many_requests"))
    assert envelope(ask(state)[0])["tokens"] == {"consumed": 1, "remaining": 0}


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction", "/cdrs/summary", "/cdrs/legs/202601-call00001@host"])
@pytest.mark.parametrize("query", ["", "accept=csv", "is_chunked=false", "jsonp=f", "pretty_print=true"])
def test_an_error_comes_in_every_form_that_was_asked_for(state: State, path: str, query: str) -> None:
    state.faults.add(Rule(error="no_credit"))
    body = body_of(ask(state, query, path)[0])
    assert json.loads(body[body.find(b"{") : body.rfind(b"}") + 1])["message"] == "no_credit"
    assert body.startswith(b"f(") == (query == "jsonp=f")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v2/user_auth"), ("GET", "/v2/nosuch"), ("DELETE", "/cdrs")])
def test_what_crossbar_would_refuse_anyway_fails_as_the_rule_says(state: State, method: str, path: str) -> None:
    state.faults.add(Rule(status=503))
    response, _ = ask(state, path=path, method=method)
    assert (response.status, envelope(response)["message"]) == (503, "datastore_unreachable")


def test_an_account_without_months_fails_too() -> None:
    state = state_of(months=())
    state.faults.add(Rule(status=503))
    response, _ = ask(state)
    assert (response.status, envelope(response)["message"]) == (503, "datastore_unreachable")
    assert "expires" not in response.headers


def test_an_empty_answer_is_200_whatever_would_have_come(state: State) -> None:
    assert "etag" in ask(state, "is_chunked=false")[0].headers
    state.faults.add(Rule(empty=True))
    for path in ("/cdrs", "/v2/nosuch"):
        response, _ = ask(state, "is_chunked=false", path)
        assert (response.status, body_of(response), "etag" in response.headers) == (200, b"", False)


def test_malformed_json_is_no_json_even_where_there_was_no_body(state: State) -> None:
    tag = ask(state, "is_chunked=false")[0].headers["etag"]
    state.faults.add(Rule(malformed_json=True))
    assert ask(state, "is_chunked=false", headers={"if-none-match": tag})[0].body == b"{"


def test_malformed_json_lacks_its_last_byte_alone(state: State) -> None:
    usual = body_of(ask(state, "is_chunked=false")[0])
    state.faults.add(Rule(malformed_json=True))
    assert body_of(ask(state, "is_chunked=false")[0]) == usual[:-1]


def test_a_path_is_answered_as_told(state: State) -> None:
    rule = state.faults.add(
        Rule(path="/v2/external_numbers", reply=Reply({"data": []}, 202, {"X-Kind": "made up"}), times=1)
    )
    response, effect = ask(state, path="/v2/external_numbers")
    assert (response.status, envelope(response)) == (202, {"data": []})
    cors = cors_headers(("GET",), {})
    assert response.headers == {**cors, "content-type": "application/json", "x-kind": "made up"}
    assert str(rule) in effect.fault
    assert ask(state, path="/v2/external_numbers")[0].status == 404


def test_a_path_may_be_answered_with_nothing(state: State) -> None:
    state.faults.add(Rule(path="/cdrs", reply=Reply(status=204)))
    response, _ = ask(state)
    assert (response.status, response.body, response.headers) == (204, b"", cors_headers(("GET",), {}))


def test_an_empty_200(state: State) -> None:
    state.faults.add(Rule(empty=True))
    response, _ = ask(state)
    assert (response.status, response.body) == (200, b"")
    assert response.headers["x-request-id"] == "request-1"


@pytest.mark.parametrize("query", ["", "is_chunked=false"])
def test_malformed_json(state: State, query: str) -> None:
    state.faults.add(Rule(malformed_json=True))
    response, _ = ask(state, query)
    assert response.status == 200
    assert len(body_of(response)) > 1_000
    with pytest.raises(json.JSONDecodeError):
        envelope(response)


def test_a_token_expires_and_stays_so(state: State) -> None:
    state.faults.add(Rule(token_expired=True, nth=2))
    assert statuses(state) == [200, 401, 401, 401, 401]
    response, _ = ask(state)
    answer = envelope(response)
    assert (answer["message"], answer["data"]) == ("invalid_credentials", {"message": "invalid credentials"})


def test_another_token_is_good_when_one_has_expired(state: State) -> None:
    state.faults.add(Rule(token_expired=True, nth=1))
    assert statuses(state, [""]) == [401]
    assert ask(state, token="token-r")[0].status == 200


def test_a_token_that_expired_stays_so_when_another_one_does(state: State) -> None:
    state.faults.add(Rule(token_expired=True, times=2))
    assert statuses(state, [""]) == [401]
    assert ask(state, path=f"/v2/accounts/{RESELLER}/cdrs", token=RESELLER_TOKEN)[0].status == 401
    assert statuses(state, [""]) == [401]


def test_a_request_without_a_token_makes_none_expire(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    ask(state, token=None)
    assert state.faults.fired(rule) == 0


def test_a_stale_key_stays_refused_and_a_new_walk_begins_well(state: State) -> None:
    state.faults.add(Rule(stale_key=True, page=2))
    first, _ = ask(state, FIRST_PAGE)
    stale, _ = ask(state, next_query(first))
    assert (stale.status, envelope(stale)["message"]) == (503, "datastore_fault")
    assert statuses(state, [next_query(first), FIRST_PAGE]) == [503, 200]


@pytest.mark.parametrize(("query", "size"), [(FIRST_PAGE, "11"), (FIRST_PAGE + "&is_chunked=false", 11)])
def test_a_row_comes_twice(state: State, query: str, size: object) -> None:
    usual, _ = ask(state, query)
    state.faults.add(Rule(duplicate_row=True))
    response, _ = ask(state, query)
    rows = envelope(usual)["data"]
    assert envelope(response)["data"] == [*rows, rows[-1]]
    assert envelope(response)["page_size"] == size
    assert response.outcome.rows == 11


def test_a_row_comes_twice_where_no_page_counts_it(state: State) -> None:
    users = envelope(ask(state, path="/users", query="paginate=false")[0])
    assert "page_size" not in users
    state.faults.add(Rule(duplicate_row=True))
    doubled = envelope(ask(state, path="/users", query="paginate=false")[0])
    assert doubled["data"] == [*users["data"], users["data"][-1]]
    assert "page_size" not in doubled


def test_an_answer_without_rows_has_none_to_double(state: State) -> None:
    state.faults.add(Rule(duplicate_row=True))
    for query in ("created_from=63935000000&created_to=63935000001", "accept=csv&created_to=63935000001"):
        assert body_of(ask(state, query)[0]) == body_of(ask(state_of(calls(COUNT)), query)[0])


@pytest.mark.parametrize(
    "form", ["", "&is_chunked=false", "&is_chunked=false&pretty_print=true", "&is_chunked=false&jsonp=show"]
)
def test_an_edited_answer_keeps_crossbars_form(state: State, form: str) -> None:
    query = FIRST_PAGE + form
    usual = body_of(ask(state, query)[0])
    state.faults.add(Rule(endless_next_key=True))
    faulty = body_of(ask(state, query)[0])
    answer = json.loads(usual[usual.index(b"{") : usual.rindex(b"}") + 1])
    own, next_key = (answer[name] for name in ("start_key", "next_start_key"))
    assert faulty == usual.replace(next_key.encode(), own.encode())


@pytest.mark.parametrize(("query", "is_whole"), [("", False), ("is_chunked=false", True)])
def test_an_edited_answer_is_in_chunks_where_it_was(state: State, query: str, is_whole: bool) -> None:
    def produce(incoming: HttpRequest, server_state: ServerState) -> HttpResponse:
        return respond(incoming, server_state, "request-1")

    state.faults.add(Rule(duplicate_row=True))
    incoming = HttpRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", query, {"x-auth-token": ACCOUNT_TOKEN})
    response, _ = state.faults.apply(incoming, state.server_state(), produce)
    assert isinstance(response.body, bytes) is is_whole


def test_an_error_that_is_none_of_an_empty_bucket_tells_the_tokens_that_are_left() -> None:
    state = state_of(calls(1), version=KAZOO_MASTER)
    usual = envelope(ask(state, path="/nosuch")[0])["tokens"]
    state.faults.add(Rule(status=503))
    assert envelope(ask(state, path="/nosuch")[0])["tokens"] == usual


@pytest.mark.parametrize("page", [None, 1, 3])
def test_an_endless_key_leads_back_to_its_page_for_ever(state: State, page: int | None) -> None:
    rule = state.faults.add(Rule(endless_next_key=True, page=page))
    assert walk(state, most=20) == [200] * 20
    assert state.faults.fired(rule) == 20 - (page or 1) + 1


@pytest.mark.parametrize("form", ["", "&is_chunked=false"])
def test_the_endless_key_of_the_last_page_stands_where_a_next_one_would(state: State, form: str) -> None:
    names = list(envelope(ask(state, FIRST_PAGE + form)[0]))
    assert list(envelope(ask(state, "page_size=100" + form)[0])) == [each for each in names if each != "next_start_key"]
    state.faults.add(Rule(endless_next_key=True))
    assert list(envelope(ask(state, "page_size=100" + form)[0])) == names


def test_an_answer_without_pages_has_no_endless_key(state: State) -> None:
    state.faults.add(Rule(endless_next_key=True))
    assert "next_start_key" not in envelope(ask(state, "paginate=false")[0])


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_a_row_of_csv_comes_twice(state: State, path: str) -> None:
    usual, _ = ask(state, "accept=csv", path)
    lines = body_of(usual).splitlines()
    state.faults.add(Rule(duplicate_row=True))
    doubled, _ = ask(state, "accept=csv", path)
    assert body_of(doubled).splitlines() == [*lines, lines[-1]]
    assert doubled.outcome.rows == usual.outcome.rows + 1 == len(lines)


def test_a_row_of_csv_may_have_several_lines() -> None:
    state = state_of([{**call, "caller_id_name": 'two\nlines, "one" value'} for call in calls(2)])
    usual = list(csv.reader(body_of(ask(state, "accept=csv")[0]).decode().splitlines(keepends=True)))
    state.faults.add(Rule(duplicate_row=True))
    doubled = list(csv.reader(body_of(ask(state, "accept=csv")[0]).decode().splitlines(keepends=True)))
    assert doubled == [*usual, usual[-1]]
    assert "two\nlines" in ",".join(doubled[-1])


def late(data: Overlay) -> None:
    data.add(ACCOUNT, "202601", [leg("late@host", NOW - 3600 - 14 * 60 - 30)])


@pytest.mark.parametrize("query", [FIRST_PAGE, FIRST_PAGE + "&is_chunked=false"])
def test_a_cdr_arrives_between_two_pages(state: State, query: str) -> None:
    state.faults.add(Rule(page=1, times=1, then=late))
    first, _ = ask(state, query)
    second, _ = ask(state, next_query(first, query))
    assert "late@host" not in body_of(first).decode()
    assert "late@host" in body_of(second).decode()


def test_a_cdr_goes_between_two_pages(state: State) -> None:
    state.faults.add(Rule(page=1, times=1, then=lambda data: data.remove("202601-call00012@host")))
    first, _ = ask(state, FIRST_PAGE)
    assert "call00012" not in body_of(ask(state, next_query(first))[0]).decode()


def test_data_changes_beside_a_broken_answer(state: State) -> None:
    state.faults.add(Rule(close=True, times=1, then=late))
    assert ask(state)[1].close
    assert "late@host" in body_of(ask(state)[0]).decode()


def login(state: State, **headers: str) -> HttpResponse:
    body = json.dumps({"data": {"api_key": api_key(state.data.accounts[ACCOUNT])}}).encode()

    def produce(incoming: HttpRequest, server_state: ServerState) -> HttpResponse:
        return respond(incoming, server_state, "request-1")

    response, _ = state.faults.apply(
        HttpRequest("PUT", "/v2/api_auth", "", headers, body), state.server_state(), produce
    )
    return replace(response, body=body_of(response))


def token(state: State) -> str:
    response = login(state)
    assert response.status == 201
    token_of_login: str = envelope(response)["auth_token"]
    return token_of_login


def status(state: State, value: str) -> int:
    return ask(state, token=value)[0].status


def test_the_token_of_a_new_login_is_good_though_the_clock_stands_still(state: State) -> None:
    first = token(state)
    state.faults.add(Rule(token_expired=True))
    assert [status(state, first), status(state, first)] == [401, 401]
    second = token(state)
    assert second != first
    assert [status(state, second), status(state, second), status(state, first)] == [200, 200, 401]


def test_a_rule_that_never_fired_says_that_a_login_gave_the_token_too_late(state: State) -> None:
    state.faults.add(Rule(token_expired=True, path="/cdrs"))
    rule = state.faults.add(Rule(token_expired=True, path="/users"))
    assert status(state, token(state)) == 401
    ask(state, path="/users", token=token(state))
    assert state.faults.near_misses(rule)[-1].endswith(": a login gave its token after the last one had expired")


def test_a_token_given_before_another_expired_meets_the_rule_too(state: State) -> None:
    early = token(state)
    state.faults.add(Rule(token_expired=True))
    assert [status(state, "token-a"), status(state, early)] == [401, 401]
    assert status(state, token(state)) == 200


@pytest.mark.parametrize(("when", "statuses"), [({"times": 2}, [401, 401, 200]), ({"nth": 2}, [200, 401, 200])])
def test_a_rule_that_says_when_may_expire_a_new_token_too(state: State, when: Any, statuses: list[int]) -> None:
    state.faults.add(Rule(token_expired=True, **when))
    given = token(state)
    received = []
    for _ in statuses:
        received.append(status(state, given))
        given = token(state) if received[-1] == 401 else given
    assert received == statuses


def test_what_is_no_token_meets_the_rule_as_any_token_does(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    assert [status(state, "token-a"), status(state, "garbage")] == [401, 401]
    assert state.faults.fired(rule) == 2


@pytest.mark.parametrize(("version", "spoilt"), [(KAZOO_4_3, 201), (KAZOO_MASTER, 401)], ids=["4.3", "master"])
def test_the_expired_token_in_the_header_spoils_a_login_in_master(version: Version, spoilt: int) -> None:
    state = state_of(calls(1), version=version)
    state.faults.add(Rule(token_expired=True, path="/cdrs"))
    assert status(state, "token-a") == 401
    assert login(state, **{"x-auth-token": "token-a"}).status == spoilt
    assert login(state).status == 201


def test_all_tokens_are_good_again_without_the_rule(state: State) -> None:
    rule = state.faults.add(Rule(token_expired=True))
    first = token(state)
    assert status(state, first) == 401
    state.faults.remove(rule)
    assert (status(state, first), token(state)) == (200, first)


def test_tokens_stay_expired_while_another_rule_that_expires_them_is_left(state: State) -> None:
    one, other = (state.faults.add(Rule(token_expired=True, path=path)) for path in ("/cdrs", "/nowhere"))
    first = token(state)
    assert status(state, first) == 401
    assert state.faults.remove(one)
    assert status(state, first) == 401
    assert state.faults.remove(other)
    assert status(state, first) == 200


@pytest.mark.parametrize(
    ("version", "of_a_token"),
    [(KAZOO_4_3, {"version": "4.3.142", "auth_token": "undefined"}), (KAZOO_MASTER, {})],
    ids=["4.3", "master"],
)
@pytest.mark.parametrize("failing", [{"status": 401}, {"status": 503}, {"error": "too_many_requests"}], ids=str)
def test_a_login_that_a_rule_fails_gives_no_token(failing: Any, version: Version, of_a_token: dict[str, str]) -> None:
    state = state_of(calls(1), version=version)
    state.faults.add(Rule(path="/api_auth", **failing))
    response = login(state)
    answer = envelope(response)
    assert (str(response.status), answer["status"]) == (answer["error"], "error")
    assert {name: answer[name] for name in ("version", "auth_token") if name in answer} == of_a_token
    genuine, _ = ask(state, path="/v2/api_auth", method="PUT", token=None)  # says no key
    assert answer.keys() == envelope(genuine).keys()
    assert "location" not in response.headers
