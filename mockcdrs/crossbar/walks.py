"""From a request's parameters to the walk over a view that answers it (`crossbar_view.erl`)."""

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.crossbar import json_text
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import KeyRange, QueryError, Row
from mockcdrs.crossbar.envelope import should_paginate
from mockcdrs.crossbar.errors import Crashed, plain, system
from mockcdrs.crossbar.paging import Fetch, Mapper, Plan
from mockcdrs.crossbar.request import NULL
from mockcdrs.crossbar.time_range import has_month_names, month_of, time_range, touches
from mockcdrs.crossbar.view_maps import View

RANGE_END: dict[str, Any] = {}
_LEAST_PADDING, _GREATEST_PADDING = False, "\ufff0"

KeyOfTime = Callable[[int], list[Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """A view, and the keys between which a request sees it: `least` and `greatest` make a key of a time.

    Keys shorter than `key_length` are filled up, so that a group at the edge is seen whole.
    """

    view: View
    least: KeyOfTime
    greatest: KeyOfTime
    key_length: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """Items that a walk over a view will give; `is_chunked`: whether they are sent as they are found.

    `finish` makes of a plain walk's items what the answer shows.
    """

    plan: Plan
    is_chunked: bool
    finish: Callable[[list[Any]], Any]


def account_id(context: Context) -> str:
    """The account whose databases are asked."""
    if context.account is None:
        if context.shows("no-account-500"):
            raise Crashed("the path names no account")
        raise system("faulty_request")
    return context.account.id


def is_ascending(context: Context) -> bool:
    """The direction of travel: any `ascending` but `false` turns it, unless `descending=true`."""
    descending, ascending = map(context.request.parameter, ("descending", "ascending"))
    if erlang.is_true(descending):
        return False
    if erlang.is_false(descending) and not context.shows("descending-false-ignored"):
        return True
    return ascending is not None and not erlang.is_false(ascending)


def asked_page_size(context: Context) -> int | None:
    """How many items a page is to have, `None` for all; raises `Failure`."""
    if not should_paginate(context):
        return None
    wanted = context.request.value("page_size")
    if wanted is None:
        return context.world.settings.pagination_page_size
    size = _size(wanted, "page")
    if size < 1:
        raise system("faulty_request", "page size must be at least 1")
    return size


def _chunk_size(context: Context, default: int) -> int:
    wanted, greatest = context.request.parameter("chunk_size"), context.world.settings.load_view_chunk_size
    if wanted is None:
        return default
    size = _size(wanted, "chunk")
    if size == 0 and context.shows("chunk-size-0-fault"):
        raise system("datastore_fault")
    if size < 1:
        raise system("faulty_request", "chunk size must be at least 1")
    if size > greatest:
        raise system("faulty_request", f"chunk size must be lower than {greatest}")
    return size


def _size(wanted: Any, what: str) -> int:
    try:
        return erlang.to_integer(wanted)
    except erlang.BadArgument:
        raise system("faulty_request", f"invalid {what} size") from None


def walk(
    context: Context,
    scope: Scope,
    mapper: Mapper,
    *,
    is_chunked: bool = False,
    chunk_size: int | None = None,
    months: list[str] | None = None,
    finish: Callable[[list[Any]], Any] = lambda items: items,
) -> Walk:
    """The walk that a request asks for; `is_chunked`, `chunk_size` and `months` are what it gets without asking.

    Raises `Failure` for parameters that Crossbar refuses.
    """
    request, settings = context.request, context.world.settings
    size, page_size = _chunk_size(context, chunk_size or settings.load_view_chunk_size), asked_page_size(context)
    start, end = time_range(request, context.world.now, context.version.maximum_range(settings))
    ascending = is_ascending(context)
    if months is None:
        months = _months(context, scope, start, end, ascending)
    first, last = _edges(context, scope, (start, end), ascending)
    wanted = request.parameter("is_chunked")
    if wanted is not None:
        is_chunked = erlang.is_true(wanted)
    fetch = _fetcher(context, scope, last, ascending)
    if settings.request_memory_limit is not None:
        fetch = _within_memory(fetch, settings.request_memory_limit, is_chunked)
    plan = Plan(months, first, page_size, size, fetch, mapper, context.shows("stale-next-key"))
    return Walk(plan, is_chunked, finish)


def _edges(context: Context, scope: Scope, times: tuple[int, int], ascending: bool) -> tuple[Any, Any]:
    least, greatest = scope.least(times[0]), scope.greatest(times[1])
    paddings = (_LEAST_PADDING, _GREATEST_PADDING)
    edges = ((least, greatest), paddings) if ascending else ((greatest, least), paddings[::-1])
    first, last = (
        _filled_up(context.request.value(name, default), scope.key_length, padding)
        for name, default, padding in zip(("start_key", "end_key"), *edges, strict=True)
    )
    return first, last


def _filled_up(key: Any, length: int, padding: Any) -> Any:
    if key is NULL:
        return False  # which lies before all lists too
    return [*key, *[padding] * (length - len(key))] if isinstance(key, list) else key


def _months(context: Context, scope: Scope, start: int, end: int, ascending: bool) -> list[str]:
    asked = account_id(context)
    if not has_month_names(start, end) and context.shows("unix-range-500"):
        raise Crashed(f"a range from {start} to {end}, whose months have no names: are these Unix seconds?")
    months = context.world.store.months(asked)
    if _is_by_time_written(context, scope):
        following = (month_of(gregorian.month_stretch(month)[1]) for month in months)
        months = sorted({*months, *following})
    months = [month for month in months if touches(month, start, end)]
    return months if ascending else months[::-1]


def _is_by_time_written(context: Context, scope: Scope) -> bool:
    """Whether a view's rows count for the month in which they were written, wherever they lie."""
    return scope.view.moment == "written" and not context.shows("month-end-call-lost")


def _fetcher(context: Context, scope: Scope, last: Any, ascending: bool) -> Fetch:
    databases, view, asked = context.world.databases, scope.view, account_id(context)
    is_by_time_written = _is_by_time_written(context, scope)

    def found(month: str, wanted: KeyRange) -> Iterator[Row]:
        if not is_by_time_written:
            return databases.query(view, asked, month, wanted)
        part = wanted.within(*map(scope.least, gregorian.month_stretch(month)))
        return databases.query_months(view, asked, part) if part else iter(())

    def fetch(month: str, start_key: Any, limit: int) -> list[Row]:
        wanted = KeyRange(_whole_group(context, view, start_key, ascending), last, descending=not ascending)
        try:
            return list(itertools.islice(found(month, wanted), min(limit, sys.maxsize)))
        except QueryError:
            if context.shows("reversed-keys-fault"):
                raise
            return []

    return fetch


def _within_memory(fetch: Fetch, limit_bytes: int, is_chunked: bool) -> Fetch:
    """`fetch`, refused where what a request holds at once, a chunk or a whole plain answer, reaches the limit."""
    held_bytes = 0

    def limited(month: str, start_key: Any, limit: int) -> list[Row]:
        nonlocal held_bytes
        rows = fetch(month, start_key, limit)
        fetched_bytes = sum(len(json_text.encode(row.document or row.value)) for row in rows)
        held_bytes = fetched_bytes if is_chunked else held_bytes + fetched_bytes
        if held_bytes >= limit_bytes:
            raise plain(416, "range not satisfiable")
        return rows

    return limited


def _whole_group(context: Context, view: View, start_key: Any, ascending: bool) -> Any:
    """A next page's key names a group; going down, the group lies beyond it unless it is filled up."""
    names_group = view.group_level and isinstance(start_key, list) and len(start_key) == view.group_level
    if names_group and not ascending and not context.shows("interaction-page-loss"):
        return [*start_key, RANGE_END]
    return start_key
