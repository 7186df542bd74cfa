"""The public strategies: valid, consistent, and quick to shrink."""

from collections import defaultdict
from random import Random

import hypothesis
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs import strategies
from mockcdrs.cdr import documents, gregorian
from mockcdrs.dataset.store import Document
from mockcdrs.strategies import History

VALIDATOR = jsonschema.Draft4Validator(documents.load_schema())
SEARCH = settings(
    max_examples=2_000, database=None, phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink), derandomize=True
)


def smallest(strategy: st.SearchStrategy[History], condition: str, least: int) -> History:
    """What a failing property over a history ends up with, whatever it began with."""
    return hypothesis.find(
        strategy,
        lambda history: any(document[condition] >= least for document in history.documents),
        settings=SEARCH,
        random=Random(1),
    )


@given(strategies.cdrs())
@settings(deadline=None)
def test_a_cdr_is_a_valid_document(cdr: Document) -> None:
    VALIDATOR.validate(cdr)
    assert cdr["_id"] == f"{gregorian.month_of(cdr['interaction_time'])}-{cdr['call_id']}"
    assert cdr["pvt_created"] == cdr["timestamp"] <= strategies.LAST_SECOND


@given(strategies.interactions("c" * 32, days=3, legs=4))
@settings(deadline=None)
def test_the_legs_of_an_interaction_agree(legs: list[Document]) -> None:
    assert 1 <= len(legs) <= 4
    call_ids = {leg["call_id"] for leg in legs}
    assert len(call_ids) == len(legs)
    assert len({leg["interaction_id"] for leg in legs}) == 1
    for leg in legs:
        VALIDATOR.validate(leg)
        assert leg["pvt_account_id"] == leg["custom_channel_vars"]["account_id"] == "c" * 32
        assert leg["ringing_seconds"] + leg["billing_seconds"] <= leg["duration_seconds"]
        assert leg["timestamp"] - leg["duration_seconds"] >= leg["interaction_time"]
        assert leg.get("other_leg_call_id") in (call_ids - {leg["call_id"]} or {None})
        assert strategies.LAST_SECOND - 4 * 86_400 < leg["timestamp"] <= strategies.LAST_SECOND


@given(strategies.histories(accounts=3, days=10, calls=5))
@settings(deadline=None)
def test_a_history_is_in_order_and_within_what_was_asked(history: History) -> None:
    assert 1 <= len(history.accounts) <= 3
    keys = [(document["pvt_created"], document["_id"]) for document in history.documents]
    assert keys == sorted(keys)
    assert len({document["_id"] for document in history.documents}) == len(keys)
    assert len({document["interaction_id"] for document in history.documents}) <= 5
    owners = defaultdict(set)
    for document in history.documents:
        owners[document["interaction_id"]].add(document["pvt_account_id"])
    assert all(len(users) == 1 for users in owners.values())
    assert set().union(*owners.values()) <= {account.id for account in history.accounts}


@given(strategies.interactions())
@settings(deadline=None)
def test_legs_share_nothing_that_could_be_changed(legs: list[Document]) -> None:
    for leg in legs:
        leg["custom_channel_vars"]["spoilt"] = id(leg)
        leg.setdefault("custom_sip_headers", {})["spoilt"] = id(leg)
    assert all(leg["custom_channel_vars"]["spoilt"] == leg["custom_sip_headers"]["spoilt"] == id(leg) for leg in legs)


@pytest.mark.no_cover
def test_a_failing_history_shrinks_to_one_call() -> None:
    history = smallest(strategies.histories(accounts=3, days=30, calls=10), "billing_seconds", 601)
    (document,) = history.documents
    assert len(history.accounts) == 1
    assert (document["billing_seconds"], document["ringing_seconds"]) == (601, 0)
    assert document["caller_id_name"] == document["callee_id_number"] == ""


@pytest.mark.no_cover
def test_a_failure_that_takes_two_calls_shrinks_to_two() -> None:
    history = hypothesis.find(
        strategies.histories(),
        lambda history: len({document["interaction_id"] for document in history.documents}) >= 2,
        settings=SEARCH,
        random=Random(1),
    )
    assert len(history.documents) == 2


@pytest.mark.no_cover
@pytest.mark.parametrize("least", [6, pytest.param(26, marks=pytest.mark.slow)])
def test_a_failure_that_takes_many_legs_shrinks_within_a_thousand_runs(least: int) -> None:
    sizes = list[int]()

    @settings(SEARCH, max_examples=500, phases=tuple(hypothesis.Phase), deadline=None)
    @given(strategies.histories())
    def has_fewer(history: History) -> None:
        sizes.append(len(history.documents))
        assert sizes[-1] < least

    with pytest.raises(AssertionError):
        has_fewer()
    assert sizes[-1] == least
    assert len(sizes) < 1_000
