"""The interface of a mock, which a mock in this process and one elsewhere implement alike."""

import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.fault_interface import FaultInterface
from mockcdrs.control.request_interface import RequestInterface

if TYPE_CHECKING:
    from mockcdrs.control.clock import ClockInterface
    from mockcdrs.control.webhooks import Webhook, WebhookArguments, WebhookAttempt
    from mockcdrs.strategies import History

_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
TEST_NAME = Kind("the name of a test, text", lambda value: isinstance(value, str) and bool(value))


class MockInterface(AccountInterface, RequestInterface, FaultInterface):
    """What a test does with a mock and asks of it: with its own account, with others, with its clock and faults."""

    is_mock = True

    @property
    @abstractmethod
    def clock(self) -> "ClockInterface":
        """The one clock of the mock: `freeze(moment)`, `advance(days=40)`, `live()`."""

    @property
    @abstractmethod
    def ca_path(self) -> Path | None:
        """The certificate, as a PEM file, that a client of an https server trusts: `verify=`, `NODE_EXTRA_CA_CERTS`.

        `None` where it serves http. For a mock elsewhere it is a path on its machine.
        """

    @abstractmethod
    def reset(self) -> None:
        """Undo all changes: of data, faults, webhooks, journal, clock, settings, quirks and request ids."""

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
    def issue_token(self, name: str) -> str:
        """Give the test of this name a token of its own, which is the mock's `auth_token` from now on.

        A token that another test was given is refused as any unknown one. What comes with it is in no journal, gets no
        advice, meets no fault, and is only counted, under that test's name. The pytest plugin gives one to each test.
        """

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
