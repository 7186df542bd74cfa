"""Ground truth of which leg stands for an interaction, in each version of Kazoo and both directions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.mock import Mock
from tests.expected.walks import walk_ids

END = 63_935_956_800  # 2026-01-18
RANGE: dict[str, Any] = {"created_from": END - 86_400, "created_to": END}
LEGS = st.lists(
    st.fixed_dictionaries(
        {
            "interaction_key": st.sampled_from(["a", "b"]),
            "channel_created_time": st.sampled_from([0, 1, 2]),
            "duration_seconds": st.sampled_from([5, 6]),
            "billing_seconds": st.sampled_from([0, 5]),
            "channel_loopback_leg": st.sampled_from(["A", "B", ""]),
        }
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module", params=["4.3", "master"])
def mock(request: pytest.FixtureRequest) -> Mock:
    return Mock(kazoo=request.param)


@pytest.mark.parametrize("of_user", [False, True])
@pytest.mark.parametrize("ascending", ["true", "false"])
@settings(max_examples=25, deadline=None)
@given(legs=LEGS)
def test_the_leg_that_a_walk_shows_is_the_one_expected(
    mock: Mock, of_user: bool, ascending: str, legs: list[dict[str, Any]]
) -> None:
    mock.reset()
    whole = mock.add_call(at=END).legs[0]
    mock.clear()
    variables = {**whole["custom_channel_vars"], "owner_id": mock.user_id}
    for number, leg in enumerate(legs):
        own = {"_id": f"202601-{number}", "interaction_time": END - 60, "custom_channel_vars": variables}
        mock.add_cdr({**whole, **own, **leg})
    path = f"/users/{mock.user_id}/cdrs/interaction" if of_user else "/cdrs/interaction"
    query: dict[str, Any] = {**RANGE, "ascending": ascending, "paginate": "false"}
    rows = list(walk_ids(mock, path, query))
    assert sorted(rows) == sorted(mock.expected(path, **query).ids)
    assert len(rows) == len({leg["interaction_key"] for leg in legs})


def test_the_widest_range_of_a_version_is_the_default_one() -> None:
    old, new = (Mock(kazoo=name, settings={"crossbar.cdrs.maximum_range": 86_400}) for name in ("master", "4.3"))
    assert 0 < old.expected().count < new.expected().count
