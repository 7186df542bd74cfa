"""Edge cases of time: when a leg begins, how long it rings and talks."""

from datetime import UTC, datetime

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.edges import base
from mockcdrs.dataset.scenarios import Document

# Begin in UTC, then seconds of ringing and of talking.
MOMENTS: dict[str, tuple[str, int, int]] = {
    "midnight-utc": ("2026-01-14T23:59:50", 4, 26),
    "starts-at-midnight": ("2026-01-14T00:00:00", 3, 57),
    "ends-at-midnight": ("2026-01-13T23:59:00", 5, 55),
    "month-boundary": ("2025-12-31T23:59:30", 5, 85),
    "month-first-second": ("2025-12-01T00:00:00", 2, 20),
    "month-last-second": ("2025-12-31T23:59:59", 0, 0),
    "year-boundary": ("2025-12-31T23:50:00", 10, 1_790),
    "dst-change": ("2025-11-02T05:59:30", 6, 114),
    "dst-change-spring": ("2025-03-09T06:59:30", 6, 114),
    "leap-day": ("2024-02-29T12:00:00", 6, 54),
    "leap-day-into-march": ("2024-02-29T23:59:40", 5, 55),
    "zero-duration": ("2026-01-14T12:00:00", 0, 0),
    "one-second": ("2026-01-14T12:01:00", 0, 1),
    "rang-only": ("2026-01-14T12:02:00", 45, 0),
    "one-minute-exactly": ("2026-01-14T12:05:00", 0, 60),
    "one-second-over-a-minute": ("2026-01-14T12:07:00", 0, 61),
    "seven-hour-call": ("2026-01-14T08:00:00", 9, 25_200),
    "over-a-day-call": ("2026-01-12T08:00:00", 9, 93_600),
    "at-the-moment": ("2026-01-20T11:59:00", 5, 55),
    "just-after-the-moment": ("2026-01-20T11:59:01", 5, 55),
    "in-the-future": ("2026-02-03T09:00:00", 5, 55),
    "unix-billennium": ("2001-09-09T01:46:40", 5, 55),
    "after-2038": ("2038-01-19T03:14:08", 5, 55),
}


def make(name: str) -> list[Document]:
    """The documents of one of `MOMENTS`."""
    begin, ringing, talking = MOMENTS[name]
    start = gregorian.from_datetime(datetime.fromisoformat(begin).replace(tzinfo=UTC))
    return [base.document(name, start, (ringing, talking))]
