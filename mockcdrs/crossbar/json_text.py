"""JSON text as the server's encoder writes it: compact, or pretty with a blank on both sides of the colon."""

import json
import math
from typing import Any

import orjson

_64_BITS = 2**63


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    if _is_plain(value):
        return orjson.dumps(value)
    return compact(value).encode("utf-8", "surrogateescape")


def pretty(value: Any) -> bytes:
    """JSON with two blanks of indent."""
    return _pretty(value, 0).encode("utf-8", "surrogateescape")


def _is_plain(value: Any) -> bool:
    """Whether the fast encoder writes the same text: not for floats, large integers and bytes that are no UTF-8."""
    match value:
        case str():
            return value.isprintable() or _encodes(value)
        case bool() | None:
            return True
        case int():
            return -_64_BITS <= value < _64_BITS
        case float():
            return False
        case dict():
            return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
        case list():
            return all(map(_is_plain, value))
    return False


def _encodes(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


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
