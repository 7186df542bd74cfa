"""The body of a request, and the version in its path (`api_util.erl`)."""

import json
import re
from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import Failure, died, validation
from mockcdrs.crossbar.negotiation import CSV_TYPES, JSON_TYPES, WORD
from mockcdrs.crossbar.request import UnreadableQuery, parse_query

_LONGEST_NUMBER = 20
_CONTENT_TYPE = re.compile(rf'{WORD}/{WORD}(?:[ \t]*;[ \t]*{WORD}=(?:(?:{WORD})?|"(?:[^"\\]|\\.)*"))*[ \t]*', re.ASCII)
_FORM = "application/x-www-form-urlencoded"
_TAKEN = {"", *JSON_TYPES, *CSV_TYPES, _FORM, "multipart/form-data", "multipart/mixed"}  # `crossbar.hrl`
_PLAIN = str.maketrans(f"{ascii_uppercase}-", f"{ascii_lowercase}_")
_OLD_VERSION = "API version 1 is not supported. Please upgrade your code to use version 2."


def check_version(version: str) -> None:
    """`Failure` 410 for version 1, which is also what a path without a version asks for."""
    if version == "v1":
        raise Failure(410, "gone", _OLD_VERSION)


def read_body(context: Context, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body, `{}` without one.

    `Failure` 413 for a body over the limit, which need not have been read: what its header says counts too. 400 for
    one that is no JSON or has no `data`.
    """
    content_type = _content_type(context)
    limit = context.world.settings.max_upload_size
    if max(len(body), _announced(context)) > limit:
        words = f"Payload or Files must not be more than {limit} bytes"
        failure = validation("file", "maxSize", message=words, target=limit)
        raise Failure(413, failure.message, failure.data)
    if not body and content_type != _FORM:
        return {}
    if content_type == _FORM:
        return _form(body)
    if content_type in {"", *JSON_TYPES}:
        return _enveloped(_json(body))
    return {}


def _announced(context: Context) -> int:
    length = context.request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) <= _LONGEST_NUMBER else 0


def is_taken(context: Context) -> bool:
    """Whether modules that say nothing of it take a body of this kind, or of none."""
    return _content_type(context) in _TAKEN


def _content_type(context: Context) -> str:
    """The kind of the body, small, `""` where none is told. One that cannot be read kills, body or none."""
    told = context.request.headers.get("content-type", "")
    if not told:  # which WSGI lets stand for none
        return ""
    if not _CONTENT_TYPE.fullmatch(told.strip()):
        raise died(f"a content type that is none: {told!a:.80}")
    return told.partition(";")[0].strip().lower()


def _form(body: bytes) -> Mapping[str, Any]:
    try:
        fields = dict(parse_query(body.decode("utf-8", "surrogateescape")))
    except UnreadableQuery:
        return _enveloped(_json(body))
    if list(fields.values()) == [True]:
        return _enveloped(_json(body))
    return _enveloped(fields)


def _json(body: bytes) -> Any:
    try:
        found = json.loads(body.decode())  # of bytes Python reads UTF-16 too
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()  # Python reads NaN and half characters too
    except (ValueError, RecursionError):
        raise validation("json", "invalid", message="decoder_exit around 0", target="body") from None
    return _with_plain_names(found) if isinstance(found, dict) else found


def _with_plain_names(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """An envelope with its names in small letters, `_` for `-`, and nothing that is null."""
    plain = {name.translate(_PLAIN): value for name, value in found.items()}
    return {name: value for name, value in plain.items() if value is not None}


def _enveloped(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise validation("json", "invalid", message="All JSON must be valid", target="body")
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
