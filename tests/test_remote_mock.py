"""One suite, two ways: a mock in this process, and the same powers over the control API of one elsewhere."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockcdrs import remote_mock
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.journal import Record
from mockcdrs.control_api import request_records as journal_api
from mockcdrs.control_client import ControlClient, ControlError
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.dataset.call_builder import UnknownScenario
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.faults import RuleError
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.wire_actions import jitter
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from mockcdrs.server.waitress_server import Server

Either = Mock | RemoteMock


@pytest.fixture(params=["in this process", "elsewhere"])
def mock(request: pytest.FixtureRequest) -> Iterator[Either]:
    with serving() as mock:
        yield mock if request.param == "in this process" else RemoteMock(ControlClient(mock.url))


def ask(mock: Either, path: str = "/cdrs", **query: Any) -> httpx.Response:
    return httpx.get(mock.url_for(path), params=query, headers={"X-Auth-Token": mock.auth_token}, timeout=10)


def test_data_is_added_and_removed(mock: Either) -> None:
    mock.clear()
    call = mock.add_call(caller="+14155550100", seconds=75)
    assert ask(mock, f"/cdrs/{call.cdr_id}").json()["data"]["caller_id_number"] == "+14155550100"
    raw = {"call_id": "a/b@c", "call_direction": "inbound", "custom_channel_vars": {}}
    whole = mock.add_cdr({**raw, "interaction_id": "63935956800-a"})
    assert whole["_id"] == "202601-a/b@c"
    assert mock.expected().count == len(call.legs) + 1
    mock.remove(whole["_id"])
    with pytest.raises(KeyError, match="no such CDR"):
        mock.remove(whole["_id"])
    mock.reset()
    assert mock.expected().count > 100


def test_edge_cases_are_added_by_name(mock: Either) -> None:
    mock.clear()
    assert len(mock.edge("same-second-x50")) > 0
    with pytest.raises(KeyError, match="is no edge case"):
        mock.edge("no such case")
    with pytest.raises(KeyError, match=r"did you mean month-boundary\?"):
        mock.edge("month-boundry")


def test_the_clock_is_set(mock: Either) -> None:
    mock.clock.freeze("2025-12-01T00:00:00Z")
    mock.clock.advance(days=1)
    assert (mock.clock.now(), mock.clock.is_frozen) == (63931852800, True)
    assert ask(mock).json()["timestamp"] == "2025-12-02T00:00:00Z"
    mock.clock.live()
    assert not mock.clock.is_frozen
    mock.clock.freeze()
    assert mock.clock.is_frozen
    mock.clock.live(speed=60)
    assert (mock.clock.is_frozen, mock.clock.speed) == (False, 60)
    with pytest.raises(ValueError, match="speed: came 0"):
        mock.clock.live(speed=0)


def test_a_rule_fires_and_one_that_does_not_is_named(mock: Either) -> None:
    rule = mock.fail(status=503, path="/cdrs", times=1)
    other = mock.respond("/vmboxes", json={"data": [1]})
    assert [ask(mock).status_code for _ in range(2)] == [503, 200]
    assert (rule.number, mock.never_fired()) == (1, [other])
    assert ask(mock, "/vmboxes").json() == {"data": [1]}
    assert mock.never_fired() == []


def test_requests_are_told(mock: Either) -> None:
    mock.fail(status=503, times=1)
    ask(mock, page_size=5)
    ask(mock, page_size=5)
    first, second = mock.wait_for(2)
    assert (first.status, first.query, first.fault) == (503, {"page_size": "5"}, "rule 1 (status=503 times=1)")
    assert second.outcome.rows == 5
    assert mock.requests == [first, second]
    mock.assert_requested("/cdrs", query={"page_size": 5}, times=2)
    mock.assert_not_requested("/cdrs/summary")
    assert "unfollowed-pages" in " ".join(mock.advice())
    with pytest.raises(TimeoutError, match=r"2 complete requests came, 3 were expected within 0.05 s"):
        mock.wait_for(3, timeout=0.05)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda mock: mock.add_call(scenario="no such"), UnknownScenario),
        (lambda mock: mock.fail(status=5), RuleError),
        (lambda mock: mock.clock.freeze("yesterday"), ValueError),
        (lambda mock: mock.expected("/summary"), UnsupportedQuery),
    ],
)
def test_errors_are_the_same(mock: Either, wrong: Callable[[Either], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        wrong(mock)


def test_both_ways_end_up_with_equal_results() -> None:
    with serving() as one, serving() as local:
        pair = one, RemoteMock(ControlClient(local.url))
        results = [_results(mock) for mock in pair]
    assert results[0] == results[1]


def _results(mock: Either) -> tuple[Any, ...]:
    call = mock.add_call(scenario="blind_transfer", at="2026-01-19T10:00:00Z")
    rule = mock.fail(error="too_many_requests", query={"page_size": "7"}, times=1)
    ids = [row["id"] for row in (ask(mock, page_size=7), ask(mock, page_size=8))[1].json()["data"]]
    untimed: dict[str, Any] = {"duration_seconds": 0.0, "response": None, "headers": {}}
    records = [dataclasses.replace(record, **untimed) for record in mock.wait_for(2)]
    login = mock.account_id, mock.auth_token, mock.user_id, mock.credentials
    return login, call, rule, ids, records, mock.advice(), mock.expected(), mock.expected("/cdrs/interaction")


def test_what_needs_the_mocks_own_process_skips_with_its_reason() -> None:
    with serving() as local:
        mock = RemoteMock(ControlClient(local.url))
        for use in (lambda: mock.wsgi_app, lambda: mock.fail(then=print)):
            with pytest.raises(pytest.skip.Exception, match="only the mock can do that"):
                use()


def test_a_server_that_cannot_be_asked_is_said() -> None:
    with serving() as local:
        control = ControlClient(local.url)
        assert control.is_there()
    assert not control.is_there()
    with pytest.raises(ControlError, match="does the server still run"):
        control.ask("GET", "/health")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", b"<h1>welcome</h1>"),
        ("200 OK", b'{"status": "ready"}'),
        ("404 Not Found", b"<h1>no such page</h1>"),
        ("404 Not Found", b'{"error": "404", "message": "bad identifier"}'),
    ],
)
def test_what_is_no_control_apis_answer_asks_whether_this_is_a_mock(status: str, body: bytes) -> None:
    def app(_environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, [("Content-Type", "text/html")])
        return [body]

    with Server(app) as elsewhere:
        control = ControlClient(f"{elsewhere.url}/v2")
        assert not control.is_there()
        with pytest.raises(ControlError, match="is this a mock"):
            control.ask("GET", "/health")


def test_a_mock_that_another_takes_the_place_of_is_not_taken_for_it() -> None:
    with serving() as first:
        mock = RemoteMock(ControlClient(first.url))
        mock.fail(status=503, times=1)
        mock.reset()
        first.stand_in = Mock()
        for use in (mock.reset, mock.add_call, lambda: mock.requests, lambda: mock.remove("no such CDR")):
            with pytest.raises(ControlError, match="another mock answers than before; was the server started again"):
                use()
        first.stand_in = None
        assert mock.requests == []


def test_each_request_is_fetched_once_however_long_a_test_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as local:
        control, counts = ControlClient(local.url), list[int]()
        mock, usual = RemoteMock(control), control.ask

        def counting(*arguments: Any, **by_name: Any) -> Any:
            answer = usual(*arguments, **by_name)
            counts.append(len(answer["records"]))
            if len(counts) in {2, 4}:
                ask(local)
            if len(counts) == 6:
                local.reset()
                ask(local)
                ask(local)
            return answer

        ask(local)
        monkeypatch.setattr(control, "ask", counting)
        monkeypatch.setattr(remote_mock, "monotonic", lambda: len(counts) * 0.05)  # however slow the machine is
        assert [record.number for record in mock.wait_for(3, timeout=20)] == [1, 2, 3]
        assert sum(counts) == 3
        counts.clear()
        monkeypatch.setattr(remote_mock, "monotonic", lambda: float(len(counts)))  # a second passes with each fetch
        with pytest.raises(TimeoutError, match="2 complete requests came, 9 were expected"):
            mock.wait_for(9, timeout=8)
        assert sum(counts) == 3 + 2 + 2


def test_a_request_that_completes_while_others_are_told_is_in_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as local:
        journal, mock, usual = local.state.journal, RemoteMock(ControlClient(local.url)), journal_api.describe_records
        ask(local)
        late = journal.open(HttpRequest("GET", "/v2/late", "", {}), local.clock.now())

        def completing(backend: MockBackend, records: Sequence[Record]) -> list[dict[str, Any]]:
            journal.complete(late)
            return usual(backend, records)

        monkeypatch.setattr(journal_api, "describe_records", completing)
        assert [record.number for record in mock.wait_for(1)] == [1, 2]
        assert [record.number for record in mock.requests] == [1, 2]


def test_a_script_is_followed_and_replies_come_one_after_the_other(mock: Either) -> None:
    rule = mock.script("/cdrs", [503, {"reply": Reply(text="gone", status=410)}, 200], token=mock.auth_token)
    assert [ask(mock).status_code for _ in range(4)] == [503, 410, 200, 200]
    assert str(rule).startswith("rule 1 (script=503,reply:410,200 path=/cdrs token=redacted-")
    mock.respond("/limits", [{"json": [1]}, Reply(body=b"\xff", status=202)])
    assert [ask(mock, "/limits").content for _ in range(2)] == [b"[1]", b"\xff"]


def test_a_reply_is_of_any_kind(mock: Either, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("a;b")
    mock.respond("/a/*", text="A", status=203)
    mock.respond("/b", file=tmp_path / "prices.csv", headers={"X-A": "b"})
    mock.respond("/c", {"body": b"c"})
    mock.respond("/d", Reply({"d": 1}), delay_seconds=jitter(0.01, 0.01))
    first, second, third, fourth = (ask(mock, path) for path in ("/a/1", "/b", "/c", "/d"))
    assert (first.text, first.status_code) == ("A", 203)
    assert (second.text, second.headers["content-type"], second.headers["x-a"]) == ("a;b", "text/csv", "b")
    assert (third.content, fourth.json()) == (b"c", {"d": 1})


def test_the_server_is_down_and_up_again_at_the_same_address(mock: Either) -> None:
    url, error = mock.url, httpx.ConnectError if isinstance(mock, Mock) else httpx.ReadError
    with mock.down():
        assert mock.url == url
        with pytest.raises(error):
            ask(mock)
    assert (ask(mock).status_code, mock.url) == (200, url)


def test_the_server_is_up_again_after_a_failing_block(mock: Either) -> None:
    with pytest.raises(KeyError), mock.down():
        raise KeyError
    assert ask(mock).status_code == 200


def test_a_function_cannot_go_over_the_control_api() -> None:
    with serving() as mock:
        elsewhere = RemoteMock(ControlClient(mock.url))
        uses: tuple[Callable[[], object], ...] = (
            lambda: elsewhere.respond("/a", lambda _request: Reply()),
            lambda: elsewhere.script("/a", [{"then": print}]),
        )
        for use in uses:
            with pytest.raises(pytest.skip.Exception, match="a function cannot go over the control API"):
                use()
        assert mock.never_fired() == []
