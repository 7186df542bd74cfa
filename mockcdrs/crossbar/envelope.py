"""The envelope around every answer: whole, or cut into an opening and a trailer around chunks (`api_util.erl`)."""

import re
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import MISSING
from mockcdrs.cdr.json_writer import scalar
from mockcdrs.crossbar import json_text, start_key
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import NO_DATA, Failure, died, merged
from mockcdrs.crossbar.request import NULL

_FUNCTION = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_UNWRITABLE = b"failure in request, contact support"  # what cannot be written as JSON
JSON, JAVASCRIPT = "application/json", "application/javascript"
CHUNKS_OPENING = b'{"data":['


def success(context: Context, data: Any, revision: str | None = None) -> dict[str, Any]:
    """A good answer's envelope: those of paging, then keys in the version's order."""
    fields = {**_shared(context), "data": data, "status": "success"}
    if revision is not None:
        fields["revision"] = revision
    if context.auth_token is not MISSING:
        fields["auth_token"] = context.auth_token
    return paging(context) | {key: fields[key] for key in context.version.success_keys if key in fields}


def error(context: Context, failure: Failure) -> dict[str, Any]:
    """A failure's envelope, in the same order; `error` is the status as text."""
    fields = {**_shared(context), "error": str(failure.status), "message": failure.message, "status": "error"}
    if failure.data is not NO_DATA:
        fields["data"] = _told(context, failure)
    token = None if context.auth_token is NULL else context.auth_token
    if context.version.tells_token_as_text:
        fields["auth_token"] = "undefined" if token is MISSING else _text(token)
    elif token is not MISSING:
        fields["auth_token"] = token
    return paging(context) | {key: fields[key] for key in context.version.error_keys if key in fields}


def _told(context: Context, failure: Failure) -> Any:
    if failure.is_system and context.is_v1:
        return failure.data["message"]
    data = merged(failure.data) if failure.is_added and context.version.sorts_added_errors else failure.data
    return erlang.utf8_within(data) if context.version.looks_into_values else data


def _text(token: Any) -> str:
    try:
        return erlang.to_text(token)
    except erlang.BadArgument:
        raise died("a token that has no text") from None


def _shared(context: Context) -> dict[str, Any]:
    """What good and bad answers tell alike."""
    settings = context.world.settings
    fields = {
        "timestamp": gregorian.iso_8601(context.world.now),
        "node": settings.kazoo_node,
        "request_id": context.request_id,
        "tokens": {"consumed": 1, "remaining": context.tokens_remaining},
    }
    if context.auth_account is not None or context.version.tells_everybody_its_version:
        fields["version"] = settings.kazoo_version
    return fields


def paging(context: Context) -> dict[str, Any]:
    """`next_start_key`, `page_size`, `start_key` as far as they are there, keys encoded; none without pagination.

    What was noted last comes first, as `kz_json:set_value/3` puts it in front.
    """
    if not should_paginate(context):
        return {}
    return {
        name: value if name == "page_size" else start_key.encode(value)
        for name, value in reversed(context.paging.items())
        if value is not None
    }


def should_paginate(context: Context) -> bool:
    """Whether the client wants pages; only `true` says yes where `paginate` is sent at all. `/v1` has none."""
    if context.is_v1:
        return False
    wanted = context.request.value("paginate")
    return wanted is None or erlang.is_true(wanted)


def trailer(context: Context) -> bytes:
    """What follows the last chunk: every value as text, unescaped, and those that Erlang takes for empty left out."""
    settings = context.world.settings
    fields = {
        **paging(context),
        "status": "success",
        "request_id": context.request_id,
        "node": settings.kazoo_node,
        "version": settings.kazoo_version,
        "timestamp": gregorian.iso_8601(context.world.now),
        "auth_token": None if context.auth_token is MISSING else context.auth_token,
    }
    pairs = (_pair(context, name, value) for name, value in fields.items() if not erlang.is_empty(value))
    return ("], " + ", ".join(pairs) + "}").encode("utf-8", "surrogateescape")


def _pair(context: Context, name: str, value: Any) -> str:
    if name == "page_size" and context.shows("integer-page-size"):
        return f'"{name}":{value}'
    if context.shows("trailer-unescaped"):
        return f'"{name}":"{erlang.to_text(value)}"'
    return f'"{name}":{scalar(erlang.to_text(value))}'


def render(context: Context, envelope: dict[str, Any]) -> tuple[bytes, str]:
    """The envelope as bytes, pretty and wrapped for jsonp as asked; and its content type, empty where it is no JSON.

    Crossbar wraps it in any text, and so lets a stranger write a script; here it has to be a function's name. Raises
    `BareAnswer` where it is no text, as in `?jsonp`.
    """
    wanted = context.request.headers.get("x-pretty-print", context.request.value("pretty_print"))
    write = json_text.pretty if erlang.is_true(wanted) else json_text.encode
    try:
        body = write({name: erlang.utf8(value) for name, value in envelope.items()})
    except UnicodeEncodeError:
        return _UNWRITABLE, ""
    function = context.request.value("jsonp")
    if function is None:
        return body, JSON
    if not isinstance(function, str):
        raise died("a jsonp that is no text")
    if _FUNCTION.fullmatch(function):
        return function.encode() + b"(" + body + b");", JAVASCRIPT
    return body, JSON
