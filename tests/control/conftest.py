"""A mock in both its forms: a test that takes `mock` runs with one in this process, and with one elsewhere."""

from collections.abc import Iterator

import pytest

from mockcdrs.control_client import ControlClient
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock


@pytest.fixture(params=["in this process", "elsewhere"])
def mock(request: pytest.FixtureRequest) -> Iterator[Mock | RemoteMock]:
    with serving() as mock:
        yield mock if request.param == "in this process" else RemoteMock(ControlClient(mock.url))
