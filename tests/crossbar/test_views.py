"""What the views emit, and which leg stands for an interaction."""

from typing import Any

import pytest

from mockcdrs.crossbar import views
from mockcdrs.crossbar.summary import summary_view
from mockcdrs.crossbar.views import (
    USERS_BY_ID,
    USERS_BY_NAME,
    channel_time,
    emit_device,
    emit_device_of_owner,
    first_leg,
    first_leg_of_owner,
)
from tests.crossbar.builders import NOW, OWNER, leg

VIEWS = [
    views.LISTING,
    views.LISTING_OF_ALL,
    views.LISTING_BY_OWNER,
    views.INTERACTIONS,
    views.INTERACTIONS_BY_OWNER_FIRST_MADE,
    views.LEGS,
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("changes", [{"pvt_type": "fax"}, {"pvt_type": None}, {"pvt_deleted": True}])
def test_only_cdrs_that_are_not_deleted_are_shown(view: views.View, changes: dict[str, Any]) -> None:
    assert view.map(leg()) is not None
    assert view.map(leg(pvt_deleted=False)) is not None
    assert view.map(leg(**changes)) is None


def test_keys_are_those_of_the_servers_views() -> None:
    document = leg("x", NOW, channel_created_time=5)
    emitted = [view.map(document) for view in VIEWS]
    assert [row and row[0] for row in emitted] == [
        [NOW, "202601-x"],
        [NOW, "202601-x"],
        [OWNER, NOW, "202601-x"],
        [NOW - 60, "x", 5],
        [OWNER, NOW - 60, "x", 5],
        [f"{NOW - 60}-x", 5],
    ]


def test_keys_hold_numbers_as_javascript_has_them() -> None:
    times: dict[str, Any] = {
        "channel_created_time": 2**53 + 1,
        "pvt_created": float(NOW),
        "interaction_time": NOW - 60.0,
    }
    odd = leg("x", NOW, call_direction="outbound", variables={"resource_id": "r"}, **times)
    emitted = [view.map(odd) for view in (*VIEWS, summary_view(("911",)))]
    numbers = [[part for part in row[0] if not isinstance(part, str)] for row in emitted if row]
    assert repr(numbers) == repr([[NOW]] * 3 + [[NOW - 60, 2**53]] * 2 + [[2**53], [NOW]])


def test_a_document_without_channel_variables_is_an_interaction_but_is_not_listed() -> None:
    bare = leg(without=["custom_channel_vars"])
    shown = [view for view in VIEWS if view.map(bare) is not None]
    assert shown == [views.LISTING_OF_ALL, views.INTERACTIONS, views.LEGS]


@pytest.mark.parametrize("owner", ["", None, 0, False])
def test_a_document_without_an_owner_is_no_owners(owner: Any) -> None:
    document = leg(variables={"owner_id": owner})
    assert views.LISTING.map(document) is not None
    assert views.LISTING_BY_OWNER.map(document) is None
    assert views.INTERACTIONS_BY_OWNER_FIRST_MADE.map(document) is None


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({"channel_created_time": 7}, 7),
        ({"channel_created_time": "7"}, "7"),
        ({"channel_created_time": 0}, NOW - 60),
        ({"channel_created_time": None}, NOW - 60),
        ({"timestamp": str(NOW), "duration_seconds": "60"}, NOW - 60),
        ({"duration_seconds": None}, NOW),
        ({"timestamp": "soon"}, None),
        ({"duration_seconds": "1.5"}, NOW - 1.5),
        ({"timestamp": 2**53 + 1}, 2**53 - 60),
    ],
)
def test_a_channels_time_is_its_creation_else_its_end_minus_its_duration(changes: dict[str, Any], time: Any) -> None:
    assert channel_time(leg(end=NOW, **changes)) == time


def test_a_channels_time_needs_both_end_and_duration() -> None:
    assert channel_time(leg(without=["duration_seconds"])) is None


def view_leg(name: str, time: Any, loopback: str = "_") -> dict[str, Any]:
    return {"id": name, "channel_time": time, "leg": loopback}


@pytest.mark.parametrize("choose", [first_leg, first_leg_of_owner])
def test_the_first_leg_has_the_least_time_then_the_least_loopback_leg(choose: Any) -> None:
    legs = [view_leg("late", 9), view_leg("b", 5, "B"), view_leg("a", 5, "A"), view_leg("none", 5)]
    assert choose(legs)["id"] == "a"
    assert choose(legs[::-1])["id"] == "a"
    assert choose([view_leg("ten", "10"), view_leg("nine", 9)])["id"] == "nine"


def test_of_equal_legs_an_account_sees_the_first_and_an_owner_the_last() -> None:
    legs = [view_leg("first", 5), view_leg("last", 5)]
    assert first_leg(legs)["id"] == "first"
    assert first_leg_of_owner(legs)["id"] == "last"


def billed_leg(name: str, seconds: Any, loopback: str = "_") -> dict[str, Any]:
    return {"id": name, "billing_seconds": seconds, "leg": loopback}


@pytest.mark.parametrize(
    ("legs", "chosen"),
    [
        ([billed_leg("a", 9), billed_leg("b", 61)], "b"),
        ([billed_leg("a", 61), billed_leg("b", 9)], "a"),
        ([billed_leg("a", "9"), billed_leg("b", "61")], "a"),  # as texts
        ([billed_leg("a", "9"), billed_leg("b", 61)], "b"),
        ([billed_leg("a", 9, "A"), billed_leg("b", 9, "B")], "a"),
        ([billed_leg("a", "soon", "B"), billed_leg("b", 61, "A")], "b"),  # NaN: neither is more
        ([billed_leg("a", 5), billed_leg("b", 5)], "b"),
    ],
)
def test_the_most_billed_leg_is_the_one_that_javascript_says(legs: list[Any], chosen: str) -> None:
    assert views.most_billed_leg(legs)["id"] == chosen


@pytest.mark.parametrize(("value", "shown"), [(7, 7), ("7", "7"), (0, 0), ("", 0), (None, 0), (False, 0), ([], [])])
def test_a_users_leg_tells_its_billing_seconds_or_none(value: Any, shown: Any) -> None:
    emitted = views.INTERACTIONS_BY_OWNER_MOST_BILLED.map(leg("x", billing_seconds=value))
    assert emitted is not None
    assert emitted[1]["billing_seconds"] == shown


def test_a_leg_tells_its_loopback_leg() -> None:
    emitted = views.INTERACTIONS.map(leg("x", channel_loopback_leg="B", channel_created_time=3.0))
    assert emitted is not None
    assert emitted[1] == {"id": "202601-x", "channel_time": 3, "leg": "B"}


@pytest.mark.parametrize(
    ("view", "key", "time"),
    [
        (views.LISTING, [5, "x"], 5),
        (views.LISTING_BY_OWNER, ["owner", 5, "x"], 5),
        (views.LISTING, ["x"], None),
        (views.LISTING, [True], None),
        (views.LISTING_BY_OWNER, ["owner"], None),
        (views.LEGS, ["63936129600-x", 1], 63_936_129_600),
        (views.LEGS, ["x"], None),
        (views.LEGS, ["x-1"], None),
        (views.LEGS, ["63936129600"], None),
        (views.LEGS, [], None),
    ],
)
def test_a_view_knows_the_time_that_a_key_lies_at(view: views.View, key: list[Any], time: Any) -> None:
    assert view.time_of(key) == time


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
    emitted = emit_device_of_owner("ann", {"id": "d", **document})
    assert (emitted is None) is (hotdesked is None)
    assert emitted is None or (emitted[0], emitted[1]["hotdesked"]) == ("ann", hotdesked)
