"""A real client, the PyPI package kazoo-sdk, unmodified, against a running server.

It knows no CDRs by name: they are fetched through its own request object, as an application has to. The client is
given the token where its login would have put it.
"""

import json
from collections.abc import Iterator
from typing import Any

import kazoo
import pytest
from kazoo.exceptions import KazooApiAuthenticationError, KazooApiError
from kazoo.request_objects import KazooRequest

from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.server.app import create_app
from mockcdrs.server.runner import Server

json._default_decoder = json.JSONDecoder()  # importing kazoo has changed it for every test of the process

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
TOKEN = "a-token"
NOW = 63_936_129_600
CALLS = 125


def document(number: int) -> dict[str, Any]:
    ended = NOW - number * 20_000
    return {
        "_id": f"{gregorian.month_of(ended)}-call-{number}",
        "call_id": f"call-{number}",
        "call_direction": "inbound",
        "custom_channel_vars": {"account_id": ACCOUNT},
        "duration_seconds": 12,
        "interaction_id": f"{ended}-{number:08x}",
        "pvt_account_id": ACCOUNT,
        "pvt_created": ended,
        "pvt_type": "cdr",
        "timestamp": ended,
    }


@pytest.fixture
def server() -> Iterator[Server]:
    documents: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in map(document, range(CALLS)):
        documents.setdefault((ACCOUNT, each["_id"][:6]), []).append(each)
    account = Account(ACCOUNT, months=tuple(sorted(month for _, month in documents)), tokens=(Token(TOKEN),))
    state = State(store=LoadedStore((account,), documents), clock=Clock.frozen(NOW))
    with Server(create_app(state)) as running:
        yield running


@pytest.fixture
def client(server: Server) -> kazoo.Client:
    client = kazoo.Client(api_key="unused", base_url=f"{server.url}/v2")
    client.auth_token, client._authenticated = TOKEN, True
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


def test_it_fetches_a_page(client: kazoo.Client) -> None:
    page = get(client, "/cdrs")
    assert page["status"] == "success"
    assert [row["call_id"] for row in page["data"]] == [f"call-{number}" for number in range(50)]


def test_it_walks_to_the_end(client: kazoo.Client) -> None:
    assert walk(client) == [f"call-{number}" for number in range(CALLS)]


def test_it_walks_to_the_end_the_other_way(client: kazoo.Client) -> None:
    assert walk(client, ascending="true", page_size="20") == [f"call-{number}" for number in reversed(range(CALLS))]


def test_it_reads_one_cdr(client: kazoo.Client) -> None:
    newest = get(client, "/cdrs")["data"][0]["id"]
    cdr = get(client, f"/cdrs/{newest}")["data"]
    assert cdr["call_id"] == "call-0"
    assert cdr["id"] == newest
    assert not [key for key in cdr if key.startswith(("_", "pvt_"))]


def test_a_404_becomes_its_error_with_the_request_id_and_message(client: kazoo.Client) -> None:
    with pytest.raises(KazooApiError) as caught:
        get(client, "/cdrs/202601-nosuch")
    template, request_id, message = caught.value.args
    assert "There was an error calling the kazoo api" in template
    assert len(request_id) == 32
    assert message == "bad_identifier"


def test_a_401_becomes_its_authentication_error(client: kazoo.Client) -> None:
    request = KazooRequest(f"/accounts/{ACCOUNT}/cdrs")
    with pytest.raises(KazooApiAuthenticationError, match="Invalid credentials"):
        request.execute(client.base_url, token="wrong")
