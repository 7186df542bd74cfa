"""What an endpoint found, before it takes the form that the client wants."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import cdrs, envelope
from mockcdrs.crossbar.context import Context
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
        if self.revision is not None:
            return self.revision
        if self.walk is not None or not self.data or not self.is_tagged:
            return None
        shown = [{"key": row.key, "value": row.value} for row in self.data] if self.are_interactions else self.data
        body, _ = envelope.render(context, envelope.success(context, shown))
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    def rows(self, context: Context, make: ItemMaker) -> Any:
        """The data, a listing row for each interaction; raises `Failure`."""
        data = _rows_of(context, self.data, make) if self.are_interactions else self.data
        context.outcome.rows = len(data) if isinstance(data, list) else 1
        return data

    def chunks(self, context: Context, walked: ChunkedWalk, make: ItemMaker) -> Iterator[list[Any]]:
        """The items of a walk, chunk by chunk, none of them empty; raises `Failure`."""
        while (items := walked.advance()) is not None:
            if self.are_interactions:
                items = _rows_of(context, items, make)
                walked.sent(len(items))
            context.outcome.rows += len(items)
            if items:
                yield items


def _rows_of(context: Context, found: list[Any], make: ItemMaker) -> list[Any]:
    return [*map(make, cdrs.legs_found(context, found))]


def note_paging(context: Context, walk: Walk, walked: Page | ChunkedWalk) -> None:
    """Put the paging keys of a finished walk where the envelope finds them."""
    keys = {"start_key": walk.plan.start_key, "next_start_key": walked.next_key}
    context.paging = {**keys, "page_size": walked.total}
    context.outcome.next_start_key = envelope.paging(context).get("next_start_key")
