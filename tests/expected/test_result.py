"""Sums and groups over the expected CDRs."""

from datetime import timedelta, timezone
from typing import Any

import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.expected.result import Expected, ExpectedLeg

MIDNIGHT = 63_936_086_400  # 2026-01-20T00:00:00Z


def leg(name: str, start: int, end: int, **fields: Any) -> ExpectedLeg:
    plain: dict[str, Any] = {
        "interaction_id": name, "seconds": end - start, "cost": 10, "reseller_cost": 4, "user": "", "caller": "1001",
        "number": "1002", "rate": "", "direction": "inbound",
    }  # fmt: skip
    return ExpectedLeg(id=name, start=start, end=end, **{**plain, **fields})


def test_nothing_is_expected_of_nothing() -> None:
    nothing = Expected()
    assert (nothing.ids, nothing.count, nothing.calls, nothing.seconds, nothing.cost) == ((), 0, 0, 0, 0)
    assert (nothing.reseller_cost, nothing.peak, nothing.by_day()) == (0, 0, {})


def test_legs_of_one_interaction_are_one_call() -> None:
    expected = Expected((leg("a", 0, 5), leg("b", 0, 5, interaction_id="a"), leg("c", 9, 12)))
    assert (expected.count, expected.calls) == (3, 2)
    assert (expected.seconds, expected.cost, expected.reseller_cost) == (13, 30, 12)


@pytest.mark.parametrize(
    ("spans", "peak"),
    [
        ([(0, 10), (5, 15), (10, 20)], 2),  # a call that ends as another begins is over
        ([(0, 10), (1, 9), (2, 8)], 3),
        ([(5, 5)], 0),
    ],
)
def test_the_peak_is_the_most_calls_that_went_on_at_once(spans: list[tuple[int, int]], peak: int) -> None:
    assert Expected(tuple(leg(str(place), *span) for place, span in enumerate(spans))).peak == peak


def test_two_legs_of_one_call_are_no_peak() -> None:
    assert Expected((leg("a", 0, 10), leg("b", 2, 12, interaction_id="a"))).peak == 1


def test_groups_are_expected_results_of_their_own() -> None:
    legs = (
        leg("a", 0, 5, user="ann", number="911", rate="US", direction="outbound"),
        leg("b", 0, 5, user="bob", caller="7"),
        leg("c", 9, 12),
    )
    expected = Expected(legs)
    assert {user: group.ids for user, group in expected.by_user().items()} == {"": ("c",), "ann": ("a",), "bob": ("b",)}
    assert {number: group.count for number, group in expected.by_number().items()} == {"1002": 2, "911": 1}
    assert {number: group.count for number, group in expected.by_caller().items()} == {"1001": 2, "7": 1}
    assert {rate: group.cost for rate, group in expected.by_rate().items()} == {"": 20, "US": 10}
    assert {way: group.seconds for way, group in expected.by_direction().items()} == {"inbound": 8, "outbound": 5}


def test_a_day_is_that_of_a_time_zones_calendar() -> None:
    expected = Expected((leg("late", MIDNIGHT - 1, MIDNIGHT), leg("early", MIDNIGHT, MIDNIGHT + 5)))
    assert list(expected.by_day()) == ["2026-01-19", "2026-01-20"]
    assert list(expected.by_day("Europe/Berlin")) == ["2026-01-20"]
    assert list(expected.by_day("America/New_York")) == ["2026-01-19"]
    assert list(expected.by_day(timezone(timedelta(hours=-5)))) == ["2026-01-19"]
    assert list(Expected((leg("never", 10**18, 10**18),)).by_day()) == [""]
    for wrong in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(ArgumentError, match=r"time_zone: came .*, expected the name of a time zone"):
            expected.by_day(wrong)
