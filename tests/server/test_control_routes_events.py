"""The journal as a live stream, and the answers it keeps."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockcdrs.control.journal import MAX_BODY_BYTES, MAX_RESPONSES
from mockcdrs.mock import Mock, serving
from mockcdrs.server import control_routes as events_of_server
from mockcdrs.server.control_routes import MOST_LISTENERS, EventStream
from mockcdrs.server.wire_faults import ClientConnection
from tests.certificates import TRUSTED


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def control(mock: Mock, path: str) -> str:
    return mock.url.removesuffix("/v2") + "/_mockcdrs" + path


def ask(mock: Mock, **more: Any) -> httpx.Response:
    headers = {"X-Auth-Token": mock.auth_token}
    return httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10, params=more, verify=TRUSTED)


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def test_requests_come_as_they_end_also_behind_a_reset_and_a_stop_ends_the_stream(mock: Mock) -> None:
    ask(mock)
    with httpx.stream("GET", control(mock, "/journal/events"), timeout=10) as response:
        assert response.headers["content-type"] == "text/event-stream"
        coming = events(response.iter_lines())
        name, record = next(coming)
        assert (name, record["number"], record["completion"]) == ("request", 1, 1)
        ask(mock)
        assert next(coming)[1]["completion"] == 2
        mock.reset()
        assert next(coming) == ("reset", {})
        ask(mock)
        _, record = next(coming)
        assert (record["number"], record["completion"]) == (1, 3)
        mock.stop()
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, StopIteration)):
            next(coming)


def test_a_stream_goes_on_where_another_ended(mock: Mock) -> None:
    for _ in range(3):
        ask(mock)
    with httpx.stream("GET", control(mock, "/journal/events?since=2"), timeout=10) as response:
        assert next(events(response.iter_lines()))[1]["number"] == 3


def test_listeners_are_bounded_and_a_place_is_free_again_when_one_leaves(mock: Mock) -> None:
    url = control(mock, "/journal/events")
    clients = [httpx.Client(timeout=10, verify=TRUSTED) for _ in range(MOST_LISTENERS)]
    streams = [client.send(client.build_request("GET", url), stream=True) for client in clients]
    refusal = httpx.get(url, timeout=10)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "too-many-listeners")
    streams[0].close()
    clients[0].close()
    for _ in range(100):
        with httpx.stream("GET", url, timeout=10) as again:
            if again.status_code == 200:
                break
    else:
        pytest.fail("no place became free")
    for client in clients:
        client.close()


def test_the_last_answers_are_kept_without_tokens_and_the_first_part_of_each(mock: Mock) -> None:
    ask(mock, paginate="false")
    answer = httpx.get(control(mock, "/journal/1"), timeout=10).json()["response"]
    assert (len(answer["body"]), answer["body"][:9], answer["truncated"]) == (MAX_BODY_BYTES, '{"data":[', True)
    for _ in range(MAX_RESPONSES):
        ask(mock, page_size=1)
    assert httpx.get(control(mock, "/journal/1"), timeout=10).json()["response"] is None
    last = httpx.get(control(mock, f"/journal/{MAX_RESPONSES + 1}"), timeout=10).text
    response = json.loads(last)["response"]
    assert response["truncated"] is False
    assert mock.auth_token not in str(response)
    assert "redacted-" in str(response)


def test_a_quiet_stream_shows_that_it_lives(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_of_server, "HEARTBEAT_SECONDS", 0.0)
    with httpx.stream("GET", control(mock, "/journal/events"), timeout=10) as response:
        lines = response.iter_lines()
        assert [next(lines), next(lines), next(lines)] == ["retry: 1000", "", ": still here"]


def test_without_our_own_server_a_stream_goes_on_until_it_is_closed(mock: Mock) -> None:
    ask(mock)
    stream = EventStream(mock)
    listening = stream.listen(0, ClientConnection({}))
    assert next(iter(listening)) == b"retry: 1000\n\n"
    assert next(listening).startswith(b"id: 1\nevent: request\n")
    listening.close()
    listening.close()  # a second time it changes nothing
    with pytest.raises(StopIteration):
        next(listening)


def test_advice_that_holds_unless_the_client_goes_on_is_told_apart_until_it_does(mock: Mock) -> None:
    def codes() -> list[list[str]]:
        records = httpx.get(control(mock, "/journal"), timeout=10).json()["records"]
        return [[text.partition(":")[0] for text in each["open_advice"]] for each in records]

    key = ask(mock, pagesize=1).json()["next_start_key"]
    assert codes() == [["unfollowed-pages"]]
    with httpx.stream("GET", control(mock, "/journal/events"), timeout=10) as response:
        _, record = next(events(response.iter_lines()))
    assert [text.partition(":")[0] for text in record["advice"]] == ["misspelt-parameter"]
    assert [text.partition(":")[0] for text in record["open_advice"]] == ["unfollowed-pages"]
    ask(mock, pagesize=1, start_key=key)
    assert codes() == [[], ["unfollowed-pages"]]
