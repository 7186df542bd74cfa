"""One account of a mock's state: what a test and the control API do with it and ask of it, without any server."""

import itertools
from datetime import datetime
from typing import TYPE_CHECKING, Never, Unpack

from mockcdrs import arguments
from mockcdrs.advice.adviser import Adviser
from mockcdrs.arguments import ArgumentError
from mockcdrs.cdr import gregorian
from mockcdrs.control.added_calls import (
    SECONDS_BEFORE_END,
    CallArguments,
    Interaction,
    check_call,
    check_cdr_id,
    check_document,
)
from mockcdrs.control.clock import Clock, is_in_calendar, parse_time
from mockcdrs.control.journal import Record, RecordedRequests
from mockcdrs.control.mock_interface import MockInterface, check_wait
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account, Credentials, credentials
from mockcdrs.dataset.office import generate_office
from mockcdrs.dataset.store import Document
from mockcdrs.faults import Rule, RuleArguments

if TYPE_CHECKING:
    from mockcdrs.control.expected import Expected
    from mockcdrs.control.expected_query import ListingQuery


class MockBackend(MockInterface):
    """Data, clock, faults, journal and advice of one account of a state.

    Args:
        state: What the mock holds.
        account: The account that the methods are about.

    """

    def __init__(self, state: State, account: Account) -> None:
        self.state = state
        self.account = account
        self._serials = itertools.count(1)
        self._adviser = Adviser(state)

    @property
    def account_id(self) -> str:
        return self.account.id

    @property
    def auth_token(self) -> str:
        return self.account.tokens[0].value

    @property
    def user_id(self) -> str:
        return str(self.account.users[0]["id"])

    @property
    def credentials(self) -> Credentials:
        return credentials(self.account)

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @arguments.checked
    def reset(self) -> None:
        self.state.reset()
        self._serials = itertools.count(1)

    @arguments.checked
    def clear(self) -> None:
        self.state.data.empty(self.account.id)

    def add_call(
        self, /, *unnamed: Never, at: str | datetime | int | None = None, **call: Unpack[CallArguments]
    ) -> Interaction:
        from mockcdrs.dataset.call_builder import CallSpec, build_call

        check_call(unnamed, {"at": at, **call})
        end = self.state.clock.now() if at is None else parse_time(at)
        if not is_in_calendar(end - SECONDS_BEFORE_END):
            raise ArgumentError(
                f"at: came {end}, expected a moment days after the calendar begins, with the year 1", "at"
            )
        office = generate_office(self.state.seed, self.account.id, self.state.locale)
        legs = build_call(office, CallSpec(**call), end, next(self._serials))
        return Interaction(legs[0]["interaction_id"], tuple(self.add_cdr(leg) for leg in legs))

    @arguments.checked
    def add_cdr(self, document: Document) -> Document:
        check_document(document)
        whole = self._complete(document)
        self.state.data.add(self.account.id, whole["_id"][:6], [whole])
        return whole

    def _complete(self, document: Document) -> Document:
        """A document with the fields that Kazoo itself writes."""
        ended = document.get("timestamp")
        end = ended if isinstance(ended, int) and arguments.is_whole(ended) else self.state.clock.now()
        written = {
            "_id": f"{self._month_of(end)}-{document.get('call_id') or f'added-{next(self._serials)}'}",
            "_rev": "1-0",
            "timestamp": end,
            "pvt_type": "cdr",
            "pvt_created": end,
            "pvt_modified": end,
            "pvt_account_id": self.account.id,
        }
        return {**written, **document}

    def _month_of(self, end_gregorian: int) -> str:
        try:
            return gregorian.month_of(end_gregorian)
        except OverflowError:
            return gregorian.month_of(self.state.clock.now())

    @arguments.checked
    def remove(self, cdr_id: str) -> None:
        check_cdr_id(cdr_id)
        if not self.state.data.remove(cdr_id, self.account.id):
            raise KeyError(f"{cdr_id}: account {self.account.id} has no such CDR, so it cannot be removed")

    @arguments.checked
    def expected(self, /, path: str = "/cdrs", **query: "Unpack[ListingQuery]") -> "Expected":
        from mockcdrs.control.expected import compute_expected
        from mockcdrs.control.expected_query import UnsupportedQuery, parse_expected_query

        state = self.state
        now = state.clock.now()
        question = parse_expected_query(self.account_id, path, query, now, state.settings, state.quirks, state.version)
        users = [str(user["id"]) for user in self.account.users]
        if question.owner_id is not None and question.owner_id not in users:
            known = f"one of the account's users: {', '.join(users)}" if users else "no user: the account has none"
            raise UnsupportedQuery(f"path: came {path!r}, expected {known}; any other is a 404", "path")
        return compute_expected(state.data, question, state.quirks)

    def fail(self, /, *unnamed: Never, **rule: Unpack[RuleArguments]) -> Rule:
        return self.state.faults.add(Rule.from_arguments(unnamed, rule))

    @arguments.checked
    def never_fired(self) -> list[Rule]:
        return self.state.faults.never_fired()

    def check_faults(self) -> None:
        self.state.faults.check()

    def kept_requests(self) -> RecordedRequests:
        return self.state.journal.snapshot()

    def kept_advice(self) -> list[str]:
        return self._adviser.advice()

    @arguments.checked
    def wait_for(self, count: int, timeout: float = 5.0) -> list[Record]:
        check_wait(count, timeout)
        self.state.journal.wait_for(count, timeout)
        return self.requests
