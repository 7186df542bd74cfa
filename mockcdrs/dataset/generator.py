"""The calls of an account: a pure function of seed, account, locale, traffic and block of time.

The calls of a day are numbered in the order in which they begin. A call's number gives it a row of the office's
`CallPlan`: a scenario, how long it takes about, and phones that no other call uses meanwhile. So whoever looks for the
calls that end at some time of the day need not time all of those before.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain, cycle, repeat
from operator import itemgetter
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import ALL_TIME, Call, MonthContext, Window, month_context
from mockcdrs.dataset.office import Office, generate_office, user_of_phone
from mockcdrs.dataset.random_stream import RandomStream, random_for, sample, stream_for_call
from mockcdrs.dataset.scenarios import SCENARIOS, Scenario
from mockcdrs.dataset.store import Document, TimeBasis
from mockcdrs.dataset.traffic import DAY_SECONDS, Block, DayProfile, Traffic, blocks_of_day

# Each id begins with the month and eight hex digits: these sort alike by code and by CouchDB's collation.
_VIEW_ORDER = itemgetter("pvt_created", "_id")
_TIMES: dict[TimeBasis, str] = {"written": "timestamp", "begun": "interaction_time"}

ROWS = 240  # of a plan; divisible by the numbers of parties that scenarios draw from
_STRIDE = 89  # how far rows lie apart that have neighbouring places in the table of scenarios: no divisor of `ROWS`
_SPREAD = 4  # neighbouring numbers may change places, as far as this: calls come by chance, not by the clock
_DRAWS_OF_TIME = 6
_MULTIPLIER, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def generate_block(office: Office, traffic: Traffic, block: Block, by: TimeBasis = "written") -> list[Document]:
    """The legs that end in a block, in view order: by `pvt_created`, then by id as CouchDB sorts text.

    With `by="begun"` all legs of the interactions that begin in it. None lasts past the UTC day.
    """
    return sorted(_timetable(office, traffic, block).legs(block, by), key=_VIEW_ORDER)


def documents_of_day(office: Office, traffic: Traffic, day: date) -> Iterator[Document]:
    """The documents of all blocks of a UTC day, in view order."""
    return chain.from_iterable(generate_block(office, traffic, block) for block in blocks_of_day(traffic, day))


def calls_of_block(office: Office, traffic: Traffic, block: Block) -> Iterator[tuple[str, list[Document]]]:
    """The calls that begin in a block, each with the name of its scenario."""
    return _timetable(office, traffic, block).calls(block)


def _times_of(context: MonthContext, scenario: Scenario, pace: Sequence[float]) -> dict[TimeBasis, set[int]]:
    """The seconds after which legs of a call end, and its interactions begin."""
    stream = RandomStream(float, repeat(bytes(16)), cycle(pace).__next__)
    legs = list(scenario.make(Call(context, stream, 0, context.office.phones[:5], 0, Window(range(0)))))
    return {by: {leg[field] for leg in legs} for by, field in _TIMES.items()}


class _Row(NamedTuple):
    """How calls proceed: a scenario, and for each draw of times in which of `ROWS` equal parts of 0 to 1 it lies.

    `phones` are places in the office's list, `scenario.phones` of them for each call; several calls of a row that may
    overlap use them in turn.
    """

    scenario: Scenario
    parts: tuple[int, ...]
    phones: tuple[int, ...]


class CallPlan(NamedTuple):
    """The rows of an office, and how many phones they need."""

    rows: tuple[_Row, ...]
    phones: int


@lru_cache(maxsize=8)
def call_plan(seed: int, account_id: str, locale: str, traffic: Traffic) -> CallPlan:
    """The plan of an account: one device, one call."""
    office = generate_office(seed, account_id, locale)
    context = month_context(office, "202001")
    random = random_for("plan", seed, account_id, locale, traffic.calls_per_day)
    parts = zip(*(sample(random, range(ROWS), ROWS) for _ in range(_DRAWS_OF_TIME)), strict=True)
    most_a_second = DayProfile.most_a_second(traffic, _SPREAD)
    pool = _PhonePool(len(office.phones))
    scenarios = list(SCENARIOS.values())
    shares = list(accumulate(scenario.share for scenario in scenarios))
    rows = []
    for row, place in enumerate(parts):
        scenario = scenarios[bisect_right(shares, (row * _STRIDE % ROWS + 0.5) / ROWS * shares[-1])]
        longest = _times_of(context, scenario, [(part + 1) / ROWS - 2**-40 for part in place])
        later = math.ceil(most_a_second * (max(longest["written"]) + 1)) + _SPREAD + 1
        rows.append(_Row(scenario, place, tuple(pool.take(row, later, scenario))))
    return CallPlan(tuple(rows), pool.count)


def office_of(seed: int, account_id: str, locale: str, traffic: Traffic) -> Office:
    """The office of an account, with as many phones as its traffic needs."""
    return generate_office(seed, account_id, locale, call_plan(seed, account_id, locale, traffic).phones)


class _PhonePool:
    """Phones for one row after the other, so that all are used alike and none by two calls at once.

    Those of a call are of different users, or the two of one user. There are three phones for two users.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._free_from = dict.fromkeys(range(count), 0)
        self._first_use: dict[int, int] = {}

    def take(self, row: int, later: int, scenario: Scenario) -> list[int]:
        """The phones for the calls of a row, which end before the call `later` places behind them begins."""
        count, end = scenario.phones, row + later
        if later >= ROWS:  # a call of this row is still there when the next one comes: phones of its own, in turn
            turns = later // ROWS + 1
            if scenario.is_one_user:
                return [phone for phone in self._add(3 * turns) if phone % 3]
            added = self._add(count * turns)
            return [phone for turn in range(turns) for phone in added[turn::turns]]
        free = [
            phone
            for phone, since in self._free_from.items()
            if since <= row and end - ROWS <= self._first_use.get(phone, ROWS)
        ]
        if scenario.is_one_user:
            first = next((phone for phone in free if phone % 3 == 1 and phone + 1 in free), None)
            phones = self._add(3)[1:] if first is None else [first, first + 1]
        else:
            of_users: dict[int, int] = {}
            for phone in sorted(free, key=self._free_from.__getitem__):
                of_users.setdefault(user_of_phone(phone), phone)
            phones = list(of_users.values())[:count]
            phones += [self._add(3)[0] for _ in range(count - len(phones))]
        self._free_from |= dict.fromkeys(phones, end)
        self._first_use = dict.fromkeys(phones, row) | self._first_use
        return phones

    def _add(self, count: int) -> list[int]:
        """New phones, so many; the others of their users are there for whoever comes next."""
        added = range(self.count, self.count + math.ceil(count / 3) * 3)
        self.count = added.stop
        self._free_from |= dict.fromkeys(added[count:], 0)
        return list(added[:count])


class Timetable:
    """The calls of an office on one UTC day. One that would last past midnight does not take place."""

    def __init__(self, office: Office, traffic: Traffic, day: date) -> None:
        identity = office.seed, office.account.id, office.locale, traffic
        random = random_for(
            "timetable", *identity[:3], traffic.calls_per_day, traffic.utc_offset_hours, day.isoformat()
        )
        draw = random.random
        rows, phones = call_plan(*identity)
        self._key = random.getrandbits(64)
        self._hours = DayProfile(traffic, day)
        self._end = self._hours.midnight + DAY_SECONDS
        self._count = self._hours.count(random)
        self._context = month_context(office, gregorian.month_of(self._hours.midnight))
        self._phones = office.phones
        self._turn = int(draw() * phones / 3) * 3  # which phone comes first today
        self._first_row = int(draw() * ROWS)
        self._rows = rows[self._first_row :] + rows[: self._first_row]
        self._paces = [
            tuple((part + draw()) / ROWS for part in row.parts) for row in self._rows[: min(self._count, ROWS)]
        ]
        self._moments = cache(self._group_moments)

    def calls(self, block: Block) -> Iterator[tuple[str, list[Document]]]:
        """The calls that begin in a block, each with the name of its scenario."""
        for number, start in self._beginning(block.start_gregorian, block.end_gregorian):
            legs = self._make(number, start)
            if legs:
                yield self._rows[number % ROWS].scenario.make.__name__, legs

    def legs(self, block: Block, by: TimeBasis) -> Iterator[Document]:
        """The legs that end in a block, or whose interactions begin in it."""
        first, end, field = block.start_gregorian, block.end_gregorian, _TIMES[by]
        window = Window(range(first, end), by)
        # the calls of the day's first block have begun in it
        calls = self._beginning(first, end) if first == self._hours.midnight else self._meeting(first, end, by)
        for number, start in dict(calls).items():
            yield from (leg for leg in self._make(number, start, window) if first <= leg[field] < end)

    def _beginning(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """The numbers of calls that begin from `first` to before `end`, and when."""
        for number in self._near(first, end):
            start = self._start(number)
            if first <= start < end:
                yield number, start

    def _meeting(self, first: int, end: int, by: TimeBasis) -> Iterator[tuple[int, int]]:
        """The numbers of calls of which a leg ends (an interaction begins) in a time, and when the calls begin.

        Rows whose legs end about as late are looked at together: their calls have begun among the same others.
        """
        for soonest, latest, moments in self._moments(by, end - first):
            near = self._near(first - latest, end - soonest)
            for row in range(near.start // ROWS * ROWS, near.stop, ROWS):
                low, high = (bisect_left(moments, (number - row,)) for number in (near.start, near.stop))
                for place, seconds in moments[low:high]:
                    start = self._start(row + place)
                    if first <= start + seconds < end:
                        yield row + place, start

    def _group_moments(self, by: TimeBasis, width: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
        """When legs end (interactions begin), in groups of as many seconds.

        Each group has its least and its most seconds after a call's begin, and all its moments by row.
        """
        groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, times in enumerate(self._times):
            for seconds in times[by]:
                groups[seconds // width].append((row, seconds))
        return [(min(ends), max(ends), group) for group in groups.values() for ends in [[end for _, end in group]]]

    @cached_property
    def _times(self) -> list[dict[TimeBasis, set[int]]]:
        return [
            _times_of(self._context, row.scenario, pace) for row, pace in zip(self._rows, self._paces, strict=False)
        ]

    def _near(self, first: int, end: int) -> range:
        """The numbers among which those lie whose calls begin from `first` to before `end`."""
        low, high = (int(self._hours.share_before(moment) * (self._count + _SPREAD)) for moment in (first, end))
        return range(max(0, low - _SPREAD - 1), min(self._count, high + 2))

    def _start(self, number: int) -> int:
        mixed = (number ^ self._key) * _MULTIPLIER & _MASK
        moved = (mixed ^ mixed >> 29) * _MULTIPLIER & _MASK
        return self._hours.at((number + _SPREAD * (moved >> 32) / 2**32) / (self._count + _SPREAD))

    def _make(self, number: int, start: int, window: Window = ALL_TIME) -> list[Document]:
        """The legs of a call, those outside a window in short; none where the call would last past midnight."""
        scenario, _, places = self._rows[number % ROWS]
        at = (self._first_row + number) // ROWS * scenario.phones % (len(places) or 1)
        phones = [self._phones[(place + self._turn) % len(self._phones)] for place in places[at : at + scenario.phones]]
        stream = stream_for_call(b"%d/%d" % (self._key, number), self._paces[number % ROWS])
        serial = (number * 40_503 ^ self._key) & 0xFFFF
        call = Call(self._context, stream, start, phones, serial, window)
        legs = list(scenario.make(call))
        return legs if max([leg["timestamp"] for leg in legs]) < self._end else []


@lru_cache(maxsize=4)  # a page lies in one day or two, and each block of theirs needs it
def timetable(seed: int, account_id: str, locale: str, traffic: Traffic, day: date) -> Timetable:
    """The timetable of an account's day; a pure function."""
    return Timetable(office_of(seed, account_id, locale, traffic), traffic, day)


def _timetable(office: Office, traffic: Traffic, block: Block) -> Timetable:
    day = gregorian.to_datetime(block.start_gregorian).date()
    return timetable(office.seed, office.account.id, office.locale, traffic, day)
