import requests


def statuses(mock, count):
    headers = {"X-Auth-Token": mock.auth_token}
    return [requests.get(mock.url_for("/cdrs"), headers=headers, timeout=10).status_code for _ in range(count)]


def test_the_database_is_down_once(mockcdrs):
    mockcdrs.fail(status=503, path="/cdrs", times=1)
    assert statuses(mockcdrs, 2) == [503, 200]


def test_too_many_requests(mockcdrs):
    mockcdrs.fail(error="too_many_requests", after=2)
    assert statuses(mockcdrs, 3) == [200, 200, 429]


def test_the_token_expires(mockcdrs):
    mockcdrs.fail(token_expired=True)
    assert statuses(mockcdrs, 2) == [401, 401]
