"""The body of a request: read by its content type, its envelope and its data checked.

Sources followed: `api_util.erl` for the envelope; `kz_json_schema.erl`, `cb_context.erl` for Kazoo's schemas of data.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.crossbar.context import Context, UnreadableQuery, parse_query
from mockcdrs.crossbar.cowboy import CSV_TYPES, JSON_TYPES, WORD
from mockcdrs.crossbar.errors import Failure, handler_crash, schema_error, validation_error
from mockcdrs.crossbar.jiffy import JsonError, Pairs, first_values

Schema = Mapping[str, Any]

_MAX_LENGTH_DIGITS = 20
_READ_BYTES = 8_000_000  # bytes
# `re` compiles these when the first body comes
_CONTENT_TYPE = rf'(?a){WORD}/{WORD}(?:[ \t]*;[ \t]*{WORD}=(?:(?:{WORD})?|"(?:[^"\\]|\\.)*"))*[ \t]*'
_BOUNDARY = r'(?i);[ \t]*boundary=(?:"(?P<quoted>[^"]+)"|(?P<bare>[^";, \t]+))'
_FORM = "application/x-www-form-urlencoded"
_BASE64 = "application/base64"
_ACCEPTED_TYPES = {"", *JSON_TYPES, *CSV_TYPES, _FORM, "multipart/form-data", "multipart/mixed"}  # `crossbar.hrl`
_CAPITALS = bytes([*range(0x41, 0x5B), *range(0xC0, 0xD7), *range(0xD8, 0xDF)])  # Latin-1's, in UTF-8's bytes too
_NORMALIZED = bytes.maketrans(_CAPITALS + b"-", bytes(code + 0x20 for code in _CAPITALS) + b"_")


def read_body(context: Context, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body, `{}` without one.

    `Failure` 413 for a body over the limit, which need not have been read: what its header says counts too. 400 for
    one that is no JSON or has no `data`.
    """
    content_type = _content_type(context)
    limit = context.state.settings.max_upload_size
    if max(len(body), _announced_length(context)) > max_body_size(limit):
        words = f"Payload or Files must not be more than {limit} bytes"
        raise validation_error("file", "maxSize", status=413, message=words, target=limit)
    if content_type.startswith("multipart/"):
        return _parse_multipart(context, body)
    return _parse_body(context, content_type, body)


def max_body_size(limit: int) -> int:
    """The most bytes that a body may have under the setting `crossbar.max_upload_size`.

    The size is looked at only when a piece of `_READ_BYTES` bytes was read and there is more to come.
    """
    return _READ_BYTES * max(1, -(-limit // _READ_BYTES))


def _parse_body(context: Context, content_type: str, body: bytes) -> Mapping[str, Any]:
    if content_type == _FORM:
        return _parse_form(context, body)
    if content_type in {"", *JSON_TYPES}:
        return _check_envelope(context, _parse_json(context, body)) if body else {}
    if content_type == _BASE64:
        _check_base64(body)
    return {}


def _check_base64(body: bytes) -> None:
    try:
        base64.b64decode(body.translate(None, b" \t\r\n"), validate=True)
    except ValueError:
        raise validation_error("file", "encoding", message="failed to decode base64 data") from None


def _parse_multipart(context: Context, body: bytes) -> Mapping[str, Any]:
    """What the parts of a body say, each read by its type as a body of its own; files are let be.

    Raises `EmptyResponse` where there are no parts.
    """
    data: Mapping[str, Any] = {}
    for head, content in _split_parts(context, body):
        content_type = head.get("content-type", "").partition(";")[0].strip().lower()
        data = _parse_body(context, content_type, content) or data
    return data


def _split_parts(context: Context, body: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    boundary = re.search(_BOUNDARY, context.request.headers.get("content-type", ""))
    line = b"\r\n--" + (boundary["quoted"] or boundary["bare"]).encode() if boundary else b""
    _preamble, *parts = (b"\r\n" + body).split(line) if boundary else [body]
    if not parts or not parts[-1].startswith(b"--"):
        raise handler_crash("a multipart body without parts or without an end")
    for part in parts[:-1]:
        head, end, content = part.partition(b"\r\n\r\n")
        if not part.startswith(b"\r\n") or not end:
            raise handler_crash("a part of a multipart body that has no head")
        lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
        yield {name.strip().lower(): value.strip() for name, _, value in lines}, content


def _announced_length(context: Context) -> int:
    length = context.request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) <= _MAX_LENGTH_DIGITS else 0


def is_accepted_type(context: Context) -> bool:
    """Whether modules that say nothing of it take a body of this kind, or of none."""
    return _content_type(context) in _ACCEPTED_TYPES


def _content_type(context: Context) -> str:
    """The kind of the body, small, `""` where none is told. One that cannot be read kills, body or none."""
    header = context.request.headers.get("content-type")
    if header is None:
        return ""
    if not re.fullmatch(_CONTENT_TYPE, header.strip()):
        raise handler_crash(f"a content type that is none: {header!a:.80}")
    return header.partition(";")[0].strip().lower()


def _parse_form(context: Context, body: bytes) -> Mapping[str, Any]:
    try:
        fields = parse_query(body.decode("utf-8", "surrogateescape"))
    except UnreadableQuery:
        return _check_envelope(context, _parse_json(context, body))
    if [value for _, value in fields] == [True]:
        return _check_envelope(context, _parse_json(context, body))
    return _check_envelope(context, first_values(fields))


def _parse_json(context: Context, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a body; names are in small letters, `_` for `-`, the last of each holds, null is none."""
    try:
        pairs = context.version.jiffy.decode(body)
    except JsonError as error:
        raise _json_error(str(error)) from error
    if not isinstance(pairs, Pairs):
        raise _json_error("All JSON must be valid")
    readable = erlang.utf8_deep if context.version.looks_into_values else erlang.utf8
    named = {_normalize_key(name): readable(value) for name, value in pairs}
    return {name: value for name, value in named.items() if value is not None}


def _normalize_key(name: str) -> str:
    """`kz_json:normalize_key/1`, which goes by bytes."""
    return name.encode("utf-8", "surrogateescape").translate(_NORMALIZED).decode("utf-8", "surrogateescape")


def _json_error(message: str) -> Failure:
    return validation_error("json", "invalid", message=message, target="body")


def _check_envelope(context: Context, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    return _require_data(envelope) if context.needs_envelope else envelope


def _require_data(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    if envelope.get("data") is None:
        present = {name: value for name, value in envelope.items() if value is not None}
        raise schema_error({"data": {"required": {"message": "Field is required but missing", "value": present}}})
    if not isinstance(envelope["data"], dict | list):
        words = "Value did not match type(s): object, array"
        raise schema_error({"data": {"type": {"message": words, "target": "object, array", "value": envelope["data"]}}})
    return envelope


def check_schema(data: Any, schema: Schema) -> None:
    """`Failure` 400 that names every field and rule that the data breaks; `schema` is for an object of texts."""
    if not isinstance(data, Mapping):
        raise schema_error({"": {"type": _type_error(data, "object")}})
    broken = {
        name: errors for name, rules in schema["properties"].items() if (errors := _field_errors(name, data, rules))
    }
    if not schema.get("additionalProperties", True):
        broken |= {name: _unknown_field_error(data) for name in data if name not in schema["properties"]}
    if broken:
        raise schema_error(broken)


def _field_errors(name: str, data: Mapping[str, Any], rules: Schema) -> dict[str, Any]:
    if name not in data:
        missing = {"required": {"message": "Field is required but missing", "value": name}}
        return missing if rules.get("required") else {}
    value = data[name]
    if not isinstance(value, str):
        return {"type": _type_error(value, "string")}
    return dict(_broken_rules(value, rules))


def _broken_rules(value: str, rules: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule, (is_broken, words, has_cause) in _RULES.items():
        if rule in rules and is_broken(value, rules[rule]):
            cause = {"cause": value} if has_cause else {}
            yield rule, {"message": words.format(rules[rule]), "target": rules[rule], **cause, "value": value}


_RULES: dict[str, tuple[Callable[[str, Any], bool], str, bool]] = {
    "minLength": (lambda value, least: len(value) < least, "String must be at least {} characters", True),
    "maxLength": (lambda value, most: len(value) > most, "String must not be more than {} characters", True),
    "enum": (lambda value, known: value not in known, "Value not found in enumerated list of values", False),
    "pattern": (lambda value, form: not re.search(form, value), "Failed to match pattern '{}'", False),
}


def _type_error(value: Any, expected: str) -> dict[str, Any]:
    return {"message": f"Value did not match type(s): {expected}", "target": expected, "value": value}


def _unknown_field_error(data: Mapping[str, Any]) -> dict[str, Any]:
    words = "Strict checking of data is enabled; only include schema-defined properties"
    return {"additionalProperties": {"message": words, "value": data}}
