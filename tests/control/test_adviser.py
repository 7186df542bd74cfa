"""Advice on the requests of a running mock: what it holds on to, and what it looks up."""

import gc

import pytest

from mockcdrs.control import adviser, counting
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.answer import Incoming
from mockcdrs.mock import serving


def test_records_that_the_journal_drops_are_gone_at_once() -> None:
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


def test_cdrs_that_no_listing_has_are_looked_for_once_until_the_data_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, usual = list[str](), counting.unlisted
    monkeypatch.setattr(counting, "unlisted", lambda data, account: looked.append(account) or usual(data, account))
    with serving() as mock:
        listing = f"/v2/accounts/{mock.account_id}/cdrs"
        for _ in range(3):
            mock.client().simulate_get(listing)
        mock.advice()
        assert looked == [mock.account_id]
        mock.clear()
        mock.client().simulate_get(listing)
        mock.advice()
        assert looked == [mock.account_id] * 2


def test_a_request_is_compared_with_those_alone_that_were_over_before_it_and_not_with_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adviser, "LOOK_BACK", 2)
    with serving() as mock:
        listing = f"/v2/accounts/{mock.account_id}/cdrs"
        again = {"start_key": mock.client().simulate_get(listing).json["next_start_key"]}
        for _ in range(4):
            mock.client().simulate_get(listing, params=again)
        twice = [any(text.startswith("page-twice: ") for text in record.advice) for record in mock.requests]
        before = [record.number for record in adviser._Ended(mock.state.journal, mock.requests[3])]
    assert twice == [False, False, True, True, True]
    assert before == [3, 2]


def test_requests_that_came_too_fast_by_the_machines_clock_are_counted_though_the_mocks_stands_still() -> None:
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
        told = [text for text in mock.advice() if text.startswith("rate-limited: ")]
    assert len(told) == 1
    assert told[0].startswith(f"rate-limited: 3 of 203 requests for account {mock.account_id} came so fast")


def test_advice_that_is_read_while_a_request_is_under_way_is_what_is_known_and_keeps_none_of_the_rest_away() -> None:
    with serving() as mock:
        journal, path = mock.state.journal, f"/v2/accounts/{mock.account_id}/cdrs"
        record = journal.open(Incoming("GET", path, "pagesize=2", {}), at_gregorian=mock.clock.now())
        assert record.advice == []
        assert [text.partition(":")[0] for text in mock.advice()] == ["misspelt-parameter"]
        record.outcome.next_start_key, record.outcome.rows, record.status = "more", 50, 200
        journal.complete(record)
        assert [text.partition(":")[0] for text in record.advice] == ["misspelt-parameter"]
        assert [text.partition(":")[0] for text in mock.advice()] == ["misspelt-parameter", "unfollowed-pages"]


def test_advice_that_is_read_before_the_place_of_a_request_is_known_keeps_none_away() -> None:
    with serving() as mock:
        journal, path = mock.state.journal, f"/v2/accounts/{mock.account_id}/cdrs"
        again = f"start_key={mock.client().simulate_get(path).json['next_start_key']}"
        first, second = (journal.open(Incoming("GET", path, again, {}), mock.clock.now()) for _ in range(2))
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
