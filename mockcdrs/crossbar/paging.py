"""Pages of a view: which query a request's parameters ask for, and the walk that answers it (`crossbar_view.erl`).

`plan_query` makes the query: range, direction, page, months, keys. `walk_plain` gives a page at once, `ChunkedWalk`
piece by piece. Both look one row further than they need: its key is where the next page starts. Months are named as in
`kazoo_modb.erl`. All times are Gregorian seconds.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.crossbar.context import NULL, Context, ParsedRequest
from mockcdrs.crossbar.couchdb import KeyRange, NoDatabase, QueryError, ViewRow
from mockcdrs.crossbar.errors import (
    Failure,
    ModuleCrash,
    build_system_error,
    module_error,
    system_error,
    validation_error,
)
from mockcdrs.crossbar.views import View

RANGE_END: dict[str, Any] = {}
_LEAST_YEAR = 1000
_LEAST_PADDING, _GREATEST_PADDING = False, "\ufff0"

Fetch = Callable[[str, Any, int], list[ViewRow]]
Mapper = Callable[[list[ViewRow]], list[Any]]


@dataclass(frozen=True, slots=True)
class ViewScope:
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


@dataclass(frozen=True, slots=True)
class PagePlan:
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
    least, greatest = map(scope.key, times)
    if scope.ends_open:
        greatest.append(RANGE_END)
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
        part = keys.clip(*map(scope.key, gregorian.month_bounds(month)))
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
        fetched_bytes = sum(len(erlang.compact_json(row.document or row.value).encode()) for row in rows)
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


@dataclass(slots=True)
class Page:
    """What a walk gives: items, how many of them count, where the next page starts."""

    items: list[Any] = field(default_factory=list)
    total: int = 0
    next_key: Any = None


def _split_next_key(rows: list[ViewRow], limit: int, last_key: Any) -> tuple[Any, list[ViewRow]]:
    """The key to go on at and the rows to show, of rows that were fetched with a limit."""
    if not rows:
        return last_key, rows
    if len(rows) == limit:
        return rows[-1].key, rows[:-1]
    return None, rows


def _map_rows(plan: PagePlan, rows: list[ViewRow]) -> list[Any]:
    try:
        return plan.mapper(rows)
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
        page.next_key, rows = _split_next_key(fetched, limit, page.next_key)
        items = _map_rows(plan, rows)
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
    """A page in chunks: call `advance` until it gives `None`, and tell `sent` how many items went out each time."""

    def __init__(self, plan: PagePlan) -> None:
        self._plan = plan
        self._months: list[str] | None = None
        self._key_before: Any = None
        self._sent = 0
        self.started = False
        self.total = 0
        self.next_key: Any = None

    def sent(self, count: int) -> None:
        """How many items of the last chunk reached the client."""
        self._sent = count

    def advance(self) -> list[Any] | None:
        """The items of the next chunk, `None` when the page is done; raises `Failure`."""
        self.total += self._sent
        self._sent = 0
        months, self.started = self._months, True
        if months is None:
            return self._load(self._plan.months, None) if self._plan.months else None
        if not months or (self.next_key is not None and self.total == self._plan.page_size):
            return None
        if self.next_key is not None and not erlang.is_identical(self.next_key, self._key_before):
            return self._load(months, self.next_key)
        if len(months) == 1:
            return None
        return self._load(months[1:], self._key_before if self._plan.keeps_stale_key else None)

    def _load(self, months: list[str], last_key: Any) -> list[Any]:
        months = list(months)
        limit = self._limit()
        self._key_before = self.next_key
        while True:
            self._months = months
            try:
                fetched = self._plan.fetch(months[0], self._plan.start_key if last_key is None else last_key, limit)
                break
            except NoDatabase:
                if len(months) == 1:
                    raise module_error(503, "datastore missing view") from None
                del months[0]
            except QueryError as error:
                raise query_failure(error) from error
        next_key, rows = _split_next_key(fetched, limit, last_key)
        try:
            items = _map_rows(self._plan, rows)
        except Failure:
            self.next_key = last_key
            raise
        self.next_key = next_key
        self._sent = len(items)
        return items

    def _limit(self) -> int:
        if self._plan.page_size is None:
            return self._plan.chunk_size + 1
        return min(self._plan.chunk_size, self._plan.page_size - self.total) + 1
