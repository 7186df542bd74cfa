"""Dates as HTTP headers have them."""

import functools
from email.utils import format_datetime

from mockcdrs.cdr import gregorian


@functools.lru_cache(maxsize=16)
def http_date(gregorian_seconds: int) -> str:
    """`Tue, 20 Jan 2026 12:00:00 GMT`."""
    return format_datetime(gregorian.to_datetime(gregorian_seconds), usegmt=True)
