"""Blocks of calls: what day they make up, when their calls are, and that nothing but their identity decides."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.generator import begun_in_block, documents_of_day, documents_until, generate_block
from mockcdrs.dataset.load import Block, Load, blocks_of_day, day_end, midnight_of
from mockcdrs.dataset.people import directory, main_account_id
from mockcdrs.dataset.scenarios import Document

MONDAY = date(2026, 1, 19)
OFFICE = directory(7, main_account_id(7))
SECONDS_OF_DAY = 86_400


def documents_of(day: date, load: Load) -> list[Document]:
    return [document for block in blocks_of_day(load, day) for document in generate_block(OFFICE, load, block)]


def interactions_of(day: date, load: Load) -> set[str]:
    return {document["interaction_id"] for document in documents_of(day, load)}


@given(st.integers(0, 1_000_000), st.integers(-12, 14), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_the_blocks_of_a_day_are_the_whole_day_without_gap_or_overlap(calls: int, offset: int, day: date) -> None:
    blocks = blocks_of_day(Load(calls, offset), day)
    assert gregorian.to_datetime(blocks[0].start_gregorian).isoformat() == f"{day}T00:00:00+00:00"
    assert blocks[-1].end_gregorian - blocks[0].start_gregorian == SECONDS_OF_DAY
    assert all(block.start_gregorian < block.end_gregorian for block in blocks)
    assert all(one.end_gregorian == after.start_gregorian for one, after in pairwise(blocks))


some_blocks = st.builds(
    lambda calls, day, share: (Load(calls), day, share),
    st.sampled_from([1, 12, 41, 400, 5_000, 100_000, 1_000_000]),
    st.dates(MONDAY, MONDAY + timedelta(days=6)),
    st.floats(0, 0.999),
)


def chosen(load: Load, day: date, share: float) -> Block:
    blocks = blocks_of_day(load, day)
    return blocks[int(share * len(blocks))]


@given(some_blocks)
@settings(max_examples=40, deadline=None)
def test_a_block_holds_what_ends_in_it_of_calls_of_its_day(some: tuple[Load, date, float]) -> None:
    load, day, _ = some
    block = chosen(*some)
    for document in generate_block(OFFICE, load, block):
        began = gregorian.from_unix(document["channel_created_time"] // 1_000_000)
        assert midnight_of(day) <= document["interaction_time"] <= began <= document["timestamp"]
        assert document["timestamp"] == document["pvt_created"] == document["pvt_modified"]
        assert block.start_gregorian <= document["pvt_created"] < block.end_gregorian


@given(some_blocks)
@settings(max_examples=40, deadline=None)
def test_an_interaction_that_begins_in_a_block_ends_on_the_same_day(some: tuple[Load, date, float]) -> None:
    load, _, _ = some
    block = chosen(*some)
    for document in begun_in_block(OFFICE, load, block):
        assert block.start_gregorian <= document["interaction_time"] < block.end_gregorian
        assert document["pvt_created"] < day_end(block)


@pytest.mark.parametrize("calls", [20, 1_000, 9_000])
def test_what_begins_in_the_blocks_of_a_day_is_what_ends_in_them(calls: int) -> None:
    load = Load(calls)
    ended = documents_of(MONDAY, load)
    begun = [document for block in blocks_of_day(load, MONDAY) for document in begun_in_block(OFFICE, load, block)]
    assert list(documents_of_day(OFFICE, load, MONDAY)) == ended
    assert sorted(begun, key=itemgetter("pvt_created", "_id")) == ended
    assert len({document["_id"] for document in ended}) == len(ended)


@pytest.mark.parametrize("calls", [12, 2_000, 60_000])
def test_a_block_is_in_view_order(calls: int) -> None:
    load = Load(calls)
    for block in blocks_of_day(load, MONDAY)[-40:]:
        keys = [(document["pvt_created"], document["_id"]) for document in generate_block(OFFICE, load, block)]
        assert keys == sorted(keys)


@pytest.mark.parametrize("calls", [40, 41, 10_000, 1_000_000])
def test_a_block_holds_a_few_hundred_documents_at_most(calls: int) -> None:
    load = Load(calls)
    blocks = blocks_of_day(load, MONDAY)
    for share in (0.3, 0.6, 0.9):
        assert len(generate_block(OFFICE, load, blocks[int(len(blocks) * share)])) < 400


def test_a_small_office_has_one_block_a_day() -> None:
    assert len(blocks_of_day(Load(20), MONDAY)) == 1


def test_no_calls_a_day_are_no_documents() -> None:
    assert documents_of(MONDAY, Load(0)) == []


def test_calls_per_day_is_the_mean_over_a_week() -> None:
    week = sum(len(interactions_of(MONDAY + timedelta(days=day), Load(500))) for day in range(7))
    assert 500 * 7 * 0.9 < week < 500 * 7 * 1.1


def test_a_monday_is_busier_than_a_tuesday_and_a_sunday_is_quiet() -> None:
    load = Load(1_000)
    monday, tuesday, sunday = (len(interactions_of(MONDAY + timedelta(days=day), load)) for day in (0, 1, 6))
    assert monday > tuesday > sunday * 5


def test_lunch_is_quieter_than_the_hours_around_it() -> None:
    midnight = blocks_of_day(Load(0), MONDAY)[0].start_gregorian
    begun = [document["interaction_time"] for document in documents_of(MONDAY, Load(2_000))]
    eleven, noon, two = (sum((time - midnight) // 3_600 == hour + 5 for time in begun) for hour in (11, 12, 14))
    assert eleven > noon * 1.2
    assert two > noon * 1.2


def test_office_hours_follow_the_locale() -> None:
    def noon_of(load: Load) -> int:
        times: list[int] = sorted(
            document["interaction_time"] % SECONDS_OF_DAY for document in documents_of(MONDAY, load)
        )
        return times[len(times) // 2]

    assert noon_of(Load.of(500, "de_DE")) < noon_of(Load.of(500, "en_US"))


def test_durations_have_a_heavy_tail() -> None:
    talked = sorted(d["billing_seconds"] for d in documents_of(MONDAY, Load(2_000)) if d["billing_seconds"])
    median = talked[len(talked) // 2]
    assert 30 < median < 240
    assert talked[-len(talked) // 100] > 10 * median


@pytest.mark.parametrize("calls", [30, 5_000])
def test_other_seeds_accounts_loads_and_blocks_have_other_calls(calls: int) -> None:
    load = Load(calls)
    block, later = (chosen(load, MONDAY + timedelta(days=days), 0.7) for days in (0, 7))
    made = [
        generate_block(OFFICE, load, block),
        generate_block(OFFICE, load, later),
        generate_block(OFFICE, Load(calls + 1), block),
        generate_block(directory(8, main_account_id(8)), load, block),
        generate_block(directory(7, "0" * 32), load, block),
        generate_block(directory(7, main_account_id(7), "ja_JP"), load, block),
    ]
    ids = [document["_id"] for documents in made for document in documents]
    assert all(made)
    assert len(set(ids)) == len(ids)


def test_documents_share_nothing_that_could_be_changed() -> None:
    load = Load(200)
    block = blocks_of_day(load, MONDAY)[0]
    untouched = json.dumps(generate_block(OFFICE, load, block))
    for document in generate_block(OFFICE, load, block):
        for name in ("custom_channel_vars", "custom_sip_headers", "custom_application_vars"):
            document[name]["spoilt"] = "yes"
        document.clear()
    assert json.dumps(generate_block(OFFICE, load, block)) == untouched


def test_documents_until_a_moment_have_ended_by_then() -> None:
    moment = gregorian.to_unix(blocks_of_day(Load(0), MONDAY)[0].start_gregorian) + 18 * 3_600
    moment = gregorian.from_unix(moment)
    ended = [document["pvt_created"] for document in documents_until(OFFICE, Load(100), 3, moment)]
    assert max(ended) <= moment < max(document["pvt_created"] for document in documents_of(MONDAY, Load(100)))
    assert min(ended) < moment - 2 * SECONDS_OF_DAY
    assert ended == sorted(ended)


HASHING = """
import hashlib, json, sys
from datetime import date
from mockcdrs.dataset.generator import generate_block
from mockcdrs.dataset.load import Load, blocks_of_day
from mockcdrs.dataset.people import directory, main_account_id

office, load = directory(7, main_account_id(7)), Load(900)
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


def test_a_block_can_be_made_from_its_bounds_alone() -> None:
    load = Load(12)
    block = blocks_of_day(load, MONDAY)[0]
    assert generate_block(OFFICE, load, Block(block.start_gregorian, block.end_gregorian)) == generate_block(
        OFFICE, load, block
    )
