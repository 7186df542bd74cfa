"""Which requests a rule is about, and which page of its walk a request asks for."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control import redaction
from mockcdrs.control.request_assertions import METHOD, PATH, QUERY, header_pattern, path_pattern, redact_header
from mockcdrs.crossbar.context import UnreadableQuery, client_address, parse_query
from mockcdrs.crossbar.pipeline import HttpRequest

KEPT_KEYS = 10_000

_KeyName = tuple[str, Any, str]
_NOT_COMPARED = frozenset({"start_key", "auth_token", "_"})


class RuleError(ArgumentError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""


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


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests a rule is about. Raises `RuleError`.

    Arguments:
        method: the HTTP method; without one, any method but OPTIONS.
        path: the end of the path, in whole segments, without the query; `*` is any text within a segment.
        query: parameters that the request must have. A value of `True` matches any value, `False` matches requests
            without the parameter, a list matches the values of a repeated parameter.
        headers: headers that the request must have, such as `User-Agent`. In a value `*` is any text, but not in
            `X-Auth-Token`, `Authorization`, `Proxy-Authorization` and `Cookie`, which are compared whole. `True`
            matches any value, `False` matches requests without the header.
        token: the client's token, in a header or in the query. Rules show a digest of it, which is accepted here, too.
        page: the page of a walk through a listing, counted from 1.

    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | bool] = field(default_factory=dict)
    token: str | None = None
    page: int | None = None

    def __post_init__(self) -> None:
        arguments.check({name: getattr(self, name) for name in _KINDS}, _KINDS, "a rule", RuleError)
        headers = {name.lower(): redact_header(name.lower(), value) for name, value in self.headers.items()}
        object.__setattr__(self, "headers", headers)
        object.__setattr__(self, "token", self.token and redaction.redact(self.token))

    def differences(self, request: RequestView, page: int | None) -> list[str]:
        """How a request differs, in words without secrets; empty where it matches.

        `page` is the request's page in its walk, or `None` where that is not known.
        """
        return [text for part in _COMPARISONS for text in part(self, request, page)]


def _compare_method(match: Match, request: RequestView, _page: int | None) -> Iterator[str]:
    # the client does not send a browser's preflight itself: it must not use up a rule meant for the real request
    if request.method == "OPTIONS" if match.method is None else request.method != match.method.upper():
        yield f"method is {request.method}, expected {match.method.upper() if match.method else 'any but OPTIONS'}"


def _compare_path(match: Match, request: RequestView, _page: int | None) -> Iterator[str]:
    if match.path is not None and not path_pattern(match.path).search(request.path):
        yield f"path expected to end with {match.path}"


def _compare_query(match: Match, request: RequestView, _page: int | None) -> Iterator[str]:
    for name, wanted in match.query.items():
        values = request.query.get(name, ())
        if isinstance(wanted, bool):
            if bool(values) is not wanted:
                yield f"{name} expected {'in' if wanted else 'out of'} the query"
        elif isinstance(wanted, list | tuple):
            if list(map(str, values)) != list(map(str, wanted)):
                yield f"{name} in the query expected as {', '.join(map(str, wanted))}"
        elif str(wanted) not in map(str, values):
            yield f"{name} in the query expected as {wanted}"


def _compare_headers(match: Match, request: RequestView, _page: int | None) -> Iterator[str]:
    for name, wanted in match.headers.items():
        value = request.headers.get(name)
        if isinstance(wanted, bool):
            if (value is not None) is not wanted:
                yield f"the header {name} expected {'there' if wanted else 'missing'}"
        elif value is None:
            yield f"the header {name} is missing, expected {wanted}"
        elif not header_pattern(wanted).fullmatch(str(redact_header(name, value))):
            yield f"the header {name} is {redact_header(name, value)}, expected {wanted}"


def _compare_token(match: Match, request: RequestView, _page: int | None) -> Iterator[str]:
    token = request.token and redaction.redact(request.token)
    if match.token is not None and token != match.token:
        yield f"token is {token or 'missing'}, expected {match.token}"


def _compare_page(match: Match, _request: RequestView, page: int | None) -> Iterator[str]:
    if match.page is not None and page != match.page:
        yield f"page is {'not known' if page is None else page}, expected {match.page}"


_COMPARISONS = (_compare_method, _compare_path, _compare_query, _compare_headers, _compare_token, _compare_page)
_HEADERS = Kind(
    "headers by name, each text, True or False",
    lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(name, str) and name and isinstance(each, str | bool) for name, each in value.items())
    ),
)
_KINDS = {
    "method": METHOD.optional(),
    "path": PATH.optional(),
    "query": QUERY,
    "headers": _HEADERS,
    "token": Kind("a token as text", lambda value: isinstance(value, str) and bool(value)).optional(),
    "page": arguments.whole(1).optional(),
}


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
