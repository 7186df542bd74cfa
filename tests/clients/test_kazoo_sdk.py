"""A real client, the PyPI package kazoo-sdk, unmodified, against a running server.

It knows no CDRs by name: they are fetched through its own request object, as an application has to.
"""

import json
from typing import Any

import kazoo
import pytest
from kazoo.exceptions import KazooApiAuthenticationError, KazooApiBadDataError, KazooApiError
from kazoo.request_objects import KazooRequest

from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import credentials
from mockcdrs.faults.rule import Rule
from tests.clients.conftest import ACCOUNT, CALLS, USER

json._default_decoder = json.JSONDecoder()  # type: ignore[attr-defined]  # importing kazoo has changed it for every test of the process


@pytest.fixture
def client(url: str, state: State) -> kazoo.Client:
    known = credentials(state.data.accounts[ACCOUNT])
    client = kazoo.Client(
        username=known.username, password=known.password, account_name=known.account_name, base_url=url
    )
    client.authenticate()
    return client


def get(client: kazoo.Client, path: str, **parameters: str) -> dict[str, Any]:
    request = KazooRequest(f"/accounts/{ACCOUNT}{path}", get_params=parameters)
    answer: dict[str, Any] = client._execute_request(request)
    return answer


def walk(client: kazoo.Client, **parameters: str) -> list[str]:
    page = get(client, "/cdrs", **parameters)
    rows = page["data"]
    while "next_start_key" in page:
        page = get(client, "/cdrs", start_key=page["next_start_key"], **parameters)
        rows += page["data"]
    return [row["call_id"] for row in rows]


def test_it_logs_in_with_a_password(client: kazoo.Client) -> None:
    assert client.auth_data["data"]["account_id"] == ACCOUNT
    assert client.auth_data["data"]["owner_id"] == USER


def test_it_logs_in_with_an_api_key(url: str, state: State) -> None:
    client = kazoo.Client(api_key=credentials(state.data.accounts[ACCOUNT]).api_key, base_url=url)
    assert client.authenticate() == client.auth_token
    assert len(get(client, "/cdrs")["data"]) == 50


def test_a_wrong_password_is_its_authentication_error(url: str) -> None:
    client = kazoo.Client(username="ann", password="wrong", account_name="Alpha", base_url=url)
    with pytest.raises(KazooApiAuthenticationError, match="Invalid credentials"):
        client.authenticate()


def test_an_api_key_that_is_none_is_its_bad_data_error(url: str) -> None:
    with pytest.raises(KazooApiBadDataError, match="api_key"):
        kazoo.Client(api_key="short", base_url=url).authenticate()


def test_it_fetches_a_page(client: kazoo.Client) -> None:
    page = get(client, "/cdrs")
    assert page["status"] == "success"
    assert [row["call_id"] for row in page["data"]] == [f"call-{number}" for number in range(50)]


def test_it_walks_to_the_end(client: kazoo.Client) -> None:
    assert walk(client) == [f"call-{number}" for number in range(CALLS)]


def test_it_walks_to_the_end_the_other_way(client: kazoo.Client) -> None:
    assert walk(client, ascending="true", page_size="20") == [f"call-{number}" for number in reversed(range(CALLS))]


def test_it_reads_one_cdr_and_its_legs(client: kazoo.Client) -> None:
    newest = get(client, "/cdrs")["data"][0]["id"]
    cdr = get(client, f"/cdrs/{newest}")["data"]
    assert cdr["call_id"] == "call-0"
    assert cdr["id"] == newest
    assert not [key for key in cdr if key.startswith(("_", "pvt_"))]
    assert get(client, f"/cdrs/legs/{newest}")["data"] == [cdr]


def test_it_looks_around(client: kazoo.Client) -> None:
    assert client.get_account(ACCOUNT)["data"]["name"] == "Alpha"
    assert client.get_account_children(ACCOUNT)["data"] == []
    assert [user["username"] for user in client.get_users(ACCOUNT)["data"]] == ["ann"]
    assert client.get_user(ACCOUNT, USER)["data"]["first_name"] == "Ann"
    assert [device["id"] for device in client.list_devices_by_owner(ACCOUNT, USER)["data"]] == ["d1"]
    assert client.get_device(ACCOUNT, "d1")["data"]["name"] == "Desk"
    assert {app["name"] for app in client.list_apps(ACCOUNT)[1]} == {"accounts", "callflows", "voip"}


def test_a_404_becomes_its_error_with_the_request_id_and_message(client: kazoo.Client) -> None:
    with pytest.raises(KazooApiError) as caught:
        get(client, "/cdrs/202601-nosuch")
    template, request_id, message = caught.value.args
    assert "There was an error calling the kazoo api" in template
    assert len(request_id) == 32
    assert message == "bad_identifier"


def test_what_it_would_write_is_refused(client: kazoo.Client) -> None:
    with pytest.raises(KazooApiError) as caught:
        client.create_user(ACCOUNT, {"first_name": "Eve"})
    assert caught.value.args[-1] == "not_implemented"


def test_it_logs_in_again_when_its_token_has_run_out(client: kazoo.Client, state: State) -> None:
    before = client.auth_token
    state.clock.advance(hours=2)
    assert len(get(client, "/cdrs")["data"]) == 50
    assert client.auth_token != before


def test_it_logs_in_again_in_the_midst_of_a_walk(client: kazoo.Client, state: State) -> None:
    state.faults.add(Rule(token_expired=True, page=2))
    assert walk(client) == [f"call-{number}" for number in range(CALLS)]
    logins = [record for record in state.journal if record.path == "/v2/user_auth"]
    assert [record.status for record in logins] == [201, 201]


def test_it_gives_up_on_a_token_that_stays_refused(client: kazoo.Client, state: State) -> None:
    state.faults.add(Rule(status=401, path="/cdrs"))
    with pytest.raises(KazooApiAuthenticationError, match="Invalid credentials"):
        get(client, "/cdrs")
