"""What a fault, an assertion or a question may say of a request: its method, path and query."""

import re
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockcdrs import arguments
from mockcdrs.arguments import Kind

_METHODS = frozenset(known.value for known in HTTPMethod)
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
    """How to give the path of a URL, or of a path with its query, where that is what came."""
    if not isinstance(value, str) or _is_path(value):
        return ""
    if value in _METHODS:
        return f"this is a method: say method={value!r}"
    parts = urlsplit(value.strip())
    below = _BELOW_ACCOUNT.fullmatch(parts.path)
    path = below[1] if below else parts.path
    if not path.strip("/"):
        return ""
    apart = f" and the query apart: {dict(parse_qsl(parts.query, keep_blank_values=True))}" if parts.query else ""
    return f"give the path alone: {path!r}{apart}"


def is_sendable(value: Any) -> bool:
    """Whether a query can carry a value, or each of a list."""
    several = value if isinstance(value, list | tuple) else [value]
    return all(
        _is_in_bytes(each) if isinstance(each, str) else isinstance(each, bool) or arguments.is_number(each)
        for each in several
    )


def _is_in_bytes(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


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
        and all(isinstance(name, str) and name and is_sendable(wanted) for name, wanted in value.items())
    ),
)
