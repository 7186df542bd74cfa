"""Options that several commands have, and the command line as a whole."""

import pytest
from click.testing import CliRunner, Result

from mockcdrs import cli
from mockcdrs.crossbar.versions import VERSIONS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="mockcdrs")


def test_version_is_the_packages() -> None:
    assert run("--version").output == "mockcdrs, version 0.1.0\n"


@pytest.mark.parametrize("command", [["serve"], ["generate", "--out", "x"], ["verify"], ["replay", __file__]])
@pytest.mark.parametrize("by_environment", [False, True])
def test_an_unknown_version_is_refused_with_the_known_ones(
    command: list[str], by_environment: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_environment:
        monkeypatch.setenv("MOCKCDRS_KAZOO", "Master")
    result = run(*command, *([] if by_environment else ["--kazoo", "Master"]))
    assert result.exit_code == 2
    came = "'Master', from the environment variable MOCKCDRS_KAZOO," if by_environment else "'Master'"
    assert (
        f"{came} is no version of Kazoo that is known: expected one of 4.3, master, classic; did you mean master?"
        in (result.output)
    )


@pytest.mark.parametrize("command", ["serve", "generate", "verify", "record", "replay"])
def test_the_help_names_each_version(command: str) -> None:
    text = " ".join(run(command, "--help").output.split())
    assert f": {', '.join(VERSIONS)}" in text


def test_an_empty_version_is_no_version() -> None:
    for command in (["serve"], ["verify"]):
        result = run(*command, "--kazoo", "")
        assert result.exit_code == 2
        assert "'' is no version of Kazoo that is known: expected one of 4.3, master, classic" in result.output
