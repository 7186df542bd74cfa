"""A state with some calls in it."""

import pytest

from mockcdrs.control.state import State
from tests.control.faults.asking import COUNT
from tests.crossbar.builders import calls, state_of


@pytest.fixture
def state() -> State:
    return state_of(calls(COUNT))
