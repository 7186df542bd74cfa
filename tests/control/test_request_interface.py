"""What a test says about requests, with a mock in this process and one elsewhere."""

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.control.journal import JournalFull
from mockcdrs.control.mock_interface import MockInterface
from mockcdrs.control.redaction import SECRET_HEADERS
from mockcdrs.control.request_interface import RequestInterface
from mockcdrs.control_client import ControlClient
from mockcdrs.faults.matching import Match
from mockcdrs.mock import Mock
from mockcdrs.remote_mock import RemoteMock

Either = Mock | RemoteMock


def ask(mock: Either, path: str = "/cdrs", **query: Any) -> httpx.Response:
    headers = {"X-Auth-Token": mock.auth_token, "X-Trace": "abc-7"}
    return httpx.get(mock.url_for(path), params=query or None, headers=headers, timeout=10)


def log_in(mock: Either) -> httpx.Response:
    data = {"credentials": "0" * 32, "account_name": "Acme", "more": {"a": 1, "b": [2]}}
    return httpx.put(f"{mock.url}/user_auth", json={"data": data}, timeout=10)


def test_requests_are_counted_within_limits(mock: Either) -> None:
    for _ in range(3):
        ask(mock)
    mock.assert_requested("/cdrs", at_least=3)
    mock.assert_requested("/cdrs", at_most=3)
    mock.assert_requested("/cdrs", at_least=2, at_most=4)
    mock.assert_requested("/users", at_most=0)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"at_least": 4}, "asked 3 times, expected at least 4 times"),
        ({"at_most": 2}, "asked 3 times, expected at most 2 times"),
        ({"at_least": 1, "at_most": 2}, "asked 3 times, expected at least once and at most 2 times"),
    ]
    for limits, words in cases:
        with pytest.raises(AssertionError, match=words):
            mock.assert_requested("/cdrs", **limits)


def test_a_request_is_told_by_its_response_headers_and_body(mock: Either) -> None:
    mock.fail(status=503, times=1)
    ask(mock)
    log_in(mock)
    mock.assert_requested("/cdrs", status=503, headers={"X-Trace": "abc-*", "X-Auth-Token": mock.auth_token})
    mock.assert_requested("/user_auth", headers={"content-type": True}, body='"account_name":"Acme"')
    mock.assert_requested(body={"data": {"more": {"a": 1}}})
    mock.assert_not_requested("/cdrs", "PUT")
    mock.assert_not_requested("/cdrs", status=200)
    mock.assert_not_requested(headers={"X-Trace": "abc"})
    mock.assert_not_requested(body={"data": {"more": {"a": 2}}})
    mock.assert_not_requested("/cdrs", body={"data": {}})


def test_the_nearest_requests_say_how_they_differ(mock: Either) -> None:
    ask(mock)
    with pytest.raises(AssertionError) as caught:
        mock.assert_requested("/cdrs", status=503, headers={"X-Trace": "z*", "X-More": True, "X-Else": "1"}, body="x")
    assert str(caught.value).splitlines()[1:] == [
        f"  request 1: GET /v2/accounts/{mock.account_id}/cdrs",
        "    status is 200, expected 503",
        "    header x-trace is abc-7, expected z*",
        "    header x-more is not there, expected any",
        "    header x-else is not there, expected 1",
        "    body is '', expected 'x' in it",
    ]


def test_a_rule_that_did_not_fire_names_the_nearest_requests(mock: Either) -> None:
    rule = mock.fail(status=503, path="/cdrs", page=2)
    ask(mock, page_size=9)
    path = f"/v2/accounts/{mock.account_id}/cdrs?page_size=9"
    assert mock.near_misses(rule) == [f"GET {path}: page is 1, expected 2"]
    assert mock.near_misses(rule.with_number(7)) == []


def test_requests_came_in_an_order_with_any_others_in_between(mock: Either) -> None:
    ask(mock, "/users")
    ask(mock, page_size=2)
    ask(mock, "/devices")
    ask(mock)
    mock.assert_requested_in_order("/users", "/cdrs", "/cdrs")
    mock.assert_requested_in_order({"path": "/cdrs", "query": {"page_size": 2}}, "/devices")
    mock.assert_requested_in_order()
    with pytest.raises(AssertionError) as caught:
        mock.assert_requested_in_order("/cdrs", "/users")
    assert str(caught.value).splitlines()[:2] == [
        "any method /users: expected as number 2 of 2 in order, and none came behind request 2",
        f"  request 3: GET /v2/accounts/{mock.account_id}/devices",
    ]
    with pytest.raises(AssertionError, match="/nosuch: expected as number 1 of 1 in order, and none came at all"):
        mock.assert_requested_in_order("/nosuch")


def test_an_order_of_requests_that_were_dropped_is_not_known() -> None:
    with Mock(journal=1) as mock:
        ask(mock, "/users")
        ask(mock)
        mock.assert_requested_in_order("/cdrs")
        with pytest.raises(JournalFull):
            mock.assert_requested_in_order("/users", "/cdrs")


WRONG: list[tuple[Callable[[Either], object], str]] = [
    (
        lambda mock: mock.assert_requested("/cdrs", times=1, at_most=2),
        "times: came 1 beside a limit, expected times alone",
    ),
    (
        lambda mock: mock.assert_requested("/cdrs", at_least=3, at_most=2),
        "at_least: came 3, expected no more than",
    ),
    (lambda mock: mock.assert_requested("/cdrs", at_least=-1), "at_least: came -1, expected a whole number from 0 on"),
    (lambda mock: mock.assert_requested(status=99), "status: came 99, expected a whole number from 100 to 599"),
    (lambda mock: mock.assert_requested(headers={"A": 1}), "headers: came .*, expected values of headers by name"),  # type: ignore[dict-item]
    (lambda mock: mock.assert_requested(body=b"x"), "body: came b'x', expected text, or JSON"),
    (lambda mock: mock.assert_requested_in_order({"pth": "/cdrs"}), "pth: a request has no such argument, .*mean path"),
    (lambda mock: mock.assert_requested_in_order(7), "path: came 7, expected the end of a path"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_what_no_request_can_have_is_refused(mock: Either, wrong: Callable[[Either], object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        wrong(mock)


def test_a_transcript_is_the_same_for_the_same_requests(mock: Either) -> None:
    def once(order: list[str]) -> str:
        mock.reset()
        ask(mock, **{name: name for name in order})
        ask(mock, "/users?flag&b=1&b=2")
        log_in(mock)
        httpx.put(f"{mock.url}/user_auth", content=b"\xff{", timeout=10)
        mock.fail(close=True)
        with pytest.raises(httpx.RemoteProtocolError):
            ask(mock, "/devices")
        return mock.transcript()

    text = once(["a", "c"])
    assert text == once(["c", "a"])
    assert text == (
        "GET /v2/accounts/{account_id}/cdrs\n  a=a\n  c=c\n  accept: */*\n  x-auth-token: {secret 1}\n  -> 200\n"
        "GET /v2/accounts/{account_id}/users\n  b=1\n  b=2\n  flag\n"
        "  accept: */*\n  x-auth-token: {secret 1}\n  -> 200\n"
        "PUT /v2/user_auth\n  accept: */*\n  content-type: application/json\n"
        '  {"data": {"account_name": "Acme", "credentials": "{secret 2}", "more": {"a": 1, "b": [2]}}}\n  -> 401\n'
        'PUT /v2/user_auth\n  accept: */*\n  "\\ufffd{"\n  -> 400\n'
        "GET /v2/accounts/{account_id}/devices\n  accept: */*\n  x-auth-token: {secret 1}\n  -> no response\n"
    )
    mock.reset()
    assert mock.transcript() == ""


def test_a_task_waits_for_requests_while_others_go_on(mock: Either) -> None:
    async def both() -> tuple[int, list[int]]:
        waiting = asyncio.create_task(mock.wait_for_async(2))
        async with httpx.AsyncClient(headers={"X-Auth-Token": mock.auth_token}) as client:
            for _ in range(2):
                await client.get(mock.url_for("/cdrs"))
        return len(await waiting), [record.status for record in mock.requests]

    assert asyncio.run(both()) == (2, [200, 200])


def test_a_task_that_waits_in_vain_says_what_came(mock: Either) -> None:
    ask(mock)
    with pytest.raises(TimeoutError, match=r"1 complete requests came, 2 were expected within 0.05 s"):
        asyncio.run(mock.wait_for_async(2, timeout=0.05))
    with pytest.raises(ArgumentError, match="count: came -1"):
        asyncio.run(mock.wait_for_async(-1))


def test_a_task_that_waits_in_vain_names_what_is_under_way() -> None:
    with Mock() as mock:
        rule, slow = mock.fail(path="/cdrs", delay_seconds=60), threading.Thread(target=ask, args=(mock,))
        slow.start()
        message = ""
        for _ in range(200):  # until the request has come in
            with pytest.raises(TimeoutError) as raised:
                asyncio.run(mock.wait_for_async(1, timeout=0.05))
            message = str(raised.value)
            if "under way" in message:
                break
        mock.state.faults.remove(rule)
        slow.join()
    assert re.search(r"under way: GET /v2/accounts/\w+/cdrs", message)


@pytest.fixture
def http_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ALL_PROXY", "HTTP_PROXY", "NO_PROXY", "all_proxy", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")


@pytest.mark.usefixtures("http_proxy")
def test_where_no_request_came_a_proxy_that_may_have_got_them_is_named() -> None:
    hint = "http_proxy is set, so a client may ask that proxy instead of 127.0.0.1: name 127.0.0.1 in NO_PROXY."
    with Mock() as mock:
        with pytest.raises(TimeoutError, match=f"within 0 s; .*{hint}"):
            mock.wait_for(1, timeout=0)
        with pytest.raises(TimeoutError, match=hint):
            asyncio.run(mock.wait_for_async(1, timeout=0))
        with pytest.raises(AssertionError, match=hint):
            mock.assert_requested("/cdrs")
        with pytest.raises(AssertionError, match=hint):
            mock.assert_requested_in_order("/cdrs")


@pytest.mark.usefixtures("http_proxy")
def test_a_proxy_is_named_with_the_host_of_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = "may ask that proxy instead of mock.test: name mock.test in NO_PROXY"
    with Mock() as mock:
        monkeypatch.setattr(mock, "host", "mock.test")
        with pytest.raises(TimeoutError, match=hint):
            asyncio.run(mock.wait_for_async(1, timeout=0))
        with pytest.raises(AssertionError, match=hint):
            mock.assert_requested("/cdrs")
        with pytest.raises(AssertionError, match=hint):
            mock.assert_requested_in_order("/cdrs")


def control(mock: Mock, method: str, path: str, body: Any = None) -> Any:
    return ControlClient(mock.url).ask(method, path, body)


def test_other_languages_ask_for_assertions_over_the_control_api() -> None:
    with Mock(journal=1) as mock:
        ask(mock, "/users")
        assert control(mock, "POST", "/journal/assertions", {"path": "/users", "times": 1})["holds"]
        assert control(mock, "POST", "/journal/assertions", {"in_order": ["/users"]})["holds"]
        refused = control(mock, "POST", "/journal/assertions", {"path": "/cdrs"})
        assert not refused["holds"]
        assert "asked 0 times" in refused["message"]
        with pytest.raises(ArgumentError, match="path: an assertion of an order has no such argument"):
            control(mock, "POST", "/journal/assertions", {"in_order": [], "path": "/cdrs"})
        assert "GET /v2/accounts/{account_id}/users" in control(mock, "GET", "/journal/transcript")["transcript"]
        ask(mock)
        with pytest.raises(OSError, match="the journal is full"):
            control(mock, "GET", "/journal/transcript")


@pytest.mark.parametrize("name", ["X-Auth-Token", "Authorization", "Proxy-Authorization", "Cookie"])
def test_in_a_secret_header_a_star_is_no_more_than_a_star(mock: Either, name: str) -> None:
    token = mock.auth_token
    httpx.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": token, name: "a*b"}, timeout=10)
    mock.assert_requested("/cdrs", headers={name: "a*b"})
    mock.assert_requested("/cdrs", headers={name: True})
    mock.assert_not_requested("/cdrs", headers={name: "a*"})
    mock.assert_not_requested("/cdrs", headers={name: "*"})


@pytest.mark.parametrize(
    "described", [Match, MockInterface.fail, RequestInterface.assert_requested, RequestInterface.assert_not_requested]
)
def test_the_headers_that_are_compared_whole_are_named_where_a_star_is_explained(described: object) -> None:
    answers_alone = {"set-cookie"}
    assert {*re.findall(r"[a-z-]+", str(described.__doc__).lower())} >= SECRET_HEADERS - answers_alone
