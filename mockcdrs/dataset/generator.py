"""The calls of an account: a pure function of seed, account, load and block of time."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from operator import itemgetter
from random import Random

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.numbers import plan_of
from mockcdrs.dataset.people import Directory
from mockcdrs.dataset.scenarios import CUMULATIVE_SHARES, SCENARIOS, Call, Document, setting_of
from mockcdrs.dataset.seeding import random_for

# Monday first; the mean of a week is 1.
WEEKDAYS = (1.5, 1.3, 1.3, 1.3, 1.2, 0.3, 0.1)
# Shares of the office's hours from local midnight on, with a dip for lunch.
HOURS = (1, 0, 0, 0, 1, 2, 6, 20, 70, 115, 125, 105, 60, 85, 115, 110, 90, 50, 22, 10, 6, 4, 2, 1)
DOCUMENTS_A_CALL = 2.1
# A block of the usual size is quick to make for one page; a shorter stretch would cut too many calls off, so under a
# heavy load blocks grow, up to the largest size.
USUAL_DOCUMENTS_A_BLOCK, LARGEST_DOCUMENTS_A_BLOCK, SHORTEST_STRETCH_SECONDS = 400, 4_000, 240
_HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Load:
    """How busy an office is: `calls_per_day` is the mean over a week, `utc_offset_hours` where its day lies."""

    calls_per_day: int
    utc_offset_hours: int = -5

    @classmethod
    def of(cls, calls_per_day: int, locale: str) -> "Load":
        """The load of an office whose hours are those of a locale."""
        return cls(calls_per_day, plan_of(locale).utc_offset_hours)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one UTC day in Gregorian seconds, the end not included."""

    start_gregorian: int
    end_gregorian: int


def blocks_of_day(load: Load, day: date) -> list[Block]:
    """The blocks that a UTC day falls into, earliest first; together they are the whole day."""
    midnight = _midnight(day)
    calls = [_calls_in_hour(load, day, hour) for hour in range(24)]
    edges = [midnight]
    held = 0.0
    for hour, expected in enumerate(calls):
        documents = expected * DOCUMENTS_A_CALL
        begin = midnight + hour * _HOUR_SECONDS
        if held and held + documents > USUAL_DOCUMENTS_A_BLOCK:
            edges.append(begin)
            held = 0.0
        pieces = _pieces(documents)
        edges += [begin + _HOUR_SECONDS * piece // pieces for piece in range(1, pieces)]
        held += documents / pieces
    return [Block(start, end) for start, end in pairwise([*edges, midnight + 24 * _HOUR_SECONDS])]


def block_interactions(office: Directory, load: Load, block: Block) -> Iterator[tuple[str, list[Document]]]:
    """The interactions of a block, each with the name of its scenario; every timestamp lies in the block."""
    for name, legs in _interactions(office, load, block):
        yield name, list(legs)


def generate_block(office: Directory, load: Load, block: Block) -> list[Document]:
    """The documents of a block in view order: by `pvt_created`, then by id as CouchDB sorts text."""
    documents: list[Document] = []
    for _, legs in _interactions(office, load, block):
        documents += legs
    # Each id begins with the month and 32 hex digits of its own: these sort alike by code and by CouchDB's collation.
    documents.sort(key=itemgetter("pvt_created", "_id"))
    return documents


def _interactions(office: Directory, load: Load, block: Block) -> Iterator[tuple[str, Iterable[Document]]]:
    """Legs are drawn as they are read: read those of one interaction before going on to the next."""
    account = office.account.id
    identity = (office.seed, account, office.locale, load.calls_per_day, load.utc_offset_hours)
    random = random_for("block", *identity, block.start_gregorian, block.end_gregorian)
    setting = setting_of(office, gregorian.month_of(block.start_gregorian), random)
    times = _Times(load, block)
    scenarios = tuple(SCENARIOS.items())
    draw, last = random.random, block.end_gregorian - 1
    for _ in range(_count(random, times.calls)):
        name, scenario = scenarios[bisect_right(CUMULATIVE_SHARES, draw() * CUMULATIVE_SHARES[-1])]
        yield name, scenario(Call(setting, times.at(draw()), last))


def documents_until(office: Directory, load: Load, days: int, moment_gregorian: int) -> Iterator[Document]:
    """The documents of a number of UTC days, the last being that of a moment, as far as legs had ended by then."""
    last = gregorian.to_datetime(moment_gregorian).date()
    for before in range(days - 1, -1, -1):
        for block in blocks_of_day(load, last - timedelta(days=before)):
            documents = generate_block(office, load, block)
            yield from (document for document in documents if document["pvt_created"] <= moment_gregorian)


class _Times:
    """Moments of a block: as dense as the office's hours are busy."""

    def __init__(self, load: Load, block: Block) -> None:
        day = gregorian.to_datetime(block.start_gregorian).date()
        midnight = _midnight(day)
        first = (block.start_gregorian - midnight) // _HOUR_SECONDS
        end = -(-(block.end_gregorian - midnight) // _HOUR_SECONDS)
        borders = [midnight + hour * _HOUR_SECONDS for hour in range(first, end + 1)]
        borders[0], borders[-1] = block.start_gregorian, block.end_gregorian
        self._spans = [(start, stop - start) for start, stop in pairwise(borders)]
        expected = [
            _calls_in_hour(load, day, first + row) * length / _HOUR_SECONDS
            for row, (_, length) in enumerate(self._spans)
        ]
        self._cumulative = list(accumulate(expected))
        self.calls = self._cumulative[-1]

    def at(self, share: float) -> int:
        """The Gregorian second before which a share (0 to 1) of the block's calls begins."""
        target = share * self.calls
        row = bisect_right(self._cumulative, target)
        start, length = self._spans[row]
        before = self._cumulative[row - 1] if row else 0.0
        return start + int(length * (target - before) / (self._cumulative[row] - before))


def _calls_in_hour(load: Load, day: date, hour: int) -> float:
    share = HOURS[(hour + load.utc_offset_hours) % 24] / sum(HOURS)
    return load.calls_per_day * WEEKDAYS[day.weekday()] * share


def _pieces(documents: float) -> int:
    usual = min(math.ceil(documents / USUAL_DOCUMENTS_A_BLOCK), _HOUR_SECONDS // SHORTEST_STRETCH_SECONDS)
    return max(1, usual, math.ceil(documents / LARGEST_DOCUMENTS_A_BLOCK))


def _count(random: Random, expected: float) -> int:
    return int(expected * (0.85 + 0.3 * random.random()) + random.random())


def _midnight(day: date) -> int:
    return gregorian.from_datetime(datetime(day.year, day.month, day.day, tzinfo=UTC))
