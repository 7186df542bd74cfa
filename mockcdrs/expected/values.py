"""Values of a CDR's document as the ground truth reads them: numbers, texts, costs, and what no row can be made of.

Written apart from the code that answers requests, so that the two check each other.
"""

import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from mockcdrs.dataset.store import Document

_DIGITS = re.compile(r"[+-]?\d{1,4000}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+\.\d+([eE][+-]?\d+)?", re.ASCII)
_LARGEST_FLOAT = 2**1024  # the first integer that no float can hold
_BYTE_VALUES = range(256)
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_YEAR_ONE_GREGORIAN = 31_622_400


class NoValue(Enum):
    """Why a path leads to no value."""

    MISSING = "the document has no such field"
    BARRED = "the path goes on behind a text, a number or null, which is an error to the server"


def read_path(document: Any, path: Collection[str]) -> Any:
    """The value at a path of fields, in lists by places from 1 on, or a `NoValue`."""
    value = document
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step, NoValue.MISSING)
        elif isinstance(value, list):
            place = to_integer(step)
            value = value[place - 1] if place is not None and 1 <= place <= len(value) else NoValue.MISSING
        else:
            return value if value is NoValue.MISSING else NoValue.BARRED
    return value


def to_number(value: Any) -> int | float | None:
    """A number, or a text that Erlang reads as one; `None` for all else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _text_of_codes(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        return None
    if _DIGITS.fullmatch(text):
        return int(text)
    number = float(text) if _DECIMAL.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def to_integer(value: Any) -> int | None:
    """As `to_number`, to the nearest whole number; halves go away from zero."""
    number = to_number(value)
    if not isinstance(number, float):
        return number
    whole = math.floor(abs(number))
    whole += abs(number) - whole >= 0.5
    return whole if number > 0 else -whole


def _text_of_codes(codes: list[Any]) -> str | None:
    """The text of a list of character codes, which is how Erlang has a string."""
    are_codes = all(type(code) is int and 0 <= code <= 0x10FFFF for code in codes)
    return "".join(map(chr, codes)) if are_codes else None


def to_text(value: Any, default: str = "") -> str:
    """A value as the server's filters have it as text; `default` for what is missing or has none."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float_text(value)
        case list():
            text = _joined(value)
            return default if text is None else text
        case dict():
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return default


def _joined(parts: list[Any]) -> str | None:
    """The text that the parts of a list make, numbers being bytes; `None` where one is something else."""
    data = b""
    for part in parts:
        if isinstance(part, str):
            data += part.encode("utf-8", "surrogateescape")
        elif isinstance(part, list):
            text = _joined(part)
            if text is None:
                return None
            data += text.encode("utf-8", "surrogateescape")
        elif type(part) is int and part in _BYTE_VALUES:
            data += bytes([part])
        else:
            return None
    return data.decode("utf-8", "surrogateescape")


def _float_text(number: float) -> str:
    """The shortest digits, as `1.5` and `1.0e+22`."""
    digits, _, exponent = repr(number).partition("e")
    if not exponent:
        return digits
    mantissa = digits if "." in digits else f"{digits}.0"
    return f"{mantissa}e{int(exponent):+d}"


def moment_of(gregorian_seconds: int) -> datetime:
    """The moment of a time in Gregorian seconds. Raises `OverflowError` outside of the years 1 to 9999."""
    return _YEAR_ONE + timedelta(seconds=gregorian_seconds - _YEAR_ONE_GREGORIAN)


def start_of(document: Document) -> int:
    """When a leg began, in Gregorian seconds: its end less its duration."""
    end, duration = (to_integer(document.get(key)) or 0 for key in ("timestamp", "duration_seconds"))
    return end - duration


def cost_of(document: Document, billing_key: str) -> int | None:
    """Units of 1/10,000 dollar that a leg costs, by the minute; `None` where they cannot be told.

    `billing_key` is the channel variable that says how somebody is billed: only `per_minute` costs.
    """
    variables = document.get("custom_channel_vars")
    if not isinstance(variables, Mapping) or to_text(variables.get(billing_key)) != "per_minute":
        return 0
    billed, offset = _amount(document, "Billing-Seconds"), _amount(variables, "Billing-Seconds-Offset")
    free = _amount(variables, "Rate-NoCharge-Time")
    if billed is None or offset is None or free is None:
        return None
    seconds = billed - offset
    if seconds <= max(free, 0):
        return 0
    rate, increment = _amount(variables, "Rate"), _amount(variables, "Rate-Increment", 60)
    minimum, surcharge = _amount(variables, "Rate-Minimum"), _amount(variables, "Surcharge")
    discount = _amount(variables, "Discount-Percentage")
    if rate is None or increment is None or minimum is None or surcharge is None or discount is None:
        return None
    steps = max(0, math.ceil((seconds - minimum) / (increment or 60)))
    # the server reckons with floats, in this order
    whole = math.trunc(surcharge + minimum / 60 * rate + steps * ((increment or 60) / 60 * rate))
    return whole - math.trunc(discount * 0.01 * whole)


def _amount(fields: Mapping[str, Any], header: str, default: int = 0) -> int | None:
    """A number under the name of its header or the usual one, as in `rate_increment`; `None` for what is none."""
    usual = header.lower().replace("-", "_")
    return to_integer(fields.get(header, fields.get(usual, default)))


def is_broken(document: Document, columns: Collection[str]) -> bool:
    """Whether the server dies on a row with these columns made of a document."""
    variables = document.get("custom_channel_vars", {})
    if not isinstance(variables, dict | list):
        return True
    if to_text(document.get("call_direction", "")) not in {"inbound", "outbound"}:
        return True
    rate = to_number(variables.get("rate", 0) if isinstance(variables, dict) else 0)
    if start_of(document) < 0 or rate is None or abs(rate) >= _LARGEST_FLOAT:
        return True
    created = to_integer(document.get("channel_created_time")) or 0
    if "unix_timestamp_micro" in columns and abs(created) >= _LARGEST_FLOAT * 1_000_000:
        return True
    return cost_of(document, "account_billing") is None


def is_empty(value: Any) -> bool:
    """Whether the server takes a value for none: also 0, and the texts `0`, `NULL` and `undefined`."""
    text = _text_of_codes(value) if isinstance(value, list) else value
    if text is NoValue.MISSING or text is None or text == {}:
        return True
    return text in {"", "0", "NULL", "undefined"} if isinstance(text, str) else text == 0 and text is not False
