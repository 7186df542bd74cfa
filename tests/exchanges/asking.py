"""Helpers of the tests of recordings."""

from mockcdrs.exchanges.server_info import Told
from mockcdrs.mock import Mock


def told(mock: Mock) -> Told:
    """What a mock says of itself over its control API."""
    ask = mock.client().simulate_get
    health, settings = (
        ask(f"/_mockcdrs/{name}", headers={"Host": "127.0.0.1"}).json for name in ("health", "settings")
    )
    return Told.of_mock(health, settings)
