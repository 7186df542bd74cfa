"""The app for any WSGI server."""

import os
import subprocess
import sys

import pytest

ASK = """
import sys, httpx
from mockcdrs.dataset.office import generate_accounts, main_account_id
from mockcdrs.wsgi import app
account = next(each for each in generate_accounts(7) if each.id == main_account_id(7))
client = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1/v2")
for _ in range(int(sys.argv[1])):
    client.get("/nosuch")
headers = {"X-Auth-Token": account.tokens[0].value}
print(client.get(f"/accounts/{account.id}/cdrs", headers=headers).text)
"""


def run_app(before: int, hash_seed: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, **variables}
    command = [sys.executable, "-c", ASK, str(before)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_all_processes_give_the_same_bytes() -> None:
    variables = {"MOCKCDRS_SEED": "7", "MOCKCDRS_NOW": "2026-01-20T12:00:00Z", "MOCKCDRS_SET": "kazoo.version=9.9"}
    first, second = run_app(0, "1", **variables), run_app(3, "2", **variables)
    assert '"status":"success", "request_id":"' in first.stdout.replace('": "', '":"')
    assert first.stdout == second.stdout


def test_an_address_that_others_reach_takes_a_control_token_here_too() -> None:
    process = run_app(0, "1", MOCKCDRS_HOST="0.0.0.0")
    assert process.returncode == 1
    assert "expected --control-token TOKEN with it, or --no-control" in process.stderr


def test_a_server_that_others_reach_lets_only_this_machine_into_the_control_api() -> None:
    code = """
import httpx
from mockcdrs.wsgi import app
for peer in ("203.0.113.7", "127.0.0.1"):
    client = httpx.Client(transport=httpx.WSGITransport(app=app, remote_addr=peer), base_url="http://localhost")
    print([client.get(f"/_mockcdrs/{path}").status_code for path in ("account", "journal", "")])
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.splitlines() == ["[403, 403, 403]", "[200, 200, 200]"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("MOCKCDRS_SEED", "x", "'x' is not a valid integer"),
        (
            "MOCKCDRS_KAZOO",
            "5.0",
            "'5.0', from the environment variable MOCKCDRS_KAZOO, is no version of Kazoo that is known",
        ),
        ("MOCKCDRS_SET", "nosuch=1", "'nosuch' is no known setting: expected one of"),
    ],
)
def test_a_variable_that_cannot_be_taken_is_refused(name: str, value: str, message: str) -> None:
    process = run_app(0, "1", **{name: value})
    assert process.returncode == 1
    assert message in process.stderr
