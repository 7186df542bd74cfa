"""A server that runs for days does not grow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.profile import many

MOST_KB = 5 * 1024


@pytest.mark.slow
def test_many_mixed_requests_grow_a_process_by_5_mb_at_most() -> None:
    command = [sys.executable, str(Path(__file__).parent / "soak.py"), str(many(5_000, 200_000))]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    report = json.loads(process.stdout)
    assert report["grown_kb"] <= MOST_KB
    assert {200, 204, 400, 404, 503} <= set(report["statuses"])
