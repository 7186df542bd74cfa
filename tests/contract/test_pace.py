"""How fast a server is asked."""

import pytest

from mockcdrs.contract.pace import GENTLE_PER_SECOND, Pace, is_loopback


class Time:
    """A clock that only sleeping and the test move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_requests_keep_their_distance_and_the_first_does_not_wait() -> None:
    time = Time()
    pace = Pace(4, lambda: time.now, time.sleep)
    for _ in range(4):
        pace.wait()
    assert time.slept == [0.25, 0.25, 0.25]


def test_time_that_passes_anyway_is_not_waited_for_and_not_saved_up() -> None:
    time = Time()
    pace = Pace(4, lambda: time.now, time.sleep)
    pace.wait()
    time.now += 10
    pace.wait()
    pace.wait()
    assert time.slept == [0.25]


def test_without_a_limit_nothing_is_waited_for() -> None:
    time = Time()
    pace = Pace(None, lambda: time.now, time.sleep)
    for _ in range(100):
        pace.wait()
    assert time.slept == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_is_asked_as_fast_as_it_goes(host: str) -> None:
    assert is_loopback(host)
    assert Pace.towards(host)._gap_seconds == 0


@pytest.mark.parametrize("host", ["kazoo", "10.0.0.1", "192.168.1.2", "localhost.example.com", "::"])
def test_any_other_is_asked_four_times_a_second(host: str) -> None:
    assert not is_loopback(host)
    assert Pace.towards(host)._gap_seconds == 1 / GENTLE_PER_SECOND == 0.25
