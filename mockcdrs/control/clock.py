"""One clock for everything: ranges, token expiry, envelopes, `Date`, the journal. Frozen or live."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from mockcdrs.cdr import gregorian

_FIRST_SECOND, LAST_SECOND = 31_622_400, 315_569_519_999  # of the years 1 and 9999: no calendar goes further


class Clock:
    """Tells Gregorian seconds: the machine's, moved by an offset, or those of a moment at which it stands still."""

    def __init__(self, frozen_at: int | None = None) -> None:
        self._frozen_at = frozen_at
        self._offset_seconds = 0

    @classmethod
    def frozen(cls, gregorian_seconds: int) -> "Clock":
        """A clock that stands still."""
        return cls(gregorian_seconds)

    def now(self) -> int:
        """Gregorian seconds."""
        if self._frozen_at is not None:
            return self._frozen_at
        return gregorian.from_unix(int(time.time())) + self._offset_seconds

    def freeze(self, moment: str | datetime | int | None = None) -> None:
        """Stand still: at a moment as `seconds_of` takes it, or now. Raises `ValueError`."""
        self._frozen_at = self.now() if moment is None else seconds_of(moment)

    def advance(self, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move on by so much; a frozen clock stands still again behind it. `ValueError` beyond the calendar."""
        step = int(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds())
        seconds_of(self.now() + step)  # refuses what no calendar has
        if self._frozen_at is None:
            self._offset_seconds += step
        else:
            self._frozen_at += step

    def live(self) -> None:
        """Run with the machine's clock."""
        self._frozen_at, self._offset_seconds = None, 0

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None


def seconds_of(moment: str | datetime | int) -> int:
    """Gregorian seconds of a moment: an ISO 8601 text, a `datetime` (UTC unless it says else), or such seconds.

    Raises `ValueError` for anything else, and for what lies in no calendar.
    """
    try:
        seconds = _seconds_of(moment)
    except (ValueError, OverflowError):
        seconds = None
    if seconds is None or not _FIRST_SECOND <= seconds <= LAST_SECOND:
        raise ValueError(
            f"{moment!r} is no moment: expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, or Gregorian seconds"
        )
    return seconds


def _seconds_of(moment: Any) -> int | None:
    if isinstance(moment, int) and not isinstance(moment, bool):
        return moment
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if not isinstance(parsed, datetime):
        return None
    return gregorian.from_datetime(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
