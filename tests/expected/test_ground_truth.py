"""Ground truth and the server agree, although they share no code."""

import json
from typing import Any

import pytest

from mockcdrs.control.backend import server_rules
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.versions import VERSIONS, Version
from mockcdrs.dataset import generated_store
from mockcdrs.dataset.call_builder import CallSpec, build_call
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.generator import Block, Traffic, generate_block
from mockcdrs.dataset.office import Office, generate_office, main_account_id
from mockcdrs.dataset.store import Document, TimeBasis
from mockcdrs.expected.expected_rows import PageWalk
from mockcdrs.expected.ground_truth import compute_expected, counts_in_summary
from mockcdrs.expected.query import ExpectedQuery, ServerRules

NOW, SEED, DAY = 63_936_129_600, 3, 86_400  # 2026-01-20T12:00:00Z
DECEMBER, JANUARY = 63_931_766_400, 63_934_444_800
ACCOUNT = main_account_id(SEED)
START = NOW - 10 * DAY


@pytest.fixture(scope="module")
def state() -> State:
    clock = Clock(NOW)
    return State(GeneratedStore(SEED, Traffic(20), clock.now), clock=clock)


def get_rows(
    state: State, path: str, filters: str = "", *, start: int = START, end: int = NOW, is_ascending: bool = True
) -> list[dict[str, Any]]:
    headers = {"x-auth-token": state.data.accounts[ACCOUNT].tokens[0].value}
    query = f"created_from={start}&created_to={end}&paginate=false&ascending={json.dumps(is_ascending)}{filters}"
    response = respond(HttpRequest("GET", f"/v2/accounts/{ACCOUNT}{path}", query, headers), state.server_state(), "id")
    body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    rows: list[dict[str, Any]] = json.loads(body)["data"]
    return rows


@pytest.mark.parametrize(
    "filters", [{}, {"filter_hangup_cause": "NORMAL_CLEARING"}, {"filter_not_call_direction": "inbound"}]
)
@pytest.mark.parametrize("are_interactions", [False, True])
def test_a_client_receives_what_is_expected(state: State, filters: dict[str, str], are_interactions: bool) -> None:
    query = ExpectedQuery(ACCOUNT, START, NOW, None, are_interactions, {} if are_interactions else filters)
    expected = compute_expected(state.data, query, server_rules(state))
    query_string = "" if are_interactions else "".join(f"&{name}={value}" for name, value in filters.items())
    rows = get_rows(state, "/cdrs/interaction" if are_interactions else "/cdrs", query_string)
    assert rows
    assert sorted(row["id"] for row in rows) == sorted(expected.ids)
    assert sum(row["billing_seconds"] for row in rows) == expected.seconds
    assert sum(int(row["cost"]) for row in rows) == expected.cost
    assert expected.count == len(rows)


def test_a_user_is_expected_to_have_its_own_calls_only(state: State) -> None:
    owner = str(state.data.accounts[ACCOUNT].users[0]["id"])
    expected = compute_expected(state.data, ExpectedQuery(ACCOUNT, START, NOW, owner), server_rules(state))
    rows = get_rows(state, f"/users/{owner}/cdrs")
    assert sorted(row["id"] for row in rows) == sorted(expected.ids)


@pytest.mark.parametrize("is_ascending", [True, False])
@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_a_users_interactions_are_shown_by_the_legs_that_the_version_chooses(
    version: Version, is_ascending: bool
) -> None:
    clock = Clock(NOW)
    store = GeneratedStore(SEED, Traffic(20), clock.now)
    state = State(store, clock=clock, quirks_shown=frozenset(), version=version)
    without_quirks = []
    for user in store.accounts[ACCOUNT].users:
        owner = str(user["id"])
        query = ExpectedQuery(ACCOUNT, START, NOW, owner, True, is_ascending=is_ascending)
        received = get_rows(state, f"/users/{owner}/cdrs/interaction", is_ascending=is_ascending)
        rows = [row["id"] for row in received]
        assert sorted(rows) == sorted(compute_expected(state.data, query, server_rules(state)).ids)
        without_quirks += rows
    assert without_quirks


def test_versions_choose_other_legs_of_a_users_interaction() -> None:
    clock = Clock(NOW)
    state = State(GeneratedStore(SEED, Traffic(200), clock.now), clock=clock)

    def ids(owner: str, rules: ServerRules) -> set[str]:
        return set(compute_expected(state.data, ExpectedQuery(ACCOUNT, START, NOW, owner, True), rules).ids)

    owners = [str(user["id"]) for user in state.data.accounts[ACCOUNT].users]
    assert any(ids(owner, ServerRules()) != ids(owner, ServerRules(shows_most_billed=True)) for owner in owners)


def test_what_a_quirk_hides_is_unreachable_and_not_expected(state: State) -> None:
    leg: Document = build_call(generate_office(SEED, ACCOUNT), CallSpec(), NOW - 60, 1)[0]
    bare = {key: value for key, value in leg.items() if key != "custom_channel_vars"}
    state.data.add(ACCOUNT, "202601", [bare])
    try:
        query = ExpectedQuery(ACCOUNT, START, NOW)
        with_quirks, without_quirks = (
            compute_expected(state.data, query, ServerRules(quirks=quirks))
            for quirks in (state.quirks, frozenset[str]())
        )
    finally:
        state.data.reset()
    assert with_quirks.unreachable == (bare["_id"],)
    assert bare["_id"] not in with_quirks.ids
    assert bare["_id"] in without_quirks.ids
    assert without_quirks.unreachable == ()


RANGES = {
    "ten minutes": (NOW - DAY, NOW - DAY + 600),
    "a day up to now": (NOW - DAY, NOW),
    "a month": (DECEMBER, JANUARY - 1),
    "over the end of a month": (JANUARY - DAY, JANUARY + DAY),
    "years ago": (NOW - 1_000 * DAY, NOW - 998 * DAY),
    "before the first call": (NOW - 9_000 * DAY, NOW - 8_999 * DAY),
}
WALKS = {"in any way": None, "page by page": PageWalk(page_size=50, chunk_size=50, is_chunked=True, is_ascending=False)}


def new_state(calls_per_day: int) -> State:
    clock = Clock(NOW)
    return State(GeneratedStore(SEED, Traffic(calls_per_day), clock.now), clock=clock)


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    """The blocks that are generated, in order."""
    generated: list[Block] = []

    def make_and_count(office: Office, load: Traffic, block: Block, by: TimeBasis) -> list[Document]:
        generated.append(block)
        return generate_block(office, load, block, by)

    monkeypatch.setattr(generated_store, "generate_block", make_and_count)
    return generated


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("name_of_range", RANGES)
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("calls_per_day", [40, 60])
def test_the_ground_truth_generates_each_block_that_a_walk_generates_once_and_no_other(
    calls_per_day: int, path: str, name_of_range: str, walk: str, blocks: list[Block]
) -> None:
    start, end = RANGES[name_of_range]
    get_rows(new_state(calls_per_day), path, start=start, end=end)
    blocks_in_order = sorted(blocks, key=lambda block: block.start_gregorian)
    blocks.clear()
    state = new_state(calls_per_day)
    query = ExpectedQuery(ACCOUNT, start, end, are_interactions=path != "/cdrs", walk=WALKS[walk])
    compute_expected(state.data, query, server_rules(state))
    assert sorted(blocks, key=lambda block: block.start_gregorian) == blocks_in_order
    assert bool(blocks_in_order) is (name_of_range != "before the first call")


@pytest.mark.parametrize("by", ["written", "begun"])
@pytest.mark.parametrize("times", [(JANUARY, None), (JANUARY - 0.5, JANUARY + 5), (None, DECEMBER - 1)])
def test_a_month_outside_of_the_times_has_no_parts(times: tuple[float | None, float | None], by: TimeBasis) -> None:
    for calls_per_day in (40, 60):
        segments = new_state(calls_per_day).data.scan(ACCOUNT, "202512", times, by=by).generated
        assert list(segments) == []


@pytest.mark.parametrize(
    "changes", [{"to": None}, {"from": 7}, {"channel_name": "loopback/1"}, {"custom_channel_vars": 1}]
)
def test_a_call_that_the_summary_cannot_place_is_not_in_it(changes: dict[str, Any]) -> None:
    document = {"custom_channel_vars": {}, "call_direction": "inbound", "channel_name": "a", "to": "b", "from": "c"}
    assert counts_in_summary(document)
    assert not counts_in_summary({**document, **changes})
