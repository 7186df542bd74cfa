"""The documents around an account's calls: who stands above it, what its document holds, the apps that it may use."""

import bisect
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import collation, filters
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.couchdb import KeyRange, QueryError, ViewRow
from mockcdrs.crossbar.envelope import record_paging
from mockcdrs.crossbar.paging import Fetch, Mapper, PagePlan, query_failure, walk_plain
from mockcdrs.crossbar.resources import Result
from mockcdrs.crossbar.versions.version import DirectoryLoader
from mockcdrs.crossbar.view_query import ViewQuery, is_ascending, requested_page_size
from mockcdrs.dataset import apps
from mockcdrs.dataset.accounts import Account

Document = Mapping[str, Any]
Accounts = Mapping[str, Account]


def account_document(account: Account) -> dict[str, Any]:
    """The account's own document, as its database has it."""
    named = {"name": account.name, "realm": account.realm}
    return {**{name: value for name, value in named.items() if value}, **account.document, "_id": account.id}


def reseller_id(accounts: Accounts, account: Account) -> str:
    """The nearest reseller above an account: the topmost account is its own (`kz_services_reseller.erl`)."""
    above = (ancestor for ancestor in reversed(account.tree) if ancestor in accounts)
    return next((ancestor for ancestor in above if accounts[ancestor].is_reseller), account.id)


def usable_apps(accounts: Accounts, account: Account) -> Sequence[Document]:
    """The apps that an account may use: its own, those of the nearest account above that has some, else the demo's."""
    line = (account, *(accounts[ancestor] for ancestor in reversed(account.tree) if ancestor in accounts))
    return next((each.apps for each in line if each.apps), apps.DEMO)


def revision_of(document: Document) -> str:
    """A document's `_rev`; for one that was never in a database, one that follows what it holds."""
    held = document.get("_rev")
    if isinstance(held, str):
        return held
    return f"1-{hashlib.md5(json.dumps(document).encode(), usedforsecurity=False).hexdigest()}"


def public_document(document: Document) -> dict[str, Any]:
    """A document as the API shows it; our `id` stands for `_id`, and so comes last."""
    held = {name: value for name, value in document.items() if name != "id"}
    return public_fields({**held, "_id": document["id"]} if "id" in document else held)


def document_result(document: Document, data: Any) -> Result:
    """What a document tells, under its revision."""
    return Result(data, revision=revision_of(document))


_ALL = ("documents",)
_BEHIND_ALL_NAMES: dict[str, Any] = {}
_BEHIND_ALL_NAMES_IN_MASTER = "\ufff0"


@dataclass(frozen=True, slots=True)
class _Directory:
    """What is listed: rows in no order; `above` and `is_turned` as `listing` has them."""

    rows: Iterable[ViewRow]
    above: str | None
    is_turned: bool


def list_directory(
    context: Context, rows: Iterable[ViewRow], *, above: str | None = None, is_turned: bool = True
) -> Result:
    """A page of a view's rows, as the version's loader has it; raises `Failure`.

    `above` is the account below which others are listed, by `[above, name]`. `is_turned`: whether the module turns
    what `crossbar_doc:load_view` gives it, which is from the last row to the first.
    """
    return _LOADERS[context.version.directory_loader](context, _Directory(rows, above, is_turned))


def _list_by_load_view(context: Context, directory: _Directory) -> Result:
    """In the view's order but for those pages that stay turned, whichever direction is asked for."""
    start, end = _load_view_range(context, directory.above)
    ordered = sorted(_check_start(context, directory.rows, start, end, descending=False), key=_row_order)
    query = filters.effective_filters(context.request.query, context.has_quirk)
    rows, paging = load_view(
        ordered,
        start,
        _load_view_page_size(context),
        paginates=context.should_paginate,
        passes=lambda row: filters.matches(row.document, query),
    )
    if directory.is_turned and not context.is_v1:
        rows.reverse()
    if directory.above is not None:
        paging |= {name: _strip_account(paging[name]) for name in ("start_key", "next_start_key") if name in paging}
    context.paging = paging
    return Result([row.value for row in rows])


def _load_view_range(context: Context, above: str | None) -> tuple[Any, Any]:
    """Where a page starts, and behind which key none is looked for."""
    start = context.request.value("start_key")
    if above is None:
        return start, None
    if context.is_v1:  # which takes no start key for accounts
        return [above], [above, _BEHIND_ALL_NAMES]
    return [above, "" if start is None else start], [above, _BEHIND_ALL_NAMES]


def _strip_account(key: list[Any]) -> Any:
    """A start key of accounts as it is told: the name alone (`cb_accounts:fix_start_key/1`)."""
    last = key[-1]
    return last[-1] if isinstance(last, list) and last else last


def _load_view_page_size(context: Context) -> int:
    """The `page_size` that is asked for; the usual one instead of any that is none (`pagination_page_size/2`)."""
    try:
        size = erlang.to_integer(context.request.value("page_size"))
    except erlang.BadArgument:
        size = 0
    return size if size > 0 else context.state.settings.pagination_page_size


def _list_by_crossbar_view(context: Context, directory: _Directory) -> Result:
    """From the greatest key down unless it is asked for the other way."""
    ascending = is_ascending(context)
    start, end = _crossbar_view_range(context, directory.above, ascending)
    rows = _check_start(context, directory.rows, start, end, descending=not ascending)
    size = requested_page_size(context)
    chunk_size = context.state.settings.load_view_chunk_size
    plan = PagePlan(list(_ALL), start, size, chunk_size, _fetch_rows(rows, ascending), _filter_rows(context))
    page = walk_plain(plan)
    record_paging(context, ViewQuery(plan, is_chunked=False, finish=lambda items: items), page)
    return Result(page.items)


def _crossbar_view_range(context: Context, above: str | None, ascending: bool) -> tuple[Any, Any]:
    edges = (None, None) if above is None else ([above], [above, _BEHIND_ALL_NAMES_IN_MASTER])
    first, last = edges if ascending else edges[::-1]
    return context.request.value("start_key", first), last


def _fetch_rows(rows: Iterable[ViewRow], ascending: bool) -> Fetch:
    ordered = sorted(rows, key=_row_order, reverse=not ascending)

    def fetch(_part: str, start_key: Any, limit: int) -> list[ViewRow]:
        if start_key is None:
            return ordered[:limit]
        start = collation.sort_key(start_key)
        beyond = [row for row in ordered if _is_beyond(collation.sort_key(row.key), start, ascending)]
        return beyond[:limit]

    return fetch


def _check_start(
    context: Context, rows: Iterable[ViewRow], start: Any, end: Any, *, descending: bool
) -> Iterable[ViewRow]:
    """The rows; `Failure` 500 for a start key on the wrong side of the end, or one that is no JSON.

    Where that quirk is not shown, such a key reaches none of them.
    """
    if start is None:
        return rows
    try:
        KeyRange(start, start if end is None else end, descending).bounds()
    except QueryError as error:
        if context.has_quirk("reversed-keys-fault"):
            raise query_failure(error) from error
        return ()
    return rows


def _row_order(row: ViewRow) -> Any:
    return collation.sort_key(row.key), row.value["id"]


def _is_beyond(key: collation.SortKey, start: collation.SortKey, ascending: bool) -> bool:
    return key >= start if ascending else key <= start


def _filter_rows(context: Context) -> Mapper:
    query = filters.effective_filters(context.request.query, context.has_quirk)
    return lambda rows: [row.value for row in rows if filters.matches(row.document, query)]


_LOADERS: dict[DirectoryLoader, Callable[[Context, _Directory], Result]] = {
    DirectoryLoader.LOAD_VIEW: _list_by_load_view,
    DirectoryLoader.CROSSBAR_VIEW: _list_by_crossbar_view,
}


def load_view(
    rows: Sequence[ViewRow], start_key: Any, page_size: int, *, paginates: bool, passes: Callable[[ViewRow], bool]
) -> tuple[list[ViewRow], dict[str, Any]]:
    """The rows of a page, the last first, and what is told of paging.

    `rows` are in the view's order; a page begins at `start_key`, at the first row where that is `None`. Without
    `paginates` all that follow come, `page_size` at a time. Where rows of a page do not pass, the next ones are
    looked at, and the page is told to have begun with them; a next page that was told of then stays told of, even
    where nothing is left for it.
    """
    keys = [collation.sort_key(row.key) for row in rows]
    found: list[ViewRow] = []
    paging: dict[str, Any] = {}
    wanted = page_size
    while True:
        first = 0 if start_key is None else bisect.bisect_left(keys, collation.sort_key(start_key))
        fetched = rows[first : first + wanted + 1]
        if start_key is not None:
            paging["start_key"] = start_key
        paging.setdefault("page_size", 0)
        shown = [row for row in fetched[:wanted] if passes(row)]
        found = [*reversed(shown), *found]
        if len(fetched) <= wanted:
            break
        next_key = fetched[wanted].key
        paging["next_start_key"] = next_key
        if paginates:
            wanted -= len(shown)
        if not wanted or next_key == start_key:  # the server would ask for rows of this one key for ever
            break
        start_key = next_key
    return found, {**paging, "page_size": len(found)}
