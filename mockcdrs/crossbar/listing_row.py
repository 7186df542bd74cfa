"""A document's listing row as one request sees it."""

from typing import Any

from mockcdrs.cdr import erlang, row
from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import ListingRow
from mockcdrs.crossbar.envelope import should_paginate
from mockcdrs.crossbar.errors import plain, system


def check_utc_offset(context: Context) -> None:
    """`Failure` 404 for a `utc_offset` that is no number."""
    offset = context.request.value("utc_offset")
    if offset is None:
        return
    try:
        erlang.to_number(offset)
    except erlang.BadArgument:
        raise plain(404, "utc_offset must be a number") from None


def full_row(context: Context, document: Document) -> dict[str, Any]:
    """All columns, `datetime` moved by `utc_offset` seconds; `Failure` 503 where a column dies on the document."""
    is_lenient = not context.shows("broken-document-fault")
    try:
        made = row.make_row(document, context.is_reseller, is_lenient)
        offset = context.request.value("utc_offset")
        if offset is not None:
            made["datetime"] = _moved(context, document, offset, is_lenient)
    except (ValueError, OverflowError) as error:
        raise system("datastore_fault") from error
    return made


def _moved(context: Context, document: Document, offset: Any, is_lenient: bool) -> str:
    try:
        return row.datetime_text(row.start_seconds(document) + _offset_seconds(context, offset))
    except (ValueError, OverflowError):
        if is_lenient and not isinstance(erlang.to_number(offset), float):
            return ""  # a moment before the year 0
        raise


def _offset_seconds(context: Context, offset: Any) -> int | float:
    number = erlang.to_number(offset)
    return number if context.shows("fractional-utc-offset-fault") else int(number)


def json_row(context: Context, document: Document) -> ListingRow:
    """As `full_row`, without empty columns where the operator wants them gone.

    It is kept for the next question, unless it has a `utc_offset` or is one of all rows, which would push out the rest.
    """
    if context.request.value("utc_offset") is not None or not should_paginate(context):
        return _json_row(context, document)
    settings, is_lenient = context.world.settings, not context.shows("broken-document-fault")
    seen_as = (id(document), context.is_reseller, is_lenient, settings.should_filter_empty_strings)
    # a kept document is in memory, so that no other has its identity
    return context.world.databases.rows.get(seen_as, lambda: (document, _json_row(context, document)))[1]


def _json_row(context: Context, document: Document) -> ListingRow:
    made = full_row(context, document)
    if context.world.settings.should_filter_empty_strings:
        return ListingRow((name, value) for name, value in made.items() if value != "")
    return ListingRow(made)
