"""A mock elsewhere in a test's hands: the powers of one in this process, by way of its control API."""

import dataclasses
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Never
from urllib.parse import urlsplit

from mockcdrs import arguments
from mockcdrs.control.clock import monotonic, parse_step, parse_time
from mockcdrs.control.data import Interaction, check_call, check_document, check_id
from mockcdrs.control.derived import Derived, check_wait
from mockcdrs.control.expected import Expected
from mockcdrs.control.expected_query import encode_query
from mockcdrs.control.journal import Record, RecordedRequests, describe_shortfall
from mockcdrs.crossbar.context import Outcome
from mockcdrs.dataset.accounts import Credentials
from mockcdrs.dataset.store import Document
from mockcdrs.external import External
from mockcdrs.faults import Rule
from mockcdrs.remote_control import RemoteControl

_STEP_SECONDS = 0.02
_NOT_TOLD_AS_THEY_ARE = frozenset({"advised", "advising", "outcome", "response"})
_RECORD = tuple(item.name for item in dataclasses.fields(Record) if item.name not in _NOT_TOLD_AS_THEY_ARE)


class RemoteMock(Derived, External):
    """What `mockcdrs.handle.Mock` is, but for what needs its process: that skips the test and says so.

    Errors are those of the mock in this process; `ControlError` where the server cannot be asked.
    """

    def __init__(self, control: RemoteControl) -> None:
        self._control = control
        told = control.ask("GET", "/account")
        External.__init__(self, told["url"], told["account_id"], told["auth_token"])
        self.host = urlsplit(self.url).hostname or self.host
        self.user_id: str = told["user_id"]
        self.credentials = Credentials(
            told["username"], told["password"], told["name"], told["realm"], told["api_key"], told["user_id"]
        )
        self.clock = RemoteClock(control)

    @arguments.checked
    def reset(self) -> None:
        """As `Mock.reset`."""
        self._control.ask("POST", "/reset")

    @arguments.checked
    def clear(self) -> None:
        """Empty the account, until the next reset."""
        self._control.ask("POST", "/data/clear")

    def add_call(self, /, *unnamed: Never, at: str | datetime | int | None = None, **order: Any) -> Interaction:
        """As `Mock.add_call`."""
        check_call(unnamed, {"at": at, **order})
        end = None if at is None else parse_time(at)
        told = self._control.ask("POST", "/data/calls", {**order, "at": end})
        return Interaction(told["interaction_id"], tuple(told["legs"]))

    @arguments.checked
    def add_cdr(self, document: Document) -> Document:
        """As `Mock.add_cdr`."""
        check_document(document)
        added: Document = self._control.ask("POST", "/data/cdrs", document)
        return added

    @arguments.checked
    def remove(self, cdr_id: str) -> None:
        """Take a CDR of the account away; `KeyError` where it has none of that id."""
        check_id(cdr_id)
        self._control.ask("DELETE", "/data/cdrs", below=cdr_id)

    @arguments.checked
    def expected(self, /, path: str = "/cdrs", **query: Any) -> Expected:
        """As `Mock.expected`."""
        told = self._control.ask("GET", "/expected", query={"path": path, **encode_query(path, query)})
        return Expected(tuple(told["ids"]), told["seconds"], told["cost"], tuple(told["unreachable"]))

    def fail(self, /, *unnamed: Never, **rule: Any) -> Rule:
        """As `Mock.fail`; a rule with `then`, which is this process's code, skips the test."""
        made = Rule.from_arguments(unnamed, rule)
        if made.runs_code:
            self._skip("fail(then=...)")
        return made.with_number(self._control.ask("POST", "/faults", made.to_dict())["id"])

    @arguments.checked
    def never_fired(self) -> list[Rule]:
        """The rules that no request has met yet."""
        told = self._control.ask("GET", "/faults")
        return [Rule.from_dict(each["rule"]).with_number(each["id"]) for each in told if not each["fired"]]

    def check_faults(self) -> None:
        """Nothing: rules elsewhere have no code of a test's."""

    @property
    def requests(self) -> list[Record]:
        """As `Mock.requests`."""
        return self.kept_requests().all()

    def kept_requests(self) -> RecordedRequests:
        """As `Mock.kept_requests`."""
        return _kept(self._control.ask("GET", "/journal"))

    @arguments.checked
    def wait_for(self, count: int, timeout: float = 5.0) -> list[Record]:
        """As `Mock.wait_for`. Each request is fetched once, however long it waits."""
        check_wait(count, timeout)
        deadline, told = monotonic() + timeout, self._control.ask("GET", "/journal")
        while told["completed"] < count:
            if monotonic() >= deadline:
                waiting = map(_record, told["under_way"])
                raise TimeoutError(describe_shortfall(told["completed"], count, timeout, waiting, self.host))
            time.sleep(_STEP_SECONDS)
            before, told = told, self._control.ask("GET", "/journal", query={"since": told["next"]})
            if told["identity"] == before["identity"]:  # else it was cleared, and these are all
                told["records"] = before["records"] + told["records"]
        return _kept(told).all()

    @arguments.checked
    def advice(self) -> list[str]:
        """As `Mock.advice`."""
        self.kept_requests().all()
        return self.kept_advice()

    def kept_advice(self) -> list[str]:
        """As `Mock.kept_advice`."""
        told = [text for record in self.kept_requests().records for text in record.advice]
        more = Counter({each["text"]: each["count"] for each in self._control.ask("GET", "/advice")})
        more.subtract(told)  # what is left is said at the end only, or of requests that came meanwhile
        return told + list(more.elements())


class RemoteClock:
    """The clock of a mock elsewhere, used as `mockcdrs.control.clock.Clock` is."""

    def __init__(self, control: RemoteControl) -> None:
        self._control = control

    def now(self) -> int:
        """Gregorian seconds."""
        return int(self._control.ask("GET", "/clock")["now"])

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._control.ask("GET", "/clock")["frozen"])

    @arguments.checked
    def freeze(self, moment: str | datetime | int | None = None) -> None:
        """Stand still: at an ISO 8601 text, a `datetime` (UTC unless it says else), Gregorian seconds, or now."""
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
        """As `mockcdrs.control.clock.Clock.advance`."""
        parts = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, **unknown}
        self._control.ask("PUT", "/clock", {"advance": {"seconds": parse_step(step, parts)}})

    @arguments.checked
    def live(self) -> None:
        """Run with the machine's clock."""
        self._control.ask("PUT", "/clock", {"live": True})


def _kept(told: dict[str, Any]) -> RecordedRequests:
    records = sorted(map(_record, told["records"] + told["under_way"]), key=lambda record: record.number)
    return RecordedRequests(records, told["dropped"], told["capacity"])


def _record(told: dict[str, Any]) -> Record:
    return Record(**{name: told[name] for name in _RECORD}, outcome=Outcome(**told["outcome"]), advised=told["advice"])
