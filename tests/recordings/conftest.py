"""A mock of the committed office, and a recording of it."""

from collections.abc import Iterator

import pytest

from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.exchanges import Exchange
from mockcdrs.recordings.recorder import plan_requests
from tests.recordings.builders import recorder


@pytest.fixture(scope="module")
def office() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


@pytest.fixture(scope="module")
def recording(office: Mock) -> list[Exchange]:
    return list(recorder(office).record_plan(plan_requests(office.account_id)))
