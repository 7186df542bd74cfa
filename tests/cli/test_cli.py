"""The command line as a whole: help that fits a screen, the version, and options that several commands have."""

import re

import click
import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.cli.serve import command
from mockcdrs.crossbar.versions import VERSIONS

COMMANDS = ["", *main.commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen(command: str) -> None:
    lines = CliRunner(env={"COLUMNS": "80"}).invoke(main, [*command.split(), "--help"]).output.splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= 80


def test_each_command_is_described_in_a_line_that_is_not_cut() -> None:
    output = CliRunner(env={"COLUMNS": "80"}).invoke(main, ["-h"]).output
    lines = output.partition("Commands:\n")[2].splitlines()[: len(main.commands)]
    assert [line.split()[0] for line in lines] == [*main.commands]
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


@pytest.mark.parametrize("command", COMMANDS)
def test_h_is_short_for_help(command: str) -> None:
    outputs = [CliRunner().invoke(main, [*command.split(), option]).output for option in ("-h", "--help")]
    assert outputs[0] == outputs[1]


def test_ctrl_c_ends_any_command_as_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.commands["explain"], "callback", interrupt)
    result = CliRunner().invoke(main, ["explain"])
    assert (result.exit_code, result.output.strip()) == (130, "")


@pytest.mark.parametrize("command", ["", "serve", "generate", "import"])
def test_help_has_examples_of_options_that_there_are(command: str) -> None:
    output = CliRunner().invoke(main, [*command.split(), "--help"]).output
    examples = [line.split() for line in output.partition("Examples:\n")[2].splitlines()]
    assert examples
    for name, subcommand, *words in examples:
        assert name == "mockcdrs"
        available = {option for each in main.commands[subcommand].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= available


def test_every_option_of_every_command_is_one_sentence() -> None:
    texts = {
        f"{name} {option.opts[0]}": option.help or ""
        for name, subcommand in main.commands.items()
        for option in subcommand.params
        if isinstance(option, click.Option)
    }
    assert len(texts) > 40
    assert [name for name, text in texts.items() if not re.fullmatch(r"[A-Z]([^.]|\.(?=\d))+\.", text)] == []


def test_every_option_of_serve_has_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"--port": "1", "--now": "live", "--calls-per-day": "3", "--seed": "5", "--reseller": "1", "--data": "d"}
    values |= {"--no-control": "1", "--set": "kazoo.version=9", "--fix": "all", "--quirk": "integer-page-size"}
    values |= {
        "--log-format": "json",
        "--kazoo": "master",
        "--journal": "7",
        "--open": "1",
        "--allow-origin": "http://localhost:3000",
        "--reload": "1",
        "--speed": "2",
        "--verbose": "1",
        "--tls": "1",
        "--remote-webhooks": "1",
    }
    options = [each for each in command.params if isinstance(each, click.Option)]
    for option in options:
        name = option.opts[-1]
        monkeypatch.setenv(f"MOCKCDRS{name[1:].upper().replace('-', '_')}", values.get(name, "x"))
    context = command.make_context("serve", [])
    sources = {context.get_parameter_source(str(option.name)) for option in options}
    assert sources == {click.core.ParameterSource.ENVIRONMENT}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="mockcdrs")


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
    for words in (["serve"], ["verify"]):
        result = run(*words, "--kazoo", "")
        assert result.exit_code == 2
        assert "'' is no version of Kazoo that is known: expected one of 4.3, master, classic" in result.output
