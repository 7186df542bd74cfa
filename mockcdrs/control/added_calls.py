"""The calls and CDRs that a test adds: what a caller may give, checked, and what it gets."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.clock import ANY_TIME, GREGORIAN_TIME, time_hint
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.control.added_accounts import Device, User
    from mockcdrs.dataset.call_builder import CallRate

SECONDS_BEFORE_END = 2 * 86_400  # as much calendar as the longest call needs before its end

_CDR_ID = re.compile(r"\d{4}(0[1-9]|1[0-2])-.+", re.ASCII | re.DOTALL)
_TIMES = ("timestamp", "pvt_created", "pvt_modified", "interaction_time")


class NotACdr(ArgumentError):
    """What cannot be added as a CDR. The text says what came and what was expected; `name` is the wrong field's."""


class CallArguments(TypedDict, total=False):
    """The keyword arguments of `add_call()` besides `at`; whatever is left out follows from the scenario."""

    scenario: str | None
    direction: str | None
    caller: str | None
    callee: str | None
    caller_name: str | None
    callee_name: str | None
    seconds: int | None
    ringing: int | None
    owner: "User | str | None"
    device: "Device | str | None"
    rate: "float | CallRate | None"
    billing: str | None
    recording: bool | None
    tags: Mapping[str, str] | None
    fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """A call that a test added: its interaction id, and the documents of its legs."""

    id: str
    legs: tuple[Document, ...]

    @property
    def cdr_id(self) -> str:
        """The id of the first leg's CDR."""
        return str(self.legs[0]["_id"])


def read_call(unnamed: tuple[Any, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `add_call` but `at`, as JSON has them: a user and a device by id.

    Raises `ArgumentError` for arguments that `add_call` does not take.
    """
    arguments.check_unnamed(unnamed, "add_call(scenario='inbound_answered')")
    from mockcdrs.control.added_accounts import name_by_id
    from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, CallSpec

    call = name_by_id(given)
    arguments.check(call, {"at": ANY_TIME.optional(), **CALL_SPEC_FIELDS}, "a call")
    call.pop("at", None)
    for name, value in call.items():
        _check_json(name, value)
    _check_fields(call.get("fields") or {})
    CallSpec(**call)
    return call


def check_series(count: Any, over: Any) -> None:
    """Raise `ArgumentError` for a number of calls, and a stretch of time, that `add_calls` does not take."""
    arguments.check_value("count", count, _SERIES)
    arguments.check_value("over", over, _STRETCH)


def spread_ends(last: int, count: int, over: timedelta) -> list[int]:
    """When each of `count` calls ends, in Gregorian seconds: evenly over the stretch of time that ends at `last`."""
    seconds = int(over.total_seconds())
    return [last - seconds * later // count for later in reversed(range(count))]


def check_cdr_id(cdr_id: Any) -> None:
    """Raise `ArgumentError` for what is no CDR's id."""
    arguments.check_value("cdr_id", cdr_id, _ID)


def check_document(document: Any) -> None:
    """Raise `NotACdr` for what no database could hold as a CDR, and for times of another epoch."""
    if not isinstance(document, dict):
        raise NotACdr(f"document: came {arguments.shown(document)}, expected a CDR's document: an object")
    _check_fields(document)
    _check_json("document", document)


def _id_hint(value: Any) -> str:
    if isinstance(value, Interaction):
        return f"give the id of one of its legs: {value.cdr_id!r}"
    return f"give its id alone: {value['_id']!r}" if isinstance(value, dict) and "_id" in value else ""


_SERIES = arguments.whole(1, 100_000)
_STRETCH = Kind(
    "a timedelta of at least a second, as in timedelta(days=3)",
    lambda value: isinstance(value, timedelta) and value >= timedelta(seconds=1),
)
_ID = Kind("the id of a CDR, text", lambda value: isinstance(value, str) and bool(value), _id_hint)


def _check_fields(document: Mapping[str, Any]) -> None:
    """Raise `NotACdr` for an id that names no month, and for a time that is plainly meant as another one."""
    for name in _TIMES:
        if time_hint(document.get(name)):
            arguments.check_value(name, document[name], GREGORIAN_TIME, NotACdr)
    if "_id" in document:
        cdr_id = document["_id"]
        if not (isinstance(cdr_id, str) and _CDR_ID.fullmatch(cdr_id)):
            expected = "text that starts with the month, as in 202601-a@host; or leave it out"
            raise NotACdr(f"_id: came {arguments.shown(cdr_id)}, expected {expected}", "_id")


def _check_json(name: str, value: Any) -> None:
    if not all(isinstance(key, str) for key in _keys(value)):
        raise NotACdr(f"{name}: came {arguments.shown(value)}, expected text for each key, as JSON has it", name)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotACdr(f"{name}: came what no answer could carry ({error}), expected JSON in UTF-8", name) from error


def _keys(value: Any) -> Iterator[Any]:
    """All keys of the objects in a value."""
    rest = [value]
    while rest:
        each = rest.pop()
        if isinstance(each, dict):
            yield from each
            rest += each.values()
        elif isinstance(each, list | tuple):
            rest += each
