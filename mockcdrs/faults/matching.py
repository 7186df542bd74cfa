"""Which requests a rule is about, and which page of its walk a request asks for."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.control.request_assertions import METHOD, PATH, QUERY
from mockcdrs.crossbar.context import UnreadableQuery, parse_query
from mockcdrs.crossbar.pipeline import HttpRequest

KEPT_KEYS = 10_000

_KeyName = tuple[str, Any, str]
_NOT_COMPARED = frozenset({"start_key", "auth_token", "_"})


class RuleError(ArgumentError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as rules see it: `path` decoded and without a trailing slash, `query` with all values of each name."""

    method: str
    path: str
    query: Mapping[str, tuple[Any, ...]]
    token: str | None

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
        path = _normalize_path(incoming.path)
        return cls(incoming.method.upper(), path, query, token if isinstance(token, str) else None)

    @property
    def start_key(self) -> str | None:
        """The start key as it was sent, or `None`."""
        key = self.query.get("start_key", (None,))[0]
        return key if isinstance(key, str) else None


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests a rule is about. Raises `RuleError`.

    Arguments:
        method: the HTTP method; without one, any method but OPTIONS.
        path: the end of the path, in whole segments, without the query.
        query: parameters that the request must have. A value of `True` matches any value, `False` matches requests
            without the parameter, a list matches the values of a repeated parameter.
        page: the page of a walk through a listing, counted from 1.

    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    page: int | None = None

    def __post_init__(self) -> None:
        kinds = {"method": METHOD.optional(), "path": PATH.optional(), "query": QUERY, "page": _PAGE}
        arguments.check({name: getattr(self, name) for name in kinds}, kinds, "a rule", RuleError)

    def __call__(self, request: RequestView, page: int | None) -> bool:
        """Whether a request matches; `page` is its page in its walk, or `None` where that is not known."""
        return (
            self._has_method(request)
            and (self.path is None or request.path.endswith("/" + _normalize_path(self.path).lstrip("/")))
            and all(_has_parameter(request, name, wanted) for name, wanted in self.query.items())
            and (self.page is None or self.page == page)
        )

    def _has_method(self, request: RequestView) -> bool:
        # the client does not send a browser's preflight itself: it must not use up a rule meant for the real request
        return request.method != "OPTIONS" if self.method is None else request.method == self.method.upper()


_PAGE = arguments.whole(1).optional()


@functools.lru_cache(maxsize=128)
def _normalize_path(path: str) -> str:
    return unquote(path, errors="surrogateescape").rstrip("/")


def _has_parameter(request: RequestView, name: str, wanted: Any) -> bool:
    values = request.query.get(name, ())
    if isinstance(wanted, bool):
        return bool(values) is wanted
    if isinstance(wanted, list | tuple):
        return list(map(str, values)) == list(map(str, wanted))
    return str(wanted) in map(str, values)


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
