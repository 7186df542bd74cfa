"""The body of a request, and the version in its path (`api_util.erl`)."""

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NoReturn

from mockcdrs.crossbar import json_faults
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import Failure, died, validation
from mockcdrs.crossbar.negotiation import CSV_TYPES, JSON_TYPES, WORD
from mockcdrs.crossbar.request import UnreadableQuery, parse_query

_LONGEST_NUMBER = 20
_PIECE = 8_000_000  # bytes
_CONTENT_TYPE = re.compile(rf'{WORD}/{WORD}(?:[ \t]*;[ \t]*{WORD}=(?:(?:{WORD})?|"(?:[^"\\]|\\.)*"))*[ \t]*', re.ASCII)
_HALF_CHARACTER = re.compile(rb"\\u[dD][89A-Fa-f]")
_DECODER_EXIT = "decoder_exit around 0"
_BOUNDARY = re.compile(r';[ \t]*boundary=(?:"(?P<quoted>[^"]+)"|(?P<bare>[^";, \t]+))', re.IGNORECASE)
_FORM = "application/x-www-form-urlencoded"
_BASE64 = "application/base64"
_TAKEN = {"", *JSON_TYPES, *CSV_TYPES, _FORM, "multipart/form-data", "multipart/mixed"}  # `crossbar.hrl`
_PLAIN = str.maketrans(f"{ascii_uppercase}-", f"{ascii_lowercase}_")
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
        failure = validation("file", "maxSize", message=words, target=limit)
        raise Failure(413, failure.message, failure.data)
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
        return _enveloped(_json(context, body)) if body else {}
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
        fields = dict(parse_query(body.decode("utf-8", "surrogateescape")))
    except UnreadableQuery:
        return _enveloped(_json(context, body))
    if list(fields.values()) == [True]:
        return _enveloped(_json(context, body))
    return _enveloped(fields)


def _json(context: Context, body: bytes) -> Any:
    """The JSON in a body; of an envelope the names are in small letters, `_` for `-`, and nothing in it is null."""
    try:
        found = _decoded(body)
    except ValueError:
        told = json_faults.fault_in(body) if context.version.tells_json_faults else ""
        raise _undecodable(context, told or _DECODER_EXIT) from None
    except RecursionError:
        raise _undecodable(context, _DECODER_EXIT) from None
    if not isinstance(found, _Pairs):
        raise _undecodable(context, "All JSON must be valid")
    return {name.translate(_PLAIN): _first_of_each(value) for name, value in found if value is not None}


def _decoded(body: bytes) -> Any:
    """JSON as Kazoo's library reads it, which lets bytes through that are no UTF-8; raises `ValueError`."""
    text = body.decode("utf-8", "surrogateescape")  # of bytes Python reads UTF-16 too
    if _HALF_CHARACTER.search(body) and json_faults.fault_in(body):
        raise ValueError("a half of a character, which Python takes")
    return json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_number, parse_float=_finite)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant}, which Python takes for a number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


class _Pairs(list[tuple[str, Any]]):
    """An object as its names and values, in which a name may come twice."""


def _first_of_each(value: Any) -> Any:
    """A value in which each object has of a repeated name the first value, as Kazoo finds it."""
    if isinstance(value, _Pairs):
        first = dict(reversed(value))
        return {name: _first_of_each(first[name]) for name in dict(value)}
    return [_first_of_each(item) for item in value] if isinstance(value, list) else value


def _undecodable(context: Context, message: str) -> Failure:
    told = {"message": message, "target": "body"}
    return validation("json", "invalid", **{key: told[key] for key in context.version.undecodable_body_keys})


def _enveloped(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if found.get("data") is None:
        told = {name: value for name, value in found.items() if value is not None}
        raise validation("data", "required", message="Field is required but missing", value=told)
    if not isinstance(found["data"], dict | list):
        raise validation(
            "data",
            "type",
            message="Value did not match type(s): object, array",
            target="object, array",
            value=found["data"],
        )
    return found
