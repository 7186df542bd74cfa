"""A day of a busy office: any stretch of it can be made without the rest, though calls last longer than a stretch.

Calls are numbered in order of time. Those whose numbers differ by a multiple of `SHAPES` take the same time in the same
way, between other people. So which of them end in a stretch is a matter of arithmetic, and long calls need no block to
be long.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from itertools import groupby
from random import Random
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.bounded import BoundedCache
from mockcdrs.dataset.load import DAY_SECONDS, Block, BusyHours, Load
from mockcdrs.dataset.people import Directory, directory
from mockcdrs.dataset.scenarios import (
    CUMULATIVE_SHARES,
    SCENARIO_NAMES,
    SCENARIOS,
    Call,
    Document,
    setting_of,
)
from mockcdrs.dataset.scenarios.call import ANY_SECOND
from mockcdrs.dataset.scenarios.draws import draws_for_one
from mockcdrs.dataset.scenarios.rehearsal import Rehearsal
from mockcdrs.dataset.seeding import random_for

SHAPES = 200
# How far rows of shapes lie apart that have neighbouring places in the table of scenarios: no divisor of `SHAPES`.
_STRIDE = 89
# Neighbouring numbers may change places, as far as this: calls come by chance, not by the clock.
_SPREAD = 4
_DRAWS_OF_TIME = 6
# The calls that end are looked up for a stretch of the day at a time, in which about as many begin.
_CALLS_AT_ONCE, _STRETCHES_KEPT = 200, 4
# For legs that last about as long, the calls that come into question are found at once.
_PARTS_OF_A_STRETCH = 8
_MULTIPLIER, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


class Shape(NamedTuple):
    """How a call goes: its scenario, the draws (0 to 1) of its times, the seconds after which its legs end."""

    scenario: str
    pace: tuple[float, ...]
    ends: frozenset[int]
    longest: int


class Timetable:
    """The calls of an office on one UTC day. One that would last past midnight does not take place."""

    def __init__(self, office: Directory, load: Load, day: date) -> None:
        identity = office.seed, office.account.id, office.locale, load.calls_per_day, load.utc_offset_hours
        random = random_for("timetable", *identity, day.isoformat())
        self._key = random.getrandbits(64)
        self._hours = BusyHours(load, day)
        self._end = self._hours.midnight + DAY_SECONDS
        self._count = self._hours.count(random)
        self._setting = setting_of(office, gregorian.month_of(self._hours.midnight))
        paces = zip(*(_spread(random) for _ in range(_DRAWS_OF_TIME)), strict=True)
        self._shapes = [_shape(office, row, pace) for row, pace in enumerate(paces)]
        self._ends = sorted([(seconds, row) for row, shape in enumerate(self._shapes) for seconds in shape.ends])
        self._stretches = range(math.ceil(self._count / _CALLS_AT_ONCE))
        self._endings: BoundedCache[int, list[tuple[int, int, int]]] = BoundedCache(_STRETCHES_KEPT, lambda _: 1)

    def begun(self, block: Block) -> Iterator[tuple[str, list[Document]]]:
        """The interactions that begin in a block, each with the name of its scenario."""
        first, end = block.start_gregorian, block.end_gregorian
        for number in self._near(first, end):
            shape = self._shapes[number % SHAPES]
            start = self._start(number)
            if first <= start < min(end, self._end - shape.longest):
                yield shape.scenario, list(self._legs(number, start, ANY_SECOND))

    def ended(self, block: Block) -> Iterator[Document]:
        """The legs that end in a block."""
        first, end = block.start_gregorian, block.end_gregorian
        wanted, calls = range(first, end), set()
        for stretch in range(self._stretch_of(first), self._stretch_of(end - 1) + 1):
            endings = self._endings.get(stretch, partial(self._endings_in, stretch))
            low, high = bisect_left(endings, (first,)), bisect_left(endings, (end,))
            calls.update([(number, start) for _, number, start in endings[low:high]])
        for number, start in calls:
            for leg in self._legs(number, start, wanted):
                if leg["timestamp"] in wanted:
                    yield leg

    def _endings_in(self, stretch: int) -> list[tuple[int, int, int]]:
        """When a leg of a call ends in a stretch, the call's number and when it begins, both in Gregorian seconds."""
        found = []
        first, end = self._begin(stretch), self._begin(stretch + 1)
        a_part = (end - first) // _PARTS_OF_A_STRETCH + 1
        for _, alike in groupby(self._ends, lambda each: each[0] // a_part):
            ends = list(alike)
            near = self._near(first - ends[-1][0], end - ends[0][0])
            low, high = near.start, near.stop
            for seconds, row in ends:
                for number in range(low + (row - low) % SHAPES, high, SHAPES):
                    start = self._start(number)
                    if first <= start + seconds < end and start < self._end - self._shapes[row].longest:
                        found.append((start + seconds, number, start))
        return sorted(found)

    def _stretch_of(self, moment: int) -> int:
        return bisect_right(self._stretches, moment, key=self._begin) - 1

    def _begin(self, stretch: int) -> int:
        if stretch == len(self._stretches):
            return self._end
        return self._hours.at(stretch / len(self._stretches)) if stretch else self._hours.midnight

    def _near(self, first: int, end: int) -> range:
        """The numbers among which those lie whose calls begin from `first` to before `end`."""
        midnight = self._hours.midnight
        if end <= midnight:
            return range(0)
        share_before, room = self._hours.share_before, self._count + _SPREAD
        low = int(share_before(first) * room) - _SPREAD - 1 if first > midnight else 0
        high = int(share_before(end) * room) + 2 if end < self._end else self._count
        return range(max(0, low), min(self._count, high))

    def _start(self, number: int) -> int:
        mixed = (number ^ self._key) * _MULTIPLIER & _MASK
        moved = (mixed ^ mixed >> 29) * _MULTIPLIER & _MASK
        return self._hours.at((number + _SPREAD * (moved >> 32) / 2**32) / (self._count + _SPREAD))

    def _legs(self, number: int, start: int, wanted: range) -> Iterable[Document]:
        shape = self._shapes[number % SHAPES]
        draws = draws_for_one(b"%d/%d" % (self._key, number))
        return SCENARIOS[shape.scenario](Call(self._setting, draws, start, self._end - 1, shape.pace, wanted))


@lru_cache(maxsize=4)  # a page lies in one day or two, and each block of theirs needs it
def timetable(seed: int, account_id: str, locale: str, load: Load, day: date) -> Timetable:
    """The timetable of an account's day; a pure function."""
    return Timetable(directory(seed, account_id, locale), load, day)


def _spread(random: Random) -> list[float]:
    """A fraction in each of `SHAPES` equal parts of 0 to 1, shuffled: so each day has its share of long calls."""
    draw, rows = random.random, range(SHAPES)
    spread = [(row + draw()) / SHAPES for row in rows]
    return [spread[row] for row in sorted(rows, key=[draw() for _ in rows].__getitem__)]


def _shape(office: Directory, row: int, pace: tuple[float, ...]) -> Shape:
    share = (row * _STRIDE % SHAPES + 0.5) / SHAPES
    scenario = SCENARIO_NAMES[bisect_right(CUMULATIVE_SHARES, share * CUMULATIVE_SHARES[-1])]
    call = Rehearsal(office, DAY_SECONDS, pace)
    ends = frozenset([leg["timestamp"] for leg in SCENARIOS[scenario](call)])
    return Shape(scenario, pace, ends, max(ends))
