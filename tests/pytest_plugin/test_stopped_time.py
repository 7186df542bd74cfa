"""Waits, delays and durations go on while a library of the test's stops the time of its process, or makes it jump."""

import subprocess
import sys

import pytest

USE = """
import threading, urllib.request
import freezegun, time_machine

with {stopped}:
    import mockcdrs  # what is imported now finds the clocks stopped
    from mockcdrs.control.clock import monotonic
    from mockcdrs.remote_mock import RemoteMock
    from mockcdrs.control_client import ControlClient

    def ask():
        request = urllib.request.Request(mock.url_for("/cdrs?page_size=1"), headers={{"X-Auth-Token": mock.auth_token}})
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()

    live = mockcdrs.Mock(now="live").clock.now()
    assert 0 <= live - 63_936_086_400 < 10**7  # of the process, not of the machine

    with mockcdrs.serving() as mock:
        mock.fail(delay_seconds=0.2, times=1)
        mock.fail(drip=20_000, after=1)
        began = monotonic()
        ask()
        assert monotonic() - began >= 0.2
        ask()
        assert 0.2 <= mock.wait_for(2)[0].duration_seconds < 20
        later = threading.Timer(0.3, ask)
        later.start()
        assert len(mock.wait_for(3, timeout=20)) == 3  # it waits for what comes, however far the time jumps
        later.join()
        for either in (mock, RemoteMock(ControlClient(mock.url))):
            try:
                either.wait_for(4, timeout=0.1)
            except TimeoutError as shown:
                assert "3 complete requests came, 4 were expected within 0.1 s" in str(shown)
            else:
                raise AssertionError("4 requests came")
"""


@pytest.mark.parametrize(
    "stopped",
    [
        "freezegun.freeze_time('2026-01-20')",
        "freezegun.freeze_time('2026-01-20', tick=True)",
        "freezegun.freeze_time('2026-01-20', auto_tick_seconds=3600)",
        "time_machine.travel('2026-01-20', tick=False)",
        "time_machine.travel('2026-01-20')",
    ],
)
def test_waits_and_delays_last_as_long_as_they_say(stopped: str) -> None:
    command = [sys.executable, "-c", USE.format(stopped=stopped)]
    process = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (process.returncode, process.stderr) == (0, "")
