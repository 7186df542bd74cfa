"""Gregorian seconds, Kazoo's way to say a moment: seconds since the year 0 in UTC."""

import functools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

UNIX_EPOCH_GREGORIAN = 62_167_219_200
_YEAR_ONE_GREGORIAN = 31_622_400
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


def from_unix(unix_seconds: int) -> int:
    """Gregorian seconds of a Unix time in seconds."""
    return unix_seconds + UNIX_EPOCH_GREGORIAN


def to_unix(gregorian_seconds: int) -> int:
    """Unix seconds of a Gregorian time in seconds."""
    return gregorian_seconds - UNIX_EPOCH_GREGORIAN


def from_datetime(moment: datetime) -> int:
    """Gregorian seconds of an aware `datetime`, fractions cut off."""
    return (moment - _YEAR_ONE) // timedelta(seconds=1) + _YEAR_ONE_GREGORIAN


def to_datetime(gregorian_seconds: int) -> datetime:
    """The UTC `datetime` of Gregorian seconds; `OverflowError` before the year 1 and after 9999."""
    return _YEAR_ONE + timedelta(seconds=gregorian_seconds - _YEAR_ONE_GREGORIAN)


def month_of(gregorian_seconds: int) -> str:
    """`YYYYMM`, the name of the month database that a Gregorian time falls into."""
    return f"{to_datetime(gregorian_seconds):%Y%m}"


def month_start(month: str) -> int:
    """Gregorian seconds at which a month (`YYYYMM`) begins; `ValueError` for what is no month."""
    return from_datetime(datetime(int(month[:4]), int(month[4:]), 1, tzinfo=UTC))


_DAY_SECONDS = 86_400
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097


class Day(NamedTuple):
    """A day in UTC, of any year from 0 on; its text is `2026-01-20`, Monday is 0."""

    year: int
    month: int
    day: int
    weekday: int
    text: str


def day_of(gregorian_seconds: int) -> Day:
    """The day that a Gregorian time falls into; `ValueError` before the year 0, as Erlang's `calendar` has it."""
    if gregorian_seconds < 0:
        raise ValueError(f"before the year 0: {gregorian_seconds}")
    return _day(gregorian_seconds // _DAY_SECONDS)


@functools.lru_cache(maxsize=1024)
def _day(number: int) -> Day:
    cycles, rest = divmod(number, _CYCLE_DAYS)
    # datetime starts at year 1 and ends at 9999: the calendar repeats every 400 years
    date = to_datetime((rest + _CYCLE_DAYS) * _DAY_SECONDS)
    year = date.year - _CYCLE_YEARS + cycles * _CYCLE_YEARS
    return Day(year, date.month, date.day, date.weekday(), f"{year:04}-{date.month:02}-{date.day:02}")


def clock(gregorian_seconds: int) -> str:
    """The time of day, `12:00:00`."""
    return _clock(gregorian_seconds % _DAY_SECONDS)


@functools.lru_cache(maxsize=1024)
def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def iso_8601(gregorian_seconds: int) -> str:
    """`2026-01-20T12:00:00Z` (`kz_time:iso8601/1`)."""
    return f"{day_of(gregorian_seconds).text}T{clock(gregorian_seconds)}Z"
