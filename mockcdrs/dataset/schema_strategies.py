"""Hypothesis strategies for fields, from the `cdrs` schema. Imported only where Hypothesis is needed.

`from_schema` makes the leaves only: hypothesis-jsonschema 0.23.1 fails on any object schema under Hypothesis 6.170.10
and later, so objects are put together here.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from mockcdrs.cdr import documents

_JSON_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_IN_HEADER_NAMES = "".join(
    filter(re.compile(r"[a-zA-z0-9_\-]").fullmatch, map(chr, range(128)))
)  # as the schema has it
_HEADERS = st.dictionaries(st.text(_IN_HEADER_NAMES, min_size=1), st.text(), max_size=2)


def json_objects() -> st.SearchStrategy[dict[str, Any]]:
    """Small JSON objects, some with an object or a list inside."""
    nested = st.lists(_JSON_LEAVES, max_size=2) | st.dictionaries(st.text(), _JSON_LEAVES, max_size=2)
    return st.dictionaries(st.text(), _JSON_LEAVES | nested, max_size=2)


def sip_headers() -> st.SearchStrategy[dict[str, Any]]:
    """Custom SIP headers as the schema has them: flat, or apart for each direction."""
    apart = st.fixed_dictionaries({}, optional={"in": _HEADERS, "out": _HEADERS})
    return _HEADERS | apart


_OBJECTS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "custom_application_vars": json_objects(),
    "custom_channel_vars": json_objects(),
    "custom_sip_headers": sip_headers(),
}


@cache
def field(name: str) -> st.SearchStrategy[Any]:
    """Values of one public field that are valid against the schema."""
    if name in _OBJECTS:
        return _OBJECTS[name]
    leaf = documents.load_schema()["properties"][name]
    strategy: st.SearchStrategy[Any] = from_schema({"$schema": documents.load_schema()["$schema"], **leaf})
    return strategy


def fields(names: Iterable[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Public fields by name."""
    return st.fixed_dictionaries({name: field(name) for name in names})
