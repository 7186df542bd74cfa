"""Crossbar's own errors on demand."""

import json

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.errors import SYSTEM_ERRORS
from mockcdrs.crossbar.versions import KAZOO_MASTER, VERSIONS, Version
from mockcdrs.faults import Rule
from mockcdrs.faults.answer_actions import ERROR_BY_STATUS
from tests.crossbar.builders import body_of, calls, state_of
from tests.faults.asking import COUNT, asked, envelope


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
@pytest.mark.parametrize("name", SYSTEM_ERRORS)
def test_any_of_crossbars_errors_comes_by_its_name(name: str, version: Version) -> None:
    state = state_of(calls(COUNT), version=version)
    state.faults.add(Rule(error=name))
    answered, _ = asked(state)
    status, words = SYSTEM_ERRORS[name]
    found = envelope(answered)
    assert answered.status == status
    assert list(found) == [key for key in version.error_keys if key in found]
    assert (found["data"], found["error"]) == ({"message": words}, str(status))
    assert (found["message"], found["status"]) == (name, "error")
    assert {"timestamp", "node", "request_id", "auth_token"} <= set(found)
    assert answered.headers["x-request-id"] == "request-1"
    assert answered.headers["access-control-allow-origin"] == "*"
    assert answered.outcome.message == name


@pytest.mark.parametrize(("status", "name"), ERROR_BY_STATUS.items())
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
    # a chunked listing's failure keeps no data but a message
    assert (answered.status, found["error"], found["message"], found["data"]) == (status, str(status), message, [])


def test_a_datastore_error_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="datastore_fault"))
    faulty, _ = asked(state)
    genuine, _ = asked(state_of(calls(COUNT)), "utc_offset=0.5")
    assert faulty == genuine


def test_a_refused_token_is_that_of_a_real_one(state: State) -> None:
    state.faults.add(Rule(error="invalid_credentials"))
    faulty, _ = asked(state)
    genuine, _ = asked(state_of(calls(COUNT), months=()), token="wrong")
    assert faulty.headers == genuine.headers
    assert {**envelope(faulty), "auth_token": ""} == {**envelope(genuine), "auth_token": ""}


def test_too_many_requests_leave_no_tokens_where_that_is_told() -> None:
    state = state_of(calls(COUNT), version=KAZOO_MASTER)
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
