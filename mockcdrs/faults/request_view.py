"""A request as rules see it, and which page of its walk it asks for."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mockcdrs.control import redaction
from mockcdrs.crossbar.context import UnreadableQuery, client_address, parse_query
from mockcdrs.crossbar.pipeline import HttpRequest

KEPT_KEYS = 2_000  # two for each page

_KeyName = tuple[str, Any, str]
_NOT_COMPARED = frozenset({"start_key", "auth_token", "_"})


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as rules see it, and the functions that make replies.

    Arguments:
        method: the HTTP method, in capitals.
        path: decoded, without a trailing slash.
        query: all values of each parameter; `True` for a name without a value.
        token: the token, from the header or the query.
        incoming: the request as it came.

    """

    method: str
    path: str
    query: Mapping[str, tuple[Any, ...]]
    token: str | None = field(repr=False)
    incoming: HttpRequest = field(repr=False)

    @classmethod
    def of(cls, incoming: HttpRequest) -> "RequestView":
        """Read a request. A query string that cannot be parsed counts as none."""
        try:
            pairs = parse_query(incoming.query)
        except UnreadableQuery:
            pairs = ()
        query: dict[str, tuple[Any, ...]] = {}
        for name, value in pairs:
            query[name] = (*query.get(name, ()), value)
        token = incoming.headers.get("x-auth-token") or query.get("auth_token", (None,))[0]
        return cls(
            method=incoming.method.upper(),
            path=unquote(incoming.path, errors="surrogateescape").rstrip("/"),
            query=query,
            token=token if isinstance(token, str) else None,
            incoming=incoming,
        )

    @property
    def start_key(self) -> str | None:
        """The start key as it was sent, or `None`."""
        key = self.query.get("start_key", (None,))[0]
        return key if isinstance(key, str) else None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by names in small letters."""
        return self.incoming.headers

    @property
    def body(self) -> bytes:
        """The body as it came."""
        return self.incoming.body

    @property
    def address(self) -> str:
        """Whom the request is from, as Crossbar sees it."""
        return client_address(self.incoming.peer, self.incoming.headers)

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError`."""
        return json.loads(self.body)

    def describe(self) -> str:
        """Method, path and query on one line, without secrets."""
        path, query = redaction.redact_path(self.incoming.path), redaction.redact_query(self.incoming.query)
        return redaction.escape(f"{self.method} {path}{'?' if query else ''}{query}")


class PageTracker:
    """The start keys handed out last, and the number of the page that each leads to.

    Walks are told apart by path and query, so several clients can walk at once. Two walks with the same query share
    their keys, and each key leads both of them to the same page.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[_KeyName, int] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, request: RequestView) -> int | None:
        """The page that a GET asks for: 1 without a start key, `None` for a key that was never handed out."""
        if request.method != "GET":
            return None
        if request.start_key is None:
            return 1
        with self._lock:
            exact, loose = _names(request, request.start_key)
            # a client that changes its query in the middle of a walk is on that page all the same
            return self._pages.get(exact, self._pages.get(loose))

    def hand_out(self, request: RequestView, key: str, page: int) -> None:
        """Remember that the answer to a request handed out a key, and the number of the page it leads to."""
        with self._lock:
            for name in _names(request, key):
                self._pages[name] = page
                self._pages.move_to_end(name)
            while len(self._pages) > KEPT_KEYS:
                self._pages.popitem(last=False)


def _names(request: RequestView, key: str) -> tuple[_KeyName, _KeyName]:
    query = frozenset(item for item in request.query.items() if item[0] not in _NOT_COMPARED)
    return (request.path, query, key), (request.path, None, key)
