"""A token for each test: a client that an earlier test left running is refused, and does not count."""

import requests


def ask(mock, token):
    return requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": token}, timeout=10).status_code


def test_what_another_test_still_asks_does_not_count(mockcdrs):
    left_running = mockcdrs.issue_token("a test before")
    mine = mockcdrs.issue_token("this test")
    mockcdrs.fail(status=503, path="/cdrs", times=1)
    assert ask(mockcdrs, left_running) == 401
    assert [ask(mockcdrs, mine), ask(mockcdrs, mine)] == [503, 200]
    mockcdrs.assert_requested("/cdrs", times=2)
    assert mockcdrs.kept_requests().others == {"a test before": 1}
