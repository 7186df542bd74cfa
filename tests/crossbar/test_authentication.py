"""Tokens, accounts and permissions."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.control.state import State
from mockcdrs.crossbar import authentication
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    MASTER,
    MASTER_TOKEN,
    NOW,
    OWNER,
    RESELLER,
    RESELLER_TOKEN,
    ask,
    body_of,
    calls,
    json_of,
    state_of,
)


@pytest.fixture
def state() -> State:
    return state_of(calls(2))


def status(state: State, path: str = "/cdrs", query: str = "", token: str | None = ACCOUNT_TOKEN) -> int:
    return ask(state, path, query, token=token).status


@pytest.mark.parametrize(
    ("token", "account", "expected"),
    [
        (ACCOUNT_TOKEN, ACCOUNT, 200),
        (ACCOUNT_TOKEN, RESELLER, 403),
        (ACCOUNT_TOKEN, MASTER, 403),
        (RESELLER_TOKEN, ACCOUNT, 200),
        (RESELLER_TOKEN, RESELLER, 200),
        (RESELLER_TOKEN, MASTER, 403),
        (MASTER_TOKEN, ACCOUNT, 200),
        (MASTER_TOKEN, RESELLER, 200),
        (None, ACCOUNT, 401),
        ("garbage", ACCOUNT, 401),
    ],
)
def test_an_account_sees_itself_a_reseller_its_own_and_the_master_all(
    state: State, token: str | None, account: str, expected: int
) -> None:
    assert status(state, f"/v2/accounts/{account}/cdrs", token=token) == expected


def test_a_reseller_sees_its_columns_in_its_accounts_calls(state: State) -> None:
    rows = {token: json_of(ask(state, token=token))["data"][0] for token in (ACCOUNT_TOKEN, RESELLER_TOKEN)}
    assert len(rows[ACCOUNT_TOKEN]) == 35
    assert list(rows[RESELLER_TOKEN])[35:] == ["reseller_cost", "reseller_call_type"]


@pytest.mark.parametrize("token", [None, ACCOUNT_TOKEN])
def test_an_unknown_account_is_404_with_and_without_a_token(state: State, token: str | None) -> None:
    shown = json_of(ask(state, f"/v2/accounts/{'0' * 32}/cdrs", token=token))
    assert (shown["error"], shown["message"], shown["data"]["cause"]) == ("404", "bad_identifier", "0" * 32)


def test_an_account_id_has_32_characters(state: State) -> None:
    for account_id, words in (("abc", "invalid account_id 'abc'"), ("", "missing account_id")):
        shown = json_of(ask(state, f"/v2/accounts/{account_id}/cdrs"))
        assert (shown["error"], shown["message"], shown["data"]) == ("404", "bad identifier", {"message": words})


def test_the_tokens_account_needs_no_name(state: State) -> None:
    assert len(json_of(ask(state, "/v2/account/cdrs"))["data"]) == 2
    shown = json_of(ask(state, "/v2/account/cdrs", token=None))
    assert (shown["error"], shown["message"], shown["data"]) == ("401", "invalid credentials", {})


def test_a_token_is_taken_from_the_header_the_query_or_the_body(state: State) -> None:
    assert status(state, query="auth_token=token-a", token=None) == 200
    body = json.dumps({"data": {}, "auth_token": "token-a"}).encode()
    assert ask(state, token=None, body=body).status == 200


def test_a_bad_header_beats_a_good_query(state: State) -> None:
    assert status(state, query="auth_token=token-a", token="garbage") == 401


@pytest.mark.parametrize(
    ("header", "echoed"),
    [("Bearer token-a", "token-a"), ("Basic x y", "x y"), ("token-a", "token-a"), ("Odd x", "Odd x")],
)
def test_an_authorization_header_is_echoed_but_opens_nothing(state: State, header: str, echoed: str) -> None:
    in_query = urlencode({"authorization": header})
    for response in (ask(state, token=None, headers={"authorization": header}), ask(state, query=in_query, token=None)):
        assert response.status == 401
        assert json_of(response)["auth_token"] == echoed


@pytest.mark.parametrize(
    ("headers", "remaining"), [({}, 99), ({"x-auth-token": "garbage"}, 99), ({"authorization": "Bearer x"}, 100)]
)
def test_in_master_a_vain_try_costs_a_token_of_the_bucket(headers: Mapping[str, str], remaining: int) -> None:
    shown = json_of(ask(state_of(version=KAZOO_MASTER), token=None, headers=headers))
    assert shown["tokens"] == {"consumed": 1, "remaining": remaining}
    assert "version" not in shown


@pytest.mark.parametrize(("user", "expected"), [(OWNER, 200), ("0" * 32, 404)])
def test_a_user_that_the_account_does_not_have_is_404(state: State, user: str, expected: int) -> None:
    response = ask(state, f"/users/{user}/cdrs")
    assert response.status == expected
    assert expected == 200 or json_of(response)["data"]["cause"] == user


@pytest.mark.parametrize(
    ("path", "token", "expected"),
    [
        ("/v2/nosuch", None, 401),
        ("/v2/nosuch", MASTER_TOKEN, 404),
        ("/v1/accounts", None, 405),
        ("/v1/account/cdrs", ACCOUNT_TOKEN, 200),
        ("/v2.0/account/cdrs", ACCOUNT_TOKEN, 401),
        ("/v3/account/cdrs", ACCOUNT_TOKEN, 200),
        (f"/v2/accounts/{ACCOUNT}/nosuch/cdrs", ACCOUNT_TOKEN, 200),
        (f"/v2/accounts/{ACCOUNT}/cdrs/interaction/x", ACCOUNT_TOKEN, 404),
        (f"/v2/accounts/{ACCOUNT}/cdrs/interaction/x", None, 404),
    ],
)
def test_checks_come_in_crossbars_order(state: State, path: str, token: str | None, expected: int) -> None:
    assert status(state, path, token=token) == expected


def test_in_master_version_1_is_gone_before_anything_else_is_looked_at() -> None:
    assert status(state_of(version=KAZOO_MASTER), "/v1/accounts", token=None) == 410


def test_the_method_is_looked_at_before_the_account_and_the_account_before_the_token(state: State) -> None:
    unknown = f"/v2/accounts/{'0' * 32}/cdrs"
    assert ask(state, unknown, method="PUT", token=None).status == 405
    assert ask(state, unknown, token=None).status == 404
    assert ask(state, token=None, headers={"accept": "text/html"}).status == 401


def test_a_preflight_needs_no_token(state: State) -> None:
    response = ask(state, method="OPTIONS", token=None, headers={"origin": "http://x"})
    assert (response.status, body_of(response)) == (200, b"")
    assert response.headers["access-control-allow-origin"] == "*"
    assert ask(state, method="OPTIONS").status == 405


KEY = authentication.signing_key(1)
PARTS = st.binary(max_size=40) | st.sampled_from([b'{"alg":"HS256"}', b"{}", b"[]", b"1e999", b'{"alg":1}'])
UNTIL = gregorian.to_unix(NOW) + 3_600


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return read


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def reason(token: str, now: int = NOW) -> str:
    with pytest.raises(TokenError) as refused:
        authentication.read_token(KEY, token, now)
    return refused.value.reason


def test_a_token_has_kazoos_header_and_claims_in_its_order() -> None:
    token = authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL)
    header, claims = part(token, 0), part(token, 1)
    assert list(header) == ["alg", "typ", "kid"]
    assert (header["typ"], len(header["kid"])) == ("JWT", 32)
    assert list(claims) == ["iss", "identity_sig", "account_id", "owner_id", "method", "exp"]
    assert len(claims["identity_sig"]) == 43
    assert authentication.read_token(KEY, token, NOW) == claims


def test_a_token_for_no_user_names_none() -> None:
    assert "owner_id" not in part(authentication.issue_token(KEY, ACCOUNT, "", "cb_api_auth", UNTIL), 1)


def test_a_seed_signs_the_same_token_each_time_and_another_seed_another() -> None:
    def token_of(seed: int) -> str:
        return authentication.issue_token(authentication.signing_key(seed), ACCOUNT, OWNER, "cb_user_auth", UNTIL)

    assert token_of(1) == token_of(1) != token_of(2)
    # written down, so that another process, Python or hash seed that signs otherwise is noticed
    assert token_of(1).endswith(".NjNjRFsnMxd8gDarelf7V8f1a-fG0nwLNtYfftcp7aA")


@pytest.mark.parametrize(("late", "is_good"), [(3_599, True), (3_600, False)])
def test_a_token_is_good_for_as_long_as_it_says(late: int, is_good: bool) -> None:
    token = authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL)
    if is_good:
        assert authentication.read_token(KEY, token, NOW + late)["owner_id"] == OWNER
    else:
        assert reason(token, NOW + late) == "token_expired"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "garbage",
        "a.b.c",
        "eyJx",
        "eyJx.eyJx",
        "eyJx.eyJx.eyJx.eyJx",
        "eyJ\udcff.eyJx.x",
        "eyJx.eyJx.\u0663",
        "eyJé.eyJx.x",
    ],
)
def test_what_looks_like_no_token_is_none(token: str) -> None:
    assert reason(token) == "invalid_jwt"


@pytest.mark.parametrize(
    "header",
    [{"alg": "HS256", "typ": "JWT"}, {"alg": "none"}, {"alg": "RS256"}, {"alg": ["x"]}, {"alg": "HS256", "kid": 5}],
    ids=str,
)
def test_a_token_that_another_key_signed_or_none_is_refused(header: object) -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(f"{encoded(header)}.{encoded(claims)}.c2lnbmVk") == "invalid_jwt_signature"


def test_a_header_as_deep_as_a_stranger_likes_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b'{"x":' + b"[" * 100_000).decode().rstrip("=")
    assert reason(f"{deep}.{encoded({})}.c2lnbmVk") == "invalid_jwt_signature"


@pytest.mark.parametrize(
    "changes", [{"account_id": None}, {"account_id": 5}, {"owner_id": 5}, {"exp": "soon"}, {"exp": None}], ids=str
)
def test_claims_that_say_nothing_useful_are_refused(changes: dict[str, Any]) -> None:
    claims = {**part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1), **changes}
    assert reason(authentication.sign_token(KEY, claims)) == "invalid_jwt"


def test_a_token_that_does_not_say_when_it_expires_never_does() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    del claims["exp"]
    assert authentication.read_token(KEY, authentication.sign_token(KEY, claims), NOW + 10**9) == claims


def test_a_token_that_has_expired_is_told_so_before_its_identity_is_looked_at() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(authentication.sign_token(KEY, {**claims, "identity_sig": "x"}), NOW + 3_600) == "token_expired"


def test_claims_that_are_no_object_are_refused() -> None:
    assert reason(authentication.sign_token(KEY, ["x"])) == "invalid_jwt"  # type: ignore[arg-type]


def test_the_identity_may_be_left_out_but_not_be_anothers() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(authentication.sign_token(KEY, {**claims, "identity_sig": "x" * 43})) == "invalid_identity_signature"
    del claims["identity_sig"]
    assert authentication.read_token(KEY, authentication.sign_token(KEY, claims), NOW) == claims


@given(st.lists(PARTS, min_size=2, max_size=3))
@settings(deadline=None)
def test_a_token_of_any_bytes_is_refused_or_nothing(parts: list[bytes]) -> None:
    text = ".".join("eyJ" + base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts)
    assert reason(text)


def test_an_identity_is_43_characters_for_whomever_the_token_is() -> None:
    owners = (*map(str, range(200)), "\udcff")
    claims = [
        authentication.read_token(KEY, authentication.issue_token(KEY, ACCOUNT, owner, "cb_user_auth", UNTIL), NOW)
        for owner in owners
    ]
    assert [each["owner_id"] for each in claims] == [*owners]
    assert {len(each["identity_sig"]) for each in claims} == {43}


def test_in_master_an_expired_token_is_refused_in_two_words() -> None:
    """`cb_token_auth:validate_auth_token/2`."""
    state = state_of(version=KAZOO_MASTER)
    key = state.server_state().token_key
    expired = authentication.issue_token(key, ACCOUNT, OWNER, "cb_user_auth", gregorian.to_unix(NOW) - 1)
    shown = json_of(ask(state, token=expired))
    assert (shown["error"], shown["message"], shown["data"]) == ("401", "invalid credentials", {})


def test_in_master_a_vain_try_in_the_query_costs_as_one_in_the_header() -> None:
    shown = json_of(ask(state_of(version=KAZOO_MASTER), query="auth_token=garbage", token=None))
    assert shown["tokens"]["remaining"] == 99


def test_users_and_devices_of_a_path_have_to_be_there(state: State) -> None:
    """`cb_devices:validate/2`, `cb_users:validate/2`: whichever stands first."""
    for path, cause in (
        (f"/users/{OWNER}/devices/nosuch", "nosuch"),
        ("/devices/nosuch", "nosuch"),
        ("/users/nosuch/devices/none", "nosuch"),
        ("/devices/status/users/nosuch", "nosuch"),
    ):
        refused = json_of(ask(state, path))
        assert (refused["error"], refused["data"]) == ("404", {"cause": cause, "message": "bad identifier"})


def test_the_outcome_tells_whose_bucket_pays_how_much(state: State) -> None:
    for path, account in (("/cdrs", ACCOUNT), ("/v2/nosuch", "")):
        outcome = ask(state, path).outcome
        assert (outcome.tokens, outcome.bucket_account) == (1, account)
