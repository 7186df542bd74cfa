"""A state with some calls in it."""

import pytest

from mockcdrs.control.state import State
from tests.crossbar.builders import calls, state_of
from tests.faults.client import COUNT


@pytest.fixture
def state() -> State:
    return state_of(calls(COUNT))
