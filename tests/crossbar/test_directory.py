"""The account around the calls: whoever a call names is there, and whatever the data brings can be logged into."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.dataset import fixtures
from mockcdrs.mock import Mock


def data_of(mock: Mock, path: str) -> Any:
    response = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}{path}", params={"paginate": "false"})
    assert response.status_code == 200, response.text
    return response.json["data"]


@pytest.mark.parametrize("options", [{}, {"seed": 5, "calls_per_day": 40}, {"data": "office"}], ids=str)
def test_an_owner_is_a_user_and_an_authorizing_id_a_device_or_a_carrier(options: dict[str, Any]) -> None:
    if "data" in options:
        options = {"data": fixtures.directory() / "office", "now": "2026-01-20T12:00:00Z"}
    mock = Mock(**options)
    users = {user["id"] for user in data_of(mock, "/users")}
    devices = {device["id"]: device for device in data_of(mock, "/devices")}
    legs = [data_of(mock, f"/cdrs/{row['id']}") for row in data_of(mock, "/cdrs")]
    owned = [leg for leg in legs if leg["custom_channel_vars"].get("owner_id")]
    by_device = [leg for leg in legs if leg["custom_channel_vars"].get("authorizing_type") == "device"]
    assert len(owned) > 50
    assert len(by_device) > 50
    assert {leg["custom_channel_vars"]["owner_id"] for leg in owned} <= users
    for leg in by_device:
        variables = leg["custom_channel_vars"]
        assert devices[variables["authorizing_id"]].get("owner_id", "") == variables["owner_id"]


def test_the_rows_of_a_listing_lead_to_the_documents() -> None:
    mock = Mock()
    for noun in ("users", "devices"):
        for row in data_of(mock, f"/{noun}"):
            assert data_of(mock, f"/{noun}/{row['id']}")["id"] == row["id"]
    user_id = mock.credentials.user_id
    owned = [row["id"] for row in data_of(mock, "/devices") if row.get("owner_id") == user_id]
    assert [row["id"] for row in data_of(mock, f"/users/{user_id}/devices")] == owned != []


def logged_in(mock: Mock, body: dict[str, str], noun: str = "user_auth") -> Any:
    text = json.dumps({"data": body})
    response = mock.client().simulate_put(f"/v2/{noun}", body=text, headers={"X-Auth-Token": ""})
    assert response.status_code == 201, response.text
    return response.json


@pytest.mark.parametrize("method", ["md5", "sha"])
@pytest.mark.parametrize("where", ["account_name", "account_realm", "realm"])
def test_the_documented_credentials_log_in(method: str, where: str) -> None:
    mock = Mock()
    known = mock.credentials
    digest = {"md5": hashlib.md5, "sha": hashlib.sha1}[method](f"{known.username}:{known.password}".encode())
    account = known.account_name if where == "account_name" else known.realm
    login = logged_in(mock, {"credentials": digest.hexdigest(), "method": method, where: account})
    assert (login["data"]["account_id"], login["data"]["owner_id"]) == (mock.account_id, known.user_id)
    assert logged_in(mock, {"api_key": known.api_key}, "api_auth")["data"]["account_id"] == mock.account_id


def test_mocks_of_one_seed_take_each_others_tokens_and_no_others() -> None:
    mocks = [Mock(seed=5), Mock(seed=5), Mock(seed=6)]
    token = logged_in(mocks[0], {"api_key": mocks[0].credentials.api_key}, "api_auth")["auth_token"]
    path = f"/v2/accounts/{mocks[0].account_id}/cdrs"
    answers = [mock.client().simulate_get(path, headers={"X-Auth-Token": token}) for mock in mocks[:2]]
    assert [response.status_code for response in answers] == [200, 200]
    info = mocks[2].client().simulate_get("/v2/auth/tokeninfo", params={"token": token})
    assert (info.status_code, info.json["message"]) == (401, "invalid_jwt_signature")


def test_the_plugins_own_token_outlives_every_login() -> None:
    mock = Mock()
    token = logged_in(mock, {"api_key": mock.credentials.api_key}, "api_auth")["auth_token"]
    mock.clock.advance(days=400)
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    sent = ({"X-Auth-Token": each} for each in (token, mock.auth_token))
    assert [mock.client().simulate_get(path, headers=headers).status_code for headers in sent] == [401, 200]


@pytest.mark.parametrize("is_described", [False, True])
def test_a_directory_that_holds_little_can_be_asked_all_the_same(tmp_path: Path, is_described: bool) -> None:
    variables = {"owner_id": "u1", "authorizing_id": "d1", "authorizing_type": "device"}
    document = {"_id": "202601-a", "pvt_account_id": "a" * 32, "custom_channel_vars": variables}
    (tmp_path / "calls.jsonl").write_text(json.dumps(document) + "\n")
    if is_described:
        (tmp_path / "accounts.json").write_text(json.dumps([{"id": "a" * 32, "name": "Alpha"}]))
    mock = Mock(data=tmp_path)
    known = mock.credentials
    assert data_of(mock, "")["id"] == mock.account_id
    assert data_of(mock, "/users") == [{"id": "u1", "features": [], "flags": []}]
    assert data_of(mock, "/users/u1") == {"id": "u1"}
    assert data_of(mock, "/devices/d1") == {"owner_id": "u1", "id": "d1"}
    assert [row["id"] for row in data_of(mock, "/users/u1/devices")] == ["d1"]
    assert data_of(mock, "/descendants") == data_of(mock, "/tree") == []
    digest = hashlib.md5(f"{known.username}:{known.password}".encode()).hexdigest()
    assert logged_in(mock, {"credentials": digest, "account_name": known.account_name})["data"]["owner_id"] == "u1"
