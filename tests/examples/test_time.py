"""One clock for ranges, `timestamp` and `Date`: it stands until a test moves it."""

import requests


def newest(mock):
    answer = requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10).json()
    return answer["timestamp"], [row["id"] for row in answer["data"]]


def test_a_call_ages_out_of_the_default_range(mockcdrs):
    mockcdrs.clear()
    call = mockcdrs.add_call(at="2026-01-20T11:00:00Z")
    assert call.cdr_id in newest(mockcdrs)[1]
    mockcdrs.clock.advance(days=32)
    assert newest(mockcdrs) == ("2026-02-21T12:00:00Z", [])
    mockcdrs.clock.freeze("2026-01-20T12:00:00Z")
    assert call.cdr_id in newest(mockcdrs)[1]
