"""Paging as `crossbar_doc:load_view/6` does it, which lists directories in Kazoo 4.3."""

import bisect
from collections.abc import Callable, Sequence
from typing import Any

from mockcdrs.crossbar import collation
from mockcdrs.crossbar.database import Row


def load_view(
    rows: Sequence[Row], start_key: Any, page_size: int, *, paginates: bool, passes: Callable[[Row], bool]
) -> tuple[list[Row], dict[str, Any]]:
    """The rows of a page, the last first, and what is told of paging.

    `rows` are in the view's order; a page begins at `start_key`, at the first row where that is `None`. Without
    `paginates` all that follow come, `page_size` at a time. Where rows of a page do not pass, the next ones are
    looked at, and the page is told to have begun with them; a next page that was told of then stays told of, even
    where nothing is left for it.
    """
    keys = [collation.key(row.key) for row in rows]
    found: list[Row] = []
    paging: dict[str, Any] = {}
    wanted = page_size
    while True:
        first = 0 if start_key is None else bisect.bisect_left(keys, collation.key(start_key))
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
