"""Rows and documents of devices, accounts, apps and whitelabels, key by key."""

from typing import Any

import pytest

from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, MASTER, NOW, ask, data_of, ids_of, json_of, walked

CHILD = "9" * 32


def state_with(version: Version = KAZOO_4_3, **fields: Any) -> State:
    account = Account(ACCOUNT, "Alpha", tree=(MASTER,), **{"tokens": (Token(ACCOUNT_TOKEN),), **fields})
    master = Account(MASTER, is_superduper_admin=True, is_reseller=True)
    child = Account(CHILD, "Child", tree=(MASTER, ACCOUNT))
    return State(LoadedStore((master, account, child), {}), Settings(), Clock(NOW), version=version)


DEVICE = {
    "id": "d1",
    "name": "Desk",
    "sip": {"username": "desk"},
    "mac_address": "00:11",
    "owner_id": "u1",
    "enabled": True,
    "device_type": "cellphone",
    "mobile": {"mdn": "1"},
    "call_recording": {"any": {}},
    "flags": ["x"],
    "suspended": True,
}


def test_a_device_shows_what_its_view_emits() -> None:
    """`devices/crossbar_listing`, `devices/listing_by_owner`."""
    state = state_with(devices=(DEVICE, {"id": "d2"}), users=({"id": "u1"},))
    full, least = sorted(data_of(ask(state, "/devices")), key=lambda row: row["id"])
    shown = ("id", "name", "mac_address", "owner_id", "enabled", "device_type", "mobile", "call_recording", "flags")
    assert full == {**{name: DEVICE[name] for name in shown}, "username": "desk"}
    assert least == {"id": "d2", "mac_address": "", "device_type": "sip_device", "flags": []}
    (owned,) = data_of(ask(state, "/users/u1/devices"))
    of_owner = ("id", "name", "mac_address", "owner_id", "enabled", "device_type", "call_recording")
    assert owned == {**{name: DEVICE[name] for name in of_owner}, "hotdesked": False}


@pytest.mark.parametrize(
    ("changes", "is_there"),
    [({}, True), ({"enabled": False}, False), ({"sip": {}}, False), ({"sip": {"username": ""}}, False)],
)
def test_a_device_is_taken_to_be_registered_where_it_can_be(changes: dict[str, Any], is_there: bool) -> None:
    response = ask(state_with(devices=({**DEVICE, **changes},)), "/devices/status")
    assert data_of(response) == ([{"device_id": "d1", "registered": True}] if is_there else [])
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("document", "preference"),
    [
        ({}, None),
        ({"pvt_notification_preference": "teletype"}, "teletype"),
        ({"pvt_notification_preference": "x", "notifications": {"voicemail_to_email": "teletype"}}, "notify"),
        ({"notifications": {"voicemail_to_email": "teletype", "fax_to_email": "x"}}, "teletype"),
        ({"notifications": {"fax_to_email": "teletype"}}, "teletype"),
        ({"notifications": {"fax_to_email": {"email_template": {}}}}, "notify"),
        ({"notifications": "x"}, None),
    ],
)
def test_an_account_prefers_notifications_of_the_first_place_that_says_so(
    document: dict[str, Any], preference: str | None
) -> None:
    """`kzd_accounts:notification_preference/1`."""
    shown = data_of(ask(state_with(document=document), f"/v2/accounts/{ACCOUNT}"))
    assert shown.get("notification_preference") == preference


def test_children_tell_how_many_are_below_them() -> None:
    (row,) = data_of(ask(state_with(), "/children"))
    assert row == {"id": CHILD, "name": "Child", "descendants_count": 0, "flags": []}


APP = {"id": "app-1", "name": "accounts", "pvt_x": 1, "phase": "beta", "extra": True, "_rev": "1-x"}


def test_apps_are_shown_unless_they_are_not_published() -> None:
    """`cb_apps_store:load_apps/1`."""
    state = state_with(apps=({**APP, "id": "app-2", "published": False}, APP))
    response = ask(state, "/apps_store")
    assert data_of(response) == [{"id": "app-1", "name": "accounts", "phase": "beta"}]
    one = ask(state, "/apps_store/app-1")
    assert list(data_of(one).items()) == [("phase", "beta"), ("name", "accounts"), ("extra", True), ("id", "app-1")]
    assert not {"etag"} & (response.headers.keys() | one.headers.keys())
    unknown = json_of(ask(state, "/apps_store/app-2"))
    assert (unknown["error"], unknown["data"]) == ("404", {"details": "app-2", "message": "bad identifier"})


def test_a_whitelabel_is_counted_where_it_is_looked_for_by_its_domain() -> None:
    state = state_with(whitelabel={"domain": "portal.example.com", "_rev": "1-w"})
    found, unknown = (json_of(ask(state, f"/v2/whitelabel/{name}.example.com")) for name in ("portal", "nosuch"))
    assert (found["page_size"], found["data"]) == (1, {"domain": "portal.example.com", "id": "whitelabel"})
    assert (unknown["page_size"], unknown["data"]["cause"]) == (0, "nosuch.example.com")


def test_in_master_users_come_in_either_order_from_the_first_page_on() -> None:
    users = tuple({"id": name, "first_name": name, "last_name": name} for name in ("a", "b"))
    state = state_with(KAZOO_MASTER, users=users)
    for query, ids in (("", ["b", "a"]), ("ascending=true", ["a", "b"])):
        response = ask(state, "/users", query)
        assert ids_of(response) == ids
        assert "start_key" not in json_of(response)


def test_in_master_a_page_of_users_begins_at_its_start_key() -> None:
    users = tuple({"id": name, "first_name": name, "last_name": name} for name in ("a", "b", "c"))
    state = state_with(KAZOO_MASTER, users=users)
    for query, ids in (({}, ["c", "b", "a"]), ({"ascending": "true"}, ["a", "b", "c"])):
        assert [row["id"] for row in walked(state, "/users", {"page_size": 1, **query})] == ids


def test_children_are_counted_in_every_version_of_the_api() -> None:
    assert json_of(ask(state_with(), "/children"))["page_size"] == 1
    of_first_api = json_of(ask(state_with(), f"/v1/accounts/{ACCOUNT}/children"))
    assert [row["id"] for row in of_first_api["data"]] == [CHILD]


def test_an_account_shows_what_leaks_of_its_private_keys() -> None:
    """`cb_accounts:leak_pvt_fields/2`."""
    state = state_with(document={"pvt_wnm_allow_additions": True, "_rev": "2-a"})
    assert data_of(ask(state, f"/v2/accounts/{ACCOUNT}"))["wnm_allow_additions"] is True
    assert data_of(ask(state_with(), f"/v2/accounts/{ACCOUNT}"))["wnm_allow_additions"] is False
    assert json_of(ask(state, "/api_key"))["revision"] == "2-a"


def test_every_account_has_a_voicemail_box_of_its_own() -> None:
    state = state_with()
    ids = [ids_of(ask(state, f"/v2/accounts/{account}/vmboxes", "start_key=0")) for account in (ACCOUNT, CHILD)]
    assert [len(each) for each in ids] == [1, 1]
    assert ids[0] != ids[1]
    boxes = f"/v2/accounts/{ACCOUNT}/vmboxes"
    assert ask(state, f"{boxes}/{ids[0][0]}").status == 200
    assert json_of(ask(state, f"{boxes}/nosuch"))["data"]["cause"] == "nosuch"


def test_recordings_tell_the_start_key_that_was_asked_for() -> None:
    key = start_key.encode([NOW - 5, "x"])
    assert json_of(ask(state_with(), "/recordings", {"start_key": key}))["start_key"] == key
    assert start_key.decode(json_of(ask(state_with(), "/recordings"))["start_key"]) == [NOW, {}]


def test_accounts_and_devices_are_filtered_by_all_that_their_documents_have() -> None:
    """`crossbar_filter`, which opens the document of each row."""
    state = state_with(devices=(DEVICE,), users=({"id": "u1"},))
    state.data.change_account(CHILD, lambda account: account._replace(document={"timezone": "UTC"}))
    for path, field, value in (("/children", "timezone", "UTC"), ("/users/u1/devices", "sip.username", "desk")):
        assert len(data_of(ask(state, path, {f"filter_{field}": value}))) == 1
        assert data_of(ask(state, path, {f"filter_{field}": "x"})) == []


def test_in_4_3_the_accounts_above_tell_their_flags() -> None:
    """`cb_accounts:format_account_tree_results`."""
    above = {"id": ACCOUNT, "name": "Alpha"}
    for document, flags in (({"flags": ["x"]}, ["x"]), ({}, [])):
        state = state_with(document=document)
        assert data_of(ask(state, f"/v2/accounts/{CHILD}/tree")) == [{**above, "flags": flags}]


def test_a_whitelabel_has_the_revision_of_its_document() -> None:
    state = state_with(whitelabel={"domain": "portal.example.com", "_rev": "4-w"})
    assert json_of(ask(state, "/whitelabel"))["revision"] == "4-w"
