"""What the way to serving pulls in: a start that costs a second is one that tests are not run with."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

SERVING = """
from mockcdrs.control.state import State
from mockcdrs.dataset import files, fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from urllib.request import urlopen
from urllib.error import HTTPError
account = "0" * 32
with Server(create_app(State(store=LoadedStore((Account(account),), {})))) as server:
    try:
        urlopen(f"{server.url}/v2/accounts/{account}/cdrs")
    except HTTPError as error:
        assert error.code == 401
        error.close()
"""


COMMAND = """
from mockcdrs import cli
from mockcdrs.cli import listening

def give_a_page(mock, *_, **__):
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_X_AUTH_TOKEN": mock.auth_token}
    environ |= {"wsgi.input": None, "wsgi.errors": None}
    answer = mock.wsgi_app(environ, lambda status, _: None if status == "200 OK" else exit(status))
    assert b"".join(answer).startswith(b"{")

listening.run = give_a_page  # instead of waiting for a client
cli.main(["serve"], standalone_mode=False)
"""


def imported_by(code: str) -> set[str]:
    script = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    # nothing that the environment has Python load counts, as what moves the clock of the suite, or measures coverage
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-E", "-c", script]
    process = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return set(json.loads(process.stdout))


def modules_after(code: str) -> set[str]:
    return {name.partition(".")[0] for name in imported_by(code)}


@pytest.mark.parametrize("code", ["import mockcdrs.cli", SERVING], ids=["the command line", "serving"])
def test_what_only_tests_and_generating_need_is_not_imported(code: str) -> None:
    pulled_in = modules_after(code)
    assert "mockcdrs" in pulled_in
    heavy = {"faker", "hypothesis", "hypothesis_jsonschema", "jsonschema", "pytest", "requests", "httpx", "h11", "jwt"}
    assert not pulled_in & heavy


def test_the_command_line_alone_imports_no_server() -> None:
    assert not modules_after("import mockcdrs.cli") & {"falcon", "waitress", "orjson", "asyncio"}


def test_importing_the_package_costs_no_more_than_typing() -> None:
    assert modules_after("import mockcdrs") - modules_after("import typing") == {"mockcdrs"}


def test_the_first_page_of_the_command_needs_neither_the_other_commands_nor_what_a_fault_or_file_would() -> None:
    pulled_in = imported_by(COMMAND)
    assert {"mockcdrs.cli.serve", "mockcdrs.dataset.generated_store", "mockcdrs.advice.adviser"} <= pulled_in
    unasked = {f"cli.{name}" for name in ("generate", "import_data", "record", "replay", "verify")}
    unasked |= {"advice.registry", "expected.ground_truth", "expected.query", "control_client", "dataset.files"}
    unasked |= {"console", "control_api", "dataset.call_builder", "server.control_routes", "advice.advice_rule"}
    modules = {f"mockcdrs.{name}" for name in unasked}
    assert all(find_spec(name) for name in modules), "a module that is not there is never imported"
    assert not pulled_in & modules
    of_falcon = imported_by("import falcon")
    slow = {"asyncio", "decimal", "email", "http.client", "importlib.metadata", "ssl", "tempfile"}
    assert not (pulled_in - of_falcon) & slow
