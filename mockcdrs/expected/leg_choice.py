"""Which of an interaction's legs the server shows: legs are compared as the views' JavaScript compares them."""

import math
import re
from collections.abc import Sequence
from typing import Any

from mockcdrs.dataset.store import Document

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def choose_leg(legs: Sequence[Document], *, by_billed_seconds: bool, is_of_user: bool, is_ascending: bool) -> Document:
    """Return the one of an interaction's legs that the server shows: the one made first, or that with the most seconds.

    CouchDB gives the legs to a descending walk in ascending order, and the other way round. Of equal ones an account's
    listing keeps the first, a user's the last.
    """
    chosen, *others = sorted(legs, key=view_order, reverse=is_ascending)
    for other in others:
        first, second = (chosen, other) if is_of_user else (other, chosen)
        is_better = _precedes(first, second, by_billed_seconds=by_billed_seconds) is not is_of_user
        chosen = other if is_better else chosen
    return chosen


def _precedes(one: Document, other: Document, *, by_billed_seconds: bool) -> bool:
    if by_billed_seconds:
        left, right = _billed_seconds(other), _billed_seconds(one)
    else:
        left, right = _created_time(one), _created_time(other)
    if _is_less(left, right) or _is_less(right, left):
        return _is_less(left, right)
    return _is_less(_loopback_leg(one), _loopback_leg(other))


def view_order(document: Document) -> tuple[Any, str]:
    """Return the order of a leg in the view, among those of its interaction."""
    return _collation_key(_created_time(document)), str(document["_id"])


def _collation_key(value: Any) -> tuple[int, Any]:
    """Return what CouchDB sorts a value by: null, false and true, numbers, texts, lists, objects."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
        case list():
            return 4, [*map(_collation_key, value)]
    return 5, [(name, _collation_key(item)) for name, item in value.items()]


def _created_time(document: Document) -> Any:
    """Return when the leg's channel was created: as the document says, else its end less its duration, if known."""
    created = document.get("channel_created_time")
    if _is_truthy(created):
        return created
    end, duration = (
        _to_number(document[key]) if key in document else math.nan for key in ("timestamp", "duration_seconds")
    )
    return None if math.isnan(end - duration) else end - duration


def _billed_seconds(document: Document) -> Any:
    seconds = document.get("billing_seconds")
    return seconds if _is_truthy(seconds) else 0


def _loopback_leg(document: Document) -> Any:
    leg = document.get("channel_loopback_leg")
    return leg if _is_truthy(leg) else "_"


def _is_truthy(value: Any) -> bool:
    """Whether JavaScript takes a value for true."""
    return isinstance(value, list | dict) or bool(value)


def _is_less(one: Any, other: Any) -> bool:
    """Return `one < other` of JavaScript: texts by UTF-16 units, all else as numbers, of which NaN is never less."""
    one, other = (_to_text(value) if isinstance(value, list | dict) else value for value in (one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass")
    return _to_number(one) < _to_number(other)


def _to_number(value: Any) -> float:
    """Return a value as JavaScript converts it to a number."""
    if value is None or isinstance(value, int | float):
        return float(value or 0)
    text = _to_text(value).strip()
    return float(text or 0) if not text or _NUMBER.fullmatch(text) else math.nan


def _to_text(value: Any) -> str:
    """Return a value as JavaScript converts it to text."""
    match value:
        case None:
            return ""  # null is met as an item of a list only
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case dict():
            return "[object Object]"
        case list():
            return ",".join(map(_to_text, value))
    return str(value)
