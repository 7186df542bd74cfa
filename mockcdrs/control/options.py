"""What a mock is made of: one table, which the pytest plugin's marker, options and ini file follow too.

Imported with every run of pytest, so it needs the standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind

DEFAULT_KAZOO = "4.3"
NUMBER, COUNT, TEXT, SWITCH, NAMES, ASSIGNMENTS = "number", "count", "text", "switch", "names", "assignments"
FOLDER, MOMENT, VERSION = "folder", "moment", "version"


class OptionError(ArgumentError):
    """A part of a mock that is not of its kind. The text says which, what came, and what was expected."""


_CHECKS: dict[str, Kind] = {
    NUMBER: arguments.WHOLE.optional(),
    COUNT: arguments.whole(0, 1_000_000).optional(),
    TEXT: arguments.TEXT.optional(),
    FOLDER: Kind("a folder, as text or a Path", lambda value: value is None or isinstance(value, str | Path)),
    VERSION: replace(arguments.TEXT, expected="the name of a version of Kazoo as text, as in '4.3'"),
    MOMENT: arguments.ANYTHING,  # is looked at where it is used, as are the names that a text names
    SWITCH: arguments.FLAG,
    NAMES: arguments.NAMES,
    ASSIGNMENTS: arguments.VALUES,
}


def _option(default: Any, kind: str, sentence: str) -> Any:
    said = {"kind": kind, "sentence": sentence}
    return field(default_factory=dict, metadata=said) if default == {} else field(default=default, metadata=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a mock is made of.

    Without `data` (a data directory), `seed`, `calls_per_day` or `locale` (where the made-up people live) it holds the
    committed office. `now` is a moment at
    which the clock stands (ISO 8601, UTC) or `live`; without one the clock stands at the moment that the office was
    made for, and over a data directory at the end of its last call. `kazoo` names the version to stand in for, one of
    `mockcdrs.crossbar.versions.VERSIONS`. `reseller`: the token's account sees the reseller's columns.
    `settings` are Kazoo's, by name; `fix` names quirks to leave out, `quirk` quirks to show that are off by default.
    `journal` says how many requests are kept for a test to look at.
    Raises `OptionError`.
    """

    kazoo: str = _option(DEFAULT_KAZOO, VERSION, "the version of Kazoo to stand in for: 4.3, master or classic")
    seed: int | None = _option(None, NUMBER, "whose calls are made up; without it the committed office is served")
    now: str | datetime | int | None = _option(  # noqa: RUF009 a field
        None, MOMENT, "the moment at which the clock stands (ISO 8601, UTC), or live"
    )
    calls_per_day: int | None = _option(None, COUNT, "how many calls a day are made up")
    locale: str | None = _option(None, TEXT, "where the made-up people live, as in de_DE")
    data: Path | str | None = _option(None, FOLDER, "a data directory to serve instead")  # noqa: RUF009 a field
    reseller: bool = _option(False, SWITCH, "the account sees a reseller's columns")
    settings: Mapping[str, Any] = _option({}, ASSIGNMENTS, "one of Kazoo's settings, NAME=VALUE; may be repeated")
    fix: Iterable[str] = _option((), NAMES, "a quirk of Crossbar's to do without, or all; may be repeated")
    quirk: Iterable[str] = _option((), NAMES, "a quirk to show that is off by default; may be repeated")
    journal: int = _option(10_000, COUNT, "how many requests the journal keeps")

    def __post_init__(self) -> None:
        check({name: getattr(self, name) for name in KINDS})
        for name in (name for name, kind in KINDS.items() if kind == NAMES):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # a mock beside this one reads them again

    @classmethod
    def from_arguments(cls, unnamed: tuple[Any, ...], said: Mapping[str, Any]) -> "Options":
        """The options that a caller gave. Raises `OptionError` also for names that no mock has."""
        arguments.check_unnamed(unnamed, "Mock(seed=7)", OptionError)
        check(said)
        return cls(**said)


KINDS: dict[str, str] = {known.name: known.metadata["kind"] for known in fields(Options)}
SENTENCES: dict[str, str] = {known.name: known.metadata["sentence"] for known in fields(Options)}


def check(said: Mapping[str, Any]) -> None:
    """Raise `OptionError` for a name that no mock has, or a value that its name cannot have."""
    arguments.check(said, {name: _CHECKS[kind] for name, kind in KINDS.items()}, "a mock", OptionError)


def layered(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Several says on what a mock is made of, as one: a later layer goes before; of `settings`, each by its name.

    Raises `OptionError`.
    """
    found: dict[str, Any] = {}
    for layer in layers:
        check(layer)
        found |= layer
    settings = {name: value for layer in layers for name, value in layer.get("settings", {}).items()}
    return {**found, "settings": settings}
