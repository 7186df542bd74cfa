"""An account's users, devices, apps, descendants and whitelabel, and how they are listed."""

from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.account_documents import load_view
from mockcdrs.crossbar.couchdb import ViewRow
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
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


def str_of(value: Any) -> str:
    return value.name if isinstance(value, Version) else str(value)


@pytest.fixture
def state() -> State:
    return state_of_family()


@pytest.fixture
def master() -> State:
    return state_of_family(KAZOO_MASTER)


def test_an_account_shows_its_document_and_what_is_leaked_of_it(state: State) -> None:
    response = ask(state, "")
    assert response.headers["etag"] == '"2-a"'
    assert data_of(response) == {
        "name": "Alpha",
        "realm": "alpha.example.com",
        "timezone": "UTC",
        "id": ACCOUNT,
        "wnm_allow_additions": False,
        "superduper_admin": False,
        "created": NOW - 9,
        "enabled": True,
        "reseller_id": RESELLER,
        "is_reseller": False,
        "billing_mode": "manual",
    }


@pytest.mark.parametrize(
    ("version", "document", "allowed"),
    [
        (KAZOO_4_3, {"pvt_enabled": False}, {"enabled": False}),
        (KAZOO_4_3, {"enabled": False}, {"enabled": False}),
        (KAZOO_MASTER, {"enabled": False}, {"enabled": True}),
        (KAZOO_4_3, {"pvt_trial_expires": NOW + 60}, {"enabled": True, "trial_time_left": 60}),
        (KAZOO_4_3, {"trial_time_left": 5}, {"enabled": True}),
        (
            KAZOO_4_3,
            {"pvt_notification_preference": "teletype"},
            {"enabled": True, "notification_preference": "teletype"},
        ),
        (
            KAZOO_MASTER,
            {"notifications": {"voicemail_to_email": {}, "fax_to_email": {"x": 1}}},
            {"enabled": True, "notification_preference": "notify"},
        ),
    ],
    ids=str_of,
)
def test_what_an_account_is_allowed_is_told_of_it(version: Version, document: Any, allowed: Any) -> None:
    state = state_of_family(version)
    state.data.accounts[CHILD] = state.data.accounts[CHILD]._replace(document=document)  # type: ignore[index]
    shown = data_of(ask(state, f"/v2/accounts/{CHILD}"))
    names = ("enabled", "trial_time_left", "notification_preference")
    assert {name: shown[name] for name in names if name in shown} == allowed


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


def test_children_and_descendants_are_listed_by_name(state: State) -> None:
    response = ask(state, f"/v2/accounts/{MASTER}/descendants", token=MASTER_TOKEN)
    assert [row["name"] for row in data_of(response)] == ["Alpha", "alpha!", "Child", "Reseller"]
    assert data_of(response)[0] == {
        "id": ACCOUNT,
        "name": "Alpha",
        "realm": "alpha.example.com",
        "tree": [MASTER, RESELLER],
        "flags": [],
    }
    assert start_key.decode(json_of(response)["start_key"]) == ""
    assert data_of(ask(state, "/children")) == [{"id": CHILD, "name": "Child", "descendants_count": 4, "flags": ["x"]}]
    assert ids_of(ask(state, f"/v2/accounts/{MASTER}/children", token=MASTER_TOKEN)) == [TWIN, RESELLER]


def test_in_master_they_are_listed_from_the_greatest_name_down(master: State) -> None:
    response = ask(master, f"/v2/accounts/{MASTER}/descendants", token=MASTER_TOKEN)
    assert [row["name"] for row in data_of(response)] == ["Reseller", "Child", "alpha!", "Alpha"]
    assert start_key.decode(json_of(response)["start_key"]) == [MASTER, "\ufff0"]
    assert ids_of(ask(master, f"/v2/accounts/{MASTER}/children", token=MASTER_TOKEN)) == [RESELLER, TWIN]


@pytest.mark.parametrize(
    ("version", "query", "names"),
    [
        (KAZOO_4_3, "", ["Alpha", "alpha!", "Child", "Reseller"]),
        (KAZOO_4_3, "&ascending=false&descending=true", ["Alpha", "alpha!", "Child", "Reseller"]),
        (KAZOO_MASTER, "", ["Reseller", "Child", "alpha!", "Alpha"]),
        (KAZOO_MASTER, "&ascending=true", ["Alpha", "alpha!", "Child", "Reseller"]),
    ],
    ids=str_of,
)
@pytest.mark.parametrize("size", [1, 3])
def test_a_listing_is_walked_page_by_page(version: Version, query: str, names: list[str], size: int) -> None:
    state, path = state_of_family(version), f"/v2/accounts/{MASTER}/descendants"
    walked, key = [], ""
    for _ in range(9):
        page = json_of(ask(state, path, f"page_size={size}{query}{key}", token=MASTER_TOKEN))
        walked += [row["name"] for row in page["data"]]
        if "next_start_key" not in page:
            break
        key = f"&start_key={page['next_start_key']}"
    assert walked == names


@pytest.mark.parametrize(
    ("sent", "shown", "names"),
    [
        ("Child", "Child", ["Child", "Reseller"]),
        ([MASTER, "Child"], "Child", []),  # a key as master has it: lists lie behind all names
        ([], [], []),
        (False, False, ["Alpha", "alpha!", "Child", "Reseller"]),
    ],
    ids=str,
)
def test_a_start_key_of_accounts_is_a_name_alone(state: State, sent: Any, shown: Any, names: list[str]) -> None:
    query = f"start_key={start_key.encode(sent)}"
    response = json_of(ask(state, f"/v2/accounts/{MASTER}/descendants", query, token=MASTER_TOKEN))
    assert [row["name"] for row in response["data"]] == names
    assert start_key.decode(response["start_key"]) == shown


@pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=str_of)
def test_a_start_key_beyond_all_names_is_refused(version: Version) -> None:
    sent = {"a": 1} if version is KAZOO_4_3 else ["0"]
    query = f"start_key={start_key.encode(sent)}"
    response = ask(state_of_family(version), f"/v2/accounts/{MASTER}/children", query, token=MASTER_TOKEN)
    assert (response.status, data_of(response)["cause"]) == (500, "Bad Request")


@pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=str_of)
def test_a_start_key_that_is_no_json_is_refused_or_reaches_no_row_without_that_quirk(version: Version) -> None:
    state, query = state_of_family(version), f"start_key={start_key.encode(('no', 'json'))}"
    assert ask(state, "/users", query).status == 500
    state.quirks -= {"reversed-keys-fault"}
    assert data_of(ask(state, "/users", query)) == []


def test_version_1_has_no_pages_and_turns_nothing(state: State) -> None:
    path = f"/v1/accounts/{MASTER}/descendants"
    answer = json_of(ask(state, path, f"page_size=1&start_key={start_key.encode('Child')}", token=MASTER_TOKEN))
    assert [row["name"] for row in answer["data"]] == ["Reseller", "Child", "alpha!", "Alpha"]
    assert not {"page_size", "start_key", "next_start_key"} & answer.keys()
    users = f"/v1/accounts/{ACCOUNT}/users"
    assert ids_of(ask(state, users, "page_size=2")) == [EVE, BOB, ANN]
    assert ids_of(ask(state, users, f"start_key={start_key.encode(BOB)}")) == [EVE, BOB]


def test_siblings_are_for_those_above(state: State) -> None:
    assert ids_of(ask(state, f"/v2/accounts/{CHILD}/siblings")) == [CHILD]
    assert ask(state, "/siblings").status == 403
    answer = json_of(ask(state, f"/v2/accounts/{MASTER}/siblings", token=MASTER_TOKEN))
    assert (answer["error"], answer["data"]["details"]) == ("404", MASTER)


@pytest.mark.parametrize("path", ["tree", "parents"])
def test_the_line_above_begins_with_who_asks(state: State, path: str) -> None:
    below = f"/v2/accounts/{CHILD}/{path}"
    own = {"id": ACCOUNT, "name": "Alpha", "realm": "alpha.example.com", "flags": []}
    response = ask(state, below)
    assert data_of(response) == [own]
    assert "page_size" not in json_of(response)
    assert response.headers["etag"] == ask(state, f"/v2/accounts/{CHILD}").headers["etag"]
    assert ids_of(ask(state, below, token=MASTER_TOKEN)) == [MASTER, RESELLER, ACCOUNT]
    assert data_of(ask(state, f"/{path}")) == []


def test_in_master_the_parents_are_a_listing_of_its_own(master: State) -> None:
    below = f"/v2/accounts/{CHILD}"
    for path in ("tree", "parents"):
        response = ask(master, f"{below}/{path}")
        assert data_of(response) == [{"id": ACCOUNT, "name": "Alpha"}]
        assert ("page_size" in json_of(response)) is (path == "parents")
    assert (ids_of(ask(master, "/tree")), ids_of(ask(master, "/parents"))) == ([], [MASTER, RESELLER])


def test_users_are_listed_by_id(state: State) -> None:
    rows = data_of(ask(state, "/users"))
    assert [row["id"] for row in rows] == [ANN, BOB, EVE]
    assert rows[0] == {
        "id": ANN,
        "features": ["call_forward", "caller_id"],
        "username": "Ann",
        "first_name": "Ann",
        "last_name": "Zoë",
        "flags": ["vip"],
    }
    assert "start_key" not in json_of(ask(state, "/users"))
    page = json_of(ask(state, "/users", "page_size=1"))
    assert start_key.decode(page["next_start_key"]) == BOB


def test_in_master_users_are_listed_by_last_name_from_the_greatest_down(master: State) -> None:
    assert ids_of(ask(master, "/users")) == [ANN, EVE, BOB]
    page = json_of(ask(master, "/users", "page_size=1"))
    assert start_key.decode(page["next_start_key"]) == "undefined undefined"


def test_a_user_shows_no_secret(state: State) -> None:
    assert data_of(ask(state, f"/users/{EVE}")) == {"username": "eve", "id": EVE}


def test_devices_are_paged_by_id_but_each_page_is_turned(state: State) -> None:
    plain = {"device_type": "sip_device", "flags": []}
    desk = {"id": "d1", "name": "Desk", "username": "desk", "mac_address": "00:11", "owner_id": ANN, "mobile": {}}
    cell = {"id": "d3", "name": "Cell", "mac_address": "", "owner_id": ANN, "enabled": False, "flags": []}
    assert data_of(ask(state, "/devices")) == [
        {**cell, "device_type": "cellphone"},
        {"id": "d2", "mac_address": "", **plain},
        {**desk, **plain},
    ]
    pages = [json_of(ask(state, "/devices", query)) for query in ("page_size=2", "start_key=d3")]
    assert [[row["id"] for row in page["data"]] for page in pages] == [["d2", "d1"], ["d3"]]
    assert start_key.decode(pages[0]["next_start_key"]) == "d3"
    response = ask(state, "/devices/d3")
    assert (response.headers["etag"], data_of(response)["id"]) == ('"3-x"', "d3")


def test_in_master_devices_are_paged_from_the_greatest_id_down(master: State) -> None:
    assert ids_of(ask(master, "/devices", "page_size=2")) == ["d3", "d2"]


@pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=str_of)
def test_a_users_devices_are_his_own_and_those_that_he_is_logged_in_at(version: Version) -> None:
    state = state_of_family(version)
    alpha = state.data.accounts[ACCOUNT]
    devices = (*alpha.devices, {"id": "d4", "name": "Desk", "owner_id": BOB, "hotdesk": {"users": {ANN: {}}}})
    state.data.accounts[ACCOUNT] = alpha._replace(devices=devices)  # type: ignore[index]
    rows = data_of(ask(state, f"/users/{ANN}/devices"))
    assert [(row["id"], row["hotdesked"]) for row in rows] == [("d4", True), ("d3", False), ("d1", False)]
    assert rows[0]["name"] == "Desk"
    assert ids_of(ask(state, f"/users/{BOB}/devices")) == ["d4"]


def test_the_key_of_a_users_device_is_the_user_so_that_his_pages_never_end(state: State) -> None:
    first = json_of(ask(state, f"/users/{ANN}/devices", "page_size=1"))
    again = json_of(ask(state, f"/users/{ANN}/devices", f"page_size=1&start_key={first['next_start_key']}"))
    assert start_key.decode(first["next_start_key"]) == ANN
    assert (first["data"], first["next_start_key"]) == (again["data"], again["next_start_key"])


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("/users", "filter_username=bob", [BOB]),
        ("/users", "has_key=flags", [ANN]),
        ("/devices", "filter_owner_id=ann", ["d3", "d1"]),
        ("/devices", "filter_owner_id=ann&page_size=1", ["d1"]),
        ("/devices", "key_missing=owner_id", ["d2"]),
        ("/users", "filter_nosuch=1", []),
    ],
)
def test_filters_look_at_the_documents(state: State, path: str, query: str, ids: list[str]) -> None:
    response = ask(state, path, query)
    assert ids_of(response) == ids
    assert ("etag" in response.headers) is bool(ids)


@pytest.mark.parametrize("query", ["page_size=abc", "page_size=0", "page_size"])
def test_a_page_size_that_is_none_is_the_usual_one(query: str) -> None:
    state = state_of_family(pagination_page_size=2)
    assert ids_of(ask(state, "/users", query)) == [ANN, BOB]


@pytest.mark.parametrize("query", ["page_size=abc", "page_size=0"])
def test_in_master_a_page_size_that_is_none_is_refused(master: State, query: str) -> None:
    assert json_of(ask(master, "/users", query))["message"] == "faulty_request"


@pytest.mark.parametrize(
    ("version", "ids"), [(KAZOO_4_3, [ANN, BOB, EVE]), (KAZOO_MASTER, [ANN, EVE, BOB])], ids=str_of
)
def test_all_come_at_once_without_pagination(version: Version, ids: list[str]) -> None:
    state = state_of_family(version, load_view_chunk_size=1, pagination_page_size=1)
    answer = json_of(ask(state, "/users", "paginate=false"))
    assert [row["id"] for row in answer["data"]] == ids
    assert not {"page_size", "next_start_key"} & answer.keys()


def test_a_page_that_had_to_look_further_is_told_to_start_where_it_looked_last(state: State) -> None:
    answer = json_of(ask(state, "/users", "page_size=2&filter_username=bob"))
    assert ids_of(ask(state, "/users", "page_size=2&filter_username=bob")) == [BOB]
    # eve was looked at last, and is told of as the next page though none is left
    assert list(answer)[:3] == ["start_key", "next_start_key", "page_size"]
    assert [start_key.decode(answer[name]) for name in ("start_key", "next_start_key")] == [EVE, EVE]


def test_users_can_be_had_as_csv(state: State) -> None:
    response = ask(state, "/users", headers={"accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv"
    assert isinstance(response.body, bytes)
    assert response.body.startswith(b'"ID","features","username"')


def test_apps_are_the_demos_where_the_data_brings_none(state: State) -> None:
    rows = data_of(ask(state, "/apps_store"))
    assert {row["name"] for row in rows} == {"accounts", "callflows", "voip"}
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    whole = data_of(ask(state, f"/apps_store/{rows[0]['id']}"))
    assert list(whole) == [*sorted((name for name in whole if name != "id"), reverse=True), "id"]
    answer = json_of(ask(state, "/apps_store/nosuch"))
    assert (answer["error"], answer["data"]["details"]) == ("404", "nosuch")


def test_a_whitelabel_is_told_by_its_domain_to_everybody(state: State) -> None:
    response = ask(state, "/v2/whitelabel/portal.example.com", token=None)
    expected = {"domain": "portal.example.com", "company_name": "Alpha Inc", "id": "whitelabel"}
    assert (response.status, data_of(response)) == (200, expected)
    assert data_of(ask(state, "/whitelabel")) == expected
    assert ask(state, "/whitelabel", token=None).status == 401
    for path, cause in (("/v2/whitelabel/nosuch", "nosuch"), (f"/v2/accounts/{CHILD}/whitelabel", "whitelabel")):
        answer = json_of(ask(state, path))
        assert (answer["error"], answer["data"]["cause"]) == ("404", cause)


@pytest.mark.parametrize("noun", ["users", "devices", "apps_store", "whitelabel", "users/ann", "devices/d1"])
def test_without_an_account_there_is_nothing_to_see(state: State, noun: str) -> None:
    assert ask(state, f"/v2/{noun}", token=ACCOUNT_TOKEN).status == 403
    assert json_of(ask(state, f"/v2/{noun}", token=MASTER_TOKEN))["message"] == "faulty_request"


@pytest.mark.parametrize("noun", ["users", "devices"])
def test_behind_the_calls_there_are_neither_users_nor_devices(state: State, noun: str) -> None:
    answer = json_of(ask(state, f"/cdrs/{noun}"))
    assert (answer["error"], answer["message"]) == ("503", "datastore missing view")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/users"),
        ("DELETE", "/users/ann"),
        ("PATCH", "/devices/d1"),
        ("DELETE", "/apps_store/x"),
        ("DELETE", ""),
        ("PUT", "/whitelabel"),
    ],
)
def test_what_would_write_is_not_implemented(state: State, method: str, path: str) -> None:
    response = ask(state, path, method=method, body=b'{"data":{}}')
    assert (response.status, json_of(response)["message"]) == (501, "not_implemented")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v2/accounts", "PUT"),
        ("", "PATCH, POST, PUT, GET, DELETE"),
        ("/children", "GET"),
        ("/api_key", "PUT, GET"),
        ("/move", "POST"),
        ("/reseller", "PUT, DELETE"),
        ("/nosuch", ""),
        ("/users", "PUT, GET"),
        ("/users/x", "PATCH, POST, GET, DELETE"),
        ("/users/x/y", ""),
        ("/devices", "PUT, GET"),
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
    response = ask(state, path, method="OPTIONS", token=None, headers={"origin": "http://x"})
    assert response.status == 200
    assert response.headers["access-control-allow-methods"] == ", ".join(filter(None, ("OPTIONS", methods)))


def test_an_account_above_may_ask_reseller_or_not(state: State) -> None:
    statuses = [ask(state, f"/v2/accounts/{account}/users").status for account in (CHILD, TWIN, RESELLER)]
    assert statuses == [200, 403, 403]


def test_the_apps_of_an_account_above_are_found_and_told_in_its_language() -> None:
    apps: Any = ({"id": "a1", "name": "own", "i18n": {"de-DE": {"label": "Eigenes"}}}, {"id": "a0", "name": "bare"})
    state = state_of_family()
    state.data.accounts[RESELLER] = state.data.accounts[RESELLER]._replace(apps=apps)  # type: ignore[index]
    alpha = state.data.accounts[ACCOUNT]
    state.data.accounts[ACCOUNT] = alpha._replace(document={"language": "de-de"})  # type: ignore[index]
    answer = data_of(ask(state, "/v2/auth/tokeninfo", f"token={ACCOUNT_TOKEN}", token=None))
    assert answer["apps"] == [{"id": "a0", "name": "bare"}, {"id": "a1", "name": "own", "label": "Eigenes"}]
    assert answer["language"] == "de-de"


def test_calls_of_a_device_are_not_to_be_asked_for(state: State) -> None:
    assert json_of(ask(state, "/devices/d1/cdrs"))["message"] == "faulty_request"


def page(
    keys: str, start_key: Any = None, size: int = 50, passing: str = "abcdef", paginates: bool = True
) -> tuple[str, dict[str, Any]]:
    """A page of rows whose keys and values are letters, as the letters it has."""
    rows = [ViewRow(key, key, None) for key in keys]
    rows_of_page, paging = load_view(
        rows, start_key, size, paginates=paginates, passes=lambda row: row.value in passing
    )
    return "".join(row.value for row in rows_of_page), paging


@pytest.mark.parametrize(
    ("start_key", "size", "names", "paging"),
    [
        (None, 50, "dcba", {"page_size": 4}),
        (None, 4, "dcba", {"page_size": 4}),
        (None, 2, "ba", {"page_size": 2, "next_start_key": "c"}),
        ("c", 2, "dc", {"start_key": "c", "page_size": 2}),
        ("bb", 1, "c", {"start_key": "bb", "page_size": 1, "next_start_key": "d"}),
        ("e", 2, "", {"start_key": "e", "page_size": 0}),
        (["a"], 2, "", {"start_key": ["a"], "page_size": 0}),
        (False, 50, "dcba", {"start_key": False, "page_size": 4}),
    ],
)
def test_a_page_comes_from_its_last_row_on(start_key: Any, size: int, names: str, paging: dict[str, Any]) -> None:
    assert page("abcd", start_key, size) == (names, paging)


def test_a_page_that_rows_do_not_pass_for_goes_on_and_is_told_to_start_where_it_looked_last() -> None:
    names, paging = page("abcdef", size=2, passing="acf")
    assert names == "ca"
    # in this order: what is set again stays in its place
    assert list(paging.items()) == [("page_size", 2), ("next_start_key", "d"), ("start_key", "c")]
    assert page("abcdef", start_key="d", size=2, passing="acf") == (
        "f",
        {"start_key": "f", "page_size": 1, "next_start_key": "f"},  # of which nothing is left
    )


def test_without_pages_all_rows_come() -> None:
    assert page("abcdef", size=2, paginates=False)[0] == "fedcba"
    assert page("abcdef", size=2, passing="be", paginates=False)[0] == "eb"


@pytest.mark.parametrize("paginates", [False, True])
def test_more_rows_of_one_key_than_a_page_has_are_not_asked_for_for_ever(paginates: bool) -> None:
    names, paging = page("aaa", start_key="a", size=2, passing="", paginates=paginates)
    assert (names, paging["next_start_key"]) == ("", "a")
