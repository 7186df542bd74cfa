"""The body of a request, and the version in its path (`api_util.erl`)."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import Failure, died, invalid, validation
from mockcdrs.crossbar.json_decoder import Pairs, Undecodable, first_of_each
from mockcdrs.crossbar.negotiation import CSV_TYPES, JSON_TYPES, WORD
from mockcdrs.crossbar.request import UnreadableQuery, parse_query

_LONGEST_NUMBER = 20
_PIECE = 8_000_000  # bytes
_CONTENT_TYPE = re.compile(rf'{WORD}/{WORD}(?:[ \t]*;[ \t]*{WORD}=(?:(?:{WORD})?|"(?:[^"\\]|\\.)*"))*[ \t]*', re.ASCII)
_BOUNDARY = re.compile(r';[ \t]*boundary=(?:"(?P<quoted>[^"]+)"|(?P<bare>[^";, \t]+))', re.IGNORECASE)
_FORM = "application/x-www-form-urlencoded"
_BASE64 = "application/base64"
_TAKEN = {"", *JSON_TYPES, *CSV_TYPES, _FORM, "multipart/form-data", "multipart/mixed"}  # `crossbar.hrl`
_CAPITALS = bytes([*range(0x41, 0x5B), *range(0xC0, 0xD7), *range(0xD8, 0xDF)])  # Latin-1's, in UTF-8's bytes too
_NORMAL = bytes.maketrans(_CAPITALS + b"-", bytes(code + 0x20 for code in _CAPITALS) + b"_")
_OLD_VERSION = "API version 1 is not supported. Please upgrade your code to use version 2."


def check_version(context: Context) -> None:
    """`Failure` 410 for version 1 of the API where it is no longer served."""
    if context.is_v1 and not context.version.serves_v1:
        raise Failure(410, "gone", _OLD_VERSION)


def read_body(context: Context, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body, `{}` without one.

    `Failure` 413 for a body over the limit, which need not have been read: what its header says counts too. 400 for
    one that is no JSON or has no `data`.
    """
    content_type = _content_type(context)
    limit = context.world.settings.max_upload_size
    if max(len(body), _announced(context)) > largest_body(limit):
        words = f"Payload or Files must not be more than {limit} bytes"
        raise validation("file", "maxSize", status=413, message=words, target=limit)
    if content_type.startswith("multipart/"):
        return _multipart(context, body)
    return _read(context, content_type, body)


def largest_body(limit: int) -> int:
    """The most bytes that a body may have under the setting `crossbar.max_upload_size`.

    The size is looked at only when a piece of `_PIECE` bytes was read and there is more to come.
    """
    return _PIECE * max(1, -(-limit // _PIECE))


def _read(context: Context, content_type: str, body: bytes) -> Mapping[str, Any]:
    if content_type == _FORM:
        return _form(context, body)
    if content_type in {"", *JSON_TYPES}:
        return _checked(context, _json(context, body)) if body else {}
    if content_type == _BASE64:
        _check_base64(body)
    return {}


def _check_base64(body: bytes) -> None:
    try:
        base64.b64decode(body.translate(None, b" \t\r\n"), validate=True)
    except ValueError:
        raise validation("file", "encoding", message="failed to decode base64 data") from None


def _multipart(context: Context, body: bytes) -> Mapping[str, Any]:
    """What the parts of a body say, each read by its type as a body of its own; files are let be.

    Raises `BareAnswer` where there are no parts.
    """
    found: Mapping[str, Any] = {}
    for head, content in _parts(context, body):
        content_type = head.get("content-type", "").partition(";")[0].strip().lower()
        found = _read(context, content_type, content) or found
    return found


def _parts(context: Context, body: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    boundary = _BOUNDARY.search(context.request.headers.get("content-type", ""))
    line = b"\r\n--" + (boundary["quoted"] or boundary["bare"]).encode() if boundary else b""
    _preamble, *parts = (b"\r\n" + body).split(line) if boundary else [body]
    if not parts or not parts[-1].startswith(b"--"):
        raise died("a multipart body without parts or without an end")
    for part in parts[:-1]:
        head, end, content = part.partition(b"\r\n\r\n")
        if not part.startswith(b"\r\n") or not end:
            raise died("a part of a multipart body that has no head")
        lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
        yield {name.strip().lower(): value.strip() for name, _, value in lines}, content


def _announced(context: Context) -> int:
    length = context.request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) <= _LONGEST_NUMBER else 0


def is_taken(context: Context) -> bool:
    """Whether modules that say nothing of it take a body of this kind, or of none."""
    return _content_type(context) in _TAKEN


def _content_type(context: Context) -> str:
    """The kind of the body, small, `""` where none is told. One that cannot be read kills, body or none."""
    told = context.request.headers.get("content-type")
    if told is None:
        return ""
    if not _CONTENT_TYPE.fullmatch(told.strip()):
        raise died(f"a content type that is none: {told!a:.80}")
    return told.partition(";")[0].strip().lower()


def _form(context: Context, body: bytes) -> Mapping[str, Any]:
    try:
        fields = parse_query(body.decode("utf-8", "surrogateescape"))
    except UnreadableQuery:
        return _checked(context, _json(context, body))
    if [value for _, value in fields] == [True]:
        return _checked(context, _json(context, body))
    return _checked(context, first_of_each(fields))


def _json(context: Context, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body; names are in small letters, `_` for `-`, the last of each holds, null is none."""
    try:
        found = context.version.jiffy.decode(body)
    except Undecodable as error:
        raise _undecodable(str(error)) from error
    if not isinstance(found, Pairs):
        raise _undecodable("All JSON must be valid")
    readable = erlang.utf8_within if context.version.looks_into_values else erlang.utf8
    named = {_normal(name): readable(value) for name, value in found}
    return {name: value for name, value in named.items() if value is not None}


def _normal(name: str) -> str:
    """`kz_json:normalize_key/1`, which goes by bytes."""
    return name.encode("utf-8", "surrogateescape").translate(_NORMAL).decode("utf-8", "surrogateescape")


def _undecodable(message: str) -> Failure:
    return validation("json", "invalid", message=message, target="body")


def _checked(context: Context, found: Mapping[str, Any]) -> Mapping[str, Any]:
    return _enveloped(found) if context.needs_envelope else found


def _enveloped(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if found.get("data") is None:
        told = {name: value for name, value in found.items() if value is not None}
        raise invalid({"data": {"required": {"message": "Field is required but missing", "value": told}}})
    if not isinstance(found["data"], dict | list):
        words = "Value did not match type(s): object, array"
        raise invalid({"data": {"type": {"message": words, "target": "object, array", "value": found["data"]}}})
    return found
