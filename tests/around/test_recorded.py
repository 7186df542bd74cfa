"""The recorded exchanges of login and account surroundings, sent to a mock that holds the same world."""

from dataclasses import replace

import pytest

from tests.around.comparing import both
from tests.around.world import GOLDEN, RECORDINGS, Recording, state

pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the recorded exchanges are not beside this checkout")

RATE_LIMITED = "login-too-many"

# what is the server's own there, and so taken out of both bodies
OWN = {
    "whitelabel-domain-noauth": r'"tokens":\{[^}]*\}',  # what is left in the bucket was refilled by then
}


@pytest.mark.parametrize(
    ("recording", "name"),
    [
        pytest.param(recording, name, id=f"{recording.version.name}-{name}")
        for recording in RECORDINGS
        for name in recording.exchanges()
        if name != RATE_LIMITED
    ],
)
def test_the_mock_answers_as_crossbar_did(recording: Recording, name: str) -> None:
    made, recorded = both(state(recording), recording.exchanges()[name], OWN.get(name))
    assert made == recorded


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version.name)
def test_the_fifty_first_login_in_a_row_is_refused_where_the_operator_limits_them(recording: Recording) -> None:
    limited, exchanges = state(recording), recording.exchanges()
    limited.settings = replace(limited.settings, max_bucket_tokens=100)
    for _ in range(50):
        made, _ = both(limited, exchanges["login-wrong-password"])
        assert made["status"] == 401
    made, recorded = both(limited, exchanges[RATE_LIMITED])
    assert made == recorded
