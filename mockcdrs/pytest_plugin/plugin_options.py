"""The plugin's options: on pytest's command line, in the ini file, and as arguments of the marker."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.config import OPTIONS, OptionKind, check_options

EXTERNAL = {"url": "the URL", "account": "the id of an account", "token": "a token of an account"}

_ACTIONS = {OptionKind.SWITCH: "store_true", OptionKind.NAMES: "append", OptionKind.ASSIGNMENTS: "append"}
_INI_TYPES: dict[OptionKind, Any] = {
    OptionKind.SWITCH: "bool",
    OptionKind.NAMES: "args",
    OptionKind.ASSIGNMENTS: "linelist",
}


def add_options(parser: pytest.Parser) -> None:
    """Register `--mockcdrs-NAME` and the ini file's `mockcdrs_NAME` for each option, and what the plugin adds."""
    group = parser.getgroup("mockcdrs", "a stand-in for the CDR part of Kazoo's Crossbar API")
    for name, option in OPTIONS.items():
        dest, action = f"mockcdrs_{name}", _ACTIONS.get(option.kind, "store")
        group.addoption(f"--{dest.replace('_', '-')}", dest=dest, action=action, default=None, help=option.help)
        parser.addini(dest, option.help, _INI_TYPES.get(option.kind, "string"), default=None)
    for name, what in EXTERNAL.items():
        help_text = f"{what} of a real Kazoo, or of a server elsewhere, to run the same tests against"
        group.addoption(f"--mockcdrs-{name}", dest=f"mockcdrs_{name}", default=None, help=help_text)
    group.addoption(
        "--mockcdrs-control-token", default=None, help="the --control-token of a mock elsewhere, where it has one"
    )
    group.addoption("--mockcdrs-strict", action="store_true", help="a test whose client gets advice fails")


def from_ini(config: pytest.Config) -> dict[str, Any]:
    """The options that the ini file gives. Raises `UsageError`."""
    return _read(config.getini, "the ini setting mockcdrs_kazoo")


def from_command_line(config: pytest.Config) -> dict[str, Any]:
    """The options that the command line gives. Raises `UsageError`."""
    return _read(config.getoption, "the option --mockcdrs-kazoo")


def from_marker(item: pytest.Item) -> tuple[dict[str, Any], frozenset[str]]:
    """The options that the nearest marker gives, and the codes of advice that it allows. Raises `UsageError`."""
    marker = item.get_closest_marker("mockcdrs")
    if marker is None:
        return {}, frozenset()
    options = {name: value for name, value in marker.kwargs.items() if name != "allow"}
    try:
        arguments.check_unnamed(marker.args, "mockcdrs(seed=7)")
        arguments.check_names(marker.kwargs, [*OPTIONS, "allow"], "the marker")
        check_options(options)
        _check_version(options, "the marker mockcdrs")
    except ArgumentError as wrong:
        raise pytest.UsageError(f"mockcdrs marker: {wrong}") from wrong
    return options, _advice_codes(marker.kwargs.get("allow", ()))


def _advice_codes(allowed: Iterable[str]) -> frozenset[str]:
    if not allowed:
        return frozenset()
    from mockcdrs.advice.registry import ADVICE

    if isinstance(allowed, str) or not set(allowed) <= ADVICE.keys():
        raise pytest.UsageError(
            f"mockcdrs marker: allow={allowed!r} came, expected a list of some of {', '.join(ADVICE)}"
        )
    return frozenset(allowed)


def _read(get: Callable[[str], Any], origin_of_version: str) -> dict[str, Any]:
    given = {name: get(f"mockcdrs_{name}") for name in OPTIONS}
    read = {name: _parse_value(name, value) for name, value in given.items() if value is not None}
    _check_version(read, origin_of_version)
    return read


def _check_version(options: Mapping[str, Any], origin: str) -> None:
    if "kazoo" not in options:
        return
    from mockcdrs.crossbar.versions import UnknownVersion, version_named

    try:
        version_named(options["kazoo"], origin)
    except UnknownVersion as unknown:
        raise pytest.UsageError(str(unknown)) from None


def _parse_value(name: str, value: Any) -> Any:
    match OPTIONS[name].kind:
        case OptionKind.NUMBER | OptionKind.COUNT:
            return _parse_number(name, value)
        case OptionKind.ASSIGNMENTS:
            return dict(_parse_assignment(name, text) for text in value)
        case _:
            return value


def _parse_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected a whole number") from None


def _parse_assignment(name: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected NAME=VALUE")
    return key.strip(), value.strip()
