"""Faults that only one of several clients meets, and a limit for each of them."""

import requests


def ask(mock, user_agent, token=None):
    headers = {"User-Agent": user_agent, "X-Auth-Token": token or mock.auth_token}
    return requests.get(mock.url_for("/cdrs"), headers=headers, timeout=10).status_code


def test_only_the_nightly_job_fails(mockcdrs):
    mockcdrs.fail(status=503, headers={"User-Agent": "nightly-sync/*"})
    assert ask(mockcdrs, "nightly-sync/2.1") == 503
    assert ask(mockcdrs, "dashboard/1.0") == 200


def test_only_one_token_is_refused(mockcdrs):
    mockcdrs.fail(status=401, token=mockcdrs.auth_token)
    assert ask(mockcdrs, "dashboard/1.0") == 401


def test_a_client_that_asks_too_often_has_to_wait(mockcdrs):
    mockcdrs.fail(path="/cdrs", rate_limit={"max_bucket_tokens": 2, "tokens_fill_rate": 1})
    assert [ask(mockcdrs, "eager/1.0") for _ in range(4)] == [200, 200, 429, 429]
    mockcdrs.clock.advance(seconds=1)  # one token comes back
    assert [ask(mockcdrs, "eager/1.0") for _ in range(2)] == [200, 429]
