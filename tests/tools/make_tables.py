"""Writes the tables of README.md, CONTRIBUTING.md and docs/ from the code: `python tests/tools/make_tables.py`.

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`; what is between them is replaced.
"""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from mockcdrs import config, reference
from mockcdrs.cli import main as command_line
from mockcdrs.control_api import ROUTES
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import VERSIONS, list_differences
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.pytest_plugin import pytest_addoption

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
COMMANDS = ("serve", "generate", "import", "record", "replay", "verify")
_TABLE = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end of table -->\n)", re.DOTALL)


def markdown(*rows: Iterable[str]) -> str:
    """A table; the first row is its head."""
    head, *others = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, ["---"] * len(head), *others))


def code(text: str) -> str:
    """A text as code; its lines stand one after the other."""
    text = text.replace("\n", "; ")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def described(kind: str, title: str, what: str) -> str:
    """The entries of a kind with what they are and an example."""
    rows = ([code(entry.name), entry.sentence, code(entry.example)] for entry in reference.of_kind(kind))
    return markdown([title, what, "example"], *rows)


def scenarios() -> str:
    """The scenarios, with their legs and what tells them apart."""
    rows = (
        [code(name), scenario.sentence, scenario.legs, ", ".join(map(code, scenario.marks.split(", ")))]
        for name, scenario in SCENARIOS.items()
    )
    return markdown(["scenario", "what happens in the call", "legs", "told apart by"], *rows)


def quirks() -> str:
    """The quirks, with the versions that show them."""
    rows = (
        [code(entry.name), entry.sentence, code(entry.example), shown_by(entry.name), code(entry.source)]
        for entry in reference.of_kind(reference.QUIRK)
    )
    return markdown(["quirk", "what a client sees", "example", "shown by", "source"], *rows)


def shown_by(quirk: str) -> str:
    """The versions of Kazoo that show a quirk unless told otherwise."""
    showing = [code(name) for name in reference.showing_versions(quirk)]
    return "all" if len(showing) == len(VERSIONS) else ", ".join(showing) or "none"


def versions() -> str:
    """The versions that there are."""
    rows = ([code(entry.name), entry.source, entry.sentence] for entry in reference.of_kind(reference.VERSION))
    return markdown(["name", "release", "what it is"], *rows)


def version_rules() -> str:
    """The rules in which versions differ; a cell is empty where it would repeat that of the first one."""
    first, *others = VERSIONS.values()
    releases = ["" if version.release == first.release else version.release for version in others]
    rows = [["`version` in envelopes", first.release, *releases, "kz_util `kazoo_version/0`"]]
    for rule in list_differences(VERSIONS.values()):
        usual = rule.values[first.name]
        own = [rule.values[version.name] for version in others]
        rows.append([rule.what, usual, *("" if value == usual else value for value in own), rule.source])
    return markdown(["rule", *map(code, VERSIONS), "where in Kazoo"], *rows)


def settings() -> str:
    """Kazoo's settings, with their defaults."""
    descriptions = Settings.descriptions()
    rows = (
        [code(entry.name), code(json.dumps(descriptions[entry.name]["default"])), entry.sentence]
        for entry in reference.of_kind(reference.SETTING)
    )
    return markdown(["setting", "default", "what it does"], *rows)


def named(kind: str, title: str, what: str) -> str:
    """The entries of a kind; neighbours of one meaning share a row."""
    rows = []
    for meaning, group in groupby(reference.of_kind(kind), key=lambda entry: entry.sentence):
        first, *others = (code(entry.name) for entry in group)
        rows.append([f"{first} to {others[-1]}" if others else first, meaning])
    return markdown([title, what], *rows)


def command_options(name: str) -> str:
    """What a command does, and its options, with their environment variables."""
    command = command_line.commands[name]
    table = markdown(["option", "default", "environment", "what it does"], *_command_rows(command))
    return f"{inspect.cleandoc(command.help or '')}\n\n{table}"


def _command_rows(command: click.Command) -> Iterator[list[str]]:
    for parameter in command.params:
        record: dict[str, Any] = parameter.to_info_dict()
        if isinstance(parameter, click.Argument):
            continue  # the command's text speaks of it
        metavar = "" if record["is_flag"] else f" {_value(parameter)}"
        shown = record["default"] if isinstance(record["default"], str | int) and not record["is_flag"] else None
        default = "" if shown is None else code(str(shown))
        text = record["help"] or ""
        repeated = " May be repeated." if record["multiple"] and "may be repeated" not in text else ""
        yield [code(record["opts"][0] + metavar), default, _variable(command, record), text + repeated]


def _value(parameter: click.Parameter) -> str:
    if isinstance(parameter.type, click.Choice):
        return "|".join(parameter.type.choices)
    return parameter.metavar or ("TEXT" if parameter.type is click.STRING else "N")


def _variable(command: click.Command, record: dict[str, Any]) -> str:
    prefix = command.context_settings.get("auto_envvar_prefix")
    name = record["envvar"] or (f"{prefix}_{record['name'].upper()}" if prefix else "")
    return code(name) if name else ""


class _Options:
    """Takes what the plugin registers."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def getgroup(self, *_: object) -> "_Options":
        return self

    def addoption(self, name: str, *, help: str, **_: object) -> None:  # noqa: A002 pytest's name
        self.rows.append([code(name), "", reference.as_sentence(help)])

    def addini(self, name: str, *_: object, **__: object) -> None:
        self.rows[-1][1] = code(name)


def plugin_options() -> str:
    """The plugin's options, with their ini settings."""
    collecting = _Options()
    pytest_addoption(collecting)  # type: ignore[arg-type]
    defaults = {f"`--mockcdrs-{name.replace('_', '-')}`": default for name, default in _defaults().items()}
    rows = ([option, ini, defaults.get(option, ""), what] for option, ini, what in collecting.rows)
    return markdown(["option", "ini setting", "default", "what it does"], *rows)


def _defaults() -> dict[str, str]:
    defaults = config.MockConfig()
    values = {name: getattr(defaults, name) for name in config.OPTIONS}
    return {name: code(str(value)) for name, value in values.items() if value and not isinstance(value, bool)}


def control_routes() -> str:
    """The routes of the control API, with the summaries of its OpenAPI document."""
    document = json.loads(files("mockcdrs.control_api").joinpath("control.json").read_bytes())
    rows = []
    for path, methods in ROUTES.items():
        documented = document["paths"][path.replace(":path", "")]
        rows += [
            [
                code(f"{method} /_mockcdrs{path.replace(':path', '')}"),
                reference.as_sentence(documented[method.lower()]["summary"]),
            ]
            for method in methods
        ]
    return markdown(["request", "what it does"], *rows)


def request_map() -> str:
    """What tests/tools/request_map.py prints."""
    command = [sys.executable, str(Path(__file__).with_name("request_map.py"))]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tables() -> dict[str, str]:
    """All tables by name."""
    return {
        "versions": versions(),
        "version-rules": version_rules(),
        "quirks": quirks(),
        "advice": described(reference.PIECE_OF_ADVICE, "code", "what it is about"),
        "faults": described(reference.FAULT, "argument", "what happens"),
        "rule-parts": described(reference.PART_OF_RULE, "argument", "meaning"),
        "presets": described(reference.PRESET, "preset", "what happens"),
        "settings": settings(),
        "scenarios": scenarios(),
        "edge-cases": named(reference.EDGE_CASE, "edge case", "what it is"),
        "plugin-options": plugin_options(),
        "control-api": control_routes(),
        "request-map": request_map(),
        **{f"options-of-{name}": command_options(name) for name in COMMANDS},
    }


def names(text: str) -> list[str]:
    """The tables that a document has."""
    return [name for _, name, _ in _TABLE.findall(text)]


def with_tables(text: str, known: dict[str, str]) -> str:
    """A document with its tables as the code has them. Raises `KeyError` for a table that there is not."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{known[match[2]]}\n{match[3]}", text)


def main() -> None:
    """Write each document again."""
    known = tables()
    for path in DOCUMENTS:
        path.write_text(with_tables(path.read_text(encoding="utf-8"), known), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
