"""JavaScript's ways with values, as the views' functions see documents."""

import math
import re
from typing import Any

UNDEFINED = object()

GREATEST_EXACT, _LEAST_WITHOUT_EXPONENT, _LEAST_WITH_EXPONENT = 2**53, 1e-6, 1e21

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_HEXADECIMAL = re.compile(r"0[xX][0-9A-Fa-f]+")
_LEADING_INTEGER = re.compile(r"([+-]?)(?:0[xX]([0-9A-Fa-f]+)|(\d+))", re.ASCII)


def is_truthy(value: Any) -> bool:
    """Whether `if (value)` holds: false, 0, "", null and undefined do not, `{}` and `[]` do."""
    return isinstance(value, dict | list) or bool(value and value is not UNDEFINED)


def to_number(value: Any) -> float:
    """`Number(value)`: text in digits counts, the empty text, null and `[]` are 0, the rest is NaN."""
    if value is None or isinstance(value, int | float):
        return _double(value or 0)
    text = to_string(value).strip()
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    return float(text) if _DECIMAL.fullmatch(text) else 0 if not text else math.nan


def _double(value: float) -> float:
    if -GREATEST_EXACT <= value <= GREATEST_EXACT:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def json_number(value: float) -> Any:
    """A number as `JSON.stringify` gives it: whole ones without a point, NaN and infinity as null.

    Doubles are all that there is; they have their shortest digits, and from 10^21 on an exponent.
    """
    double = float(_double(value))
    if not math.isfinite(double):
        return None
    if not double.is_integer() or abs(double) >= _LEAST_WITH_EXPONENT:
        return double
    return int(double) if abs(double) <= GREATEST_EXACT else int(_without_exponent(double))


def _without_exponent(number: float) -> str:
    from decimal import Decimal

    return f"{Decimal(repr(number)).normalize():f}"


def round_trip(value: Any) -> Any:
    """A JSON value as it comes back out of JavaScript."""
    match value:
        case int() if -GREATEST_EXACT <= value <= GREATEST_EXACT:
            return value
        case int() | float():
            return json_number(value)
        case list():
            return [round_trip(item) for item in value]
        case dict():
            return {name: round_trip(item) for name, item in order_properties(value).items()}
    return value


def parse_int(value: Any) -> float:
    """`parseInt(value)`: the digits that the text starts with, hexadecimal ones behind `0x`, else NaN."""
    found = _LEADING_INTEGER.match(to_string(value).strip())
    if not found:
        return math.nan
    sign, hexadecimal, decimal = found.groups()
    return int(sign + (hexadecimal or decimal), 16 if hexadecimal else 10)


def to_string(value: Any) -> str:
    """`String(value)`: a list is its items with commas between, null and undefined among them nothing."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return _number_text(json_number(value))
        case list():
            return ",".join("" if item is None else to_string(item) for item in value)
        case dict():
            return "[object Object]"
    return "undefined"


def _number_text(number: Any) -> str:
    if not isinstance(number, float):
        return str(number)
    if _LEAST_WITHOUT_EXPONENT <= abs(number) < _LEAST_WITH_EXPONENT:
        return _without_exponent(number)
    return repr(number).replace("e-0", "e-")


def equals_text(value: Any, text: str) -> bool:
    """`value == text` for a text that is no number: a list or an object equals it as its text."""
    return (to_string(value) if isinstance(value, list | dict) else value) == text


def less_than(a: Any, b: Any) -> bool:
    """`a < b`: two texts by code units, all else as numbers; a list or an object is its text."""
    a, b = (to_string(side) if isinstance(side, list | dict) else side for side in (a, b))
    if isinstance(a, str) and isinstance(b, str):
        return a.encode("utf-16-be", "surrogatepass") < b.encode("utf-16-be", "surrogatepass")
    return to_number(a) < to_number(b)


def order_properties(properties: dict[str, Any]) -> dict[str, Any]:
    """An object's properties in JavaScript's order: array indexes ascending, then the rest as they came."""
    indexes = sorted((name for name in properties if _is_index(name)), key=int)
    return {name: properties[name] for name in [*indexes, *(n for n in properties if not _is_index(n))]}


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) < 2**32 - 1
