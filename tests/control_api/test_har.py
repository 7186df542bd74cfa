"""Recorded requests as an HTTP Archive."""

from typing import Any

import httpx

from mockcdrs.control.journal import MAX_RESPONSES
from mockcdrs.mock import Mock, serving


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
