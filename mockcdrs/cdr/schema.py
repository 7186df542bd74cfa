"""The `cdrs` schema as data: what a public CDR may hold.

It has the 46 properties of Kazoo's page on CDRs, and those that Kazoo 4.3 gained later, each with the version that
brought it under `x-crossbar-since`.
"""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def load() -> dict[str, Any]:
    """The JSON schema (draft 4) of a CDR. Shared: copy it before changing it."""
    text = resources.files("mockcdrs.cdr").joinpath("cdrs.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def public_fields() -> tuple[str, ...]:
    """Names of all fields that the schema knows, in its order."""
    return tuple(load()["properties"])


@cache
def integer_fields() -> frozenset[str]:
    """Names of the fields whose values are integers."""
    return frozenset(name for name, field in load()["properties"].items() if field["type"] == "integer")
