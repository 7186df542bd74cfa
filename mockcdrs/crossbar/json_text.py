"""JSON text as the server's encoder writes it: compact, or pretty with a blank on both sides of the colon."""

import json
import math
from typing import Any

import orjson

_LEAVES = frozenset({str, int, bool, type(None)})


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        if not _holds_float(value):
            # copied, because a short text would keep a buffer of some kilobytes
            return bytes(memoryview(orjson.dumps(value)))
    except TypeError:
        # large integers, and bytes that are no UTF-8
        pass
    return compact(value).encode("utf-8", "surrogateescape")


def pretty(value: Any) -> bytes:
    """JSON with two blanks of indent."""
    return _pretty(value, 0).encode("utf-8", "surrogateescape")


def _holds_float(value: Any) -> bool:
    """Whether there is a number that the fast encoder writes otherwise."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, float)
    return any(_holds_float(item) for item in value if type(item) not in _LEAVES)


def _scalar(value: Any) -> str:
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value, ensure_ascii=False)


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "null"
    digits, mark, exponent = repr(value).partition("e")
    point = digits if "." in digits else digits + ".0"
    return point + (f"e{int(exponent)}" if mark else "")


def compact(value: Any) -> str:
    """Compact JSON as text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_scalar(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return _scalar(value)


def _pretty(value: Any, depth: int) -> str:
    indent, outdent = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, dict):
        fields = (f"{_scalar(key)} : {_pretty(item, depth + 1)}" for key, item in value.items())
        return "{" + indent + f",{indent}".join(fields) + outdent + "}"
    if isinstance(value, list):
        return "[" + indent + f",{indent}".join(_pretty(item, depth + 1) for item in value) + outdent + "]"
    return compact(value)
