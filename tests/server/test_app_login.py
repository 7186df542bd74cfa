"""Logging in over HTTP, as a browser does it, and what the journal keeps of it."""

import json
from typing import Any

import pytest
from falcon.testing import Result, TestClient

from mockcdrs.control.state import State
from mockcdrs.server import app
from mockcdrs.server.app import create_app
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN
from tests.crossbar.surroundings import md5, state_of_family

ORIGIN = {"Origin": "http://ui.example.com"}
LOGIN = json.dumps({"data": {"credentials": md5("ann:mockcdrs"), "account_name": "Alpha"}})


@pytest.fixture
def state() -> State:
    return state_of_family()


@pytest.fixture
def client(state: State) -> TestClient:
    return app.make_client(create_app(state), ACCOUNT_TOKEN)


def origin_of(response: Result) -> str | None:
    return response.headers.get("access-control-allow-origin")


def test_a_browser_asks_before_it_logs_in_and_is_let_in(client: TestClient) -> None:
    headers = {**ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-auth-token"}
    preflight = client.simulate_options("/v2/user_auth", headers=headers)
    assert (preflight.status_code, preflight.content, origin_of(preflight)) == (200, b"", "*")
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    response = client.simulate_put("/v2/user_auth", body=LOGIN, headers=ORIGIN)
    assert (response.status_code, origin_of(response)) == (201, "*")
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("", {"X-Auth-Token": "wrong"}, 401),
        ("/nosuch", {}, 404),
        ("/users", {}, 200),
        ("/users", {"Accept": "text/csv"}, 200),
    ],
)
def test_a_browser_may_read_errors_and_csv_too(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    response = client.simulate_get(f"/v2/accounts/{ACCOUNT}{path}", headers={**ORIGIN, **headers})
    assert (response.status_code, origin_of(response)) == (status, "*")


def test_without_an_origin_errors_alone_carry_cors_headers(client: TestClient) -> None:
    assert origin_of(client.simulate_put("/v2/user_auth", body=LOGIN)) is None
    assert origin_of(client.simulate_put("/v2/user_auth", body='{"data":{}}')) == "*"


@pytest.mark.parametrize("path", ["", "/users", "/devices/d1", "/children", "/apps_store"])
def test_account_is_that_of_the_token(client: TestClient, path: str) -> None:
    token = client.simulate_put("/v2/user_auth", body=LOGIN).json["auth_token"]
    with_token = {"X-Auth-Token": token, "X-Request-ID": "request-1"}
    answers = [
        client.simulate_get(f"/v2/{base}{path}", headers=with_token) for base in ("account", f"accounts/{ACCOUNT}")
    ]
    assert answers[0].status_code == 200
    assert answers[0].json["data"] == answers[1].json["data"]


def test_the_journal_gives_no_login_and_no_token_away(client: TestClient, state: State) -> None:
    token = client.simulate_put("/v2/user_auth", body=LOGIN).json["auth_token"]
    client.simulate_get("/v2/auth/tokeninfo", params={"token": token})
    client.simulate_get(f"/v2/accounts/{ACCOUNT}/user_auth/{token}", headers={"X-Auth-Token": token})
    members: list[Any] = [
        (record.path, record.query, record.headers, record.response and record.response.to_dict())
        for record in state.journal
    ]
    assert len(members) == 3
    assert token not in repr(members)
    assert md5("ann:mockcdrs") not in repr(members)
