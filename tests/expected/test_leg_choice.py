"""Which leg of an interaction is shown: the ground truth and the views agree, although they share no code."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockcdrs.crossbar import views
from mockcdrs.crossbar.couchdb import ViewRow, _reduce_groups, _row_order
from mockcdrs.crossbar.views import LegChoice, LegView
from mockcdrs.expected.leg_choice import choose_leg

VIEWS = [
    views.INTERACTIONS,
    views.INTERACTIONS_BY_OWNER_FIRST_MADE,
    views.INTERACTIONS_BY_OWNER_MOST_BILLED,
]
NUMBERS = st.integers(0, 9) | st.integers(-3, 10**12) | st.sampled_from([0.5, 1.0, 1e16])
PLAIN = NUMBERS | st.sampled_from(["", "7", " 7 ", "1e1", "soon", "A", "B", None, True, False])
VALUES = PLAIN | st.lists(PLAIN, max_size=2) | st.just({}) | st.just({"a": 1})
FIELDS = ("billing_seconds", "channel_created_time", "channel_loopback_leg", "timestamp", "duration_seconds")
LEGS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, VALUES)), min_size=1, max_size=5)


def leg_in_view(view: LegView, documents: list[dict[str, Any]], *, is_ascending: bool) -> Any:
    """Return the id of the leg that the view shows of one interaction."""
    rows = [ViewRow(*emitted, document) for document in documents if (emitted := view.map(document))]
    (group,) = _reduce_groups(sorted(rows, key=_row_order, reverse=not is_ascending), view.group_level, view.reduce)
    return group.value["id"]


@pytest.mark.parametrize("is_ascending", [True, False])
@pytest.mark.parametrize("view", VIEWS, ids=["account", "user, first made", "user, most billed"])
@given(fields=LEGS)
@example(fields=[{"billing_seconds": "9"}, {"billing_seconds": "61"}])
@example(fields=[{"billing_seconds": "soon"}, {"billing_seconds": 61}, {"billing_seconds": 5}])
@example(fields=[{"channel_loopback_leg": "B"}, {"channel_loopback_leg": "A"}])
def test_the_leg_of_an_interaction_is_the_one_that_the_view_chooses(
    view: LegView, is_ascending: bool, fields: list[dict[str, Any]]
) -> None:
    shared = {"pvt_type": "cdr", "interaction_time": 1, "interaction_key": "a"}
    own = {"custom_channel_vars": {"owner_id": "o"}}
    documents = [{"_id": f"202601-{name}", **shared, **own, **own_fields} for name, own_fields in enumerate(fields)]
    chosen = choose_leg(
        documents,
        by_billed_seconds=view.chooses is LegChoice.MOST_BILLED,
        is_of_user=view.has_owner,
        is_ascending=is_ascending,
    )
    assert chosen["_id"] == leg_in_view(view, documents, is_ascending=is_ascending)
