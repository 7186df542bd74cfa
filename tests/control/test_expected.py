"""Ground truth and the server agree, although they share no code."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mockcdrs.control.clock import Clock
from mockcdrs.control.expected import expect
from mockcdrs.control.question import Question
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, VERSIONS, Version
from mockcdrs.dataset.call_builder import CallSpec, build_call
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.traffic import Traffic

if TYPE_CHECKING:
    from mockcdrs.cdr.documents import Document

NOW, SEED = 63_936_129_600, 3
ACCOUNT = main_account_id(SEED)
START = NOW - 10 * 86_400


@pytest.fixture(scope="module")
def state() -> State:
    clock = Clock.frozen(NOW)
    return State(GeneratedStore(SEED, Traffic(20), clock.now), clock=clock)


def _rows(state: State, path: str, query: str = "", *, ascending: bool = True) -> Iterator[dict[str, Any]]:
    token = state.data.accounts[ACCOUNT].tokens[0].value
    asked = f"created_from={START}&created_to={NOW}&paginate=false&ascending={json.dumps(ascending)}{query}"
    answered = respond(
        HttpRequest("GET", f"/v2/accounts/{ACCOUNT}{path}", asked, {"x-auth-token": token}), state.world(), "id"
    )
    assert not isinstance(answered.body, bytes)
    yield from json.loads(b"".join(answered.body))["data"]


@pytest.mark.parametrize(
    "filters", [{}, {"filter_hangup_cause": "NORMAL_CLEARING"}, {"filter_not_call_direction": "inbound"}]
)
@pytest.mark.parametrize("are_interactions", [False, True])
def test_a_walk_ends_up_with_what_is_expected(state: State, filters: dict[str, str], are_interactions: bool) -> None:
    question = Question(ACCOUNT, START, NOW, None, are_interactions, {} if are_interactions else filters)
    truth = expect(state.data, question, state.quirks)
    query = "" if are_interactions else "".join(f"&{name}={value}" for name, value in filters.items())
    rows = list(_rows(state, "/cdrs/interaction" if are_interactions else "/cdrs", query))
    assert rows
    assert sorted(row["id"] for row in rows) == sorted(truth.ids)
    assert sum(row["billing_seconds"] for row in rows) == truth.seconds
    assert sum(int(row["cost"]) for row in rows) == truth.cost
    assert truth.count == len(rows)


def test_a_user_is_expected_to_have_its_own_calls_only(state: State) -> None:
    owner = str(state.data.accounts[ACCOUNT].users[0]["id"])
    truth = expect(state.data, Question(ACCOUNT, START, NOW, owner), state.quirks)
    rows = list(_rows(state, f"/users/{owner}/cdrs", ""))
    assert sorted(row["id"] for row in rows) == sorted(truth.ids)


@pytest.mark.parametrize("is_ascending", [True, False])
@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_a_users_interactions_are_shown_by_the_legs_that_the_version_chooses(
    version: Version, is_ascending: bool
) -> None:
    clock = Clock.frozen(NOW)
    store = GeneratedStore(SEED, Traffic(20), clock.now)
    state = State(store, clock=clock, quirks_shown=frozenset(), version=version)
    shown = []
    for user in store.accounts[ACCOUNT].users:
        owner = str(user["id"])
        question = Question(ACCOUNT, START, NOW, owner, True, is_ascending=is_ascending, version=version)
        walked = _rows(state, f"/users/{owner}/cdrs/interaction", ascending=is_ascending)
        rows = [row["id"] for row in walked]
        assert sorted(rows) == sorted(expect(state.data, question, state.quirks).ids)
        shown += rows
    assert shown


def test_versions_choose_other_legs_of_a_users_interaction() -> None:
    clock = Clock.frozen(NOW)
    state = State(GeneratedStore(SEED, Traffic(20), clock.now), clock=clock)
    chosen = {
        version.name: {
            cdr_id
            for user in state.data.accounts[ACCOUNT].users
            for cdr_id in expect(
                state.data, Question(ACCOUNT, START, NOW, str(user["id"]), True, version=version), frozenset()
            ).ids
        }
        for version in (KAZOO_4_3, KAZOO_MASTER)
    }
    assert chosen["4.3"] != chosen["master"]


def test_what_a_quirk_hides_is_unreachable_and_not_expected(state: State) -> None:
    leg: Document = build_call(generate_office(SEED, ACCOUNT), CallSpec(), NOW - 60, 1)[0]
    bare = {key: value for key, value in leg.items() if key != "custom_channel_vars"}
    state.data.add(ACCOUNT, "202601", [bare])
    try:
        question = Question(ACCOUNT, START, NOW)
        hidden, shown = (expect(state.data, question, quirks) for quirks in (state.quirks, frozenset[str]()))
    finally:
        state.data.reset()
    assert hidden.unreachable == (bare["_id"],)
    assert bare["_id"] not in hidden.ids
    assert bare["_id"] in shown.ids
    assert shown.unreachable == ()
