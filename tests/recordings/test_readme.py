"""The README's commands for recordings print what it shows."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.mock import Mock, serving

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Recorded answers\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
NOW = "2026-01-20T12:00:00Z"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def commands(block: str) -> list[tuple[str, str]]:
    """Each command with what it prints."""
    return [tuple(part.split("\n", 1)) for part in block.split("$ mockcdrs ")[1:]]


def hold(block: str, mock: Mock, run: CliRunner) -> None:
    told = {"URL": mock.url, "ID": mock.account_id, "TOKEN": mock.auth_token}
    for command, expected in commands(block):
        printed = run.invoke(main, [told.get(word, word) for word in command.split()]).output
        pattern = re.escape(expected).replace(re.escape("...\n"), r"(.*\n)*")
        assert re.fullmatch(pattern, printed), f"{command} printed\n{printed}"


def test_a_recording_and_its_replays_end_as_shown(run: CliRunner) -> None:
    with serving() as mock:
        hold(BLOCKS[0], mock, run)


def test_a_recording_under_pseudonyms_and_its_data_are_made_as_shown(run: CliRunner) -> None:
    run.invoke(main, ["generate", "--days", "30", "--calls-per-day", "20", "--out", "kazoo-data"])
    with serving(data="kazoo-data", now=NOW) as mock:
        hold(BLOCKS[1], mock, run)


def test_there_are_no_other_commands() -> None:
    assert len(BLOCKS) == 2
    assert "\n    mockcdrs" not in SECTION
