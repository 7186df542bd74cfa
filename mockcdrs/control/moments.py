"""Moments and steps of time as callers give them, in Gregorian seconds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian

_FIRST_SECOND, LAST_SECOND = 31_622_400, 315_569_519_999  # of the years 1 and 9999: no calendar goes further
_MOST_DIGITS = 20


def seconds_of(moment: str | datetime | int, name: str = "moment", expected: str = "") -> int:
    """Gregorian seconds of a moment: an ISO 8601 text, a `datetime` (UTC unless it says else), or such seconds.

    Raises `ArgumentError`, which is a `ValueError`, for anything else, for what lies in no calendar, and for a number
    that is another time's: Unix seconds, say. `name` is what the message calls it, `expected` what it expects.
    """
    arguments.check_value(name, moment, replace(MOMENT, expected=expected or MOMENT.expected))
    seconds: int = _seconds_of(moment)
    return seconds


def _seconds_of(moment: Any) -> Any:
    """`None` for what is no moment, which may lie in no calendar."""
    if arguments.is_whole(moment):
        return None if gregorian.guess_unit(moment) else moment
    try:
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if isinstance(parsed, datetime):
            return gregorian.from_datetime(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        pass
    return None


def is_in_calendar(gregorian_seconds: int) -> bool:
    """Whether it lies in the years 1 to 9999."""
    return _FIRST_SECOND <= gregorian_seconds <= LAST_SECOND


def _is_moment(value: Any) -> bool:
    seconds = _seconds_of(value)
    return seconds is not None and is_in_calendar(seconds)


def meant(value: Any) -> str:
    """What to say of a value that is no Gregorian seconds: what it looks like, and how it is turned into such."""
    is_in_digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS
    number = int(value) if is_in_digits else value
    found = gregorian.guess_unit(number) if arguments.is_number(number) else None
    if found is None:
        is_date = isinstance(value, str | datetime) and _is_moment(value)
        return f"in Gregorian seconds that is {_seconds_of(value)}" if is_date else ""
    unit, seconds = found
    if unit == "Unix seconds":
        return f"this looks like Unix seconds; Gregorian = Unix + {gregorian.UNIX_EPOCH_GREGORIAN} = {seconds}"
    return f"this looks like {unit}; in Gregorian seconds that is {seconds}"


ISO_8601 = "ISO 8601 in UTC, as in 2026-01-20T12:00:00Z"
MOMENT = Kind(f"{ISO_8601}, a datetime, or Gregorian seconds", _is_moment, meant)
GREGORIAN = Kind("Gregorian seconds", lambda value: arguments.is_whole(value) and _is_moment(value), meant)


def seconds_in(step: Any, parts: Mapping[str, Any]) -> int:
    """The seconds of a step: of a `timedelta`, or the sum of its parts. Raises `ArgumentError`."""
    arguments.check(parts, STEP_PARTS, "a step")
    arguments.check_value("step", step, _STEP)
    if step is not None and any(parts.values()):
        raise ArgumentError(f"came {arguments.shown(step)} and {_named(parts)}, expected one of the two")
    try:
        whole = step if step is not None else timedelta(**parts)
    except OverflowError as error:
        raise ArgumentError(f"came {_named(parts)}, expected a step within the years 1 to 9999") from error
    seconds, rest = divmod(whole, timedelta(seconds=1))
    if rest:
        raise ArgumentError(f"came {whole.total_seconds()} seconds, expected whole ones: the clock knows no others")
    return int(seconds)


def _named(parts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parts.items() if value)


def _with_name(value: Any) -> str:
    return f"say what it counts, as in days={value}" if arguments.is_number(value) else ""


STEP_PARTS = dict.fromkeys(("days", "hours", "minutes", "seconds"), arguments.NUMBER)
_STEP = Kind("a timedelta", lambda value: value is None or isinstance(value, timedelta), _with_name)
