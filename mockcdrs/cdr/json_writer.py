"""JSON as Kazoo's library writes it: digits, escapes and no blanks (jiffy's `encoder.c`)."""

import json
import math
from typing import Any

_LEAST_DECIMAL, _GREATEST_DECIMAL = -6, 20
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES = str.maketrans({**{chr(code): f"\\u{code:04X}" for code in range(0x20)}, **_SHORT})


def compact(value: Any) -> str:
    """Compact JSON as text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{scalar(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """The JSON of a text, a number, true, false or null; a float that is no number is null."""
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    return _float(value) if isinstance(value, float) else json.dumps(value)


def _float(value: float) -> str:
    """The shortest digits, with an exponent only where the point would be far away."""
    if not math.isfinite(value):
        return "null"
    from decimal import Decimal

    exact = Decimal(repr(value or 0.0))
    if not _LEAST_DECIMAL <= exact.adjusted() <= _GREATEST_DECIMAL:
        return f"{exact:e}"
    digits = f"{exact:f}"
    return digits if "." in digits else f"{digits}.0"
