"""Advice on names and values of parameters."""

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import is_private
from mockcdrs.cdr.row import COLUMNS
from mockcdrs.cdr.schema import public_fields
from mockcdrs.control.advice.asked import CDRS, first, parameters, shown
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.filters import TIME_FILTERS

_KEY_FILTERS = ("has_key", "key_missing", "has_value", "value_missing")
_READINGS = {
    "paginate": "only true means pages, anything else means all rows at once",
    "is_chunked": "only true means chunks",
    "ascending": "everything but false means oldest first",
    "descending": "only true counts",
}

# `missing_value` is the docs' name for value_missing and has its own advice, `_` is jQuery's against caches
_HARMLESS = frozenset({"_", "missing_value"})
_KNOWN = frozenset(
    {
        *TIME_FILTERS,
        *_KEY_FILTERS,
        *_READINGS,
        *("page_size", "start_key", "end_key", "chunk_size", "utc_offset", "accept", "file_name", "auth_token"),
        *("authorization", "jsonp", "pretty_print", "verb"),
    }
)

_MEANT = {
    "created_from": ("from", "start", "since", "after", "begin", "start_date", "start_time", "date_from", "from_date"),
    "created_to": ("to", "end", "until", "before", "end_date", "end_time", "date_to", "to_date"),
    "page_size": ("limit", "size", "count", "per_page", "page_limit", "max_results"),
    "start_key": ("offset", "page", "cursor", "skip", "next", "next_start_key"),
    "ascending": ("sort", "order", "sort_by", "order_by", "direction"),
    "utc_offset": ("timezone", "tz", "time_zone"),
    "accept": ("format", "type", "output"),
    "auth_token": ("token", "access_token", "api_key"),
    "jsonp": ("callback",),
}
_SYNONYMS = {other: name for name, others in _MEANT.items() for other in others}

# on documents of real servers, though the schema does not have them
_REAL_FIELDS = ("channel_is_loopback", "channel_loopback_leg", "recording_url", "media_recordings")

_CHANNEL_VARS = frozenset(
    {"owner_id", "authorizing_id", "rate", "rate_name", "bridge_id", "media_recordings", "call_priority"}
)
_DOCUMENT_KEYS = {
    **{name: f"custom_channel_vars.{name}" for name in _CHANNEL_VARS},
    "call_type": "custom_channel_vars.account_billing",
    "reseller_call_type": "custom_channel_vars.reseller_billing",
    "direction": "call_direction",
    "id": "_id",
    "dialed_number": "to or request, which are number@realm",
    "calling_from": "caller_id_number",
}


@cache
def document_fields() -> frozenset[str]:
    """Top-level keys that documents are known to have."""
    return frozenset({*public_fields(), *_REAL_FIELDS})


@cache
def listing_only() -> frozenset[str]:
    """Columns of a listing that no document has under that name."""
    return frozenset({*COLUMNS, "datetime"}) - {*public_fields(), "recording_url"}


def _filter_key(name: str, value: Any) -> str | None:
    """The document's key that a parameter filters by; `None` for what is no filter."""
    if name in _KEY_FILTERS or name == "missing_value":
        return value if isinstance(value, str) else None
    if name.startswith("filter_"):
        return name.removeprefix("filter_not_").removeprefix("filter_")
    return None


def _filters(record: Record) -> Iterator[tuple[str, str]]:
    """Each filter as it was sent, without its value, and its key."""
    for name, value in parameters(record):
        key = _filter_key(name, value)
        if key is not None:
            yield (name if name.startswith("filter_") else f"{name}={key}"), key


def _misspelt(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for name in record.query:
        if name not in _KNOWN | _HARMLESS and not name.startswith("filter_"):
            yield f"{shown(name)} is no parameter of Crossbar's, which ignores it silently{_near(name)}"


def _near(name: str) -> str:
    meant = _SYNONYMS.get(name.lower()) or _nearest(name, _KNOWN)
    if meant:
        return f"; did you mean {meant}?"
    if name in document_fields() | listing_only():
        return f"; to filter by a document's field send filter_{name}=VALUE"
    return ""


def _nearest(name: str, known: frozenset[str]) -> str | None:
    # a very long name is nobody's slip, and costs much to compare
    return next(iter(difflib.get_close_matches(name.lower()[:40], sorted(known), n=1, cutoff=0.75)), None)


def _longer(name: str) -> str:
    """The fields that go on where a name ends, as caller_id_number does where caller_id ends."""
    return " or ".join(sorted(field for field in document_fields() if field.startswith(f"{name}_")))


def _unknown_field(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for sent, key in _filters(record):
        top = key.partition(".")[0]
        if is_private(top) or top in document_fields() or top in listing_only():
            continue
        meant = _longer(top) or _nearest(top, document_fields())
        hint = f"; did you mean {meant}?" if meant else ""
        yield f"{shown(sent)} is about a field that no CDR document is known to have{hint}"


def _listing_column(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for sent, key in _filters(record):
        if key in listing_only():
            held = _DOCUMENT_KEYS.get(key)
            instead = f"the document's key is {held}" if held else "choose among the rows in the client"
            yield f"{shown(sent)} is about a column of the listing, but filters look at the document: {instead}"


def _repeated(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for name, value in record.query.items():
        if not isinstance(value, list) or len(value) < 2:
            continue
        if name.startswith("filter_"):
            yield f"{shown(name)} came {len(value)} times, and all must hold: for any of them send one JSON array"
        elif name in _KNOWN - set(_KEY_FILTERS):
            yield f"{shown(name)} came {len(value)} times: Crossbar takes the first, {shown(value[0])}"


def _odd_boolean(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for name, reading in _READINGS.items():
        value = first(record, name)
        if value is not None and not erlang.is_true(value) and not erlang.is_false(value):
            yield f"{name}={shown(value)} is neither true nor false: {reading}; send one of them"


ADVICE: dict[str, Advice] = {
    "misspelt-parameter": Advice(
        _misspelt,
        "A parameter that Crossbar does not know and silently ignores.",
        "crossbar_view.erl",
        CDRS,
        example="GET /cdrs?page_sice=10",
    ),
    "unknown-field": Advice(
        _unknown_field,
        "A filter by a field that no document has, which finds nothing.",
        "crossbar_filter.erl",
        CDRS,
        example="GET /cdrs?filter_caller_id=1001",
    ),
    "listing-column": Advice(
        _listing_column,
        "A filter by a column that only listings have: documents keep it elsewhere.",
        "crossbar_filter.erl",
        CDRS,
        example="GET /cdrs?filter_cost=0",
    ),
    "repeated-parameter": Advice(
        _repeated,
        "A parameter sent twice: filters must all hold, of others the first counts.",
        "crossbar_filter.erl",
        CDRS,
        example="GET /cdrs?filter_call_direction=inbound&filter_call_direction=outbound",
    ),
    "odd-boolean": Advice(
        _odd_boolean,
        "A switch that is neither true nor false, and taken for one of them.",
        "kz_term.erl",
        CDRS,
        names=frozenset(_READINGS),
        example="GET /cdrs?paginate=no",
    ),
}
