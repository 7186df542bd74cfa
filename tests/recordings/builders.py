"""Builders for the tests of recordings."""

from mockcdrs.contract.client import Client
from mockcdrs.mock import Mock
from mockcdrs.recordings.exchanges import MockReport, TokenRedaction
from mockcdrs.recordings.recorder import Recorder


def report_of(mock: Mock) -> MockReport:
    """What a mock reports of itself over its control API."""
    ask = mock.client().simulate_get
    health, settings = (
        ask(f"/_mockcdrs/{name}", headers={"Host": "127.0.0.1"}).json for name in ("health", "settings")
    )
    return MockReport.of_mock(health, settings)


def recorder(mock: Mock) -> Recorder:
    return Recorder(Client(mock.url), TokenRedaction({mock.auth_token: mock.account_id}))
