"""The table of options, and what else a mock is configured with."""

import pytest

from mockcdrs.config import is_loopback


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("localhost", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_only_this_machine_reaches_a_loopback_address(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one
