"""Pages of a view: which query a request's parameters ask for, and the walk that answers it (`crossbar_view.erl`).

`plan_query` makes the query: range, direction, page, months, keys. `walk_plain` gives a page at once, `ChunkedWalk`
piece by piece. Both look one row further than they need: its key is where the next page starts. Months are named as in
`kazoo_modb.erl`. All times are Gregorian seconds.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.crossbar.context import NULL, Context, ParsedRequest, require_account_id
from mockcdrs.crossbar.couchdb import KeyRange, NoDatabase, QueryError, ViewRow
from mockcdrs.crossbar.errors import (
    Failure,
    ModuleCrash,
    build_system_error,
    module_error,
    system_error,
    validation_error,
)
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import Version
from mockcdrs.crossbar.views import View

RANGE_END: dict[str, Any] = {}
_FIRST_NAMED_MONTH = 1000_01  # Kazoo can name a month whose year has four digits or more
_PADDINGS: tuple[Any, Any] = False, "\ufff0"  # the least and the greatest

Fetch = Callable[[str, Any, int], list[ViewRow]]
Mapper = Callable[[list[ViewRow]], list[Any]]


class ViewScope(NamedTuple):
    """A view, and the part of it that a request sees: keys that begin with `prefix`, then with a time in its range.

    `has_time`: whether there is a time in keys at all. `ends_open`: whether the last key of the part has all keys below
    itself. Keys shorter than `key_length` are filled up, so that a group at the edge is seen whole.
    """

    view: View
    prefix: tuple[str, ...] = ()
    has_time: bool = True
    ends_open: bool = True
    key_length: int = 0

    def key(self, time: int) -> list[Any]:
        """The key, or the first parts of it, at a time."""
        return [*self.prefix, time] if self.has_time else [*self.prefix]


class PagePlan(NamedTuple):
    """What to walk: months in the direction of travel, rows a page (`None`: all), rows a chunk.

    `fetch(month, start key, limit)` gives rows; `mapper` filters them and makes items of them. `keeps_stale_key`: the
    key of a month's last chunk outlives the month (the quirk `stale-next-key`).
    """

    months: list[str]
    start_key: Any
    page_size: int | None
    chunk_size: int
    fetch: Fetch
    mapper: Mapper
    keeps_stale_key: bool = True


class ViewQuery(NamedTuple):
    """A query that is still to be read by walking `plan`; `is_chunked`: whether items are sent as they are found.

    `finish` makes of all items what an answer in one piece shows.
    """

    plan: PagePlan
    is_chunked: bool
    finish: Callable[[list[Any]], Any]


def is_ascending(context: Context) -> bool:
    """The direction of travel: any `ascending` but `false` turns it, unless `descending=true`."""
    descending, ascending = context.request.parameter("descending"), context.request.parameter("ascending")
    if descending is not None:
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


def _check_chunk_size(context: Context, requested: Any) -> int:
    size, greatest = _parse_size(requested, "chunk"), context.state.settings.load_view_chunk_size
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
    if (requested := request.parameter("chunk_size")) is not None:
        chunk_size = _check_chunk_size(context, requested)
    page_size = requested_page_size(context)
    start, end = parse_time_range(request, context.state.now, widest_range(context.version, settings))
    ascending = is_ascending(context)
    # whether the view's rows count for the month in which they were written, wherever they lie
    is_by_time_written = scope.view.moment == "written" and not context.has_quirk("month-end-call-lost")
    if months is None:
        months = _months_to_walk(context, start, end, is_by_time_written=is_by_time_written)
        if not ascending:
            months.reverse()
    least, greatest = scope.key(start), scope.key(end)
    if scope.ends_open:
        greatest.append(RANGE_END)
    first, last = (least, greatest) if ascending else (greatest, least)
    first, last = request.value("start_key", first), request.value("end_key", last)
    if scope.key_length:
        paddings = _PADDINGS if ascending else _PADDINGS[::-1]
        first, last = (_pad_key(key, scope.key_length, by) for key, by in zip((first, last), paddings, strict=True))
    if (requested := request.parameter("is_chunked")) is not None:
        is_chunked = erlang.is_true(requested)
    fetch = _fetch_up_to(context, scope, False if last is NULL else last, ascending, is_by_time_written)
    if settings.request_memory_limit is not None:
        fetch = _limit_memory(fetch, settings.request_memory_limit, is_chunked)
    chunk_size = chunk_size or settings.load_view_chunk_size
    plan = PagePlan(months, first, page_size, chunk_size, fetch, mapper, context.has_quirk("stale-next-key"))
    return ViewQuery(plan, is_chunked, finish)


def _pad_key(key: Any, length: int, padding: Any) -> Any:
    return [*key, *[padding] * (length - len(key))] if isinstance(key, list) else key


def _months_to_walk(context: Context, start: int, end: int, *, is_by_time_written: bool) -> list[str]:
    """The months of a range, the oldest first; raises `Failure`."""
    months = context.state.store.months(require_account_id(context))
    first, last = _month_number(start), _month_number(end)
    if first < _FIRST_NAMED_MONTH and context.has_quirk("unix-range-500"):
        raise ModuleCrash(f"a range from {start} to {end}, whose months have no names: are these Unix seconds?")
    if is_by_time_written:
        following = (f"{_month_number(gregorian.month_bounds(month)[1]):06}" for month in months)
        months = sorted({*months, *following}, key=int)  # the month after 999912 has seven digits
    return months[bisect_left(months, first, key=int) : bisect_right(months, last, key=int)]


def _month_number(moment: int) -> int:
    """The number `YYYYMM` of the month of a moment, that of the year 0 for earlier ones."""
    day = gregorian.day_of(max(moment, 0))
    return day.year * 100 + day.month


def _fetch_up_to(context: Context, scope: ViewScope, last: Any, ascending: bool, is_by_time_written: bool) -> Fetch:
    """What reads the rows that a request sees of a view, up to the key `last`."""
    databases, account_id, quirks = context.state.databases, require_account_id(context), context.state.quirks
    view, descending = scope.view, not ascending
    # a next page's key names a group, which going down lies beyond it
    filled_length = view.group_level if descending and "interaction-page-loss" not in quirks else 0

    def fetch(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        if filled_length and isinstance(start_key, list) and len(start_key) == filled_length:
            start_key = [*start_key, RANGE_END]
        keys = KeyRange(start_key, last, descending)
        try:
            if is_by_time_written:  # the rows of the month by that time, whichever month they lie in
                part = keys.clip(*map(scope.key, gregorian.month_bounds(month)))
                rows = databases.query_months(view, account_id, part) if part else iter(())
            else:
                rows = databases.query(view, account_id, month, keys)
            return list(islice(rows, min(limit, sys.maxsize)))
        except QueryError:
            if "reversed-keys-fault" in quirks:
                raise
            return []

    return fetch


def _limit_memory(fetch: Fetch, limit_bytes: int, is_chunked: bool) -> Fetch:
    """`fetch`, refused where what a request holds at once, a chunk or a whole plain answer, reaches the limit."""
    held_bytes = 0

    def limited(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        nonlocal held_bytes
        rows = fetch(month, start_key, limit)
        fetched_bytes = sum(len(erlang.compact_json(row.document or row.value).encode()) for row in rows)
        held_bytes = fetched_bytes if is_chunked else held_bytes + fetched_bytes
        if held_bytes >= limit_bytes:
            raise module_error(416, "range not satisfiable")
        return rows

    return limited


def widest_range(version: Version, settings: Settings) -> int:
    """The widest range that a listing may cover, in seconds."""
    own = settings.cdrs_maximum_range if version.reads_cdrs_maximum_range else None
    return settings.maximum_range if own is None else own


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


@dataclass(slots=True)
class Page:
    """What a walk gives: items, how many of them count, where the next page starts."""

    items: list[Any] = field(default_factory=list)
    total: int = 0
    next_key: Any = None


def _take_items(plan: PagePlan, rows: list[ViewRow], limit: int, last_key: Any) -> tuple[Any, list[Any]]:
    """The key to go on at and the items to show, of rows that were fetched with a limit; raises `Failure`."""
    next_key = None if rows else last_key
    if len(rows) == limit:
        next_key, rows = rows[-1].key, rows[:-1]
    try:
        return next_key, plan.mapper(rows)
    except ValueError as error:
        raise system_error("datastore_fault") from error


def query_failure(error: QueryError) -> Failure:
    """What becomes of a query that CouchDB refuses (`crossbar_doc:handle_datamgr_errors/3`)."""
    if not error.cause:
        return system_error("datastore_fault")
    return build_system_error(500, "datastore_fault", "unknown failure", cause=error.cause)


def walk_plain(plan: PagePlan) -> Page:
    """One page at once; raises `Failure`."""
    page, months = Page(), list(plan.months)
    while months:
        limit = plan.chunk_size + 1 if plan.page_size is None else plan.page_size - page.total + 1
        start_key = plan.start_key if page.next_key is None else page.next_key
        try:
            fetched = plan.fetch(months[0], start_key, limit)
        except NoDatabase:
            if len(months) == 1:
                raise module_error(503, "datastore missing view") from None
            del months[0]
            continue
        except QueryError as error:
            raise query_failure(error) from error
        page.next_key, items = _take_items(plan, fetched, limit, None)
        page.items += items
        page.total += len(items)
        if page.total == plan.page_size and page.next_key is not None:
            return page
        if page.next_key is None or erlang.is_identical(page.next_key, start_key):
            # more rows share a key than were fetched: the server would ask for them for ever
            page.next_key = None
            del months[0]
    return page


class ChunkedWalk:
    """A page in chunks: call `advance` until it gives `None`.

    `sent` is how many items of the last chunk went out; set it where these are not those that `advance` gave.
    """

    def __init__(self, plan: PagePlan) -> None:
        self._plan = plan
        self._months: list[str] | None = None
        self._key_before: Any = None
        self.sent = 0
        self.total = 0
        self.next_key: Any = None

    def advance(self) -> list[Any] | None:
        """The items of the next chunk, `None` when the page is done; raises `Failure`."""
        plan, months, last_key = self._plan, self._months, None
        self.total += self.sent
        if months is None:
            months = plan.months
        elif self.next_key is not None and self.total == plan.page_size:
            return None
        elif months and self.next_key is not None and not erlang.is_identical(self.next_key, self._key_before):
            last_key = self.next_key
        else:
            months, last_key = months[1:], self._key_before if plan.keeps_stale_key else None
        limit = plan.chunk_size + 1
        if plan.page_size is not None:
            limit = min(limit, plan.page_size - self.total + 1)
        if months:
            self._key_before = self.next_key
        while months:
            self._months = months
            try:
                rows = plan.fetch(months[0], plan.start_key if last_key is None else last_key, limit)
            except NoDatabase:
                if len(months) == 1:
                    raise module_error(503, "datastore missing view") from None
                months = months[1:]
                continue
            except QueryError as error:
                raise query_failure(error) from error
            self.next_key = last_key  # for as long as nothing can be made of the rows
            self.next_key, items = _take_items(plan, rows, limit, last_key)
            self.sent = len(items)
            return items
        return None
