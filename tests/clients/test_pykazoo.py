"""A real client, the PyPI package pykazoo, unmodified, against a running server.

Its own call for CDRs asks `/cdrs` without an account, which no Crossbar that was recorded answers; they are fetched
through its request object, as its other calls do it.
"""

from typing import Any

import pytest
from pykazoo.client import PyKazooClient

from mockcdrs.control.state import State
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.dataset.accounts import Credentials, credentials
from mockcdrs.faults.rule import Rule
from tests.clients.conftest import ACCOUNT, CALLS, USER


@pytest.fixture
def known(state: State) -> Credentials:
    return credentials(state.data.accounts[ACCOUNT])


@pytest.fixture
def client(url: str, known: Credentials) -> Any:
    client = PyKazooClient(url)
    client.authentication.user_auth(known.username, known.password, known.account_name)
    return client


def get(client: Any, path: str, **parameters: str) -> Any:
    return client._rest_request.get(f"accounts/{client.authentication.account_id}{path}", parameters)


def walk(client: Any, log_in: Any = None, **parameters: str) -> list[str]:
    rows: list[str] = []
    while True:
        try:
            page = get(client, "/cdrs", **parameters)
        except PermissionError:
            if log_in is None:
                raise
            log_in()
            continue
        rows += [row["call_id"] for row in page["data"]]
        if "next_start_key" not in page:
            return rows
        parameters["start_key"] = page["next_start_key"]


def test_it_logs_in_with_a_password(client: Any) -> None:
    assert client.authentication.authenticated
    assert client.authentication.account_id == ACCOUNT


def test_it_logs_in_with_an_api_key(url: str, known: Credentials) -> None:
    client = PyKazooClient(url)
    assert client.authentication.api_auth(known.api_key)["data"]["account_id"] == ACCOUNT
    assert len(get(client, "/cdrs")["data"]) == 50


@pytest.mark.parametrize(
    ("name", "password", "account", "error", "text"),
    [
        ("ann", "wrong", "Alpha", PermissionError, "Error Code: 401"),
        ("ann", "mockcdrs", "Nosuch", PermissionError, "invalid_credentials"),
        ("ann", "mockcdrs", "", ValueError, "String must be at least 1 characters"),
    ],
)
def test_a_login_that_is_refused_is_its_error(
    url: str, name: str, password: str, account: str, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        PyKazooClient(url).authentication.user_auth(name, password, account)


def test_it_walks_to_the_end(client: Any) -> None:
    assert walk(client, page_size="20") == [f"call-{number}" for number in range(CALLS)]


def test_it_reads_one_cdr_and_its_legs(client: Any) -> None:
    newest = get(client, "/cdrs")["data"][0]["id"]
    cdr = get(client, f"/cdrs/{newest}")["data"]
    assert cdr["call_id"] == "call-0"
    assert get(client, f"/cdrs/legs/{newest}")["data"] == [cdr]


def test_it_looks_around(client: Any) -> None:
    assert client.accounts.get_account(ACCOUNT)["data"]["name"] == "Alpha"
    assert client.accounts.get_account_descendants(ACCOUNT)["data"] == []
    assert [user["id"] for user in client.users.get_users(ACCOUNT)["data"]] == [USER]
    assert client.users.get_user(ACCOUNT, USER)["data"]["username"] == "ann"
    assert [device["owner_id"] for device in client.devices.get_devices(ACCOUNT)["data"]] == [USER]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"status": 404}, ValueError),
        ({"status": 401}, PermissionError),
        ({"status": 503}, ConnectionError),
        ({"error": "too_many_requests"}, RuntimeError),
    ],
    ids=str,
)
def test_errors_become_its_own(client: Any, state: State, rule: dict[str, Any], error: type[Exception]) -> None:
    state.faults.add(Rule(path="/cdrs", **rule))
    with pytest.raises(error, match="Error Code"):
        get(client, "/cdrs")


def test_its_login_sends_the_expired_token_along_which_spoils_it_in_master_alone(
    client: Any, state: State, known: Credentials
) -> None:
    state.faults.add(Rule(token_expired=True, path="/cdrs"))
    with pytest.raises(PermissionError, match="invalid credentials"):
        get(client, "/cdrs")
    state.version = KAZOO_MASTER
    with pytest.raises(PermissionError, match="invalid credentials"):
        client.authentication.user_auth(known.username, known.password, known.account_name)
    state.version = KAZOO_4_3
    client.authentication.user_auth(known.username, known.password, known.account_name)
    assert get(client, "/cdrs")


def test_it_can_log_in_again_in_the_midst_of_a_walk(client: Any, state: State, known: Credentials) -> None:
    state.faults.add(Rule(token_expired=True, page=2))

    def log_in() -> None:
        client._rest_request.auth_token = None
        client.authentication.user_auth(known.username, known.password, known.account_name)

    assert walk(client, log_in) == [f"call-{number}" for number in range(CALLS)]
