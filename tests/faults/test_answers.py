"""Answers that are no errors of Crossbar's."""

import csv
import json

import pytest

from mockcdrs.control.state import State
from mockcdrs.faults import Reply, Rule
from tests.crossbar.builders import body_of, calls, state_of
from tests.faults.asking import COUNT, FIRST_PAGE, asked, envelope, next_query, statuses, walk


def test_a_path_is_answered_as_told(state: State) -> None:
    rule = state.faults.add(
        Rule(path="/v2/external_numbers", reply=Reply({"data": []}, 202, {"X-Kind": "made up"}), times=1)
    )
    answered, delivery = asked(state, path="/v2/external_numbers")
    assert (answered.status, envelope(answered)) == (202, {"data": []})
    assert answered.headers == {"content-type": "application/json", "x-kind": "made up"}
    assert str(rule) in delivery.fault
    assert asked(state, path="/v2/external_numbers")[0].status == 404


def test_a_path_may_be_answered_with_nothing(state: State) -> None:
    state.faults.add(Rule(path="/cdrs", reply=Reply(status=204)))
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
    assert (found["message"], found["data"]) == ("invalid_credentials", {"message": "invalid credentials"})


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


def test_a_row_comes_twice_where_no_page_counts_it(state: State) -> None:
    users = envelope(asked(state, path="/users", query="paginate=false")[0])
    assert "page_size" not in users
    state.faults.add(Rule(duplicate_row=True))
    doubled = envelope(asked(state, path="/users", query="paginate=false")[0])
    assert doubled["data"] == [*users["data"], users["data"][-1]]
    assert "page_size" not in doubled


def test_an_answer_without_rows_has_none_to_double(state: State) -> None:
    state.faults.add(Rule(duplicate_row=True))
    for query in ("created_from=63935000000&created_to=63935000001", "accept=csv&created_to=63935000001"):
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


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_a_row_of_csv_comes_twice(state: State, path: str) -> None:
    usual = body_of(asked(state, "accept=csv", path)[0]).splitlines()
    state.faults.add(Rule(duplicate_row=True))
    assert body_of(asked(state, "accept=csv", path)[0]).splitlines() == [*usual, usual[-1]]


def test_a_row_of_csv_may_have_several_lines() -> None:
    state = state_of([{**call, "caller_id_name": 'two\nlines, "one" value'} for call in calls(2)])
    usual = list(csv.reader(body_of(asked(state, "accept=csv")[0]).decode().splitlines(keepends=True)))
    state.faults.add(Rule(duplicate_row=True))
    doubled = list(csv.reader(body_of(asked(state, "accept=csv")[0]).decode().splitlines(keepends=True)))
    assert doubled == [*usual, usual[-1]]
    assert "two\nlines" in ",".join(doubled[-1])
