"""Traffic: how busy an office is, hour by hour, and the blocks of time in which its calls are generated."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from random import Random

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.locales import numbering_plan

# Monday first; the mean of a week is 1.
WEEKDAYS = (1.5, 1.3, 1.3, 1.3, 1.2, 0.3, 0.1)
# Shares of the office's hours from local midnight on, with a dip for lunch.
HOURS = (1, 0, 0, 0, 1, 2, 6, 20, 70, 115, 125, 105, 60, 85, 115, 110, 90, 50, 22, 10, 6, 4, 2, 1)
# Up to here a day is one block; a busier office has shorter ones, so that a page costs the same whatever the traffic.
QUIET_CALLS_PER_DAY = 40
DOCUMENTS_A_CALL, DOCUMENTS_A_BLOCK = 2.1, 60
DAY_SECONDS, _HOUR_SECONDS = 86_400, 3_600
# How many calls a day has, as a part of those that are expected.
_LEAST, _MOST = 0.85, 1.15


@dataclass(frozen=True, slots=True)
class Traffic:
    """How busy an office is: `calls_per_day` is the mean over a week, `utc_offset_hours` where its day lies."""

    calls_per_day: int
    utc_offset_hours: int = -5

    @classmethod
    def of(cls, calls_per_day: int, locale: str) -> "Traffic":
        """The traffic of an office with the office hours of a locale."""
        return cls(calls_per_day, numbering_plan(locale).utc_offset_hours)

    @property
    def is_quiet(self) -> bool:
        """Whether a whole day is one block."""
        return self.calls_per_day <= QUIET_CALLS_PER_DAY


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one UTC day in Gregorian seconds, the end not included."""

    start_gregorian: int
    end_gregorian: int


def blocks_of_day(traffic: Traffic, day: date) -> list[Block]:
    """The blocks that a UTC day falls into, earliest first; together they are the whole day."""
    start = midnight_of(day)
    return list(blocks_between(traffic, start, start + DAY_SECONDS - 1, descending=False))


def blocks_between(traffic: Traffic, first: int, last: int, *, descending: bool) -> Iterator[Block]:
    """The blocks that touch a stretch of Gregorian seconds, both ends included; lazy, for there may be many."""
    length = DAY_SECONDS if traffic.is_quiet else _HOUR_SECONDS
    step = -1 if descending else 1
    for span in range(first // length, last // length + 1)[::step]:
        start = span * length
        count = 1 if traffic.is_quiet else _blocks_in_hour(traffic, start)
        low, high = (
            ((min(max(moment - start, 0), length - 1) + 1) * count - 1) // length  # the block in which a moment lies
            for moment in (first, last)
        )
        for row in range(low, high + 1)[::step]:
            yield Block(start + length * row // count, start + length * (row + 1) // count)


class DayProfile:
    """One UTC day of an office, from `midnight` on: how many `calls` are expected, and when they begin."""

    def __init__(self, traffic: Traffic, day: date) -> None:
        self.midnight = midnight_of(day)
        expected = (_calls_in_hour(traffic, day, hour) for hour in range(24))
        self._until = list(
            accumulate(expected, initial=0.0)
        )  # the calls before each hour, the next day's first included
        self.calls = self._until[-1]

    @staticmethod
    def most_a_second(traffic: Traffic, more: int) -> float:
        """The most calls that begin in a second of a week's busiest hour, if each day has `more` than it can have."""
        most = _MOST * traffic.calls_per_day * max(WEEKDAYS) + 1 + more
        return most * max(HOURS) / sum(HOURS) / _HOUR_SECONDS

    def count(self, random: Random) -> int:
        """How many calls there are, some more or fewer than are expected."""
        return int(self.calls * (_LEAST + (_MOST - _LEAST) * random.random()) + random.random())

    def at(self, share: float) -> int:
        """The Gregorian second before which a share (0 to 1) of the day's calls begins."""
        target = share * self.calls
        hour = bisect_right(self._until, target) - 1
        before, after = self._until[hour : hour + 2]
        return self.midnight + hour * _HOUR_SECONDS + int(_HOUR_SECONDS * (target - before) / (after - before))

    def share_before(self, moment: int) -> float:
        """The share (0 to 1) of the day's calls that begins before a Gregorian second: the inverse of `at`."""
        seconds = min(max(moment - self.midnight, 0), DAY_SECONDS)
        hour = min(seconds // _HOUR_SECONDS, 23)
        before, after = self._until[hour : hour + 2]
        return (before + (after - before) * (seconds / _HOUR_SECONDS - hour)) / (self.calls or 1)


def midnight_of(day: date) -> int:
    """The Gregorian second in which a UTC day begins."""
    return gregorian.from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))


def day_end(block: Block) -> int:
    """The Gregorian second in which the day after a block's begins: by then all its calls have ended."""
    return block.start_gregorian // DAY_SECONDS * DAY_SECONDS + DAY_SECONDS


def _calls_in_hour(traffic: Traffic, day: date, hour: int) -> float:
    share = HOURS[(hour + traffic.utc_offset_hours) % 24] / sum(HOURS)
    return traffic.calls_per_day * WEEKDAYS[day.weekday()] * share


def _blocks_in_hour(traffic: Traffic, start: int) -> int:
    moment = gregorian.to_datetime(start)
    documents = _calls_in_hour(traffic, moment.date(), moment.hour) * DOCUMENTS_A_CALL
    return min(_HOUR_SECONDS, max(1, math.ceil(documents / DOCUMENTS_A_BLOCK)))
