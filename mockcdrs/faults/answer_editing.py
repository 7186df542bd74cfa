"""Changing an answer that Crossbar's code has made, in the form that it has: plain, pretty-printed or in chunks."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mockcdrs.crossbar.envelope import encode_json, encode_pretty_json
from mockcdrs.crossbar.errors import Failure
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.versions import Version

_KEYS_OF_ERRORS = ("version", "timestamp", "node", "request_id", "tokens", "auth_token")
_HEADERS_OF_SUCCESS = ("etag", "expires", "location")
_CREATED = 201


def turn_into_error(answer: HttpResponse, failure: Failure, version: Version) -> HttpResponse:
    """Turn an answer into an error, in the envelope that it has. An answer without an envelope keeps none."""
    if (answer.status, answer.outcome.message) == (failure.status, failure.message):
        return answer

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        error = {"data": failure.data, "error": str(failure.status), "message": failure.message, "status": "error"}
        changed = {**{name: envelope[name] for name in _KEYS_OF_ERRORS if name in envelope}, **error}
        if failure.status == 429 and "tokens" in changed:
            changed["tokens"] = {"consumed": 1, "remaining": 0}
        if answer.status == _CREATED:  # a login that fails gives no token, and its client is not known yet
            changed.pop("auth_token", None)
            if not version.tells_everybody_its_version:
                changed.pop("version", None)
            if version.tells_token_as_text:
                changed["auth_token"] = "undefined"  # noqa: S105 Kazoo's word for no token
        return {name: changed[name] for name in version.error_keys if name in changed}

    headers = {name: value for name, value in answer.headers.items() if name not in _HEADERS_OF_SUCCESS}
    changed = edit_envelope(answer, change)
    changed.outcome.message = failure.message
    return replace(changed, status=failure.status, headers=headers)


def edit_envelope(answer: HttpResponse, change: Callable[[dict[str, Any]], dict[str, Any]]) -> HttpResponse:
    """Change an answer's envelope, in the form that it has. A body without a JSON object stays as it is."""
    whole = whole_body(answer)
    start, end = whole.find(b"{"), whole.rfind(b"}") + 1
    try:
        envelope = json.loads(whole[start:end].decode("utf-8", "surrogateescape"))
    except ValueError:
        return with_body(answer, whole)
    encode = encode_pretty_json if b"\n" in whole else encode_json if isinstance(answer.body, bytes) else _chunked
    return with_body(answer, whole[:start] + encode(change(envelope)) + whole[end:])


def _chunked(envelope: dict[str, Any]) -> bytes:
    pairs = (encode_json({name: value})[1:-1] for name, value in envelope.items())
    return b"{" + b", ".join(pairs) + b"}"


def last_csv_row(whole: bytes) -> bytes:
    """The last row of a CSV file: a line, or several where a quoted value spans them."""
    *lines, last = whole.splitlines(keepends=True)
    while last.count(b'"') % 2 and lines:
        last = lines.pop() + last
    return last


def whole_body(answer: HttpResponse) -> bytes:
    """The body in one piece."""
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


def with_body(answer: HttpResponse, body: bytes) -> HttpResponse:
    """The answer with another body, in chunks where it was in chunks."""
    return replace(answer, body=body if isinstance(answer.body, bytes) else iter([body]))
