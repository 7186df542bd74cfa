"""The calls of an account: a pure function of seed, account, traffic and block of time.

The day of a quiet office is one block, all drawn at once. Blocks of a busy one are parts of a `Timetable`.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from itertools import groupby, islice, repeat
from operator import itemgetter
from random import Random
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import Call, Channel, MonthContext, month_context
from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.lru_cache import LruCache
from mockcdrs.dataset.office import Office, generate_office
from mockcdrs.dataset.outcomes import CallOutcome
from mockcdrs.dataset.random_stream import RandomStream, random_for, stream_for_call, stream_from
from mockcdrs.dataset.scenarios import CUMULATIVE_SHARES, SCENARIO_NAMES, SCENARIOS
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.traffic import DAY_SECONDS, Block, DayProfile, Traffic, blocks_of_day

# Each id begins with the month and 32 hex digits of its own: these sort alike by code and by CouchDB's collation.
_VIEW_ORDER = itemgetter("pvt_created", "_id")

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
_NO_DRAWS = RandomStream(float, int, repeat(""), repeat(""), repeat(""))


def block_interactions(office: Office, traffic: Traffic, block: Block) -> Iterator[tuple[str, list[Document]]]:
    """The interactions that begin in a block, each with the name of its scenario; none lasts past the day."""
    for name, legs in (
        _drawn(office, traffic, block) if traffic.is_quiet else _timetable(office, traffic, block).begun(block)
    ):
        yield name, list(legs)


def begun_in_block(office: Office, traffic: Traffic, block: Block) -> list[Document]:
    """All legs of the interactions that begin in a block."""
    return [leg for _, legs in block_interactions(office, traffic, block) for leg in legs]


def generate_block(office: Office, traffic: Traffic, block: Block) -> list[Document]:
    """The legs that end in a block, in view order: by `pvt_created`, then by id as CouchDB sorts text."""
    if not traffic.is_quiet:
        return sorted(_timetable(office, traffic, block).ended(block), key=_VIEW_ORDER)
    documents: list[Document] = []
    for _, legs in _drawn(office, traffic, block):
        documents += legs
    documents.sort(key=_VIEW_ORDER)
    return documents


def documents_of_day(office: Office, traffic: Traffic, day: date) -> Iterator[Document]:
    """The documents of all blocks of a UTC day, in view order; faster than block by block: a call is made once."""
    blocks = blocks_of_day(traffic, day)
    ends = [block.end_gregorian for block in blocks]
    waiting: dict[int, list[Document]] = defaultdict(list)
    for row, block in enumerate(blocks):
        for _, legs in block_interactions(office, traffic, block):
            for leg in legs:
                waiting[bisect_right(ends, leg["pvt_created"])].append(leg)
        yield from sorted(waiting.pop(row, ()), key=_VIEW_ORDER)


def _drawn(office: Office, traffic: Traffic, block: Block) -> Iterator[tuple[str, Iterable[Document]]]:
    """The interactions of a quiet day. Legs are drawn as they are read: read those of one before the next."""
    identity = office.seed, office.account.id, office.locale, traffic.calls_per_day, traffic.utc_offset_hours
    random = random_for("block", *identity, block.start_gregorian, block.end_gregorian)
    context, stream = month_context(office, gregorian.month_of(block.start_gregorian)), stream_from(random)
    hours = DayProfile(traffic, gregorian.to_datetime(block.start_gregorian).date())
    draw, last = random.random, block.end_gregorian - 1
    for _ in range(hours.count(random)):
        name = SCENARIO_NAMES[bisect_right(CUMULATIVE_SHARES, draw() * CUMULATIVE_SHARES[-1])]
        yield name, SCENARIOS[name](Call(context, stream, hours.at(draw()), last))


class _CallTimes(Call):
    """A call that begins at 0 and of whose legs only the ends are made: a busy day times 200 before its first page."""

    __slots__ = ()

    def leg(
        self,
        channel: Channel,
        parties: tuple[Endpoint, Endpoint],
        times: tuple[int, int, int],
        outcome: CallOutcome,
        other: Channel | None = None,
    ) -> Document:
        """When the leg ends, and what scenarios read and change of it."""
        del channel, parties, outcome, other
        return {
            "timestamp": sum(times),
            "callee_id_number": "",
            "custom_application_vars": {},
            "custom_channel_vars": {},
        }


class _Shape(NamedTuple):
    """How a call proceeds: its scenario, the draws (0 to 1) of its times, the seconds after which its legs end."""

    scenario: str
    pace: tuple[float, ...]
    ends: frozenset[int]
    longest: int


class Timetable:
    """The calls of an office on one UTC day. One that would last past midnight does not take place."""

    def __init__(self, office: Office, traffic: Traffic, day: date) -> None:
        identity = office.seed, office.account.id, office.locale, traffic.calls_per_day, traffic.utc_offset_hours
        random = random_for("timetable", *identity, day.isoformat())
        self._key = random.getrandbits(64)
        self._hours = DayProfile(traffic, day)
        self._end = self._hours.midnight + DAY_SECONDS
        self._count = self._hours.count(random)
        self._context = month_context(office, gregorian.month_of(self._hours.midnight))
        paces = zip(*(_spread(random) for _ in range(_DRAWS_OF_TIME)), strict=True)
        self._shapes = [_shape(self._context, row, pace) for row, pace in enumerate(islice(paces, self._count))]
        self._ends = sorted([(seconds, row) for row, shape in enumerate(self._shapes) for seconds in shape.ends])
        self._stretches = range(math.ceil(self._count / _CALLS_AT_ONCE))
        self._endings: LruCache[int, list[tuple[int, int, int]]] = LruCache(_STRETCHES_KEPT, lambda _: 1)

    def begun(self, block: Block) -> Iterator[tuple[str, list[Document]]]:
        """The interactions that begin in a block, each with the name of its scenario."""
        first, end = block.start_gregorian, block.end_gregorian
        for number in self._near(first, end):
            shape = self._shapes[number % SHAPES]
            start = self._start(number)
            if first <= start < min(end, self._end - shape.longest):
                yield shape.scenario, list(self._legs(number, start))

    def ended(self, block: Block) -> Iterator[Document]:
        """The legs that end in a block."""
        first, end = block.start_gregorian, block.end_gregorian
        calls = set()
        for stretch in range(self._stretch_of(first), self._stretch_of(end - 1) + 1):
            endings = self._endings.get(stretch, partial(self._endings_in, stretch))
            low, high = bisect_left(endings, (first,)), bisect_left(endings, (end,))
            calls.update([(number, start) for _, number, start in endings[low:high]])
        for number, start in calls:
            yield from (leg for leg in self._legs(number, start) if first <= leg["timestamp"] < end)

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

    def _legs(self, number: int, start: int) -> Iterable[Document]:
        shape = self._shapes[number % SHAPES]
        stream = stream_for_call(b"%d/%d" % (self._key, number))
        return SCENARIOS[shape.scenario](Call(self._context, stream, start, self._end - 1, shape.pace))


@lru_cache(maxsize=4)  # a page lies in one day or two, and each block of theirs needs it
def timetable(seed: int, account_id: str, locale: str, traffic: Traffic, day: date) -> Timetable:
    """The timetable of an account's day; a pure function."""
    return Timetable(generate_office(seed, account_id, locale), traffic, day)


def _timetable(office: Office, traffic: Traffic, block: Block) -> Timetable:
    day = gregorian.to_datetime(block.start_gregorian).date()
    return timetable(office.seed, office.account.id, office.locale, traffic, day)


def _spread(random: Random) -> list[float]:
    """A fraction in each of `SHAPES` equal parts of 0 to 1, shuffled: so each day has its share of long calls."""
    draw, rows = random.random, range(SHAPES)
    spread = [(row + draw()) / SHAPES for row in rows]
    return [spread[row] for row in sorted(rows, key=[draw() for _ in rows].__getitem__)]


def _shape(context: MonthContext, row: int, pace: tuple[float, ...]) -> _Shape:
    share = (row * _STRIDE % SHAPES + 0.5) / SHAPES
    scenario = SCENARIO_NAMES[bisect_right(CUMULATIVE_SHARES, share * CUMULATIVE_SHARES[-1])]
    call = _CallTimes(context, _NO_DRAWS, 0, DAY_SECONDS, pace)
    ends = frozenset([leg["timestamp"] for leg in SCENARIOS[scenario](call)])
    return _Shape(scenario, pace, ends, max(ends))
