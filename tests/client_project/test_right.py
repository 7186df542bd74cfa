"""The project's own tests, through the plugin alone: the client does as it should, also in trouble."""

import asyncio
import csv
import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from mockcdrs import uniform
from tests.client_project.cdr_sync import Login, SyncFailed
from tests.client_project.conftest import END, EPOCH, RANGE, to_datetime

TROUBLE: list[dict[str, Any]] = [
    {"status": 503, "times": 3},
    {"error": "too_many_requests", "times": 2},
    {"page": 2, "status": 502, "times": 1},
    {"page": 3, "close": True, "times": 1},
    {"page": 2, "cut_after": 2_000, "times": 1},
    {"cut_in_chunk": True, "times": 1},
    {"empty": True, "times": 1},
    {"malformed_json": True, "nth": 2},
    {"duplicate_row": True, "page": 1},
    {"delay_seconds": 0.01},
    {"delay_seconds": uniform(0, 0.01)},
    {"reset": True, "times": 1},
    {"script": [429, {"reset": True}, {"cut_after": 100}, 200, 503, {"error": "too_many_requests"}]},
    {"headers": {"User-Agent": "python-requests/*"}, "status": 503, "times": 1},
    {"token_expired": True},
    {"token_expired": True, "page": 3},
    {"token_expired": True, "times": 2},
    {"status": 401, "times": 1},
]


def synced(connected: Any, out: Path) -> list[dict[str, str]]:
    count = connected().sync(*RANGE, out)
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert count == len(rows)
    return rows


def test_a_sync_writes_every_call_once(mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path) -> None:
    rows = synced(connected, tmp_path / "cdrs.csv")
    assert tuple(row["id"] for row in rows) == truth.ids
    assert sum(int(row["billing_seconds"]) for row in rows) == truth.seconds
    assert sum(int(row["cost"]) for row in rows) == truth.cost
    assert len(mockcdrs.requests) > 2
    assert mockcdrs.advice() == []


def test_a_call_is_written_with_when_it_began_and_how_it_ended(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    call = mockcdrs.add_call(at="2026-01-20T11:00:00Z", seconds=75)
    written = {row["id"]: row for row in synced(connected, tmp_path / "cdrs.csv")}
    leg = call.legs[0]
    began = to_datetime(leg["timestamp"] - leg["duration_seconds"])
    assert written[leg["_id"]]["started"] == began.isoformat()
    assert written[leg["_id"]]["disposition"] == leg["disposition"] != ""


@pytest.mark.mockcdrs(kazoo="classic")
def test_the_successor_of_4_3_is_as_good(connected: Any, truth: Any, tmp_path: Path) -> None:
    assert len(synced(connected, tmp_path / "cdrs.csv")) == truth.count


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_trouble_that_passes_loses_no_call(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    mockcdrs.fail(path="/cdrs", **trouble)
    assert tuple(row["id"] for row in synced(connected, tmp_path / "cdrs.csv")) == truth.ids


@pytest.mark.parametrize(
    "trouble", [{"status": 503}, {"status": 403}, {"status": 401}, {"close": True}, {"reset": True}], ids=str
)
def test_trouble_that_stays_is_an_error_and_no_file(
    mockcdrs: Any, connected: Any, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    mockcdrs.fail(**trouble)
    with pytest.raises(SyncFailed):
        connected().sync(*RANGE, tmp_path / "cdrs.csv")
    assert not (tmp_path / "cdrs.csv").exists()


def test_a_server_that_is_down_is_an_error_until_it_is_up_again(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    client = connected()
    with mockcdrs.down(), pytest.raises(SyncFailed, match="Connection refused"):
        client.sync(*RANGE, tmp_path / "cdrs.csv")
    assert client.sync(*RANGE, tmp_path / "cdrs.csv") == truth.count


def test_a_sync_waits_until_a_bucket_of_tokens_has_filled(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    client = connected()
    client._sleep = lambda seconds: mockcdrs.clock.advance(seconds=seconds)
    limit = mockcdrs.fail(path="/cdrs", rate_limit={"max_bucket_tokens": 1, "tokens_fill_rate": 1})
    assert client.sync(*RANGE, tmp_path / "cdrs.csv") == truth.count
    assert limit not in mockcdrs.never_fired()


@pytest.mark.mockcdrs(tls=True)
def test_a_sync_goes_over_tls(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(mockcdrs.ca_path))
    assert len(synced(connected, tmp_path / "cdrs.csv")) == truth.count


def test_a_call_that_arrives_during_the_walk_does_no_harm(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    mockcdrs.fail(page=1, times=1, then=lambda _data: mockcdrs.add_call(at="2026-01-20T11:59:00Z"))
    assert {row["id"] for row in synced(connected, tmp_path / "cdrs.csv")} >= set(truth.ids)


def test_an_export_is_whole_even_if_it_broke_off_once(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    mockcdrs.fail(path="/cdrs", cut_after=5_000, times=1)
    connected().export(*RANGE, tmp_path / "export.csv")
    with (tmp_path / "export.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == truth.count


def test_a_sync_logs_in_by_itself_and_again_when_its_token_has_run_out(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    client = connected()
    assert client.sync(*RANGE, tmp_path / "first.csv") == truth.count
    mockcdrs.clock.advance(hours=2)
    assert client.sync(*RANGE, tmp_path / "second.csv") == truth.count
    mockcdrs.assert_requested("/user_auth", method="PUT", times=2)
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()


def test_a_wrong_password_is_an_error(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    client = connected()
    client._login = Login("Nobody", "nobody", "nothing")
    with pytest.raises(SyncFailed, match="invalid_credentials"):
        client.sync(*RANGE, tmp_path / "cdrs.csv")


@pytest.mark.parametrize("trouble", [{"status": 503, "times": 2}, {"close": True, "times": 1}], ids=str)
def test_trouble_at_the_login_passes_too(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    mockcdrs.fail(path="/user_auth", **trouble)
    assert connected().sync(*RANGE, tmp_path / "cdrs.csv") == truth.count


def test_a_bill_by_day_is_that_of_the_calls_that_were_written(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    rate = {"per_minute": 0.02, "increment": 6, "minimum": 30, "name": "Test"}
    mockcdrs.add_calls(20, over=timedelta(days=5), direction="outbound", seconds=90, rate=rate)
    days: Counter[str] = Counter()
    for row in synced(connected, tmp_path / "cdrs.csv"):
        days[row["started"][:10]] += int(row["cost"])
    begin, end = (int(moment.timestamp()) + EPOCH for moment in RANGE)
    expected = mockcdrs.expected("/cdrs", created_from=begin, created_to=end)
    assert expected.cost == truth.cost + 20 * 300
    assert days == {day: group.cost for day, group in expected.by_day().items()}


def test_a_sync_logs_in_first_and_asks_in_the_same_way_each_time(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    transcripts = []
    for _ in range(2):
        mockcdrs.reset()
        connected().sync(*RANGE, tmp_path / "cdrs.csv")
        mockcdrs.assert_requested_in_order({"path": "/user_auth", "status": 201}, "/cdrs", "/cdrs")
        mockcdrs.assert_requested("/cdrs", at_least=3, headers={"X-Auth-Token": True}, status=200)
        transcripts.append(mockcdrs.transcript())
    assert transcripts[0] == transcripts[1]


def test_a_sync_of_an_account_has_the_calls_of_its_users_alone(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    branch = mockcdrs.add_account("Branch Office")
    ann = branch.add_user("Ann Lee", username="ann")
    calls = branch.add_calls(3, over=timedelta(hours=1), owner=ann, direction="internal")
    connected(known=branch.credentials).sync(*RANGE, tmp_path / "cdrs.csv")
    with (tmp_path / "cdrs.csv").open(newline="", encoding="utf-8") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    assert ids == {leg["_id"] for call in calls for leg in call.legs}


def test_a_sync_that_runs_again_and_again_has_a_call_once_it_has_ended(
    mockcdrs: Any, connected: Any, tmp_path: Path
) -> None:
    mockcdrs.clear()
    client, out = connected(), tmp_path / "cdrs.csv"
    call = mockcdrs.add_call(at=END + timedelta(minutes=1))
    assert client.sync(END, to_datetime(mockcdrs.clock.now()), out) == 0
    mockcdrs.clock.live(speed=600)
    while (now := to_datetime(mockcdrs.clock.now())) <= END + timedelta(minutes=1):
        client.sync(END, now, out)
    assert client.sync(END, now, out) == len(call.legs)


@pytest.mark.mockcdrs(speed=60)
def test_a_sync_of_days_that_are_over_is_whole_while_time_runs(connected: Any, truth: Any, tmp_path: Path) -> None:
    assert tuple(row["id"] for row in synced(connected, tmp_path / "cdrs.csv")) == truth.ids


def test_a_call_that_ends_begins_a_sync(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    client = connected()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            client.sync(*RANGE, tmp_path / "cdrs.csv")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            mockcdrs.add_webhook(f"http://127.0.0.1:{server.server_port}/calls")
            call = mockcdrs.add_call()
            attempts = mockcdrs.wait_for_webhooks(len(call.legs), timeout=20)
        finally:
            server.shutdown()
            thread.join()
    assert all(attempt.is_success for attempt in attempts)
    with (tmp_path / "cdrs.csv").open(newline="", encoding="utf-8") as file:
        assert {row["id"] for row in csv.DictReader(file)} >= {leg["_id"] for leg in call.legs}


def test_a_task_waits_for_what_a_sync_in_a_thread_asks(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    async def run() -> tuple[list[Any], int]:
        syncing = asyncio.create_task(asyncio.to_thread(connected().sync, *RANGE, tmp_path / "cdrs.csv"))
        requests = await mockcdrs.wait_for_async(3, timeout=20)
        return requests, await syncing

    requests, count = asyncio.run(run())
    assert [record.status for record in requests[:3]] == [201, 200, 200]
    assert count == truth.count
