"""`mockcdrs generate`."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.dataset import files, fixtures


def test_it_writes_a_folder_that_can_be_served_and_says_how_much(tmp_path: Path) -> None:
    arguments = ["generate", "--days", "3", "--calls-per-day", "20", "--seed", "7", "--out", str(tmp_path / "calls")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    count = sum(map(len, files.load(tmp_path / "calls").documents.values()))
    assert f"{count} CDRs in {tmp_path / 'calls'}" in result.output
    assert count


def test_it_shows_its_progress_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mockcdrs", "generate", "--days", "2", "--calls-per-day", "5", "--out"]
    screen, terminal = pty.openpty()
    subprocess.run([*command, str(tmp_path / "seen")], stderr=terminal, stdout=subprocess.DEVNULL, check=True)
    os.close(terminal)
    progress = os.read(screen, 10_000).decode()
    os.close(screen)
    assert "days" in progress
    assert "100%" in progress
    unseen = subprocess.run([*command, str(tmp_path / "unseen")], capture_output=True, check=True, text=True)
    assert unseen.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing option '--out'"),
        (["--out", "."], "is there already"),
        (
            ["--out", "x", "--now", "yesterday"],
            "--now: came 'yesterday', expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z",
        ),
        (["--out", "x", "--locale", "xx_XX"], "locale 'xx_XX' came, expected one that Faker knows"),
        (["--out", "x", "--format", "xml"], "'xml' is not one of 'jsonl', 'csv', 'parquet'"),
    ],
)
def test_it_refuses_with_what_came_and_what_to_do(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["generate", *arguments])
    assert result.exit_code != 0
    assert message in result.output


@pytest.mark.parametrize(
    ("form", "file"),
    [("jsonl", "documents-202601.jsonl"), ("csv", "cdrs.csv"), ("parquet", "day=2026-01-20/cdrs.parquet")],
)
def test_each_format_is_written_by_as_many_processes_as_wanted(tmp_path: Path, form: str, file: str) -> None:
    options = ["--days", "2", "--calls-per-day", "5", "--format", form, "--jobs", "2"]
    result = CliRunner().invoke(main, ["generate", *options, "--out", str(tmp_path / "calls")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "calls" / file).stat().st_size > 1_000


def test_without_pyarrow_parquet_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = CliRunner().invoke(main, ["generate", "--format", "parquet", "--out", str(tmp_path / "calls")])
    assert result.exit_code == 1
    assert result.output == "Error: --format parquet needs pyarrow: pip install 'mockcdrs[parquet]'\n"
    assert not (tmp_path / "calls").exists()


def test_a_folder_below_a_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["generate", "--days", "1", "--out", str(tmp_path / "file" / "calls")])
    assert result.exit_code == 1
    expected = "expected a folder above it that may be written to; name another one"
    assert result.output == f"Error: {tmp_path}/file/calls cannot be made (File exists): {expected}\n"


def test_without_faker_another_locale_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["generate", "--locale", "nl_NL", "--out", str(tmp_path / "calls")])
    assert result.exit_code == 2
    assert "pip install 'mockcdrs[generate]'" in result.output


@pytest.mark.parametrize(
    ("module", "name"),
    [("faker", "Faker"), ("hypothesis", "hypothesis"), ("hypothesis_jsonschema", "hypothesis-jsonschema")],
)
def test_a_check_without_what_makes_the_fixtures_says_in_one_line_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    result = CliRunner().invoke(main, ["generate", "--check"])
    assert result.exit_code == 1
    needed = "the fixtures are made with these: pip install 'mockcdrs[generate,strategies]'"
    assert result.output == f"Error: --check came without {name}; {needed}\n"


def test_check_says_what_differs_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixtures, "check_fixtures", lambda: ["office/accounts.json: differs"])
    result = CliRunner().invoke(main, ["generate", "--check"])
    assert result.exit_code == 1
    assert "office/accounts.json: differs" in result.output
    monkeypatch.setattr(fixtures, "check_fixtures", list)
    assert CliRunner().invoke(main, ["generate", "--check"]).exit_code == 0
