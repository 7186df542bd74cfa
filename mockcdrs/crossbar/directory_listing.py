"""Listings of users, devices and accounts: a view over documents at hand (`crossbar_doc.erl`, `crossbar_view.erl`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.crossbar import collation, filters
from mockcdrs.crossbar.content import Content, note_paging
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import KeyRange, QueryError, Row
from mockcdrs.crossbar.envelope import should_paginate
from mockcdrs.crossbar.load_view import load_view
from mockcdrs.crossbar.paging import Fetch, Mapper, Plan, refused, walk_plain
from mockcdrs.crossbar.versions.version import Loader
from mockcdrs.crossbar.walks import Walk, asked_page_size, is_ascending

_ALL = ("documents",)
_BEHIND_ALL_NAMES: dict[str, Any] = {}
_BEHIND_ALL_NAMES_IN_MASTER = "\ufff0"


@dataclass(frozen=True, slots=True)
class _Directory:
    """What is listed: rows in no order; `above` and `is_turned` as `listing` has them."""

    rows: Iterable[Row]
    above: str | None
    is_turned: bool


def listing(context: Context, rows: Iterable[Row], *, above: str | None = None, is_turned: bool = True) -> Content:
    """A page of a view's rows, as the version's loader has it; raises `Failure`.

    `above` is the account below which others are listed, by `[above, name]`. `is_turned`: whether the module turns
    what `crossbar_doc:load_view` gives it, which is from the last row to the first.
    """
    return _LOADERS[context.version.directory_loader](context, _Directory(rows, above, is_turned))


def _by_load_view(context: Context, directory: _Directory) -> Content:
    """In the view's order but for those pages that stay turned, whichever direction is asked for."""
    start, end = _start_of_load_view(context, directory.above)
    ordered = sorted(_reachable(context, directory.rows, start, end, descending=False), key=_order)
    query = filters.heeded(context.request.query, context.shows)
    rows, paging = load_view(
        ordered,
        start,
        _page_size_of_load_view(context),
        paginates=should_paginate(context),
        passes=lambda row: filters.passes(row.document, query),
    )
    if directory.is_turned and not context.is_v1:
        rows.reverse()
    if directory.above is not None:
        paging |= {name: _without_account(paging[name]) for name in ("start_key", "next_start_key") if name in paging}
    context.paging = paging
    return Content([row.value for row in rows])


def _start_of_load_view(context: Context, above: str | None) -> tuple[Any, Any]:
    """Where a page starts, and behind which key none is looked for."""
    start = context.request.value("start_key")
    if above is None:
        return start, None
    if context.is_v1:  # which takes no start key for accounts
        return [above], [above, _BEHIND_ALL_NAMES]
    return [above, "" if start is None else start], [above, _BEHIND_ALL_NAMES]


def _without_account(key: list[Any]) -> Any:
    """A start key of accounts as it is told: the name alone (`cb_accounts:fix_start_key/1`)."""
    last = key[-1]
    return last[-1] if isinstance(last, list) and last else last


def _page_size_of_load_view(context: Context) -> int:
    """The `page_size` that is asked for; the usual one instead of any that is none (`pagination_page_size/2`)."""
    try:
        size = erlang.to_integer(context.request.value("page_size"))
    except erlang.BadArgument:
        size = 0
    return size if size > 0 else context.world.settings.pagination_page_size


def _by_crossbar_view(context: Context, directory: _Directory) -> Content:
    """From the greatest key down unless it is asked for the other way."""
    ascending = is_ascending(context)
    start, end = _edges_of_crossbar_view(context, directory.above, ascending)
    rows = _reachable(context, directory.rows, start, end, descending=not ascending)
    size = asked_page_size(context)
    chunk_size = context.world.settings.load_view_chunk_size
    plan = Plan(list(_ALL), start, size, chunk_size, _fetcher(rows, ascending), _mapper(context))
    page = walk_plain(plan)
    note_paging(context, Walk(plan, is_chunked=False, finish=lambda items: items), page)
    return Content(page.items)


def _edges_of_crossbar_view(context: Context, above: str | None, ascending: bool) -> tuple[Any, Any]:
    edges = (None, None) if above is None else ([above], [above, _BEHIND_ALL_NAMES_IN_MASTER])
    first, last = edges if ascending else edges[::-1]
    return context.request.value("start_key", first), last


def _fetcher(rows: Iterable[Row], ascending: bool) -> Fetch:
    ordered = sorted(rows, key=_order, reverse=not ascending)

    def fetch(_part: str, start_key: Any, limit: int) -> list[Row]:
        if start_key is None:
            return ordered[:limit]
        start = collation.key(start_key)
        beyond = [row for row in ordered if _is_beyond(collation.key(row.key), start, ascending)]
        return beyond[:limit]

    return fetch


def _reachable(context: Context, rows: Iterable[Row], start: Any, end: Any, *, descending: bool) -> Iterable[Row]:
    """The rows; `Failure` 500 for a start key on the wrong side of the end, or one that is no JSON.

    Where that quirk is not shown, such a key reaches none of them.
    """
    if start is None:
        return rows
    try:
        KeyRange(start, start if end is None else end, descending).bounds()
    except QueryError as error:
        if context.shows("reversed-keys-fault"):
            raise refused(error) from error
        return ()
    return rows


def _order(row: Row) -> Any:
    return collation.key(row.key), row.value["id"]


def _is_beyond(key: collation.Key, start: collation.Key, ascending: bool) -> bool:
    return key >= start if ascending else key <= start


def _mapper(context: Context) -> Mapper:
    query = filters.heeded(context.request.query, context.shows)
    return lambda rows: [row.value for row in rows if filters.passes(row.document, query)]


_LOADERS: dict[Loader, Callable[[Context, _Directory], Content]] = {
    Loader.LOAD_VIEW: _by_load_view,
    Loader.CROSSBAR_VIEW: _by_crossbar_view,
}
