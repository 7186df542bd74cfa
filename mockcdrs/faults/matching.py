"""Which requests a rule is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control import redaction
from mockcdrs.control.request_assertions import METHOD, PATH, QUERY, header_pattern, path_pattern, redact_header
from mockcdrs.faults import RuleError
from mockcdrs.faults.request_view import RequestView


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
        for name, kind in _KINDS.items():
            arguments.check_value(name, getattr(self, name), kind, RuleError)
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
