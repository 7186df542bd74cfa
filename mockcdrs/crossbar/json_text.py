"""JSON text as the server's encoder writes it: compact, or pretty with a blank on both sides of the colon (`jiffy`)."""

import json
import math
import re
from decimal import Decimal
from typing import Any

import orjson

_64_BITS = 2**63
_LEAST_DECIMAL, _GREATEST_DECIMAL = -6, 20
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES = str.maketrans({**{chr(code): f"\\u{code:04X}" for code in range(0x20)}, **_SHORT})
# half characters stand for bytes that are no UTF-8; the rest has letters among its hex digits
_WRITTEN_OTHERWISE = re.compile("[\ud800-\udfff\x0b\x0e\x0f\x1a-\x1f]")


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    if _is_plain(value):
        return orjson.dumps(value)
    return compact(value).encode("utf-8", "surrogateescape")


def pretty(value: Any) -> bytes:
    """JSON with two blanks of indent."""
    return _pretty(value, 0).encode("utf-8", "surrogateescape")


def _is_plain(value: Any) -> bool:
    """Whether the fast encoder writes the same text: not for floats, large integers and some characters."""
    match value:
        case str():
            return value.isprintable() or not _WRITTEN_OTHERWISE.search(value)
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


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    return _float(value) if isinstance(value, float) else json.dumps(value)


def _float(value: float) -> str:
    """The shortest digits, with an exponent only where the point would be far away."""
    if not math.isfinite(value):
        return "null"
    exact = Decimal(repr(value or 0.0))
    if not _LEAST_DECIMAL <= exact.adjusted() <= _GREATEST_DECIMAL:
        return f"{exact:e}"
    digits = f"{exact:f}"
    return digits if "." in digits else f"{digits}.0"


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
