"""What a mock is made of: one table, which the pytest plugin's marker, options and ini file follow too.

Imported with every run of pytest, so it needs the standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

NUMBER, TEXT, SWITCH, NAMES, ASSIGNMENTS = "number", "text", "switch", "names", "assignments"


def _option(default: Any, kind: str, sentence: str) -> Any:
    said = {"kind": kind, "sentence": sentence}
    return field(default_factory=dict, metadata=said) if default == {} else field(default=default, metadata=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a mock is made of.

    Without `data` (a data directory), `seed` or `calls_per_day` it holds the committed office. `now` is a moment at
    which the clock stands (ISO 8601, UTC) or `live`; without one the clock stands at the moment that the office was
    made for, and is live over a data directory. `reseller`: the token's account sees the reseller's columns.
    `settings` are Kazoo's, by name; `fix` names quirks to leave out, `quirk` quirks to show that are off by default.
    """

    seed: int | None = _option(None, NUMBER, "whose calls are made up; without it the committed office is served")
    now: str | None = _option(None, TEXT, "the moment at which the clock stands (ISO 8601, UTC), or live")
    calls_per_day: int | None = _option(None, NUMBER, "how many calls a day are made up")
    data: Path | str | None = _option(None, TEXT, "a data directory to serve instead")  # noqa: RUF009 a field
    reseller: bool = _option(False, SWITCH, "the account sees a reseller's columns")
    settings: Mapping[str, Any] = _option({}, ASSIGNMENTS, "one of Kazoo's settings, NAME=VALUE; may be repeated")
    fix: Iterable[str] = _option((), NAMES, "a quirk of Crossbar's to do without, or all; may be repeated")
    quirk: Iterable[str] = _option((), NAMES, "a quirk to show that is off by default; may be repeated")


KINDS: dict[str, str] = {known.name: known.metadata["kind"] for known in fields(Options)}
SENTENCES: dict[str, str] = {known.name: known.metadata["sentence"] for known in fields(Options)}


def layered(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Several says on what a mock is made of, as one: a later layer goes before; of `settings`, each by its name."""
    found: dict[str, Any] = {}
    for layer in layers:
        found |= layer
    settings = {name: value for layer in layers for name, value in layer.get("settings", {}).items()}
    return {**found, "settings": settings}
