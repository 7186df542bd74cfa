"""One clock for everything: ranges, token expiry, envelopes, `Date`, the journal. Frozen or live."""

import time
from datetime import datetime, timedelta
from typing import Never

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.cdr import gregorian
from mockcdrs.control.moments import is_in_calendar, seconds_in, seconds_of


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

    @arguments.checked
    def freeze(self, moment: str | datetime | int | None = None) -> None:
        """Stand still: at a moment as `seconds_of` takes it, or now. Raises `ArgumentError`."""
        self._frozen_at = self.now() if moment is None else seconds_of(moment)

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
        moved = seconds_in(step, parts)
        if not is_in_calendar(self.now() + moved):
            raise ArgumentError(f"came a step of {moved} seconds, expected one that ends in the years 1 to 9999")
        if self._frozen_at is None:
            self._offset_seconds += moved
        else:
            self._frozen_at += moved

    @arguments.checked
    def live(self) -> None:
        """Run with the machine's clock."""
        self._frozen_at, self._offset_seconds = None, 0

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None
