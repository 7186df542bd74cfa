"""Under `python -OO` there are no docstrings and no assertions: all works but Falcon's test client, which says why."""

import subprocess
import sys

USE = """
import json, urllib.request
import mockcdrs
from mockcdrs.remote_mock import RemoteMock
from mockcdrs.control_client import ControlClient
from mockcdrs.control_api import ROUTES

def check(holds):
    if not holds:
        raise SystemExit("does not hold")

with mockcdrs.serving() as mock:
    request = urllib.request.Request(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        check(len(json.load(answer)["data"]) == 50)
    remote = RemoteMock(ControlClient(mock.url))
    check(remote.add_call(scenario="voicemail").cdr_id in mock.expected().ids)
    control = ControlClient(mock.url)
    for path in (path for path, methods in ROUTES.items() if "GET" in methods and "{" not in path):
        check(path == "/journal/events" or control.ask("GET", path) is not None)
    try:
        mock.client()
    except RuntimeError as shown:
        check("Falcon's test client" in str(shown) and "-OO" in str(shown))
    else:
        check(False)
"""


def test_all_works_but_one_thing_that_says_why() -> None:
    process = subprocess.run(
        [sys.executable, "-OO", "-c", USE], capture_output=True, text=True, check=False, timeout=60
    )
    assert (process.returncode, process.stderr) == (0, "")
