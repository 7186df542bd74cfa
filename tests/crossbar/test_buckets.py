import pytest

from mockcdrs.crossbar.buckets import Bucket, spend
from mockcdrs.crossbar.errors import Failure
from tests.crossbar.builders import NOW, ask, context_of, json_of, state_of


def test_a_bucket_gives_what_it_has_and_no_more() -> None:
    bucket = Bucket()
    assert [bucket.take(2, 5, 0, NOW) for _ in range(3)] == [3, 1, None]
    assert bucket.take(1, 5, 0, NOW) == 0


def test_a_bucket_fills_with_time_up_to_its_limit() -> None:
    bucket = Bucket()
    for _ in range(5):
        bucket.take(1, 5, 2, NOW)
    assert bucket.take(1, 5, 2, NOW) is None
    assert bucket.take(1, 5, 2, NOW + 1) == 1
    assert bucket.take(1, 5, 2, NOW + 1_000) == 4


def test_a_clock_that_goes_back_fills_nothing() -> None:
    bucket = Bucket()
    assert [bucket.take(1, 2, 10, moment) for moment in (NOW, NOW - 100, NOW - 200)] == [1, 0, None]


def test_nothing_runs_out_where_the_operator_sets_no_limit() -> None:
    context = context_of(state_of())
    spend(context, 3)
    assert (context.tokens_remaining, context.world.bucket.spent) == (97, 0)


def test_an_empty_bucket_is_a_429() -> None:
    context = context_of(state_of(max_bucket_tokens=1, tokens_fill_rate=0))
    spend(context)
    with pytest.raises(Failure) as refused:
        spend(context)
    assert (refused.value.status, refused.value.message, context.tokens_remaining) == (429, "too_many_requests", 0)


def test_a_token_in_vain_costs_one_a_good_one_none_and_a_reset_fills_the_bucket() -> None:
    state = state_of(max_bucket_tokens=2, tokens_fill_rate=0)
    assert [ask(state, token=None).status for _ in range(3)] == [401, 401, 429]
    assert json_of(ask(state, token=None))["tokens"] == {"consumed": 1, "remaining": 0}
    assert ask(state).status == 200
    state.reset()
    assert ask(state, token=None).status == 401
