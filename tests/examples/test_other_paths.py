"""A path that the mock does not serve is answered as the test says."""

import requests


def test_voicemail_boxes(mockcdrs):
    mockcdrs.respond("/vmboxes", json={"data": [{"id": "a", "name": "Main"}], "status": "success"})
    headers = {"X-Auth-Token": mockcdrs.auth_token}
    assert requests.get(mockcdrs.url_for("/vmboxes"), headers=headers, timeout=10).json()["data"][0]["name"] == "Main"
    mockcdrs.assert_requested("/vmboxes", method="GET", times=1)
