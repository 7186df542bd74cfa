"""The mock's clock, the times and steps that callers give, and the machine's clock for waits and durations.

All times that a client can see come from one `Clock`: ranges, token expiry, envelopes, `Date`, the journal. Waits and
durations use `monotonic`.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec, module_from_spec
from typing import Any, NamedTuple, Never, Protocol

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.config import SPEED

_FIRST_SECOND = 31_622_400
LAST_CALENDAR_SECOND = 315_569_519_999
"""The last second of the year 9999, in Gregorian seconds: a `datetime` goes no further."""

ISO_8601 = "ISO 8601 in UTC, as in 2026-01-20T12:00:00Z"
_MAX_DIGITS = 20


class ClockInterface(Protocol):
    """The clock of a mock. Ranges, token expiry, `Date` and the journal follow it."""

    def now(self) -> int:
        """The time in Gregorian seconds."""

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""

    def freeze(self, moment: str | datetime | int | None = None) -> None:
        """Stop the clock. Raises `ArgumentError`.

        Args:
            moment: Where it stands: ISO 8601 or a `datetime`, both in UTC unless they say otherwise, or Gregorian
                seconds. Without it, where it is.

        """

    def advance(
        self,
        /,
        step: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        **unknown: Never,
    ) -> None:
        """Advance the clock by `step`, or by the sum of the other arguments. A frozen clock stays frozen.

        Raises `ArgumentError` for a step that is no whole number of seconds, or that leaves the years 1 to 9999.
        """

    @property
    def speed(self) -> float:
        """How many seconds it runs in a second of the machine's: 0 where it stands still."""

    def live(self, *, speed: float | None = None) -> None:
        """Run with the machine's clock. Raises `ArgumentError`.

        Args:
            speed: Run on from the present moment instead, so many seconds in a second: with 60 an hour passes in a
                minute.

        """


class ClockSetting(NamedTuple):
    """A moment in Gregorian seconds, and a speed, 0 for a frozen clock; without a moment the machine's clock."""

    moment: int | None
    speed: float


class _Run(NamedTuple):
    """A run at a speed: where it started, in Gregorian seconds, and when, in seconds of the machine's clock."""

    start: int
    begun_seconds: float
    speed: float


class Clock(ClockInterface):
    """The clock of a mock, in Gregorian seconds: the machine's, or one frozen at a time, or run on at a speed.

    `machine_seconds` is the machine's clock for a speed.
    """

    def __init__(self, frozen_at: int | None = None, machine_seconds: Callable[[], float] | None = None) -> None:
        self._frozen_at = frozen_at
        self._offset_seconds = 0
        self._run: _Run | None = None
        self._machine_seconds = machine_seconds or monotonic

    def now(self) -> int:
        """Return the time in Gregorian seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        run = self._run
        if run is not None:
            passed = (self._machine_seconds() - run.begun_seconds) * run.speed
            return min(run.start + int(passed), LAST_CALENDAR_SECOND)
        return gregorian.from_unix(int(time.time())) + self._offset_seconds

    @arguments.checked
    def freeze(self, moment: str | datetime | int | None = None) -> None:
        """Stop the clock at a time as `parse_time` takes it, or at the present one. Raises `ArgumentError`."""
        self._frozen_at, self._run = self.now() if moment is None else parse_time(moment), None

    @arguments.checked
    def advance(
        self,
        /,
        step: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        **unknown: Never,
    ) -> None:
        """Advance the clock by `step`, or by the sum of the other arguments. A frozen clock stays frozen.

        Raises `ArgumentError`, which is a `ValueError`, for what is no step, for one that is no whole number of
        seconds, and for one that leaves the calendar.
        """
        parts = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, **unknown}
        step_seconds = parse_step(step, parts)
        if not is_in_calendar(self.now() + step_seconds):
            raise ArgumentError(f"came a step of {step_seconds} seconds, expected one that ends in the years 1 to 9999")
        if self._frozen_at is not None:
            self._frozen_at += step_seconds
        elif self._run is not None:
            self._run = self._run._replace(start=self._run.start + step_seconds)
        else:
            self._offset_seconds += step_seconds

    @arguments.checked
    def live(self, *, speed: float | None = None) -> None:
        """Run with the machine's clock again, or on from the present moment at a speed. Raises `ArgumentError`."""
        arguments.check_value("speed", speed, SPEED.optional())
        run = None if speed is None else _Run(self.now(), self._machine_seconds(), speed)
        self._run, self._frozen_at, self._offset_seconds = run, None, 0

    def snapshot(self) -> ClockSetting:
        """Return where it stands, or starts its run from, and the speed; neither where it runs with the machine's."""
        return ClockSetting(None if self.speed == 1 and self._run is None else self.now(), self.speed)

    def restore(self, setting: ClockSetting) -> None:
        """Go back to a snapshot; a run starts where it started."""
        if setting.moment is None:
            self.live()
        else:
            self.freeze(setting.moment)
            if setting.speed:
                self.live(speed=setting.speed)

    @property
    def speed(self) -> float:
        """How many seconds it runs in a second of the machine's."""
        if self._frozen_at is not None:
            return 0
        return 1 if self._run is None else self._run.speed

    @property
    def is_frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen_at is not None


def parse_time(moment: str | datetime | int, name: str = "moment", expected: str = "") -> int:
    """Return the Gregorian seconds of an ISO 8601 text, of a `datetime` (UTC without a zone), or of such seconds.

    Raises `ArgumentError`, which is a `ValueError`, for anything else, for a time outside the calendar, and for a
    number that looks like Unix seconds or another unit. `name` is the argument's name in the message, and `expected`
    what it expects.
    """
    arguments.check_value(name, moment, ANY_TIME._replace(expected=expected or ANY_TIME.expected))
    seconds: int = _to_gregorian(moment)
    return seconds


def _to_gregorian(value: Any) -> Any:
    """Return Gregorian seconds, perhaps outside the calendar; `None` for what is no time."""
    if arguments.is_whole(value):
        return None if gregorian.guess_unit(value) else value
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(parsed, datetime):
            return gregorian.from_datetime(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        pass
    return None


def is_in_calendar(gregorian_seconds: int) -> bool:
    """Whether a time lies in the years 1 to 9999."""
    return _FIRST_SECOND <= gregorian_seconds <= LAST_CALENDAR_SECOND


def _is_time(value: Any) -> bool:
    seconds = _to_gregorian(value)
    return seconds is not None and is_in_calendar(seconds)


def time_hint(value: Any) -> str:
    """Return what a value that is not in Gregorian seconds looks like, and such seconds; empty where nobody knows."""
    is_in_digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS
    number = int(value) if is_in_digits else value
    guess = gregorian.guess_unit(number) if arguments.is_number(number) else None
    if guess is None:
        is_date = isinstance(value, str | datetime) and _is_time(value)
        return f"in Gregorian seconds that is {_to_gregorian(value)}" if is_date else ""
    unit, seconds = guess
    if unit == "Unix seconds":
        return f"this looks like Unix seconds; Gregorian = Unix + {gregorian.UNIX_EPOCH_GREGORIAN} = {seconds}"
    return f"this looks like {unit}; in Gregorian seconds that is {seconds}"


ANY_TIME = Kind(f"{ISO_8601}, a datetime, or Gregorian seconds", _is_time, time_hint)
GREGORIAN_TIME = Kind("Gregorian seconds", lambda value: arguments.is_whole(value) and _is_time(value), time_hint)


def parse_step(step: Any, parts: Mapping[str, Any]) -> int:
    """Return the seconds of a `timedelta`, or of the sum of its parts by name. Raises `ArgumentError`."""
    arguments.check(parts, STEP_KINDS, "a step")
    arguments.check_value("step", step, _STEP)
    if step is not None and any(parts.values()):
        raise ArgumentError(f"came {arguments.short_repr(step)} and {_join_parts(parts)}, expected one of the two")
    try:
        whole = step if step is not None else timedelta(**parts)
    except OverflowError as error:
        raise ArgumentError(f"came {_join_parts(parts)}, expected a step within the years 1 to 9999") from error
    seconds, rest = divmod(whole, timedelta(seconds=1))
    if rest:
        raise ArgumentError(f"came {whole.total_seconds()} seconds, expected whole ones: the clock knows no others")
    return int(seconds)


def _join_parts(parts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parts.items() if value)


def _step_hint(value: Any) -> str:
    return f"say what it counts, as in days={value}" if arguments.is_number(value) else ""


STEP_KINDS = dict.fromkeys(("days", "hours", "minutes", "seconds"), arguments.NUMBER)
_STEP = Kind("a timedelta", lambda value: value is None or isinstance(value, timedelta), _step_hint)


def _second_instance(name: str) -> Any:
    """Import a module once more, as an instance that is not in `sys.modules`."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name}: not found, where a module of Python's own was expected")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# A test may stop the time of its process. freezegun replaces the clocks of the `time` module wherever a module holds
# one, and a module that is imported later gets the stopped ones: so this is one of a second instance of `time`, which
# freezegun does not find. time-machine changes the functions themselves, up to its version 3 `monotonic` too, but not
# `perf_counter`.
monotonic: Callable[[], float] = _second_instance("time").perf_counter
"""The machine's clock for waits and durations, in seconds, which runs on while a test has stopped the time."""
