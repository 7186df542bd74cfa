"""What a client asked: how often, in which order, and a transcript that a refactoring must not change."""

import requests

TRANSCRIPT = """\
PUT /v2/user_auth
  accept: */*
  content-type: application/json
  {"data": {"account_name": "Acme", "credentials": "{secret 1}"}}
  -> 401
GET /v2/accounts/{account_id}/cdrs
  page_size=2
  accept: */*
  x-auth-token: {secret 2}
  -> 503
GET /v2/accounts/{account_id}/cdrs
  page_size=2
  accept: */*
  x-auth-token: {secret 2}
  -> 200
"""


def run_client(mock):
    login = {"credentials": "not his", "account_name": "Acme"}
    requests.put(f"{mock.url}/user_auth", json={"data": login}, timeout=10)
    for _ in range(2):
        headers = {"X-Auth-Token": mock.auth_token}
        requests.get(mock.url_for("/cdrs"), params={"page_size": 2}, headers=headers, timeout=10)


def test_a_client_tries_again(mockcdrs):
    mockcdrs.fail(status=503, path="/cdrs", times=1)
    run_client(mockcdrs)
    mockcdrs.assert_requested_in_order("/user_auth", {"path": "/cdrs", "status": 503}, "/cdrs")
    mockcdrs.assert_requested("/cdrs", at_least=2, at_most=3, headers={"X-Auth-Token": mockcdrs.auth_token})
    mockcdrs.assert_requested("/user_auth", method="PUT", body={"data": {"account_name": "Acme"}}, status=401)
    assert mockcdrs.transcript() == TRANSCRIPT
