"""The calls of an account: a pure function of seed, account, locale, traffic and block of time.

The calls of a day are numbered in the order in which they begin. A call's number gives it a row of the office's
`CallPlan`: a scenario, how long it takes about, and phones that no other call uses meanwhile. So whoever looks for the
calls that end at some time of the day need not time all of those before.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from itertools import accumulate, chain, cycle
from operator import itemgetter
from random import Random
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import ALL_TIME, Call, LegWindow, MonthContext, TimedCall, month_context
from mockcdrs.dataset.locales import numbering_plan
from mockcdrs.dataset.office import Office, generate_office, user_of_phone
from mockcdrs.dataset.random_stream import RandomStream, random_for, sample, stream_for_call
from mockcdrs.dataset.scenarios import SCENARIOS, Scenario
from mockcdrs.dataset.store import Document, TimeBasis

# Monday first; the mean of a week is 1.
WEEKDAYS = (1.5, 1.3, 1.3, 1.3, 1.2, 0.3, 0.1)
# Shares of the office's hours from local midnight on, with a dip for lunch.
HOURS = (1, 0, 0, 0, 1, 2, 6, 20, 70, 115, 125, 105, 60, 85, 115, 110, 90, 50, 22, 10, 6, 4, 2, 1)
# A block has about as many documents as a page, so that a page costs the same whatever the traffic.
DOCUMENTS_A_CALL, DOCUMENTS_A_BLOCK = 2.1, 60
DAY_SECONDS, _HOUR_SECONDS = 86_400, 3_600
# How many calls a day has, as a part of those that are expected.
_LEAST, _MOST = 0.85, 1.15

# Each id begins with the month and eight hex digits: these sort alike by code and by CouchDB's collation.
_VIEW_ORDER = itemgetter("pvt_created", "_id")
_TIMES: dict[TimeBasis, str] = {"written": "timestamp", "begun": "interaction_time"}

ROWS = 240  # of a plan; divisible by the numbers of parties that scenarios draw from
_STRIDE = 89  # how far rows lie apart that have neighbouring places in the table of scenarios: no divisor of `ROWS`
_SPREAD = 4  # neighbouring numbers may change places, as far as this: calls come by chance, not by the clock
_DRAWS_OF_TIME = 6
_MULTIPLIER, _MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


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
        expected = (_calls_in_hour(traffic, day.weekday(), hour) for hour in range(24))
        self._until = list(accumulate(expected, initial=0.0))  # before each hour, the next day's first included
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


def _calls_in_hour(traffic: Traffic, weekday: int, hour: int) -> float:
    share = HOURS[(hour + traffic.utc_offset_hours) % 24] / sum(HOURS)
    return traffic.calls_per_day * WEEKDAYS[weekday] * share


def generate_block(office: Office, traffic: Traffic, block: Block, by: TimeBasis = "written") -> list[Document]:
    """The legs that end in a block, in view order: by `pvt_created`, then by id as CouchDB sorts text.

    With `by="begun"` all legs of the interactions that begin in it. None lasts past the UTC day.
    """
    day = gregorian.to_datetime(block.start_gregorian).date()
    calls = timetable(office.seed, office.account.id, office.locale, traffic, day)
    return sorted(calls.legs(block, by), key=_VIEW_ORDER)


def documents_of_day(office: Office, traffic: Traffic, day: date) -> Iterator[Document]:
    """The documents of all blocks of a UTC day, in view order."""
    return chain.from_iterable(generate_block(office, traffic, block) for block in blocks_of_day(traffic, day))


def _times_of(context: MonthContext, scenario: Scenario, pace: Sequence[float]) -> dict[TimeBasis, set[int]]:
    """The seconds after which legs of a call end, and its interactions begin."""
    stream = RandomStream(float, bytes, cycle(pace).__next__)
    legs = list(scenario.make(TimedCall(context, stream, 0, context.office.phones[:5], 0)))
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
        free = [phone for phone, since in self._free_from.items() if since <= row]
        if end > ROWS:  # the call goes on when the first rows' next ones come
            free = [phone for phone in free if end - ROWS <= self._first_use.get(phone, ROWS)]
        if scenario.is_one_user:
            first = next((phone for phone in free if phone % 3 == 1 and phone + 1 in free), None)
            phones = self._add(3)[1:] if first is None else [first, first + 1]
        else:
            of_users: dict[int, int] = {}
            for phone in sorted(free, key=self._free_from.__getitem__):
                if len(of_users) == count:
                    break
                of_users.setdefault(user_of_phone(phone), phone)
            phones = list(of_users.values())
            phones += [self._add(3)[0] for _ in range(count - len(phones))]
        self._free_from |= dict.fromkeys(phones, end)
        for phone in phones:
            self._first_use.setdefault(phone, row)
        return phones

    def _add(self, count: int) -> list[int]:
        """New phones, so many; the others of their users are there for whoever comes next."""
        added = range(self.count, self.count + math.ceil(count / 3) * 3)
        self.count = added.stop
        self._free_from |= dict.fromkeys(added[count:], 0)
        return list(added[:count])


_Group = tuple[int, int, list[tuple[int, int]]]


class Timetable:
    """The calls of an office on one UTC day. One that would last past midnight does not take place."""

    def __init__(self, office: Office, traffic: Traffic, day: date) -> None:
        identity = office.seed, office.account.id, office.locale, traffic
        random = random_for("timetable", *identity[:3], *traffic, day.isoformat())
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
        self._groups: dict[tuple[TimeBasis, int], list[_Group]] = {}  # a `cache` of a method would hold this itself

    def legs(self, block: Block, by: TimeBasis) -> list[Document]:
        """The legs that end in a block, or whose interactions begin in it."""
        first, end, field = block.start_gregorian, block.end_gregorian, _TIMES[by]
        window = LegWindow(range(first, end), by)
        # the calls of the day's first block have begun in it
        calls = self._beginning(first, end) if first == self._hours.midnight else self._meeting(first, end, by)
        made = [self._make(number, start, window) for number, start in dict(calls).items()]
        return [leg for legs in made for leg in legs if first <= leg[field] < end]

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
        groups = self._groups.get((by, end - first))
        if groups is None:
            groups = self._groups[by, end - first] = self._group_moments(by, end - first)
        for soonest, latest, moments in groups:
            near = self._near(first - latest, end - soonest)
            for row in range(near.start // ROWS * ROWS, near.stop, ROWS):
                low, high = (bisect_left(moments, (number - row,)) for number in (near.start, near.stop))
                for place, seconds in moments[low:high]:
                    start = self._start(row + place)
                    if first <= start + seconds < end:
                        yield row + place, start

    def _group_moments(self, by: TimeBasis, width: int) -> list[_Group]:
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

    def _make(self, number: int, start: int, window: LegWindow = ALL_TIME) -> list[Document]:
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
