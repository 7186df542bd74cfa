"""httpx asks the app itself. A break on the wire is a `ConnectionError` then.

What cannot be shown without a socket: timeouts of the client's, keep-alive, how a library reports a broken body. An id
with `%2F` comes decoded, as this transport does not tell the raw path.
"""

import httpx
import pytest


@pytest.fixture
def client(mockcdrs):
    transport = httpx.WSGITransport(app=mockcdrs.wsgi_app)
    with httpx.Client(transport=transport, headers={"X-Auth-Token": mockcdrs.auth_token}) as client:
        yield client


def test_a_listing(mockcdrs, client):
    answer = client.get(f"http://mock/v2/accounts/{mockcdrs.account_id}/cdrs")
    assert len(answer.json()["data"]) == 50


def test_a_break(mockcdrs, client):
    mockcdrs.fail(close=True)
    with pytest.raises(ConnectionError, match="closed before any byte"):
        client.get(f"http://mock/v2/accounts/{mockcdrs.account_id}/cdrs")
