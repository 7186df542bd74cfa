"""Plain resources: what a user interface asks about beside CDRs and the directory."""

from typing import Any

import pytest

from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, MASTER_TOKEN, NOW, ask, data_of, json_of
from tests.crossbar.surroundings import ANN, BOB, state_of_family

BASE = f"/v2/accounts/{ACCOUNT}"


@pytest.fixture
def state() -> State:
    return state_of_family()


@pytest.mark.parametrize(
    "path",
    ["/alerts", "/callflows", "/directories", "/groups", "/menus", "/users/ann/vmboxes", "/recordings"],
)
def test_a_listing_of_what_the_account_has_not_is_empty(state: State, path: str) -> None:
    page = json_of(ask(state, BASE + path, {"filter_type": "mainVMBox", "has_type": "type"}))
    assert (page["data"], page["page_size"], page["status"]) == ([], 0, "success")
    assert "revision" not in page
    whole = json_of(ask(state, BASE + path, {"paginate": "false"}))
    assert whole["data"] == []
    assert not {"page_size", "start_key"} & whole.keys()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/channels", []),
        ("/ledgers/total", {"amount": 0.0}),
        ("/limits", {"allow_prepay": True, "id": "limits"}),
        ("/security", {"account": {}, "inherited_config": {}}),
    ],
)
def test_what_is_the_same_in_every_account_comes_without_paging_and_revision(
    state: State, path: str, data: Any
) -> None:
    response = ask(state, path)
    page = json_of(response)
    assert page["data"] == data
    assert not {"page_size", "start_key", "revision"} & page.keys()
    assert "etag" not in response.headers


def test_the_total_of_the_ledgers_is_a_fraction(state: State) -> None:
    body = ask(state, "/ledgers/total").body
    assert isinstance(body, bytes)
    assert b'"data":{"amount":0.0}' in body


def test_a_listing_of_recordings_begins_where_one_of_cdrs_would(state: State) -> None:
    keys = [json_of(ask(state, path))["start_key"] for path in ("/recordings", "/users/ann/recordings")]
    assert list(map(start_key.decode, keys)) == [[NOW, {}], [ANN, NOW, {}]]
    early = {"created_from": NOW - 20, "created_to": NOW - 10}
    assert start_key.decode(json_of(ask(state, "/recordings", early))["start_key"]) == [NOW - 10, {}]
    assert json_of(ask(state, "/recordings", {"start_key": keys[0]}))["start_key"] == keys[0]
    assert ask(state, "/recordings", {"created_from": NOW, "created_to": NOW - 1}).status == 400


def test_factors_of_a_login_are_listed_under_their_key(state: State) -> None:
    response = ask(state, "/multi_factor")
    page = json_of(response)
    assert page["data"] == {"configured": [], "multi_factor_providers": {}}
    assert "revision" not in page
    assert "etag" not in response.headers
    assert (page["page_size"], page["start_key"]) == (0, "g2wAAAACbQAAAAxtdWx0aV9mYWN0b3JoAWpq")


def test_a_users_channels_are_asked_for_by_the_users_devices(state: State) -> None:
    anns = ask(state, f"/users/{ANN}/channels")
    page = json_of(anns)
    assert (page["data"], page["page_size"]) == ([], 2)
    assert anns.headers["etag"] == f'"{page["revision"]}"'
    bobs = json_of(ask(state, f"/users/{BOB}/channels"))
    assert (bobs["data"], bobs["page_size"]) == ([], 0)
    assert "revision" not in bobs


def test_numbers_are_those_of_the_account(state: State) -> None:
    response = ask(state, "/phone_numbers", {"_": "1"})
    page = json_of(response)
    assert page["page_size"] == 1
    assert response.headers["etag"] == f'"{page["revision"]}"'
    assert page["data"]["cascade_quantity"] == 0
    (number,) = page["data"]["numbers"].values()
    assert list(page["data"]["numbers"]) == ["+14155550100"]
    assert list(number) == [
        *("state", "features", "features_allowed", "features_denied", "assigned_to", "created", "updated"),
        "features_available",
    ]
    assert (number["state"], number["assigned_to"], number["created"]) == ("in_service", ACCOUNT, NOW - 9)


def test_an_account_without_numbers_has_an_empty_object_of_them(state: State) -> None:
    page = json_of(ask(state, "/v2/accounts/" + "9" * 32 + "/phone_numbers"))
    assert page["data"] == {"numbers": {}, "cascade_quantity": 0}


def test_each_account_has_the_voicemail_box_that_smartpbx_looks_for(state: State) -> None:
    page = json_of(ask(state, f"{BASE}/vmboxes", {"filter_type": "mainVMBox"}))
    (row,) = page["data"]
    assert page["page_size"] == 1
    expected = {"id": row["id"], "name": "Main Voicemail Box", "mailbox": "0", "messages": 0, "flags": []}
    assert row == expected
    box = ask(state, f"{BASE}/vmboxes/{row['id']}")
    assert data_of(box)["type"] == "mainVMBox"
    assert list(data_of(box))[-1] == "id"
    assert box.headers["etag"] == f'"{json_of(box)["revision"]}"'
    assert data_of(ask(state, f"{BASE}/vmboxes", {"filter_type": "other"})) == []


def test_classifiers_are_kazoos_and_not_for_everybody_without_an_account(state: State) -> None:
    classifiers = data_of(ask(state, "/phone_numbers/classifiers"))
    names = ["tollfree_us", "toll_us", "emergency", "caribbean", "did_us", "international", "unknown"]
    assert list(classifiers) == names
    assert classifiers["emergency"]["emergency"] is True
    assert ask(state, "/v2/phone_numbers/classifiers").status == 403


@pytest.mark.parametrize("noun", ["callflows", "phone_numbers", "limits"])
def test_without_an_account_there_is_nothing_to_see(state: State, noun: str) -> None:
    assert ask(state, f"/v2/{noun}", token=ACCOUNT_TOKEN).status == 403
    assert json_of(ask(state, f"/v2/{noun}", token=MASTER_TOKEN))["message"] == "faulty_request"


@pytest.mark.parametrize("module", ["alerts", "callflows", "directories", "groups", "menus", "vmboxes", "recordings"])
def test_a_document_that_is_not_there_is_not_found_by_its_id(state: State, module: str) -> None:
    answer = json_of(ask(state, f"{BASE}/{module}/x1"))
    assert (answer["error"], answer["message"]) == ("404", "bad_identifier")
    assert answer["data"] == {"cause": "x1", "message": "bad identifier"}


def test_a_channel_that_is_not_up_is_not_found_in_the_modules_own_words(state: State) -> None:
    answer = json_of(ask(state, "/channels/x1"))
    assert (answer["error"], answer["message"], answer["data"]) == ("404", "bad identifier", ["x1"])


@pytest.mark.parametrize("path", ["/users/nosuch/vmboxes", "/users/nosuch/channels", "/users/nosuch/recordings"])
def test_what_a_user_has_is_not_found_for_a_user_who_is_not_there(state: State, path: str) -> None:
    answer = json_of(ask(state, path))
    assert (answer["message"], answer["data"]["cause"]) == ("bad_identifier", "nosuch")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ledgers"),
        ("GET", "/phone_numbers/+14155550100"),
        ("PUT", "/vmboxes"),
        ("POST", "/limits"),
        ("DELETE", "/callflows/x"),
        ("PATCH", "/phone_numbers/collection"),
    ],
)
def test_what_kazoo_would_do_there_and_the_mock_does_not_is_not_implemented(
    state: State, method: str, path: str
) -> None:
    response = ask(state, BASE + path, method=method, body=b'{"data":{}}' if method != "GET" else b"")
    assert (response.status, json_of(response)["message"]) == (501, "not_implemented")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/vmboxes", "PUT, GET"),
        ("/vmboxes/x", "PATCH, POST, GET, DELETE"),
        ("/vmboxes/x/messages/y/raw", "PUT, GET"),
        ("/channels/x", "POST, PUT, GET"),
        ("/limits", "POST, GET"),
        ("/phone_numbers/x/activate", "PUT"),
        ("/menus/x/y", ""),
    ],
)
def test_a_preflight_is_told_the_methods_of_the_path(state: State, path: str, methods: str) -> None:
    response = ask(state, BASE + path, method="OPTIONS", headers={"origin": "http://ui.example.com"}, token=None)
    told = response.headers["access-control-allow-methods"]
    assert told == ", ".join(filter(None, ["OPTIONS", methods]))


def test_those_devices_are_registered_that_are_enabled_and_have_a_name_to_register_by(state: State) -> None:
    response = ask(state, "/devices/status", {"paginate": "false"})
    assert data_of(response) == [{"device_id": "d1", "registered": True}]
    assert "etag" not in response.headers
    assert ask(state, "/devices/status", method="DELETE").status == 405


@pytest.mark.parametrize("file", ["icon", "logo", "welcome"])
def test_a_whitelabel_has_no_files(state: State, file: str) -> None:
    known = json_of(ask(state, f"/v2/whitelabel/portal.example.com/{file}", token=None))
    assert (known["error"], known["message"], known["data"]) == ("404", "bad identifier", [file])
    unknown = json_of(ask(state, f"/v2/whitelabel/127.0.0.1/{file}", token=None))
    assert (unknown["message"], unknown["data"]["cause"]) == ("bad_identifier", "127.0.0.1")


def test_channels_of_other_devices_have_another_mark() -> None:
    """The listing of a user's devices, whose digest is the mark, comes before that of the channels."""
    marks = set()
    for device in ("d1", "d2"):
        users, devices = ({"id": ANN},), ({"id": device, "owner_id": ANN},)
        state = state_with(Account(ACCOUNT, users=users, devices=devices, tokens=(Token(ACCOUNT_TOKEN, ANN),)))
        marks.add(ask(state, f"/users/{ANN}/channels").headers["etag"])
    assert len(marks) == 2


def test_a_number_has_no_times_where_the_account_has_none() -> None:
    state = state_with(Account(ACCOUNT, tokens=(Token(ACCOUNT_TOKEN),), numbers=("+14155550100",)))
    (number,) = data_of(ask(state, "/phone_numbers"))["numbers"].values()
    assert not {"created", "updated"} & number.keys()


def state_with(account: Account) -> State:
    return State(LoadedStore((account,), {}), Settings(), Clock(NOW), seed=1)
