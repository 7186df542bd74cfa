import json
from collections.abc import Mapping

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    MASTER,
    MASTER_TOKEN,
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
    seen = {token: json_of(ask(state, token=token))["data"][0] for token in (ACCOUNT_TOKEN, RESELLER_TOKEN)}
    assert len(seen[ACCOUNT_TOKEN]) == 35
    assert list(seen[RESELLER_TOKEN])[35:] == ["reseller_cost", "reseller_call_type"]


@pytest.mark.parametrize("token", [None, ACCOUNT_TOKEN])
def test_an_unknown_account_is_404_with_and_without_a_token(state: State, token: str | None) -> None:
    shown = json_of(ask(state, f"/v2/accounts/{'0' * 32}/cdrs", token=token))
    assert (shown["error"], shown["message"], shown["data"]["cause"]) == ("404", "bad_identifier", "0" * 32)


def test_an_account_id_has_32_characters(state: State) -> None:
    shown = json_of(ask(state, "/v2/accounts/abc/cdrs"))
    assert shown["data"] == {"message": "invalid account_id 'abc'"}
    assert json_of(ask(state, "/v2/accounts//cdrs"))["data"] == {"message": "missing account_id"}


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
    answered = ask(state, token=None, headers={"authorization": header})
    assert answered.status == 401
    assert json_of(answered)["auth_token"] == echoed


@pytest.mark.parametrize(
    ("headers", "remaining"), [({}, 99), ({"x-auth-token": "garbage"}, 99), ({"authorization": "Bearer x"}, 100)]
)
def test_in_master_a_vain_try_costs_a_token_of_the_bucket(headers: Mapping[str, str], remaining: int) -> None:
    shown = json_of(ask(state_of(version=KAZOO_MASTER), token=None, headers=headers))
    assert shown["tokens"] == {"consumed": 1, "remaining": remaining}
    assert "version" not in shown


@pytest.mark.parametrize(("user", "expected"), [(OWNER, 200), ("0" * 32, 404)])
def test_a_user_that_the_account_does_not_have_is_404(state: State, user: str, expected: int) -> None:
    answered = ask(state, f"/users/{user}/cdrs")
    assert answered.status == expected
    assert expected == 200 or json_of(answered)["data"]["cause"] == user


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
    answered = ask(state, method="OPTIONS", token=None, headers={"origin": "http://x"})
    assert (answered.status, body_of(answered)) == (200, b"")
    assert answered.headers["access-control-allow-origin"] == "*"
    assert ask(state, method="OPTIONS").status == 405
