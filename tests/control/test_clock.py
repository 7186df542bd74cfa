"""The mock's clock, frozen, moved or live, and the machine's."""

import keyword
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import Clock, _second_instance, monotonic, parse_time, time_hint

MOMENT = 63_936_129_600


def test_a_frozen_clock_stands_still_and_moves_when_told() -> None:
    clock = Clock(MOMENT)
    assert clock.is_frozen
    assert clock.now() == MOMENT
    clock.advance(days=40, hours=1, minutes=1, seconds=1)
    assert clock.now() == MOMENT + 40 * 86_400 + 3_661


def test_a_live_clock_runs_with_the_machine_and_can_be_moved() -> None:
    clock = Clock()
    before = gregorian.from_datetime(datetime.now(UTC))
    assert before <= clock.now() <= before + 60
    clock.advance(days=1)
    assert before + 86_400 <= clock.now() <= before + 86_460
    clock.advance(days=1)
    assert before + 2 * 86_400 <= clock.now() <= before + 2 * 86_400 + 60
    clock.live()
    assert clock.now() <= before + 60


def test_a_live_clock_shows_the_whole_second_that_the_machine_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: MOMENT - 62_167_219_200 + 0.9)
    clock = Clock()
    assert clock.now() == MOMENT
    clock.advance(days=1)
    clock.live()
    assert clock.now() == MOMENT


@pytest.mark.parametrize(
    ("step", "parts", "words"),
    [
        (
            timedelta(hours=1),
            {"days": 1, "hours": 2},
            "came datetime.timedelta(seconds=3600) and days=1, hours=2, expected one of the two",
        ),
        (None, {"days": 10**10}, "came days=10000000000, expected a step within the years 1 to 9999"),
        (None, {"seconds": 0.5}, "came 0.5 seconds, expected whole ones: the clock knows no others"),
        (timedelta(milliseconds=1_500), {}, "came 1.5 seconds, expected whole ones: the clock knows no others"),
    ],
)
def test_what_is_no_step_is_refused_and_the_clock_stays(step: Any, parts: dict[str, Any], words: str) -> None:
    clock = Clock(MOMENT)
    with pytest.raises(ArgumentError) as caught:
        clock.advance(step, **parts)
    assert str(caught.value) == words
    assert clock.now() == MOMENT


def test_freezing_takes_a_moment_in_any_form_and_now_without_one() -> None:
    clock = Clock()
    clock.freeze("2026-01-20T12:00:00Z")
    assert clock.now() == MOMENT
    clock.freeze()
    assert clock.now() == MOMENT


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-20T12:00:00Z",
        "2026-01-20T12:00:00",
        "2026-01-20T17:45:00+05:45",
        datetime(2026, 1, 20, 12, tzinfo=UTC),
        datetime(2026, 1, 20, 7, tzinfo=timezone(timedelta(hours=-5))),
        MOMENT,
    ],
)
def test_a_moment_is_the_same_in_every_form(moment: str | datetime | int) -> None:
    assert parse_time(moment) == MOMENT


@pytest.mark.parametrize("moment", ["yesterday", 3, True, 12.5, 10**15, None, "0001-01-01T00:00:00+23:00"])
def test_what_is_no_moment_is_refused_with_an_example(moment: Any) -> None:
    words = f"moment: came {moment!r}, expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, a datetime, or Gregorian"
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_time(moment)


def test_a_moment_lies_in_the_years_1_to_9999() -> None:
    first, last = 31_622_400, 315_569_519_999
    assert [parse_time(moment) for moment in (first, last, "9999-12-31T23:59:59Z")] == [first, last, last]
    clock = Clock(first)
    clock.advance(seconds=last - first)
    for step, past in ((1, last + 1), (first - 1 - last, first - 1)):
        with pytest.raises(ArgumentError, match=f"came a step of {step} seconds, expected one that ends in the years"):
            clock.advance(seconds=step)
        with pytest.raises(ArgumentError) as caught:
            parse_time(past, "at", "a moment")
        assert (str(caught.value), caught.value.name) == (f"at: came {past}, expected a moment", "at")


UNIX = "this looks like Unix seconds; Gregorian = Unix + 62167219200 = 63936129600"
DIGITS = "this looks like a date in digits; in Gregorian seconds that is 63936086400"
IN_GREGORIAN = "in Gregorian seconds that is 63936129600"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (1_768_910_400, UNIX),
        ("1768910400", UNIX),
        (1_768_910_400_000, f"this looks like Unix milliseconds; {IN_GREGORIAN}"),
        ("20260120", DIGITS),
        ("2026-01-20T12:00:00Z", IN_GREGORIAN),
        (datetime(2026, 1, 20, 12, tzinfo=UTC), IN_GREGORIAN),
        ("0001-01-01T00:00:00+23:00", ""),
        (MOMENT, ""),
        (str(MOMENT), ""),
        ("yesterday", ""),
        ("\u0661" * 10, ""),
        ("1768910400".zfill(20), UNIX),
        ("1768910400".zfill(21), ""),
        (True, ""),
        (None, ""),
    ],
    ids=str,
)
def test_a_time_in_another_form_is_told_in_gregorian_seconds(value: Any, hint: str) -> None:
    assert time_hint(value) == hint


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ((5,), "step", "step: came 5, expected a timedelta; say what it counts, as in days=5"),
        (("x",), "step", "step: came 'x', expected a timedelta"),
        ({"hours": "x"}, "hours", "hours: came 'x', expected a number"),
    ],
    ids=str,
)
def test_a_step_of_another_kind_is_refused_by_name(given: Any, name: str, words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Clock(MOMENT).advance(*given) if isinstance(given, tuple) else Clock(MOMENT).advance(**given)
    assert (str(caught.value), caught.value.name) == (words, name)


@pytest.mark.parametrize("clock", [Clock(), Clock(MOMENT)], ids=["live", "frozen"])
def test_no_clock_can_be_moved_out_of_the_calendar(clock: Clock) -> None:
    before = clock.now()
    with pytest.raises(ValueError, match="expected one that ends in the years 1 to 9999"):
        clock.advance(days=10_000_000)
    assert before <= clock.now() <= before + 60


def test_monotonic_is_the_machines_clock_though_not_the_same_function() -> None:
    before, now, after = time.perf_counter(), monotonic(), time.perf_counter()
    assert before <= now <= after
    assert monotonic is not time.perf_counter


def test_a_second_instance_of_a_module_has_all_that_it_defines_and_is_another_object() -> None:
    second = _second_instance("keyword")
    assert second.kwlist == keyword.kwlist
    assert second is not keyword


def test_a_module_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(ImportError, match="no_such_module: not found"):
        _second_instance("no_such_module")


class Machine:
    """The machine's clock in the hands of a test."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_clock_runs_on_at_a_speed_from_where_it_stands() -> None:
    machine = Machine()
    clock = Clock(MOMENT, machine)
    clock.live(speed=60)
    assert (clock.is_frozen, clock.speed, clock.now()) == (False, 60, MOMENT)
    machine.seconds += 60
    assert clock.now() == MOMENT + 3_600
    clock.advance(hours=1)
    machine.seconds += 0.5
    assert clock.now() == MOMENT + 7_230
    clock.live(speed=0.5)
    machine.seconds += 4
    assert clock.now() == MOMENT + 7_232
    clock.freeze()
    machine.seconds += 60
    assert (clock.is_frozen, clock.speed, clock.now()) == (True, 0, MOMENT + 7_232)


def test_a_clock_at_a_speed_stays_in_the_calendar() -> None:
    machine = Machine()
    clock = Clock(MOMENT, machine)
    clock.live(speed=1_000_000)
    machine.seconds += 10**9
    assert clock.now() == 315_569_519_999


def test_a_snapshot_has_where_a_clock_was_and_how_fast() -> None:
    machine = Machine()
    clock = Clock(MOMENT, machine)
    clock.live(speed=60)
    setting = clock.snapshot()
    machine.seconds += 60
    clock.restore(setting)
    assert (clock.now(), clock.speed) == (MOMENT, 60)
    clock.live()
    assert clock.snapshot().moment is None
    assert clock.speed == 1
    clock.restore(Clock(MOMENT).snapshot())
    assert (clock.now(), clock.is_frozen) == (MOMENT, True)
    clock.restore(Clock().snapshot())
    assert (clock.is_frozen, clock.speed) == (False, 1)


@pytest.mark.parametrize("speed", [0, -1, True, "fast", 1e7, float("nan")])
def test_what_is_no_speed_is_refused(speed: Any) -> None:
    with pytest.raises(
        ValueError, match=r"speed: came .*, expected seconds of the mock's clock in a second, more than"
    ):
        Clock(MOMENT).live(speed=speed)
