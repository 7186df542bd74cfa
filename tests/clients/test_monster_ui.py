"""What Monster UI, Kazoo's web client, asks from its login to its call logs, in its order and with jQuery's extras."""

import csv
import hashlib
from collections import Counter
from typing import Any

import pytest
import requests

from mockcdrs.control.state import State
from mockcdrs.dataset import files, fixtures
from mockcdrs.faults import Rule
from mockcdrs.mock import Mock
from tests.clients.conftest import ACCOUNT, CALLS, NOW, USER

_ORIGIN = "http://ui.example.com"


class Ui:
    """jQuery's way to ask: an origin, a parameter against caches, JSON as it is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Origin"] = _ORIGIN

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, **query: Any) -> requests.Response:
        answer = self._session.get(f"{self._url}/{path}", params={**query, "_": 1_768_910_400_000}, timeout=10)
        assert answer.headers["access-control-allow-origin"] == "*"
        return answer

    def data(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        return answer.json()["data"]

    def log_in(self) -> dict[str, Any]:
        self._session.headers.pop("X-Auth-Token", None)
        login = {"credentials": hashlib.md5(b"ann:mockcdrs").hexdigest(), "account_name": "Alpha"}
        more = {"ui_metadata": {"version": "4.3", "ui": "monster-ui"}}
        answer = self._session.put(f"{self._url}/user_auth", json={"data": {**login, **more}}, timeout=10)
        assert answer.status_code == 201
        told: dict[str, Any] = answer.json()
        self._session.headers["X-Auth-Token"] = told["auth_token"]
        return told

    @property
    def token(self) -> Any:
        return self._session.headers["X-Auth-Token"]


@pytest.fixture
def ui(url: str) -> Any:
    ui = Ui(url)
    yield ui
    ui.close()


def test_it_gets_from_the_login_to_its_apps(ui: Ui) -> None:
    assert ui.get("whitelabel/127.0.0.1").status_code == 404
    told = ui.log_in()["data"]
    assert ui.get(f"accounts/{ACCOUNT}/external_numbers").status_code == 404
    assert ui.data(f"accounts/{told['account_id']}")["name"] == "Alpha"
    assert ui.data(f"accounts/{ACCOUNT}/users/{told['owner_id']}")["id"] == USER
    store = {app["id"]: app for app in ui.data(f"accounts/{ACCOUNT}/apps_store")}
    assert {app["id"] for app in told["apps"]} == store.keys()
    assert all(app["i18n"]["en-US"]["label"] for app in store.values())


def test_its_rule_for_the_direction_of_a_call_shows_the_mix_of_the_committed_office() -> None:
    """It takes the row of an interaction for an outbound call if `authorizing_id` is filled."""
    mock = Mock()
    times = {"created_from": mock.clock.now() - 2_500_000, "created_to": mock.clock.now()}
    rows: list[dict[str, Any]] = []
    key: dict[str, str] | None = {}
    while key is not None:
        path = f"/v2/accounts/{mock.account_id}/cdrs/interaction"
        page = mock.client().simulate_get(path, params={**times, "page_size": 50, **key}).json
        rows += page["data"]
        key = {"start_key": page["next_start_key"]} if "next_start_key" in page else None
    loaded = files.load(fixtures.directory() / "office").documents
    documents = {document["_id"]: document for month in loaded.values() for document in month}
    variables = [documents[row["id"]]["custom_channel_vars"] for row in rows]
    came_in = [held for held in variables if held.get("resource_type") == "offnet-origination"]
    registered = [held for held in came_in if "username" in held]
    directions = Counter("outbound" if row["authorizing_id"] else "inbound" for row in rows)
    assert len(rows) > 200
    assert directions["inbound"] == len(came_in) - len(registered)
    assert 0.4 < directions["inbound"] / len(rows) < 0.6
    assert {row["inception_direction"] for row in rows if not row["authorizing_id"]} == {"termination"}


def test_it_shows_call_logs(ui: Ui) -> None:
    ui.log_in()
    base, month = f"accounts/{ACCOUNT}", {"created_from": NOW - 2_600_000, "created_to": NOW}
    assert [row["id"] for row in ui.data(f"{base}/devices", paginate="false")] == ["d1"]
    page = ui.get(f"{base}/cdrs/interaction", page_size=50, **month).json()
    more = ui.get(f"{base}/cdrs/interaction", page_size=50, start_key=page["next_start_key"], **month).json()
    rows = page["data"] + more["data"]
    assert len(page["data"]) == 50
    for row in rows[:3]:
        (leg,) = ui.data(f"{base}/cdrs/legs/{row['id']}")
        assert leg == ui.data(f"{base}/cdrs/{row['id']}")
    asked = {**month, "paginate": "false", "accept": "text/csv", "auth_token": ui.token}
    opened = requests.get(f"{ui._url}/{base}/cdrs", params=asked, timeout=10)
    assert opened.headers["content-disposition"].startswith("attachment")
    assert len(list(csv.DictReader(opened.text.splitlines()))) == CALLS


def test_it_logs_in_again_when_its_token_has_expired(ui: Ui, state: State) -> None:
    ui.log_in()
    state.faults.add(Rule(token_expired=True))
    assert ui.get(f"accounts/{ACCOUNT}/cdrs").status_code == 401
    ui.log_in()
    assert ui.get(f"accounts/{ACCOUNT}/cdrs").status_code == 200
