"""One account with calls behind a running server, for real clients that know nothing of mockcdrs."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
USER = "a1111111111111111111111111111111"
NOW = 63_936_129_600
CALLS = 125


def document(number: int) -> dict[str, Any]:
    end = NOW - number * 20_000
    return {
        "_id": f"{gregorian.month_of(end)}-call-{number}",
        "call_id": f"call-{number}",
        "call_direction": "inbound",
        "custom_channel_vars": {"account_id": ACCOUNT},
        "duration_seconds": 12,
        "interaction_id": f"{end}-{number:08x}",
        "interaction_key": f"{number:08x}",
        "interaction_time": end,
        "pvt_account_id": ACCOUNT,
        "pvt_created": end,
        "pvt_type": "cdr",
        "timestamp": end,
    }


@pytest.fixture
def state() -> State:
    documents: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in map(document, range(CALLS)):
        documents.setdefault((ACCOUNT, each["_id"][:6]), []).append(each)
    account = Account(
        ACCOUNT,
        name="Alpha",
        realm="alpha.example.com",
        months=tuple(sorted(month for _, month in documents)),
        users=({"id": USER, "username": "ann", "first_name": "Ann", "last_name": "Lee"},),
        devices=(
            {
                "id": "d1",
                "name": "Desk",
                "device_type": "sip_device",
                "owner_id": USER,
                "sip": {"username": "ann-desk"},
            },
        ),
        numbers=("+14155550100",),
    )
    return State(store=LoadedStore((account,), documents), clock=Clock(NOW))


@pytest.fixture
def url(state: State) -> Iterator[str]:
    with Server(create_app(state)) as running:
        yield f"{running.url}/v2"
