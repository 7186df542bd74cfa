"""The mock in a test's hands."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings

from mockcdrs import strategies
from mockcdrs.cdr import gregorian
from mockcdrs.config import MockConfig
from mockcdrs.dataset import fixtures
from mockcdrs.faults import RuleError
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule
from mockcdrs.mock import Mock, MockFamily, serving


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


LEAST: dict[str, Any] = {
    "custom_channel_vars": {},
    "duration_seconds": 3,
    "billing_seconds": 2,
    "interaction_id": "63935956800-a",
    "call_direction": "inbound",
}


def ask(mock: Mock, path: str = "/cdrs", **query: Any) -> httpx.Response:
    headers = {"X-Auth-Token": mock.auth_token}
    return httpx.get(mock.url_for(path), params=query, headers=headers, timeout=10)


def walk_rows(mock: Mock, path: str = "/cdrs", **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    key: dict[str, str] = {}
    for _ in range(1_000):
        answer = ask(mock, path, **query, **key).json()
        rows += answer["data"]
        if "next_start_key" not in answer:
            return rows
        key = {"start_key": answer["next_start_key"]}
    raise AssertionError("the pages do not end")


def test_a_walk_over_all_pages_ends_up_with_the_ground_truth(mock: Mock) -> None:
    rows, expected = walk_rows(mock), mock.expected()
    assert tuple(row["id"] for row in rows) == expected.ids
    assert sum(int(row["billing_seconds"]) for row in rows) == expected.seconds
    assert expected.count > 100


def test_an_added_call_is_there_with_all_legs_and_only_what_was_given_is_changed(mock: Mock) -> None:
    mock.clear()
    call = mock.add_call(caller="+14155550100", callee="+14155550199", seconds=75)
    legs = ask(mock, f"/cdrs/legs/{call.id}").json()["data"]
    assert sorted(leg["id"] for leg in legs) == sorted(leg["_id"] for leg in call.legs)
    whole = ask(mock, f"/cdrs/{call.cdr_id}").json()["data"]
    assert (whole["caller_id_number"], whole["billing_seconds"]) == ("+14155550100", 75)
    assert max(leg["timestamp"] for leg in call.legs) == mock.clock.now()


def test_calls_that_are_added_by_several_threads_at_once_are_all_there(mock: Mock) -> None:
    mock.clear()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            calls = list(threads.map(lambda _: mock.add_call(), range(80), timeout=60))
    finally:
        sys.setswitchinterval(before)
    legs = {leg["_id"] for call in calls for leg in call.legs}
    assert len({call.id for call in calls}) == 80
    assert set(mock.expected().ids) == legs


def test_a_raw_cdr_gets_what_kazoo_would_have_written_and_can_be_removed(mock: Mock) -> None:
    mock.clear()
    new_cdr = mock.add_cdr({**LEAST, "call_id": "a@b"})
    assert [row["id"] for row in walk_rows(mock)] == [new_cdr["_id"]] == ["202601-a@b"]
    mock.remove("202601-a@b")
    assert walk_rows(mock) == []
    with pytest.raises(KeyError, match="no such CDR"):
        mock.remove("202601-a@b")


def test_each_raw_cdr_without_a_call_id_has_an_id_of_its_own(mock: Mock) -> None:
    mock.clear()
    ids = [mock.add_cdr(LEAST)["_id"] for _ in range(2)]
    assert sorted(row["id"] for row in walk_rows(mock)) == sorted(ids)
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("add", "words"),
    [
        (lambda mock: mock.add_cdr("x"), "came 'x', expected a CDR's document: an object"),
        (lambda mock: mock.add_cdr({"_id": 7}), "_id: came 7, expected text that starts with the month"),
        (lambda mock: mock.add_cdr({"_id": "a@host"}), "_id: came 'a@host', expected text that starts with the month"),
        (
            lambda mock: mock.add_cdr({"to": object()}),
            "document: came what no answer could carry (Object of type object",
        ),
        (lambda mock: mock.add_cdr({"to": "\ud800"}), "surrogates not allowed), expected JSON in UTF-8"),
        (lambda mock: mock.add_cdr({"cost": float("nan")}), "expected JSON in UTF-8"),
        (lambda mock: mock.add_call(seconds="x"), "seconds: came 'x', expected whole seconds from 0 to 86400"),
        (lambda mock: mock.add_call(seconds=-5), "seconds: came -5, expected whole seconds from 0 to 86400"),
        (lambda mock: mock.add_call(at="x"), "at: came 'x', expected ISO 8601"),
        (lambda mock: mock.respond("/limits", json=object()), "expected what JSON can hold"),
        (lambda mock: mock.respond("/limits", json={1: 2}), "json: came {1: 2}, expected what JSON can hold"),
        (lambda mock: mock.respond("/limits?a=1"), "path: came '/limits?a=1', expected the end of a path"),
        (
            lambda mock: mock.respond("/limits", reply=Reply(), text="x", status=404),
            "reply: came beside text, status, expected one of the two",
        ),
        (lambda mock: mock.script("GET", [503]), "path: came 'GET', expected the end of a path"),
        (lambda mock: mock.fail(503), "came 503 without a name, expected arguments by name, as in fail(status=503)"),
        (lambda mock: mock.fail(stauts=503), "stauts: a rule has no such argument, expected some of "),
        (lambda mock: mock.respond("/limits", tims=1), "tims: an answer by `respond` has no such argument"),
        (lambda mock: mock.script("/cdrs", [503], tims=1), "tims: `script` has no such argument"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words_and_nothing_changes(
    mock: Mock, add: Callable[[Mock], object], words: str
) -> None:
    before = mock.expected()
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        add(mock)
    if named := re.match(r"(\w+): ", words):
        assert getattr(caught.value, "name", None) == named[1]
    assert mock.expected() == before
    assert mock.never_fired() == []


@pytest.mark.parametrize(
    "add",
    [
        lambda mock: mock.fail(503),
        lambda mock: mock.fail(stauts=503),
        lambda mock: mock.respond("/limits?a=1"),
        lambda mock: mock.respond("/limits", tims=1),
        lambda mock: mock.respond("/limits", reply=Reply(), text="x"),
        lambda mock: mock.script("GET", [503]),
        lambda mock: mock.script("/cdrs", [503], tims=1),
    ],
)
def test_what_is_wrong_with_a_rule_is_an_error_of_rules(mock: Mock, add: Callable[[Mock], object]) -> None:
    with pytest.raises(RuleError):
        add(mock)


def test_responses_and_scripts_make_the_rules_that_they_say(mock: Mock, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a;b")
    replies: list[tuple[dict[str, Any], Reply]] = [
        ({}, Reply()),
        ({"json": {"a": 1}, "status": 201, "headers": {"X-A": "b"}}, Reply({"a": 1}, 201, {"X-A": "b"})),
        ({"text": "a"}, Reply(text="a")),
        ({"body": b"a"}, Reply(body=b"a")),
        ({"file": tmp_path / "a.csv"}, Reply(file=tmp_path / "a.csv")),
        ({"reply": {"json": 1}}, Reply(1)),
    ]
    for number, (arguments, reply) in enumerate(replies, 1):
        assert mock.respond("/x", **arguments, times=2) == Rule(path="/x", reply=reply, times=2, number=number)
    several = mock.respond("/x", [{"json": 1}, Reply(text="a")], after=1)
    assert several == Rule(path="/x", script=[{"reply": Reply(1)}, {"reply": Reply(text="a")}], after=1, number=7)
    assert mock.script("/y", [503, 200], drip=5) == Rule(path="/y", script=[503, 200], drip=5, number=8)
    assert mock.fail(status=503, path="/z") == Rule(status=503, path="/z", number=9)


def test_edge_cases_are_added_by_name(mock: Mock) -> None:
    mock.clear()
    name, documents = next(iter(fixtures.load_edge_cases().items()))
    assert [document["_id"] for document in mock.edge(name)] == [document["_id"] for document in documents]
    with pytest.raises(KeyError, match=f"expected one of .*{name}"):
        mock.edge("no such case")


@settings(max_examples=20, deadline=None)
@given(history=strategies.histories(accounts=1))
def test_a_history_is_all_there_is_while_it_is_held(history: strategies.History) -> None:
    with SHARED.data(replace(history, now_gregorian=history.now_gregorian + 60)) as mock:
        assert (mock.clock.now(), mock.clock.is_frozen) == (history.now_gregorian + 60, True)
        answer = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", params={"paginate": "false"})
        ids = {row["id"] for row in answer.json["data"]}
        assert ids == set(mock.expected().ids) == {document["_id"] for document in history.documents}
        data = mock.state.data
        scans = [data.scan(mock.account_id, month, (0, mock.clock.now())) for month in data.months(mock.account_id)]
        documents = [each for scan in scans for segment in scan.stored for each in segment.visible()]
        assert {each["pvt_account_id"] for each in documents} <= {mock.account_id}


SHARED = Mock()


def test_token_and_url_stay_good_whatever_the_clock_does(mock: Mock) -> None:
    mock.clock.advance(days=4_000)
    assert ask(mock).status_code == 200
    mock.clock.freeze("2025-12-01T00:00:00Z")
    assert ask(mock).json()["timestamp"] == "2025-12-01T00:00:00Z"
    mock.fail(token_expired=True, times=1)
    assert ask(mock).status_code == 401


def test_a_clock_that_ran_runs_again_behind_a_reset() -> None:
    mock = Mock(now="live")
    mock.clock.freeze("2025-12-01T00:00:00Z")
    mock.reset()
    assert not mock.clock.is_frozen
    assert mock.clock.now() >= gregorian.from_datetime(datetime.now(UTC)) - 60


def test_a_failure_is_declared_in_one_line_and_named_in_the_journal(mock: Mock) -> None:
    mock.fail(status=503, path="/cdrs", times=1)
    assert [ask(mock).status_code for _ in range(2)] == [503, 200]
    assert [bool(record.fault) for record in mock.wait_for(2)] == [True, False]


def test_a_path_that_the_mock_does_not_serve_can_be_answered(mock: Mock) -> None:
    mock.respond("/vmboxes", json={"data": [1]})
    assert ask(mock, "/vmboxes").json() == {"data": [1]}


def test_clients_without_a_socket_see_the_same_state(mock: Mock) -> None:
    mock.clear()
    mock.add_call()
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    by_socket = ask(mock).json()["data"]
    assert mock.client().simulate_get(path).json["data"] == by_socket != []
    transport = httpx.WSGITransport(app=mock.wsgi_app)
    with httpx.Client(transport=transport, base_url="http://mock", headers={"X-Auth-Token": mock.auth_token}) as client:
        assert client.get(path).json()["data"] == by_socket
    assert len(mock.requests) == 3


def test_what_needs_a_socket_is_a_connection_error_without_one(mock: Mock) -> None:
    mock.fail(close=True)
    with pytest.raises(ConnectionError):
        mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("application/zip", 406)])
def test_answers_without_a_content_type_pass_the_test_client(mock: Mock, accept: str, status: int) -> None:
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    assert mock.client().simulate_get(path, headers={"Accept": accept}).status_code == status


def test_a_missing_request_is_told_with_the_nearest_ones(mock: Mock) -> None:
    ask(mock, page_size=5)
    mock.assert_requested("/cdrs", method="get", query={"page_size": 5}, times=1)
    mock.assert_not_requested("/cdrs", query={"page_size": 6})
    with pytest.raises(AssertionError) as failure:
        mock.assert_requested("/cdrs/summary", query={"page_size": 6, "paginate": "false"})
    message = str(failure.value)
    assert "asked 0 times, expected at least once; 1 requests came" in message
    assert "expected to end with /cdrs/summary" in message
    assert "page_size is 5, expected 6" in message
    assert "paginate is not in the query, expected false" in message
    with pytest.raises(AssertionError, match="asked 1 times, expected 0 times"):
        mock.assert_not_requested("/cdrs")


def test_advice_tells_of_pages_that_nobody_asked_for(mock: Mock) -> None:
    ask(mock, page_size=5)
    assert [text.partition(":")[0] for text in mock.advice()] == ["unfollowed-pages"]
    mock.reset()
    walk_rows(mock, page_size=200)
    assert "unfollowed-pages" not in " ".join(mock.advice())


def test_a_reseller_sees_more_columns() -> None:
    with serving() as plain, serving(reseller=True) as reseller:
        columns = [set(ask(mock, page_size=1).json()["data"][0]) for mock in (plain, reseller)]
    assert columns[0] < columns[1]


def test_two_mocks_in_one_process_never_see_each_other() -> None:
    with serving(seed=3) as one, serving(seed=4) as other:
        one.clear()
        one.fail(status=503)
        assert (ask(one).status_code, ask(other).status_code) == (503, 200)
        assert [len(mock.requests) for mock in (one, other)] == [1, 1]
        assert one.account_id != other.account_id


def test_showing_a_mock_starts_no_server() -> None:
    before = threading.active_count()
    mock = Mock()
    assert f"{mock}" == str(mock) == "a mock without a server: its `url` starts one"
    assert threading.active_count() == before
    url = mock.url
    assert f"{mock}" == str(mock) == url
    mock.stop()
    assert str(mock) != url


def test_eight_threads_that_ask_for_the_url_first_at_once_start_one_server() -> None:
    before, together = threading.active_count(), threading.Barrier(8)

    def url(mock: Mock) -> str:
        together.wait(20)
        return mock.url

    with serving() as mock, ThreadPoolExecutor(8) as askers:
        urls = {asking.result(20) for asking in [askers.submit(url, mock) for _ in range(8)]}
        assert urls == {mock.url}
    assert threading.active_count() == before


def write_call(directory: Path, call_id: str) -> None:
    document = {
        "_id": f"202601-{call_id}",
        "pvt_account_id": "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90",
        "pvt_created": 63_935_956_800,
        "pvt_type": "cdr",
        "timestamp": 63_935_956_800,
        "call_id": call_id,
        **LEAST,
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "one.jsonl").write_text(json.dumps(document))


def test_a_data_directory_is_served(tmp_path: Path) -> None:
    write_call(tmp_path, "a")
    with serving(data=tmp_path, now="2026-01-20T12:00:00Z") as mock:
        assert [row["id"] for row in walk_rows(mock)] == ["202601-a"]


LIVES = """
import http.client, pathlib, threading
from mockcdrs.mock import serving

def held():
    return threading.active_count(), sum(1 for _ in pathlib.Path("/dev/fd").iterdir())

with serving() as mock:
    before = held()
    for row in range(1_000):
        port = int(mock.url.split(":")[2].partition("/")[0])
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request("GET", "/v2")  # Crossbar keeps the connection
        assert client.getresponse().read()
        if row % 2:
            client.close()
        mock.stop()
        client.close()
    assert held() == before
"""


@pytest.mark.slow
def test_a_thousand_starts_and_stops_leave_nothing_behind_and_nothing_to_warn_of() -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", LIVES]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")


def test_a_mocks_clock_runs_at_a_speed_and_a_reset_starts_it_again() -> None:
    with Mock(now="2026-01-20T08:00:00Z", speed=1_000) as mock:
        assert mock.clock.speed == 1_000
        mock.clock.freeze()
        mock.reset()
        assert (mock.clock.speed, mock.clock.is_frozen) == (1_000, False)
        start = mock.clock.now()
        deadline = time.monotonic() + 10
        while mock.clock.now() < start + 50:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    with Mock(speed=2) as mock:
        assert mock.clock.now() >= 63_936_129_600  # where the committed office ends


def test_a_mock_ends_with_its_async_block_which_raises_what_a_faults_own_code_raised() -> None:
    async def ask_and_leave() -> str:
        async with serving() as mock, httpx.AsyncClient(headers={"X-Auth-Token": mock.auth_token}) as client:
            assert (await client.get(mock.url_for("/cdrs"))).status_code == 200
            return mock.url

    url = asyncio.run(ask_and_leave())
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)

    async def break_a_fault() -> None:
        async with serving() as mock:
            mock.fail(path="/cdrs", then=lambda _data: 1 / 0)
            async with httpx.AsyncClient(headers={"X-Auth-Token": mock.auth_token}) as client:
                with contextlib.suppress(httpx.HTTPError):
                    await client.get(mock.url_for("/cdrs"))

    with pytest.raises(ZeroDivisionError):
        asyncio.run(break_a_fault())


def test_a_family_reads_a_data_directory_again_once_it_is_another_or_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = MockFamily(2)

    for folder, call_id in (("one", "a"), ("other", "b"), ("other", "longer")):
        write_call(tmp_path / folder / "calls", call_id)
        monkeypatch.chdir(tmp_path / folder)
        mock = family.make(MockConfig(data="calls"))
        answer = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")
        assert [row["id"] for row in answer.json["data"]] == [f"202601-{call_id}"]


def test_mocks_of_a_family_read_the_same_data_and_share_nothing_that_is_done_to_them() -> None:
    family = MockFamily(2)
    one, other = (family.make(MockConfig(seed=3, calls_per_day=5)) for _ in range(2))
    assert one.account_id == other.account_id
    rows = walk_rows(one)
    one.clear()
    assert (walk_rows(one), walk_rows(other)) == ([], rows)
    assert len(rows) > 1
