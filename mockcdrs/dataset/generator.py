"""The calls of an account: a pure function of seed, account, load and block of time.

The day of a quiet office is one block, all drawn at once. Blocks of a busy one are parts of a `Timetable`.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from operator import itemgetter

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.load import Block, BusyHours, Load, blocks_of_day
from mockcdrs.dataset.people import Directory
from mockcdrs.dataset.scenarios import (
    CUMULATIVE_SHARES,
    SCENARIO_NAMES,
    SCENARIOS,
    Call,
    Document,
    draws_of,
    setting_of,
)
from mockcdrs.dataset.seeding import random_for
from mockcdrs.dataset.timetable import Timetable, timetable

# Each id begins with the month and 32 hex digits of its own: these sort alike by code and by CouchDB's collation.
_VIEW_ORDER = itemgetter("pvt_created", "_id")


def block_interactions(office: Directory, load: Load, block: Block) -> Iterator[tuple[str, list[Document]]]:
    """The interactions that begin in a block, each with the name of its scenario; none lasts past the day."""
    for name, legs in _drawn(office, load, block) if load.is_quiet else _timetable(office, load, block).begun(block):
        yield name, list(legs)


def begun_in_block(office: Directory, load: Load, block: Block) -> list[Document]:
    """All legs of the interactions that begin in a block."""
    return [leg for _, legs in block_interactions(office, load, block) for leg in legs]


def generate_block(office: Directory, load: Load, block: Block) -> list[Document]:
    """The legs that end in a block, in view order: by `pvt_created`, then by id as CouchDB sorts text."""
    if not load.is_quiet:
        return sorted(_timetable(office, load, block).ended(block), key=_VIEW_ORDER)
    documents: list[Document] = []
    for _, legs in _drawn(office, load, block):
        documents += legs
    documents.sort(key=_VIEW_ORDER)
    return documents


def documents_of_day(office: Directory, load: Load, day: date) -> Iterator[Document]:
    """What all blocks of a UTC day hold, in the same order; faster, as each interaction is made but once."""
    blocks = blocks_of_day(load, day)
    ends = [block.end_gregorian for block in blocks]
    waiting: dict[int, list[Document]] = defaultdict(list)
    for row, block in enumerate(blocks):
        for _, legs in block_interactions(office, load, block):
            for leg in legs:
                waiting[bisect_right(ends, leg["pvt_created"])].append(leg)
        yield from sorted(waiting.pop(row, ()), key=_VIEW_ORDER)


def documents_until(office: Directory, load: Load, days: int, moment_gregorian: int) -> Iterator[Document]:
    """The documents of a number of UTC days, the last being that of a moment, as far as legs had ended by then."""
    last = gregorian.to_datetime(moment_gregorian).date()
    for before in range(days - 1, -1, -1):
        documents = documents_of_day(office, load, last - timedelta(days=before))
        yield from (document for document in documents if document["pvt_created"] <= moment_gregorian)


def _drawn(office: Directory, load: Load, block: Block) -> Iterator[tuple[str, Iterable[Document]]]:
    """Legs are drawn as they are read: read those of one interaction before going on to the next."""
    identity = office.seed, office.account.id, office.locale, load.calls_per_day, load.utc_offset_hours
    random = random_for("block", *identity, block.start_gregorian, block.end_gregorian)
    setting, draws = setting_of(office, gregorian.month_of(block.start_gregorian)), draws_of(random)
    hours = BusyHours(load, gregorian.to_datetime(block.start_gregorian).date())
    draw, last = random.random, block.end_gregorian - 1
    for _ in range(hours.count(random)):
        name = SCENARIO_NAMES[bisect_right(CUMULATIVE_SHARES, draw() * CUMULATIVE_SHARES[-1])]
        yield name, SCENARIOS[name](Call(setting, draws, hours.at(draw()), last))


def _timetable(office: Directory, load: Load, block: Block) -> Timetable:
    day = gregorian.to_datetime(block.start_gregorian).date()
    return timetable(office.seed, office.account.id, office.locale, load, day)
