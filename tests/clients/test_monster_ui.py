"""What Monster UI 4.3 asks from its login to its call logs, with SmartPBX, in its order and with jQuery's extras.

`monster_ui.json` holds the sequences: the request of each step, the data sent, the status (200 unless told), and
what the answer holds: a value, `*` for anything but null, `absent` for what must not be there. Names in braces stand
for values that are known before or were kept from an answer.
"""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from mockcdrs.control.state import State
from mockcdrs.dataset import files, fixtures
from mockcdrs.faults.rule import Rule
from mockcdrs.mock import Mock
from tests.clients.conftest import ACCOUNT, CALLS, NOW, USER

SEQUENCES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("monster_ui.json").read_text(encoding="utf-8")
)
_ORIGIN = "http://ui.example.com"
_MD5 = hashlib.md5(b"ann:mockcdrs").hexdigest()
_LOGIN = {"send": "PUT user_auth", "status": 201, "data": {"credentials": _MD5, "account_name": "Alpha"}}


class Ui:
    """Monster UI's way to ask: a preflight as Chromium sends it, jQuery's headers and its parameter against caches."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self.known = {
            "account": ACCOUNT,
            "base": f"accounts/{ACCOUNT}",
            "user": USER,
            "md5": _MD5,
            "now": str(NOW),
            "month_ago": str(NOW - 2_600_000),
            "token": "undefined",
        }

    def close(self) -> None:
        self._session.close()

    def take(self, step: Mapping[str, Any]) -> requests.Response:
        """Take a step of a sequence, and check its answer."""
        answer = self.ask(step)
        sent = step["send"]
        assert answer.status_code == step.get("status", 200), f"{sent}: {answer.text}"
        assert answer.headers["content-type"] == "application/json", sent
        envelope = answer.json()
        if "rows" in step:
            assert len(envelope["data"]) == step["rows"], sent
        for path, wanted in step.get("holds", {}).items():
            _check(f"{sent}: {path}", _value_at(envelope, path), self._filled(wanted))
        self.known |= {name: str(_value_at(envelope, path)) for name, path in step.get("keep", {}).items()}
        if sent == "PUT user_auth":
            self.known["token"] = envelope["auth_token"]
        return answer

    def ask(self, step: Mapping[str, Any]) -> requests.Response:
        method, _, target = self._filled(step["send"]).partition(" ")
        url = f"{self._url}/{target}"
        headers = {
            "Accept": "application/json, text/javascript, */*; q=0.01",
            "Content-Type": "application/json",
            "Origin": _ORIGIN,
            "X-Auth-Token": step.get("token", self.known["token"]),
        }
        body = None if "data" not in step else {"data": self._filled(step["data"]), **step.get("more", {})}
        query = {"_": "1768910400000"} if method == "GET" else {}
        self._preflight(method, url)
        answer = self._session.request(method, url, params=query, json=body, headers=headers, timeout=10)
        assert answer.headers["access-control-allow-origin"] == "*"
        return answer

    def _preflight(self, method: str, url: str) -> None:
        query = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type,x-auth-token"}
        answer = self._session.options(url, headers={"Origin": _ORIGIN, **query}, timeout=10)
        assert answer.status_code == 200
        assert method in answer.headers["access-control-allow-methods"].split(", ")
        assert {"content-type", "x-auth-token"} <= set(answer.headers["access-control-allow-headers"].split(", "))

    def _filled(self, value: Any) -> Any:
        """A value with what is known in place of the names in braces."""
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        if not isinstance(value, str):
            return value
        return re.sub(r"\{(\w+)\}", lambda name: self.known[name[1]], value)


def _value_at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)]
        else:
            value = value[part] if isinstance(value, dict) and part in value else "absent"
    return value


def _check(where: str, value: Any, wanted: Any) -> None:
    if wanted == "*":
        assert value not in (None, "absent", "", [], {}), where
    else:
        assert value == wanted, where


@pytest.fixture
def ui(url: str) -> Iterator[Ui]:
    ui = Ui(url)
    yield ui
    ui.close()


@pytest.mark.parametrize("name", [name for name in SEQUENCES if "login" not in name])
def test_each_answer_holds_what_monster_ui_needs_to_go_on(ui: Ui, name: str) -> None:
    ui.take(_LOGIN)
    for step in SEQUENCES[name]:
        ui.take(step)


def test_the_whole_way_from_the_login_page_goes_in_one_piece_and_reset_forgets_what_was_written(
    ui: Ui, state: State
) -> None:
    before = dict(state.data.accounts)
    for sequence in SEQUENCES.values():
        for step in sequence:
            ui.take(step)
    assert state.data.accounts != before
    state.reset()
    assert state.data.accounts == before


def test_only_what_an_open_kazoo_lacks_too_fails_on_the_way(ui: Ui, state: State) -> None:
    for name, sequence in SEQUENCES.items():
        if "refused" not in name:
            for step in sequence:
                ui.take(step)
    failed = {record.path.removeprefix(f"/v2/accounts/{ACCOUNT}") for record in state.journal if record.status >= 400}
    whitelabel = "/v2/whitelabel/127.0.0.1"
    assert failed == {whitelabel, f"{whitelabel}/logo", f"{whitelabel}/icon", "/braintree/customer"}


def test_the_csv_opens_in_a_window_without_a_header_of_the_uis(ui: Ui) -> None:
    ui.take(_LOGIN)
    span = f"created_from={ui.known['month_ago']}&created_to={NOW}"
    query = f"{span}&paginate=false&accept=text/csv&auth_token={ui.known['token']}"
    opened = requests.get(f"{ui._url}/accounts/{ACCOUNT}/cdrs?{query}", headers={"Accept": "text/html,*/*"}, timeout=10)
    assert opened.headers["content-disposition"].startswith("attachment")
    assert len(list(csv.DictReader(opened.text.splitlines()))) == CALLS


def test_it_logs_in_again_when_its_token_has_expired(ui: Ui, state: State) -> None:
    ui.take(_LOGIN)
    state.faults.add(Rule(token_expired=True))
    assert ui.ask({"send": "GET {base}/cdrs"}).status_code == 401
    ui.take(_LOGIN)
    ui.take({"send": "GET {base}/cdrs", "rows": 50})


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
