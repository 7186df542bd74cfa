"""The project's client, pointed at the mock as it would be at a server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.client_project.cdr_sync import CdrSync, Login

if TYPE_CHECKING:
    from mockcdrs.mock import Mock

END = datetime(2026, 1, 20, 12, tzinfo=UTC)
RANGE = (END - timedelta(days=20), END)
EPOCH = 62_167_219_200  # of Unix, in Gregorian seconds


def to_datetime(gregorian_seconds: int) -> datetime:
    return datetime.fromtimestamp(gregorian_seconds - EPOCH, UTC)


@pytest.fixture
def connected(mockcdrs: "Mock") -> Iterator[Callable[[type[CdrSync]], CdrSync]]:
    clients: list[CdrSync] = []

    def connect(kind: type[CdrSync] = CdrSync, known: Any = mockcdrs.credentials) -> CdrSync:
        login = Login(known.account_name, known.username, known.password)
        clients.append(kind(mockcdrs.url, login, sleep=lambda _seconds: None))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def truth(mockcdrs: "Mock") -> Any:
    begin, end = (int(moment.timestamp()) + EPOCH for moment in RANGE)
    return mockcdrs.expected("/cdrs", created_from=begin, created_to=end)
