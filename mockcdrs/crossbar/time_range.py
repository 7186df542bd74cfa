"""Which stretch of time a listing covers (`crossbar_view.erl`, `kazoo_modb.erl`). All times are Gregorian seconds."""

from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.crossbar.errors import validation
from mockcdrs.crossbar.request import Request

_LEAST_YEAR = 1000


def time_range(request: Request, now: int, maximum: int) -> tuple[int, int]:
    """`(created_from, created_to)`, both included.

    What is missing, no number, zero or negative falls back: the end to `now`, the start to `maximum` seconds before
    the end. `Failure` 400 for a reversed range and one wider than `maximum`.
    """
    end = _moment(request.value("created_to"), now)
    start = _moment(request.value("created_from"), end - maximum)
    if end < start:
        words = f"created_to {end} is prior to created_from {start}"
        raise validation("created_from", "date_range", message=words, cause=start)
    if end - start > maximum:
        words = f"created_to {end} is more than {maximum} seconds from created_from {start}"
        raise validation("created_from", "date_range", message=words, cause=end)
    return start, end


def _moment(value: Any, default: int) -> int:
    try:
        moment = erlang.to_integer(value)
    except erlang.BadArgument:
        return default
    return moment if moment > 0 else default


def has_month_names(start: int, end: int) -> bool:
    """Whether Kazoo can name the months of a range: their years need four digits or more."""
    return all(moment >= 0 and gregorian.day_of(moment).year >= _LEAST_YEAR for moment in (start, end))


def month_of(moment: int) -> str:
    """The month (`YYYYMM`) of a moment, that of the year 0 for earlier ones."""
    year, month = _month(moment)
    return f"{year:04}{month:02}"


def touches(month: str, start: int, end: int) -> bool:
    """Whether a month (`YYYYMM`) lies in or overlaps a range."""
    return _month(start) <= (int(month[:4]), int(month[4:])) <= _month(end)


def _month(moment: int) -> tuple[int, int]:
    day = gregorian.day_of(max(moment, 0))
    return day.year, day.month
