"""Reading what a client of the control API sent."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.api.exchange import Ask, bad
from mockcdrs.control.api_errors import ApiError
from mockcdrs.control.clock import LAST_SECOND, time_hint
from mockcdrs.control.expected_query import UnsupportedQuery
from mockcdrs.dataset.crafted import NoSuchScenario
from mockcdrs.faults import RuleError

OBJECT = Kind("an object", lambda value: isinstance(value, dict))
YES = Kind("true", lambda value: value is True)
_CODES: dict[type[ArgumentError], str] = {
    UnsupportedQuery: "no-question",
    NoSuchScenario: "unknown-scenario",
    RuleError: "bad-rule",
}


@contextlib.contextmanager
def refusing(field: str | None = None) -> Iterator[None]:
    """Refuse the request where an argument is wrong; `field` is the member that holds all of them, if one does."""
    try:
        yield
    except ArgumentError as wrong:
        raise ApiError(400, _CODES.get(type(wrong), "bad-value"), str(wrong), field or wrong.name) from wrong


def members(body: Any, known: Mapping[str, Kind], what: str) -> dict[str, Any]:
    """The members of a JSON object, each of its kind; `null` counts as left out."""
    if not isinstance(body, dict):
        raise bad(None, body, f"{what}: an object with some of {', '.join(known)}")
    try:
        arguments.check_names(body, known, what)
    except ArgumentError as unknown:
        raise ApiError(400, "unknown-member", str(unknown), unknown.name) from unknown
    said = {name: value for name, value in body.items() if value is not None}
    with refusing():
        arguments.check(said, known, what)
    return said


def whole(ask: Ask, name: str, default: int, most: int = LAST_SECOND) -> int:
    """A parameter of the query: a whole number from 0 to `most`."""
    text = ask.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= most):
        raise bad(name, text, f"a whole number from 0 to {most}")
    return int(text)


def time(ask: Ask, name: str, default: int) -> int:
    """A parameter of the query: Gregorian seconds."""
    hint = time_hint(ask.query.get(name))
    if hint:
        raise bad(name, ask.query[name], f"Gregorian seconds; {hint}")
    return whole(ask, name, default)


def parameters(ask: Ask, *known: str) -> None:
    """Refuse a parameter of the query that is not known; `token`, the control API's own, is."""
    try:
        arguments.check_names(ask.query.keys() - {"token"}, known, "this path")
    except ArgumentError as unknown:
        raise ApiError(400, "unknown-parameter", str(unknown), unknown.name) from unknown
