"""The interface of a mock, which a mock in this process and one elsewhere implement alike."""

import contextlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Never, Self, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.request_assertions import PATH
from mockcdrs.control.request_interface import RequestInterface
from mockcdrs.faults import Reply, Rule, RuleError
from mockcdrs.faults.rule import ARGUMENTS_BESIDE_REPLY

if TYPE_CHECKING:
    from mockcdrs.control.clock import ClockInterface
    from mockcdrs.faults import RuleArguments
    from mockcdrs.faults.rule import ReplyRuleArguments
    from mockcdrs.strategies import History

_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
_RESPOND = ("path", "json", "status", "headers", *(name for name in ARGUMENTS_BESIDE_REPLY if name != "path"))


class MockInterface(AccountInterface, RequestInterface):
    """What a test does with a mock and asks of it: with its own account, with others, with its clock and faults."""

    is_mock = True

    @property
    @abstractmethod
    def clock(self) -> "ClockInterface":
        """The one clock of the mock: `freeze(moment)`, `advance(days=40)`, `live()`."""

    @abstractmethod
    def reset(self) -> None:
        """Undo all changes: of data, faults, journal, clock, settings, quirks and request ids."""

    @abstractmethod
    def account(self, account_id: str) -> AccountInterface:
        """Another account of the mock, or its own. Raises `ArgumentError` for an id that no account has."""

    @abstractmethod
    def add_account(
        self, name: str | None = None, *, parent: str | None = None, is_reseller: bool = False
    ) -> AccountInterface:
        """Add an account without users and calls, until the next reset. Tokens of the accounts above it open it, too.

        Args:
            name: The account's name; drawn, if left out.
            parent: The id of the account above it: the mock's own one, if left out.
            is_reseller: Whether it is a reseller.

        """

    @abstractmethod
    def fail(self, /, *unnamed: Never, **rule: "Unpack[RuleArguments]") -> Rule:
        """Make requests fail until the next reset. Raises `RuleError`.

        Args:
            unnamed: No argument without a name.
            rule: All that follows.

                method, path, query: Which requests: `path` is the end of a path, `query` names parameters that must
                    be there.
                page: Only the page of this number in a walk, counted from 1.
                nth, after, times, probability: Which of those: only the nth, none of so many first, so many at most,
                    or by chance from 0 to 1.
                error: Respond with an error of Crossbar's, by name, as in `too_many_requests`.
                status: Respond with this status, 400 to 599.
                reply: Respond with a `Reply`.
                empty: Respond 200 without a body.
                malformed_json: Respond with JSON that does not end.
                token_expired: Refuse the request's token from then on. A token of a later login is good.
                stale_key: Refuse the start key that came.
                duplicate_row: Give the last row of a page twice.
                endless_next_key: Have a page lead to itself.
                close: Close the connection before any byte.
                cut_after: Close it after so many bytes of the body.
                cut_in_chunk: Close it in the middle of a chunk.
                wrong_content_length: Announce so many bytes too many.
                delay_seconds: Wait before the first byte.
                drip: Send so many bytes a second.
                then: A function that is called with the mock's data once the body is complete. What it raises breaks
                    the connection, and is raised again at the end of the test. A mock elsewhere cannot call it.

        """

    @abstractmethod
    def never_fired(self) -> list[Rule]:
        """The rules that no request has met yet."""

    @abstractmethod
    def check_faults(self) -> None:
        """Raise what a rule's own code raised."""

    @arguments.checked
    @contextlib.contextmanager
    def data(self, history: "History") -> Iterator[Self]:
        """Hold the calls of a history, and no others, for a `with` block: one example of a property test.

        The clock stands at the history's now. At the end everything is reset.
        """
        arguments.check_value("history", history, _HISTORY)
        self.reset()
        self.clear()
        self.clock.freeze(history.now_gregorian)
        for document in history.documents:
            self.add_cdr({**document, "pvt_account_id": self.account_id})
        try:
            yield self
        finally:
            self.reset()

    @arguments.checked
    def respond(
        self,
        /,
        path: str,
        json: Any = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **when: "Unpack[ReplyRuleArguments]",
    ) -> Rule:
        """Respond to a path, also to one that the mock does not serve. Raises `RuleError`.

        Args:
            path: The end of the path.
            json: The body.
            status: 200 to 599.
            headers: Further headers.
            when: All that follows.

                method, query: Which requests: `query` names parameters that must be there.
                page: Only the page of this number in a walk, counted from 1.
                nth, after, times, probability: Which of those: only the nth, none of so many first, so many at most,
                    or by chance from 0 to 1.
                close: Close the connection before any byte.
                cut_after: Close it after so many bytes of the body.
                cut_in_chunk: Close it in the middle of a chunk.
                wrong_content_length: Announce so many bytes too many.
                delay_seconds: Wait before the first byte.
                drip: Send so many bytes a second.
                then: A function that is called with the mock's data once the body is complete.

        """
        arguments.check_names(when, _RESPOND, "an answer by `respond`", RuleError)
        arguments.check_value("path", path, PATH, RuleError)
        return self.fail(path=path, reply=Reply(json, status, {} if headers is None else headers), **when)
