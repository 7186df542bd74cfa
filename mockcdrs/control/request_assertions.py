"""Assertions about requests, and what may be said of a request in them: its method, path, query, and more.

`METHOD`, `PATH`, `BELOW_ACCOUNT` and `QUERY` also check what fault rules and expected listings say of requests.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPMethod
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control import redaction

if TYPE_CHECKING:
    from mockcdrs.control.journal import Record, RecordedRequests

_METHODS = frozenset(method.value for method in HTTPMethod)
_BELOW_ACCOUNT = re.compile(r"(?:/v\d+)?/accounts/[^/]+(/.+)")


def _is_path(value: Any) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip("/"))
        and value == value.strip()
        and value not in _METHODS
        and "?" not in value
        and "://" not in value
    )


def path_hint(value: Any) -> str:
    """Return how to give the path where a URL, a path with its query or a method came instead; else empty."""
    if not isinstance(value, str) or _is_path(value):
        return ""
    if value in _METHODS:
        return f"this is a method: say method={value!r}"
    parts = urlsplit(value.strip())
    below = _BELOW_ACCOUNT.fullmatch(parts.path)
    path = below[1] if below else parts.path
    if not path.strip("/"):
        return ""
    query = f" and the query apart: {dict(parse_qsl(parts.query, keep_blank_values=True))}" if parts.query else ""
    return f"give the path alone: {path!r}{query}"


def is_query_value(value: Any) -> bool:
    """Whether a query string can carry a value, or each value of a list."""
    values = value if isinstance(value, list | tuple) else [value]
    return all(
        _is_encodable(each) if isinstance(each, str) else isinstance(each, bool) or arguments.is_number(each)
        for each in values
    )


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


@functools.lru_cache(maxsize=256)
def path_pattern(path: str) -> re.Pattern[str]:
    """Return what the end of a decoded path is searched for: whole segments; `*` is any text within one of them."""
    parts = [unquote(part, errors="surrogateescape") for part in path.strip("/").split("*")]
    return re.compile(rf"/{_glob(parts, '[^/]')}\Z")


@functools.lru_cache(maxsize=256)
def header_pattern(value: str) -> re.Pattern[str]:
    """Return what a header's whole value is compared with; `*` is any text."""
    return re.compile(_glob(value.split("*"), "."), re.DOTALL)


def _glob(parts: list[str], character: str) -> str:
    """Return a pattern of parts with any number of characters between them.

    Of each inner part only the first place is tried, which leaves the most to what follows: a text that does not match
    costs no more than one that does.
    """
    first, *others = map(re.escape, parts)
    inner = "".join(f"(?>{character}*?{part})" for part in others[:-1])
    return f"{first}{inner}{character}*{others[-1]}" if others else first


METHOD = Kind(
    f"one of {', '.join(sorted(HTTPMethod))}", lambda value: isinstance(value, str) and value.upper() in _METHODS
)
PATH = Kind("the end of a path, as in '/cdrs'", _is_path, path_hint)
BELOW_ACCOUNT = Kind(
    "a path below the account, as in '/cdrs'",
    lambda value: isinstance(value, str) and "://" not in value.partition("?")[0],
    path_hint,
)
QUERY = Kind(
    "parameters by name, each text, a number, True or False, or a list of these",
    lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(name, str) and name and is_query_value(each) for name, each in value.items())
    ),
)

HEADERS = Kind(
    "values of headers by name, each text or True",
    lambda value: isinstance(value, Mapping) and all(_is_header(*pair) for pair in value.items()),
)
_STATUS = arguments.whole(100, 599)
_BODY = Kind("text, or JSON", lambda value: isinstance(value, str | Mapping | list | int | float))
_PARTS = {"method": METHOD, "path": PATH, "query": QUERY, "status": _STATUS, "headers": HEADERS, "body": _BODY}
_TIMES = arguments.whole(0).optional()
ASSERTION_PARTS = {**_PARTS, **dict.fromkeys(("times", "at_least", "at_most"), _TIMES)}
_MAX_NEAREST = 3


def _is_header(name: Any, value: Any) -> bool:
    return isinstance(name, str) and (isinstance(value, str) or value is True)


class RequestMatcher(NamedTuple):
    """A request as a test expects it, with secrets redacted as in the journal.

    Arguments:
        method: the HTTP method; `None` for any.
        path: the end of the path, in whole segments, `*` being any text within one; `None` for any.
        query: parameters that must be there with these values.
        status: the status of the response; `None` for any.
        headers: headers that must be there, by names in lower case; `*` is any text, `True` any value. Secret ones are
            compared whole.
        body: text that the body contains, or members that its JSON has; `None` for any.

    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] | None = None
    status: int | None = None
    headers: Mapping[str, str | bool] | None = None
    body: Any = None

    @classmethod
    def of(
        cls, method: str | None = None, path: str | None = None, query: Mapping[str, Any] | None = None, **others: Any
    ) -> "RequestMatcher":
        """Make one of unredacted arguments. Raises `ArgumentError` for what no request can have."""
        given = {"method": method, "path": path, "query": query, **others}
        given = {name: value for name, value in given.items() if value is not None}
        arguments.check(given, _PARTS, "a request")
        headers = {name.lower(): value for name, value in given.get("headers", {}).items()}
        body = given.get("body")
        return cls(
            method and method.upper(),
            path and redaction.redact_path(path),
            redaction.redact_value("", query),
            given.get("status"),
            {name: redact_header(name, value) for name, value in headers.items()},
            redaction.redact_text(body) if isinstance(body, str) else redaction.redact_value("", body),
        )

    @classmethod
    def parse(cls, request: Any) -> "RequestMatcher":
        """Make one of the end of a path, or of arguments by name. Raises `ArgumentError`."""
        if isinstance(request, Mapping):
            arguments.check_names(request, _PARTS, "a request")
            return cls.of(**request)
        return cls.of(path=request)

    def differences(self, record: "Record") -> list[str]:
        """Return how a request differs, in words; empty where it matches."""
        different = [
            *_difference("method", record.method, self.method),
            *_path_difference(record.path, self.path),
            *(text for name, value in (self.query or {}).items() for text in _query_difference(record, name, value)),
            *_difference("status", record.status, self.status),
            *(text for name, value in (self.headers or {}).items() for text in _header_difference(record, name, value)),
        ]
        if self.body is not None and not _has_body(record.body, self.body):
            different.append(
                f"body is {arguments.short_repr(record.body)}, expected {arguments.short_repr(self.body)} in it"
            )
        return different

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in (self.query or {}).items())
        others = {"status": self.status, "headers": self.headers or None, "body": self.body}
        more = "".join(f" {name}={value}" for name, value in others.items() if value is not None)
        return f"{self.method or 'any method'} {self.path or 'any path'}{'?' + query if query else ''}{more}"


def _difference(name: str, came: Any, expected: Any) -> list[str]:
    return [] if expected in (None, came) else [f"{name} is {came}, expected {expected}"]


def _path_difference(came: str, expected: str | None) -> list[str]:
    decoded = unquote(came, errors="surrogateescape").rstrip("/")
    is_end = expected is None or path_pattern(expected).search(decoded)
    return [] if is_end else [f"path is {came}, expected to end with {expected}"]


def _query_difference(record: "Record", name: str, expected: Any) -> list[str]:
    if name not in record.query:
        return [f"{name} is not in the query, expected {expected}"]
    came = record.query[name]
    return [] if str(came) == str(expected) else [f"{name} is {came}, expected {expected}"]


def _header_difference(record: "Record", name: str, expected: str | bool) -> list[str]:
    came = record.headers.get(name)
    if came is None:
        return [f"header {name} is not there, expected {'any' if expected is True else expected}"]
    is_alike = not isinstance(expected, str) or header_pattern(expected).fullmatch(came)
    return [] if is_alike else [f"header {name} is {came}, expected {expected}"]


def redact_header(name: str, value: str | bool) -> str | bool:
    """Redact a header's value, given by its name in lower case, where that is secret; `True` and `False` stay."""
    return redaction.redact(value) if isinstance(value, str) and name in redaction.SECRET_HEADERS else value


def _has_body(came: str, expected: Any) -> bool:
    if isinstance(expected, str):
        return expected in came
    try:
        return _has_members(json.loads(came), expected)
    except (ValueError, RecursionError):
        return False


def _has_members(came: Any, expected: Any) -> bool:
    """Whether JSON is as expected; an object may have more members."""
    if not isinstance(expected, Mapping):
        return bool(came == expected)
    return isinstance(came, dict) and all(
        name in came and _has_members(came[name], value) for name, value in expected.items()
    )


class RequestCount(NamedTuple):
    """How many requests a test expects; `most` is `None` for any number from `least` on."""

    least: int
    most: int | None

    @classmethod
    def of(cls, times: int | None = None, at_least: int | None = None, at_most: int | None = None) -> "RequestCount":
        """Make one of the arguments of an assertion: at least one, where none is given. Raises `ArgumentError`."""
        for name, value in (("times", times), ("at_least", at_least), ("at_most", at_most)):
            arguments.check_value(name, value, _TIMES)
        if times is not None:
            if at_least is not None or at_most is not None:
                raise ArgumentError(
                    f"times: came {times} beside a limit, expected times alone, or at_least and at_most"
                )
            return cls(times, times)
        if at_most is None:
            return cls(1 if at_least is None else at_least, None)
        if at_least is not None and at_least > at_most:
            raise ArgumentError(f"at_least: came {at_least}, expected no more than at_most={at_most}", "at_least")
        return cls(at_least or 0, at_most)

    def fits(self, count: int) -> bool:
        """Whether it is the number, or within the limits."""
        return self.least <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.most == self.least:
            return f"{self.least} times"
        at_least = "at least once" if self.least == 1 else f"at least {self.least} times"
        if self.most is None:
            return at_least
        return f"{at_least} and at most {self.most} times" if self.least else f"at most {self.most} times"


def assert_requested(requests: "RecordedRequests", matcher: RequestMatcher, count: RequestCount, *, host: str) -> None:
    """Raise `AssertionError` unless as many of the requests match as expected.

    `host` is the address of the mock, for the message. Raises `JournalFull` where requests that were dropped might make
    a difference.
    """
    compared = [(matcher.differences(record), record) for record in requests.records]
    matching = sum(not differences for differences, _ in compared)
    if count.fits(matching) and count.most is None:
        return
    if count.most is None or matching <= count.most:
        requests.all()
    if count.fits(matching):
        return
    lines = [f"{matcher}: asked {matching} times, expected {count}; {len(compared)} requests came"]
    lines[0] += "" if compared else f".{_proxy_hint(host)}"
    raise AssertionError("\n".join([*lines, *_describe_nearest(compared)]))


def _describe_nearest(compared: "list[tuple[list[str], Record]]") -> Iterator[str]:
    """The requests that differ least, and how."""
    nearest = sorted((pair for pair in compared if pair[0]), key=lambda pair: len(pair[0]))[:_MAX_NEAREST]
    for differences, record in nearest:
        yield f"  request {record.number}: {record.method} {record.path}"
        yield from (f"    {text}" for text in differences)


def assert_in_order(requests: "RecordedRequests", matchers: Sequence[RequestMatcher], *, host: str) -> None:
    """Raise `AssertionError` unless requests match one after the other, with any others in between.

    Raises `JournalFull` where requests that were dropped might make a difference.
    """
    rest = list(requests.records)
    for place, matcher in enumerate(matchers, start=1):
        compared = [(matcher.differences(record), record) for record in rest]
        first = next((at for at, (differences, _) in enumerate(compared) if not differences), None)
        if first is None:
            requests.all()
            behind = f"behind request {requests.records[-len(rest) - 1].number}" if place > 1 else "at all"
            lines = [f"{matcher}: expected as number {place} of {len(matchers)} in order, and none came {behind}"]
            lines[0] += "" if requests.records else f".{_proxy_hint(host)}"
            raise AssertionError("\n".join([*lines, *_describe_nearest(compared)]))
        rest = rest[first + 1 :]


def _proxy_hint(host: str) -> str:
    from mockcdrs.control.journal import proxy_hint  # slow to import: it imports Crossbar

    return proxy_hint(host)
