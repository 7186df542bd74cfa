"""All that can be done with one mock and asked of it, server or not: what a test and the control API hold."""

from typing import TYPE_CHECKING, Any, Never

from mockcdrs import arguments
from mockcdrs.advice.adviser import Adviser
from mockcdrs.control.clock import Clock
from mockcdrs.control.data import Data
from mockcdrs.control.derived import Derived, check_wait
from mockcdrs.control.journal import Record, RecordedRequests
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account, Credentials, credentials
from mockcdrs.faults import Rule

if TYPE_CHECKING:
    from mockcdrs.control.expected import Expected


class Powers(Data, Derived):
    """Data, clock, faults, journal and advice of one state, as far as it is one account's."""

    def __init__(self, state: State, account: Account) -> None:
        super().__init__(state, account)
        self._adviser = Adviser(state)

    @property
    def account_id(self) -> str:
        """The account that holds the calls."""
        return self.account.id

    @property
    def auth_token(self) -> str:
        """A token of that account; good whatever the clock does, unless a fault says otherwise."""
        return self.account.tokens[0].value

    @property
    def credentials(self) -> Credentials:
        """What a client logs in with."""
        return credentials(self.account)

    @property
    def clock(self) -> Clock:
        """The mock's one clock: `freeze(moment)`, `advance(days=40)`, `live()`."""
        return self.state.clock

    @arguments.checked
    def expected(self, /, path: str = "/cdrs", **query: Any) -> "Expected":
        """What a correct client must end up with, all pages together, for a listing's path below the account.

        Without `created_from` and `created_to`, Gregorian seconds, it is Crossbar's default range. A query that names
        its walk (`page_size` or `paginate`, with them `ascending`, `chunk_size`, ...) expects no more than such a walk
        reaches. `ascending` alone says which one of two like legs stands for its interaction. Raises `NoQuestion` for
        another path than a listing's, and another parameter than those and `filter_*`.
        """
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

    def fail(self, /, *unnamed: Never, **rule: Any) -> Rule:
        """Make requests fail; the arguments are those of `mockcdrs.faults.Rule`. Raises `RuleError`."""
        return self.state.faults.add(Rule.from_arguments(unnamed, rule))

    @property
    def requests(self) -> list[Record]:
        """What came in since the last reset, oldest first. Raises `JournalFull` where it is no longer all."""
        return self.kept_requests().all()

    def kept_requests(self) -> RecordedRequests:
        """What came in since the last reset, as far as the journal keeps it."""
        return self.state.journal.snapshot()

    @arguments.checked
    def wait_for(self, count: int, timeout: float = 5.0) -> list[Record]:
        """Wait up to `timeout` seconds until so many requests are complete; all that came in then.

        Raises `TimeoutError`, `JournalFull` as `requests` does, `ArgumentError` for a count or a timeout that is none.
        """
        check_wait(count, timeout)
        self.state.journal.wait_for(count, timeout)
        return self.requests

    @arguments.checked
    def advice(self) -> list[str]:
        """What Crossbar silently tolerated from the client, or answered in a puzzling way: `code: words` each.

        Raises `JournalFull` where requests were dropped before anybody looked at them.
        """
        self.kept_requests().all()
        return self.kept_advice()

    def kept_advice(self) -> list[str]:
        """The advice on the requests that the journal keeps."""
        return self._adviser.advice()

    @arguments.checked
    def never_fired(self) -> list[Rule]:
        """The rules that no request has met yet."""
        return self.state.faults.never_fired()

    def check_faults(self) -> None:
        """Raise what a rule's own code raised."""
        self.state.faults.check()
