"""Changes of users and accounts, which are kept until the mock is reset."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.resources.directory_changes import fill_defaults, merge_left
from mockcdrs.dataset.accounts import Account
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, MASTER_TOKEN, NOW, RESELLER, ask, data_of, json_of
from tests.crossbar.surroundings import ANN, CHILD, EVE, md5, put, state_of_family
from tests.profile import examples


@pytest.fixture
def state() -> State:
    return state_of_family()


def write(state: State, method: str, path: str, data: Any, token: str = ACCOUNT_TOKEN) -> HttpResponse:
    return ask(state, path, method=method, body=json.dumps({"data": data}).encode(), token=token)


def test_a_patch_of_a_user_is_merged_and_answered_whole_from_the_last_field_to_the_first(state: State) -> None:
    response = write(state, "PATCH", f"/users/{ANN}", {"ui_flags": {"seen": True}, "call_forward": {"number": "1"}})
    user = data_of(response)
    assert response.status == 200
    stored = ["username", "ui_flags", "last_name", "flags", "first_name", "caller_id", "call_forward"]
    assert list(user)[: len(stored)] == stored
    assert (list(user)[-1], user["id"]) == ("id", ANN)
    assert user["ui_flags"] == {"seen": True}
    assert list(user["call_forward"])[:2] == ["number", "enabled"]
    assert user["call_forward"]["require_keypress"] is True


def test_what_was_written_to_a_user_stays_until_reset(state: State) -> None:
    before = data_of(ask(state, f"/users/{ANN}"))
    written = write(state, "PATCH", f"/users/{ANN}", {"appList": ["x"]})
    response = ask(state, f"/users/{ANN}")
    assert data_of(response) == data_of(written)
    assert response.headers["etag"] == written.headers["etag"]
    assert json_of(written)["revision"] == written.headers["etag"].strip('"')
    state.reset()
    assert data_of(ask(state, f"/users/{ANN}")) == before


def test_each_change_is_another_revision(state: State) -> None:
    first, second = (write(state, "PATCH", f"/users/{ANN}", {"title": title}) for title in ("a", "b"))
    assert [json_of(each)["revision"].partition("-")[0] for each in (first, second)] == ["2", "3"]


def test_a_post_of_a_user_replaces_all_that_is_public_and_answers_as_it_was_sent(state: State) -> None:
    sent = {"id": ANN, "last_name": "Lee", "first_name": "Ann", "pvt_hack": 1, "_rev": "9-x"}
    user = data_of(write(state, "POST", f"/users/{ANN}", sent))
    assert list(user)[:3] == ["id", "last_name", "first_name"]
    assert (user["id"], user["priv_level"], user["enabled"]) == (ANN, "user", True)
    assert not {"call_forward", "flags", "pvt_hack", "_rev"} & user.keys()
    assert "pvt_hack" not in state.data.accounts[ACCOUNT].users[0]


def test_private_fields_of_a_user_outlive_a_post(state: State) -> None:
    write(state, "POST", f"/users/{EVE}", {"first_name": "Eve", "last_name": "Lee", "username": "EVE"})
    login = {"credentials": md5("eve:secret"), "account_name": "Alpha"}
    assert put(state, "user_auth", login).status == 201


def test_a_new_password_is_for_the_next_login_and_not_shown(state: State) -> None:
    changed = write(state, "PATCH", f"/users/{ANN}", {"username": "Ann.Lee", "password": "new"})
    assert "password" not in data_of(changed)
    assert data_of(changed)["username"] == "ann.lee"
    assert put(state, "user_auth", {"credentials": md5("ann.lee:new"), "account_name": "Alpha"}).status == 201
    assert put(state, "user_auth", {"credentials": md5("ann:mockcdrs"), "account_name": "Alpha"}).status == 401


def test_a_user_needs_a_name(state: State) -> None:
    answer = json_of(write(state, "POST", f"/users/{ANN}", {"first_name": ""}))
    assert (answer["error"], answer["message"]) == ("400", "validation error")
    assert {name: list(rules) for name, rules in answer["data"].items()} == {
        "first_name": ["minLength"],
        "last_name": ["required"],
    }
    assert state.data.accounts[ACCOUNT].users[0]["last_name"] == "Zoë"


@pytest.mark.parametrize("path", [f"/users/{ANN}", ""])
def test_a_list_is_no_document(state: State, path: str) -> None:
    answer = json_of(write(state, "POST", path, []))
    assert (answer["error"], answer["message"]) == ("500", "init failed")


def test_a_user_who_is_not_there_cannot_be_changed(state: State) -> None:
    assert json_of(write(state, "PATCH", "/users/nosuch", {}))["message"] == "bad_identifier"


def test_without_an_account_no_user_can_be_changed(state: State) -> None:
    answer = json_of(write(state, "PATCH", f"/v2/users/{ANN}", {}, MASTER_TOKEN))
    assert answer["message"] == "faulty_request"


def test_a_patch_of_an_account_is_kept_and_answered_with_what_is_leaked_at_its_end(state: State) -> None:
    response = write(state, "PATCH", "", {"ui_restrictions": {"myaccount": {}}})
    account = data_of(response)
    assert account["ui_restrictions"] == {"myaccount": {}}
    assert list(account)[:4] == ["ui_restrictions", "timezone", "realm", "name"]
    assert list(account)[-3:] == ["reseller_id", "is_reseller", "billing_mode"]
    assert response.headers["etag"] == f'"{json_of(response)["revision"]}"'
    assert data_of(ask(state, "")) == account
    state.reset()
    assert "ui_restrictions" not in data_of(ask(state, ""))


def test_what_is_leaked_of_an_account_is_not_stored_where_it_is_sent_back(state: State) -> None:
    sent = data_of(ask(state, "")) | {"ui_restrictions": {}}
    write(state, "POST", "", sent)
    stored = state.data.accounts[ACCOUNT].document
    assert stored["ui_restrictions"] == {}
    assert not {"wnm_allow_additions", "superduper_admin", "billing_mode"} & stored.keys()
    assert (stored["pvt_created"], stored["pvt_modified"]) == (NOW - 9, NOW)


def test_an_account_can_get_another_name_and_keeps_its_realm(state: State) -> None:
    assert data_of(write(state, "POST", "", {"name": "Omega"}))["realm"] == "alpha.example.com"
    login = {"credentials": md5("ann:mockcdrs"), "account_name": "omega"}
    assert put(state, "user_auth", login).status == 201


def test_an_account_can_get_another_realm(state: State) -> None:
    write(state, "PATCH", "", {"realm": "omega.example.com"})
    credentials = {"credentials": md5("ann:mockcdrs")}
    realms = ("omega.example.com", "alpha.example.com")
    assert [put(state, "user_auth", {**credentials, "account_realm": realm}).status for realm in realms] == [201, 401]


def test_an_account_that_never_had_a_realm_gets_none(state: State) -> None:
    changed = write(state, "POST", f"/v2/accounts/{CHILD}", {"name": "Child"})
    assert (changed.status, state.data.accounts[CHILD].realm) == (200, "")


def test_only_an_own_account_can_be_changed(state: State) -> None:
    assert write(state, "PATCH", f"/v2/accounts/{RESELLER}", {"name": "Mine"}).status == 403


def test_moving_an_account_is_not_implemented(state: State) -> None:
    assert write(state, "POST", "/move", {}).status == 501


@pytest.mark.parametrize(
    ("sent", "stored", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"b": 2, "a": 1}),
        ({"a": None}, {"a": 1, "b": 2}, {"b": 2}),
        ({"a": {"x": 1}}, {"a": {"y": 2, "z": {}}}, {"a": {"z": {}, "y": 2, "x": 1}}),
        ({"a": {}}, {"a": {"y": 2}}, {"a": {}}),
        ({"a": [1]}, {"a": [2, 3]}, {"a": [1]}),
        ({"a": {"x": 1}}, {"a": 2}, {"a": {"x": 1}}),
        ({}, {"a": {"y": 2, "z": None}}, {"a": {"y": 2}}),
    ],
)
def test_objects_are_merged_as_kazoo_merges_them(sent: Any, stored: Any, merged: Any) -> None:
    result = merge_left(sent, stored)
    assert json.dumps(result) == json.dumps(merged)


def test_defaults_fill_objects_that_are_there_and_make_others() -> None:
    defaults = {"call_forward": {"enabled": False}, "hotdesk": {"enabled": False}, "verified": False}
    assert fill_defaults({}, defaults) == {"hotdesk": {"enabled": False}, "verified": False}
    filled = fill_defaults({"call_forward": {}, "hotdesk": "odd"}, defaults)
    assert filled == {"call_forward": {"enabled": False}, "hotdesk": "odd", "verified": False}


@pytest.mark.parametrize("revision", ["odd", "x-y"])
def test_a_revision_that_is_no_couchdb_one_is_followed_by_a_second(revision: str) -> None:
    state = state_of_family()
    state.data.change_account(ACCOUNT, lambda account: _with_revision(account, revision))
    assert json_of(write(state, "PATCH", "", {}))["revision"].startswith("2-")


def _with_revision(account: Account, revision: str) -> Account:
    return account._replace(document={**account.document, "_rev": revision})


_NAMES = st.text(max_size=3) | st.sampled_from(
    [
        "id",
        "_id",
        "_rev",
        "pvt_x",
        "name",
        "realm",
        "first_name",
        "username",
        "password",
        "hotdesk",
        "media",
        "flags",
        "sip",
    ]
)
_LEAVES = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=5)
_DOCUMENTS = st.dictionaries(
    _NAMES,
    st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAMES, inner, max_size=3)),
    max_size=5,
)


@settings(max_examples=examples(60, 3_000), deadline=None)
@given(path=st.sampled_from([f"/users/{ANN}", ""]), method=st.sampled_from(["PATCH", "POST"]), document=_DOCUMENTS)
def test_whatever_is_written_is_answered_and_can_be_read_again(path: str, method: str, document: Any) -> None:
    state = state_of_family()
    named = {"first_name": "Ann", "last_name": "Lee", "name": "Alpha", **document}
    assert write(state, method, path, named).status in {200, 400}
    for listed in ("", f"/users/{ANN}", "/users", "/devices", "/phone_numbers", "/children"):
        assert ask(state, listed).status == 200


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_list_in_the_place_of_a_document_is_a_500_and_nothing_at_all_is_an_empty_one(
    state: State, method: str
) -> None:
    died = write(state, method, f"/users/{ANN}", [])
    assert (died.status, json_of(died)["message"]) == (500, "init failed")
    assert died.note.endswith(": it crashes on a list in the place of a document")
    empty = ask(state, f"/users/{ANN}", method=method)
    assert empty.status == (200 if method == "PATCH" else 400)


def test_a_post_of_an_account_replaces_all_that_is_public(state: State) -> None:
    assert data_of(ask(state, ""))["timezone"] == "UTC"
    assert "timezone" not in data_of(write(state, "POST", "", {"name": "Alpha"}))


def test_a_revision_is_a_number_and_a_digest_of_what_the_document_holds() -> None:
    titles = ("a", "a", "b")
    revisions = [
        json_of(write(state_of_family(), "PATCH", f"/users/{ANN}", {"title": title}))["revision"] for title in titles
    ]
    assert all(re.fullmatch("2-[0-9a-f]{32}", revision) for revision in revisions)
    assert revisions[0] == revisions[1] != revisions[2]


def test_an_empty_password_leaves_the_one_that_there_is(state: State) -> None:
    sent = {"first_name": "Eve", "last_name": "Lee", "password": ""}
    assert write(state, "PATCH", f"/users/{EVE}", sent).status == 200
    assert put(state, "user_auth", {"credentials": md5("eve:secret"), "account_name": "Alpha"}).status == 201


def test_a_new_password_is_one_more_revision_and_leaves_other_private_fields(state: State) -> None:
    state.data.change_account(
        ACCOUNT, lambda account: account._replace(users=({"id": ANN, "_rev": "5-x", "pvt_x": 1},))
    )
    named = {"first_name": "Ann", "last_name": "Lee"}
    written = write(state, "POST", f"/users/{ANN}", {**named, "password": "new"})
    assert json_of(written)["revision"].startswith("6-")
    (user,) = state.data.accounts[ACCOUNT].users
    assert user["pvt_x"] == 1


def test_who_has_no_username_logs_in_by_id(state: State) -> None:
    write(state, "POST", f"/users/{ANN}", {"first_name": "Ann", "last_name": "Lee", "password": "new"})
    assert put(state, "user_auth", {"credentials": md5(f"{ANN}:new"), "account_name": "Alpha"}).status == 201


def test_an_accounts_document_is_stored_without_the_id_that_the_account_has(state: State) -> None:
    write(state, "PATCH", "", {"timezone": "CET"})
    account = state.data.accounts[ACCOUNT]
    assert account.document["timezone"] == "CET"
    assert not {"id", "_id"} & account.document.keys()
