"""Which leg stands for an interaction: part of the ground truth, said without the server's code.

Legs are compared as the views' JavaScript compares them; between legs that it takes for equal CouchDB's order decides.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from mockcdrs.crossbar.views import LegChoice
from mockcdrs.dataset.store import Document

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def standing_leg(legs: Sequence[Document], choice: LegChoice, *, is_of_user: bool, is_ascending: bool) -> Document:
    """The one of an interaction's legs that the server shows.

    CouchDB hands a descending walk the legs in ascending order, and the other way round. Of equal ones an account's
    listing keeps the first that comes, a user's the last.
    """
    chosen, *others = sorted(legs, key=_place, reverse=is_ascending)
    for other in others:
        is_better = not _precedes(choice, chosen, other) if is_of_user else _precedes(choice, other, chosen)
        chosen = other if is_better else chosen
    return chosen


def _precedes(choice: LegChoice, one: Document, other: Document) -> bool:
    left, right = (_began(one), _began(other)) if choice is LegChoice.FIRST_MADE else (_billed(other), _billed(one))
    if _is_less(left, right) or _is_less(right, left):
        return _is_less(left, right)
    return _is_less(_loopback(one), _loopback(other))


def _place(document: Document) -> tuple[Any, str]:
    """Where a leg lies in the view, among those of its interaction."""
    return _order(_began(document)), str(document["_id"])


def _order(value: Any) -> tuple[int, Any]:
    """What CouchDB sorts a value by: null, false and true, numbers, texts, lists, objects."""
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
            return 4, [*map(_order, value)]
    return 5, [(name, _order(item)) for name, item in value.items()]


def _began(document: Document) -> Any:
    """When the leg's channel was made: as the document says, else by its end and how long it took, if it tells."""
    created = document.get("channel_created_time")
    if _holds(created):
        return created
    end, took = (
        _as_number(document[key]) if key in document else math.nan for key in ("timestamp", "duration_seconds")
    )
    return None if math.isnan(end - took) else end - took


def _billed(document: Document) -> Any:
    seconds = document.get("billing_seconds")
    return seconds if _holds(seconds) else 0


def _loopback(document: Document) -> Any:
    leg = document.get("channel_loopback_leg")
    return leg if _holds(leg) else "_"


def _holds(value: Any) -> bool:
    """Whether JavaScript takes a value for true."""
    return isinstance(value, list | dict) or bool(value)


def _is_less(one: Any, other: Any) -> bool:
    """`one < other` in JavaScript: two texts by their letters, all else as numbers, of which NaN is never less."""
    one, other = (_text(value) if isinstance(value, list | dict) else value for value in (one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass")
    return _as_number(one) < _as_number(other)


def _as_number(value: Any) -> float:
    if value is None or isinstance(value, int | float):
        return float(value or 0)
    text = _text(value).strip()
    return float(text or 0) if not text or _NUMBER.fullmatch(text) else math.nan


def _text(value: Any) -> str:
    match value:
        case None:
            return ""  # as part of a list, where alone it can stand
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case dict():
            return "[object Object]"
        case list():
            return ",".join(map(_text, value))
    return str(value)
