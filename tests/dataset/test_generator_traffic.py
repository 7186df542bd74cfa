"""How busy an office is, and the blocks that its days fall into."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.generator import DOCUMENTS_A_CALL, DayProfile, Traffic, blocks_of_day

MONDAY = date(2026, 1, 19)
SECONDS_OF_DAY = 86_400


@given(st.integers(0, 1_000_000), st.integers(-12, 14), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_the_blocks_of_a_day_are_the_whole_day_without_gap_or_overlap(calls: int, offset: int, day: date) -> None:
    blocks = blocks_of_day(Traffic(calls, offset), day)
    assert gregorian.to_datetime(blocks[0].start_gregorian).isoformat() == f"{day}T00:00:00+00:00"
    assert blocks[-1].end_gregorian - blocks[0].start_gregorian == SECONDS_OF_DAY
    assert all(block.start_gregorian < block.end_gregorian for block in blocks)
    assert all(one.end_gregorian == after.start_gregorian for one, after in pairwise(blocks))


def test_a_small_office_has_one_block_a_day() -> None:
    assert len(blocks_of_day(Traffic(10), MONDAY)) == 1


@pytest.mark.parametrize("calls", [50, 100, 1_000, 50_000])
def test_a_block_has_about_as_many_documents_as_a_page(calls: int) -> None:
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    blocks = [block for day in days for block in blocks_of_day(Traffic(calls), day)]
    documents = 5 * 1.32 * calls * DOCUMENTS_A_CALL
    assert 25 < documents / len(blocks) < 70


@given(st.floats(0, 0.999_999), st.sampled_from([1, 1_000, 1_000_000]), st.dates(MONDAY, MONDAY + timedelta(days=6)))
@settings(deadline=None)
def test_the_share_of_calls_before_a_moment_is_the_inverse_of_the_moment_of_a_share(
    share: float, calls: int, day: date
) -> None:
    hours = DayProfile(Traffic(calls), day)
    moment = hours.at(share)
    assert hours.share_before(moment) - 1e-9 <= share <= hours.share_before(moment + 1) + 1e-9
