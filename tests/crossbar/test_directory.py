from dataclasses import replace
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.directory import reached
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    MASTER,
    MASTER_TOKEN,
    NOW,
    RESELLER,
    RESELLER_TOKEN,
    ask,
    data_of,
    ids_of,
    json_of,
)
from tests.crossbar.surroundings import ANN, BOB, CHILD, EVE, TWIN, state_of_family


@pytest.fixture
def state() -> State:
    return state_of_family()


def test_an_account_shows_its_document_and_what_is_leaked_of_it(state: State) -> None:
    answered = ask(state, "")
    assert answered.headers["etag"] == '"2-a"'
    assert data_of(answered) == {
        "name": "Alpha",
        "realm": "alpha.example.com",
        "timezone": "UTC",
        "id": ACCOUNT,
        "wnm_allow_additions": False,
        "superduper_admin": False,
        "created": NOW - 9,
        "reseller_id": RESELLER,
        "is_reseller": False,
        "billing_mode": "manual",
    }


def test_an_accounts_key_is_told_apart_and_in_the_document_where_that_is_asked(state: State) -> None:
    assert data_of(ask(state, "/api_key")) == {"api_key": "k" * 64}
    assert data_of(ask(state, "", "include_api_key=true"))["api_key"] == "k" * 64


@pytest.mark.parametrize(
    ("account", "token", "mode"),
    [
        (ACCOUNT, ACCOUNT_TOKEN, "manual"),
        (ACCOUNT, RESELLER_TOKEN, "limits_only"),
        (RESELLER, RESELLER_TOKEN, "normal"),
        (MASTER, MASTER_TOKEN, "limits_only"),
    ],
)
def test_the_billing_mode_follows_who_asks(state: State, account: str, token: str, mode: str) -> None:
    assert data_of(ask(state, f"/v2/accounts/{account}", token=token))["billing_mode"] == mode


def test_a_document_that_was_in_no_database_has_a_revision_all_the_same(state: State) -> None:
    first, again = (ask(state, f"/v2/accounts/{CHILD}").headers["etag"] for _ in range(2))
    assert first == again != ask(state, f"/users/{ANN}").headers["etag"]
    assert first.startswith('"1-')
    assert "created" not in data_of(ask(state, f"/v2/accounts/{CHILD}"))


def test_children_and_descendants_are_listed_by_name_from_the_greatest_down(state: State) -> None:
    answered = ask(state, f"/v2/accounts/{MASTER}/descendants", token=MASTER_TOKEN)
    assert [row["name"] for row in data_of(answered)] == ["Reseller", "Child", "alpha!", "Alpha"]
    assert data_of(answered)[-1] == {
        "id": ACCOUNT,
        "name": "Alpha",
        "realm": "alpha.example.com",
        "tree": [MASTER, RESELLER],
        "flags": [],
    }
    assert "start_key" in json_of(answered)
    assert data_of(ask(state, "/children")) == [{"id": CHILD, "name": "Child", "descendants_count": 4, "flags": ["x"]}]
    assert ids_of(ask(state, f"/v2/accounts/{MASTER}/children", token=MASTER_TOKEN)) == [RESELLER, TWIN]


@pytest.mark.parametrize("ascending", [False, True])
def test_a_listing_is_walked_page_by_page(state: State, ascending: bool) -> None:
    path, query = f"/v2/accounts/{MASTER}/descendants", "page_size=1" + ("&ascending=true" if ascending else "")
    names, key = [], ""
    for _ in range(9):
        page = json_of(ask(state, path, query + key, token=MASTER_TOKEN))
        names += [row["name"] for row in page["data"]]
        if "next_start_key" not in page:
            break
        key = f"&start_key={page['next_start_key']}"
    expected = ["Reseller", "Child", "alpha!", "Alpha"]
    assert names == (expected[::-1] if ascending else expected)


def test_siblings_are_for_those_above(state: State) -> None:
    assert ids_of(ask(state, f"/v2/accounts/{CHILD}/siblings")) == [CHILD]
    assert ask(state, "/siblings").status == 403
    told = json_of(ask(state, f"/v2/accounts/{MASTER}/siblings", token=MASTER_TOKEN))
    assert (told["error"], told["data"]["details"]) == ("404", MASTER)


@pytest.mark.parametrize("path", ["tree", "parents"])
def test_the_line_above_begins_with_who_asks(state: State, path: str) -> None:
    below = f"/v2/accounts/{CHILD}/{path}"
    assert data_of(ask(state, below)) == [{"id": ACCOUNT, "name": "Alpha"}]
    assert ids_of(ask(state, below, token=MASTER_TOKEN)) == [MASTER, RESELLER, ACCOUNT]
    assert ("page_size" in json_of(ask(state, below))) is (path == "parents")


def test_users_are_listed_by_last_name_from_the_greatest_down(state: State) -> None:
    rows = data_of(ask(state, "/users"))
    assert [row["id"] for row in rows] == [ANN, EVE, BOB]
    assert rows[0] == {
        "id": ANN,
        "features": ["call_forward", "caller_id"],
        "username": "Ann",
        "first_name": "Ann",
        "last_name": "Zoë",
        "flags": ["vip"],
    }
    assert "start_key" not in json_of(ask(state, "/users"))


def test_a_user_shows_no_secret(state: State) -> None:
    assert data_of(ask(state, f"/users/{EVE}")) == {"username": "eve", "id": EVE}


def test_what_lies_behind_a_text_is_not_there_for_a_view() -> None:
    user = {"hotdesk": "yes", "caller_id": {"external": {"number": "1"}}}
    assert reached(user, ("hotdesk", "enabled"), None) is None
    assert reached(user, ("caller_id", "external", "number")) == "1"


def test_devices_are_listed_by_id_from_the_greatest_down(state: State) -> None:
    plain = {"enabled": True, "device_type": "sip_device", "flags": []}
    cell = {"enabled": False, "device_type": "cellphone", "flags": []}
    desk = {"id": "d1", "name": "Desk", "username": "desk", "mac_address": "00:11", "owner_id": ANN, "mobile": {}}
    assert data_of(ask(state, "/devices")) == [
        {"id": "d3", "name": "Cell", "mac_address": "", "owner_id": ANN, **cell},
        {"id": "d2", "mac_address": "", "owner_id": None, **plain},
        {**desk, **plain},
    ]
    rows = data_of(ask(state, f"/users/{ANN}/devices"))
    assert [(row["id"], row["hotdesked"]) for row in rows] == [("d3", False), ("d1", False)]
    answered = ask(state, "/devices/d3")
    assert (answered.headers["etag"], data_of(answered)["id"]) == ('"3-x"', "d3")


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("/users", "filter_username=bob", [BOB]),
        ("/users", "has_key=flags", [ANN]),
        ("/devices", "filter_owner_id=ann&page_size=1", ["d3"]),
        ("/devices", "key_missing=owner_id", ["d2"]),
        ("/users", "filter_nosuch=1", []),
    ],
)
def test_filters_look_at_the_documents(state: State, path: str, query: str, ids: list[str]) -> None:
    answered = ask(state, path, query)
    assert ids_of(answered) == ids
    assert ("etag" in answered.headers) is bool(ids)


@pytest.mark.parametrize("query", ["page_size=abc", "page_size=0"])
def test_a_page_size_that_is_none_is_refused(state: State, query: str) -> None:
    assert json_of(ask(state, "/users", query))["message"] == "faulty_request"


def test_all_come_at_once_without_pagination() -> None:
    state = state_of_family(load_view_chunk_size=1)
    told = json_of(ask(state, "/users", "paginate=false"))
    assert [row["id"] for row in told["data"]] == [ANN, EVE, BOB]
    assert "page_size" not in told


def test_users_can_be_had_as_csv(state: State) -> None:
    answered = ask(state, "/users", headers={"accept": "text/csv"})
    assert answered.headers["content-type"] == "text/csv"
    assert isinstance(answered.body, bytes)
    assert answered.body.startswith(b'"ID","features","username"')


def test_apps_are_the_demos_where_the_data_brings_none(state: State) -> None:
    rows = data_of(ask(state, "/apps_store"))
    assert {row["name"] for row in rows} == {"accounts", "callflows", "voip"}
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    whole = data_of(ask(state, f"/apps_store/{rows[0]['id']}"))
    assert list(whole) == [*sorted((name for name in whole if name != "id"), reverse=True), "id"]
    told = json_of(ask(state, "/apps_store/nosuch"))
    assert (told["error"], told["data"]["details"]) == ("404", "nosuch")


def test_a_whitelabel_is_told_by_its_domain_to_everybody(state: State) -> None:
    answered = ask(state, "/v2/whitelabel/portal.example.com", token=None)
    expected = {"domain": "portal.example.com", "company_name": "Alpha Inc", "id": "whitelabel"}
    assert (answered.status, data_of(answered)) == (200, expected)
    assert data_of(ask(state, "/whitelabel")) == expected
    assert ask(state, "/whitelabel", token=None).status == 401
    for path, cause in (("/v2/whitelabel/nosuch", "nosuch"), (f"/v2/accounts/{CHILD}/whitelabel", "whitelabel")):
        told = json_of(ask(state, path))
        assert (told["error"], told["data"]["cause"]) == ("404", cause)


@pytest.mark.parametrize("noun", ["users", "devices", "apps_store", "whitelabel", "users/ann", "devices/d1"])
def test_without_an_account_there_is_nothing_to_see(state: State, noun: str) -> None:
    assert ask(state, f"/v2/{noun}", token=ACCOUNT_TOKEN).status == 403
    assert json_of(ask(state, f"/v2/{noun}", token=MASTER_TOKEN))["message"] == "faulty_request"


@pytest.mark.parametrize("noun", ["users", "devices"])
def test_behind_the_calls_there_are_neither_users_nor_devices(state: State, noun: str) -> None:
    told = json_of(ask(state, f"/cdrs/{noun}"))
    assert (told["error"], told["message"]) == ("503", "datastore missing view")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/users"),
        ("POST", "/users/ann"),
        ("PATCH", "/devices/d1"),
        ("DELETE", "/apps_store/x"),
        ("DELETE", ""),
        ("PUT", "/whitelabel"),
    ],
)
def test_what_would_write_is_not_implemented(state: State, method: str, path: str) -> None:
    answered = ask(state, path, method=method, body=b'{"data":{}}')
    assert (answered.status, json_of(answered)["message"]) == (501, "not_implemented")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v2/accounts", "PUT"),
        ("", "PATCH, POST, PUT, GET, DELETE"),
        ("/children", "GET"),
        ("/nosuch", ""),
        ("/users", "PUT, GET"),
        ("/users/x", "PATCH, POST, GET, DELETE"),
        ("/users/x/y", ""),
        ("/devices/x", "PATCH, POST, PUT, GET, DELETE"),
        ("/devices/x/y", ""),
        ("/apps_store", "GET"),
        ("/apps_store/x", "POST, PUT, GET, DELETE"),
        ("/apps_store/x/y", ""),
        ("/whitelabel", "POST, PUT, GET, DELETE"),
        ("/v2/whitelabel/x", "GET"),
        ("/v2/whitelabel/x/y", ""),
    ],
)
def test_a_preflight_tells_what_a_path_takes(state: State, path: str, methods: str) -> None:
    answered = ask(state, path, method="OPTIONS", token=None, headers={"origin": "http://x"})
    assert answered.status == 200
    assert answered.headers["access-control-allow-methods"] == ", ".join(filter(None, ("OPTIONS", methods)))


def test_an_account_above_may_ask_reseller_or_not(state: State) -> None:
    statuses = [ask(state, f"/v2/accounts/{account}/users").status for account in (CHILD, TWIN, RESELLER)]
    assert statuses == [200, 403, 403]


def test_the_apps_of_an_account_above_are_found_and_told_in_its_language() -> None:
    apps: Any = ({"id": "a1", "name": "own", "i18n": {"de-DE": {"label": "Eigenes"}}}, {"id": "a0", "name": "bare"})
    state = state_of_family()
    state.data.accounts[RESELLER] = replace(state.data.accounts[RESELLER], apps=apps)  # type: ignore[index]
    alpha = state.data.accounts[ACCOUNT]
    state.data.accounts[ACCOUNT] = replace(alpha, document={"language": "de-de"})  # type: ignore[index]
    told = data_of(ask(state, "/v2/auth/tokeninfo", f"token={ACCOUNT_TOKEN}", token=None))
    assert told["apps"] == [{"id": "a0", "name": "bare"}, {"id": "a1", "name": "own", "label": "Eigenes"}]
    assert told["language"] == "de-de"


def test_calls_of_a_device_are_not_to_be_asked_for(state: State) -> None:
    assert json_of(ask(state, "/devices/d1/cdrs"))["message"] == "faulty_request"
