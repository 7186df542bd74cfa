"""What a correct client must end up with: for any listing, range and filter, without Crossbar's code."""

import requests


def test_a_users_calls_add_up(mockcdrs):
    path = f"/users/{mockcdrs.user_id}/cdrs"
    query = {"created_from": 63934401600, "created_to": 63936129600, "filter_call_direction": "inbound"}
    truth = mockcdrs.expected(path, **query)
    answer = requests.get(
        mockcdrs.url_for(path),
        params={**query, "paginate": "false"},
        headers={"X-Auth-Token": mockcdrs.auth_token},
        timeout=10,
    )
    rows = answer.json()["data"]
    assert [row["id"] for row in rows] == list(truth.ids)
    assert sum(row["billing_seconds"] for row in rows) == truth.seconds
    assert sum(int(row["cost"]) for row in rows) == truth.cost  # in 1/10,000 dollar
    assert truth.unreachable == ()
