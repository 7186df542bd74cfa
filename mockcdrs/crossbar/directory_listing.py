"""Listings of users, devices and accounts: a view over documents at hand (`crossbar_view.erl`)."""

from collections.abc import Iterable
from typing import Any

from mockcdrs.crossbar import collation, filters
from mockcdrs.crossbar.content import Content, note_paging
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.paging import Fetch, Mapper, Plan, walk_plain
from mockcdrs.crossbar.walks import Walk, asked_page_size, is_ascending

_ALL = ("documents",)


def listing(context: Context, rows: Iterable[Row], least: Any = None, greatest: Any = None) -> Content:
    """A page of a view's rows, in its order from the greatest key down unless it is asked for the other way.

    `least` and `greatest` are where the first page says that it started, where it says anything.
    """
    ascending = is_ascending(context)
    start = context.request.value("start_key", least if ascending else greatest)
    size = asked_page_size(context)
    chunk_size = context.world.settings.load_view_chunk_size
    plan = Plan(list(_ALL), start, size, chunk_size, _fetcher(rows, ascending), _mapper(context))
    page = walk_plain(plan)
    note_paging(context, Walk(plan, is_chunked=False, finish=lambda items: items), page)
    return Content(page.items)


def _fetcher(rows: Iterable[Row], ascending: bool) -> Fetch:
    ordered = sorted(rows, key=_order, reverse=not ascending)

    def fetch(_part: str, start_key: Any, limit: int) -> list[Row]:
        if start_key is None:
            return ordered[:limit]
        start = collation.key(start_key)
        beyond = [row for row in ordered if _is_beyond(collation.key(row.key), start, ascending)]
        return beyond[:limit]

    return fetch


def _order(row: Row) -> Any:
    return collation.key(row.key), row.value["id"]


def _is_beyond(key: collation.Key, start: collation.Key, ascending: bool) -> bool:
    return key >= start if ascending else key <= start


def _mapper(context: Context) -> Mapper:
    query = filters.heeded(context.request.query, context.shows)
    return lambda rows: [row.value for row in rows if filters.passes(row.document, query)]
