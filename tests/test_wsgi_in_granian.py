"""The app in a WSGI server of several processes: Granian's."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.office import generate_accounts, main_account_id
from tests.certificates import TRUSTED
from tests.server_process import free_port

SEED, NOW = 7, "2026-01-20T12:00:00Z"
REQUESTS = 24
SERVERS_OWN = {"server", "connection", "transfer-encoding", "content-length"}
Answer = tuple[int, dict[str, str], bytes]


@contextlib.contextmanager
def serving(command: list[str], port: int, log: Path) -> Iterator[str]:
    """The origin of a server in processes of its own, as soon as it answers."""
    environment = {**os.environ, "MOCKCDRS_SEED": str(SEED), "MOCKCDRS_NOW": NOW, "MOCKCDRS_CALLS_PER_DAY": "25"}
    with log.open("wb") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as server:
        try:
            origin = f"http://127.0.0.1:{port}"
            for _ in range(600):
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{origin}/_mockcdrs/health", timeout=10, verify=TRUSTED).is_success:
                        break
                if server.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                pytest.fail(f"it did not answer: {log.read_text()}")
            yield origin
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture(scope="module")
def granian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
    command += ["--host", "127.0.0.1", "--port", str(port), "mockcdrs.wsgi:app"]
    with serving(command, port, tmp_path_factory.mktemp("granian") / "log") as origin:
        yield origin


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same calls from `mockcdrs serve`."""
    port = free_port()
    command = [sys.executable, "-m", "mockcdrs", "serve", "--port", str(port)]
    with serving(command, port, tmp_path_factory.mktemp("alone") / "log") as origin:
        yield origin


@pytest.fixture(scope="module")
def account() -> Account:
    return next(each for each in generate_accounts(SEED) if each.id == main_account_id(SEED))


def ask(origin: str, account: Account, method: str, path: str, **headers: str) -> Answer:
    request_headers = {
        "X-Auth-Token": account.tokens[0].value,
        "Host": "crossbar.example",
        "Accept-Encoding": "identity",
    }
    request_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    # a connection for each request, so that all the processes come to answer
    response = httpx.request(
        method, f"{origin}/v2/accounts/{account.id}{path}", headers=request_headers, timeout=30, verify=TRUSTED
    )
    headers_of_the_app = {name: value for name, value in response.headers.items() if name not in SERVERS_OWN}
    return response.status_code, headers_of_the_app, response.content


def test_both_processes_answer_and_say_that_their_state_is_their_own(granian: str) -> None:
    reports: list[dict[str, Any]] = []
    while len({each["process"] for each in reports}) < 2:
        assert len(reports) < 1_000
        reports.append(httpx.get(f"{granian}/_mockcdrs/health", timeout=10, verify=TRUSTED).json())
    assert {each["state"] for each in reports} == {"per process"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/cdrs", {}),
        ("GET", "/cdrs?paginate=false", {}),
        ("GET", "/cdrs?is_chunked=false&page_size=3", {}),
        ("GET", "/cdrs?page_size=3&file_name=calls.csv", {"Accept": "text/csv"}),
        ("GET", "/cdrs/summary", {}),
        ("GET", "/cdrs/interaction?page_size=2", {"Accept_Encoding": "gzip"}),
        ("GET", "/cdrs/202601-%E2%82%AC%20x", {}),
        ("GET", "/cdrs/202601-a%252Fb", {}),
        ("GET", "/cdrs/nosuch", {}),
        ("GET", "/nosuch", {}),
        ("GET", "/cdrs?start_key=garbage&x=%2F%00", {}),
        ("GET", "/cdrs/abcdef-x", {}),
        ("GET", "/cdrs", {"X_Auth_Token": "wrong"}),
        ("HEAD", "/cdrs", {}),
        ("OPTIONS", "/cdrs", {"Origin": "http://ui.example"}),
        ("PUT", "/cdrs", {}),
    ],
)
def test_all_processes_give_the_same_bytes_and_so_does_the_command(
    granian: str, alone: str, account: Account, method: str, path: str, headers: dict[str, str]
) -> None:
    first, *others = (ask(granian, account, method, path, **headers) for _ in range(REQUESTS))
    assert [each for each in others if each != first] == []
    names = {**headers, "X_Request_ID": "mine"}
    assert ask(granian, account, method, path, **names) == ask(alone, account, method, path, **names)


def test_a_file_without_a_name_is_given_the_same_by_all_processes(granian: str, account: Account) -> None:
    heads = [ask(granian, account, "GET", "/cdrs?page_size=1", Accept="text/csv")[1] for _ in range(REQUESTS)]
    assert len({head["content-disposition"] for head in heads}) == 1


def test_different_requests_have_different_ids_whichever_process_they_reach(granian: str, account: Account) -> None:
    ids = [ask(granian, account, "GET", f"/cdrs?page_size={size}")[1]["x-request-id"] for size in range(1, 13)]
    assert len(set(ids)) == len(ids)


def test_an_encoded_slash_is_a_slash_because_granian_tells_no_raw_path(granian: str, account: Account) -> None:
    encoded = ask(granian, account, "GET", "/cdrs/202601-a%2Fb", X_Request_ID="mine")
    assert encoded == ask(granian, account, "GET", "/cdrs/202601-a/b", X_Request_ID="mine")
