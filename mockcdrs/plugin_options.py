"""The plugin's options: each part of a mock as a command-line option and in the ini file, from the one table."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.control.options import ASSIGNMENTS, COUNT, KINDS, NAMES, NUMBER, SENTENCES, SWITCH, check

_ACTIONS = {SWITCH: "store_true", NAMES: "append", ASSIGNMENTS: "append"}  # of all others "store"
_INI_TYPES: dict[str, Any] = {SWITCH: "bool", NAMES: "args", ASSIGNMENTS: "linelist"}  # of all others "string"


def add(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    """Register `--mockcdrs-NAME` and the ini file's `mockcdrs_NAME`."""
    for name, kind in KINDS.items():
        dest, sentence = f"mockcdrs_{name}", SENTENCES[name]
        option = f"--{dest.replace('_', '-')}"
        group.addoption(option, dest=dest, action=_ACTIONS.get(kind, "store"), default=None, help=sentence)
        parser.addini(dest, sentence, _INI_TYPES.get(kind, "string"), default=None)


def from_ini(config: pytest.Config) -> dict[str, Any]:
    """What the ini file says."""
    return _read(config.getini, "the ini setting mockcdrs_kazoo")


def from_command_line(config: pytest.Config) -> dict[str, Any]:
    """What the command line says."""
    return _read(config.getoption, "the option --mockcdrs-kazoo")


def from_marker(item: pytest.Item) -> dict[str, Any]:
    """What the nearest marker says. `UsageError` for what is no part of a mock, and for values of another kind."""
    marker = item.get_closest_marker("mockcdrs")
    if marker is None:
        return {}
    try:
        arguments.check_unnamed(marker.args, "mockcdrs(seed=7)")
        arguments.check_names(marker.kwargs, [*KINDS, "allow"], "the marker")
        check({name: value for name, value in marker.kwargs.items() if name != "allow"})
        _check_version(marker.kwargs, "the marker mockcdrs")
    except ArgumentError as wrong:
        raise pytest.UsageError(f"mockcdrs marker: {wrong}") from wrong
    return dict(marker.kwargs)


def _read(get: Callable[[str], Any], origin_of_version: str) -> dict[str, Any]:
    """What somebody says by the name of each option; `UsageError` for what is none."""
    said = {name: get(f"mockcdrs_{name}") for name in KINDS}
    read = {name: _value(name, value) for name, value in said.items() if value is not None}
    _check_version(read, origin_of_version)
    return read


def _check_version(said: Mapping[str, Any], origin: str) -> None:
    if "kazoo" not in said:
        return
    from mockcdrs.crossbar.versions import UnknownVersion, version_named

    try:
        version_named(said["kazoo"], origin)
    except UnknownVersion as unknown:
        raise pytest.UsageError(str(unknown)) from None


def _value(name: str, said: Any) -> Any:
    kind = KINDS[name]
    if kind in {NUMBER, COUNT}:
        return _number(name, said)
    return dict(_assignment(name, text) for text in said) if kind == ASSIGNMENTS else said


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected a whole number") from None


def _assignment(name: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected NAME=VALUE")
    return key.strip(), value.strip()
