"""From a request's parameters to the query on a view that answers it: range, direction, page, months, keys.

Sources followed: `crossbar_view.erl`, `kazoo_modb.erl`. All times are Gregorian seconds.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.crossbar import json_codec
from mockcdrs.crossbar.context import NULL, Context, ParsedRequest
from mockcdrs.crossbar.couchdb import KeyRange, QueryError, ViewRow
from mockcdrs.crossbar.errors import ModuleCrash, module_error, system_error, validation_error
from mockcdrs.crossbar.paging import Fetch, Mapper, PagePlan
from mockcdrs.crossbar.views import View

RANGE_END: dict[str, Any] = {}
_LEAST_YEAR = 1000
_LEAST_PADDING, _GREATEST_PADDING = False, "\ufff0"

KeyOfTime = Callable[[int], list[Any]]


@dataclass(frozen=True, slots=True)
class ViewScope:
    """A view, and the keys between which a request sees it: `least` and `greatest` make a key of a time.

    Keys shorter than `key_length` are filled up, so that a group at the edge is seen whole.
    """

    view: View
    least: KeyOfTime
    greatest: KeyOfTime
    key_length: int = 0


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """A query that is still to be read by walking `plan`; `is_chunked`: whether items are sent as they are found.

    `finish` makes of all items what an answer in one piece shows.
    """

    plan: PagePlan
    is_chunked: bool
    finish: Callable[[list[Any]], Any]


def require_account_id(context: Context) -> str:
    """The id of the account in the path; raises `Failure` where there is none."""
    if context.account is None:
        if context.has_quirk("no-account-500"):
            raise ModuleCrash("the path names no account")
        raise system_error("faulty_request")
    return context.account.id


def is_ascending(context: Context) -> bool:
    """The direction of travel: any `ascending` but `false` turns it, unless `descending=true`."""
    descending, ascending = map(context.request.parameter, ("descending", "ascending"))
    if erlang.is_true(descending):
        return False
    if erlang.is_false(descending) and not context.has_quirk("descending-false-ignored"):
        return True
    return ascending is not None and not erlang.is_false(ascending)


def requested_page_size(context: Context) -> int | None:
    """How many items a page is to have, `None` for all; raises `Failure`."""
    if not context.should_paginate:
        return None
    requested = context.request.value("page_size")
    if requested is None:
        return context.state.settings.pagination_page_size
    size = _parse_size(requested, "page")
    if size < 1:
        raise system_error("faulty_request", "page size must be at least 1")
    return size


def _chunk_size(context: Context, default: int) -> int:
    requested, greatest = context.request.parameter("chunk_size"), context.state.settings.load_view_chunk_size
    if requested is None:
        return default
    size = _parse_size(requested, "chunk")
    if size == 0 and context.has_quirk("chunk-size-0-fault"):
        raise system_error("datastore_fault")
    if size < 1:
        raise system_error("faulty_request", "chunk size must be at least 1")
    if size > greatest:
        raise system_error("faulty_request", f"chunk size must be lower than {greatest}")
    return size


def _parse_size(value: Any, what: str) -> int:
    try:
        return erlang.to_integer(value)
    except erlang.BadArgument:
        raise system_error("faulty_request", f"invalid {what} size") from None


def plan_query(
    context: Context,
    scope: ViewScope,
    mapper: Mapper,
    *,
    is_chunked: bool = False,
    chunk_size: int | None = None,
    months: list[str] | None = None,
    finish: Callable[[list[Any]], Any] = lambda items: items,
) -> ViewQuery:
    """The query that a request asks for; `is_chunked`, `chunk_size` and `months` are what it gets by default.

    Raises `Failure` for parameters that Crossbar refuses.
    """
    request, settings = context.request, context.state.settings
    size, page_size = _chunk_size(context, chunk_size or settings.load_view_chunk_size), requested_page_size(context)
    start, end = parse_time_range(request, context.state.now, context.version.maximum_range(settings))
    ascending = is_ascending(context)
    if months is None:
        months = _months_to_walk(context, scope, start, end, ascending)
    first, last = _first_and_last_key(context, scope, (start, end), ascending)
    requested = request.parameter("is_chunked")
    if requested is not None:
        is_chunked = erlang.is_true(requested)
    fetch = _make_fetch(context, scope, last, ascending)
    if settings.request_memory_limit is not None:
        fetch = _limit_memory(fetch, settings.request_memory_limit, is_chunked)
    plan = PagePlan(months, first, page_size, size, fetch, mapper, context.has_quirk("stale-next-key"))
    return ViewQuery(plan, is_chunked, finish)


def _first_and_last_key(context: Context, scope: ViewScope, times: tuple[int, int], ascending: bool) -> tuple[Any, Any]:
    least, greatest = scope.least(times[0]), scope.greatest(times[1])
    paddings = (_LEAST_PADDING, _GREATEST_PADDING)
    edges = ((least, greatest), paddings) if ascending else ((greatest, least), paddings[::-1])
    first, last = (
        _pad_key(context.request.value(name, default), scope.key_length, padding)
        for name, default, padding in zip(("start_key", "end_key"), *edges, strict=True)
    )
    return first, last


def _pad_key(key: Any, length: int, padding: Any) -> Any:
    if key is NULL:
        return False  # which lies before all lists too
    return [*key, *[padding] * (length - len(key))] if isinstance(key, list) else key


def _months_to_walk(context: Context, scope: ViewScope, start: int, end: int, ascending: bool) -> list[str]:
    account_id = require_account_id(context)
    if not has_month_names(start, end) and context.has_quirk("unix-range-500"):
        raise ModuleCrash(f"a range from {start} to {end}, whose months have no names: are these Unix seconds?")
    months = context.state.store.months(account_id)
    if _is_by_time_written(context, scope):
        following = (month_name(gregorian.month_bounds(month)[1]) for month in months)
        months = sorted({*months, *following})
    months = [month for month in months if month_overlaps(month, start, end)]
    return months if ascending else months[::-1]


def _is_by_time_written(context: Context, scope: ViewScope) -> bool:
    """Whether a view's rows count for the month in which they were written, wherever they lie."""
    return scope.view.moment == "written" and not context.has_quirk("month-end-call-lost")


def _make_fetch(context: Context, scope: ViewScope, last: Any, ascending: bool) -> Fetch:
    databases, view, account_id = context.state.databases, scope.view, require_account_id(context)
    is_by_time_written = _is_by_time_written(context, scope)

    def query(month: str, keys: KeyRange) -> Iterator[ViewRow]:
        if not is_by_time_written:
            return databases.query(view, account_id, month, keys)
        part = keys.clip(*map(scope.least, gregorian.month_bounds(month)))
        return databases.query_months(view, account_id, part) if part else iter(())

    def fetch(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        keys = KeyRange(_include_whole_group(context, view, start_key, ascending), last, descending=not ascending)
        try:
            return list(itertools.islice(query(month, keys), min(limit, sys.maxsize)))
        except QueryError:
            if context.has_quirk("reversed-keys-fault"):
                raise
            return []

    return fetch


def _limit_memory(fetch: Fetch, limit_bytes: int, is_chunked: bool) -> Fetch:
    """`fetch`, refused where what a request holds at once, a chunk or a whole plain answer, reaches the limit."""
    held_bytes = 0

    def limited(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        nonlocal held_bytes
        rows = fetch(month, start_key, limit)
        fetched_bytes = sum(len(json_codec.encode_json(row.document or row.value)) for row in rows)
        held_bytes = fetched_bytes if is_chunked else held_bytes + fetched_bytes
        if held_bytes >= limit_bytes:
            raise module_error(416, "range not satisfiable")
        return rows

    return limited


def _include_whole_group(context: Context, view: View, start_key: Any, ascending: bool) -> Any:
    """A next page's key names a group; going down, the group lies beyond it unless it is filled up."""
    names_group = view.group_level and isinstance(start_key, list) and len(start_key) == view.group_level
    if names_group and not ascending and not context.has_quirk("interaction-page-loss"):
        return [*start_key, RANGE_END]
    return start_key


def parse_time_range(request: ParsedRequest, now: int, maximum: int) -> tuple[int, int]:
    """`(created_from, created_to)`, both included.

    What is missing, no number, zero or negative falls back: the end to `now`, the start to `maximum` seconds before
    the end. `Failure` 400 for a reversed range and one wider than `maximum`.
    """
    end = _parse_moment(request.value("created_to"), now)
    start = _parse_moment(request.value("created_from"), end - maximum)
    if end < start:
        words = f"created_to {end} is prior to created_from {start}"
        raise validation_error("created_from", "date_range", message=words, cause=start)
    if end - start > maximum:
        words = f"created_to {end} is more than {maximum} seconds from created_from {start}"
        raise validation_error("created_from", "date_range", message=words, cause=end)
    return start, end


def _parse_moment(value: Any, default: int) -> int:
    try:
        moment = erlang.to_integer(value)
    except erlang.BadArgument:
        return default
    return moment if moment > 0 else default


def has_month_names(start: int, end: int) -> bool:
    """Whether Kazoo can name the months of a range: their years need four digits or more."""
    return all(moment >= 0 and gregorian.day_of(moment).year >= _LEAST_YEAR for moment in (start, end))


def month_name(moment: int) -> str:
    """The month (`YYYYMM`) of a moment, that of the year 0 for earlier ones."""
    year, month = _year_and_month(moment)
    return f"{year:04}{month:02}"


def month_overlaps(month: str, start: int, end: int) -> bool:
    """Whether a month (`YYYYMM`) lies in or overlaps a range."""
    return _year_and_month(start) <= (int(month[:4]), int(month[4:])) <= _year_and_month(end)


def _year_and_month(moment: int) -> tuple[int, int]:
    day = gregorian.day_of(max(moment, 0))
    return day.year, day.month
