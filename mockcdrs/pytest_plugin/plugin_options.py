"""The plugin's options: on pytest's command line, in the ini file, as arguments of the marker, and in a fixture."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pytest

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.config import OPTIONS, Option, OptionKind, merge_options

EXTERNAL = {"url": "the URL", "account": "the id of an account", "token": "a token of an account"}
_ELSEWHERE = {
    name: f"{what} of a real Kazoo, or of a running mock, to run the tests against" for name, what in EXTERNAL.items()
} | {"control_token": "the --control-token of the mock at --mockcdrs-url, if it has one"}
_STRICT = Option(OptionKind.SWITCH, "fail a test whose client gets advice", name="strict")
_ALLOW = Option(OptionKind.NAMES, "a code of advice, or a quirk, that a strict test allows", name="allow")
TEST_OPTIONS: dict[str, Option] = {**OPTIONS, "strict": _STRICT, "allow": _ALLOW}
"""What the ini file, the command line, the marker and the fixture `mockcdrs_options` take alike."""

_KINDS = {name: option.kind.value for name, option in TEST_OPTIONS.items()}
_ACTIONS = {OptionKind.SWITCH: "store_true", OptionKind.NAMES: "append", OptionKind.ASSIGNMENTS: "append"}
_INI_TYPES: dict[OptionKind, Any] = {
    OptionKind.SWITCH: "bool",
    OptionKind.NAMES: "args",
    OptionKind.ASSIGNMENTS: "linelist",
}
_PREFIX = "mockcdrs_"
_UNKNOWN = f"Unknown config option: {_PREFIX}"  # as pytest's warning of a name in the ini file begins


class ResolvedOptions(NamedTuple):
    """What a test's mock is made of, and what its client may do.

    Args:
        options: The options of the mock.
        is_strict: Whether advice fails the test.
        allowed: The codes of advice that do not.

    """

    options: dict[str, Any]
    is_strict: bool
    allowed: frozenset[str]


def add_options(parser: pytest.Parser) -> None:
    """Register `--mockcdrs-NAME` and the ini file's `mockcdrs_NAME` for each option, and where the server is."""
    group = parser.getgroup("mockcdrs", "a stand-in for the CDR part of Kazoo's Crossbar API")
    for name, option in TEST_OPTIONS.items():
        dest, action = f"{_PREFIX}{name}", _ACTIONS.get(option.kind, "store")
        group.addoption(_flag(name), dest=dest, action=action, default=None, help=option.help)
        parser.addini(dest, option.help, _INI_TYPES.get(option.kind, "string"), default=None)
    for name, help_text in _ELSEWHERE.items():
        group.addoption(_flag(name), dest=f"{_PREFIX}{name}", default=None, help=help_text)
        parser.addini(f"{_PREFIX}{name}", help_text, "string", default=None)


def _flag(name: str) -> str:
    return f"--{_PREFIX}{name}".replace("_", "-")


def read_elsewhere(config: pytest.Config, name: str) -> str | None:
    """Where the server is, as the command line says, else the ini file: one of `EXTERNAL`, or `control_token`."""
    given: str | None = config.getoption(f"{_PREFIX}{name}")
    return config.getini(f"{_PREFIX}{name}") or None if given is None else given


def settings_of(config: pytest.Config, fixture: Mapping[str, Any], *layers: Mapping[str, Any]) -> ResolvedOptions:
    """Merge what the fixture, the ini file, the command line and further layers say; later ones win.

    Kazoo's settings are merged name by name, and what any of them allows is allowed. Raises `UsageError`.
    """
    _check(fixture, "the fixture mockcdrs_options")
    every = fixture, from_ini(config), from_command_line(config), *layers
    is_strict = [layer["strict"] for layer in every if "strict" in layer]
    allowed = frozenset(code for layer in every for code in layer.get("allow", ()))
    of_mock = ({name: value for name, value in layer.items() if name in OPTIONS} for layer in every)
    return ResolvedOptions(merge_options(*of_mock), bool(is_strict and is_strict[-1]), allowed)


def check_ini_name(warning: str) -> None:
    """Raise `UsageError`, with the nearest name, if pytest warns of an unknown setting that begins as ours do."""
    if warning.startswith(_UNKNOWN):
        name = warning.removeprefix(_UNKNOWN.removesuffix(_PREFIX)).strip()
        known = [f"{_PREFIX}{each}" for each in (*TEST_OPTIONS, *_ELSEWHERE)]
        raise pytest.UsageError(
            f"{name}: the ini file has no such setting, expected some of {', '.join(known)}"
            f"{arguments.nearest(name, known)}"
        )


def from_ini(config: pytest.Config) -> dict[str, Any]:
    """The options that the ini file gives. Raises `UsageError`."""
    return _read(config.getini, "the ini setting mockcdrs_{}")


def from_command_line(config: pytest.Config) -> dict[str, Any]:
    """The options that the command line gives. Raises `UsageError`."""
    return _read(config.getoption, "the option --mockcdrs-{}")


def from_marker(item: pytest.Item) -> dict[str, Any]:
    """The options that the nearest marker gives. Raises `UsageError`."""
    marker = item.get_closest_marker("mockcdrs")
    if marker is None:
        return {}
    try:
        arguments.check_unnamed(marker.args, "mockcdrs(seed=7)")
    except ArgumentError as wrong:
        raise pytest.UsageError(f"mockcdrs marker: {wrong}") from wrong
    _check(marker.kwargs, "mockcdrs marker", "the marker mockcdrs")
    return dict(marker.kwargs)


def _check(given: Mapping[str, Any], where: str, origin: str | None = None) -> None:
    """Raise `UsageError` for a name that nothing has, and for a value that its name cannot have."""
    try:
        arguments.check_names(given, TEST_OPTIONS, "the marker" if origin else "a test")
        arguments.check(given, _KINDS, "a test")
        _check_codes(given.get("allow", ()))
    except ArgumentError as wrong:
        raise pytest.UsageError(f"{where}: {wrong}") from wrong
    _check_version(given, origin or where)


def _check_codes(allowed: Iterable[str]) -> None:
    """Raise `ArgumentError` for what is no code of advice."""
    if not allowed:
        return
    from mockcdrs.advice.registry import ADVICE
    from mockcdrs.crossbar.quirks import QUIRKS

    for code in allowed:
        if code not in ADVICE:
            codes, quirks = (
                ", ".join(name for name in ADVICE if (name in QUIRKS) is are_quirks) for are_quirks in (False, True)
            )
            raise ArgumentError(
                f"allow: came {code!r:.80}, expected codes of advice ({codes}) or quirks ({quirks})"
                f"{arguments.nearest(code, ADVICE)}",
                "allow",
            )


def _read(get: Callable[[str], Any], origin: str) -> dict[str, Any]:
    given = {name: get(f"{_PREFIX}{name}") for name in TEST_OPTIONS}
    read = {name: _parse_value(name, value) for name, value in given.items() if value is not None}
    try:
        _check_codes(read.get("allow", ()))
    except ArgumentError as wrong:
        raise pytest.UsageError(f"{origin.format('allow')}: {wrong}") from wrong
    _check_version(read, origin.format("kazoo"))
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
    match TEST_OPTIONS[name].kind:
        case OptionKind.NUMBER | OptionKind.COUNT:
            return _parse_number(name, value)
        case OptionKind.SPEED:
            return _parse_float(name, value)
        case OptionKind.ASSIGNMENTS:
            return dict(_parse_assignment(name, text) for text in value)
        case _:
            return value


def _parse_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected a whole number") from None


def _parse_float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected a number") from None


def _parse_assignment(name: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise pytest.UsageError(f"mockcdrs_{name}: came {text!r}, expected NAME=VALUE")
    return key.strip(), value.strip()
