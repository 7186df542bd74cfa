"""A mock that serves https, and what a client has to trust."""

import pytest
import requests

from mockcdrs import serving


def test_a_client_trusts_the_certificate_of_the_mock():
    with serving(tls=True) as mock:
        assert mock.url.startswith("https://")
        headers = {"X-Auth-Token": mock.auth_token}
        answer = requests.get(mock.url_for("/cdrs"), headers=headers, verify=str(mock.ca_path), timeout=10)
        assert answer.status_code == 200


def test_a_client_that_does_not_trust_it_sends_no_token():
    with serving(tls=True) as mock:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10)
        assert mock.requests == []
