"""Why a request was refused, in words."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.advice.refusals import explain_refusal
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import authentication
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.dataset.accounts import PASSWORD
from mockcdrs.mock import Mock, serving

NOBODY = "0" * 32


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def ask(mock: Mock, path: str = "", method: str = "GET", body: Any = None, **headers: str) -> Record:
    """The record of a request at a path below the account, or at a whole one."""
    whole = path if path.startswith("/v2") else f"/v2/accounts/{mock.account_id}/cdrs{path}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    client = mock.client()
    client._default_headers = {}
    client.simulate_request(method, whole, json=body, headers=sent)
    return mock.requests[-1]


def log_in(mock: Mock, **data: Any) -> Record:
    return ask(mock, "/v2/user_auth", "PUT", {"data": data})


def digest(mock: Mock, method: str = "md5") -> str:
    return hashlib.new(method, f"{mock.credentials.username}:{PASSWORD}".encode()).hexdigest()


def token_of(mock: Mock, **claims: Any) -> str:
    return authentication.sign_token(authentication.signing_key(mock.state.seed), {"exp": 4_000_000_000, **claims})


def test_without_a_token_it_says_where_one_belongs(mock: Mock) -> None:
    record = ask(mock)
    assert (record.status, record.reason) == (401, "no token came: send it as X-Auth-Token")


def test_a_token_in_authorization_is_the_wrong_credential_form(mock: Mock) -> None:
    assert ask(mock, authorization=f"Bearer {mock.auth_token}").reason.startswith(
        "wrong credential form: Authorization"
    )


def test_a_strange_token_was_never_issued_here(mock: Mock) -> None:
    other = authentication.issue_token(b"another key" * 3, mock.account_id, "", "cb_user_auth", 4_000_000_000)
    for token in ("nonsense", other):
        assert ask(mock, x_auth_token=token).reason.startswith("the token was never issued here")
    changed = token_of(mock, account_id=mock.account_id, identity_sig="changed")
    assert ask(mock, x_auth_token=changed).reason == "the token was changed after it was issued: log in again"


def test_an_expired_token_says_when_it_expired(mock: Mock) -> None:
    token = token_of(mock, account_id=mock.account_id, exp=1_768_867_200)
    reason = ask(mock, x_auth_token=token).reason
    assert reason.startswith(
        "the token expired at 2026-01-20T00:00:00Z, and the mock's clock says 2026-01-20T12:00:00Z"
    )
    in_query = ask(mock, f"?auth_token={token}")
    assert in_query.reason == reason


def test_a_token_of_another_account_names_it(mock: Mock) -> None:
    assert NOBODY in ask(mock, x_auth_token=token_of(mock, account_id=NOBODY)).reason
    named = ask(mock, x_auth_token=mock.auth_token, x_auth_account_id=NOBODY)
    assert named.reason == f"the token belongs to account {mock.account_id}, but X-Auth-Account-ID names {NOBODY}"
    other = next(each for each in mock.state.data.accounts.values() if each.is_superduper_admin)
    record = ask(mock, f"/v2/accounts/{other.id}/cdrs", x_auth_token=mock.auth_token)
    assert record.status == 403
    assert record.reason.startswith(f"the token belongs to account {mock.account_id} (")
    assert other.id in record.reason


def test_a_good_token_that_is_refused_was_made_to_expire_by_a_rule(mock: Mock) -> None:
    rule = mock.fail(token_expired=True, times=1)
    assert ask(mock, x_auth_token=mock.auth_token).reason.startswith(
        "a fault rule made this answer, not Crossbar: rule"
    )
    assert ask(mock, x_auth_token=mock.auth_token).reason.startswith("the token itself is good: a fault rule has it")
    mock.state.faults.remove(rule)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"credentials": "plain"}, "wrong credential form: expected the md5 digest of USERNAME:PASSWORD"),
        ({"credentials": "0" * 32}, "no such user, or another password"),
        ({"credentials": "0" * 32, "account_name": "nobody"}, "no account has the name, realm or number that came"),
        ({"credentials": "sha"}, "wrong credential form: these need method 'sha' beside them"),
    ],
)
def test_a_login_in_vain_says_what_was_wrong_with_it(mock: Mock, data: dict[str, str], words: str) -> None:
    sent = {"account_name": mock.state.data.accounts[mock.account_id].name, **data}
    if sent["credentials"] == "sha":
        sent["credentials"] = digest(mock, "sha1")
    record = log_in(mock, **sent)
    assert record.status == 401
    assert record.reason.startswith(words)


def test_a_user_who_is_switched_off_is_named(mock: Mock) -> None:
    user = mock.state.data.accounts[mock.account_id].users[0]
    enabled = user.get("enabled", True)
    user["enabled"] = False  # type: ignore[index]  # a document of the data
    try:
        record = log_in(mock, account_realm=mock.state.data.accounts[mock.account_id].realm, credentials=digest(mock))
        assert record.reason == f"user {user['id']} is disabled"
    finally:
        user["enabled"] = enabled  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/v2/accounts/{NOBODY}/cdrs", f"there is no account {NOBODY}"),
        ("/v2/accounts/ACCOUNT/users/nobody/cdrs", "no such user: account ACCOUNT has no nobody"),
        ("/v2/accounts/ACCOUNT/devices/nothing", "no such device: account ACCOUNT has no nothing"),
        ("/202601-nothing", "account ACCOUNT has no CDR 202601-nothing"),
        ("/v2/accounts/ACCOUNT/nosuchmodule", "the mock does not serve nosuchmodule below an account"),
        ("/v2/nosuchmodule", "no module of Crossbar's serves this path: the base URL ends in /v2"),
    ],
)
def test_a_404_says_what_is_not_there(mock: Mock, path: str, words: str) -> None:
    record = ask(mock, path.replace("ACCOUNT", mock.account_id), x_auth_token=mock.auth_token)
    assert record.status == 404
    assert record.reason == words.replace("ACCOUNT", mock.account_id)


def test_an_unknown_api_key_is_said_to_be_one(mock: Mock) -> None:
    record = ask(mock, "/v2/api_auth", "PUT", {"data": {"api_key": "0" * 64}})
    assert (record.status, record.reason) == (404, "no account has the API key that came")


def test_other_refusals_say_what_would_be_taken(mock: Mock) -> None:
    refused = ask(mock, method="DELETE", x_auth_token=mock.auth_token)
    assert (refused.status, refused.reason) == (405, "DELETE is not served at this path; it takes GET")
    typed = ask(mock, x_auth_token=mock.auth_token, accept="image/png")
    assert (typed.status, typed.reason) == (406, "Accept: image/png names no type that this path has")
    wide = ask(mock, "?created_from=1&created_to=63936000000", x_auth_token=mock.auth_token)
    assert (wide.status, wide.reason.partition(":")[0]) == (400, "created_from")
    assert ask(mock, x_auth_token=mock.auth_token).reason == ""


@pytest.mark.parametrize("status", [400, 402, 405, 410, 418, 429, 500])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"data": 7}', b'{"data": {"a": 7}}', b"x" * 70_000, (b"a", b"b")])
def test_whatever_was_asked_and_answered_there_are_words_or_none(mock: Mock, status: int, body: Any) -> None:
    for path in ("", "*", "/v2/%ff", "/v2/accounts/"):
        response = HttpResponse(status, {}, body, note="a note")
        request = HttpRequest("GET", path, "auth_token=%", {"x-auth-token": "\udcff"}, b"{")
        reason = explain_refusal(request, response, mock.state.server_state())
        assert reason == "a note" or status == 405


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"data": 1}', b'{"data": {"account_name": 7, "credentials": []}}'])
def test_a_login_whose_body_is_none_is_explained_too(mock: Mock, body: bytes) -> None:
    request = HttpRequest("PUT", "/v2/user_auth", body=body)
    assert "no account has" in explain_refusal(request, HttpResponse(401), mock.state.server_state())


@pytest.mark.parametrize(("rate", "words"), [(3, "3 come back each second"), (0, "none comes back each second")])
def test_a_request_that_no_token_pays_for_names_the_limit(rate: int, words: str) -> None:
    options = {"token_buckets.max_bucket_tokens": 2, "token_buckets.tokens_fill_rate": rate}
    with serving(settings=options) as limited:
        records = [ask(limited, x_auth_token=limited.auth_token) for _ in range(3)]
    assert [record.status for record in records] == [200, 200, 429]
    assert "bucket of 2 tokens (token_buckets.max_bucket_tokens) has too few left" in records[-1].reason
    assert words in records[-1].reason


def test_what_nothing_is_known_of_is_not_explained(mock: Mock) -> None:
    state = mock.state.server_state()
    assert explain_refusal(HttpRequest("GET", f"/v2/accounts/{mock.account_id}/cdrs"), HttpResponse(403), state) == ""
    assert explain_refusal(HttpRequest("GET", f"/v2/accounts/{mock.account_id}"), HttpResponse(404), state) == ""
    unknown = {"x-auth-token": "unknown"}
    assert explain_refusal(HttpRequest("GET", "/v2/cdrs", headers=unknown), HttpResponse(404), state) == ""


def test_an_error_of_a_token_that_has_no_words_of_its_own_is_named(mock: Mock) -> None:
    token = token_of(mock)  # without an account
    assert ask(mock, x_auth_token=token).reason.startswith("the token was never issued here")
