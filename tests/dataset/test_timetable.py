"""Busy days: long calls whatever the load, and a page that costs the same whatever the load."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.crossbar.couchdb import Databases, KeyRange
from mockcdrs.crossbar.views import INTERACTIONS
from mockcdrs.dataset import timetable, universe
from mockcdrs.dataset.generator import block_interactions, documents_of_day, generate_block
from mockcdrs.dataset.load import DAY_SECONDS, HOURS, WEEKDAYS, Block, BusyHours, Load, blocks_between, midnight_of
from mockcdrs.dataset.people import Directory, directory, main_account_id
from mockcdrs.dataset.scenarios import SCENARIOS, SHARES, Call, Document, draws_of, setting_of
from mockcdrs.dataset.scenarios.rehearsal import Rehearsal
from mockcdrs.dataset.seeding import random_for
from mockcdrs.dataset.universe import UniverseStore

SEED = 7
OFFICE = directory(SEED, main_account_id(SEED))
MONDAY = date(2026, 1, 19)
FIVE_PM = midnight_of(MONDAY) + 17 * 3_600
BUSY = [(10_000, 7_200), (100_000, 900), (1_000_000, 60)]


def around_noon(load: Load, seconds: int) -> Iterator[Block]:
    return blocks_between(load, FIVE_PM, FIVE_PM + seconds, descending=False)


def share_of_long_calls(documents: list[Document]) -> float:
    talked = [document["billing_seconds"] for document in documents if document["billing_seconds"]]
    assert len(talked) > 1_000
    return sum(seconds > 1_200 for seconds in talked) / len(talked)


@pytest.mark.parametrize(("calls", "seconds"), BUSY)
def test_long_calls_are_as_frequent_under_a_heavy_load_as_in_a_quiet_office(calls: int, seconds: int) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(60)]
    usual = share_of_long_calls([each for day in days for each in documents_of_day(OFFICE, Load(40), day)])
    load = Load(calls)
    share = share_of_long_calls(
        [each for block in around_noon(load, seconds) for each in generate_block(OFFICE, load, block)]
    )
    assert usual / 2 < share < usual * 2


@pytest.mark.parametrize(("calls", "seconds"), BUSY)
def test_a_heavy_load_has_as_many_calls_as_it_says(calls: int, seconds: int) -> None:
    load = Load(calls)
    blocks = list(around_noon(load, seconds))
    begun = sum(1 for block in blocks for _ in block_interactions(OFFICE, load, block))
    shares = {FIVE_PM // 3_600: HOURS[12], FIVE_PM // 3_600 + 1: HOURS[13], FIVE_PM // 3_600 + 2: HOURS[14]}
    in_hour = {hour: calls * WEEKDAYS[0] * share / sum(HOURS) for hour, share in shares.items()}
    expected = sum(
        in_hour[block.start_gregorian // 3_600] * (block.end_gregorian - block.start_gregorian) / 3_600
        for block in blocks
    )
    assert expected * 0.8 < begun < expected * 1.2


def test_no_two_calls_in_a_row_are_between_the_same_people_and_ids_are_unique() -> None:
    load = Load(1_000_000)
    legs = [each for block in around_noon(load, 20) for each in generate_block(OFFICE, load, block)]
    assert len({leg["_id"] for leg in legs}) == len(legs)
    people = {(leg["caller_id_number"], leg["callee_id_number"]) for leg in legs}
    assert len(people) > len(legs) / 4


ANY_LOAD = pytest.mark.parametrize("calls", [11, 40, 41, 2_150, 20_000, 150_000, 1_000_000])
ANY_HOUR = pytest.mark.parametrize("hour", [0, 8, 12, 16])


def make_first_page(calls: int, hour: int) -> None:
    now = midnight_of(MONDAY + timedelta(days=1)) + hour * 3_600
    store = UniverseStore(SEED, Load(calls), lambda: now)
    shown = 0
    for segment in store.made(main_account_id(SEED), gregorian.month_of(now), (None, None), descending=True):
        shown += len(segment.documents())
        if shown >= 50:
            break
    assert shown >= 50


@ANY_LOAD
@ANY_HOUR
def test_the_first_page_makes_a_few_hundred_documents_whatever_the_load(
    calls: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counting(office: Directory, load: Load, block: Block) -> list[Document]:
        nonlocal made
        documents = generate_block(office, load, block)
        made += len(documents)
        return documents

    monkeypatch.setitem(universe.MAKERS, "written", counting)
    make_first_page(calls, hour)
    assert made < 400


@ANY_LOAD
@ANY_HOUR
def test_the_first_page_times_a_few_thousand_calls_whatever_the_load(
    calls: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed = 0

    class Counting(BusyHours):
        def at(self, share: float) -> int:
            nonlocal timed
            timed += 1
            return super().at(share)

    monkeypatch.setattr(timetable, "BusyHours", Counting)
    timetable.timetable.cache_clear()
    make_first_page(calls, hour)
    assert timed < 2_500


@pytest.mark.parametrize("calls", [5_000, 200_000])
def test_a_cdr_of_a_busy_day_is_found_by_its_id(calls: int) -> None:
    store = UniverseStore(SEED, Load(calls), lambda: FIVE_PM)
    segment = next(store.made(OFFICE.account.id, "202601", (None, None), descending=True))
    for document in segment.documents()[:5]:
        assert store.document(OFFICE.account.id, "202601", document["_id"]) == document


@pytest.mark.parametrize("calls", [2_000, 200_000])
@pytest.mark.parametrize("descending", [False, True])
def test_interactions_of_a_busy_day_come_in_order_of_their_begin_each_with_all_legs(
    calls: int, descending: bool
) -> None:
    store = UniverseStore(SEED, Load(calls), lambda: FIVE_PM + 86_400)
    edges = ([FIVE_PM], [FIVE_PM + 3_600])
    wanted = KeyRange(*(edges[::-1] if descending else edges), descending=descending)
    rows = islice(Databases(store).query(INTERACTIONS, OFFICE.account.id, "202601", wanted), 100)
    keys = [row.key for row in rows]
    assert keys == sorted(keys, reverse=descending)
    assert len({tuple(key) for key in keys}) == 100


def test_no_leg_of_an_interaction_is_seen_before_it_has_ended() -> None:
    store = UniverseStore(SEED, Load(200_000), lambda: FIVE_PM)
    for segment in islice(store.made(OFFICE.account.id, "202601", (None, None), descending=True, by="begun"), 20):
        assert all(document["pvt_created"] <= FIVE_PM for document in segment.documents())


@given(st.floats(0, 0.999_999), st.sampled_from([1, 1_000, 1_000_000]), st.dates(MONDAY, MONDAY + timedelta(days=6)))
@settings(deadline=None)
def test_the_share_of_calls_before_a_moment_is_the_inverse_of_the_moment_of_a_share(
    share: float, calls: int, day: date
) -> None:
    hours = BusyHours(Load(calls), day)
    moment = hours.at(share)
    assert hours.share_before(moment) - 1e-9 <= share <= hours.share_before(moment + 1) + 1e-9


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=6).map(tuple), st.integers(0, 10_000))
def test_a_call_ends_when_its_rehearsal_did(name: str, pace: tuple[float, ...], number: int) -> None:
    draws, setting = draws_of(random_for("test", number)), setting_of(OFFICE, "202601")
    legs = list(SCENARIOS[name](Call(setting, draws, FIVE_PM, FIVE_PM + DAY_SECONDS, pace)))
    rehearsed = list(SCENARIOS[name](Rehearsal(OFFICE, DAY_SECONDS, pace)))
    assert [leg["timestamp"] - FIVE_PM for leg in legs] == [leg["timestamp"] for leg in rehearsed]


def test_every_scenario_takes_place_on_a_busy_day() -> None:
    load = Load(3_000)
    names = {name for block in around_noon(load, 4 * 3_600) for name, _ in block_interactions(OFFICE, load, block)}
    assert names == {scenario.__name__ for scenario in SHARES}
