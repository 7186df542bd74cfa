"""The interface of a mock, which a mock in this process and one elsewhere implement alike."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Self, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control import request_assertions
from mockcdrs.control.fault_interface import FaultInterface
from mockcdrs.control.journal import LOOPBACK
from mockcdrs.control.request_assertions import BELOW_ACCOUNT, RequestMatcher
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.store import Document

if TYPE_CHECKING:
    from mockcdrs.control.added_calls import CallArguments, Interaction
    from mockcdrs.control.clock import ClockInterface
    from mockcdrs.control.expected import Expected
    from mockcdrs.control.expected_query import ListingQuery
    from mockcdrs.control.journal import Record, RecordedRequests
    from mockcdrs.control.webhooks import Webhook, WebhookArguments, WebhookAttempt
    from mockcdrs.dataset.accounts import Credentials
    from mockcdrs.strategies import History

_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
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


class MockInterface(FaultInterface):
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
    def ca_path(self) -> Path | None:
        """The certificate, as a PEM file, that a client of an https server trusts: `verify=`, `NODE_EXTRA_CA_CERTS`.

        `None` where it serves http. For a mock elsewhere it is a path on its machine.
        """

    @property
    @abstractmethod
    def clock(self) -> "ClockInterface":
        """The one clock of the mock: `freeze(moment)`, `advance(days=40)`, `live()`."""

    @abstractmethod
    def add_webhook(self, /, uri: str, **webhook: "Unpack[WebhookArguments]") -> "Webhook":
        """Post an event to a server of the test's for each leg that ends from now on, as Kazoo's webhooks do.

        The event is `channel_destroy`. It is sent when the leg ends on the mock's clock. Raises `ArgumentError`.

        Args:
            uri: Where it is sent: a URL of this machine, unless the mock has `remote_webhooks`.
            webhook: All that follows.

                http_verb: `post`, `put`, or `get` with the event as the query.
                format: `form-data` or `json`.
                retries: How often an event is sent whose connection fails, two seconds apart.
                custom_data: Texts by name that are added to each event.
                include_subaccounts: Whether calls of accounts below are told, too.
                include_internal_legs: Whether loopback channels are told, too.

        """

    @abstractmethod
    def remove_webhook(self, webhook: "Webhook") -> None:
        """Remove a webhook. Raises `KeyError` if it is not there."""

    @abstractmethod
    def wait_for_webhooks(self, count: int, timeout: float = 5.0) -> "list[WebhookAttempt]":
        """Wait until `count` attempts to send events were made, and return all. Raises `TimeoutError`."""

    @abstractmethod
    def reset(self) -> None:
        """Undo all changes: of data, faults, webhooks, journal, clock, settings, quirks and request ids."""

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
