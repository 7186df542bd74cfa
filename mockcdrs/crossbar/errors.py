"""Crossbar's errors: names, statuses and words (`cb_context.erl`, `crossbar_util.erl`).

Failure        an error in the envelope
|- ModuleCrash a module of Crossbar crashes and the answer says so: 500 "init failed"
EmptyResponse  an answer without body and with few headers
"""

from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr import erlang

SYSTEM_ERRORS: dict[str, tuple[int, str]] = {
    "too_many_requests": (429, "too many requests"),
    "unspecified_fault": (500, "unspecified fault"),
    "not_implemented": (501, "not implemented"),
    "faulty_request": (404, "faulty request"),
    "bad_identifier": (404, "bad identifier"),
    "forbidden": (403, "forbidden"),
    "invalid_credentials": (401, "invalid credentials"),
    "datastore_missing": (503, "data collection missing: database not found"),
    "datastore_missing_view": (503, "datastore missing view"),
    "datastore_conflict": (409, "conflicting documents"),
    "datastore_unreachable": (503, "datastore timeout"),
    "datastore_fault": (503, "datastore fatal error"),
    "parse_error": (400, "failed to parse request body"),
    "invalid_method": (405, "method not allowed"),
    "not_found": (404, "not found"),
    "no_credit": (402, "not enough credit to perform action"),
}

NO_DATA = object()


class Failure(Exception):
    """An error in Crossbar's envelope: status, `message`, and `data` where there is any.

    `is_system`: made by Crossbar itself, so that version 1 of the API sends only the `message` in its data. `is_added`:
    put together with what was found before, so that a version may have other rules for the order of its data.
    """

    def __init__(
        self, status: int, message: str, data: Any = NO_DATA, *, is_system: bool = False, is_added: bool = False
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.data = data
        self.is_system = is_system
        self.is_added = is_added


class ModuleCrash(Failure):
    """Crossbar's own code dies on the request; `why` says on what, for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(500, "init failed")
        self.why = why


def reset_between_chunks(failure: Failure) -> Failure:
    """What is left of a failure that comes while chunks are made: data without a message is emptied.

    That is `api_resource:reset_context_between_chunks/3`.
    """
    data = failure.data
    is_told = failure.is_system or (isinstance(data, dict) and "message" in data)
    return failure if is_told else Failure(failure.status, failure.message, [])


class EmptyResponse(Exception):
    """An answer without a body: status, whether it carries a request id, and why, for the log."""

    def __init__(self, status: int, with_request_id: bool = True, why: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.with_request_id = with_request_id
        self.why = why


def handler_crash(of: str) -> EmptyResponse:
    """A bare 500: Crossbar's handler dies where nothing catches it."""
    return EmptyResponse(500, with_request_id=False, why=of)


def system_error(name: str, detail: str | None = None, **fields: Any) -> Failure:
    """A system error by its name; `detail` replaces the usual words in `data.message`."""
    status, words = SYSTEM_ERRORS[name]
    return build_system_error(status, name, detail or words, **fields)


def build_system_error(status: int, name: str, message: str, **fields: Any) -> Failure:
    """An error that Crossbar itself makes, with `message` the last of what it tells (`build_system_error/4`)."""
    return Failure(status, name, _utf8_object({**fields, "message": message}), is_system=True)


def module_error(status: int, message: str, data: Any = None) -> Failure:
    """An error in a module's own words, `data` an empty object unless given (`crossbar_util:response/4`)."""
    return Failure(status, message, {} if data is None else data)


def schema_error(fields: Mapping[str, Any]) -> Failure:
    """What breaks a schema: each field with the rules that it breaks (`cb_context:failed/2`)."""
    data = {name: {rule: _utf8_object(error) for rule, error in rules.items()} for name, rules in fields.items()}
    return Failure(400, "validation error", data)


def validation_error(field: str, rule: str, status: int = 400, **fields: Any) -> Failure:
    """A request that breaks a rule of Crossbar's code for one of its fields (`cb_context:add_validation_error/4`)."""
    return Failure(status, "validation error", {field: {rule: _utf8_object(fields)}}, is_added=True)


def _utf8_object(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object as `kz_json:from_list/1` makes it, which makes texts UTF-8 where it can, but looks into no value."""
    return {name: erlang.utf8(value) for name, value in fields.items()}


def merge_reversed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object as `kz_json:merge/2` leaves it: names from the last to the first, no nulls, in objects within too."""
    return {
        name: merge_reversed(value) if isinstance(value, Mapping) else value
        for name, value in sorted(fields.items(), reverse=True)
        if value is not None
    }
