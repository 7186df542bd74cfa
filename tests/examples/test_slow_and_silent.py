"""A slow network and a server that is not there: latency, silence, and a restart."""

import time

import pytest
import requests

from mockcdrs import lognormal, uniform


def ask(mock, timeout=10):
    return requests.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=timeout)


def test_answers_take_as_long_as_a_distribution_says(mockcdrs):
    mockcdrs.fail(path="/cdrs", delay_seconds=uniform(0.05, 0.2))  # the same seconds in each run: the seed draws them
    started = time.monotonic()
    assert ask(mockcdrs).status_code == 200
    assert time.monotonic() - started >= 0.05


def test_some_answers_are_late_beyond_a_clients_patience(mockcdrs):
    mockcdrs.fail(path="/cdrs", delay_seconds=lognormal(20, 0.1))  # about 20 seconds
    with pytest.raises(requests.ReadTimeout):
        ask(mockcdrs, timeout=0.1)


def test_a_request_is_never_answered(mockcdrs):
    mockcdrs.fail(path="/cdrs", blackhole=True, times=1)
    with pytest.raises(requests.ReadTimeout):
        ask(mockcdrs, timeout=0.1)
    assert ask(mockcdrs).status_code == 200


def test_the_connection_is_reset(mockcdrs):
    mockcdrs.fail(path="/cdrs", reset=True, times=1)
    with pytest.raises(requests.ConnectionError):
        ask(mockcdrs)


def test_the_server_restarts(mockcdrs):
    with mockcdrs.down(), pytest.raises(requests.ConnectionError):
        ask(mockcdrs)
    assert ask(mockcdrs).status_code == 200


def test_a_narrow_line(mockcdrs):
    mockcdrs.fail(bandwidth=500_000)  # bytes a second, of all answers together
    assert len(ask(mockcdrs).json()["data"]) == 50
