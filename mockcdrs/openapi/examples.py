"""Requests with their answers, as the committed data gives them: a test makes them again and compares.

`examples-4.3.json` has those of Kazoo 4.3, `examples-NAME.json` what the version of that name answers otherwise.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from mockcdrs.crossbar.versions import KAZOO_4_3, Version

Examples = dict[str, dict[str, Any]]


@cache
def load(version: Version) -> Examples:
    """By name: `of`, whose example it is; `kind`, its content type; `summary`, the request; `value`, the body."""
    return {**_read(file_name(KAZOO_4_3)), **_read(file_name(version))}


def file_name(version: Version) -> str:
    """The file with a version's own examples; there is none where all are those of 4.3."""
    return f"examples-{version.name}.json"


def _read(name: str) -> Examples:
    file = files("mockcdrs.openapi").joinpath(name)
    found: Examples = json.loads(file.read_bytes()) if file.is_file() else {}
    return found


def of(version: Version, whose: str, kind: str) -> dict[str, Any]:
    """The member `examples` of a media type, by reference; nothing where there is none."""
    names = [name for name, held in load(version).items() if (held["of"], held["kind"]) == (whose, kind)]
    return {"examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names}} if names else {}


def components(version: Version) -> dict[str, Any]:
    """All of them, to be referred to."""
    return {name: {"summary": held["summary"], "value": held["value"]} for name, held in load(version).items()}
