"""Code that a rule runs: what happens to the data in the midst of a walk."""

import pytest

from mockcdrs.control.state import State
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults import Rule
from tests.crossbar.builders import ACCOUNT, NOW, body_of, leg
from tests.faults.asking import FIRST_PAGE, asked, next_query


def late(data: Overlay) -> None:
    data.add(ACCOUNT, "202601", [leg("late@host", NOW - 3600 - 14 * 60 - 30)])


@pytest.mark.parametrize("query", [FIRST_PAGE, FIRST_PAGE + "&is_chunked=false"])
def test_a_cdr_arrives_between_two_pages(state: State, query: str) -> None:
    state.faults.add(Rule(page=1, times=1, then=late))
    first, _ = asked(state, query)
    second, _ = asked(state, next_query(first, query))
    assert "late@host" not in body_of(first).decode()
    assert "late@host" in body_of(second).decode()


def test_a_cdr_goes_between_two_pages(state: State) -> None:
    state.faults.add(Rule(page=1, times=1, then=lambda data: data.remove("202601-call00012@host")))
    first, _ = asked(state, FIRST_PAGE)
    assert "call00012" not in body_of(asked(state, next_query(first))[0]).decode()


def test_data_changes_beside_a_broken_answer(state: State) -> None:
    state.faults.add(Rule(close=True, times=1, then=late))
    assert asked(state)[1].close
    assert "late@host" in body_of(asked(state)[0]).decode()
