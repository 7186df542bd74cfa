"""Help that fits a screen."""

import re

import click
import pytest
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.cli.serve import command

COMMANDS = ["", *main.commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen(command: str) -> None:
    lines = CliRunner(env={"COLUMNS": "80"}).invoke(main, [*command.split(), "--help"]).output.splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", ["", "serve", "generate", "import"])
def test_help_has_examples_of_options_that_there_are(command: str) -> None:
    output = CliRunner().invoke(main, [*command.split(), "--help"]).output
    examples = [line.split() for line in output.partition("Examples:\n")[2].splitlines()]
    assert examples
    for name, subcommand, *words in examples:
        assert name == "mockcdrs"
        known = {option for each in main.commands[subcommand].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known


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
    given = {"--port": "1", "--now": "live", "--calls-per-day": "3", "--seed": "5", "--reseller": "1", "--data": "d"}
    given |= {"--no-control": "1", "--set": "kazoo.version=9", "--fix": "all", "--quirk": "integer-page-size"}
    given |= {
        "--log-format": "json",
        "--kazoo": "master",
        "--journal": "7",
        "--open": "1",
        "--allow-origin": "http://localhost:3000",
        "--tls": "1",
        "--remote-webhooks": "1",
    }
    options = [each for each in command.params if isinstance(each, click.Option)]
    for option in options:
        name = option.opts[0]
        monkeypatch.setenv(f"MOCKCDRS{name[1:].upper().replace('-', '_')}", given.get(name, "x"))
    context = command.make_context("serve", [])
    sources = {context.get_parameter_source(str(option.name)) for option in options}
    assert sources == {click.core.ParameterSource.ENVIRONMENT}
