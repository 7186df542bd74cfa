"""JavaScript's ways with values, as the views' functions see documents."""

import math
import re
from typing import Any

UNDEFINED = object()

_DECIMAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_LEADING_INTEGER = re.compile(r"\s*([+-]?\d+)", re.ASCII)


def truthy(value: Any) -> bool:
    """Whether `if (value)` holds: false, 0, "", null and undefined do not, `{}` and `[]` do."""
    return isinstance(value, dict | list) or bool(value and value is not UNDEFINED)


def number(value: Any) -> float:
    """`Number(value)`: text in digits counts, the empty text and null are 0, the rest is NaN."""
    if value is None or isinstance(value, int | float):
        return value or 0
    if isinstance(value, str):
        if not value.strip():
            return 0
        return float(value) if _DECIMAL.fullmatch(value) else math.nan
    return math.nan


def json_number(value: float) -> Any:
    """A number as `JSON.stringify` gives it: whole ones without a point, NaN and infinity as null."""
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value


def parse_int(value: Any) -> float:
    """`parseInt(value)`: the digits that the text starts with, else NaN."""
    found = _LEADING_INTEGER.match(value if isinstance(value, str) else json_text(value))
    return int(found[1]) if found else math.nan


def json_text(value: Any) -> str:
    """`String(value)` of a scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = json_number(value)
    return "" if value is UNDEFINED or value is None else str(value)


def less(a: Any, b: Any) -> bool:
    """`a < b`: two texts by code units, all else as numbers."""
    if isinstance(a, str) and isinstance(b, str):
        return a.encode("utf-16-be", "surrogatepass") < b.encode("utf-16-be", "surrogatepass")
    return number(a) < number(b)


def ordered(properties: dict[str, Any]) -> dict[str, Any]:
    """An object's properties in JavaScript's order: array indexes ascending, then the rest as they came."""
    indexes = sorted((name for name in properties if _is_index(name)), key=int)
    return {name: properties[name] for name in [*indexes, *(n for n in properties if not _is_index(n))]}


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) < 2**32 - 1
