"""A mock elsewhere in a test's hands: what one in this process does, by way of its control API."""

import contextlib
import dataclasses
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Unpack
from urllib.parse import urlsplit

from mockcdrs import arguments
from mockcdrs.config import SPEED
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import (
    ACCOUNT_ID,
    Device,
    Interaction,
    User,
    check_cdr_id,
    check_document,
)
from mockcdrs.control.clock import ClockInterface, monotonic, parse_step, parse_time
from mockcdrs.control.journal import Record, RecordedRequests, describe_shortfall
from mockcdrs.control.mock_interface import MockInterface
from mockcdrs.control.request_interface import check_wait
from mockcdrs.control.webhooks import Webhook, WebhookArguments, WebhookAttempt, describe_lack
from mockcdrs.control_client import ControlClient
from mockcdrs.crossbar.context import Outcome
from mockcdrs.dataset.accounts import Credentials
from mockcdrs.dataset.store import Document
from mockcdrs.expected.query import encode_query
from mockcdrs.expected.result import Expected, ExpectedLeg
from mockcdrs.faults.rule import Rule
from mockcdrs.real_kazoo import skip_for_want_of_a_mock, skip_test

if TYPE_CHECKING:
    from mockcdrs.expected.query import ListingQuery

_STEP_SECONDS = 0.02
_SENT_OTHERWISE = frozenset({"final_advice", "adviser", "outcome", "response"})
_RECORD_FIELDS = tuple(item.name for item in dataclasses.fields(Record) if item.name not in _SENT_OTHERWISE)


class RemoteAccount(AccountInterface):
    """An account of a mock elsewhere. Without an `account_id` it is the mock's own."""

    def __init__(self, control: ControlClient, account_id: str | None = None) -> None:
        self._control = control
        self._query = {} if account_id is None else {"account_id": account_id}
        self._account = self._ask("GET", "/account")

    def _ask(
        self, method: str, path: str, body: Any = None, *, below: str = "", query: Mapping[str, Any] | None = None
    ) -> Any:
        return self._control.ask(method, path, body, below=below, query={**self._query, **(query or {})})

    @property
    def url(self) -> str:
        return str(self._account["url"])

    @property
    def account_id(self) -> str:
        return str(self._account["account_id"])

    @property
    def auth_token(self) -> str:
        return str(self._account["auth_token"])

    @property
    def user_id(self) -> str:
        return str(self._account["user_id"])

    @property
    def credentials(self) -> Credentials:
        account = self._account
        return Credentials(
            username=account["username"],
            password=account["password"],
            account_name=account["name"],
            realm=account["realm"],
            api_key=account["api_key"],
            user_id=account["user_id"],
        )

    def _add_user(self, given: Mapping[str, Any]) -> User:
        added = self._ask("POST", "/data/users", given)
        self._account = self._ask("GET", "/account")
        return User(**added)

    def _add_device(self, given: Mapping[str, Any]) -> Device:
        return Device(**self._ask("POST", "/data/devices", given))

    def _add_number(self, given: Mapping[str, Any]) -> str:
        return str(self._ask("POST", "/data/numbers", given)["number"])

    @arguments.checked
    def clear(self) -> None:
        self._ask("POST", "/data/clear")

    def _add_call(self, end_gregorian: int | None, call: Mapping[str, Any]) -> Interaction:
        return _read_interaction(self._ask("POST", "/data/calls", {**call, "at": end_gregorian}))

    def _add_calls(
        self, count: int, over: timedelta, end_gregorian: int | None, call: Mapping[str, Any]
    ) -> list[Interaction]:
        series = {**call, "count": count, "over": over.total_seconds(), "at": end_gregorian}
        return [*map(_read_interaction, self._ask("POST", "/data/calls/series", series))]

    @arguments.checked
    def add_cdr(self, document: Document) -> Document:
        check_document(document)
        added: Document = self._ask("POST", "/data/cdrs", document)
        return added

    @arguments.checked
    def remove(self, cdr_id: str) -> None:
        check_cdr_id(cdr_id)
        self._ask("DELETE", "/data/cdrs", below=cdr_id)

    @arguments.checked
    def expected(self, /, path: str = "/cdrs", **query: "Unpack[ListingQuery]") -> Expected:
        answer = self._ask("GET", "/expected", query={"path": path, **encode_query(path, query)})
        legs = tuple(ExpectedLeg(**leg) for leg in answer["legs"])
        return Expected(legs, tuple(answer["unreachable"]), answer["summary"])


class RemoteMock(RemoteAccount, MockInterface):
    """A mock elsewhere. What needs its process skips the test and says so.

    Errors are those of a mock in this process, and `ControlError` where the server cannot be asked.
    """

    def __init__(self, control: ControlClient) -> None:
        super().__init__(control)
        self._clock = RemoteClock(control)
        self._completion = 0
        self.host = urlsplit(self.url).hostname or self.host

    def __getattr__(self, name: str) -> Any:
        skip_for_want_of_a_mock(self, name)

    @property
    def clock(self) -> "RemoteClock":
        return self._clock

    @property
    def ca_path(self) -> Path | None:
        return None if self._account["ca_path"] is None else Path(self._account["ca_path"])

    @arguments.checked
    def add_webhook(self, /, uri: str, **webhook: Unpack[WebhookArguments]) -> Webhook:
        checked = Webhook.from_arguments(uri, webhook)
        return Webhook(**self._control.ask("POST", "/webhooks", {"uri": checked.uri, **webhook}))

    @arguments.checked
    def remove_webhook(self, webhook: Webhook) -> None:
        self._control.ask("DELETE", "/webhooks", below=webhook.id)

    @arguments.checked
    def wait_for_webhooks(self, count: int, timeout: float = 5.0) -> list[WebhookAttempt]:
        check_wait(count, timeout)
        deadline = monotonic() + timeout
        while len(attempts := self._control.ask("GET", "/webhooks/attempts")) < count:
            if monotonic() >= deadline:
                raise TimeoutError(describe_lack(len(attempts), count, timeout))
            time.sleep(_STEP_SECONDS)
        return [WebhookAttempt(**each) for each in attempts]

    @arguments.checked
    def reset(self) -> None:
        self._control.ask("POST", "/reset")
        self._account = self._ask("GET", "/account")

    @arguments.checked
    def account(self, account_id: str) -> AccountInterface:
        arguments.check_value("account_id", account_id, ACCOUNT_ID)
        return RemoteAccount(self._control, account_id)

    def _add_account(self, given: dict[str, Any]) -> AccountInterface:
        return RemoteAccount(self._control, self._control.ask("POST", "/data/accounts", given)["account_id"])

    def _issue_token(self, name: str) -> str:
        self._account = self._control.ask("POST", "/tokens", {"name": name})
        return self.auth_token

    def _add_rule(self, rule: Rule) -> Rule:
        if rule.runs_code:
            skip_test(self, "a function cannot go over the control API: give values")
        return rule.with_number(self._control.ask("POST", "/faults", rule.to_dict())["id"])

    @arguments.checked
    def never_fired(self) -> list[Rule]:
        rules = self._control.ask("GET", "/faults")
        return [Rule.from_dict(each["rule"]).with_number(each["id"]) for each in rules if not each["fired"]]

    def _near_misses(self, rule: Rule) -> list[str]:
        rules = self._control.ask("GET", "/faults")
        return next((list(each["near_misses"]) for each in rules if each["id"] == rule.number), [])

    @arguments.checked
    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        self._control.ask("PUT", "/faults/down", {"down": True})
        try:
            yield
        finally:
            self._control.ask("PUT", "/faults/down", {"down": False})

    def check_faults(self) -> None:
        """Do nothing: rules elsewhere have no code of a test's."""

    def kept_requests(self) -> RecordedRequests:
        return _read_journal(self._control.ask("GET", "/journal"))

    def _count_completed(self) -> int:
        journal = self._control.ask("GET", "/journal", query={"since": self._completion})
        self._completion = journal["next"]  # so that the next answer has only what is new
        return int(journal["completed"])

    def kept_advice(self) -> list[str]:
        advice = [text for record in self.kept_requests().records for text in record.advice]
        more = Counter({each["text"]: each["count"] for each in self._control.ask("GET", "/advice")})
        more.subtract(advice)  # what is left is said at the end only, or of requests that came meanwhile
        return advice + list(more.elements())

    @arguments.checked
    def wait_for(self, count: int, timeout: float = 5.0) -> list[Record]:
        check_wait(count, timeout)
        deadline, journal = monotonic() + timeout, self._control.ask("GET", "/journal")
        while journal["completed"] < count:
            if monotonic() >= deadline:
                waiting = map(_read_record, journal["under_way"])
                raise TimeoutError(describe_shortfall(journal["completed"], count, timeout, waiting, self.host))
            time.sleep(_STEP_SECONDS)
            before, journal = journal, self._control.ask("GET", "/journal", query={"since": journal["next"]})
            if journal["identity"] == before["identity"]:  # else it was cleared, and these are all
                journal["records"] = before["records"] + journal["records"]
        return _read_journal(journal).all()


class RemoteClock(ClockInterface):
    """The clock of a mock elsewhere."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def now(self) -> int:
        return int(self._control.ask("GET", "/clock")["now"])

    @property
    def is_frozen(self) -> bool:
        return bool(self._control.ask("GET", "/clock")["frozen"])

    @arguments.checked
    def freeze(self, moment: str | datetime | int | None = None) -> None:
        self._control.ask("PUT", "/clock", {"freeze": self.now() if moment is None else parse_time(moment)})

    @arguments.checked
    def advance(
        self,
        /,
        step: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        **unknown: Never,
    ) -> None:
        parts = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, **unknown}
        self._control.ask("PUT", "/clock", {"advance": {"seconds": parse_step(step, parts)}})

    @property
    def speed(self) -> float:
        return float(self._control.ask("GET", "/clock")["speed"])

    @arguments.checked
    def live(self, *, speed: float | None = None) -> None:
        arguments.check_value("speed", speed, SPEED.optional())
        self._control.ask("PUT", "/clock", {"live": True} if speed is None else {"speed": speed})


def _read_interaction(sent: dict[str, Any]) -> Interaction:
    return Interaction(sent["interaction_id"], tuple(sent["legs"]))


def _read_journal(journal: dict[str, Any]) -> RecordedRequests:
    records = sorted(map(_read_record, journal["records"] + journal["under_way"]), key=lambda record: record.number)
    return RecordedRequests(records, journal["dropped"], journal["capacity"], journal["others"])


def _read_record(sent: dict[str, Any]) -> Record:
    fields = {name: sent[name] for name in _RECORD_FIELDS}
    return Record(**fields, outcome=Outcome(**sent["outcome"]), final_advice=sent["advice"])
