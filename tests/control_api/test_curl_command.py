"""The curl command that repeats a recorded request."""

import json
import shlex
import subprocess

import httpx
import pytest

from mockcdrs.control.journal import MAX_REQUEST_BODY_BYTES, Journal, Record
from mockcdrs.control.redaction import redact
from mockcdrs.control_api.curl_command import curl_command, own_secrets
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.dataset.accounts import password_digest
from mockcdrs.mock import Mock, serving
from tests.programs import program

OWN = "own-token"
SECRETS = {redact(secret): secret for secret in (OWN, f"Bearer {OWN}", "digest")}


def record_of(method: str = "GET", query: str = "", body: bytes = b"", status: int = 200, **headers: str) -> Record:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    record = Journal().open(HttpRequest(method, "/v2/a%2Fb", query, named, body), at_gregorian=7)
    record.status = status
    return record


def words(record: Record) -> list[str]:
    return shlex.split(curl_command(record, "http://x", SECRETS, OWN))


@pytest.mark.parametrize("query", ["paginate", "b=2&a=1&b=3", "a=%zz", "a=x+y%20z", "="])
def test_it_repeats_the_query_in_its_order_and_spelling(query: str) -> None:
    assert words(record_of(query=query)) == ["curl", "-sS", f"http://x/v2/a%2Fb?{query}"]


def test_it_has_the_headers_that_matter() -> None:
    record = record_of("PUT", accept="text/csv", user_agent="x", accept_language="*/*", authorization=f"Bearer {OWN}")
    expected = ["-X", "PUT", "-H", "accept: text/csv", "-H", f"authorization: Bearer {OWN}", "http://x/v2/a%2Fb"]
    assert words(record)[2:] == expected


@pytest.mark.parametrize(
    ("token", "status", "sent"),
    [(OWN, 200, OWN), (OWN, 401, OWN), ("of a login", 200, OWN), ("wrong", 401, redact("wrong"))],
)
def test_a_token_is_the_mocks_own_unless_it_was_refused(token: str, status: int, sent: str) -> None:
    assert f"X-Auth-Token: {sent}" in words(record_of(status=status, x_auth_token=token))


def test_a_body_is_as_it_was_sent_with_the_mocks_own_secrets() -> None:
    body = b"""{"data": {"credentials": "digest", "password": "another's", "name": "it's"}}"""
    sent = words(record_of("PUT", body=body))
    data = json.loads(sent[sent.index("--data-raw") + 1])["data"]
    assert data == {"credentials": "digest", "password": redact("another's"), "name": "it's"}


def test_a_body_that_is_too_long_to_be_kept_is_left_to_the_shell() -> None:
    command = curl_command(record_of("PUT", body=b"x" * (MAX_REQUEST_BODY_BYTES + 1)), "http://x", {}, OWN)
    assert command.endswith('--data-raw "$BODY"')


def test_the_secrets_of_an_account_are_its_tokens_key_and_credentials() -> None:
    with serving() as mock:
        secrets = own_secrets([mock.state.data.accounts[mock.account_id]])
        digest = password_digest(mock.state.data.accounts[mock.account_id].users[0], "md5")
        for secret in (mock.auth_token, f"Bearer {mock.auth_token}", mock.credentials.api_key, str(digest)):
            assert secrets[redact(secret)] == secret


def pasted(mock: Mock, number: int) -> str:
    """The status that the shell gets for a recorded request's command."""
    line = httpx.get(f"{mock.url.removesuffix('/v2')}/_mockcdrs/journal/{number}", timeout=10).json()["curl"]
    command = ["sh", "-c", f"{line} -o /dev/null -w '%{{http_code}}'"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def test_it_works_when_it_is_pasted() -> None:
    program("curl")
    with serving() as mock:
        login = mock.credentials
        digest = password_digest(mock.state.data.accounts[mock.account_id].users[0], "md5")
        data = {"credentials": digest, "account_name": login.account_name}
        token = httpx.put(f"{mock.url}/user_auth", json={"data": data}, timeout=10).json()["auth_token"]
        for sent in ({"X-Auth-Token": token}, {"X-Auth-Token": "wrong"}, {"Authorization": f"Bearer {token}"}):
            httpx.get(mock.url_for("/cdrs"), headers=sent, timeout=10)
        statuses = [pasted(mock, record.number) for record in mock.requests]
        assert statuses == [str(record.status) for record in mock.requests][:4] == ["201", "200", "401", "401"]
