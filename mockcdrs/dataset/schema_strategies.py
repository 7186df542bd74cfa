"""Hypothesis strategies for fields, from the `cdrs` schema, and edge cases found by them.

Imported only where Hypothesis is needed.

`from_schema` makes the leaves only: hypothesis-jsonschema 0.23.1 fails on any object schema under Hypothesis 6.170.10
and later, so objects are put together here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from mockcdrs.cdr import documents
from mockcdrs.dataset.store import Document

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


_ROW = ("call_direction", "timestamp", "duration_seconds", "billing_seconds", "custom_channel_vars")
_Condition = Callable[[dict[str, Any]], bool]
_NAMES = ("caller_id_name", "callee_id_name", "from", "to")


def _holds(name: str, letters: Callable[[str], bool]) -> tuple[tuple[str, ...], _Condition]:
    return (*_ROW, name), lambda fields: any(letters(letter) for letter in fields[name])


# The fields to draw, and the condition that the document must meet: the simplest such document is kept.
_CONDITIONS: tuple[tuple[tuple[str, ...], _Condition], ...] = (
    (_NAMES, lambda fields: len({fields[name] for name in _NAMES}) == len(_NAMES)),
    (_ROW, lambda fields: fields["timestamp"] >= 2**63),
    (_ROW, lambda fields: fields["timestamp"] <= -(2**63)),
    (_ROW, lambda fields: fields["duration_seconds"] > 2**31),
    (_ROW, lambda fields: fields["duration_seconds"] < fields["billing_seconds"]),
    (_ROW, lambda fields: fields["billing_seconds"] < 0),
    ((*_ROW, "channel_created_time"), lambda fields: fields["channel_created_time"] < 0),
    (_ROW, lambda fields: any(isinstance(value, dict) and value for value in fields["custom_channel_vars"].values())),
    (_ROW, lambda fields: "" in fields["custom_channel_vars"]),
    (_ROW, lambda fields: any(isinstance(value, float) for value in fields["custom_channel_vars"].values())),
    ((*_ROW, "custom_sip_headers"), lambda fields: all(fields["custom_sip_headers"].get(way) for way in ("in", "out"))),
    (
        (*_ROW, "custom_sip_headers"),
        lambda fields: any(set(key) & set("[]^`\\") for key in fields["custom_sip_headers"]),
    ),
    ((*_ROW, "custom_application_vars"), lambda fields: None in fields["custom_application_vars"].values()),
    _holds("caller_id_name", lambda letter: letter == "\0"),
    _holds("caller_id_name", lambda letter: letter > "\uffff"),
    _holds("callee_id_name", lambda letter: unicodedata.bidirectional(letter) in ("R", "AL")),
    _holds("callee_id_name", lambda letter: unicodedata.combining(letter) > 0),
    _holds("from", lambda letter: letter == '"'),
    _holds("to", lambda letter: letter == ","),
    _holds("user_agent", lambda letter: letter == "\n"),
    _holds("request", lambda letter: letter == "@"),
)


def _no_constant(*_: object, **__: object) -> None:
    return None


def find_schema_cases() -> Iterator[tuple[str, list[Document]]]:
    """Search for a document for each condition, by Hypothesis: names `schema-001` and on."""
    from unittest import mock

    import hypothesis
    from hypothesis.internal.conjecture.providers import HypothesisProvider

    from mockcdrs.dataset import edge_cases

    search = hypothesis.settings(
        max_examples=20_000,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    every = tuple(name for name in documents.schema_field_names() if name != "call_id")
    simplest = tuple((names, lambda _: True) for names in ((), _ROW, every))
    for row, (names, condition) in enumerate((*simplest, *_CONDITIONS), start=1):
        # Hypothesis also tries constants that it reads in the source of whatever modules happen to be loaded: with
        # them, any change of code anywhere could change what is found here.
        with mock.patch.object(HypothesisProvider, "_maybe_draw_constant", _no_constant, create=True):
            found = hypothesis.find(fields(names), condition, settings=search, random=Random(edge_cases.SEED))
        name = f"schema-{row:03d}"
        private = {key: value for key, value in edge_cases.plain_leg(name).items() if key.startswith(("_", "pvt_"))}
        yield name, [{**private, "_id": f"{private['_id'][:6]}-{name}", "call_id": name, **found}]
