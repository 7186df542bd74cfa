"""What a client sent: query string and body as Crossbar reads them (`api_util.erl`, `cow_qs`)."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import start_key

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

Query = tuple[tuple[str, Any], ...]


class UnreadableQuery(ValueError):
    """A query string with a broken percent escape."""


@functools.lru_cache(maxsize=128)
def parse_query(raw: str) -> Query:
    """`a=1&b` as pairs in order, repeated names kept; a bare name has the value `True`."""
    if _BROKEN_ESCAPE.search(raw):
        raise UnreadableQuery(raw)
    pairs = []
    for part in filter(None, raw.split("&")):
        name, equals, value = part.partition("=")
        pairs.append((_unquote(name), _unquote(value) if equals else True))
    return tuple(pairs)


def _unquote(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")


def decode_start_key(query: Query) -> Query:
    """The query with its start key as a view key; text that is no encoded key stays as it came."""
    return tuple((name, _view_key(value) if name == "start_key" else value) for name, value in query)


def _view_key(value: Any) -> Any:
    try:
        return start_key.decode(value) if isinstance(value, str) else value
    except start_key.NoStartKey:
        return value


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` is raw, header names are in small letters, `envelope` is the JSON body, `{}` without one."""

    method: str
    path: str
    query: Query = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope: Mapping[str, Any] = field(default_factory=dict)

    def parameter(self, name: str, default: Any = None) -> Any:
        """A parameter of the query string alone, its first value."""
        return next((value for key, value in self.query if key == name), default)

    def value(self, name: str, default: Any = None) -> Any:
        """A parameter from wherever it was sent: the body's data, the query string, the body's envelope."""
        data = self.envelope.get("data")
        if isinstance(data, Mapping) and name in data:
            return data[name]
        found = self.parameter(name, MISSING)
        return self.envelope.get(name, default) if found is MISSING else found
