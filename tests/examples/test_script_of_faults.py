"""What happens to one request after another: a script of faults, and a list of replies."""

import pytest
import requests


def ask(mock, path="/cdrs"):
    return requests.get(mock.url_for(path), headers={"X-Auth-Token": mock.auth_token}, timeout=10)


def fetch_patiently(mock, most_tries=5):
    """What a client should do: ask again after a 429, a 5xx and a body that breaks off."""
    for number in range(1, most_tries + 1):
        try:
            answer = ask(mock)
        except requests.RequestException:
            continue
        if answer.status_code == 200:
            return number, answer.json()["data"]
    raise TimeoutError("the server did not recover")


def test_a_client_gets_through_a_rough_minute(mockcdrs):
    mockcdrs.script("/cdrs", [429, 429, {"cut_after": 100}, 200])
    tries, rows = fetch_patiently(mockcdrs)
    assert tries == 4
    assert len(rows) == 50
    mockcdrs.assert_requested("/cdrs", times=4)


def test_a_client_gives_up_in_the_end(mockcdrs):
    mockcdrs.script("/cdrs", [503, {"reset": True}, 503, {"error": "datastore_unreachable"}, 503])
    with pytest.raises(TimeoutError):
        fetch_patiently(mockcdrs)


def test_replies_come_one_after_the_other(mockcdrs):
    mockcdrs.respond("/limits", [{"json": {"data": {"twoway_trunks": 5}}}, {"text": "gone", "status": 410}])
    first, second = ask(mockcdrs, "/limits"), ask(mockcdrs, "/limits")
    assert first.json() == {"data": {"twoway_trunks": 5}}
    assert (second.status_code, second.text) == (410, "gone")
