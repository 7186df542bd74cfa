"""One clock for everything: ranges, envelopes, `Date`. Frozen or live."""

import time

from mockcdrs.cdr import gregorian


class Clock:
    """Tells Gregorian seconds; live unless it was frozen."""

    def __init__(self, frozen_at: int | None = None) -> None:
        self._frozen_at = frozen_at

    @classmethod
    def frozen(cls, gregorian_seconds: int) -> "Clock":
        """A clock that stands still."""
        return cls(gregorian_seconds)

    @classmethod
    def live(cls) -> "Clock":
        """The machine's clock."""
        return cls()

    def now(self) -> int:
        """Gregorian seconds."""
        return gregorian.from_unix(int(time.time())) if self._frozen_at is None else self._frozen_at
