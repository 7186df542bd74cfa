"""Counts for advice are right as far as they go, and do not go far."""

from typing import Any

from mockcdrs.control import counting
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.dataset.load import Load
from mockcdrs.dataset.people import main_account_id
from mockcdrs.dataset.universe import UniverseStore
from mockcdrs.mock import serving
from tests.crossbar.builders import ACCOUNT, NOW, calls, leg, state_of


def test_what_lies_in_a_range_is_counted() -> None:
    data = state_of(calls(25)).data
    times = sorted(document["pvt_created"] for document in calls(25))
    assert counting.cdrs(data, ACCOUNT, 0, NOW) == 25
    assert counting.cdrs(data, ACCOUNT, times[3], times[7]) == 5
    assert data.remove(calls(25)[0]["_id"])
    assert counting.cdrs(data, ACCOUNT, 0, NOW) == 24
    assert counting.cdrs(data, "no such account", 0, NOW) == 0


def test_odd_documents_count_for_nothing() -> None:
    odd: list[dict[str, Any]] = [{"pvt_created": "x"}, {"pvt_created": None}, {"pvt_type": "other"}]
    found = [{**call, **change} for call, change in zip(calls(3), odd, strict=True)]
    assert counting.cdrs(state_of(found).data, ACCOUNT, 0, NOW) == 0


def test_those_without_variables_are_counted() -> None:
    bare, *others = calls(5)
    del bare["custom_channel_vars"]
    data = state_of([bare, *others]).data
    assert counting.unlisted(data, ACCOUNT) == [bare["pvt_created"]]
    assert counting.unlisted(data, "no such account") == []


def test_a_huge_account_is_counted_as_far_as_the_bound() -> None:
    clock, made = Clock.frozen(NOW), list[str]()
    store = UniverseStore(3, Load(100_000), clock.now)
    state = State(store, clock=clock)
    usual = store.made

    def watched(*asked: Any, **named: Any) -> Any:
        for segment in usual(*asked, **named):
            made.append(str(segment.identity))
            yield segment

    store.made = watched  # type: ignore[method-assign]
    assert counting.cdrs(state.data, main_account_id(3), 1, NOW) == counting.COUNTED_AT_MOST
    assert counting.unlisted(state.data, main_account_id(3)) == []
    assert 0 < len(made) < 20


def test_no_more_held_documents_are_looked_at_than_the_bound(monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "LOOKED_AT_MOST", 10)
    assert counting.cdrs(state_of(calls(25)).data, ACCOUNT, 0, NOW) == 10


def test_a_mock_tells_what_it_has_counted() -> None:
    with serving() as mock:
        mock.clear()
        leg = mock.add_call(at="2025-11-01T12:00:00Z").legs[0]
        mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")
        assert any("default-range-empty: " in text and "older CDRs" in text for text in mock.advice())
        bare = {name: value for name, value in leg.items() if name not in {"custom_channel_vars", "_id"}}
        mock.reset()
        mock.add_cdr({**bare, "_id": "202601-bare", "timestamp": mock.clock.now(), "pvt_created": mock.clock.now()})
        mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", params={"paginate": "false"})
        assert any(text.startswith("no-ccv-not-listed: ") for text in mock.advice())


def test_what_lies_in_a_month_and_was_written_after_it_is_found() -> None:
    january = 63_934_444_800
    over = leg("over@host", january + 20)
    data = state_of([over, leg("before@host", january - 20), *calls(2)]).data
    assert counting.over_month_end(data, ACCOUNT, "202512") == [over]
    assert counting.over_month_end(data, ACCOUNT, "202601") == []
    assert counting.over_month_end(data, ACCOUNT, "202511") == []
    assert counting.over_month_end(data, "no such account", "202512") == []
