"""Actions on the wire: delays that are drawn, and what several bodies share."""

import pytest

from mockcdrs.control.state import State
from mockcdrs.faults.engine import Faults
from mockcdrs.faults.rule import Rule
from mockcdrs.faults.wire_actions import Distribution, jitter, lognormal, uniform
from tests.crossbar.builders import state_of
from tests.faults.client import ask

SHARES = [number / 100 for number in range(100)]


def drawn(seed: int, distribution: Distribution, matches: int = 200) -> list[float]:
    state = state_of()
    state.faults = Faults(seed, state.data)
    state.faults.add(Rule(delay_seconds=distribution))
    return [ask(state)[1].delays[0].seconds for _ in range(matches)]


def test_a_delay_follows_from_the_seed_and_the_match() -> None:
    seconds = drawn(7, uniform(0.1, 2))
    assert seconds == drawn(7, uniform(0.1, 2))
    assert seconds != drawn(8, uniform(0.1, 2))
    assert len(set(seconds)) == len(seconds)
    # the same from one release to the next: a test may rest on them
    assert [round(each, 4) for each in seconds[:3]] == [0.2945, 0.5668, 1.3536]


def test_uniform_delays_lie_anywhere_between() -> None:
    seconds = drawn(7, uniform(0.1, 2))
    assert 0.1 <= min(seconds) < 0.2
    assert 1.9 < max(seconds) <= 2
    assert uniform(1, 1).seconds(0.5) == 1


def test_lognormal_delays_lie_about_the_median_and_some_far_above() -> None:
    seconds = sorted(drawn(7, lognormal(0.3, 0.8)))
    assert 0.25 < seconds[len(seconds) // 2] < 0.36
    assert max(seconds) > 1.5
    assert lognormal(2, 0).seconds(0.9) == 2


def test_jitter_lies_on_both_sides_and_never_below_none() -> None:
    assert [jitter(1, 0.5).seconds(share) for share in (0, 0.5, 1)] == [0.5, 1, 1.5]
    assert jitter(0.1, 1).seconds(0) == 0


@pytest.mark.parametrize("share", [0.0, 1.0, *SHARES])
def test_no_draw_is_longer_than_a_clock_can_wait(share: float) -> None:
    assert 0 <= lognormal(10**9, 10**9).seconds(share) <= 10**9


def test_chance_and_latency_are_drawn_apart() -> None:
    state = state_of()
    state.faults.add(Rule(delay_seconds=uniform(0, 1), probability=0.5))
    effects = [ask(state)[1] for _ in range(60)]
    assert max(delay.seconds for effect in effects for delay in effect.delays) > 0.6


def test_what_slows_an_answer_down_ends_with_its_rule(state: State) -> None:
    rule = state.faults.add(Rule(delay_seconds=9, drip=1, bandwidth=2))
    _, effect = ask(state)
    latches = [*(delay.lifted for delay in effect.delays), *(pace.lifted for pace in effect.paces)]
    assert [latch.is_set for latch in latches] == [False] * 3
    state.faults.remove(rule)
    assert [latch.is_set for latch in latches] == [True] * 3


def test_bodies_share_a_bandwidth_and_not_a_drip(state: State) -> None:
    state.faults.add(Rule(bandwidth=100, drip=200))
    first, second = (ask(state)[1].paces for _ in range(2))
    (drip, bandwidth), (other_drip, same_bandwidth) = first, second
    assert (bandwidth.bytes_a_second, bandwidth.line is same_bandwidth.line) == (100, True)
    assert (drip.bytes_a_second, drip.line is other_drip.line) == (200, False)
    assert [bandwidth.line.occupy(2, now_seconds) for now_seconds in (10, 11, 20)] == [2, 3, 2]
