"""The journal: records in order, what it drops, and waiting for requests."""

import gzip
import logging
import threading
from random import Random
from typing import Any

import pytest

from mockcdrs.control.journal import (
    MAX_BODY_BYTES,
    MAX_ERROR_RESPONSES,
    MAX_REQUEST_BODY_BYTES,
    MAX_RESPONSES,
    Journal,
    JournalFull,
    Record,
    SentResponse,
    describe_shortfall,
)
from mockcdrs.control.redaction import redact
from mockcdrs.crossbar.pipeline import HttpRequest


def open_record(journal: Journal, path: str = "/v2", query: str = "", **headers: str) -> Record:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return journal.open(HttpRequest("GET", path, query, named), at_gregorian=7)


def paths(journal: Journal) -> list[str]:
    return [record.path for record in journal]


def test_records_are_numbered_in_the_order_in_which_requests_came() -> None:
    journal = Journal()
    assert [open_record(journal, path).number for path in ("/a", "/b", "/c")] == [1, 2, 3]
    assert paths(journal) == ["/a", "/b", "/c"]
    assert len(journal) == 3


def test_a_record_has_the_request_and_when_it_came_in() -> None:
    record = Journal(machine_seconds=lambda: 7.5).open(
        HttpRequest("PUT", "/v2/a%2Fb", "x=1", {"accept": "*/*"}, b"12345", "10.0.0.1"), at_gregorian=63_936_129_600
    )
    assert (record.method, record.path, record.received_bytes) == ("PUT", "/v2/a%2Fb", 5)
    assert record.at_gregorian == 63_936_129_600
    assert (record.arrived_seconds, record.client_address) == (7.5, "10.0.0.1")
    assert record.headers == {"accept": "*/*"}
    assert not record.is_complete


@pytest.mark.parametrize(
    ("raw", "query"),
    [
        ("", {}),
        ("a=1&b=x%20y", {"a": "1", "b": "x y"}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("paginate", {"paginate": True}),
        ("a=%zz", {}),
    ],
)
def test_the_query_is_parsed(raw: str, query: dict[str, Any]) -> None:
    assert open_record(Journal(), query=raw).query == query


def test_tokens_are_redacted_wherever_they_come_from() -> None:
    path, query = "/v2/user_auth/secret-4", "auth_token=secret-1"
    record = open_record(Journal(), path, query, x_auth_token="secret-2", authorization="Bearer secret-3")
    assert "secret" not in repr(record)
    assert record.query["auth_token"] == redact("secret-1")


def test_of_a_head_that_is_too_long_for_crossbar_the_beginning_is_kept() -> None:
    long = "x" * 1_000_000
    headers = {"x-forwarded-for": long, long: long, **{f"x-{number}": "y" for number in range(10_000)}}
    record = Journal().open(HttpRequest(long, f"/{long}", f"a={long}", headers), at_gregorian=7)
    assert (record.path[:3], record.query["a"][:3], record.headers["x-1"]) == ("/xx", "xxx", "y")
    assert len(repr(record)) < 60_000


def test_a_head_as_long_as_crossbar_reads_is_kept_whole() -> None:
    headers = {f"x-{number}": "y" * 4_096 for number in range(100)}
    record = Journal().open(HttpRequest("GET", "/" + "x" * 7_000, "a=" + "b" * 900, headers), at_gregorian=7)
    assert (len(record.path), len(record.query["a"]), record.headers) == (7_001, 900, headers)
    assert len(Journal().open(HttpRequest("GET", "/", "a=" + "b" * 7_000), at_gregorian=7).query["a"]) == 7_000
    assert Journal().open(HttpRequest("X" * 8_000, "/"), at_gregorian=7).method == "X" * 8_000


def test_equal_tokens_stay_equal_and_different_ones_different() -> None:
    journal = Journal()
    first, again, other = (open_record(journal, x_auth_token=token).headers for token in ("one", "one", "two"))
    assert first == again != other


def test_a_full_journal_drops_the_oldest_and_logs_this_once(caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(capacity=2)
    with caplog.at_level(logging.WARNING, logger="mockcdrs.journal"):
        for path in ("/a", "/b"):
            open_record(journal, path)
        assert caplog.messages == []
        for path in ("/c", "/d", "/e"):
            open_record(journal, path)
            assert len(caplog.messages) == 1
    assert paths(journal) == ["/d", "/e"]
    assert journal.dropped == 3
    assert caplog.messages == ["the journal is full with 2 records: from now on the oldest are dropped"]


def test_a_journal_keeps_a_thousand_records_by_default() -> None:
    assert Journal().capacity == 1_000


def test_records_before_another_come_the_latest_first_as_far_as_they_are_kept() -> None:
    journal = Journal(capacity=4)
    assert journal.before(1, 9) == []
    for _ in range(6):
        open_record(journal)
    numbers = [[record.number for record in journal.before(number, 2)] for number in (2, 3, 4, 6, 7)]
    assert numbers == [[], [], [3], [5, 4], [6, 5]]


def test_clear_removes_all_records_and_numbers_begin_at_one_again() -> None:
    journal = Journal(capacity=1)
    open_record(journal)
    open_record(journal)
    journal.clear()
    assert (len(journal), journal.dropped) == (0, 0)
    assert open_record(journal).number == 1


def test_listeners_are_called_once_with_each_record_when_it_is_complete() -> None:
    journal, calls = Journal(), list[tuple[int, bool]]()
    journal.on_complete.append(lambda record: calls.append((record.number, record.is_complete)))
    first, second = open_record(journal), open_record(journal)
    journal.complete(second)
    journal.complete(first)
    journal.complete(first)
    assert calls == [(2, True), (1, True)]


def test_a_request_under_way_during_clear_is_not_recorded() -> None:
    journal, records = Journal(), list[Record]()
    journal.on_complete.append(records.append)
    early = open_record(journal)
    journal.clear()
    open_record(journal)
    journal.complete(early)
    assert records == []
    assert not next(iter(journal)).is_complete


def test_waiting_ends_when_enough_records_are_complete() -> None:
    journal = Journal(capacity=2)

    def serve() -> None:
        for path in ("/a", "/b", "/c"):
            journal.complete(open_record(journal, path))

    thread = threading.Thread(target=serve)
    thread.start()
    waited = journal.wait_for(3, timeout_seconds=10)
    thread.join()
    assert [record.path for record in waited] == ["/b", "/c"]


def test_a_waiting_thread_goes_on_after_the_listeners() -> None:
    journal = Journal()
    journal.on_complete.append(lambda record: setattr(record, "note", "seen"))
    thread = threading.Thread(target=lambda: journal.complete(open_record(journal)))
    thread.start()
    assert journal.wait_for(1, timeout_seconds=10)[0].note == "seen"
    thread.join()


def test_a_record_that_becomes_complete_during_a_wait_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    record = open_record(journal)

    def wait(_seconds: float) -> bool:
        journal.complete(record)
        return True

    monkeypatch.setattr(journal._changed, "wait", wait)
    assert journal.wait_for(1) == [record]


def test_a_wait_that_is_woken_too_early_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    record = open_record(journal)
    waits = iter([False, True])

    def wait(_seconds: float) -> bool:
        if is_time := next(waits):
            journal.complete(record)
        return is_time

    monkeypatch.setattr(journal._changed, "wait", wait)
    assert journal.wait_for(1) == [record]


def test_a_change_that_has_happened_already_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    journal, waits = Journal(), list[float]()
    monkeypatch.setattr(journal._changed, "wait", waits.append)
    before = journal.identity
    journal.wait_for_change(0, before, 1.5)
    assert waits == [1.5]
    journal.complete(open_record(journal))
    journal.wait_for_change(0, before, 2.5)
    journal.clear()
    journal.wait_for_change(1, before, 3.5)
    assert waits == [1.5]
    journal.wait_for_change(1, journal.identity, 4.5)
    assert waits == [1.5, 4.5]


def test_a_wait_lasts_no_longer_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    journal, waits = Journal(), list[float]()
    monkeypatch.setattr(journal._changed, "wait", waits.append)
    with pytest.raises(TimeoutError):
        journal.wait_for(1, timeout_seconds=0)
    assert waits == [0]


def test_waiting_in_vain_reports_which_requests_came() -> None:
    journal = Journal()
    journal.complete(open_record(journal, "/done"))
    open_record(journal, "/slow")
    with pytest.raises(TimeoutError, match="1 complete requests came, 2 were expected") as caught:
        journal.wait_for(2, timeout_seconds=0)
    assert "under way: GET /slow" in str(caught.value)


def test_many_threads_lose_no_record() -> None:
    journal, numbers = Journal(capacity=10_000), list[int]()
    journal.on_complete.append(lambda record: numbers.append(record.number))

    def serve() -> None:
        for _ in range(200):
            journal.complete(open_record(journal))

    threads = [threading.Thread(target=serve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [record.number for record in journal] == list(range(1, 1_601))
    assert len(journal.wait_for(1_600, timeout_seconds=0)) == 1_600


def test_a_target_without_a_query_has_no_question_mark_and_one_with_a_secret_a_digest() -> None:
    assert open_record(Journal(), "/v2/a%2Fb").target == "/v2/a%2Fb"
    assert open_record(Journal(), "/v2/a", "a=1&auth_token=s").target == f"/v2/a?a=1&auth_token={redact('s')}"


def open_answered(journal: Journal, status: int) -> Record:
    record = open_record(journal)
    record.status, record.response = status, SentResponse({})
    return record


@pytest.mark.parametrize(("more", "is_truncated"), [(0, False), (1, True)])
def test_of_a_body_the_beginning_is_kept(more: int, is_truncated: bool) -> None:
    response = SentResponse({"x-auth-token": "secret", "a": "b"})
    for part in (b"begin", b"x" * (MAX_BODY_BYTES - 5 + more), b"y" * more, b""):
        response.keep(part)
    assert response.to_dict() == {
        "headers": {"x-auth-token": redact("secret"), "a": "b"},
        "body": "begin" + "x" * (MAX_BODY_BYTES - 5),
        "truncated": is_truncated,
    }


def test_of_a_long_body_that_comes_in_many_parts_no_more_parts_are_kept_than_have_a_place() -> None:
    response = SentResponse({})
    for part in [b"x" * MAX_BODY_BYTES, *[b"y"] * 3]:
        response.keep(part)
    assert list(map(len, response.parts)) == [MAX_BODY_BYTES]


@pytest.mark.parametrize(("length", "is_truncated"), [(MAX_BODY_BYTES, False), (MAX_BODY_BYTES + 1, True)])
def test_of_a_compressed_body_the_beginning_is_shown_as_it_was(length: int, is_truncated: bool) -> None:
    response = SentResponse({"content-encoding": "gzip"})
    response.keep(gzip.compress(b"x" * length))
    shown = response.to_dict()
    assert (shown["body"], shown["truncated"]) == ("x" * MAX_BODY_BYTES, is_truncated)


def test_a_body_that_is_too_long_although_it_is_compressed_is_shown_as_truncated() -> None:
    response = SentResponse({"content-encoding": "gzip"})
    response.keep(gzip.compress(Random(1).randbytes(MAX_BODY_BYTES)))
    assert response.to_dict()["truncated"]


def test_a_body_that_is_no_utf_8_is_shown_with_marks_in_place_of_its_bytes() -> None:
    response = SentResponse({})
    response.keep(b"a\xffb")
    assert response.to_dict() == {"headers": {}, "body": "a\ufffdb", "truncated": False}


def test_the_changes_of_a_journal_are_those_after_a_completion() -> None:
    journal = Journal(capacity=3)
    first, second, third = (open_record(journal, path) for path in ("/a", "/b", "/c"))
    for record in (third, first):
        journal.complete(record)
    journal.open(HttpRequest("GET", "/d"), at_gregorian=7, other_test="test_other")
    changes = journal.changes_since(0)
    assert (changes.records, changes.under_way) == ([third, first], [second])
    assert (changes.completion, changes.completed, changes.dropped, changes.capacity) == (2, 2, 0, 3)
    assert (changes.identity, changes.others) == (journal.identity, {"test_other": 1})
    assert journal.changes_since(1).records == [first]
    assert journal.changes_since(2).records == []
    assert journal.changes_since(3).records == [third, first]  # of another process, or of an earlier one
    open_record(journal)
    assert journal.changes_since(0).dropped == 1
    journal.clear()
    cleared = journal.changes_since(2)
    assert (cleared.records, cleared.completion, cleared.completed, cleared.dropped) == ([], 2, 0, 0)
    assert cleared.identity != changes.identity


def test_a_request_of_another_test_is_counted_and_not_recorded() -> None:
    journal = Journal()
    for _ in range(2):
        record = journal.open(HttpRequest("GET", "/d"), at_gregorian=7, other_test="test_other")
        journal.complete(record)
    assert (len(journal), journal.completed, record.completion) == (0, 0, 0)
    kept = journal.snapshot()
    assert (kept.records, kept.dropped, kept.capacity, kept.others) == ([], 0, 1_000, {"test_other": 2})


def test_a_journal_that_dropped_something_says_how_it_would_keep_all() -> None:
    journal = Journal(capacity=2)
    for _ in range(3):
        open_record(journal)
    with pytest.raises(JournalFull) as caught:
        journal.snapshot().all()
    assert str(caught.value) == (
        "the journal is full: it keeps the last 2 requests and dropped 1 older ones, so nothing is known of all; "
        "have it keep more, as by @pytest.mark.mockcdrs(journal=6), --mockcdrs-journal=6, Mock(journal=6), "
        "`mockcdrs serve --journal 6`"
    )


def test_advice_is_kept_once_it_is_final() -> None:
    journal, calls = Journal(), list[int]()

    def advise(record: Record) -> list[str]:
        calls.append(record.completion)
        return [f"advice {len(calls)}"]

    record = open_record(journal)
    assert record.advice == []
    record.adviser = advise
    assert [record.advice, record.advice] == [["advice 1"], ["advice 2"]]
    journal.complete(record)
    assert [record.advice, record.advice] == [["advice 3"], ["advice 3"]]
    assert calls == [0, 0, 1]


def test_the_message_of_a_wait_in_vain_says_what_came_and_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    words = (
        "{} complete requests came, 3 were expected within 1.5 s; does the client still run, and does it ask this "
        "server? Give it more time with `timeout`."
    )
    slow = open_record(Journal(), "/slow")
    assert describe_shortfall(1, 3, 1.5, [slow] * 2) == words.format(1) + "\n  under way: GET /slow" * 2
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example")
    hint = " ALL_PROXY is set, so a client may ask that proxy instead of mock.test: name mock.test in NO_PROXY."
    assert describe_shortfall(0, 3, 1.5, [], "mock.test") == words.format(0) + hint
    assert describe_shortfall(1, 3, 1.5, [], "mock.test") == words.format(1)
    monkeypatch.setenv("NO_PROXY", "mock.test")
    assert describe_shortfall(0, 3, 1.5, [], "mock.test") == words.format(0)


def test_an_error_is_kept_when_many_requests_came_after_it_and_an_answer_is_not() -> None:
    journal = Journal()
    error, answer = open_answered(journal, 400), open_answered(journal, 399)
    for _ in range(MAX_RESPONSES - 1):
        open_answered(journal, 200)
    assert answer.response is not None
    open_answered(journal, 200)
    assert error.response is not None
    assert answer.response is None


def test_of_errors_the_last_ones_are_kept() -> None:
    journal = Journal()
    errors = [open_answered(journal, 503) for _ in range(MAX_ERROR_RESPONSES + 1)]
    for _ in range(MAX_RESPONSES):
        open_answered(journal, 200)
    assert errors[0].response is None
    assert errors[1].response is not None


def test_the_beginning_of_a_requests_body_is_kept_without_its_secrets() -> None:
    body = b'{"data": {"credentials": "0123456789abcdef0123456789abcdef"}}' + b" " * MAX_REQUEST_BODY_BYTES
    record = Journal().open(HttpRequest("PUT", "/v2/user_auth", "", {}, body), at_gregorian=7)
    assert record.body.startswith(f'{{"data": {{"credentials": "{redact("0123456789abcdef0123456789abcdef")}"}}}}')
    assert len(record.body) <= MAX_REQUEST_BODY_BYTES
    assert record.received_bytes == len(body)
