"""A server over a state with some calls in it."""

from collections.abc import Iterator

import pytest

from mockcdrs.control.state import State
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import calls, state_of


@pytest.fixture
def state() -> State:
    return state_of(calls(20))


@pytest.fixture
def server(state: State) -> Iterator[Server]:
    with Server(create_app(state)) as running:
        yield running
