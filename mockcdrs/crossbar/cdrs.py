"""The CDR module: listings, interactions, one CDR, legs, summary (`cb_cdrs.erl`)."""

import re
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import Document, public_fields, text_at
from mockcdrs.crossbar import filters, view_maps
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import NoDatabase, Row
from mockcdrs.crossbar.errors import Crashed, plain, system
from mockcdrs.crossbar.listing_row import check_utc_offset, json_rows
from mockcdrs.crossbar.paging import Mapper
from mockcdrs.crossbar.summary import as_json, doubled, merged, summarize, summary_view
from mockcdrs.crossbar.view_maps import View
from mockcdrs.crossbar.walks import RANGE_END, Scope, Walk, account_id, walk

# in bytes, as Erlang matches them
_CDR_ID = re.compile(rb"(.{4})(.{2})-.*", re.DOTALL)
_INTERACTION_ID = re.compile(rb"(.{11})-.*", re.DOTALL)
_LEAST_YEAR_DIGITS = 4
_NO_LIMIT = 2**62


class NoMonth(ValueError):
    """An id that does not begin with the month in whose database its document would lie."""


def _account_scope(view: View) -> Scope:
    return Scope(view, lambda time: [time], lambda time: [time, RANGE_END])


def _owner_scope(owner: str) -> Scope:
    return Scope(view_maps.LISTING_BY_OWNER, lambda time: [owner, time], lambda time: [owner, time, RANGE_END])


def _owner_interactions_scope(view: View, owner: str) -> Scope:
    return Scope(view, lambda time: [owner, time], lambda time: [owner, time], key_length=4)


def _passes(context: Context) -> Callable[[Document | None], bool]:
    """What a listing filters by: times alone are left to its range."""
    query = filters.heeded(context.request.query, context.shows)
    if filters.is_only_time(query):
        if context.shows("modified-alone-ignored"):
            return lambda _document: True
        query = tuple((name, value) for name, value in query if not name.startswith("created_"))
    if not filters.is_defined(query):
        return lambda _document: True
    return filters.tester(query)


def _documents_as(context: Context, make: Callable[[Document], Any]) -> Mapper:
    passes = _passes(context)

    def mapper(rows: list[Row]) -> list[Any]:
        return [make(row.document) for row in rows if row.document is not None and passes(row.document)]

    return mapper


def listing(context: Context, owner: str | None) -> Walk:
    """`/cdrs`: listing rows, newest first."""
    context.request = replace(context.request, query=filters.without_month(context.request.query))
    view = view_maps.LISTING if context.shows("no-ccv-not-listed") else view_maps.LISTING_OF_ALL
    scope = _account_scope(view) if owner is None else _owner_scope(owner)
    mapper = _documents_as(context, json_rows(context))
    return walk(context, scope, mapper, is_chunked=True, chunk_size=context.world.settings.maximum_bulk)


def interactions(context: Context, owner: str | None) -> Walk:
    """`/cdrs/interaction`: one view row for each interaction, naming its first leg: `legs_found` makes rows of them."""
    if not context.shows("interaction-utc-offset-fault"):
        check_utc_offset(context)
    context.request = replace(context.request, query=filters.without_month(context.request.query))
    of_owner = context.version.owner_interactions
    scope = _account_scope(view_maps.INTERACTIONS) if owner is None else _owner_interactions_scope(of_owner, owner)
    return walk(context, scope, lambda rows: rows, is_chunked=True, chunk_size=context.world.settings.maximum_bulk)


def legs_found(context: Context, found: list[Row]) -> list[Document]:
    """The documents of chosen legs that pass the filters, the older months first; raises `NoMonth`."""
    query = filters.heeded(context.request.query, context.shows)
    if not context.shows("interaction-range-twice"):
        query = tuple((name, value) for name, value in query if name not in filters.TIME_FILTERS)
    legs = _legs_with_months(context, [row.value["id"] for row in found])
    if context.shows("interaction-month-order"):
        legs.sort(key=itemgetter(0))
    documents = (_open_leg(context, month, cdr_id) for month, cdr_id in legs)
    return [document for document in documents if document is not None and filters.passes(document, query)]


def _legs_with_months(context: Context, ids: list[str]) -> list[tuple[str, str]]:
    found = []
    for cdr_id in ids:
        named = _matched(_CDR_ID, cdr_id)
        try:
            found.append((_named_month(named), cdr_id))
        except NoMonth:
            if context.shows("interaction-raw-rows"):
                raise
    return found


def _matched(pattern: re.Pattern[bytes], text: str) -> tuple[str, ...]:
    """The parts of an id before its hyphen, none where it has another form."""
    found = pattern.fullmatch(text.encode("utf-8", "surrogateescape"))
    return tuple(part.decode("utf-8", "surrogateescape") for part in found.groups()) if found else ()


def _open_leg(context: Context, month: str, cdr_id: str) -> Document | None:
    try:
        return context.world.databases.document(account_id(context), month, cdr_id)
    except NoDatabase:
        raise system("bad_identifier", cause="load_cdrs") from None


def one(context: Context, cdr_id: str) -> Document:
    """`/cdrs/{ID}`: the document."""
    named = _matched(_CDR_ID, cdr_id)
    if not named:
        raise plain(404, "could not find cdr with supplied id")
    document = _open(context, named, cdr_id)
    # `crossbar_doc:document_type_match/3` lets a document without a type through
    if document is None or text_at(document, ("pvt_type",)) not in {"", "cdr"}:
        raise system("bad_identifier", cause=cdr_id)
    return document


def _open(context: Context, named: tuple[str, ...], cdr_id: str) -> Document | None:
    try:
        month = _named_month(named)
    except NoMonth:
        if context.shows("id-without-month-500"):
            raise Crashed(f"the month {''.join(named)!r} of a CDR id") from None
        return None
    try:
        document = context.world.databases.document(account_id(context), month, cdr_id)
    except NoDatabase:
        return None
    return None if document is None or erlang.is_true(document.get("pvt_deleted")) else document


def _named_month(named: tuple[str, ...]) -> str:
    try:
        year, month = map(erlang.to_integer, named)
    except ValueError:
        raise NoMonth(named) from None
    return _database_name(year, month)


def _database_name(year: int, month: int) -> str:
    """`YYYYMM`; `NoMonth` where the year has too few digits for one (`kz_util:format_account_mod_id/3`)."""
    if len(str(year)) < _LEAST_YEAR_DIGITS:
        raise NoMonth(year)
    return f"{year}{month:02}"


def legs(context: Context, wanted_id: str) -> Walk:
    """`/cdrs/legs/{CDR id or interaction id}`: the documents of one interaction."""
    followed = set()
    while named := _matched(_CDR_ID, wanted_id):
        document = _open(context, named, wanted_id)
        if document is None or wanted_id in followed:
            raise _no_legs()
        followed.add(wanted_id)
        wanted_id = text_at(document, ("interaction_id",), "undefined")
        if not wanted_id and context.shows("id-without-month-500"):
            raise Crashed("an interaction id that is empty")
    named = _matched(_INTERACTION_ID, wanted_id)
    if not named:
        raise plain(404, "bad identifier", [wanted_id])
    month = _month_of_time(context, *named)
    if month not in context.world.store.months(account_id(context)) and not context.shows("legs-missing-month-503"):
        raise _no_legs()
    scope = Scope(view_maps.LEGS, lambda _time: [wanted_id], lambda _time: [wanted_id, RANGE_END])
    return walk(
        context, scope, _legs_mapper(context), months=[month], finish=lambda found: [*map(public_fields, found)]
    )


def _no_legs() -> Exception:
    return plain(404, "could not find legs for supplied id")


def _legs_mapper(context: Context) -> Mapper:
    keeps_private = context.shows("legs-chunked-leak")
    in_order = _documents_as(context, (lambda document: document) if keeps_private else public_fields)
    if context.shows("legs-turned"):
        return lambda rows: in_order(rows)[::-1]
    return in_order


def _month_of_time(context: Context, moment: str) -> str:
    try:
        day = gregorian.day_of(erlang.to_integer(moment))
        return _database_name(day.year, day.month)
    except ValueError:
        if context.shows("id-without-month-500"):
            raise Crashed(f"the time {moment!r} of an interaction id") from None
        raise _no_legs() from None


def summary(context: Context) -> Walk:
    """`/cdrs/summary`: seconds by direction, domain, classifier and rate name; one item a month."""
    passes = _passes(context)

    def mapper(rows: list[Row]) -> list[Any]:
        # a month's sum has no document, so a filter sees nothing
        return [row.value for row in rows if passes(None)]

    scope = _account_scope(summary_view(context.version.emergency_numbers))
    found = walk(context, scope, mapper, finish=lambda months: _merge(context, months))

    def fetch(month: str, start_key: Any, limit: int) -> list[Row]:
        rows = found.plan.fetch(month, start_key, limit if context.shows("summary-51-rows") else _NO_LIMIT)
        return [Row(None, as_json(summarize(row.value for row in rows)), None)]

    return replace(found, plan=replace(found.plan, fetch=fetch))


def _merge(context: Context, months: list[Any]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for month in months:
        counted = doubled(month) if context.shows("summary-doubling") else month
        total = {**total, **counted} if context.shows("summary-last-month") else merged(total, counted)
    return total
