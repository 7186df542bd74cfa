"""A clock that runs sixty times as fast: what a wallboard shows within an hour is there within a minute."""

import time

import pytest
import requests


@pytest.mark.mockcdrs(now="2026-01-20T08:00:00Z", speed=3_600)
def test_calls_end_as_time_runs(mockcdrs):
    mockcdrs.add_call(at="2026-01-20T08:00:30Z", seconds=20)
    while mockcdrs.clock.now() < 63_936_115_230:  # half a minute past eight, which comes at once
        time.sleep(0.005)
    answer = requests.get(mockcdrs.url_for("/cdrs"), headers={"X-Auth-Token": mockcdrs.auth_token}, timeout=10)
    assert answer.json()["data"][0]["billing_seconds"] == 20


def test_the_speed_changes_as_a_test_likes(mockcdrs):
    mockcdrs.clock.live(speed=60)
    assert mockcdrs.clock.speed == 60
    mockcdrs.clock.freeze()
    assert mockcdrs.clock.speed == 0
