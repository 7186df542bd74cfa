"""CDRs: the listing, interactions, one CDR, legs, summary (`cb_cdrs.erl`).

A handler plans a query on a view; an answer in one piece is read at once, a chunked one while it is sent.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any, cast

from mockcdrs.cdr import erlang, gregorian, listing_columns
from mockcdrs.cdr.documents import Document, public_fields, text_at
from mockcdrs.crossbar import filters, views
from mockcdrs.crossbar.context import NULL, Context, require_account_id
from mockcdrs.crossbar.couchdb import NoDatabase, ViewRow
from mockcdrs.crossbar.envelope import JSON_TYPE, MakeItem, ResourceResult, encode_json, record_paging
from mockcdrs.crossbar.errors import Failure, ModuleCrash, module_error, system_error
from mockcdrs.crossbar.paging import Mapper, ViewQuery, ViewScope, plan_query, walk_plain
from mockcdrs.crossbar.resources import Parameters, Resource

# in bytes, as Erlang matches them
_CDR_ID = re.compile(rb"(.{4})(.{2})-.*", re.DOTALL)
_INTERACTION_ID = re.compile(rb"(.{11})-.*", re.DOTALL)
_LEAST_YEAR_DIGITS = 4
CACHED_ROWS = 500  # of each kind


JsonRow = bytes | dict[str, Any]  # a row, or its text where only that is needed


class NoMonthInId(ValueError):
    """An id that does not begin with the month in whose database its document would lie."""


class Interactions(ResourceResult):
    """Interactions: view rows that name a leg each, until listing rows are made of these legs."""

    are_interactions = True

    def unchunked(self) -> list[Any]:
        """The view rows as the database gave them; an empty list where a query is still to be read."""
        return [] if self.query is not None else [_public_view_row(row) for row in self.data]

    def _load(self, context: Context, make: MakeItem | None) -> list[Any]:
        items = _listing_rows(context, self.data, make)
        return self.unchunked() if items is None else items

    def _expand(self, context: Context, rows: list[Any], make: MakeItem | None) -> list[Any]:
        items = _listing_rows(context, rows, make)
        return [_view_row(row) for row in rows] if items is None else items


def _listing_rows(context: Context, rows: list[ViewRow], make: MakeItem | None) -> list[Any] | None:
    """Listing rows of interactions, `None` where they stay view rows: one of them names a leg without a month."""
    try:
        legs = _load_chosen_legs(context, rows)
        return RowMaker(context).json_rows(legs) if make is None else [*map(make, legs)]
    except NoMonthInId:
        context.outcome.has_view_rows = True
        return None


def _view_row(row: ViewRow) -> dict[str, Any]:
    """A view row as the database gave it."""
    return {"key": row.key, "value": row.value}


def _public_view_row(row: ViewRow) -> dict[str, Any]:
    """A view row in an answer at once, which has an id as every document has (`kz_doc:public_fields/1`)."""
    return {**_view_row(row), "id": row.value["id"]}


def _methods(parameters: Parameters) -> tuple[str, ...]:
    return ("GET",) if len(parameters) < 2 or (len(parameters) == 2 and parameters[0] == "legs") else ()


def _get(context: Context) -> ResourceResult:
    _, parameters = context.nouns[0]
    match parameters:
        case ("legs", wanted_id):
            return _read_query(context, _list_legs(context, wanted_id))
        case ("summary",):
            from mockcdrs.crossbar.summary import summarize_calls  # which few clients ask for

            return _read_query(context, summarize_calls(context))
        case ("interaction",):
            return _read_query(context, _list_interactions(context, _owner(context)), Interactions)
        case (cdr_id,):
            document = _load_cdr(context, cdr_id)
            return ResourceResult(public_fields(document), revision=document.get("_rev"))
    check_utc_offset(context)  # before it is known whose calls are listed
    return _read_query(context, _list_cdrs(context, _owner(context)))


def _owner(context: Context) -> str | None:
    module, parameters = context.nouns[1] if len(context.nouns) > 1 else ("", ())
    if module == "users" and len(parameters) == 1:
        return parameters[0]
    if module == "accounts":
        return None
    raise system_error("faulty_request")


def _read_query(context: Context, query: ViewQuery, make: type[ResourceResult] = ResourceResult) -> ResourceResult:
    """The result of a query: read at once, or left to be read while it is sent."""
    if query.is_chunked:
        return make(query=query)
    page = walk_plain(query.plan)
    record_paging(context, query, page)
    return make(query.finish(page.items))


def _list_cdrs(context: Context, owner: str | None) -> ViewQuery:
    """`/cdrs`: listing rows, newest first."""
    view = views.LISTING if context.has_quirk("no-ccv-not-listed") else views.LISTING_OF_ALL
    scope = ViewScope(view) if owner is None else ViewScope(views.LISTING_BY_OWNER, (owner,))
    passes = None
    if query := context.request.query:
        passes = filters.compile_listing_filters(filters.strip_month_prefix(query), context.has_quirk)
    mapper = partial(_map_documents, RowMaker(context).json_rows, passes)
    return plan_query(context, scope, mapper, is_chunked=True, chunk_size=context.state.settings.maximum_bulk)


def _list_interactions(context: Context, owner: str | None) -> ViewQuery:
    """`/cdrs/interaction`: one view row for each interaction, naming the leg that stands for it."""
    if not context.has_quirk("interaction-utc-offset-fault"):
        check_utc_offset(context)
    scope = ViewScope(views.INTERACTIONS)
    if owner is not None:
        scope = ViewScope(context.version.owner_interactions, (owner,), ends_open=False, key_length=4)
    chunk_size = context.state.settings.maximum_bulk
    return plan_query(context, scope, lambda rows: rows, is_chunked=True, chunk_size=chunk_size)


def _map_documents(
    make: Callable[[list[Document]], list[Any]], passes: filters.DocumentTest | None, rows: list[ViewRow]
) -> list[Any]:
    """What is made of the documents of rows that pass the filters."""
    documents = [document for row in rows if (document := row.document)]
    return make(documents if passes is None else [*filter(passes, documents)])


def _load_chosen_legs(context: Context, rows: list[ViewRow]) -> list[Document]:
    """The documents of chosen legs that pass the filters, the older months first; raises `NoMonthInId`."""
    query = filters.effective_filters(filters.strip_month_prefix(context.request.query), context.has_quirk)
    if not context.has_quirk("interaction-range-twice"):
        query = tuple((name, value) for name, value in query if name not in filters.TIME_FILTERS)
    legs = _legs_with_months(context, [row.value["id"] for row in rows])
    if context.has_quirk("interaction-month-order"):
        legs.sort(key=itemgetter(0))
    documents = (_open_leg(context, month, cdr_id) for month, cdr_id in legs)
    return [document for document in documents if document is not None and filters.matches(document, query)]


def _legs_with_months(context: Context, ids: list[str]) -> list[tuple[str, str]]:
    legs = []
    for cdr_id in ids:
        try:
            legs.append((_month_in_id(_match_id(_CDR_ID, cdr_id)), cdr_id))
        except NoMonthInId:
            if context.has_quirk("interaction-raw-rows"):
                raise
    return legs


def _open_leg(context: Context, month: str, cdr_id: str) -> Document | None:
    try:
        return context.state.databases.document(require_account_id(context), month, cdr_id)
    except NoDatabase:
        raise system_error("bad_identifier", cause="load_cdrs") from None


def _load_cdr(context: Context, cdr_id: str) -> Document:
    """`/cdrs/{ID}`: the document."""
    parts = _match_id(_CDR_ID, cdr_id)
    if not parts:
        raise module_error(404, "could not find cdr with supplied id")
    document = _open_cdr(context, parts, cdr_id)
    # `crossbar_doc:document_type_match/3` lets a document without a type through
    if document is None or text_at(document, ("pvt_type",)) not in {"", "cdr"}:
        raise system_error("bad_identifier", cause=cdr_id)
    return document


def _open_cdr(context: Context, parts: tuple[str, ...], cdr_id: str) -> Document | None:
    try:
        month = _month_in_id(parts)
    except NoMonthInId:
        if context.has_quirk("id-without-month-500"):
            raise ModuleCrash(f"the month {''.join(parts)!r} of a CDR id") from None
        return None
    try:
        document = context.state.databases.document(require_account_id(context), month, cdr_id)
    except NoDatabase:
        return None
    return None if document is None or erlang.is_true(document.get("pvt_deleted")) else document


def _match_id(pattern: re.Pattern[bytes], text: str) -> tuple[str, ...]:
    """The parts of an id before its hyphen, none where it has another form."""
    match = pattern.fullmatch(text.encode("utf-8", "surrogateescape"))
    return tuple(part.decode("utf-8", "surrogateescape") for part in match.groups()) if match else ()


def _month_in_id(parts: tuple[str, ...]) -> str:
    try:
        year, month = map(erlang.to_integer, parts)
    except ValueError:
        raise NoMonthInId(parts) from None
    return _database_name(year, month)


def _database_name(year: int, month: int) -> str:
    """`YYYYMM`; `NoMonthInId` where the year has too few digits for one (`kz_util:format_account_mod_id/3`)."""
    if len(str(year)) < _LEAST_YEAR_DIGITS:
        raise NoMonthInId(year)
    return f"{year}{month:02}"


def _list_legs(context: Context, wanted_id: str) -> ViewQuery:
    """`/cdrs/legs/{CDR id or interaction id}`: the documents of one interaction."""
    followed = set()
    while parts := _match_id(_CDR_ID, wanted_id):
        document = _open_cdr(context, parts, wanted_id)
        if document is None or wanted_id in followed:
            raise _legs_not_found()
        followed.add(wanted_id)
        wanted_id = text_at(document, ("interaction_id",), "undefined")
        if not wanted_id and context.has_quirk("id-without-month-500"):
            raise ModuleCrash("an interaction id that is empty")
    parts = _match_id(_INTERACTION_ID, wanted_id)
    if not parts:
        raise module_error(404, "bad identifier", [wanted_id])
    month = _month_of_time(context, *parts)
    has_month = month in context.state.store.months(require_account_id(context))
    if not (has_month or context.has_quirk("legs-missing-month-503")):
        raise _legs_not_found()
    scope = ViewScope(views.LEGS, (wanted_id,), has_time=False)
    return plan_query(context, scope, _legs_mapper(context), months=[month], finish=_public_documents)


def _legs_not_found() -> Failure:
    return module_error(404, "could not find legs for supplied id")


def _legs_mapper(context: Context) -> Mapper:
    keeps_private = context.has_quirk("legs-chunked-leak")
    passes = filters.compile_listing_filters(context.request.query, context.has_quirk)
    in_order = partial(_map_documents, list if keeps_private else _public_documents, passes)
    if context.has_quirk("legs-turned"):
        return lambda rows: in_order(rows)[::-1]
    return in_order


def _public_documents(documents: list[Document]) -> list[Any]:
    return [*map(public_fields, documents)]


def _month_of_time(context: Context, moment: str) -> str:
    try:
        day = gregorian.day_of(erlang.to_integer(moment))
        return _database_name(day.year, day.month)
    except ValueError:
        if context.has_quirk("id-without-month-500"):
            raise ModuleCrash(f"the time {moment!r} of an interaction id") from None
        raise _legs_not_found() from None


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
    interactions_of = ""
    if context.nouns[0] == ("cdrs", ("interaction",)):
        interactions_of = "user" if context.nouns[1][0] == "users" else "account"
    is_reseller = context.auth_account is not None and context.auth_account.is_reseller
    return context.version.row_columns(is_reseller=is_reseller, interactions_of=interactions_of, is_csv=is_csv)


def _is_json_in_chunks(context: Context) -> bool:
    """Whether a listing is sent as JSON in chunks, as most are: the request asks for no other form."""
    request = context.request
    return (
        context.content_type == JSON_TYPE
        and request.value("accept") is None
        and request.parameter("is_chunked") is None
    )


class RowMaker:
    """Makes the listing rows that one request sees: its columns, `datetime` moved by its `utc_offset`.

    JSON rows lack empty columns where the operator wants them gone. Where only the text of a row is sent, it is cached,
    except with a `utc_offset`, and except in listings without pages, whose rows would push out all others.
    """

    def __init__(self, context: Context, *, is_csv: bool = False) -> None:
        self.columns = visible_columns(context, is_csv=is_csv)
        self._is_lenient = not context.has_quirk("broken-document-fault")
        self._offset = context.request.value("utc_offset")
        self._rounds_offset = not context.has_quirk("fractional-utc-offset-fault")
        self._separator = context.version.datetime_separator
        self._drops_empty = context.state.settings.should_filter_empty_strings
        # columns are there as long as their version of Kazoo, so that no other ones have their identity
        kind = (id(self.columns), self._is_lenient, self._drops_empty)
        is_cached = self._offset is None and context.should_paginate and _is_json_in_chunks(context)
        self._known: dict[int, tuple[Document, JsonRow]] | None
        self._known = context.state.databases.rows.setdefault(kind, {}) if is_cached else None

    def full_row(self, document: Document) -> dict[str, Any]:
        """The row of a document with all columns; `Failure` 503 where one dies on it."""
        try:
            row = listing_columns.make_row(document, self.columns, self._is_lenient)
            if self._offset is not None:
                row["datetime"] = self._shifted_datetime(document)
        except (ValueError, OverflowError) as error:
            raise system_error("datastore_fault") from error
        return row

    def json_rows(self, documents: list[Document]) -> list[JsonRow]:
        """The rows of documents as JSON has them; raises `Failure` as `full_row`."""
        known = self._known
        if known is None:
            return [*map(self._json_row, documents)]
        cached = [known.get(id(document)) for document in documents]
        if not all(cached):
            for place, document in enumerate(documents):
                if cached[place] is None:
                    cached[place] = known[id(document)] = document, self._json_text(document)
            if len(known) > CACHED_ROWS:
                known.clear()
        return [row for _, row in cast("list[tuple[Document, JsonRow]]", cached)]

    def _json_row(self, document: Document) -> dict[str, Any]:
        row = self.full_row(document)
        return {name: value for name, value in row.items() if value != ""} if self._drops_empty else row

    def _json_text(self, document: Document) -> JsonRow:
        row = self._json_row(document)
        try:
            return encode_json(row)
        except UnicodeEncodeError:  # encoded again, it loses the chunk that it comes in
            return row

    def _shifted_datetime(self, document: Document) -> str:
        offset = erlang.to_number(self._offset)
        try:
            moved = listing_columns.start_seconds(document) + (int(offset) if self._rounds_offset else offset)
            return listing_columns.datetime_text(moved, self._separator)
        except (ValueError, OverflowError):
            if self._is_lenient and not isinstance(offset, float):
                return ""  # a moment before the year 0
            raise


CDRS = Resource(_methods, {"GET": _get})
