"""Gregorian seconds, Kazoo's way to say a moment: seconds since the year 0 in UTC."""

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
