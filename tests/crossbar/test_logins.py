import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, VERSIONS, Version
from mockcdrs.dataset.accounts import Account, api_key
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    MASTER_TOKEN,
    NOW,
    RESELLER,
    RESELLER_TOKEN,
    ask,
    data_of,
    json_of,
)
from tests.crossbar.surroundings import ANN, CHILD, CLOSED, OVER, TWIN, md5, put, state_of_family

NAMES = st.sampled_from(["credentials", "account_name", "account_realm", "realm", "phone_number", "api_key", "token"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | NAMES, inner),
)
GOOD = {"credentials": md5("ann:mockcdrs"), "account_realm": "alpha.example.com"}


@pytest.fixture
def state() -> State:
    return state_of_family()


def token(state: State, **data: str) -> str:
    token_of_login: str = json_of(put(state, "user_auth", {**GOOD, **data}))["auth_token"]
    return token_of_login


def test_a_login_is_201_with_a_token_that_opens_the_account(state: State) -> None:
    response = put(state, "user_auth", GOOD)
    answer = json_of(response)
    assert response.status == 201
    assert response.headers["location"] == f"/v2/user_auth/{ANN}"
    assert not {"etag", "expires"} & response.headers.keys()
    assert list(answer) == [
        "page_size", "data", "revision", "timestamp", "version", "node", "request_id", "status", "auth_token",
    ]  # fmt: skip
    assert (answer["page_size"], answer["revision"]) == (1, "automatic")
    expected = {
        "owner_id": ANN,
        "account_id": ACCOUNT,
        "ui_config": {},
        "capabilities": {"voicemail": {"transcription": {"default": False, "available": False}}},
        "is_master_account": False,
        "is_reseller": False,
        "reseller_id": RESELLER,
        "cluster_id": "f853c99d54edd24914c952cfbbd59cc6",
        "account_name": "Alpha",
        "language": "en-us",
        "apps": [
            {"id": "1354679079e6fc2edc291d03a4cb2ec1", "name": "voip", "label": "SmartPBX"},
            {"id": "29c2f775cc3f98d2113ec1be445710e6", "name": "accounts", "label": "Accounts Manager"},
            {"id": "513080e9b6ae84875109a493ff2e8470", "name": "callflows", "label": "Callflows"},
        ],
    }
    assert json.dumps(answer["data"]) == json.dumps(expected)
    assert ask(state, "", token=answer["auth_token"]).status == 200


@pytest.mark.parametrize(
    "where",
    [
        {"account_realm": "ALPHA.example.com"},
        {"realm": "alpha.example.com"},
        {"realm": 5, "account_name": " Al-pha "},
        {"phone_number": "+14155550100"},
        {"account_realm": "alpha.example.com", "account_name": "Nosuch"},
        {"account_realm": "nosuch.example.com", "account_name": "Alpha"},
        {"phone_number": "+1", "account_realm": "alpha.example.com"},
    ],
    ids=str,
)
def test_an_account_is_found_by_number_realm_or_name(state: State, where: dict[str, Any]) -> None:
    response = put(state, "user_auth", {"credentials": GOOD["credentials"], **where})
    assert (response.status, data_of(response)["account_id"]) == (201, ACCOUNT)


def test_accounts_of_one_name_are_tried_in_turn(state: State) -> None:
    response = put(state, "user_auth", {"credentials": md5("twin:mockcdrs"), "account_name": "alpha"})
    assert data_of(response)["account_id"] == TWIN


def test_a_password_may_come_as_sha(state: State) -> None:
    digest = hashlib.sha1(b"ann:mockcdrs").hexdigest()
    assert put(state, "user_auth", {**GOOD, "credentials": digest, "method": "sha"}).status == 201


def test_a_digest_in_the_data_is_the_password(state: State) -> None:
    statuses = [
        put(state, "user_auth", {**GOOD, **data}).status
        for data in (
            {"credentials": md5("eve:secret")},
            {"credentials": md5("eve:mockcdrs")},
            {"credentials": hashlib.sha1(b"eve:secret").hexdigest(), "method": "sha"},
        )
    ]
    assert statuses == [201, 401, 401]


@pytest.mark.parametrize(
    ("data", "page_size"),
    [
        ({"credentials": "wrong"}, 0),
        ({"credentials": md5("bob:mockcdrs")}, 0),
        ({"credentials": GOOD["credentials"].upper()}, 0),
        ({"account_realm": "nosuch.example.com"}, None),
        ({"credentials": "wrong", "account_realm": "nosuch.example.com", "account_name": "alpha"}, None),
        ({"account_realm": "nosuch.example.com", "account_name": "!"}, None),
        ({"account_realm": "nosuch.example.com", "account_name": "Over"}, 0),
    ],
    ids=str,
)
def test_what_does_not_fit_is_a_401_that_tells_whether_users_were_asked(
    state: State, data: dict[str, str], page_size: int | None
) -> None:
    response = put(state, "user_auth", {**GOOD, **data})
    answer = json_of(response)
    assert (response.status, answer["message"], answer.get("page_size")) == (401, "invalid_credentials", page_size)
    assert answer["auth_token"] == "undefined"


@pytest.mark.parametrize(
    ("name", "user", "error"),
    [
        ("Closed", "c", {"disabled": {"message": "account disabled"}}),
        ("Over", "o", {"expired": {"message": "account expired", "cause": NOW}}),
    ],
)
def test_a_closed_account_lets_no_user_in(state: State, name: str, user: str, error: Any) -> None:
    response = put(state, "user_auth", {"credentials": md5(f"{user}:mockcdrs"), "account_name": name})
    assert (response.status, data_of(response)) == (400, {"account": error})


def test_an_api_key_opens_its_account_even_a_closed_one(state: State) -> None:
    response = put(state, "api_auth", {"api_key": "k" * 64})
    assert (response.status, response.headers["location"]) == (201, f"/v2/api_auth/{ACCOUNT}")
    answer = json_of(response)
    assert (answer["page_size"], answer["revision"]) == (1, "automatic")
    assert (answer["data"]["account_id"], "owner_id" in answer["data"]) == (ACCOUNT, False)
    given = answer["auth_token"]
    assert "owner_id" not in data_of(ask(state, f"/user_auth/{given}", token=given))
    known = data_of(ask(state, f"/v2/accounts/{CLOSED}/api_key", token=MASTER_TOKEN))["api_key"]
    assert put(state, "api_auth", {"api_key": known}).status == 201


def test_an_unknown_key_is_told_back(state: State) -> None:
    answer = json_of(put(state, "api_auth", {"api_key": "0" * 64}))
    assert (answer["error"], answer["message"], answer["data"], answer["page_size"]) == (
        "404",
        "bad identifier",
        ["0" * 64],
        0,
    )


@pytest.mark.parametrize(("noun", "data"), [("user_auth", {}), ("user_auth", []), ("api_auth", {"api_key": "short"})])
def test_a_login_that_breaks_the_schema_is_a_400(state: State, noun: str, data: Any) -> None:
    assert put(state, noun, data).status == 400


def test_a_login_without_any_body_lacks_its_fields(state: State) -> None:
    for noun, name in (("user_auth", "credentials"), ("api_auth", "api_key")):
        response = respond(HttpRequest("PUT", f"/v2/{noun}"), state.server_state(), "request-1")
        assert (response.status, list(data_of(response))) == (400, [name])


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("user_auth", "OPTIONS, PUT"),
        ("user_auth/token", "OPTIONS, GET"),
        ("user_auth/recovery", "OPTIONS, POST, PUT"),
        ("user_auth/a/b", "OPTIONS"),
        ("api_auth", "OPTIONS, PUT"),
        ("api_auth/x", "OPTIONS"),
        ("auth", "OPTIONS, PUT"),
        ("auth/tokeninfo", "OPTIONS, POST, GET"),
        ("auth/x", "OPTIONS"),
    ],
)
def test_a_preflight_of_a_login_is_told_its_methods(state: State, path: str, methods: str) -> None:
    response = ask(state, f"/v2/{path}", method="OPTIONS", headers={"origin": "http://ui.example.com"}, token=None)
    assert response.headers["access-control-allow-methods"] == methods


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/v2/user_auth", "/v2/user_auth/ann"),
        ("/v2/user_auth/", "/v2/user_auth/ann"),
        ("/v2/user%5Fauth", "/v2/user%5Fauth/ann"),
        ("/v1/user_auth", "/v1/user_auth/ann"),
        ("/v3/user_auth", "/v3/user_auth/ann"),
    ],
)
def test_a_login_lies_below_the_path_that_was_asked(state: State, path: str, location: str) -> None:
    response = ask(state, path, method="PUT", token=None, body=json.dumps({"data": GOOD}).encode())
    assert (response.status, response.headers["location"]) == (201, location)
    assert ("page_size" in json_of(response)) is not path.startswith("/v1")


@pytest.mark.parametrize("headers", [{}, {"x-auth-token": "garbage"}, {"x-auth-token": RESELLER_TOKEN}])
def test_a_token_that_comes_along_is_not_looked_at_but_the_login_costs_two(headers: dict[str, str]) -> None:
    state = state_of_family(max_bucket_tokens=2, tokens_fill_rate=0)
    assert [put(state, "user_auth", GOOD, **headers).status for _ in range(2)] == [201, 429]


@pytest.mark.parametrize(
    ("headers", "remaining"),
    [({}, 98), ({"x-auth-token": "garbage"}, 98), ({"x-auth-token": RESELLER_TOKEN}, 99)],
)
def test_in_master_a_login_beside_a_good_token_costs_one(headers: dict[str, str], remaining: int) -> None:
    response = put(state_of_family(KAZOO_MASTER), "user_auth", GOOD, **headers)
    assert (response.status, json_of(response)["tokens"]["remaining"]) == (201, remaining)


@pytest.mark.parametrize(("version", "status"), [(KAZOO_4_3, 201), (KAZOO_MASTER, 401)], ids=["4.3-201", "master-401"])
def test_an_expired_token_spoils_a_login_in_master_alone(version: Version, status: int) -> None:
    state = state_of_family(version)
    old = token(state)
    state.clock.advance(hours=2)
    assert put(state, "user_auth", GOOD, **{"x-auth-token": old}).status == status


def test_an_expired_token_is_refused_in_master_before_anything_else_is_looked_at() -> None:
    messages = {}
    for version in (KAZOO_4_3, KAZOO_MASTER):
        state = state_of_family(version)
        old = token(state)
        state.clock.advance(hours=2)
        messages[version.name] = [
            json_of(ask(state, path, token=old)) for path in ("/cdrs", f"/v2/accounts/{'0' * 32}")
        ]
    assert [each["error"] for each in messages["4.3"]] == ["401", "404"]
    assert messages["4.3"][0]["data"] == {"message": "invalid credentials"}
    assert [(each["error"], each["data"]) for each in messages["master"]] == [("401", {})] * 2


@pytest.mark.parametrize(
    ("version", "switch", "status"),
    [
        (KAZOO_4_3, "enabled", 400),
        (KAZOO_4_3, "pvt_enabled", 400),
        (KAZOO_MASTER, "enabled", 201),
        (KAZOO_MASTER, "pvt_enabled", 400),
    ],
    ids=lambda each: each.name if isinstance(each, Version) else each,
)
def test_which_switch_closes_an_account(version: Version, switch: str, status: int) -> None:
    state = state_of_family(version)
    closed = state.data.accounts[CLOSED]._replace(document={switch: False})
    state.data.accounts[CLOSED] = closed  # type: ignore[index]
    credentials = {"credentials": md5("c:mockcdrs"), "account_name": "Closed"}
    assert put(state, "user_auth", credentials).status == status


def test_an_unknown_action_is_forbidden_and_recovery_not_there(state: State) -> None:
    assert put(state, "user_auth", {**GOOD, "action": "x"}).status == 403
    assert put(state, "user_auth/recovery", GOOD, **{"x-auth-token": ACCOUNT_TOKEN}).status == 501
    assert put(state, f"accounts/{ACCOUNT}/user_auth", GOOD).status == 401
    assert put(state, "user_auth/a/b", GOOD).status == 404
    assert put(state, "api_auth/x", GOOD).status == 404


def test_a_token_lasts_as_long_as_the_operator_says() -> None:
    state = state_of_family(token_auth_expiry=60)
    given = token(state)
    state.clock.advance(seconds=59)
    assert ask(state, "", token=given).status == 200
    state.clock.advance(seconds=1)
    answer = json_of(ask(state, "", token=given))
    assert (answer["error"], answer["message"]) == ("401", "invalid_credentials")


def test_a_token_is_good_for_the_account_that_a_header_names_alone(state: State) -> None:
    given = token(state)
    statuses = [
        ask(state, "", token=given, headers={"x-auth-account-id": account}).status for account in (ACCOUNT, CHILD)
    ]
    assert statuses == [200, 401]


def test_ones_own_token_is_told_under_ones_own_account_alone(state: State) -> None:
    given = token(state)
    path = f"/user_auth/{given}"
    response = ask(state, path, token=given)
    answer = data_of(response)
    assert "etag" not in response.headers
    assert list(answer)[:7] == ["account_id", "exp", "identity_sig", "iss", "method", "owner_id", "ui_config"]
    assert ask(state, f"/v2/user_auth/{given}", token=given).status == 403
    assert ask(state, f"/v2/accounts/{CHILD}/user_auth/{given}", token=given).status == 403
    assert ask(state, path, token=RESELLER_TOKEN).status == 401
    assert ask(state, f"/v2/user_auth/{given}", token=None).status == 401


@pytest.mark.parametrize(
    ("language", "texts", "label"),
    [
        ("de-de", {"de-DE": {"label": "Telefon"}, "en-US": {"label": "Phone"}}, "Telefon"),
        ("fr-fr", {"de-DE": {"label": "Telefon"}, "en-US": {"label": "Phone"}}, "Phone"),
        ("de-de", {"en-US": {}}, None),
        ("de-de", "odd", None),
        ("de-de", None, None),
    ],
)
def test_an_app_has_its_label_in_the_accounts_language_or_in_english(
    state: State, language: str, texts: Any, label: str | None
) -> None:
    app = {"id": "x", "name": "phone", "api_url": "http://a", "source_url": "http://s", "i18n": texts, "author": "me"}

    def change(account: Account) -> Account:
        return account._replace(apps=(app,), document={**account.document, "language": language})

    state.data.change_account(ACCOUNT, change)
    answer = data_of(put(state, "user_auth", GOOD))
    columns = {"id": "x", "name": "phone", "api_url": "http://a", "source_url": "http://s"}
    assert answer["apps"] == [columns if label is None else {**columns, "label": label}]
    assert answer["language"] == language


def test_a_token_tells_how_it_was_had(state: State) -> None:
    by_user = token(state)
    by_key = json_of(put(state, "api_auth", {"api_key": "k" * 64}))["auth_token"]
    by_token = json_of(put(state, "auth", {"action": "refresh_token"}, **{"x-auth-token": by_user}))["auth_token"]
    methods = [data_of(ask(state, f"/user_auth/{each}", token=each))["method"] for each in (by_user, by_key, by_token)]
    assert methods == ["cb_user_auth", "cb_api_auth", "cb_auth"]


def test_a_refreshed_token_is_its_owners_or_nobodys(state: State) -> None:
    owners = []
    by_key = json_of(put(state, "api_auth", {"api_key": "k" * 64}))["auth_token"]
    for sent in (token(state), RESELLER_TOKEN, by_key):
        answer = json_of(put(state, "auth", {"action": "refresh_token"}, **{"x-auth-token": sent}))
        fresh, account = answer["auth_token"], answer["data"]["account_id"]
        told = ask(state, f"/v2/accounts/{account}/user_auth/{fresh}", token=fresh)
        assert told.status == 200
        owners.append(data_of(told).get("owner_id"))
    assert owners == [ANN, None, None]


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_the_answer_to_a_login_is_one_to_somebody_who_is_logged_in(version: Version) -> None:
    state = state_of_family(version, kazoo_version=version.release)
    answer = json_of(put(state, "user_auth", GOOD))
    assert (answer["status"], answer["version"]) == ("success", version.release)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tokeninfo_tells_whose_a_token_is(state: State, method: str) -> None:
    for known, who in ((token(state), ["account_id", "owner_id"]), (RESELLER_TOKEN, ["account_id"])):
        body = b'{"data":{"token":"%b"}}' % known.encode() if method == "POST" else b""
        query = f"token={known}" if method == "GET" else ""
        response = ask(state, "/v2/auth/tokeninfo", query, method=method, token=None, body=body)
        answer = json_of(response)
        assert (response.status, answer["auth_token"]) == (200, known)
        assert list(answer["data"])[: len(who) + 1] == [*who, "ui_config"]
        assert "etag" not in response.headers
        assert ("expires" in response.headers) is (method == "GET")


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [("", 404, "missing token in params"), ("token=garbage", 401, "invalid_jwt"), ("token", 401, "invalid_jwt")],
)
def test_tokeninfo_says_what_is_wrong_with_a_token(state: State, query: str, status: int, message: str) -> None:
    answer = json_of(ask(state, "/v2/auth/tokeninfo", query, token=None))
    assert (answer["error"], answer["message"], answer["data"]) == (str(status), message, {})


@pytest.mark.parametrize("data", ["{}", '{"token":""}', "[]"])
def test_a_token_to_tell_of_is_looked_for_in_the_body_of_a_post_and_in_the_query_of_a_get_alone(
    state: State, data: str
) -> None:
    query = f"token={RESELLER_TOKEN}"
    posted = ask(state, "/v2/auth/tokeninfo", query, method="POST", token=None, body=f'{{"data":{data}}}'.encode())
    assert (posted.status, json_of(posted)["message"]) == (404, "missing token in request")
    body = b'{"data":{"token":"%b"}}' % RESELLER_TOKEN.encode()
    assert json_of(ask(state, "/v2/auth/tokeninfo", token=None, body=body))["message"] == "missing token in params"


def test_tokeninfo_knows_expired_tokens_and_accounts_that_are_gone(state: State) -> None:
    given = token(state)
    del state.data.accounts[ACCOUNT]  # type: ignore[attr-defined]
    gone = json_of(ask(state, "/v2/auth/tokeninfo", f"token={given}", token=None))
    assert (gone["message"], gone["data"]["cause"]) == ("bad_identifier", ACCOUNT)
    assert ask(state, f"/v2/accounts/{CHILD}", token=given).status == 401
    state.clock.advance(hours=2)
    assert json_of(ask(state, "/v2/auth/tokeninfo", f"token={given}", token=None))["message"] == "token_expired"


def test_a_token_can_be_had_for_a_token(state: State) -> None:
    given = token(state)
    state.clock.advance(minutes=50)
    response = put(state, "auth", {"action": "refresh_token"}, **{"x-auth-token": given})
    answer = json_of(response)
    assert response.status == 201
    assert not {"page_size", "revision"} & answer.keys()
    state.clock.advance(minutes=50)
    assert [ask(state, "", token=each).status for each in (answer["auth_token"], given)] == [200, 401]
    assert put(state, "auth", {"action": "x"}, **{"x-auth-token": ACCOUNT_TOKEN}).status == 403
    assert put(state, "auth", {"action": "refresh_token"}).status == 401
    assert put(state, "auth/nosuch", {}).status == 404


def test_an_answer_to_a_login_is_json_whatever_was_negotiated(state: State) -> None:
    response = put(state, "user_auth", GOOD, accept="text/csv")
    assert (response.status, response.headers["content-type"]) == (201, "application/json")


def test_a_content_type_that_is_none_is_a_bare_500(state: State) -> None:
    response = put(state, "user_auth", GOOD, **{"content-type": "nonsense"})
    assert (response.status, dict(response.headers), response.body) == (500, {}, b"")


def test_the_token_of_an_account_whose_trial_is_over_opens_nothing(state: State) -> None:
    known = api_key(state.data.accounts[OVER])
    given = json_of(put(state, "api_auth", {"api_key": known}))["auth_token"]
    response = ask(state, f"/v2/accounts/{OVER}", token=given)
    assert (response.status, list(data_of(response))) == (400, ["account"])
    state.clock.freeze(NOW - 1)
    assert ask(state, f"/v2/accounts/{OVER}", token=given).status == 200


@given(VALUES)
@settings(deadline=None)
def test_whatever_is_sent_as_a_login_is_answered(data: Any) -> None:
    state = state_of_family()
    for noun in ("user_auth", "api_auth", "auth/tokeninfo", "auth"):
        assert put(state, noun, data, **{"x-auth-token": ACCOUNT_TOKEN}).status in {400, 401, 403, 404, 405}


def test_a_login_is_paid_twice(state: State) -> None:
    """`cb_token_auth:authenticate/1` and `cb_user_auth:put/1` both take from the bucket."""
    assert put(state, "user_auth", GOOD).outcome.tokens == 2
    assert put(state, "api_auth", {"api_key": "k" * 64}).outcome.tokens == 2
