"""The control API as a client of it meets it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockcdrs.control.api.routes import ROUTES
from mockcdrs.handle import Mock, serving


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as made:
        yield made


def asked(mock: Mock, method: str, path: str, **more: Any) -> httpx.Response:
    json = {"json": more.pop("json", {})} if method in {"POST", "PUT", "PATCH", "DELETE"} else {}
    return httpx.request(method, mock.url.removesuffix("/v2") + "/_mockcdrs" + path, timeout=10, **json, **more)


def test_it_is_ready_and_says_that_state_is_per_process(mock: Mock) -> None:
    told = asked(mock, "GET", "/health").json()
    assert (told["status"], told["state"]) == ("ready", "per process")


def test_the_account_is_what_a_client_is_configured_with(mock: Mock) -> None:
    told = asked(mock, "GET", "/account").json()
    assert (told["url"], told["account_id"], told["auth_token"]) == (mock.url, mock.account_id, mock.auth_token)
    assert (told["username"], told["password"]) == (mock.credentials.username, mock.credentials.password)
    assert mock.user_id in {user["id"] for user in told["users"]}


def test_control_requests_are_in_no_journal_and_no_fault(mock: Mock) -> None:
    mock.fail(status=503)
    assert asked(mock, "GET", "/health").status_code == 200
    assert mock.requests == []


@pytest.mark.parametrize(
    ("method", "path", "json", "status", "code"),
    [
        ("GET", "/nosuch", None, 404, "not-found"),
        ("POST", "/clock", {}, 405, "method-not-allowed"),
        ("TRACE", "/clock", None, 405, "method-not-allowed"),
        ("BREW", "/clock", None, 400, "bad-request"),
        ("PUT", "/clock", {"freeze": "yesterday"}, 400, "bad-value"),
        ("PUT", "/clock", {"frieze": 1}, 400, "unknown-member"),
        ("PUT", "/clock", [], 400, "bad-value"),
        ("PUT", "/clock", {"advance": {"days": 9e9}}, 400, "bad-value"),
        ("POST", "/faults", {"status": 5}, 400, "bad-rule"),
        ("POST", "/faults", 5, 400, "bad-value"),
        ("POST", "/data/calls", {"scenario": "no such"}, 400, "unknown-scenario"),
        ("POST", "/data/calls", {"seconds": -1}, 400, "bad-value"),
        ("POST", "/data/cdrs", [], 400, "bad-value"),
        ("POST", "/data/cdrs", {"_id": "no month"}, 400, "bad-value"),
        ("POST", "/data/cdrs", {"timestamp": 10**15}, 400, "bad-value"),
        ("DELETE", "/data/cdrs/nosuch", None, 404, "no-such-cdr"),
        ("DELETE", "/faults/7", None, 404, "no-such-fault"),
        ("GET", "/journal/7", None, 404, "no-such-record"),
        ("GET", "/journal?since=x", None, 400, "bad-value"),
        ("PATCH", "/settings", {"quirks": {"no such": True}}, 400, "unknown-quirk"),
        ("PATCH", "/settings", {"quirks": {"stale-next-key": 1}}, 400, "bad-value"),
        ("PATCH", "/settings", {"settings": {"crossbar.cdrs.maximum_bulk": 0}}, 400, "bad-setting"),
    ],
)
def test_every_refusal_has_the_one_error_shape(
    mock: Mock, method: str, path: str, json: Any, status: int, code: str
) -> None:
    refused = asked(mock, method, path, json=json)
    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/json")
    told = refused.json()
    assert set(told) == {"error"}
    assert set(told["error"]) - {"field"} == {"code", "message"}
    assert told["error"]["code"] == code


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "evil.example"}, "foreign-host"),
        ({"Origin": "http://evil.example"}, "foreign-origin"),
        ({"Origin": "null"}, "foreign-origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "foreign-origin"),
        ({"Sec-Fetch-Site": "same-site"}, "foreign-origin"),
    ],
)
def test_whom_a_foreign_page_sends_is_refused_on_every_route(mock: Mock, headers: dict[str, str], code: str) -> None:
    for path, methods in ROUTES.items():
        for method in methods:
            refused = asked(mock, method, path, headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, code)


def test_a_plain_form_cannot_change_anything(mock: Mock) -> None:
    url = mock.url.removesuffix("/v2") + "/_mockcdrs/reset"
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        refused = httpx.post(url, content=b"{}", headers={"Content-Type": content_type})
        assert (refused.status_code, refused.json()["error"]["code"]) == (415, "not-json")


def test_crossbars_part_stays_open_to_foreign_pages(mock: Mock) -> None:
    headers = {"X-Auth-Token": mock.auth_token, "Origin": "http://ui.example", "Host": "crossbar.example"}
    answered = httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10)
    assert (answered.status_code, answered.headers["access-control-allow-origin"]) == (200, "*")
