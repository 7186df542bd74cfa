"""Recorded requests in words, as curl and as HAR."""

import json
import shlex
import subprocess
from typing import Any

import httpx
import pytest

from mockcdrs.control.journal import MAX_REQUEST_BODY_BYTES, MAX_RESPONSES, Journal, Record
from mockcdrs.control.redaction import redact
from mockcdrs.control_api.request_records import curl_command, describe_query, own_secrets
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.dataset.accounts import password_digest
from mockcdrs.mock import Mock, serving
from tests.programs import program


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("created_from=63936000000", "2026-01-19 00:00:00 UTC"),
        ("created_to=x", "'x', which is no number"),
        (
            "created_to=1768867200",
            "year 56 in Gregorian seconds; as Unix seconds it would be 2026-01-20 00:00:00 UTC",
        ),
        ("created_from=1&created_from=2", "came several times: 1, 2"),
        ("paginate", "came without a value"),
        ("paginate=false", "everything in one answer"),
        ("ascending=true", "oldest first"),
        ("chunk_size=5", "5 rows a chunk"),
        ("filter_not_direction=inbound", "only where direction is not inbound"),
        ("start_key=garbage", "'garbage', which is no key"),
        (f"start_key={start_key.encode([63_936_000_000, 'a'])}", "goes on at 2026-01-19 00:00:00 UTC, a"),
        (f"start_key={start_key.encode('a')}", "goes on at a"),
        ("other=x", "x"),
    ],
)
def test_each_parameter_is_described_in_words(query: str, words: str) -> None:
    assert describe_query(record_of(query=query).query) == [f"{query.partition('=')[0]}: {words}"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ([10**5_000], "goes on at a number too long to write"),
        ([7, [10**5_000]], "goes on at 7, a number too long to write"),
        (["x" * 5_000], f"goes on at {'x' * 80}"),
    ],
    ids=["number", "number within", "text"],
)
def test_a_key_of_any_size_is_described_in_a_line(key: list[Any], words: str) -> None:
    assert describe_query({"start_key": start_key.encode(key)}) == [f"start_key: {words}"]


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


def archive(mock: Mock, **body: Any) -> Any:
    answer = httpx.post(f"{mock.url.removesuffix('/v2')}/_mockcdrs/journal/har", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()["log"]["entries"]


def test_an_entry_has_both_sides_of_a_request_without_secrets() -> None:
    with serving() as mock:
        headers = {"X-Auth-Token": mock.auth_token, "User-Agent": "me"}
        httpx.get(mock.url_for("/cdrs"), params={"page_size": 1, "a": ["b", "c"]}, headers=headers, timeout=10)
        httpx.put(f"{mock.url}/user_auth?verbose", json={"data": {"password": "secret"}}, timeout=10)
        listing, login = archive(mock)
        assert listing["request"]["url"].startswith(mock.url)
        assert {"name": "a", "value": "c"} in listing["request"]["queryString"]
        assert {"name": "user-agent", "value": "me"} in listing["request"]["headers"]
        assert '"status":"success"' in listing["response"]["content"]["text"]
        assert listing["startedDateTime"] == "2026-01-20T12:00:00Z"
        assert "credentials" in login["comment"]
        assert login["request"]["postData"]["mimeType"] == "application/json"
        assert {"name": "verbose", "value": ""} in login["request"]["queryString"]
        assert mock.auth_token not in str([listing, login])
        assert "secret" not in str(login["request"]["postData"])


def test_only_the_wanted_requests_are_in_it() -> None:
    with serving() as mock:
        for size in (1, 2, 3):
            mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", params={"page_size": size})
        queries = [entry["request"]["queryString"] for entry in archive(mock, numbers=[1, 3, 99])]
        assert queries == [[{"name": "page_size", "value": str(size)}] for size in (1, 3)]


def test_an_answer_that_is_not_kept_or_not_wholly_says_so() -> None:
    with serving() as mock:
        client, listing = mock.client(), f"/v2/accounts/{mock.account_id}/cdrs"
        client.simulate_get(listing)
        for _ in range(MAX_RESPONSES):
            client.simulate_get(f"{listing}/summary")
        client.simulate_get(listing, params={"paginate": "false"})
        comments = [
            entry["response"]["content"]["comment"] for entry in archive(mock, numbers=[1, 3, MAX_RESPONSES + 2])
        ]
        assert comments == ["no longer kept", "", "only the beginning is kept"]
