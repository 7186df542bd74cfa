"""The interface of a mock, which a mock in this process and one elsewhere implement alike."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Never, Self, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control import request_assertions
from mockcdrs.control.journal import LOOPBACK
from mockcdrs.control.request_assertions import BELOW_ACCOUNT, PATH, RequestMatcher
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.store import Document
from mockcdrs.faults import Reply, Rule, RuleError
from mockcdrs.faults.rule import ARGUMENTS_BESIDE_REPLY

if TYPE_CHECKING:
    from mockcdrs.control.added_calls import CallArguments, Interaction
    from mockcdrs.control.clock import ClockInterface
    from mockcdrs.control.expected import Expected
    from mockcdrs.control.expected_query import ListingQuery
    from mockcdrs.control.journal import Record, RecordedRequests
    from mockcdrs.dataset.accounts import Credentials
    from mockcdrs.faults import RuleArguments
    from mockcdrs.faults.rule import ReplyRuleArguments
    from mockcdrs.strategies import History

_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
_RESPOND = ("path", "json", "status", "headers", *(name for name in ARGUMENTS_BESIDE_REPLY if name != "path"))
_COUNT = arguments.whole(0)


class ApiAddress(ABC):
    """The address of an account's API: URL, account and token, of a mock or of a real Kazoo."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL that a client is configured with. It ends in `/v2`."""

    @property
    @abstractmethod
    def account_id(self) -> str:
        """The id of the account that holds the calls."""

    @property
    @abstractmethod
    def auth_token(self) -> str:
        """A token of that account, for the header `X-Auth-Token`."""

    @arguments.checked
    def url_for(self, path: str) -> str:
        """The URL of a path below the account: `/cdrs` gives `.../v2/accounts/{account_id}/cdrs`."""
        arguments.check_value("path", path, BELOW_ACCOUNT)
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        return self.url


class MockInterface(ABC):
    """What a test does with a mock and asks of it. Wrong arguments raise `ArgumentError`, which is a `ValueError`."""

    is_mock = True
    host = LOOPBACK

    @property
    @abstractmethod
    def account_id(self) -> str:
        """The id of the account that holds the calls."""

    @property
    @abstractmethod
    def auth_token(self) -> str:
        """A token of that account. It is good whatever the clock does, unless a fault says otherwise."""

    @property
    @abstractmethod
    def user_id(self) -> str:
        """The id of a user of the account. Raises `LookupError` if it has none."""

    @property
    @abstractmethod
    def credentials(self) -> "Credentials":
        """What a client logs in with."""

    @property
    @abstractmethod
    def clock(self) -> "ClockInterface":
        """The one clock of the mock: `freeze(moment)`, `advance(days=40)`, `live()`."""

    @abstractmethod
    def reset(self) -> None:
        """Undo all changes: of data, faults, journal, clock, settings, quirks and request ids."""

    @abstractmethod
    def clear(self) -> None:
        """Remove all calls of the account, until the next reset."""

    @abstractmethod
    def add_call(
        self, /, *unnamed: Never, at: str | datetime | int | None = None, **call: "Unpack[CallArguments]"
    ) -> "Interaction":
        """Add a call made by a scenario, with all its legs.

        Args:
            unnamed: No argument without a name.
            at: When its last leg ended: ISO 8601 or a `datetime`, both in UTC unless they say otherwise, or Gregorian
                seconds. Now, if left out.
            call: All that follows; whatever is left out follows from the scenario.

                scenario: Name of the scenario, `inbound_answered` if left out.
                caller, callee: Their numbers.
                caller_name, callee_name: Their names.
                seconds: Length of the conversation.
                owner_id: The user whose call it is.
                fields: Fields that each leg's document gets as they are.

        Raises:
            UnknownScenario: for a scenario that is not known.
            NotACdr: for `fields` that no CDR can have.

        """

    @abstractmethod
    def add_cdr(self, document: Document) -> Document:
        """Add a CDR's document as it is, and return it with what Kazoo itself writes where that was missing.

        Args:
            document: Without `timestamp` it is a call that ends now; without `pvt_created` it was written when it
                ended. A time that no calendar has puts it into this month.

        Raises:
            NotACdr: for what no CDR can be, also for times in Unix seconds.

        """

    @abstractmethod
    def remove(self, cdr_id: str) -> None:
        """Remove a CDR of the account. Raises `KeyError` if it does not exist."""

    @abstractmethod
    def expected(self, /, path: str = "/cdrs", **query: "Unpack[ListingQuery]") -> "Expected":
        """What a correct client must end up with, all pages together.

        Args:
            path: The listing's path below the account: `/cdrs`, `/cdrs/interaction`, or either of a user.
            query: All that follows.

                created_from, created_to: The range in Gregorian seconds; Crossbar's default range if left out.
                filter_FIELD, filter_not_FIELD: Crossbar's filters. That of a field within another one is given as
                    `**{"filter_custom_channel_vars.bridge_id": ...}`.
                page_size, paginate, chunk_size, is_chunked: How the client walks. With one of them no more is
                    expected than such a walk reaches.
                ascending, descending: The direction. It also says which of two equal legs stands for an interaction.

        Raises:
            UnsupportedQuery: for another path and other parameters.

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

    @abstractmethod
    def kept_requests(self) -> "RecordedRequests":
        """The requests since the last reset, as far as the journal keeps them."""

    @abstractmethod
    def kept_advice(self) -> list[str]:
        """The advice on the requests that the journal keeps."""

    @abstractmethod
    def wait_for(self, count: int, timeout: float = 5.0) -> "list[Record]":
        """Wait until `count` requests are complete, and return all that came in.

        Raises:
            TimeoutError: after `timeout` seconds.
            JournalFull: where the journal no longer keeps all of them.

        """

    @property
    def requests(self) -> "list[Record]":
        """The requests since the last reset, oldest first. Raises `JournalFull` if the journal keeps only some."""
        return self.kept_requests().all()

    @arguments.checked
    def advice(self) -> list[str]:
        """What Crossbar tolerated of the client without a word, or answered in a puzzling way: `code: text` each.

        Raises `JournalFull` if requests were dropped before anybody looked at them.
        """
        self.kept_requests().all()
        return self.kept_advice()

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
    def edge(self, name: str) -> list[Document]:
        """Add the documents of a named edge case, and return them. Raises `KeyError` for a name that is not known."""
        arguments.check_value("name", name, arguments.TEXT)
        catalogue = fixtures.load_edge_cases()
        if name not in catalogue:
            raise KeyError(f"{name!r} is no edge case: expected one of {', '.join(catalogue)}")
        return [self.add_cdr({**document, "pvt_account_id": self.account_id}) for document in catalogue[name]]

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

    @arguments.checked
    def assert_requested(
        self,
        path: str | None = None,
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        times: int | None = None,
    ) -> None:
        """Raise `AssertionError`, naming the nearest requests, unless such a request came.

        Args:
            path: The end of its path.
            method: Its method.
            query: Parameters that it must have, with their values.
            times: How often it must have come; at least once, if left out.

        Raises:
            JournalFull: where the requests that the journal still keeps do not tell. It is an `AssertionError`.

        """
        request_assertions.assert_requested(
            self.kept_requests(), RequestMatcher.of(method, path, query), times, host=self.host
        )

    @arguments.checked
    def assert_not_requested(
        self, path: str | None = None, method: str | None = None, query: Mapping[str, Any] | None = None
    ) -> None:
        """Raise `AssertionError`, naming the nearest requests, if such a request came.

        Args:
            path: The end of its path.
            method: Its method.
            query: Parameters that it must have, with their values.

        Raises:
            JournalFull: where the requests that the journal still keeps do not tell. It is an `AssertionError`.

        """
        request_assertions.assert_requested(
            self.kept_requests(), RequestMatcher.of(method, path, query), times=0, host=self.host
        )


def check_wait(count: Any, timeout: Any) -> None:
    """Raise `ArgumentError` for what `wait_for` cannot wait for."""
    arguments.check_value("count", count, _COUNT)
    arguments.check_value("timeout", timeout, arguments.SECONDS)
