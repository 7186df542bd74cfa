"""The truth for bills and reports: sums, groups by user, number, rate and day, and the most calls at once."""

import requests

MONTH = {"created_from": 63_934_444_800, "created_to": 63_936_129_600}  # January until the 20th, 12:00 UTC


def test_a_bill_by_day_and_user(mockcdrs):
    truth = mockcdrs.expected("/cdrs", **MONTH)
    query = {**MONTH, "paginate": "false"}
    answer = requests.get(mockcdrs.url_for("/cdrs"), params=query, headers=headers(mockcdrs), timeout=10)
    rows = answer.json()["data"]

    billed = {}
    for row in rows:
        billed[row["owner_id"]] = billed.get(row["owner_id"], 0) + int(row["cost"])
    assert billed == {user: group.cost for user, group in truth.by_user().items()}

    days = truth.by_day("America/New_York")
    assert sum(day.seconds for day in days.values()) == truth.seconds == sum(row["billing_seconds"] for row in rows)
    assert max(day.calls for day in days.values()) < truth.calls < truth.count  # a call has legs
    assert truth.by_direction()["outbound"].by_rate().keys() >= {"Local", "Long Distance"}
    assert truth.peak >= 2


def test_the_summary_is_right_too(mockcdrs):
    answer = requests.get(mockcdrs.url_for("/cdrs/summary"), params=MONTH, headers=headers(mockcdrs), timeout=10)
    assert answer.json()["data"] == mockcdrs.expected("/cdrs/summary", **MONTH).summary


def test_the_legs_of_a_call(mockcdrs):
    call = mockcdrs.add_call(scenario="attended_transfer")
    answer = requests.get(mockcdrs.url_for(f"/cdrs/legs/{call.id}"), headers=headers(mockcdrs), timeout=10)
    assert [leg["id"] for leg in answer.json()["data"]] == list(mockcdrs.expected(f"/cdrs/legs/{call.id}").ids)


def headers(mock):
    return {"X-Auth-Token": mock.auth_token}
