import requests


def fetch(url, account_id, auth_token):
    """A client that you would have: all CDRs of the last month."""
    session, rows, query = requests.Session(), [], {}
    while True:
        answer = session.get(f"{url}/accounts/{account_id}/cdrs", params=query, headers={"X-Auth-Token": auth_token})
        if answer.status_code == 503:
            continue
        page = answer.json()
        rows += page["data"]
        if "next_start_key" not in page:
            return rows
        query = {"start_key": page["next_start_key"]}


def test_fetch_gets_every_call(mockcdrs):
    call = mockcdrs.add_call(caller="+14155550100", callee="+14155550199", seconds=75)
    mockcdrs.fail(status=503, path="/cdrs", times=1)
    rows = fetch(mockcdrs.url, mockcdrs.account_id, mockcdrs.auth_token)
    assert [row["id"] for row in rows] == list(mockcdrs.expected().ids)
    assert call.cdr_id in {row["id"] for row in rows}
    assert [record.status for record in mockcdrs.requests[:2]] == [503, 200]
