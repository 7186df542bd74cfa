"""What a module of Crossbar is to a request, and what it finds (`crossbar_bindings.erl`).

Each file of this package holds some of Crossbar's modules; `pipeline.RESOURCES` names them all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.paging import ChunkedWalk
from mockcdrs.crossbar.view_query import ViewQuery

Parameters = tuple[str, ...]
MakeItem = Callable[[Document], Any]


@dataclass(slots=True)
class ResourceResult:
    """What a resource found, before it takes the form that the client wants.

    It is either `data`, or `query` where a listing is read chunk by chunk while it is sent. `revision` is a document's,
    or `automatic` for a login and what it finds in a view. `is_tagged`: whether the answer has an `ETag`.
    `headers` are added to the answer's.
    """

    data: Any = None
    query: ViewQuery | None = None
    revision: str | None = None
    is_tagged: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    are_interactions: ClassVar[bool] = False
    """Whether interactions are listed, which have a CSV of their own."""

    @property
    def has_digest(self) -> bool:
        """Whether the `ETag` is a digest of the envelope, where there is no revision."""
        return bool(self.query is None and self.data and self.is_tagged)

    def unchunked(self) -> Any:
        """The data as the database gave it; an empty list where a query is still to be read."""
        return self.data if self.query is None else []

    def load(self, context: Context, make: MakeItem) -> Any:
        """The data of an answer in one piece; `make` makes an item of a document. Raises `Failure`."""
        data = self._load(context, make)
        context.outcome.rows = len(data) if isinstance(data, list) else 1
        return data

    def load_chunks(self, context: Context, walk: ChunkedWalk, make: MakeItem) -> Iterator[list[Any]]:
        """The items of the query, chunk by chunk, none of them empty; raises `Failure`."""
        while (rows := walk.advance()) is not None:
            items = self._expand(context, rows, make)
            walk.sent(len(items))
            context.outcome.rows += len(items)
            if items:
                yield items

    def _load(self, _context: Context, _make: MakeItem) -> Any:
        return self.data

    def _expand(self, _context: Context, rows: list[Any], _make: MakeItem) -> list[Any]:
        """The items to send for a chunk of the query."""
        return rows


class AccessLevel(Enum):
    """Whom a path lets in: holders of a token for the account in it or one above, of any token, all, or nobody."""

    ACCOUNT = auto()
    ANY_TOKEN = auto()
    ANYBODY = auto()
    NOBODY = auto()


ResourceHandler = Callable[[Context], ResourceResult]


@dataclass(frozen=True, slots=True)
class Resource:
    """One module of Crossbar.

    `methods` gives the methods of a path, by the parameters behind the module's name, in Crossbar's order; none where
    the module knows no such path. `handlers` answer requests, by verb; they raise `Failure`. A method without a handler
    would write. `access` says whom a path without an account lets in.
    """

    methods: Callable[[Parameters], tuple[str, ...]]
    handlers: Mapping[str, ResourceHandler] = field(default_factory=dict)
    access: Callable[[Context], AccessLevel] = lambda _context: AccessLevel.ACCOUNT
