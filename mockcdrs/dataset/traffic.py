"""Traffic: how busy an office is, hour by hour, and the blocks of time in which its calls are generated."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.locales import numbering_plan

# Monday first; the mean of a week is 1.
WEEKDAYS = (1.5, 1.3, 1.3, 1.3, 1.2, 0.3, 0.1)
# Shares of the office's hours from local midnight on, with a dip for lunch.
HOURS = (1, 0, 0, 0, 1, 2, 6, 20, 70, 115, 125, 105, 60, 85, 115, 110, 90, 50, 22, 10, 6, 4, 2, 1)
# A block has about as many documents as a page, so that a page costs the same whatever the traffic.
DOCUMENTS_A_CALL, DOCUMENTS_A_BLOCK = 2.1, 60
DAY_SECONDS, _HOUR_SECONDS = 86_400, 3_600
# How many calls a day has, as a part of those that are expected.
_LEAST, _MOST = 0.85, 1.15


class Traffic(NamedTuple):
    """How busy an office is: `calls_per_day` is the mean over a week, `utc_offset_hours` where its day lies."""

    calls_per_day: int
    utc_offset_hours: int = -5

    @classmethod
    def of(cls, calls_per_day: int, locale: str) -> "Traffic":
        """The traffic of an office with the office hours of a locale."""
        return cls(calls_per_day, numbering_plan(locale).utc_offset_hours)


class Block(NamedTuple):
    """A stretch of one UTC day in Gregorian seconds, the end not included."""

    start_gregorian: int
    end_gregorian: int

    @property
    def is_day(self) -> bool:
        """Whether it is a whole day."""
        return self.end_gregorian - self.start_gregorian == DAY_SECONDS


def blocks_of_day(traffic: Traffic, day: date) -> list[Block]:
    """The blocks that a UTC day falls into, earliest first; together they are the whole day."""
    start = midnight_of(day)
    return list(blocks_between(traffic, start, start + DAY_SECONDS - 1, descending=False))


def blocks_between(traffic: Traffic, first: int, last: int, *, descending: bool) -> Iterator[Block]:
    """The blocks that touch a stretch of Gregorian seconds, both ends included; lazy, for there may be many."""
    step = -1 if descending else 1
    for day in range(first // DAY_SECONDS, last // DAY_SECONDS + 1)[::step]:
        midnight = day * DAY_SECONDS
        for second, length, count in _spans_of_day(traffic, gregorian.day_of(midnight).weekday)[::step]:
            start = midnight + second
            if start > last or start + length <= first:
                continue
            if count == 1:
                yield Block(start, start + length)
                continue
            low, high = (
                ((min(max(moment - start, 0), length - 1) + 1) * count - 1) // length  # the block of a moment
                for moment in (first, last)
            )
            for row in range(low, high + 1)[::step]:
                yield Block(start + length * row // count, start + length * (row + 1) // count)


@lru_cache(maxsize=16)
def _spans_of_day(traffic: Traffic, weekday: int) -> tuple[tuple[int, int, int], ...]:
    """Spans of a day: the second at which one starts, its length, and the number of blocks that it is divided into.

    A span is one busy hour, or quiet hours that make one block together.
    """
    spans, documents = list[tuple[int, int, int]](), 0.0
    for hour in range(24):
        expected = _calls_in_hour(traffic, weekday, hour) * DOCUMENTS_A_CALL
        if spans and documents + expected <= DOCUMENTS_A_BLOCK:
            start, length, _ = spans.pop()
            spans.append((start, length + _HOUR_SECONDS, 1))
            documents += expected
        else:
            count = min(_HOUR_SECONDS, max(1, math.ceil(expected / DOCUMENTS_A_BLOCK)))
            spans.append((hour * _HOUR_SECONDS, _HOUR_SECONDS, count))
            documents = expected
    return tuple(spans)


class DayProfile:
    """One UTC day of an office, from `midnight` on: how many `calls` are expected, and when they begin."""

    def __init__(self, traffic: Traffic, day: date) -> None:
        self.midnight = midnight_of(day)
        expected = [_calls_in_hour(traffic, day.weekday(), hour) for hour in range(24)]
        self._until = list(accumulate(expected))
        self.calls = self._until[-1]
        shares = [calls / self.calls if self.calls else 0.0 for calls in expected]
        # The share before each hour, the next day's first included, and that of each of its seconds.
        per_second = (*(share / _HOUR_SECONDS for share in shares), 0.0)
        self._shares = list(zip(accumulate(shares, initial=0.0), per_second, strict=True))

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
        hour = bisect_right(self._until, target)
        before = self._until[hour - 1] if hour else 0.0
        within = _HOUR_SECONDS * (target - before) / (self._until[hour] - before)
        return self.midnight + hour * _HOUR_SECONDS + int(within)

    def share_before(self, moment: int) -> float:
        """The share (0 to 1) of the day's calls that begins before a Gregorian second of it: the inverse of `at`."""
        hour, second = divmod(moment - self.midnight, _HOUR_SECONDS)
        before, per_second = self._shares[hour]
        return before + per_second * second


def midnight_of(day: date) -> int:
    """The Gregorian second in which a UTC day begins."""
    return gregorian.from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))


def day_end(block: Block) -> int:
    """The Gregorian second in which the day after a block's begins: by then all its calls have ended."""
    return block.start_gregorian // DAY_SECONDS * DAY_SECONDS + DAY_SECONDS


def _calls_in_hour(traffic: Traffic, weekday: int, hour: int) -> float:
    share = HOURS[(hour + traffic.utc_offset_hours) % 24] / sum(HOURS)
    return traffic.calls_per_day * WEEKDAYS[weekday] * share
