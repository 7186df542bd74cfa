"""A request told again: its query in words, and as a line for a shell."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import start_key

_LONGEST_PART = 80
_OF_CURL = ("accept", "accept-language", "content-type", "x-request-id", "origin")


def explained(query: Mapping[str, Any]) -> list[str]:
    """Each parameter in words: `created_from: 2026-01-01 00:00:00 UTC`."""
    return [f"{name}: {_said(name, value)}" for name, value in query.items()]


def _said(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "came several times: " + ", ".join(str(each) for each in value)
    if value is True:
        return "came without a value"
    text = str(value)
    return next((say(name, text) for start, say in _WORDS.items() if name.startswith(start)), text)


def _moment(name: str, text: str) -> str:
    del name
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        return f"{text!r}, which is no number"
    seconds = int(text)
    if seconds < gregorian.UNIX_EPOCH_GREGORIAN:
        unix = gregorian.iso_8601(gregorian.from_unix(min(seconds, 10**11)))
        return f"year {seconds // 31_556_952} in Gregorian seconds; as Unix seconds it would be {_in_words(unix)}"
    return _in_words(gregorian.iso_8601(seconds))


def _in_words(iso: str) -> str:
    return iso.replace("T", " ").replace("Z", " UTC")


def _key(name: str, text: str) -> str:
    del name
    try:
        key = start_key.decode(text)
    except start_key.NoStartKey:
        return f"{text[:80]!r}, which is no key"
    parts = key if isinstance(key, list) else [key]
    return "goes on at " + ", ".join(_part(part) for part in parts)


def _part(part: Any) -> str:
    is_moment = type(part) is int and gregorian.UNIX_EPOCH_GREGORIAN < part < 10**12
    if is_moment:
        return _in_words(gregorian.iso_8601(part))
    try:
        return str(part)[:_LONGEST_PART]
    except ValueError:  # Python writes no number of thousands of digits
        return "a number too long to write"


def _rows(name: str, text: str) -> str:
    return f"{text} rows a {name.partition('_')[0]}"


def _only(name: str, text: str) -> str:
    negated = name.startswith("filter_not_")
    column = name.removeprefix("filter_not_" if negated else "filter_")
    return f"only where {column} is {'not ' if negated else ''}{text}"


_WORDS: dict[str, Callable[[str, str], str]] = {
    "created_": _moment,
    "modified_": _moment,
    "start_key": _key,
    "page_size": _rows,
    "chunk_size": _rows,
    "filter_": _only,
    "paginate": lambda _, text: "everything in one answer" if text == "false" else text,
    "ascending": lambda _, text: "oldest first" if text == "true" else text,
}


def target(record: Record) -> str:
    """Path and query as they came."""
    return f"{record.path}?{record.raw_query}" if record.raw_query else record.path


def visible(text: str) -> str:
    """Text in printable ASCII: what else a stranger sent is escaped, so that it neither ends a line nor commands it."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")


def curl(record: Record, origin: str) -> str:
    """The line for a shell that asks the same again; the token is the shell's `$TOKEN`, a body its `$BODY`."""
    url = f"{origin}{target(record)}"
    words = ["curl", "-sS"] + ([] if record.method == "GET" else ["-X", record.method])
    for name in _OF_CURL:
        if name in record.headers and record.headers[name] != "*/*":
            words += ["-H", f"{name}: {record.headers[name]}"]
    line = shlex.join(words)
    line += ' -H "X-Auth-Token: $TOKEN"' if "x-auth-token" in record.headers else ""
    line += ' -d "$BODY"' if record.received_bytes else ""
    return f"{line} {shlex.quote(url)}"
