"""Edge cases at the limits of the schema, found by Hypothesis: one version of it finds the same ones each time."""

import unicodedata
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from unittest import mock

import hypothesis
from hypothesis.internal.conjecture.providers import HypothesisProvider

from mockcdrs.cdr import documents
from mockcdrs.dataset import edge_cases, schema_strategies
from mockcdrs.dataset.store import Document

Fields = dict[str, Any]
_SEARCH = hypothesis.settings(
    max_examples=20_000,
    phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
_ALL = tuple(name for name in documents.schema_field_names() if name != "call_id")
_ROW = (
    "call_direction",
    "timestamp",
    "duration_seconds",
    "billing_seconds",
    "custom_channel_vars",
)
_NAMES = ("caller_id_name", "callee_id_name", "from", "to")


def _anything(_: Fields) -> bool:
    return True


def _holds(name: str, letters: Callable[[str], bool]) -> tuple[tuple[str, ...], Callable[[Fields], bool]]:
    return (*_ROW, name), lambda fields: any(letters(letter) for letter in fields[name])


# The fields to draw, and the condition that the document must meet: the simplest such document is kept.
_CONDITIONS: tuple[tuple[tuple[str, ...], Callable[[Fields], bool]], ...] = (
    ((), _anything),
    (_ROW, _anything),
    (_ALL, _anything),
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


def find_cases() -> Iterator[tuple[str, list[Document]]]:
    """Search for a document for each condition: names `schema-001` and on."""
    for row, (names, condition) in enumerate(_CONDITIONS, start=1):
        # Hypothesis also tries constants that it reads in the source of whatever modules happen to be loaded: with
        # them, any change of code anywhere could change what is found here.
        with mock.patch.object(HypothesisProvider, "_maybe_draw_constant", _no_constant, create=True):
            found = hypothesis.find(
                schema_strategies.fields(names), condition, settings=_SEARCH, random=Random(edge_cases.SEED)
            )
        yield f"schema-{row:03d}", [_document(f"schema-{row:03d}", found)]


def _no_constant(*_: object, **__: object) -> None:
    return None


def _document(name: str, found: Fields) -> Document:
    private = {key: value for key, value in edge_cases.plain_leg(name).items() if key.startswith(("_", "pvt_"))}
    return {**private, "_id": f"{private['_id'][:6]}-{name}", "call_id": name, **found}
