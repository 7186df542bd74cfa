"""What a test and the control API do with a mock's state and ask of it, without any server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from mockcdrs import arguments
from mockcdrs.advice.adviser import Adviser
from mockcdrs.arguments import ArgumentError
from mockcdrs.cdr import gregorian
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import (
    SECONDS_BEFORE_END,
    AccountBuilder,
    Device,
    Interaction,
    User,
    check_cdr_id,
    check_document,
    known_account,
    spread_ends,
)
from mockcdrs.control.clock import Clock, is_in_calendar
from mockcdrs.control.journal import Record, RecordedRequests
from mockcdrs.control.mock_interface import MockInterface
from mockcdrs.control.request_interface import check_wait
from mockcdrs.control.state import State
from mockcdrs.control.webhooks import Webhook, WebhookArguments, WebhookAttempt
from mockcdrs.crossbar.account_documents import reseller_id
from mockcdrs.crossbar.paging import widest_range
from mockcdrs.crossbar.views import LegChoice
from mockcdrs.dataset.accounts import Account, Credentials, credentials
from mockcdrs.dataset.office import generate_office
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.expected.query import ListingQuery, ServerRules
    from mockcdrs.expected.result import Expected
    from mockcdrs.faults.rule import Rule


class AccountBackend(AccountInterface):
    """The people and calls of one account of a state.

    Args:
        state: What the mock holds.
        account_id: The account that the methods are about.

    """

    def __init__(self, state: State, account_id: str) -> None:
        self.state = state
        self._account_id = account_id

    @property
    def _account(self) -> Account:
        account = self.state.data.accounts.get(self._account_id)
        if account is None:
            raise LookupError(f"{self._account_id}: no account of the mock's any more: a reset takes added ones away")
        return account

    @property
    def url(self) -> str:
        raise RuntimeError("came a backend without a server, expected a Mock: only that has a URL")

    @property
    def account_id(self) -> str:
        return self._account_id

    @property
    def auth_token(self) -> str:
        return self.state.token_of(self._account)

    @property
    def user_id(self) -> str:
        return str(self._account.users[0]["id"])

    @property
    def credentials(self) -> Credentials:
        return credentials(self._account)

    def _builder(self) -> AccountBuilder:
        state = self.state
        return AccountBuilder(state.seed, state.locale, next(state.serials), state.clock.now())

    def _change_account(self, change: Callable[[Account], Account]) -> None:
        self.state.data.change_account(self._account_id, change)

    def _add_user(self, given: Mapping[str, Any]) -> User:
        user = self._builder().user(self._account, **given)
        self._change_account(lambda account: account._replace(users=(*account.users, user.document)))
        return user

    def _add_device(self, given: Mapping[str, Any]) -> Device:
        device = self._builder().device(**given)
        self._change_account(lambda account: account._replace(devices=(*account.devices, device.document)))
        return device

    def _add_number(self, given: Mapping[str, Any]) -> str:
        added = self._builder().number(**given)
        self._change_account(lambda account: account._replace(numbers=(*account.numbers, added)))
        return added

    @arguments.checked
    def clear(self) -> None:
        self.state.data.empty(self._account_id)

    def _add_calls(
        self, count: int, over: timedelta, end_gregorian: int | None, call: Mapping[str, Any]
    ) -> list[Interaction]:
        last = self.state.clock.now() if end_gregorian is None else end_gregorian
        return [self._add_call(end, call) for end in spread_ends(last, count, over)]

    def _add_call(self, end_gregorian: int | None, call: Mapping[str, Any]) -> Interaction:
        from mockcdrs.dataset.call_builder import CallSpec, build_call

        end = self.state.clock.now() if end_gregorian is None else end_gregorian
        if not is_in_calendar(end - SECONDS_BEFORE_END):
            raise ArgumentError(
                f"at: came {end}, expected a moment days after the calendar begins, with the year 1", "at"
            )
        state, account = self.state, self._account
        office = generate_office(state.seed, account.id, state.locale)
        reseller = reseller_id(state.data.accounts, account)
        legs = build_call(office, CallSpec(**call), end, next(state.serials), account, reseller)
        return Interaction(legs[0]["interaction_id"], tuple(map(self._add_cdr, legs)))

    @arguments.checked
    def add_cdr(self, document: Document) -> Document:
        check_document(document)
        return self._add_cdr(document)

    def _add_cdr(self, document: Document) -> Document:
        whole = self._complete(document)
        self.state.data.add(self._account_id, whole["_id"][:6], [whole])
        return whole

    def _complete(self, document: Document) -> Document:
        """A document with the fields that Kazoo itself writes."""
        ended = document.get("timestamp")
        end = ended if isinstance(ended, int) and arguments.is_whole(ended) else self.state.clock.now()
        written = {
            "_id": f"{self._month_of(end)}-{document.get('call_id') or f'added-{next(self.state.serials)}'}",
            "_rev": "1-0",
            "timestamp": end,
            "pvt_type": "cdr",
            "pvt_created": end,
            "pvt_modified": end,
            "pvt_account_id": self._account_id,
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
        if not self.state.data.remove(cdr_id, self._account_id):
            raise KeyError(f"{cdr_id}: account {self._account_id} has no such CDR, so it cannot be removed")

    @arguments.checked
    def expected(self, /, path: str = "/cdrs", **query: "Unpack[ListingQuery]") -> "Expected":
        from mockcdrs.expected.ground_truth import compute_expected
        from mockcdrs.expected.query import UnsupportedQuery, parse_expected_query

        state = self.state
        rules = server_rules(state)
        read = parse_expected_query(self._account_id, path, query, state.clock.now(), rules)
        users = [str(user["id"]) for user in self._account.users]
        if read.owner_id is not None and read.owner_id not in users:
            known = f"one of the account's users: {', '.join(users)}" if users else "no user: the account has none"
            raise UnsupportedQuery(f"path: came {path!r}, expected {known}; any other is a 404", "path")
        return compute_expected(state.data, read, rules)


def server_rules(state: State) -> "ServerRules":
    """What of a state's settings, quirks and version the truth depends on."""
    from mockcdrs.expected.query import ServerRules

    settings, version = state.settings, state.version
    return ServerRules(
        quirks=state.quirks,
        maximum_range=widest_range(version, settings),
        page_size=settings.pagination_page_size,
        chunk_size=settings.maximum_bulk,
        largest_chunk=settings.load_view_chunk_size,
        shows_most_billed=version.owner_interactions.leg is LegChoice.MOST_BILLED,
        columns=frozenset(version.columns),
        emergency_numbers=version.emergency_numbers,
    )


class MockBackend(AccountBackend, MockInterface):
    """A mock's own account, its other accounts, clock, faults, journal and advice."""

    def __init__(self, state: State, account_id: str) -> None:
        super().__init__(state, account_id)
        self.adviser = Adviser(state)

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def ca_path(self) -> Path | None:
        return None

    @arguments.checked
    def add_webhook(self, /, uri: str, **webhook: Unpack[WebhookArguments]) -> Webhook:
        return self.state.webhooks.add(self.account_id, Webhook.from_arguments(uri, webhook))

    @arguments.checked
    def remove_webhook(self, webhook: Webhook) -> None:
        if not self.state.webhooks.remove(webhook.id):
            raise KeyError(f"{webhook.id}: there is no such webhook")

    @arguments.checked
    def wait_for_webhooks(self, count: int, timeout: float = 5.0) -> list[WebhookAttempt]:
        check_wait(count, timeout)
        return self.state.webhooks.wait_for(count, timeout)

    @arguments.checked
    def reset(self) -> None:
        self.state.reset()

    @arguments.checked
    def account(self, account_id: str) -> AccountInterface:
        return _OtherAccount(self, known_account(self.state.data.accounts, account_id).id)

    def _add_account(self, given: dict[str, Any]) -> AccountInterface:
        above = known_account(self.state.data.accounts, given.pop("parent", self._account_id), "parent")
        account = self._builder().account(above, **given)
        self.state.add_account(account)
        return _OtherAccount(self, account.id)

    def _issue_token(self, name: str) -> str:
        return self.state.issue_token(self._account_id, name)

    def _add_rule(self, rule: "Rule") -> "Rule":
        return self.state.faults.add(rule)

    @arguments.checked
    def never_fired(self) -> "list[Rule]":
        return self.state.faults.never_fired()

    def _near_misses(self, rule: "Rule") -> list[str]:
        return self.state.faults.near_misses(rule)

    @arguments.checked
    def down(self) -> AbstractContextManager[None]:
        return self.state.faults.down()

    def check_faults(self) -> None:
        self.state.faults.check()

    def kept_requests(self) -> RecordedRequests:
        return self.state.journal.snapshot()

    def kept_advice(self) -> list[str]:
        return self.adviser.advice()

    @arguments.checked
    def wait_for(self, count: int, timeout: float = 5.0) -> list[Record]:
        check_wait(count, timeout)
        self.state.journal.wait_for(count, timeout)
        return self.requests

    def _count_completed(self) -> int:
        return self.state.journal.completed


class _OtherAccount(AccountBackend):
    """An account in the hands of a test that holds a mock."""

    def __init__(self, mock: MockBackend, account_id: str) -> None:
        super().__init__(mock.state, account_id)
        self._mock = mock

    @property
    def url(self) -> str:
        return self._mock.url
