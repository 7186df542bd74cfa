"""Ground truth makes no calls but those that a walk over the same range makes."""

import json
from collections.abc import Callable

import pytest

from mockcdrs.control.clock import Clock
from mockcdrs.control.expected import expect
from mockcdrs.control.question import Question, Steps
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.dataset import generated_store
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.office import Office, main_account_id
from mockcdrs.dataset.store import Document, TimeBasis
from mockcdrs.dataset.traffic import Block, Traffic

NOW, SEED, DAY = 63_936_129_600, 3, 86_400  # 2026-01-20T12:00:00Z
DECEMBER, JANUARY = 63_931_766_400, 63_934_444_800
ACCOUNT = main_account_id(SEED)
RANGES = {
    "ten minutes": (NOW - DAY, NOW - DAY + 600),
    "a day up to now": (NOW - DAY, NOW),
    "a month": (DECEMBER, JANUARY - 1),
    "over the end of a month": (JANUARY - DAY, JANUARY + DAY),
    "years ago": (NOW - 1_000 * DAY, NOW - 998 * DAY),
    "before the first call": (NOW - 9_000 * DAY, NOW - 8_999 * DAY),
}
STEPS = {"in any way": None, "page by page": Steps(page_size=50, chunk_size=50, is_chunked=True, is_ascending=False)}


def new_state(calls_per_day: int) -> State:
    clock = Clock.frozen(NOW)
    return State(GeneratedStore(SEED, Traffic(calls_per_day), clock.now), clock=clock)


def walk(state: State, path: str, start: int, end: int) -> None:
    headers = {"x-auth-token": state.data.accounts[ACCOUNT].tokens[0].value}
    query = f"created_from={start}&created_to={end}&paginate=false"
    answered = respond(HttpRequest("GET", f"/v2/accounts/{ACCOUNT}{path}", query, headers), state.world(), "id")
    body = answered.body if isinstance(answered.body, bytes) else b"".join(answered.body)
    assert json.loads(body)["status"] == "success"


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    """Each block of which the calls are made."""
    made: list[Block] = []

    def counting(make: Callable[[Office, Traffic, Block], list[Document]]) -> Callable[..., list[Document]]:
        def make_and_count(office: Office, load: Traffic, block: Block) -> list[Document]:
            made.append(block)
            return make(office, load, block)

        return make_and_count

    for moment, make in list(generated_store.MAKERS.items()):
        monkeypatch.setitem(generated_store.MAKERS, moment, counting(make))
    return made


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("stretch", RANGES)
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("calls_per_day", [40, 60])
def test_ground_truth_makes_each_block_that_a_walk_makes_once_and_no_other(
    calls_per_day: int, path: str, stretch: str, steps: str, blocks: list[Block]
) -> None:
    start, end = RANGES[stretch]
    walk(new_state(calls_per_day), path, start, end)
    walked = sorted(blocks, key=lambda block: block.start_gregorian)
    blocks.clear()
    state = new_state(calls_per_day)
    question = Question(ACCOUNT, start, end, are_interactions=path != "/cdrs", steps=STEPS[steps])
    expect(state.data, question, state.quirks)
    assert sorted(blocks, key=lambda block: block.start_gregorian) == walked
    assert bool(walked) is (stretch != "before the first call")


@pytest.mark.parametrize("by", ["written", "begun"])
@pytest.mark.parametrize("times", [(JANUARY, None), (JANUARY - 0.5, JANUARY + 5), (None, DECEMBER - 1)])
def test_a_month_that_the_times_do_not_touch_has_no_parts(
    times: tuple[float | None, float | None], by: TimeBasis
) -> None:
    for calls_per_day in (40, 60):
        made = new_state(calls_per_day).data.made(ACCOUNT, "202512", times, descending=False, by=by)
        assert list(made) == []
