"""Each behaviour with the server's source that it follows and how that was checked."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.openapi.document import document


@cache
def recorded() -> dict[str, list[str]]:
    """By quirk: recorded answers of the real server that the mock gives only with it, by their names."""
    found: dict[str, list[str]] = json.loads(files("mockcdrs.openapi").joinpath("recorded.json").read_bytes())
    return found


def behaviours() -> list[dict[str, Any]]:
    """Operations, columns and quirks: `name`, `kind`, `sentence`, `source`, `checked` by `exchanges` and `tests`."""
    return [*_operations(), *_columns(), *_quirks()]


def _operations() -> list[dict[str, Any]]:
    return [
        _entry(f"{method.upper()} {path}", "operation", held["summary"], held["x-crossbar-source"], "openapi")
        for path, methods in document()["paths"].items()
        for method, held in methods.items()
    ]


def _columns() -> list[dict[str, Any]]:
    columns = document()["components"]["schemas"]["Row"]["properties"]
    return [
        _entry(name, "column", held["description"], held["x-crossbar-source"], "cdr/test_row.py")
        for name, held in columns.items()
    ]


def _quirks() -> list[dict[str, Any]]:
    return [
        _entry(name, "quirk", quirk.sentence, quirk.source, "crossbar/test_quirks.py", recorded().get(name, []))
        for name, quirk in QUIRKS.items()
    ]


def _entry(
    name: str, kind: str, sentence: str, source: str, test: str, exchanges: list[str] | None = None
) -> dict[str, Any]:
    checked = {"exchanges": exchanges or [], "tests": [f"tests/{test}"]}
    return {"name": name, "kind": kind, "sentence": sentence, "source": source, "checked": checked}
