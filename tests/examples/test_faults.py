import requests


def test_a_client_that_asks_again(mockcdrs):
    mockcdrs.fail(error="too_many_requests", path="/cdrs", times=2)  # the first two fail, then all is well
    mockcdrs.respond("/limits", json={"data": {"twoway_trunks": 5}})  # in place of the mock's answer

    def ask(path):
        return requests.get(mockcdrs.url_for(path), headers={"X-Auth-Token": mockcdrs.auth_token}, timeout=10)

    assert [ask("/cdrs").status_code for _ in range(3)] == [429, 429, 200]
    assert ask("/limits").json() == {"data": {"twoway_trunks": 5}}
