"""Reading what a client of the control API sent."""

from collections.abc import Callable, Mapping
from typing import Any

from mockcdrs.control.api.exchange import Ask, bad
from mockcdrs.control.clock import LAST_SECOND, seconds_of
from mockcdrs.control.refused import Refused

Check = tuple[Callable[[Any], bool], str]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LAST_SECOND


def is_moment(value: Any) -> bool:
    """Whether it is an ISO 8601 text or Gregorian seconds, within the calendar."""
    try:
        seconds_of(value)
    except ValueError:
        return False
    return True


TEXT: Check = (lambda value: isinstance(value, str), "text")
OBJECT: Check = (lambda value: isinstance(value, dict), "an object")
NUMBER: Check = (_is_number, "a number")
YES: Check = (lambda value: value is True, "true")
SECONDS: Check = (lambda value: type(value) is int and 0 <= value <= 86_400, "whole seconds from 0 to 86400")
MOMENT: Check = (is_moment, "a moment: ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, or Gregorian seconds")


def members(body: Any, known: Mapping[str, Check], what: str) -> dict[str, Any]:
    """The members of a JSON object, each as its check wants it; `null` counts as left out."""
    if not isinstance(body, dict):
        raise bad(None, body, f"{what}: an object with some of {', '.join(known)}")
    for name, value in body.items():
        if name not in known:
            raise Refused(400, "unknown-member", f"{name!r} came; {what} has {', '.join(known)}; leave it out", name)
        check, expected = known[name]
        if value is not None and not check(value):
            raise bad(name, value, expected)
    return {name: value for name, value in body.items() if value is not None}


def whole(ask: Ask, name: str, default: int, most: int = LAST_SECOND) -> int:
    """A parameter of the query: a whole number from 0 to `most`."""
    text = ask.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= most):
        raise bad(name, text, f"a whole number from 0 to {most}")
    return int(text)
