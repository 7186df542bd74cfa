"""What the way to serving pulls in: a start that costs a second is one that tests are not run with."""

import json
import subprocess
import sys

import pytest

SERVING = """
from mockcdrs.control.state import State
from mockcdrs.dataset import files, fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.server.app import create_app
from mockcdrs.server.runner import Server
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


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport json, sys; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    # -E: nothing that the environment has Python load counts, as what moves the clock of the suite
    ended = subprocess.run([sys.executable, "-E", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(ended.stdout))


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
