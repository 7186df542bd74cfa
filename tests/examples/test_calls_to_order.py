"""Calls as a bill needs them: billed seconds, a rate, who owns them; and many of them over some days."""

from datetime import timedelta

import requests


def listed(mock):
    query = {"paginate": "false", "created_from": mock.clock.now() - 4 * 86_400, "created_to": mock.clock.now()}
    answer = requests.get(mock.url_for("/cdrs"), params=query, headers={"X-Auth-Token": mock.auth_token}, timeout=10)
    return answer.json()["data"]


def test_a_call_costs_what_its_rate_says(mockcdrs):
    mockcdrs.clear()
    rate = {"per_minute": 0.02, "increment": 6, "minimum": 30, "name": "US"}
    mockcdrs.add_call(direction="outbound", callee="+14155550199", seconds=61, ringing=4, rate=rate)
    mockcdrs.add_call(direction="outbound", callee="+14155550199", seconds=61, rate=rate, billing="allotment")
    costs = sorted(int(row["cost"]) for row in listed(mockcdrs))
    assert costs == [0, 0, 0, 220]  # in 1/10,000 dollar: the leg over the carrier is billed, by the minute only
    assert mockcdrs.expected().reseller_cost == 440


def test_a_ring_group_and_a_transfer_are_told_apart_by_tags(mockcdrs):
    mockcdrs.clear()
    mockcdrs.add_call(scenario="ring_group", tags={"ring_group": "Sales"}, recording=True)
    mockcdrs.add_call(scenario="blind_transfer", tags={"transfer": "blind"})
    sales = mockcdrs.expected(**{"filter_custom_application_vars.ring_group": "Sales"})
    assert sales.calls == 1
    assert all(row["media_recordings"] for row in listed(mockcdrs) if row["id"] in sales.ids)


def test_many_calls_over_some_days(mockcdrs):
    mockcdrs.clear()
    mockcdrs.add_calls(50, over=timedelta(days=3), direction="internal", seconds=60)
    assert len(listed(mockcdrs)) == 100
