"""A small family of accounts with people, devices and logins, and ways to ask for them."""

import hashlib
import json
from typing import Any

from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, MASTER, MASTER_TOKEN, NOW, RESELLER, RESELLER_TOKEN

CHILD, TWIN, CLOSED, OVER = "9" * 32, "8" * 32, "7" * 32, "6" * 32
ANN, BOB, EVE = "ann", "bob", "eve"

USERS: tuple[dict[str, Any], ...] = (
    {
        "id": ANN,
        "username": "Ann",
        "first_name": "Ann",
        "last_name": "Zoë",
        "call_forward": {"enabled": True},
        "caller_id": {"external": {"number": "+14155550100"}},
        "flags": ["vip"],
    },
    {"id": BOB, "username": "bob", "first_name": "Bob", "last_name": "Abel", "enabled": False},
    {"id": EVE, "username": "eve", "pvt_md5_auth": hashlib.md5(b"eve:secret").hexdigest()},
)
DEVICES: tuple[dict[str, Any], ...] = (
    {"id": "d1", "name": "Desk", "owner_id": ANN, "sip": {"username": "desk"}, "mac_address": "00:11", "mobile": {}},
    {"id": "d2"},
    {"id": "d3", "name": "Cell", "owner_id": ANN, "device_type": "cellphone", "enabled": False, "_rev": "3-x"},
)


def accounts() -> tuple[Account, ...]:
    return (
        Account(MASTER, "Master", is_superduper_admin=True, is_reseller=True, tokens=(Token(MASTER_TOKEN),)),
        Account(RESELLER, "Reseller", tree=(MASTER,), is_reseller=True, tokens=(Token(RESELLER_TOKEN),)),
        Account(
            ACCOUNT,
            "Alpha",
            "alpha.example.com",
            (MASTER, RESELLER),
            users=USERS,
            devices=DEVICES,
            tokens=(Token(ACCOUNT_TOKEN, ANN),),
            numbers=("+14155550100",),
            document={"timezone": "UTC", "_rev": "2-a", "pvt_created": NOW - 9, "pvt_api_key": "k" * 64},
            whitelabel={"domain": "portal.example.com", "company_name": "Alpha Inc", "_rev": "1-w"},
        ),
        Account(CHILD, "Child", tree=(MASTER, RESELLER, ACCOUNT), document={"descendants_count": 4, "flags": ["x"]}),
        Account(TWIN, "alpha!", tree=(MASTER,), users=({"id": "t1", "username": "twin"},)),
        Account(CLOSED, "Closed", users=({"id": "c1", "username": "c"},), document={"pvt_enabled": False}),
        Account(OVER, "Over", users=({"id": "o1", "username": "o"},), document={"pvt_trial_expires": NOW}),
    )


def state_of_family(version: Version = KAZOO_4_3, **settings: Any) -> State:
    return State(LoadedStore(accounts(), {}), Settings(**settings), Clock(NOW), seed=1, version=version)


def md5(pair: str) -> str:
    return hashlib.md5(pair.encode()).hexdigest()


def put(state: State, noun: str, data: Any, **headers: str) -> HttpResponse:
    """The answer to a PUT of an envelope with this data."""
    body = json.dumps({"data": data}).encode()
    return respond(HttpRequest("PUT", f"/v2/{noun}", "", headers, body), state.server_state(), "request-1")
