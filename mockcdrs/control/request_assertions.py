"""Assertions about requests, and what may be said of a request in them: its method, path and query.

`METHOD`, `PATH`, `BELOW_ACCOUNT` and `QUERY` also check what fault rules and expected listings say of requests.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPMethod
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control import redaction

if TYPE_CHECKING:
    from mockcdrs.control.journal import Record, RecordedRequests

_METHODS = frozenset(method.value for method in HTTPMethod)
_BELOW_ACCOUNT = re.compile(r"(?:/v\d+)?/accounts/[^/]+(/.+)")


def _is_method(value: Any) -> bool:
    return isinstance(value, str) and value.upper() in _METHODS


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
    parts = (re.escape(unquote(part, errors="surrogateescape")) for part in path.strip("/").split("*"))
    return re.compile(rf"/{'[^/]*'.join(parts)}\Z")


METHOD = Kind(f"one of {', '.join(sorted(HTTPMethod))}", _is_method)
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

_PARTS = {"method": METHOD, "path": PATH, "query": QUERY}
_TIMES = arguments.whole(0).optional()
_MAX_NEAREST = 3


@dataclass(frozen=True, slots=True)
class RequestMatcher:
    """A request as a test expects it, with secrets redacted as in the journal.

    Arguments:
        method: the HTTP method; `None` for any.
        path: the end of the path, in whole segments; `None` for any.
        query: parameters that must be there with these values.

    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, method: str | None, path: str | None, query: Mapping[str, Any] | None) -> "RequestMatcher":
        """Make one of unredacted arguments. Raises `ArgumentError` for what no request can have."""
        given = {"method": method, "path": path, "query": query}
        arguments.check({name: value for name, value in given.items() if value is not None}, _PARTS, "a request")
        return cls(method, path and redaction.redact_path(path), redaction.redact_value("", query))

    def differences(self, record: "Record") -> list[str]:
        """Return how a request differs, in words; empty where it matches."""
        different = []
        if self.method is not None and record.method != self.method.upper():
            different.append(f"method is {record.method}, expected {self.method.upper()}")
        if self.path is not None and not record.path.endswith("/" + self.path.strip("/")):
            different.append(f"path is {record.path}, expected to end with {self.path}")
        for name, value in (self.query or {}).items():
            if name not in record.query:
                different.append(f"{name} is not in the query, expected {value}")
            elif str(record.query[name]) != str(value):
                different.append(f"{name} is {record.query[name]}, expected {value}")
        return different

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in (self.query or {}).items())
        return f"{self.method or 'any method'} {self.path or 'any path'}{'?' + query if query else ''}"


def assert_requested(
    requests: "RecordedRequests", matcher: RequestMatcher, times: int | None = None, *, host: str
) -> None:
    """Raise `AssertionError` unless `times` of the requests match, or at least one without `times`.

    `host` is the address of the mock, for the message. Raises `JournalFull` where requests that were dropped might make
    a difference, `ArgumentError` where `times` is no count.
    """
    arguments.check_value("times", times, _TIMES)
    compared = [(matcher.differences(record), record) for record in requests.records]
    matching = sum(not differences for differences, _ in compared)
    if times is None and matching:
        return
    if times is None or matching <= times:
        requests.all()
    if matching == times:
        return
    from mockcdrs.control.journal import proxy_hint  # slow to import: it imports Crossbar

    expected = "at least once" if times is None else f"{times} times"
    nearest = sorted((pair for pair in compared if pair[0]), key=lambda pair: len(pair[0]))[:_MAX_NEAREST]
    lines = [f"{matcher}: asked {matching} times, expected {expected}; {len(compared)} requests came"]
    lines[0] += "" if compared else f".{proxy_hint(host)}"
    for differences, record in nearest:
        lines += [f"  request {record.number}: {record.method} {record.path}", *(f"    {text}" for text in differences)]
    raise AssertionError("\n".join(lines))
