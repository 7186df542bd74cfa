"""JSON in UTF-8 as Kazoo sends it: compact, or pretty with a blank on both sides of the colon (`jiffy`)."""

from typing import Any

import orjson

from mockcdrs.cdr.json_writer import compact, scalar

_LEAVES = frozenset({str, int, bool, type(None)})
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1


class InPieces(bytes):
    """JSON that jiffy gives as a list of pieces: Erlang has to write an integer in it that is beyond 64 bits."""


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8; `UnicodeEncodeError` where a text holds bytes that are none."""
    try:
        text = None if _holds_float(value) else orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:  # large integers, and bytes that are no UTF-8
        text = None
    if text is None:
        return (InPieces if holds_big_integer(value) else bytes)(compact(value).encode())
    if b"\\u" in text:  # escaped characters have large digits here
        return compact(value).encode()
    return bytes(memoryview(text))  # without the kilobytes of buffer behind a short text


def pretty(value: Any) -> bytes:
    """JSON with two blanks of indent; `UnicodeEncodeError` as from `encode`."""
    return _pretty(value, 0).encode()


def _holds_float(value: Any) -> bool:
    """Whether there is a number that the fast encoder writes otherwise."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, float)
    return any(_holds_float(item) for item in value if type(item) not in _LEAVES)


def holds_big_integer(value: Any) -> bool:
    """Whether there is an integer in a value, however deep, that is beyond 64 bits."""
    if isinstance(value, dict | list):
        return any(map(holds_big_integer, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and not _LEAST_INTEGER <= value <= _GREATEST_INTEGER


def _pretty(value: Any, depth: int) -> str:
    indent, outdent = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, dict):
        fields = (f"{scalar(key)} : {_pretty(item, depth + 1)}" for key, item in value.items())
        return "{" + indent + f",{indent}".join(fields) + outdent + "}"
    if isinstance(value, list):
        return "[" + indent + f",{indent}".join(_pretty(item, depth + 1) for item in value) + outdent + "]"
    return compact(value)
