"""Helpers of the tests of recordings."""

from mockcdrs.handle import Mock
from mockcdrs.recordings.exchanges import Told


def told(mock: Mock) -> Told:
    """What a mock says of itself over its control API."""
    ask = mock.client().simulate_get
    health, settings = (
        ask(f"/_mockcdrs/{name}", headers={"Host": "127.0.0.1"}).json for name in ("health", "settings")
    )
    return Told.of_mock(health, settings)
