"""Walking a view through its months, page by page (`crossbar_view.erl`).

`walk_plain` gives a page at once, `ChunkedWalk` piece by piece. Both look one row further than they need: its key is
where the next page starts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.crossbar.couchdb import NoDatabase, QueryError, ViewRow
from mockcdrs.crossbar.errors import Failure, build_system_error, module_error, system_error

Fetch = Callable[[str, Any, int], list[ViewRow]]
Mapper = Callable[[list[ViewRow]], list[Any]]


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
