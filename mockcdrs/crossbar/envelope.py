"""How a result is written: the JSON envelope, whole or around chunks; an empty PDF; CSV is in `csv_rendering`.

JSON is UTF-8 as Kazoo's library jiffy writes it: compact, or pretty with a blank on both sides of the colon.

Sources followed: `api_util.erl`, `api_resource.erl`.
"""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import MISSING, Document
from mockcdrs.cdr.erlang import compact_json, scalar_json
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.context import NULL, Context
from mockcdrs.crossbar.errors import (
    NO_DATA,
    EmptyResponse,
    Failure,
    handler_crash,
    merge_reversed,
    reset_between_chunks,
)
from mockcdrs.crossbar.paging import ChunkedWalk, Page, ViewQuery

_FUNCTION = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_ENCODING_FAILED = b"failure in request, contact support"  # what cannot be written as JSON
JSON_TYPE, JAVASCRIPT_TYPE = "application/json", "application/javascript"
_JSON_HEADERS = {"content-type": JSON_TYPE}
CHUNKS_OPENING = b'{"data":['

_LEAVES = frozenset({str, int, bool, type(None)})
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1

MakeItem = Callable[[Document], Any]


@dataclass(slots=True, eq=False)
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

    def load(self, context: Context, make: MakeItem | None = None) -> Any:
        """The data of an answer in one piece; raises `Failure`.

        `make` makes an item of a document where there are documents to make some of, if not the usual one.
        """
        data = self._load(context, make)
        context.outcome.rows = len(data) if isinstance(data, list) else 1
        return data

    def load_chunk(self, context: Context, walk: ChunkedWalk, make: MakeItem | None = None) -> list[Any] | None:
        """The items of the next chunk of the query that has any, `None` at its end, made as in `load`.

        Raises `Failure`.
        """
        while (rows := walk.advance()) is not None:
            items = self._expand(context, rows, make)
            walk.sent = len(items)
            context.outcome.rows += len(items)
            if items:
                return items
        return None

    def _load(self, _context: Context, _make: MakeItem | None) -> Any:
        return self.data

    def _expand(self, _context: Context, rows: list[Any], _make: MakeItem | None) -> list[Any]:
        """The items to send for a chunk of the query."""
        return rows


@dataclass(slots=True, eq=False)
class Rendered:
    """Headers and body of an answer; with a failure only its headers count.

    `is_file`: never compressed. `has_type`: whether the answer has a Content-Type, which is the negotiated type unless
    `headers` have another.
    """

    headers: Mapping[str, str]
    body: bytes | Iterable[bytes] = b""
    failure: Failure | None = None
    is_file: bool = False
    has_type: bool = True


def success_envelope(context: Context, data: Any, revision: str | None = None) -> dict[str, Any]:
    """A good answer's envelope: those of paging, then keys in the version's order."""
    fields = {**_common_fields(context), "data": data, "status": "success"}
    if revision is not None:
        fields["revision"] = revision
    if context.auth_token is not MISSING:
        fields["auth_token"] = context.auth_token
    return paging_fields(context) | {key: fields[key] for key in context.version.success_keys if key in fields}


def error_envelope(context: Context, failure: Failure) -> dict[str, Any]:
    """A failure's envelope, in the same order; `error` is the status as text."""
    fields = {**_common_fields(context), "error": str(failure.status), "message": failure.message, "status": "error"}
    if failure.data is not NO_DATA:
        fields["data"] = _error_data(context, failure)
    token = None if context.auth_token is NULL else context.auth_token
    if context.version.tells_token_as_text:
        fields["auth_token"] = "undefined" if token is MISSING else _token_text(token)
    elif token is not MISSING:
        fields["auth_token"] = token
    return paging_fields(context) | {key: fields[key] for key in context.version.error_keys if key in fields}


def _error_data(context: Context, failure: Failure) -> Any:
    if failure.is_system and context.is_v1:
        return failure.data["message"]
    data = merge_reversed(failure.data) if failure.is_added and context.version.sorts_added_errors else failure.data
    return erlang.utf8_deep(data) if context.version.looks_into_values else data


def _token_text(token: Any) -> str:
    try:
        return erlang.to_text(token)
    except erlang.BadArgument:
        raise handler_crash("a token that has no text") from None


def _common_fields(context: Context) -> dict[str, Any]:
    """What good and bad answers tell alike."""
    settings = context.state.settings
    fields = {
        "timestamp": gregorian.iso_8601(context.state.now),
        "node": settings.kazoo_node,
        "request_id": context.request_id,
        "tokens": {"consumed": 1, "remaining": context.tokens_remaining},
    }
    if context.auth_account is not None or context.version.tells_everybody_its_version:
        fields["version"] = settings.kazoo_version
    return fields


def record_paging(context: Context, query: ViewQuery, page: Page | ChunkedWalk) -> dict[str, Any]:
    """Put the paging keys of a query that was read into the context; return them as `paging_fields` does."""
    context.paging = {"start_key": query.plan.start_key, "page_size": page.total, "next_start_key": page.next_key}
    fields = paging_fields(context)
    context.outcome.next_start_key = fields.get("next_start_key")
    return fields


def paging_fields(context: Context) -> dict[str, Any]:
    """`next_start_key`, `page_size`, `start_key` those that are known, keys encoded; none without pagination.

    What was recorded last comes first, as `kz_json:set_value/3` puts it in front.
    """
    if not context.paging or not context.should_paginate:
        return {}
    return {
        name: value if name == "page_size" else start_key.encode(value)
        for name, value in reversed(context.paging.items())
        if value is not None
    }


def chunks_trailer(context: Context, paging: Mapping[str, Any]) -> bytes:
    """What follows the last chunk: every value as text, unescaped, and those that Erlang takes for empty left out."""
    settings, is_unescaped = context.state.settings, context.has_quirk("trailer-unescaped")
    fields = {
        **paging,
        "status": "success",
        "request_id": context.request_id,
        "node": settings.kazoo_node,
        "version": settings.kazoo_version,
        "timestamp": gregorian.iso_8601(context.state.now),
        "auth_token": None if context.auth_token is MISSING else context.auth_token,
    }
    unquoted = "page_size" if context.has_quirk("integer-page-size") else ""
    pairs = []
    for name, value in fields.items():
        if erlang.is_empty(value):
            continue
        text = value if isinstance(value, str) else erlang.to_text(value)
        if is_unescaped and name != unquoted:
            pairs.append(f'"{name}":"{text}"')
        else:
            pairs.append(f'"{name}":{text if name == unquoted else scalar_json(text)}')
    return ("], " + ", ".join(pairs) + "}").encode("utf-8", "surrogateescape")


def encode_envelope(context: Context, envelope: dict[str, Any]) -> tuple[bytes, str]:
    """The envelope as bytes, pretty or wrapped for JSONP as requested; and its content type, empty where it is no JSON.

    Crossbar wraps it in any text, and so lets a stranger write a script; here it has to be a function's name. Raises
    `EmptyResponse` where it is no text, as in `?jsonp`.
    """
    wanted = context.request.headers.get("x-pretty-print", context.request.value("pretty_print"))
    write = encode_pretty_json if erlang.is_true(wanted) else encode_json
    try:
        body = write({name: erlang.utf8(value) for name, value in envelope.items()})
    except UnicodeEncodeError:
        return _ENCODING_FAILED, ""
    function = context.request.value("jsonp")
    if function is None:
        return body, JSON_TYPE
    if not isinstance(function, str):
        raise handler_crash("a jsonp that is no text")
    if _FUNCTION.fullmatch(function):
        return function.encode() + b"(" + body + b");", JAVASCRIPT_TYPE
    return body, JSON_TYPE


def etag(context: Context, result: ResourceResult) -> str | None:
    """The document's revision, else a digest of the whole envelope; none for chunks and for nothing found."""
    if result.revision is not None or not result.has_digest:
        return result.revision
    body, _ = encode_envelope(context, success_envelope(context, result.unchunked()))
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def render_json(context: Context, result: ResourceResult, revision: str | None) -> Rendered:
    """A result as JSON, in chunks where it is a query; `revision` stands in a whole envelope.

    Raises `EmptyResponse`.
    """
    if result.query is None:
        try:
            data = result.load(context)
        except Failure as failure:
            return Rendered(_JSON_HEADERS, failure=failure)
        return Rendered(_JSON_HEADERS, encode_envelope(context, success_envelope(context, data, revision))[0])
    walk = ChunkedWalk(result.query.plan)
    try:
        first = _next_chunk(context, result, walk, CHUNKS_OPENING)
    except Failure as failure:
        return Rendered(_JSON_HEADERS, failure=reset_between_chunks(failure))
    if first is None:
        return Rendered(_JSON_HEADERS, encode_envelope(context, success_envelope(context, []))[0])
    return Rendered({}, _stream(context, result, result.query, walk, first))


def render_pdf(context: Context, result: ResourceResult) -> Rendered:
    """Nothing, in the name of a PDF; raises `EmptyResponse` where something is there to show."""
    if result.query is not None or result.data == []:
        return Rendered({"content-disposition": 'attachment; filename="file.pdf"'}, has_type=False)
    if context.has_quirk("pdf-500"):
        raise handler_crash("accept=pdf for something that is no PDF")
    raise EmptyResponse(406)


def _stream(
    context: Context, result: ResourceResult, query: ViewQuery, walk: ChunkedWalk, first: bytes
) -> Iterator[bytes]:
    """The chunks as far as they come: behind the first it is too late for an error, so all ends as if it was well."""
    yield first
    with contextlib.suppress(Failure):
        while (chunk := _next_chunk(context, result, walk, b",")) is not None:
            yield chunk
    yield chunks_trailer(context, record_paging(context, query, walk))


def _next_chunk(context: Context, result: ResourceResult, walk: ChunkedWalk, opening: bytes) -> bytes | None:
    """The next chunk as it is sent, behind `opening`; `None` where there is none. Raises `Failure`.

    Those are left out whose text cannot be made or, in pieces, not sent.
    """
    while (items := result.load_chunk(context, walk)) is not None:
        try:
            texts = [item if isinstance(item, bytes) else encode_json(item) for item in items]
        except UnicodeEncodeError:
            texts = []
        if texts and not (PiecewiseJson in map(type, texts) and context.has_quirk("big-integer-chunk-lost")):
            texts[0] = opening + texts[0]
            return b",".join(texts)
        context.outcome.lost += len(items)
    return None


class PiecewiseJson(bytes):
    """JSON that jiffy gives as a list of pieces: Erlang has to write an integer in it that is beyond 64 bits."""


def encode_json(value: Any) -> bytes:
    """Compact JSON in UTF-8; `UnicodeEncodeError` where a text holds bytes that are none."""
    try:
        text = None if _has_float(value) else orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:  # large integers, and bytes that are no UTF-8
        text = None
    if text is None:
        return (PiecewiseJson if has_big_integer(value) else bytes)(compact_json(value).encode())
    if b"\\u" in text:  # escaped characters have large digits here
        return compact_json(value).encode()
    return bytes(memoryview(text))  # without the kilobytes of buffer behind a short text


def encode_pretty_json(value: Any) -> bytes:
    """JSON with two blanks of indent; `UnicodeEncodeError` as from `encode`."""
    return _pretty(value, 0).encode()


def _has_float(value: Any) -> bool:
    """Whether there is a number that the fast encoder writes otherwise."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, float)
    return any(_has_float(item) for item in value if type(item) not in _LEAVES)


def has_big_integer(value: Any) -> bool:
    """Whether there is an integer in a value, however deep, that is beyond 64 bits."""
    if isinstance(value, dict | list):
        return any(map(has_big_integer, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and not _LEAST_INTEGER <= value <= _GREATEST_INTEGER


def _pretty(value: Any, depth: int) -> str:
    indent, outdent = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, dict):
        fields = (f"{scalar_json(key)} : {_pretty(item, depth + 1)}" for key, item in value.items())
        return "{" + indent + f",{indent}".join(fields) + outdent + "}"
    if isinstance(value, list):
        return "[" + indent + f",{indent}".join(_pretty(item, depth + 1) for item in value) + outdent + "]"
    return compact_json(value)
