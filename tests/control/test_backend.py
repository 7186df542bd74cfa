"""What ground truth knows of a mock's server."""

import pytest

from mockcdrs.config import MockConfig
from mockcdrs.control.backend import server_rules
from mockcdrs.control.state import build_state
from mockcdrs.expected.query import ServerRules


@pytest.mark.parametrize(
    ("kazoo", "shows_most_billed", "emergency_numbers"),
    [("4.3", True, ("911", "933", "988")), ("master", False, ("911", "933"))],
)
def test_ground_truth_follows_the_version_the_quirks_and_the_settings(
    kazoo: str, shows_most_billed: bool, emergency_numbers: tuple[str, ...]
) -> None:
    settings = {
        "crossbar.maximum_range": 86_400,
        "crossbar.pagination_page_size": 7,
        "crossbar.cdrs.maximum_bulk": 8,
        "crossbar.load_view_chunk_size": 9,
    }
    state, _ = build_state(MockConfig(kazoo=kazoo, fix=["month-end-call-lost"], settings=settings))
    assert server_rules(state) == ServerRules(
        quirks=state.version.quirks - {"month-end-call-lost"},
        maximum_range=86_400,
        page_size=7,
        chunk_size=8,
        largest_chunk=9,
        shows_most_billed=shows_most_billed,
        columns=frozenset(state.version.columns),
        emergency_numbers=emergency_numbers,
    )
