"""A mock's data in a test's hands: what it adds and takes away, until the next reset."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import ANY_TIME, GREGORIAN_TIME, is_in_calendar, parse_time, time_hint
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.office import generate_office
from mockcdrs.dataset.store import Document

_CDR_ID = re.compile(r"\d{4}(0[1-9]|1[0-2])-.+", re.ASCII | re.DOTALL)


_ROOM_SECONDS = 2 * 86_400  # before the end of a call, for the longest there is
_TIMES = ("timestamp", "pvt_created", "pvt_modified", "interaction_time")


class NotACdr(ArgumentError):
    """What cannot be added as a CDR. The text says what came and what was expected; `name` is the wrong field's."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """A call that a test added: its interaction id, and the documents of its legs."""

    id: str
    legs: tuple[Document, ...]

    @property
    def cdr_id(self) -> str:
        """The id of the first leg's CDR."""
        return str(self.legs[0]["_id"])


class Data:
    """The data of one state, as far as it is the account's that a test asks for."""

    def __init__(self, state: State, account: Account) -> None:
        self.state = state
        self.account = account
        self._serials = itertools.count(1)

    @property
    def user_id(self) -> str:
        """A user of the account; `LookupError` where it has none."""
        return str(self.account.users[0]["id"])

    @arguments.checked
    def reset(self) -> None:
        """As it was made: data, faults, journal, clock, settings, quirks and request ids."""
        self.state.reset()
        self._serials = itertools.count(1)

    def add_call(self, /, *unnamed: Never, at: str | datetime | int | None = None, **order: Any) -> Interaction:
        """Add a call by scenario, all legs consistent; `at` is when its last leg ended, now unless given.

        `order` is that of `mockcdrs.dataset.call_builder.CallSpec`: `scenario`, `caller`, `callee`, `caller_name`,
        `callee_name`, `seconds`, `owner_id`, `fields`. Raises `NoSuchScenario`, `NotACdr`, and `ArgumentError` for any
        other argument that is wrong; all of them are a `ValueError`.
        """
        from mockcdrs.dataset.call_builder import CallSpec, build_call

        check_call(unnamed, {"at": at, **order})
        end = self.state.clock.now() if at is None else parse_time(at)
        if not is_in_calendar(end - _ROOM_SECONDS):
            raise ArgumentError(
                f"at: came {end}, expected a moment days after the calendar begins, with the year 1", "at"
            )
        office = generate_office(self.state.seed, self.account.id, self.state.locale)
        legs = build_call(office, CallSpec(**order), end, next(self._serials))
        return Interaction(legs[0]["interaction_id"], tuple(self.add_cdr(leg) for leg in legs))

    @arguments.checked
    def add_cdr(self, document: Document) -> Document:
        """Add a document as it is, and give it; Kazoo's own fields are made where they are missing.

        Without `timestamp` it is a call of now; without `pvt_created` it was written when it ended. A time that no
        calendar has puts it into this month. Raises `NotACdr`, also for a time in Unix seconds.
        """
        check_document(document)
        whole = self._completed(document)
        self.state.data.add(self.account.id, whole["_id"][:6], [whole])
        return whole

    def _completed(self, document: Document) -> Document:
        ended = document.get("timestamp")
        end = ended if isinstance(ended, int) and arguments.is_whole(ended) else self.state.clock.now()
        made = {
            "_id": f"{self._month_of(end)}-{document.get('call_id') or f'added-{next(self._serials)}'}",
            "_rev": "1-0",
            "timestamp": end,
            "pvt_type": "cdr",
            "pvt_created": end,
            "pvt_modified": end,
            "pvt_account_id": self.account.id,
        }
        return {**made, **document}

    def _month_of(self, end_gregorian: int) -> str:
        try:
            return gregorian.month_of(end_gregorian)
        except OverflowError:
            return gregorian.month_of(self.state.clock.now())

    @arguments.checked
    def remove(self, cdr_id: str) -> None:
        """Take a CDR of the account away; `KeyError` where it has none of that id."""
        check_id(cdr_id)
        if not self.state.data.remove(cdr_id, self.account.id):
            raise KeyError(f"{cdr_id}: account {self.account.id} has no such CDR, so it cannot be removed")

    @arguments.checked
    def clear(self) -> None:
        """Empty the account, the base data too, until the next reset."""
        self.state.data.empty(self.account.id)


def check_call(unnamed: tuple[Any, ...], said: Mapping[str, Any]) -> None:
    """Raise `ArgumentError` for arguments that `add_call` does not take."""
    arguments.check_unnamed(unnamed, "add_call(scenario='inbound_answered')")
    from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS

    arguments.check(said, {"at": ANY_TIME.optional(), **CALL_SPEC_FIELDS}, "a call")
    for name in CALL_SPEC_FIELDS.keys() & said.keys():
        _check_json(name, said[name])
    _check_fields(said.get("fields") or {})


def check_id(cdr_id: Any) -> None:
    """Raise `ArgumentError` for what is no CDR's id."""
    arguments.check_value("cdr_id", cdr_id, _ID)


def _id_hint(value: Any) -> str:
    if isinstance(value, Interaction):
        return f"give the id of one of its legs: {value.cdr_id!r}"
    return f"give its id alone: {value['_id']!r}" if isinstance(value, dict) and "_id" in value else ""


_ID = Kind("the id of a CDR, text", lambda value: isinstance(value, str) and bool(value), _id_hint)


def check_document(document: Any) -> None:
    """Raise `NotACdr` for what no database could hold as a CDR, and for times of another epoch."""
    if not isinstance(document, dict):
        raise NotACdr(f"document: came {arguments.shown(document)}, expected a CDR's document: an object")
    _check_fields(document)
    _check_json("document", document)


def _check_fields(document: Mapping[str, Any]) -> None:
    """Raise `NotACdr` for an id that names no month, and for a time that is plainly meant as another one."""
    for name in _TIMES:
        if time_hint(document.get(name)):
            arguments.check_value(name, document[name], GREGORIAN_TIME, NotACdr)
    if "_id" in document:
        _check_id(document["_id"])


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


def _check_id(cdr_id: Any) -> None:
    if not (isinstance(cdr_id, str) and _CDR_ID.fullmatch(cdr_id)):
        expected = "text that starts with the month, as in 202601-a@host; or leave it out"
        raise NotACdr(f"_id: came {arguments.shown(cdr_id)}, expected {expected}", "_id")
