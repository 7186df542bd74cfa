"""The adviser of a running mock: what it keeps alive, compares and looks up."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.advice import advice_rule, adviser
from mockcdrs.control.clock import Clock
from mockcdrs.control.journal import Record
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.generator import Traffic
from mockcdrs.dataset.office import main_account_id
from mockcdrs.dataset.store import Scan, Segment
from mockcdrs.mock import serving
from tests.crossbar.builders import ACCOUNT, NOW, calls, leg, state_of


def test_records_that_the_journal_drops_are_freed_at_once() -> None:
    with serving() as mock:
        mock.state.journal.capacity = 10
        mock.state.journal.clear()
        gc.collect()
        before = _records()
        gc.disable()
        try:
            for _ in range(30):
                mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs/summary")
            assert _records() - before == 10
        finally:
            gc.enable()


def _records() -> int:
    return sum(isinstance(each, Record) for each in gc.get_objects())


def test_unlisted_cdrs_are_looked_up_once_until_the_data_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, usual = list[str](), adviser.find_unlisted_times
    monkeypatch.setattr(
        adviser, "find_unlisted_times", lambda data, account: accounts.append(account) or usual(data, account)
    )
    with serving() as mock:
        listing = f"/v2/accounts/{mock.account_id}/cdrs"
        mock.client().simulate_get(listing)
        mock.advice()
        assert accounts == []  # of generated CDRs none is unlisted
        mock.add_call()
        for _ in range(3):
            mock.client().simulate_get(listing)
        mock.advice()
        assert accounts == [mock.account_id]
        mock.add_call()
        mock.client().simulate_get(listing)
        mock.advice()
        assert accounts == [mock.account_id] * 2


def test_a_request_is_compared_only_with_the_latest_that_ended_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adviser, "MAX_EARLIER_REQUESTS", 2)
    with serving() as mock:
        listing = f"/v2/accounts/{mock.account_id}/cdrs"
        again = {"start_key": mock.client().simulate_get(listing).json["next_start_key"]}
        for _ in range(4):
            mock.client().simulate_get(listing, params=again)
        twice = [any(text.startswith("page-twice: ") for text in record.advice) for record in mock.requests]
        before = [record.number for record in adviser._EarlierRequests(mock.state.journal, mock.requests[3])]
    assert twice == [False, False, True, True, True]
    assert before == [3, 2]


def test_requests_too_fast_by_the_machines_clock_are_reported_though_the_mocks_clock_is_frozen() -> None:
    with serving() as mock:
        seconds = 0.0
        mock.state.journal._machine_seconds = lambda: seconds
        listing = f"/v2/accounts/{mock.account_id}/cdrs"
        for _ in range(103):
            mock.client().simulate_get(listing)
        mock.client().simulate_options(listing, headers={"Origin": "http://x"})
        seconds = 60.0
        for _ in range(100):
            mock.client().simulate_get(listing)
        texts = [text for text in mock.advice() if text.startswith("rate-limited: ")]
    assert len(texts) == 1
    assert texts[0].startswith(f"rate-limited: 3 of 203 requests for account {mock.account_id} came so fast")


def test_advice_read_while_a_request_is_under_way_does_not_replace_the_final_advice() -> None:
    with serving() as mock:
        journal, path = mock.state.journal, f"/v2/accounts/{mock.account_id}/cdrs"
        record = journal.open(HttpRequest("GET", path, "pagesize=2", {}), at_gregorian=mock.clock.now())
        assert record.advice == []
        assert [text.partition(":")[0] for text in mock.advice()] == ["misspelt-parameter"]
        record.outcome.next_start_key, record.outcome.rows, record.status = "more", 50, 200
        journal.complete(record)
        assert [text.partition(":")[0] for text in record.advice] == ["misspelt-parameter"]
        assert [text.partition(":")[0] for text in mock.advice()] == ["misspelt-parameter", "unfollowed-pages"]


def test_advice_read_before_the_order_of_completion_is_known_does_not_replace_the_final_advice() -> None:
    with serving() as mock:
        journal, path = mock.state.journal, f"/v2/accounts/{mock.account_id}/cdrs"
        again = f"start_key={mock.client().simulate_get(path).json['next_start_key']}"
        first, second = (journal.open(HttpRequest("GET", path, again, {}), mock.clock.now()) for _ in range(2))
        for record in (first, second):
            record.outcome.rows, record.status = 50, 200

        def read(record: Record) -> None:
            if record is second:
                assert _codes(second.advice) == set()
                journal.complete(first)

        journal.on_complete.append(read)
        journal.complete(second)
        assert 0 < first.completion < second.completion
        assert _codes(second.advice) == {"page-twice"}


def _codes(advice: list[str]) -> set[str]:
    return {text.partition(":")[0] for text in advice}


def test_cdrs_of_a_range_are_counted() -> None:
    data = state_of(calls(25)).data
    times = sorted(document["pvt_created"] for document in calls(25))
    assert adviser.count_cdrs(data, ACCOUNT, 0, NOW) == 25
    assert adviser.count_cdrs(data, ACCOUNT, times[3], times[7]) == 5
    assert data.remove(calls(25)[0]["_id"])
    assert adviser.count_cdrs(data, ACCOUNT, 0, NOW) == 24
    assert adviser.count_cdrs(data, "no such account", 0, NOW) == 0


def test_documents_that_are_no_cdrs_or_have_no_time_are_not_counted() -> None:
    odd: list[dict[str, Any]] = [{"pvt_created": "x"}, {"pvt_created": None}, {"pvt_type": "other"}]
    documents = [{**call, **change} for call, change in zip(calls(3), odd, strict=True)]
    assert adviser.count_cdrs(state_of(documents).data, ACCOUNT, 0, NOW) == 0


def test_cdrs_without_variables_are_found() -> None:
    bare, *others = calls(5)
    del bare["custom_channel_vars"]
    data = state_of([bare, *others]).data
    assert adviser.find_unlisted_times(data, ACCOUNT) == [bare["pvt_created"]]
    assert adviser.find_unlisted_times(data, "no such account") == []


def test_a_huge_account_is_counted_up_to_the_limit() -> None:
    clock, read = Clock(NOW), list[str]()
    store = GeneratedStore(3, Traffic(100_000), clock.now)
    state = State(store, clock=clock)
    scan = store.scan

    def read_of(segments: Iterator[Segment]) -> Iterator[Segment]:
        for segment in segments:
            read.append(str(segment.identity))
            yield segment

    def watched(*arguments: Any, **named: Any) -> Scan:
        return Scan(generated=read_of(scan(*arguments, **named).generated))

    store.scan = watched  # type: ignore[method-assign]
    assert adviser.count_cdrs(state.data, main_account_id(3), 1, NOW) == advice_rule.MAX_COUNT
    assert adviser.find_unlisted_times(state.data, main_account_id(3)) == []
    assert 0 < len(read) < 20


def test_no_more_stored_documents_are_read_than_the_limit(monkeypatch: Any) -> None:
    monkeypatch.setattr(adviser, "MAX_DOCUMENTS", 10)
    assert adviser.count_cdrs(state_of(calls(25)).data, ACCOUNT, 0, NOW) == 10


def test_a_mocks_advice_rests_on_these_counts() -> None:
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


def test_cdrs_of_a_month_that_were_written_after_it_are_found() -> None:
    january = 63_934_444_800
    over = leg("over@host", january + 20)
    data = state_of([over, leg("before@host", january - 20), *calls(2)]).data
    assert adviser.find_over_month_end(data, ACCOUNT, "202512") == [over]
    assert adviser.find_over_month_end(data, ACCOUNT, "202601") == []
    assert adviser.find_over_month_end(data, ACCOUNT, "202511") == []
    assert adviser.find_over_month_end(data, "no such account", "202512") == []


def test_what_holds_unless_a_client_goes_on_is_said_until_it_asks_for_the_next_page() -> None:
    with serving() as mock:
        listing, journal = f"/v2/accounts/{mock.account_id}/cdrs", mock.state.journal
        key = mock.client().simulate_get(listing).json["next_start_key"]
        mock.client().simulate_get(f"{listing}/summary")
        page, summary = mock.requests
        assert [[text.partition(":")[0] for text in texts] for texts in mock.adviser.open_advice([summary, page])] == [
            [],
            ["unfollowed-pages"],
        ]
        assert page.advice == []
        journal.open(HttpRequest("GET", listing, f"start_key={key}", {}), at_gregorian=mock.clock.now())
        assert mock.adviser.open_advice([page]) == [[]]
        assert mock.adviser.open_advice([]) == []
