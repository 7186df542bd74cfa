"""What a client sent: query string and body as Crossbar reads them (`api_util.erl`, `cow_qs`)."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_plus

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import start_key

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})|(?:^|&)=")

START_KEY = "start_key"
READ_FROM_BODIES = (
    *("page_size", "paginate", START_KEY, "end_key", "created_from", "created_to", "utc_offset"),
    *("accept", "file_name", "jsonp", "pretty_print", "verb"),
)
_LONGEST_KEPT = 1_000

Query = tuple[tuple[str, Any], ...]


class _Null:
    """JSON's null where it is a value and not the lack of one: no text, no number, neither true nor false."""

    def __repr__(self) -> str:
        return "null"


NULL = _Null()


class UnreadableQuery(ValueError):
    """A query string with a broken percent escape, or with a value that has no name."""


@functools.lru_cache(maxsize=128)
def parse_query(raw: str) -> Query:
    """`a=1&b` as pairs in order, repeated names kept; a bare name has the value `True`.

    A value is UTF-8 where it can be made so, a name stays as it came (`kz_json:from_list/1`).
    """
    if _BROKEN.search(raw):
        raise UnreadableQuery(raw)
    pairs = []
    for part in filter(None, raw.split("&")):
        name, equals, value = part.partition("=")
        pairs.append((_unquote(name), erlang.utf8(_unquote(value)) if equals else True))
    return tuple(pairs)


def _unquote(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")


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
        """A parameter from wherever it was sent: the body's data, the query string, the body's envelope.

        A null in the data is a value, `NULL` (`cb_context:req_value/3`); nulls beside it are gone already.
        """
        data = self.envelope.get("data")
        if isinstance(data, Mapping) and name in data:
            return NULL if data[name] is None else data[name]
        found = self.parameter(name, MISSING)
        return self.envelope.get(name, default) if found is MISSING else found

    def from_body(self) -> dict[str, Any]:
        """Parameters whose value is the body's, for whoever watches: plain values, long text cut, objects emptied."""
        if not self.envelope:
            return {}
        read = {name: self.value(name, MISSING) for name in READ_FROM_BODIES}
        return {
            name: _kept(value)
            for name, value in read.items()
            if (isinstance(value, str | int | float | dict) or value is NULL) and value is not self.parameter(name)
        }


def _kept(value: Any) -> Any:
    match value:
        case str():
            return value[:_LONGEST_KEPT]
        case dict():
            return {}
    return None if value is NULL else value


def decode_start_key(request: Request, *, looks_into: bool = False) -> Request:
    """The request with its start key, wherever it was sent, as a view key in the query.

    `looks_into`: whether more of it than a text at its outside is checked. Raises `start_key.BadTerm` then.

    Text that is no encoded key stays as it came (`api_resource:maybe_decode_start_key/1`). Null, sent or encoded, is no
    key at all: it is deleted where it was to be put.
    """
    sent = request.value(START_KEY, MISSING)
    if sent is MISSING:
        return request
    decoded = None if sent is NULL else (start_key.looked_into if looks_into else erlang.utf8)(_view_key(sent))
    key = () if decoded is None else ((START_KEY, decoded),)
    query = (*((name, value) for name, value in request.query if name != START_KEY), *key)
    body = {name: value for name, value in request.envelope.items() if name != START_KEY}
    if isinstance(data := body.get("data"), Mapping):
        body["data"] = {name: value for name, value in data.items() if name != START_KEY}
    return replace(request, query=query, envelope=body)


def _view_key(value: Any) -> Any:
    try:
        return start_key.decode(value) if isinstance(value, str) else value
    except start_key.NoStartKey:
        return value
