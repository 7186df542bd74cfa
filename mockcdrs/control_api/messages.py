"""Requests and responses of the control API as values, and the checks of what a client sent."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import LAST_CALENDAR_SECOND, time_hint
from mockcdrs.control_api.access import ApiError
from mockcdrs.dataset.call_builder import UnknownScenario
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.faults import RuleError


def bad_value(field: str | None, came: object, expected: str) -> ApiError:
    """Make the 400 for a value that is not what was expected; `field` names the member or parameter."""
    at = "" if field is None else f"{field}: "
    return ApiError(400, "bad-value", f"{at}came {came!r:.200}; expected {expected}", field)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request: the decoded query, the path's fields by name, the JSON body, and the server's `http://host:port`."""

    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    origin: str = ""

    @property
    def members(self) -> Any:
        """The JSON body; an empty object where none came, for a path whose members may all be left out."""
        return {} if self.body is None else self.body


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response: `value` is sent as JSON. With `events`, a stream of the records that are completed after that one."""

    value: Any = None
    status: int = 200
    events: int | None = None


Handler = Callable[[MockBackend, ApiRequest], ApiResponse]
NO_CONTENT = ApiResponse(status=204)

OBJECT = Kind("an object", lambda value: isinstance(value, dict))
TRUE = Kind("true", lambda value: value is True)
_CODES: dict[type[ArgumentError], str] = {
    UnsupportedQuery: "no-question",
    UnknownScenario: "unknown-scenario",
    RuleError: "bad-rule",
}


@contextlib.contextmanager
def refuse_wrong_arguments(field: str | None = None) -> Iterator[None]:
    """Turn an `ArgumentError` into `ApiError`; `field` is the member that holds all arguments, if one does."""
    try:
        yield
    except ArgumentError as wrong:
        raise ApiError(400, _CODES.get(type(wrong), "bad-value"), str(wrong), field or wrong.name) from wrong


def parse_members(body: Any, known: Mapping[str, Kind], what: str) -> dict[str, Any]:
    """Return the members of a JSON object, each of its kind; `null` counts as left out. Raises `ApiError`."""
    if not isinstance(body, dict):
        raise bad_value(None, body, f"{what}: an object with some of {', '.join(known)}")
    try:
        arguments.check_names(body, known, what)
    except ArgumentError as unknown:
        raise ApiError(400, "unknown-member", str(unknown), unknown.name) from unknown
    given = {name: value for name, value in body.items() if value is not None}
    with refuse_wrong_arguments():
        arguments.check(given, known, what)
    return given


def find_account(backend: MockBackend, request: ApiRequest) -> AccountInterface:
    """Return the account that `account_id` in the query names, else the mock's own. Raises `ApiError`."""
    account_id = request.query.get("account_id")
    if account_id is None:
        return backend
    with refuse_wrong_arguments():
        return backend.account(account_id)


def parse_whole_number(request: ApiRequest, name: str, default: int, most: int = LAST_CALENDAR_SECOND) -> int:
    """Return a parameter of the query as a whole number from 0 to `most`. Raises `ApiError`."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 16 and int(text) <= most):
        raise bad_value(name, text, f"a whole number from 0 to {most}")
    return int(text)


def parse_time_parameter(request: ApiRequest, name: str, default: int) -> int:
    """Return a parameter of the query in Gregorian seconds. Raises `ApiError`, also for Unix seconds."""
    hint = time_hint(request.query.get(name))
    if hint:
        raise bad_value(name, request.query[name], f"Gregorian seconds; {hint}")
    return parse_whole_number(request, name, default)


def check_parameters(request: ApiRequest, *known: str) -> None:
    """Raise `ApiError` for an unknown parameter of the query; the control API's own `token` is known everywhere."""
    try:
        arguments.check_names(request.query.keys() - {"token"}, known, "this path")
    except ArgumentError as unknown:
        raise ApiError(400, "unknown-parameter", str(unknown), unknown.name) from unknown
