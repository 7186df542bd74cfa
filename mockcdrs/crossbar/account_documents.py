"""The documents around an account's calls: its own, its users' and devices', its apps; and how they are listed.

A listing is a page of a view over documents at hand. Kazoo 4.3 reads it by `crossbar_doc:load_view/6`, `master` by
`crossbar_view.erl`.
"""

import bisect
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import Document, public_fields
from mockcdrs.crossbar import filters
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.couchdb import KeyRange, QueryError, SortKey, ViewRow, sort_key
from mockcdrs.crossbar.envelope import ResourceResult, record_paging
from mockcdrs.crossbar.paging import (
    Fetch,
    PagePlan,
    ViewQuery,
    is_ascending,
    query_failure,
    requested_page_size,
    walk_plain,
)
from mockcdrs.crossbar.versions import DirectoryLoader
from mockcdrs.dataset.accounts import DEMO_APPS, Account

Accounts = Mapping[str, Account]

_ONE_DATABASE = "documents"
_AFTER_ALL_NAMES: dict[str, Any] = {}
_AFTER_ALL_NAMES_IN_MASTER = "\ufff0"


def account_document(account: Account) -> dict[str, Any]:
    """The account's own document, as its database has it."""
    columns = {"name": account.name, "realm": account.realm}
    missing = {name: value for name, value in columns.items() if value and name not in account.document}
    return {**missing, **account.document, "_id": account.id}


def reseller_id(accounts: Accounts, account: Account) -> str:
    """The nearest reseller above an account: the topmost account is its own (`kz_services_reseller.erl`)."""
    above = (ancestor for ancestor in reversed(account.tree) if ancestor in accounts)
    return next((ancestor for ancestor in above if accounts[ancestor].is_reseller), account.id)


def usable_apps(accounts: Accounts, account: Account) -> Sequence[Document]:
    """The apps that an account may use: its own, those of the nearest account above that has some, else the demo's."""
    line = (account, *(accounts[ancestor] for ancestor in reversed(account.tree) if ancestor in accounts))
    return next((each.apps for each in line if each.apps), DEMO_APPS)


def document_result(document: Document, data: Any = None) -> ResourceResult:
    """The result that shows a document, or `data` of it, under the document's revision.

    A document that was never in a database, and so has no `_rev`, gets a digest of what it holds.
    """
    revision = document.get("_rev")
    if not isinstance(revision, str):
        revision = f"1-{hashlib.md5(json.dumps(document).encode(), usedforsecurity=False).hexdigest()}"
    return ResourceResult(public_document(document) if data is None else data, revision=revision)


def public_document(document: Document) -> dict[str, Any]:
    """A document as the API shows it; our `id` stands for `_id`, and so comes last."""
    fields = {name: value for name, value in document.items() if name != "id"}
    return public_fields({**fields, "_id": document["id"]} if "id" in document else fields)


def list_directory(
    context: Context, rows: Iterable[ViewRow], *, above: str | None = None, is_reversed: bool = True
) -> ResourceResult:
    """A page of a view's rows, which come in any order; raises `Failure`.

    `above` is the account below which others are listed, by `[above, name]`. `is_reversed`: whether the module reverses
    what `crossbar_doc:load_view` gives it, which is from the last row to the first.
    """
    if context.version.directory_loader is DirectoryLoader.LOAD_VIEW:
        return _list_by_load_view(context, rows, above, is_reversed)
    return _list_by_crossbar_view(context, rows, above)


def _list_by_load_view(
    context: Context, rows: Iterable[ViewRow], above: str | None, is_reversed: bool
) -> ResourceResult:
    """In the view's order but for those pages that stay reversed, whatever direction the request has."""
    start, end = _load_view_range(context, above)
    ordered = sorted(_check_start(context, rows, start, end, descending=False), key=_row_order)
    query = filters.effective_filters(context.request.query, context.has_quirk)
    page, paging = load_view(
        ordered,
        start,
        _load_view_page_size(context),
        paginates=context.should_paginate,
        passes=lambda row: filters.matches(row.document, query),
    )
    if is_reversed and not context.is_v1:
        page.reverse()
    if above is not None:
        paging |= {name: _strip_account(paging[name]) for name in ("start_key", "next_start_key") if name in paging}
    context.paging = paging
    return ResourceResult([row.value for row in page])


def load_view(
    rows: Sequence[ViewRow], start_key: Any, page_size: int, *, paginates: bool, passes: Callable[[ViewRow], bool]
) -> tuple[list[ViewRow], dict[str, Any]]:
    """The rows of a page, the last first, and its paging keys (`crossbar_doc:load_view/6`).

    `rows` are in the view's order; a page begins at `start_key`, at the first row where that is `None`. Without
    `paginates` all that follow come, `page_size` at a time. Where rows of a page do not pass, the next ones are
    looked at, and the page's start key is theirs; a next page that was announced then stays announced, even where
    nothing is left for it.
    """
    keys = [sort_key(row.key) for row in rows]
    page: list[ViewRow] = []
    paging: dict[str, Any] = {}
    remaining = page_size
    while True:
        first = 0 if start_key is None or not rows else bisect.bisect_left(keys, sort_key(start_key))
        fetched = rows[first : first + remaining + 1]
        if start_key is not None:
            paging["start_key"] = start_key
        paging.setdefault("page_size", 0)
        passing = [row for row in fetched[:remaining] if passes(row)]
        page = [*reversed(passing), *page]
        if len(fetched) <= remaining:
            break
        next_key = fetched[remaining].key
        paging["next_start_key"] = next_key
        if paginates:
            remaining -= len(passing)
        if not remaining or next_key == start_key:  # the server would fetch rows of this one key for ever
            break
        start_key = next_key
    return page, {**paging, "page_size": len(page)}


def _load_view_range(context: Context, above: str | None) -> tuple[Any, Any]:
    """Where a page starts, and the key behind which no row is looked for."""
    start = context.request.value("start_key")
    if above is None:
        return start, None
    if context.is_v1:  # which takes no start key for accounts
        return [above], [above, _AFTER_ALL_NAMES]
    return [above, "" if start is None else start], [above, _AFTER_ALL_NAMES]


def _strip_account(key: list[Any]) -> Any:
    """A start key of accounts as the client gets it: the name alone (`cb_accounts:fix_start_key/1`)."""
    last = key[-1]
    return last[-1] if isinstance(last, list) and last else last


def _load_view_page_size(context: Context) -> int:
    """The `page_size` of the request; the usual one instead of any that is none (`pagination_page_size/2`)."""
    try:
        size = erlang.to_integer(context.request.value("page_size"))
    except erlang.BadArgument:
        size = 0
    return size if size > 0 else context.state.settings.pagination_page_size


def _list_by_crossbar_view(context: Context, rows: Iterable[ViewRow], above: str | None) -> ResourceResult:
    """From the greatest key down unless the request says otherwise."""
    ascending = is_ascending(context)
    start, end = _crossbar_view_range(context, above, ascending)
    reachable = _check_start(context, rows, start, end, descending=not ascending)
    query = filters.effective_filters(context.request.query, context.has_quirk)
    plan = PagePlan(
        months=[_ONE_DATABASE],
        start_key=start,
        page_size=requested_page_size(context),
        chunk_size=context.state.settings.load_view_chunk_size,
        fetch=_make_fetch(reachable, ascending),
        mapper=lambda rows: [row.value for row in rows if filters.matches(row.document, query)],
    )
    page = walk_plain(plan)
    record_paging(context, ViewQuery(plan, is_chunked=False, finish=lambda items: items), page)
    return ResourceResult(page.items)


def _crossbar_view_range(context: Context, above: str | None, ascending: bool) -> tuple[Any, Any]:
    edges = (None, None) if above is None else ([above], [above, _AFTER_ALL_NAMES_IN_MASTER])
    first, last = edges if ascending else edges[::-1]
    return context.request.value("start_key", first), last


def _make_fetch(rows: Iterable[ViewRow], ascending: bool) -> Fetch:
    ordered = sorted(rows, key=_row_order, reverse=not ascending)

    def fetch(_database: str, start_key: Any, limit: int) -> list[ViewRow]:
        if start_key is None or not ordered:
            return ordered[:limit]
        start = sort_key(start_key)
        following = [row for row in ordered if _is_reached(sort_key(row.key), start, ascending)]
        return following[:limit]

    return fetch


def _is_reached(key: SortKey, start: SortKey, ascending: bool) -> bool:
    return key >= start if ascending else key <= start


def _check_start(
    context: Context, rows: Iterable[ViewRow], start: Any, end: Any, *, descending: bool
) -> Iterable[ViewRow]:
    """The rows; `Failure` 500 for a start key on the wrong side of the end, or one that is no JSON.

    Without that quirk there are no rows for such a key: nobody may sort by one that is no JSON.
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
    return sort_key(row.key), row.value["id"]
