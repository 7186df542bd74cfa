"""What an endpoint found, before it takes the form that the client wants."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import cdrs, envelope
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.paging import ChunkedWalk, Page
from mockcdrs.crossbar.walks import Walk

ItemMaker = Callable[[Document], Any]


@dataclass(slots=True)
class Content:
    """Data at hand, or a walk still to be made in chunks.

    Interactions are view rows that name a leg until `rows_of` makes listing rows of them. `revision` is a document's,
    or `automatic` for what a view found and a login made something of. `is_tagged`: whether it has an etag.
    """

    data: Any = None
    walk: Walk | None = None
    revision: str | None = None
    are_interactions: bool = False
    is_tagged: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def etag(self, context: Context) -> str | None:
        """The document's revision, else a digest of the whole envelope; none for chunks and for nothing found."""
        if self.revision is not None or not self.has_etag():
            return self.revision
        body, _ = envelope.render(context, envelope.success(context, self.unchunked()))
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    def has_etag(self) -> bool:
        """Whether there is a digest, if no revision."""
        return bool(self.walk is None and self.data and self.is_tagged)

    def unchunked(self) -> Any:
        """The data as the database gave it; nothing of a walk that is still to be made."""
        if self.walk is not None:
            return []
        return [_public(row) for row in self.data] if self.are_interactions else self.data

    def rows(self, context: Context, make: ItemMaker) -> Any:
        """The data, a listing row for each interaction; raises `Failure`."""
        data = self.data
        if self.are_interactions:
            data = _rows_of(context, self.data, make)
            if data is None:
                data = self.unchunked()
        context.outcome.rows = len(data) if isinstance(data, list) else 1
        return data

    def chunks(self, context: Context, walked: ChunkedWalk, make: ItemMaker) -> Iterator[list[Any]]:
        """The items of a walk, chunk by chunk, none of them empty; raises `Failure`."""
        while (items := walked.advance()) is not None:
            if self.are_interactions:
                made = _rows_of(context, items, make)
                items = [_raw(row) for row in items] if made is None else made
                walked.sent(len(items))
            context.outcome.rows += len(items)
            if items:
                yield items


def _rows_of(context: Context, found: list[Row], make: ItemMaker) -> list[Any] | None:
    """Listing rows of interactions, `None` where they stay as they are: one of them names a leg without a month."""
    try:
        return [*map(make, cdrs.legs_found(context, found))]
    except cdrs.NoMonth:
        context.outcome.has_view_rows = True
        return None


def _raw(row: Row) -> dict[str, Any]:
    """A view row as the database gave it."""
    return {"key": row.key, "value": row.value}


def _public(row: Row) -> dict[str, Any]:
    """A view row in an answer at once, which has an id as every document has (`kz_doc:public_fields/1`)."""
    return {**_raw(row), "id": row.value["id"]}


def note_paging(context: Context, walk: Walk, walked: Page | ChunkedWalk) -> None:
    """Put the paging keys of a finished walk where the envelope finds them."""
    start_key = walk.plan.start_key
    context.paging = {"start_key": start_key, "page_size": walked.total, "next_start_key": walked.next_key}
    context.outcome.next_start_key = envelope.paging(context).get("next_start_key")
