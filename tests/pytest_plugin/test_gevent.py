"""Under a patched gevent threads are greenlets: a mock serves and waits as ever, patched before or after its import."""

import subprocess
import sys

import pytest

USE = """
import gevent
import requests
import mockcdrs

def ask(path="/cdrs"):
    headers = {"X-Auth-Token": mock.auth_token}
    return requests.get(mock.url_for(path), params={"page_size": 2}, headers=headers, timeout=20).status_code

with mockcdrs.serving() as mock:
    assert ask() == 200
    mock.fail(delay_seconds=0.2, path="/cdrs/summary")
    clients = [gevent.spawn(ask, path) for path in ["/cdrs/summary"] + ["/cdrs"] * 20]
    gevent.joinall(clients)
    assert [client.value for client in clients] == [200] * 21
    gevent.spawn_later(0.1, ask)
    assert len(mock.wait_for(23, timeout=20)) == 23
    try:
        mock.wait_for(24, timeout=0.05)
    except TimeoutError:
        pass
    else:
        raise AssertionError("24 requests came")
print("done")
"""
PATCH = "from gevent import monkey\nmonkey.patch_all()\n"


@pytest.mark.parametrize("first", [PATCH, f"import mockcdrs.mock\n{PATCH}"], ids=["before", "after"])
def test_a_mock_serves_and_waits(first: str) -> None:
    # gevent warns of what its own imports, and those of requests, have bound before
    command = [sys.executable, "-W", "ignore", "-c", first + USE]
    process = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (process.returncode, process.stdout) == (0, "done\n"), (
        process.stderr
    )  # gevent may complain when it is torn down
