"""CDR documents: reading them the way Kazoo's accessors do (`kz_json.erl`, `kz_doc.erl`), and their schema as data.

The schema `cdrs` says what a public CDR may hold. It has the 46 properties of Kazoo's page on CDRs, and those that
Kazoo 4.3 gained later, each with the version that brought it under `x-crossbar-since`.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from mockcdrs.cdr import erlang

Document = Mapping[str, Any]

PRIVATE_PREFIXES = ("_", "pvt_")
MISSING = object()
_CONTAINERS = (dict, list, tuple)


def value_at(document: Any, path: tuple[str, ...], default: Any = MISSING) -> Any:
    """`kz_json:get_value/3`: what stands at a path of keys, `default` where a step is missing.

    Numbers index lists from 1. `BadArgument` where the path goes on behind a text, a number or null; without a
    document, which is `None`, all is missing.
    """
    if document is None:
        return default
    for key in path:
        if isinstance(document, dict):
            document = document.get(key, MISSING)
        elif isinstance(document, list):
            document = _list_item(document, key)
        elif document is MISSING:
            return default
        else:
            raise erlang.BadArgument(f"{document!r:.80} has no {key!r:.80}")
    return default if document is MISSING else document


def _list_item(items: list[Any], key: str) -> Any:
    try:
        index = erlang.to_integer(key)
    except erlang.BadArgument:
        return MISSING
    return items[index - 1] if 1 <= index <= len(items) else MISSING


def _convert(value: Any, default: Any, turn: Callable[[Any], Any]) -> Any:
    if value is MISSING:
        return default
    try:
        return turn(value)
    except erlang.BadArgument:
        return default


def text_at(document: Any, path: tuple[str, ...], default: Any = "") -> Any:
    """`kz_json:get_binary_value/3`: the value as text."""
    value = value_at(document, path)
    # nearly every value is a text already
    return value if isinstance(value, str) else _convert(value, default, erlang.to_text)


def integer_at(document: Any, path: tuple[str, ...], default: Any = None) -> Any:
    """`kz_json:get_integer_value/3`: the value as an integer, `default` where it is none."""
    return _convert(value_at(document, path), default, erlang.to_integer)


def channel_vars(document: Document) -> Mapping[str, Any]:
    """`custom_channel_vars` where it is an object, else an empty one."""
    variables = document.get("custom_channel_vars")
    return variables if isinstance(variables, Mapping) else {}


def is_private(key: str) -> bool:
    """Whether a key belongs to the database and not to the public (`kz_doc:is_private_key/1`)."""
    return key.startswith(PRIVATE_PREFIXES)


def public_fields(document: Document) -> dict[str, Any]:
    """A document without its private keys, its id where its own `id` was, else last (`kz_doc:public_fields/1`)."""
    public = {key: value for key, value in document.items() if not is_private(key)}
    doc_id = document.get("_id")
    if doc_id is not None:
        public["id"] = doc_id
    return public


def copy_json(value: Any) -> Any:
    """Return a deep copy of a JSON object or array; `copy.deepcopy` takes ten times as long."""
    if isinstance(value, dict):
        return {name: copy_json(each) if isinstance(each, _CONTAINERS) else each for name, each in value.items()}
    return [copy_json(each) if isinstance(each, _CONTAINERS) else each for each in value]


@cache
def load_schema() -> dict[str, Any]:
    """The JSON schema (draft 4) of a CDR. Shared: copy it before changing it."""
    from importlib.resources import files  # a start is shorter without it

    text = files("mockcdrs.cdr").joinpath("cdrs.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def schema_field_names() -> tuple[str, ...]:
    """Names of all fields that the schema knows, in its order."""
    return tuple(load_schema()["properties"])


@cache
def integer_field_names() -> frozenset[str]:
    """Names of the fields whose values are integers."""
    return frozenset(name for name, field in load_schema()["properties"].items() if field["type"] == "integer")
