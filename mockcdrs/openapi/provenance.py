"""Each behaviour with the server's source that it follows and how that was checked."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.openapi.document import document


@cache
def recorded() -> dict[str, dict[str, list[str]]]:
    """Names of recorded answers of the real server: of an operation or column, and those that only a quirk gives."""
    return _read("recorded.json")


@cache
def checked() -> dict[str, dict[str, list[str]]]:
    """Names of the contract suite's checks: by operation, by quirk, and those of all columns."""
    return _read("checked.json")


def _read(name: str) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(files("mockcdrs.openapi").joinpath(name).read_bytes())
    return found


def behaviours() -> list[dict[str, Any]]:
    """Operations, columns and quirks: `name`, `kind`, `sentence`, `source`, and how it was `checked`.

    That is by `exchanges` with the real server, `checks` of the contract suite, and `tests` of the mock.
    """
    return [*_operations(), *_columns(), *_quirks()]


def _operations() -> list[dict[str, Any]]:
    return [
        _entry("operations", f"{method.upper()} {path}", held["summary"], held["x-crossbar-source"], "openapi")
        for path, methods in document()["paths"].items()
        for method, held in methods.items()
    ]


def _columns() -> list[dict[str, Any]]:
    columns = document()["components"]["schemas"]["Row"]["properties"]
    return [
        _entry("columns", name, held["description"], held["x-crossbar-source"], "cdr/test_row.py")
        for name, held in columns.items()
    ]


def _quirks() -> list[dict[str, Any]]:
    return [
        _entry("quirks", name, quirk.sentence, quirk.source, "crossbar/test_quirks.py")
        for name, quirk in QUIRKS.items()
    ]


def _entry(kinds: str, name: str, sentence: str, source: str, test: str) -> dict[str, Any]:
    found = {"exchanges": recorded()[kinds].get(name, []), "checks": checked()[kinds].get(name, [])}
    return {
        "name": name,
        "kind": kinds.removesuffix("s"),
        "sentence": sentence,
        "source": source,
        "checked": {**found, "tests": [f"tests/{test}"]},
    }
