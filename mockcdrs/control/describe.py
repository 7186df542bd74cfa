"""A recorded request in words: its query, and its path as a log shows it."""

from collections.abc import Callable, Mapping
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import start_key

_MAX_PART_LENGTH = 80


def describe_query(query: Mapping[str, Any]) -> list[str]:
    """Return each parameter in words, as in `created_from: 2026-01-01 00:00:00 UTC`."""
    return [f"{name}: {_describe_value(name, value)}" for name, value in query.items()]


def _describe_value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "came several times: " + ", ".join(str(each) for each in value)
    if value is True:
        return "came without a value"
    text = str(value)
    return next((describe(name, text) for prefix, describe in _BY_PREFIX.items() if name.startswith(prefix)), text)


def _describe_time(name: str, text: str) -> str:
    del name
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        return f"{text!r}, which is no number"
    seconds = int(text)
    if seconds < gregorian.UNIX_EPOCH_GREGORIAN:
        as_unix = _format_time(gregorian.from_unix(min(seconds, 10**11)))
        return f"year {seconds // 31_556_952} in Gregorian seconds; as Unix seconds it would be {as_unix}"
    return _format_time(seconds)


def _format_time(gregorian_seconds: int) -> str:
    return gregorian.iso_8601(gregorian_seconds).replace("T", " ").replace("Z", " UTC")


def _describe_key(name: str, text: str) -> str:
    del name
    try:
        key = start_key.decode(text)
    except start_key.NoStartKey:
        return f"{text[:80]!r}, which is no key"
    parts = key if isinstance(key, list) else [key]
    return "goes on at " + ", ".join(map(_describe_key_part, parts))


def _describe_key_part(part: Any) -> str:
    is_time = type(part) is int and gregorian.UNIX_EPOCH_GREGORIAN < part < 10**12
    if is_time:
        return _format_time(part)
    try:
        return str(part)[:_MAX_PART_LENGTH]
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "a number too long to write"


def _describe_size(name: str, text: str) -> str:
    return f"{text} rows a {name.partition('_')[0]}"


def _describe_filter(name: str, text: str) -> str:
    negated = name.startswith("filter_not_")
    column = name.removeprefix("filter_not_" if negated else "filter_")
    return f"only where {column} is {'not ' if negated else ''}{text}"


_BY_PREFIX: dict[str, Callable[[str, str], str]] = {
    "created_": _describe_time,
    "modified_": _describe_time,
    "start_key": _describe_key,
    "page_size": _describe_size,
    "chunk_size": _describe_size,
    "filter_": _describe_filter,
    "paginate": lambda _, text: "everything in one answer" if text == "false" else text,
    "ascending": lambda _, text: "oldest first" if text == "true" else text,
}


def request_target(record: Record) -> str:
    """Return path and query as they came."""
    return f"{record.path}?{record.raw_query}" if record.raw_query else record.path


def escape(text: str) -> str:
    """Escape text of a client's into printable ASCII, so that it neither ends a log's line nor commands a terminal."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
