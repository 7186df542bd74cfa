"""Listing rows as one request sees them: its columns, `utc_offset`, the cache of rows (`cb_cdrs.erl`).

What each column holds is in `mockcdrs.cdr.listing_columns`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mockcdrs.cdr import erlang, listing_columns
from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar.context import NULL, Context
from mockcdrs.crossbar.couchdb import CachedRow
from mockcdrs.crossbar.errors import ModuleCrash, module_error, system_error

RowMaker = Callable[[Document], dict[str, Any]]


def check_utc_offset(context: Context) -> None:
    """`Failure` 404 for a `utc_offset` that is no number; 500 for null, false and objects, on which Crossbar dies."""
    offset = context.request.value("utc_offset")
    if offset is None:
        return
    if (offset is NULL or offset is False or isinstance(offset, dict)) and context.has_quirk("utc-offset-500"):
        raise ModuleCrash(f"a utc_offset of {offset!r:.80}")
    try:
        erlang.to_number(offset)
    except erlang.BadArgument:
        raise module_error(404, "utc_offset must be a number") from None


def visible_columns(context: Context, *, is_csv: bool = False) -> Mapping[str, listing_columns.Column]:
    """The columns that a request is to see, in order."""
    return context.version.row_columns(
        is_reseller=context.is_reseller, interactions_of=_interactions_of(context), is_csv=is_csv
    )


def _interactions_of(context: Context) -> str:
    """Whose interactions are listed, `account` or `user`; nobody's at all other paths."""
    match context.nouns:
        case [("cdrs", ("interaction",)), ("accounts", _), *_]:
            return "account"
        case [("cdrs", ("interaction",)), ("users", _), *_]:
            return "user"
    return ""


def make_full_rows(context: Context, *, is_csv: bool = False) -> RowMaker:
    """What makes rows of all columns, `datetime` moved by `utc_offset`; `Failure` 503 where a column dies on one."""
    columns, is_lenient = visible_columns(context, is_csv=is_csv), not context.has_quirk("broken-document-fault")
    offset = context.request.value("utc_offset")

    def make(document: Document) -> dict[str, Any]:
        try:
            row = listing_columns.make_row(document, columns, is_lenient)
            if offset is not None:
                row["datetime"] = _shifted_datetime(context, document, offset, is_lenient)
        except (ValueError, OverflowError) as error:
            raise system_error("datastore_fault") from error
        return row

    return make


def _shifted_datetime(context: Context, document: Document, offset: Any, is_lenient: bool) -> str:
    try:
        moved = listing_columns.start_seconds(document) + _offset_seconds(context, offset)
        return listing_columns.datetime_text(moved, context.version.datetime_separator)
    except (ValueError, OverflowError):
        if is_lenient and not isinstance(erlang.to_number(offset), float):
            return ""  # a moment before the year 0
        raise


def _offset_seconds(context: Context, offset: Any) -> int | float:
    number = erlang.to_number(offset)
    return number if context.has_quirk("fractional-utc-offset-fault") else int(number)


def make_json_rows(context: Context) -> RowMaker:
    """What makes rows as `make_full_rows`, without empty columns where the operator wants them gone.

    They are cached, unless they have a `utc_offset` or come without pages: all rows would push out the rest.
    """
    make = _make_uncached_rows(context)
    if context.request.value("utc_offset") is not None or not context.should_paginate:
        return make
    settings, is_lenient = context.state.settings, not context.has_quirk("broken-document-fault")
    seen_as = (context.is_reseller, _interactions_of(context), is_lenient, settings.should_filter_empty_strings)
    cache = context.state.databases.rows
    # a cached document is in memory, so that no other has its identity
    return lambda document: cache.get((id(document), *seen_as), lambda: (document, make(document)))[1]


def _make_uncached_rows(context: Context) -> Callable[[Document], CachedRow]:
    make = make_full_rows(context)
    if context.state.settings.should_filter_empty_strings:
        return lambda document: CachedRow((name, value) for name, value in make(document).items() if value != "")
    return lambda document: CachedRow(make(document))
