"""What the documents show of a terminal is what the commands print."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from playwright._impl._driver import compute_driver_executable

from mockcdrs.cli import listening, main, serve
from mockcdrs.dataset import files
from mockcdrs.imports.anonymizer import Pseudonyms
from mockcdrs.imports.fields import FieldKind
from mockcdrs.mock import Mock, serving
from tests.docs.test_documents import TEXTS, blocks

PORT = "http://127.0.0.1:8000"
NOW = "2026-01-20T12:00:00Z"
CONSOLE = [(name, block) for name in TEXTS for block in blocks(name, "console")]
JAVASCRIPT = Path(__file__).parents[1] / "javascript" / "cdrs.test.mjs"


def exchanges(block: str) -> list[tuple[str, str]]:
    """Each command of a block with what it prints."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, printed) for command, _, printed in (part.partition("\n") for part in parts)]


def is_shown(shown: str, printed: str) -> bool:
    """Whether lines were printed as shown, where a line of three dots stands for anything."""
    pattern = re.escape(shown).replace(re.escape("\n...\n"), r"\n?.*\n?").replace(re.escape("...\n"), ".*")
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.fixture(scope="module")
def standalone() -> Iterator[Mock]:
    options = serve.command.make_context("serve", ["--port", "0"]).params
    with serve.build_mock(**{name: options[name] for name in options.keys() - serve.OPTIONS_OF_COMMAND}) as mock:
        yield mock


@pytest.fixture
def url(standalone: Mock) -> str:
    return standalone.url.removesuffix("/v2")


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def hold(block: str, runner: CliRunner, **values: str) -> None:
    for command, shown in exchanges(block):
        program, *words = shlex.split(command)
        assert program == "mockcdrs"
        printed = runner.invoke(main, [values.get(word, word) for word in words]).output
        assert is_shown(shown, printed), f"{command} printed\n{printed}"


def with_command(start: str) -> list[str]:
    return [block for _, block in CONSOLE if block.startswith(f"$ {start}")]


def test_all_blocks_of_a_terminal_are_tested_here() -> None:
    starts = ("pip install", "pytest", "mockcdrs serve", "mockcdrs verify", "mockcdrs record", "mockcdrs generate")
    known = [block for start in (*starts, "mockcdrs explain", "curl") for block in with_command(start)]
    assert sorted(known) == sorted(block for _, block in CONSOLE)


@pytest.mark.parametrize("block", with_command("mockcdrs serve"), ids=range(len(with_command("mockcdrs serve"))))
def test_serve_begins_as_shown(block: str, standalone: Mock, url: str) -> None:
    variables = listening.variables(standalone)
    lines = listening.banner(variables, standalone.state.version.name, "", is_verbose=False)
    printed = "\n".join(lines).replace(url, PORT)
    ((_, shown),) = exchanges(block)
    assert is_shown(shown if shown.endswith("...\n") else f"{shown}...\n", printed)


@pytest.mark.parametrize("block", with_command("curl"), ids=range(len(with_command("curl"))))
def test_curl_gets_what_is_shown(block: str, url: str) -> None:
    for command, shown in exchanges(block):
        words = iter(shlex.split(command.replace(PORT, url))[1:])
        request: dict[str, Any] = {"method": "GET", "headers": {}, "url": "", "content": None}
        for word in words:
            match word:
                case "-sS":
                    pass
                case "-X":
                    request["method"] = next(words)
                case "-H":
                    request["headers"] |= [next(words).split(": ", 1)]
                case "-d":
                    request["content"] = next(words)
                case _:
                    request["url"] = word
        if request["content"] and request["method"] == "GET":
            request["method"] = "POST"
        answer = httpx.request(**request, trust_env=False)
        assert answer.is_success
        assert is_shown(shown, f"{answer.text}\n"), f"{command} got\n{answer.text}"


def test_the_failing_test_of_the_readme_reports_what_it_shows(pytester: pytest.Pytester) -> None:
    (code,) = (block for block in blocks("README.md", "python") if "It forgets that" in block)
    pytester.makepyfile(test_client=code)
    (block,) = with_command("pytest")
    ((command, shown),) = exchanges(block)
    result = pytester.runpytest_subprocess(*shlex.split(command)[1:], "-p", "no:cacheprovider", "-p", "no:xdist")
    result.assert_outcomes(failed=1)
    assert is_shown(shown, f"{result.stdout}\n"), str(result.stdout)


def test_verify_prints_what_is_shown(runner: CliRunner) -> None:
    (block,) = with_command("mockcdrs verify")
    hold(block, runner)


def test_a_recording_and_its_replays_end_as_shown(runner: CliRunner) -> None:
    plain, _ = with_command("mockcdrs record")
    with serving(calls_per_day=1, now=NOW) as mock:
        hold(plain, runner, URL=mock.url, ID=mock.account_id, TOKEN=mock.auth_token)


def test_a_recording_without_names_and_its_data_are_made_as_shown(runner: CliRunner) -> None:
    _, hidden = with_command("mockcdrs record")
    with serving(calls_per_day=1, now=NOW) as mock:
        told = ("--account", mock.account_id, "--token", mock.auth_token)
        assert runner.invoke(main, ["record", mock.url, *told, "--out", "kazoo-data"]).exit_code == 0
    with serving(data="kazoo-data", now=NOW) as mock:
        hold(hidden, runner, URL=mock.url, ID=mock.account_id, TOKEN=mock.auth_token)


@pytest.mark.parametrize("command", blocks("docs/contract-and-recordings.md", "sh")[0].splitlines())
def test_the_contract_tests_run_against_a_server_as_shown(command: str, pytester: pytest.Pytester) -> None:
    with serving() as mock:
        values = {"URL": mock.url, "http://kazoo.example.com:8000/v2": mock.url, "ID": mock.account_id}
        words = [{**values, "TOKEN": mock.auth_token}.get(word, word) for word in shlex.split(command)]
        result = pytester.run(sys.executable, "-m", *words, *(["-k", "envelope"] if words[0] == "pytest" else []))
    assert result.ret == 0


@pytest.mark.parametrize("block", [*with_command("mockcdrs generate"), *with_command("mockcdrs explain")])
def test_other_commands_print_what_is_shown(block: str, runner: CliRunner) -> None:
    hold(block, runner)


def test_the_data_directory_that_is_shown_can_be_loaded(tmp_path: Path) -> None:
    document, accounts = blocks("docs/data.md", "json")
    (tmp_path / "calls.jsonl").write_text(document, encoding="utf-8")
    (tmp_path / "accounts.json").write_text(accounts, encoding="utf-8")
    (account,) = files.load(tmp_path).accounts
    assert [account.id, account.name] == [json.loads(accounts)[0]["id"], "Alpha"]


def test_the_pseudonyms_that_are_shown_are_those_of_the_secret() -> None:
    pairs = re.findall(r"`([^`]+)` becomes\s+`([^`]+)`", TEXTS["docs/data.md"])
    pseudonyms = Pseudonyms(b"S")
    assert [pseudonyms.hide(FieldKind.URI, original) for original, _ in pairs] == [pseudonym for _, pseudonym in pairs]
    assert len(pairs) == 3


def test_the_advice_that_is_shown_is_what_a_client_gets() -> None:
    (shown,) = (block.strip() for block in blocks("docs/advice.md", "text"))
    with serving() as mock, httpx.Client(trust_env=False) as client:
        query = {"created_from": 1768000000, "created_to": 1768900000}
        client.get(mock.url_for("/cdrs"), params=query, headers={"X-Auth-Token": mock.auth_token})
        assert shown in mock.advice()


def run_javascript(path: Path) -> int:
    """Run a file of tests with Node.js, or with the one that Playwright brings, against a mock; its exit status."""
    node = shutil.which("node") or compute_driver_executable()[0]
    with serving() as mock:
        values = {"URL": mock.url, "ACCOUNT_ID": mock.account_id, "AUTH_TOKEN": mock.auth_token}
        environment = {f"MOCKCDRS_{name}": value for name, value in values.items()}
        process = subprocess.run(
            [node, "--test", str(path)], env=environment, capture_output=True, timeout=60, check=False
        )
        return process.returncode


def test_the_javascript_test_that_is_shown_passes() -> None:
    assert JAVASCRIPT.read_text(encoding="utf-8") in blocks("docs/javascript.md", "js")
    assert run_javascript(JAVASCRIPT) == 0


def test_the_javascript_test_fails_for_a_client_that_reads_one_page_only(tmp_path: Path) -> None:
    code = JAVASCRIPT.read_text(encoding="utf-8").replace("if (!page.next_start_key) return rows", "return rows")
    (tmp_path / JAVASCRIPT.name).write_text(code, encoding="utf-8")
    assert run_javascript(tmp_path / JAVASCRIPT.name) == 1
