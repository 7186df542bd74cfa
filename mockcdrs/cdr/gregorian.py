"""Gregorian seconds, Kazoo's way to say a moment: seconds since the year 0 in UTC."""

import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


_CYCLE_YEARS, _CYCLE_SECONDS = 400, 146_097 * 86_400


@dataclass(frozen=True, slots=True)
class Civil:
    """Date and time of day in UTC, for any year from 0 on."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int


@functools.lru_cache(maxsize=1024)
def civil(gregorian_seconds: int) -> Civil:
    """The calendar's view of Gregorian seconds; `ValueError` before the year 0, as Erlang's `calendar` has it."""
    if gregorian_seconds < 0:
        raise ValueError(f"before the year 0: {gregorian_seconds}")
    cycles, rest = divmod(gregorian_seconds, _CYCLE_SECONDS)
    # datetime starts at year 1 and ends at 9999: the calendar repeats every 400 years
    moment = to_datetime(rest + _CYCLE_SECONDS)
    year = moment.year - _CYCLE_YEARS + cycles * _CYCLE_YEARS
    return Civil(year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.weekday())


def iso_8601(gregorian_seconds: int) -> str:
    """`2026-01-20T12:00:00Z` (`kz_time:iso8601/1`)."""
    c = civil(gregorian_seconds)
    return f"{c.year:04}-{c.month:02}-{c.day:02}T{c.hour:02}:{c.minute:02}:{c.second:02}Z"
