"""Busy days: long calls whatever the load, and a page that costs the same whatever the load."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import universe
from mockcdrs.dataset.generator import block_interactions, documents_of_day, generate_block
from mockcdrs.dataset.load import HOURS, WEEKDAYS, Block, Load, blocks_between, midnight_of
from mockcdrs.dataset.people import Directory, directory, main_account_id
from mockcdrs.dataset.scenarios import SHARES, Document
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


@pytest.mark.parametrize("calls", [11, 40, 41, 2_150, 20_000, 150_000, 1_000_000])
@pytest.mark.parametrize("hour", [0, 12, 16])
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
    now = midnight_of(MONDAY + timedelta(days=1)) + hour * 3_600
    store = UniverseStore(SEED, Load(calls), lambda: now)
    shown = 0
    for segment in store.made(main_account_id(SEED), gregorian.month_of(now), (None, None), descending=True):
        shown += len(segment.documents())
        if shown >= 50:
            break
    assert shown >= 50
    assert made < 400


def test_every_scenario_takes_place_on_a_busy_day() -> None:
    load = Load(3_000)
    names = {name for block in around_noon(load, 4 * 3_600) for name, _ in block_interactions(OFFICE, load, block)}
    assert names == {scenario.__name__ for scenario in SHARES}
