"""Requests with their answers, as the committed data gives them: a test makes them again and compares."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load() -> dict[str, dict[str, Any]]:
    """By name: `of`, whose example it is; `kind`, its content type; `summary`, the request; `value`, the body."""
    found: dict[str, dict[str, Any]] = json.loads(files("mockcdrs.openapi").joinpath("examples.json").read_bytes())
    return found


def of(whose: str, kind: str) -> dict[str, Any]:
    """The member `examples` of a media type, by reference; nothing where there is none."""
    names = [name for name, held in load().items() if (held["of"], held["kind"]) == (whose, kind)]
    return {"examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names}} if names else {}


def components() -> dict[str, Any]:
    """All of them, to be referred to."""
    return {name: {"summary": held["summary"], "value": held["value"]} for name, held in load().items()}
