"""A mock's data in a test's hands: what it adds and takes away, until the next reset."""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import seconds_of
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.people import directory
from mockcdrs.dataset.store import Document

_CDR_ID = re.compile(r"\d{4}(0[1-9]|1[0-2])-.+", re.ASCII | re.DOTALL)


class NotACdr(ValueError):
    """What cannot be added as a CDR. The text says what came and what was expected; `field` is the wrong one."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


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

    def reset(self) -> None:
        """As it was made: data, faults, journal, clock, settings, quirks and request ids."""
        self.state.reset()
        self._serials = itertools.count(1)

    def add_call(self, *, at: str | int | None = None, **order: Any) -> Interaction:
        """Add a call by scenario, all legs consistent; `at` is when its last leg ended, now unless given.

        `order` is that of `mockcdrs.dataset.crafted.Order`: `scenario`, `caller`, `callee`, `caller_name`,
        `callee_name`, `seconds`, `owner_id`, `fields`. Raises `NoSuchScenario`, `NotACdr`,
        and `ValueError` for a moment or seconds that are none.
        """
        from mockcdrs.dataset.crafted import Order, craft

        end = self.state.clock.now() if at is None else seconds_of(at)
        legs = craft(
            directory(self.state.seed, self.account.id, self.state.locale), Order(**order), end, next(self._serials)
        )
        return Interaction(legs[0]["interaction_id"], tuple(self.add_cdr(leg) for leg in legs))

    def add_cdr(self, document: Document) -> Document:
        """Add a document as it is, and give it; Kazoo's own fields are made where they are missing.

        Without `timestamp` it is a call of now; without `pvt_created` it was written when it ended. A time that no
        calendar has puts it into this month. Raises `NotACdr`.
        """
        _check_document(document)
        whole = self._completed(document)
        _check_id(whole["_id"])
        self.state.data.add(self.account.id, whole["_id"][:6], [whole])
        return whole

    def _completed(self, document: Document) -> Document:
        ended = document.get("timestamp")
        end = ended if isinstance(ended, int) else self.state.clock.now()
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

    def remove(self, cdr_id: str) -> None:
        """Take a CDR away; `KeyError` where there is none."""
        if not self.state.data.remove(cdr_id):
            raise KeyError(f"{cdr_id}: no such CDR, so it cannot be removed")

    def clear(self) -> None:
        """Empty the account, the base data too, until the next reset."""
        self.state.data.empty(self.account.id)


def _check_document(document: Any) -> None:
    if not isinstance(document, dict):
        raise NotACdr(f"came {repr(document)[:200]}; expected a CDR's document: an object")
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotACdr(f"came a document that no answer could carry ({error}); expected JSON in UTF-8") from error


def _check_id(cdr_id: Any) -> None:
    if not (isinstance(cdr_id, str) and _CDR_ID.fullmatch(cdr_id)):
        expected = "text that starts with the month, as in 202601-a@host; or leave it out"
        raise NotACdr(f"_id: came {repr(cdr_id)[:200]}; expected {expected}", "_id")
