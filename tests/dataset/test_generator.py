"""Generated calls: what a block holds, what decides it, and what it costs, in quiet offices and busy ones."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.crossbar.couchdb import Databases, KeyRange
from mockcdrs.crossbar.views import INTERACTIONS
from mockcdrs.dataset import generated_store, generator
from mockcdrs.dataset.call import Call, month_context
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.generator import (
    HOURS,
    WEEKDAYS,
    Block,
    DayProfile,
    Traffic,
    _times_of,
    blocks_between,
    blocks_of_day,
    day_end,
    documents_of_day,
    generate_block,
    midnight_of,
)
from mockcdrs.dataset.office import Office, generate_office, main_account_id
from mockcdrs.dataset.random_stream import stream_for_call
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document, TimeBasis
from tests.dataset.calls import calls_of_block

MONDAY = date(2026, 1, 19)
OFFICE = generate_office(7, main_account_id(7))
SECONDS_OF_DAY = 86_400


def documents_of(day: date, load: Traffic) -> list[Document]:
    return [document for block in blocks_of_day(load, day) for document in generate_block(OFFICE, load, block)]


def interactions_of(day: date, load: Traffic) -> set[str]:
    return {document["interaction_id"] for document in documents_of(day, load)}


some_blocks = st.builds(
    lambda calls, day, share: (Traffic(calls), day, share),
    st.sampled_from([1, 12, 41, 400, 5_000, 100_000, 1_000_000]),
    st.dates(MONDAY, MONDAY + timedelta(days=6)),
    st.floats(0, 0.999),
)


def chosen(load: Traffic, day: date, share: float) -> Block:
    blocks = blocks_of_day(load, day)
    return blocks[int(share * len(blocks))]


@given(some_blocks)
@settings(max_examples=40, deadline=None)
def test_a_block_holds_what_ends_in_it_of_calls_of_its_day(some: tuple[Traffic, date, float]) -> None:
    load, day, _ = some
    block = chosen(*some)
    for document in generate_block(OFFICE, load, block):
        began = gregorian.from_unix(document["channel_created_time"] // 1_000_000)
        assert midnight_of(day) <= document["interaction_time"] <= began <= document["timestamp"]
        assert document["timestamp"] == document["pvt_created"] == document["pvt_modified"]
        assert block.start_gregorian <= document["pvt_created"] < block.end_gregorian


@given(some_blocks)
@settings(max_examples=40, deadline=None)
def test_an_interaction_that_begins_in_a_block_ends_on_the_same_day(some: tuple[Traffic, date, float]) -> None:
    load, _, _ = some
    block = chosen(*some)
    for document in generate_block(OFFICE, load, block, "begun"):
        assert block.start_gregorian <= document["interaction_time"] < block.end_gregorian
        assert document["pvt_created"] < day_end(block)


@pytest.mark.parametrize("calls", [20, 1_000, 9_000])
def test_what_begins_in_the_blocks_of_a_day_and_its_whole_calls_are_what_ends_in_them(calls: int) -> None:
    load = Traffic(calls)
    ended = documents_of(MONDAY, load)
    begun = [
        document for block in blocks_of_day(load, MONDAY) for document in generate_block(OFFICE, load, block, "begun")
    ]
    calls_of_day = [call for block in blocks_of_day(load, MONDAY) for call in calls_of_block(OFFICE, load, block)]
    for some in (begun, [leg for _, legs in calls_of_day for leg in legs]):
        assert sorted(some, key=itemgetter("pvt_created", "_id")) == ended
    assert len({document["_id"] for document in ended}) == len(ended)


@pytest.mark.parametrize("calls", [12, 2_000, 60_000])
def test_a_block_is_in_view_order(calls: int) -> None:
    load = Traffic(calls)
    for block in blocks_of_day(load, MONDAY)[-40:]:
        keys = [(document["pvt_created"], document["_id"]) for document in generate_block(OFFICE, load, block)]
        assert keys == sorted(keys)


@pytest.mark.parametrize("calls", [40, 41, 10_000, 1_000_000])
def test_a_block_holds_a_few_hundred_documents_at_most(calls: int) -> None:
    load = Traffic(calls)
    blocks = blocks_of_day(load, MONDAY)
    for share in (0.3, 0.6, 0.9):
        assert len(generate_block(OFFICE, load, blocks[int(len(blocks) * share)])) < 400


def test_no_calls_a_day_are_no_documents() -> None:
    assert documents_of(MONDAY, Traffic(0)) == []


def test_calls_per_day_is_the_mean_over_a_week() -> None:
    week = sum(len(interactions_of(MONDAY + timedelta(days=day), Traffic(500))) for day in range(7))
    assert 500 * 7 * 0.9 < week < 500 * 7 * 1.1


def test_a_monday_is_busier_than_a_tuesday_and_a_sunday_is_quiet() -> None:
    load = Traffic(1_000)
    monday, tuesday, sunday = (len(interactions_of(MONDAY + timedelta(days=day), load)) for day in (0, 1, 6))
    assert monday > tuesday > sunday * 5


def test_lunch_is_quieter_than_the_hours_around_it() -> None:
    midnight = blocks_of_day(Traffic(0), MONDAY)[0].start_gregorian
    begun = [document["interaction_time"] for document in documents_of(MONDAY, Traffic(2_000))]
    eleven, noon, two = (sum((time - midnight) // 3_600 == hour + 5 for time in begun) for hour in (11, 12, 14))
    assert eleven > noon * 1.2
    assert two > noon * 1.2


def test_office_hours_follow_the_locale() -> None:
    def noon_of(load: Traffic) -> int:
        times: list[int] = sorted(
            document["interaction_time"] % SECONDS_OF_DAY for document in documents_of(MONDAY, load)
        )
        return times[len(times) // 2]

    assert noon_of(Traffic.of(500, "de_DE")) < noon_of(Traffic.of(500, "en_US"))


def test_durations_have_a_heavy_tail() -> None:
    talked = sorted(d["billing_seconds"] for d in documents_of(MONDAY, Traffic(2_000)) if d["billing_seconds"])
    median = talked[len(talked) // 2]
    assert 30 < median < 240
    assert talked[-len(talked) // 100] > 10 * median


@pytest.mark.parametrize("calls", [30, 5_000])
def test_other_seeds_accounts_loads_and_blocks_have_other_calls(calls: int) -> None:
    load = Traffic(calls)
    block, later = (chosen(load, MONDAY + timedelta(days=days), 0.7) for days in (0, 7))
    made = [
        generate_block(OFFICE, load, block),
        generate_block(OFFICE, load, later),
        generate_block(OFFICE, Traffic(calls + 1), block),
        generate_block(generate_office(8, main_account_id(8)), load, block),
        generate_block(generate_office(7, "0" * 32), load, block),
        generate_block(generate_office(7, main_account_id(7), "ja_JP"), load, block),
    ]
    ids = [document["_id"] for documents in made for document in documents]
    assert all(made)
    assert len(set(ids)) == len(ids)


def test_documents_share_nothing_that_could_be_changed() -> None:
    load = Traffic(200)
    block = blocks_of_day(load, MONDAY)[0]
    untouched = json.dumps(generate_block(OFFICE, load, block))
    for document in generate_block(OFFICE, load, block):
        for name in ("custom_channel_vars", "custom_sip_headers", "custom_application_vars"):
            document[name]["spoilt"] = "yes"
        document.clear()
    assert json.dumps(generate_block(OFFICE, load, block)) == untouched


HASHING = """
import hashlib, json, sys
from datetime import date
from mockcdrs.dataset.generator import Traffic, blocks_of_day, generate_block
from mockcdrs.dataset.office import generate_office, main_account_id

office, load = generate_office(7, main_account_id(7)), Traffic(900)
blocks = [block for day in (18, 19, 20) for block in blocks_of_day(load, date(2026, 1, day))]
made = {block: generate_block(office, load, block) for block in (reversed(blocks) if sys.argv[1] == "back" else blocks)}
print(hashlib.sha256(json.dumps([made[block] for block in blocks]).encode()).hexdigest())
"""


def test_another_process_makes_the_same_bytes_in_any_order_time_zone_and_hash_seed() -> None:
    environments = [("1", "UTC", "forth"), ("4711", "Asia/Kathmandu", "back")]
    digests = {
        subprocess.run(
            [sys.executable, "-c", HASHING, order],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed, zone, order in environments
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2


SEED = 7


FIVE_PM = midnight_of(MONDAY) + 17 * 3_600


BUSY = [(10_000, 7_200), (100_000, 900), (1_000_000, 60)]


def around_noon(load: Traffic, seconds: int) -> Iterator[Block]:
    return blocks_between(load, FIVE_PM, FIVE_PM + seconds, descending=False)


def share_of_long_calls(documents: list[Document]) -> float:
    talked: list[int] = [document["billing_seconds"] for document in documents if document["billing_seconds"]]
    assert len(talked) > 1_000
    return sum(seconds > 1_200 for seconds in talked) / len(talked)


@pytest.mark.parametrize(("calls", "seconds"), BUSY)
def test_long_calls_are_as_frequent_under_a_heavy_load_as_in_a_quiet_office(calls: int, seconds: int) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(60)]
    usual = share_of_long_calls([each for day in days for each in documents_of_day(OFFICE, Traffic(40), day)])
    load = Traffic(calls)
    share = share_of_long_calls(
        [each for block in around_noon(load, seconds) for each in generate_block(OFFICE, load, block, "begun")]
    )
    assert usual / 2 < share < usual * 2


@pytest.mark.parametrize(("calls", "seconds"), BUSY)
def test_a_heavy_load_has_as_many_calls_as_it_says(calls: int, seconds: int) -> None:
    load = Traffic(calls)
    blocks = list(around_noon(load, seconds))
    begun = sum(1 for block in blocks for _ in calls_of_block(OFFICE, load, block))
    shares = {FIVE_PM // 3_600: HOURS[12], FIVE_PM // 3_600 + 1: HOURS[13], FIVE_PM // 3_600 + 2: HOURS[14]}
    in_hour = {hour: calls * WEEKDAYS[0] * share / sum(HOURS) for hour, share in shares.items()}
    expected = sum(
        in_hour[block.start_gregorian // 3_600] * (block.end_gregorian - block.start_gregorian) / 3_600
        for block in blocks
    )
    assert expected * 0.8 < begun < expected * 1.2


def test_no_two_calls_in_a_row_are_between_the_same_people_and_ids_are_unique() -> None:
    load = Traffic(1_000_000)
    legs = [each for block in around_noon(load, 20) for each in generate_block(OFFICE, load, block)]
    assert len({leg["_id"] for leg in legs}) == len(legs)
    people = {(leg["caller_id_number"], leg["callee_id_number"]) for leg in legs}
    assert len(people) > len(legs) / 4


ANY_LOAD = pytest.mark.parametrize("calls", [11, 40, 41, 2_150, 20_000, 150_000, 1_000_000])


ANY_HOUR = pytest.mark.parametrize("hour", [0, 8, 12, 16])


def make_first_page(calls: int, hour: int) -> None:
    now = midnight_of(MONDAY + timedelta(days=1)) + hour * 3_600
    store = GeneratedStore(SEED, Traffic(calls), lambda: now)
    shown = 0
    for segment in store.scan(main_account_id(SEED), gregorian.month_of(now), descending=True).generated:
        shown += len(segment.visible())
        if shown >= 50:
            break
    assert shown >= 50


@ANY_LOAD
@ANY_HOUR
def test_the_first_page_makes_a_few_hundred_documents_whatever_the_load(
    calls: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counting(office: Office, load: Traffic, block: Block, by: TimeBasis) -> list[Document]:
        nonlocal made
        documents = generate_block(office, load, block, by)
        made += len(documents)
        return documents

    monkeypatch.setattr(generated_store, "generate_block", counting)
    make_first_page(calls, hour)
    assert made < 400


@ANY_LOAD
@ANY_HOUR
def test_the_first_page_times_a_few_thousand_calls_whatever_the_load(
    calls: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed = 0

    class Counting(DayProfile):
        def at(self, share: float) -> int:
            nonlocal timed
            timed += 1
            return super().at(share)

    monkeypatch.setattr(generator, "DayProfile", Counting)
    generator.timetable.cache_clear()
    make_first_page(calls, hour)
    assert timed < 3_500


@pytest.mark.parametrize("calls", [5_000, 200_000])
def test_a_cdr_of_a_busy_day_is_found_by_its_id(calls: int) -> None:
    store = GeneratedStore(SEED, Traffic(calls), lambda: FIVE_PM)
    segment = next(store.scan(OFFICE.account.id, "202601", descending=True).generated)
    for document in segment.visible()[:5]:
        assert store.document(OFFICE.account.id, "202601", document["_id"]) == document


@pytest.mark.parametrize("calls", [2_000, 200_000])
@pytest.mark.parametrize("descending", [False, True])
def test_interactions_of_a_busy_day_come_in_order_of_their_begin_each_with_all_legs(
    calls: int, descending: bool
) -> None:
    store = GeneratedStore(SEED, Traffic(calls), lambda: FIVE_PM + 86_400)
    edges = ([FIVE_PM], [FIVE_PM + 3_600])
    wanted = KeyRange(*(edges[::-1] if descending else edges), descending=descending)
    rows = islice(Databases(store).query(INTERACTIONS, OFFICE.account.id, "202601", wanted), 100)
    keys = [row.key for row in rows]
    assert keys == sorted(keys, reverse=descending)
    assert len({tuple(key) for key in keys}) == 100


def test_no_leg_of_an_interaction_is_seen_before_it_has_ended() -> None:
    store = GeneratedStore(SEED, Traffic(200_000), lambda: FIVE_PM)
    for segment in islice(store.scan(OFFICE.account.id, "202601", descending=True, by="begun").generated, 20):
        assert all(document["pvt_created"] <= FIVE_PM for document in segment.visible())


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=6), st.integers(0, 10_000))
def test_a_call_of_which_only_the_times_are_made_ends_as_a_whole_one_of_its_pace(
    name: str, pace: list[float], number: int
) -> None:
    context, scenario = month_context(OFFICE, "202601"), SCENARIOS[name]
    call = Call(context, stream_for_call(b"%d" % number, pace), FIVE_PM, OFFICE.phones[:5], number)
    legs = list(scenario.make(call))
    times = _times_of(context, scenario, pace)
    assert {leg["timestamp"] - FIVE_PM for leg in legs} == times["written"]
    assert {leg["interaction_time"] - FIVE_PM for leg in legs} == times["begun"]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@given(st.lists(st.integers(0, 239), min_size=6, max_size=6), st.integers(0, 10_000))
def test_no_call_of_a_row_takes_longer_than_its_longest(name: str, parts: list[int], number: int) -> None:
    context, scenario = month_context(OFFICE, "202601"), SCENARIOS[name]
    longest = _times_of(context, scenario, [(part + 1) / 240 - 2**-40 for part in parts])
    some = _times_of(context, scenario, [(part + number / 10_001) / 240 for part in parts])
    assert max(some["written"]) <= max(longest["written"])


def test_every_scenario_takes_place_on_a_busy_day() -> None:
    load = Traffic(3_000)
    names = {name for block in around_noon(load, 4 * 3_600) for name, _ in calls_of_block(OFFICE, load, block)}
    assert names == SCENARIOS.keys()
