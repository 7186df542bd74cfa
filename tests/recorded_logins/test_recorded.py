"""The recorded exchanges of login and account surroundings, sent to a mock that holds the same office."""

from dataclasses import replace

import pytest

from tests.recorded_logins.comparing import LOGINS_BEFORE, both, both_answers
from tests.recorded_logins.recorded_office import GOLDEN, RECORDINGS, Recording, state

pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason="the recorded exchanges are not beside this checkout"),
]


@pytest.mark.parametrize(
    ("recording", "name"),
    [
        pytest.param(recording, name, id=f"{recording.version.name}-{name}")
        for recording in RECORDINGS
        for name in recording.exchanges()
    ],
)
def test_the_mock_answers_as_crossbar_did(recording: Recording, name: str) -> None:
    answer, recorded = both_answers(recording, name)
    assert answer == recorded


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version.name)
def test_no_login_before_the_fifty_first_is_refused_for_its_number(recording: Recording) -> None:
    limited, exchanges = state(recording), recording.exchanges()
    limited.settings = replace(limited.settings, max_bucket_tokens=100)
    for _ in range(LOGINS_BEFORE):
        answer, _ = both(limited, exchanges["login-wrong-password"])
        assert answer["status"] == 401
