"""Whatever is done to a mock, in whatever order: a client receives what a model of a few lines holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mockcdrs import Mock
from mockcdrs.state_machine import SCENARIOS as SYNC_SCENARIOS
from mockcdrs.state_machine import SyncMachine
from tests.profile import many

NOON = 63_936_129_600  # 2026-01-20T12:00:00Z: far enough from both ends of its month for all that happens here
HOUR, DAY = 3_600, 86_400
SCENARIOS = ("inbound_answered", "outbound_local", "inbound_missed", "internal_call")
SECONDS_BACK = st.integers(0, 5 * DAY)
PAGE_SIZES = st.sampled_from([1, 2, 3, 7, 50])


@dataclass
class Failure:
    """A rule that is on: the status that it answers, and how often it still does."""

    status: int
    left: int


class WholeMock(RuleBasedStateMachine):
    """A mock and its model: the documents that the account has, the clock, and the rule that is on."""

    steps: ClassVar[int] = 0  # of all machines together

    @initialize()
    def make(self) -> None:
        self.mock = Mock(seed=1, calls_per_day=1, now=NOON)
        self.owner = self.mock.user_id
        self.client = httpx.Client(transport=httpx.WSGITransport(app=self.mock.wsgi_app))
        self.begin()

    def begin(self) -> None:
        self.mock.clear()
        self.documents: dict[str, dict[str, Any]] = {}
        self.now = NOON
        self.failure: Failure | None = None
        self.requests = 0

    def teardown(self) -> None:
        if hasattr(self, "mock"):
            self.client.close()
            self.mock.close()

    @rule(scenario=st.sampled_from(SCENARIOS), back=SECONDS_BACK, seconds=st.integers(1, HOUR), is_owned=st.booleans())
    def add_call(self, scenario: str, back: int, seconds: int, is_owned: bool) -> None:
        owner = self.owner if is_owned else None
        call = self.mock.add_call(
            scenario=scenario,
            at=self.now - back,
            seconds=None if scenario == "inbound_missed" else seconds,
            owner=owner,
        )
        self.documents |= {leg["_id"]: leg for leg in call.legs}

    @rule(back=SECONDS_BACK, number=st.integers(0, 999))
    def add_cdr(self, back: int, number: int) -> None:
        document = self.mock.add_cdr(
            {
                "call_id": f"call-{number}",
                "timestamp": self.now - back,
                "custom_channel_vars": {},
                "call_direction": "inbound",
            }
        )
        self.documents[document["_id"]] = document

    @precondition(lambda self: self.documents)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        cdr_id = data.draw(st.sampled_from(sorted(self.documents)))
        self.mock.remove(cdr_id)
        del self.documents[cdr_id]

    @rule(seconds=st.integers(0, DAY))
    def advance(self, seconds: int) -> None:
        if self.now + seconds < NOON + 8 * DAY:
            self.mock.clock.advance(timedelta(seconds=seconds))
            self.now += seconds

    @rule(seconds=st.integers(-DAY, DAY))
    def freeze(self, seconds: int) -> None:
        self.now = NOON + seconds
        self.mock.clock.freeze(self.now)

    @precondition(lambda self: self.failure is None)
    @rule(status=st.sampled_from([429, 500, 503]), times=st.integers(1, 3))
    def fail(self, status: int, times: int) -> None:
        self.mock.fail(path="/cdrs", status=status, times=times)
        self.failure = Failure(status, times)

    @rule()
    def reset(self) -> None:
        self.mock.reset()
        self.begin()

    def expected(self, start: int, end: int, owner: str | None) -> list[str]:
        """The ids that a walk receives, newest first."""
        keys = [
            (document["pvt_created"], cdr_id)
            for cdr_id, document in self.documents.items()
            if start <= document["pvt_created"] <= end
            and (owner is None or document["custom_channel_vars"].get("owner_id") == owner)
        ]
        return [cdr_id for _, cdr_id in sorted(keys, reverse=True)]

    def get(self, path: str, query: dict[str, Any]) -> httpx.Response:
        """Ask once, and hold the status against the rule that is on."""
        headers = {"X-Auth-Token": self.mock.auth_token}
        response = self.client.get(
            f"http://mock/v2/accounts/{self.mock.account_id}{path}", params=query, headers=headers
        )
        self.requests += 1
        status = 200
        if self.failure is not None:
            status = self.failure.status
            self.failure.left -= 1
            if self.failure.left == 0:
                self.failure = None
        assert response.status_code == status, response.text
        return response

    @rule(back=SECONDS_BACK, length=st.integers(0, 10 * DAY), page_size=PAGE_SIZES, is_of_user=st.booleans())
    def walk(self, back: int, length: int, page_size: int, is_of_user: bool) -> None:
        start, owner = self.now - back, self.owner if is_of_user else None
        query = {"created_from": start, "created_to": start + length, "page_size": page_size}
        path, ids = "/cdrs" if owner is None else f"/users/{owner}/cdrs", []
        for _ in range(len(self.documents) + 1):
            response = self.get(path, query)
            if response.status_code != 200:
                return
            page = response.json()
            ids += [row["id"] for row in page["data"]]
            if "next_start_key" not in page:
                break
            query["start_key"] = page["next_start_key"]
        assert ids == self.expected(start, start + length, owner)
        if owner is None:
            assert ids == list(self.mock.expected(created_from=start, created_to=start + length).ids)

    @precondition(lambda self: self.documents and self.failure is None)
    @rule(data=st.data())
    def look_up(self, data: st.DataObject) -> None:
        document = self.documents[data.draw(st.sampled_from(sorted(self.documents)))]
        response = self.get(f"/cdrs/{document['_id']}", {})
        assert response.json()["data"]["call_id"] == document["call_id"]

    @invariant()
    def the_clock_and_the_journal_agree(self) -> None:
        if hasattr(self, "mock"):
            WholeMock.steps += 1
            assert self.mock.clock.now() == self.now
            assert len(self.mock.requests) == self.requests


def test_a_client_receives_what_the_model_holds(record_property: Callable[[str, object], None]) -> None:
    WholeMock.steps = 0
    run_state_machine_as_test(WholeMock, settings=settings(max_examples=many(25, 500), stateful_step_count=50))
    record_property("steps", WholeMock.steps)
    assert WholeMock.steps >= many(500, 10_000)


class NoClient(SyncMachine):
    def sync(self) -> None: ...

    def synced_ids(self) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize("scenario", SYNC_SCENARIOS)
def test_no_leg_of_a_call_that_comes_was_written_before_the_step(scenario: str) -> None:
    machine = NoClient()
    earlier: set[str] = set()
    for count, minutes in [(1, 1), (8, 1), (3, 60)]:
        before = machine.mock.clock.now()
        machine.calls_come(scenario=scenario, count=count, minutes=minutes)
        legs = machine.mock.expected(created_from=machine.start - HOUR).legs
        ends = [leg.end for leg in legs if leg.id not in earlier]
        assert len(ends) >= 2 * count
        assert before < min(ends) <= max(ends) == before + 60 * minutes == machine.mock.clock.now()
        earlier |= {leg.id for leg in legs}
    machine.teardown()
