"""Advice on names and values of parameters."""

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from mockcdrs.advice.advice_rule import (
    ALL_KINDS,
    AdviceContext,
    AdviceRule,
    first_value,
    parameter_pairs,
    quote,
)
from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import is_private, schema_field_names
from mockcdrs.cdr.listing_columns import COLUMNS
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.filters import TIME_FILTERS

_KEY_FILTERS = ("has_key", "key_missing", "has_value", "value_missing")
_SWITCHES = {
    "paginate": "only true means pages, anything else means all rows at once",
    "is_chunked": "only true means chunks",
    "ascending": "everything but false means oldest first",
    "descending": "only true counts",
}

# Kazoo's documents call value_missing `missing_value`, which has its own advice; jQuery adds `_` against caches.
_HARMLESS = frozenset({"_", "missing_value"})
_KNOWN = frozenset(
    {
        *TIME_FILTERS,
        *_KEY_FILTERS,
        *_SWITCHES,
        *("page_size", "start_key", "end_key", "chunk_size", "utc_offset", "accept", "file_name", "auth_token"),
        *("authorization", "jsonp", "pretty_print", "verb"),
    }
)

_MISTAKEN_NAMES = {
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
_SYNONYMS = {other: name for name, others in _MISTAKEN_NAMES.items() for other in others}

# Documents of real servers have these, although the schema does not.
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
def _document_fields() -> frozenset[str]:
    """Return the top-level keys that documents are known to have."""
    return frozenset({*schema_field_names(), *_REAL_FIELDS})


@cache
def _listing_only_columns() -> frozenset[str]:
    """Return the columns of a listing that no document has under that name."""
    return frozenset({*COLUMNS, "datetime"}) - {*schema_field_names(), "recording_url"}


def _is_filter(name: str) -> bool:
    return name.startswith("filter_") or name in _KEY_FILTERS or name == "missing_value"


def _filter_key(name: str, value: Any) -> str | None:
    """Return the document's key that a filter is about; `None` where it names none."""
    if name.startswith("filter_"):
        return name.removeprefix("filter_not_").removeprefix("filter_")
    return value if isinstance(value, str) else None


def _sent_filters(record: Record) -> Iterator[tuple[str, str]]:
    """Yield each filter as it was sent, without its value, and its key."""
    for name, value in parameter_pairs(record):
        key = _filter_key(name, value) if _is_filter(name) else None
        if key is not None:
            yield (name if name.startswith("filter_") else f"{name}={key}"), key


def _is_unknown(name: str) -> bool:
    return name not in _KNOWN and name not in _HARMLESS and not name.startswith("filter_")


def _misspelt_parameter(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for name in record.query:
        if _is_unknown(name):
            yield f"{quote(name)} is no parameter of Crossbar's, which ignores it silently{_suggestion(name)}"


def _suggestion(name: str) -> str:
    meant = _SYNONYMS.get(name.lower()) or _nearest(name, _KNOWN)
    if meant:
        return f"; did you mean {meant}?"
    if name in _document_fields() | _listing_only_columns():
        return f"; to filter by a document's field send filter_{name}=VALUE"
    return ""


def _nearest(name: str, known: frozenset[str]) -> str | None:
    # nobody mistypes a very long name, and comparing one is slow
    return next(iter(difflib.get_close_matches(name.lower()[:40], sorted(known), n=1, cutoff=0.75)), None)


def _completions(name: str) -> str:
    """Return the fields that continue a name, as caller_id_number continues caller_id."""
    return " or ".join(sorted(field for field in _document_fields() if field.startswith(f"{name}_")))


def _unknown_field(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for text, key in _sent_filters(record):
        top = key.partition(".")[0]
        if is_private(top) or top in _document_fields() or top in _listing_only_columns():
            continue
        meant = _completions(top) or _nearest(top, _document_fields())
        hint = f"; did you mean {meant}?" if meant else ""
        yield f"{quote(text)} is about a field that no CDR document is known to have{hint}"


def _listing_column(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for text, key in _sent_filters(record):
        if key in _listing_only_columns():
            field = _DOCUMENT_KEYS.get(key)
            instead = f"the document's key is {field}" if field else "choose among the rows in the client"
            yield f"{quote(text)} is about a column of the listing, but filters look at the document: {instead}"


def _repeated_parameter(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for name, value in record.query.items():
        if not isinstance(value, list) or len(value) < 2:
            continue
        if name.startswith("filter_"):
            yield f"{quote(name)} came {len(value)} times, and all must hold: for any of them send one JSON array"
        elif name in _KNOWN - set(_KEY_FILTERS):
            yield f"{quote(name)} came {len(value)} times: Crossbar takes the first, {quote(value[0])}"


def _odd_boolean(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for name, meaning in _SWITCHES.items():
        value = first_value(record, name)
        if value is not None and not erlang.is_true(value) and not erlang.is_false(value):
            yield f"{name}={quote(value)} is neither true nor false: {meaning}; send one of them"


RULES = (
    AdviceRule(
        code="misspelt-parameter",
        function=_misspelt_parameter,
        sentence="A parameter that Crossbar does not know and silently ignores.",
        source="crossbar_view.erl",
        example="GET /cdrs?pagesize=10",
        kinds=ALL_KINDS,
        names=_is_unknown,
    ),
    AdviceRule(
        code="unknown-field",
        function=_unknown_field,
        sentence="A filter by a field that no document has, which finds nothing.",
        source="crossbar_filter.erl",
        example="GET /cdrs?filter_hangupcause=NORMAL_CLEARING",
        kinds=ALL_KINDS,
        names=_is_filter,
    ),
    AdviceRule(
        code="listing-column",
        function=_listing_column,
        sentence="A filter by a column that only listings have: in documents the value is in another field.",
        source="crossbar_filter.erl",
        example="GET /cdrs?filter_direction=inbound",
        kinds=ALL_KINDS,
        names=_is_filter,
    ),
    AdviceRule(
        code="repeated-parameter",
        function=_repeated_parameter,
        sentence="A repeated parameter: all filters have to match, and of other parameters only the first counts.",
        source="crossbar_filter.erl",
        example="GET /cdrs?filter_to=a&filter_to=b",
        kinds=ALL_KINDS,
        is_about_odd_values=True,
    ),
    AdviceRule(
        code="odd-boolean",
        function=_odd_boolean,
        sentence="A boolean parameter that is neither true nor false, and is read as one of them.",
        source="kz_term.erl",
        example="GET /cdrs?paginate=0",
        kinds=ALL_KINDS,
        names=frozenset(_SWITCHES),
    ),
)
