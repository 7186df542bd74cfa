"""Gregorian seconds, Kazoo's way to say a moment: seconds since the year 0 in UTC."""

import calendar
import functools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

UNIX_EPOCH_GREGORIAN = 62_167_219_200
_YEAR_ONE_GREGORIAN = 31_622_400
_DAY_SECONDS = 86_400
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
# What numbers are taken for Unix times: the years 1980 to 2103. As milliseconds they lie behind the calendar's end, the
# year 9999 in Gregorian seconds.
_EARLIEST_UNIX, _LATEST_UNIX = 315_600_000, 4_200_000_000
_UNIX_UNITS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}


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


def guess_unit(number: float) -> tuple[str, int] | None:
    """What a number probably is if not Gregorian seconds, as in `Unix seconds`, and the Gregorian seconds meant."""
    for unit, per_second in _UNIX_UNITS.items():
        if _EARLIEST_UNIX <= number // per_second <= _LATEST_UNIX:
            return f"Unix {unit}", from_unix(int(number // per_second))
    if _EARLIEST_UNIX <= number // 1000 - UNIX_EPOCH_GREGORIAN <= _LATEST_UNIX:
        return "Gregorian milliseconds", int(number // 1000)
    if 19_000_000 < number < 30_000_000:
        try:
            day = datetime.fromisoformat(str(int(number))).replace(tzinfo=UTC)
        except ValueError:
            return None
        return "a date in digits", from_datetime(day)
    return None


def month_of(gregorian_seconds: int) -> str:
    """`YYYYMM`, the name of the month database that a Gregorian time falls into."""
    moment = to_datetime(gregorian_seconds)
    return f"{moment.year:04}{moment.month:02}"


def month_start(month: str) -> int:
    """Gregorian seconds at which a month (`YYYYMM`) begins; `ValueError` for what is no month."""
    return from_datetime(datetime(int(month[:4]), int(month[4:]), 1, tzinfo=UTC))


@functools.lru_cache(maxsize=1024)
def month_bounds(month: str) -> tuple[int, int]:
    """The first second of a month (`YYYYMM`), and the one behind its last; `ValueError` for what is no month."""
    start = month_start(month)
    _, days = calendar.monthrange(int(month[:4]), int(month[4:]))
    return start, start + days * _DAY_SECONDS


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


@functools.lru_cache(maxsize=1024)  # a row shows one moment several times
def clock_text(gregorian_seconds: int) -> str:
    """The time of day, `12:00:00`."""
    minutes, second = divmod(gregorian_seconds % _DAY_SECONDS, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def iso_8601(gregorian_seconds: int) -> str:
    """`2026-01-20T12:00:00Z` (`kz_time:iso8601/1`)."""
    return f"{day_of(gregorian_seconds).text}T{clock_text(gregorian_seconds)}Z"
