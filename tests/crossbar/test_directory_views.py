from typing import Any

import pytest

from mockcdrs.crossbar.views import USERS_BY_ID, USERS_BY_NAME, emit_device, emit_device_of_owner


@pytest.mark.parametrize(
    ("document", "features"),
    [
        ({}, []),
        ({"smartpbx": {"conferencing": {"enabled": True}, "faxing": {"enabled": False}, "odd": "x"}}, ["conferencing"]),
        (
            {"hotdesk": {"enabled": True}, "call_forward": {"enabled": True, "failover": True}},
            ["hotdesk", "call_forward"],
        ),
        ({"call_forward": {"failover": True}}, ["call_forward_failover"]),
        ({"caller_id": {"external": {"number": "1"}}, "vm_to_email_enabled": True}, ["caller_id", "vm_to_email"]),
        ({"caller_id": {"external": {"number": ""}}, "vm_to_email_enabled": 0}, []),
        ({"music_on_hold": {"media_id": {}}, "do_not_disturb": {"enabled": "no"}}, ["music_on_hold", "do_not_disturb"]),
        ({"ctu": {"enabled": True}, "desktop": {"enabled": True}}, ["ctu", "desktop"]),
        ({"hotdesk": "yes", "caller_id": {"external": 5}, "smartpbx": 7}, []),  # which have no properties
    ],
    ids=str,
)
def test_a_user_has_the_features_that_hold_something(document: dict[str, Any], features: list[str]) -> None:
    _, value = USERS_BY_ID.map({"id": "u", **document})
    assert value == {"id": "u", "features": features, "flags": []}


def test_features_that_a_user_names_himself_are_told_in_master_alone() -> None:
    user = {"id": "u", "features": ["mobile"], "hotdesk": {"enabled": True}}
    assert USERS_BY_ID.map(user)[1]["features"] == ["hotdesk"]
    assert USERS_BY_NAME.map(user)[1]["features"] == ["mobile", "hotdesk"]
    assert USERS_BY_NAME.map({"id": "u", "features": "all"})[1]["features"] == []


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"last_name": "Zoë", "first_name": "Ann"}, "Zoë Ann"),
        ({"last_name": None, "first_name": 5.0}, "null 5"),
        ({}, "undefined undefined"),
    ],
    ids=str,
)
def test_a_name_is_joined_as_javascript_joins_it(user: dict[str, Any], name: str) -> None:
    assert (USERS_BY_NAME.map({"id": "u", **user})[0], USERS_BY_ID.map({"id": "u", **user})[0]) == (name, "u")


def test_of_a_device_what_is_null_is_told_and_what_is_not_there_is_not() -> None:
    assert emit_device({"id": "d"}) == ("d", {"id": "d", "mac_address": "", "device_type": "sip_device", "flags": []})
    _, value = emit_device(
        {"id": "d", "owner_id": None, "enabled": False, "sip": "x", "mac_address": None, "flags": ["f"]}
    )
    assert value == {
        "id": "d",
        "mac_address": "",
        "owner_id": None,
        "enabled": False,
        "device_type": "sip_device",
        "flags": ["f"],
    }


@pytest.mark.parametrize(
    ("document", "hotdesked"),
    [
        ({"owner_id": "ann"}, False),
        ({"owner_id": "bob", "hotdesk": {"users": {"ann": {}}}}, True),
        ({"owner_id": "ann", "hotdesk": {"users": {"ann": {}}}}, False),
        ({"hotdesk": {"users": {"ann": {}}}}, True),
        ({"owner_id": "bob"}, None),
        ({"owner_id": None, "hotdesk": {"users": ["ann"]}}, None),
        ({"owner_id": ""}, None),
    ],
    ids=str,
)
def test_a_device_belongs_to_its_owner_and_to_whom_is_logged_in(
    document: dict[str, Any], hotdesked: bool | None
) -> None:
    found = emit_device_of_owner("ann", {"id": "d", **document})
    assert (found is None) is (hotdesked is None)
    assert found is None or (found[0], found[1]["hotdesked"]) == ("ann", hotdesked)
