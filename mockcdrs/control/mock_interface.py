"""The interface of a mock, which a mock in this process and one elsewhere implement alike."""

import contextlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import ACCOUNT, read_arguments
from mockcdrs.control.request_interface import RequestInterface
from mockcdrs.faults import RuleError

if TYPE_CHECKING:
    from mockcdrs.control.clock import ClockInterface
    from mockcdrs.control.webhooks import Webhook, WebhookArguments, WebhookAttempt
    from mockcdrs.faults.actions import ReplyRuleArguments, RuleArguments, ScriptArguments, Step
    from mockcdrs.faults.reply import MakeReply, Reply, ReplyArguments
    from mockcdrs.faults.rule import Rule
    from mockcdrs.strategies import History

_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
TEST_NAME = Kind("the name of a test, text", lambda value: isinstance(value, str) and bool(value))


class MockInterface(AccountInterface, RequestInterface):
    """What a test does with a mock and asks of it: with its own account, with others, with its clock and faults.

    Wrong arguments raise `ArgumentError`, a `ValueError`; those of a rule raise `RuleError`, an `ArgumentError`.
    """

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

    @arguments.checked
    def add_account(
        self, name: str | None = None, *, parent: str | None = None, is_reseller: bool = False
    ) -> AccountInterface:
        """Add an account without users and calls, until the next reset. Tokens of the accounts above it open it, too.

        Args:
            name: The account's name; drawn, if left out.
            parent: The id of the account above it: the mock's own one, if left out.
            is_reseller: Whether it is a reseller.

        """
        given = read_arguments({"name": name, "parent": parent, "is_reseller": is_reseller}, ACCOUNT)
        return self._add_account(given)

    @abstractmethod
    def _add_account(self, given: dict[str, Any]) -> AccountInterface: ...

    @arguments.checked
    def issue_token(self, name: str) -> str:
        """Give the test of this name a token of its own, which is the mock's `auth_token` from now on.

        A token that another test was given is refused as any unknown one. What comes with it is in no journal, gets no
        advice, meets no fault, and is only counted, under that test's name. The pytest plugin gives one to each test.
        """
        arguments.check_value("name", name, TEST_NAME)
        return self._issue_token(name)

    @abstractmethod
    def _issue_token(self, name: str) -> str: ...

    @arguments.named_only("fail(status=503)", RuleError)
    def fail(self, /, **rule: "Unpack[RuleArguments]") -> "Rule":
        """Make requests fail until the next reset. Raises `RuleError`.

        Args:
            rule: All that follows.

                method, path, query: Which requests: `path` is the end of a path, in which `*` is any text within a
                    segment; `query` names parameters that must be there.
                headers, token: Only those of a client: headers that must be there, with `*` for any text, as in
                    `{"User-Agent": "nightly-sync/*"}`; or its token. `X-Auth-Token`, `Authorization`,
                    `Proxy-Authorization` and `Cookie` are compared whole.
                page: Only the page of this number in a walk, counted from 1.
                nth, after, times, probability: Which of those: only the nth, none of so many first, so many at most,
                    or by chance from 0 to 1.
                script: What happens to one request after another, as in `script()`.
                error: Respond with an error of Crossbar's, by name, as in `too_many_requests`.
                status: Respond with this status, 400 to 599.
                reply: Respond with a `Reply`, or with what a function of the request returns.
                empty: Respond 200 without a body.
                malformed_json: Respond with JSON that does not end.
                token_expired: Refuse the request's token from then on. A token of a later login is good.
                rate_limit: Respond 429 once a client's bucket of tokens is empty, as in
                    `{"max_bucket_tokens": 5, "tokens_fill_rate": 1}`.
                stale_key: Refuse the start key that came.
                duplicate_row: Give the last row of a page twice.
                endless_next_key: Have a page lead to itself.
                close: Close the connection before any byte.
                reset: Reset it before any byte.
                blackhole: Never answer.
                cut_after: Close it after so many bytes of the body.
                cut_in_chunk: Close it in the middle of a chunk.
                wrong_content_length: Announce so many bytes too many.
                delay_seconds: Wait before the first byte: seconds, or `uniform()`, `lognormal()` or `jitter()`, which
                    are drawn by the seed.
                drip: Send so many bytes a second of each body.
                bandwidth: Send so many bytes a second of all bodies together.
                then: A function that is called with the mock's data once the body is complete. What it raises breaks
                    the connection, and is raised again at the end of the test. A mock elsewhere cannot call it.

        """
        from mockcdrs.faults.rule import Rule  # which mocks without rules do without

        return self._add_rule(Rule.from_arguments(rule))

    @abstractmethod
    def _add_rule(self, rule: "Rule") -> "Rule": ...

    @abstractmethod
    def down(self) -> AbstractContextManager[None]:
        """Have the server down for a `with` block, and up again at the same address.

        Its clients find nobody there. Where the control API must still be reached, as that of a mock elsewhere, and
        without a socket, their connections are reset in place of that.
        """

    @abstractmethod
    def never_fired(self) -> "list[Rule]":
        """The rules that no request has met yet."""

    @abstractmethod
    def near_misses(self, rule: "Rule") -> list[str]:
        """The requests that a rule which never fired came nearest to, and in what they differ; the nearest first."""

    @abstractmethod
    def check_faults(self) -> None:
        """Raise what a rule's own code raised."""

    @arguments.checked
    def respond(  # noqa: PLR0913 a response has so many parts
        self,
        /,
        path: str,
        reply: "Reply | ReplyArguments | MakeReply | Sequence[Reply | ReplyArguments] | None" = None,
        *,
        json: Any = None,
        text: str | None = None,
        body: bytes | None = None,
        file: str | Path | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **when: "Unpack[ReplyRuleArguments]",
    ) -> "Rule":
        """Respond to a path, also to one that the mock does not serve. Raises `RuleError`.

        Args:
            path: The end of the path. `*` is any text within a segment, as in `/devices/*/sync`.
            reply: In place of what follows to `headers`: a `Reply` or its arguments; a function of the request that
                returns a `Reply`; or a list of replies, which are sent one after the other.
            json: The body, as JSON.
            text: The body, as text.
            body: The body, as bytes.
            file: The file that holds the body.
            status: 200 to 599.
            headers: Further headers.
            when: All that follows.

                method, query: Which requests: `query` names parameters that must be there.
                token: Only those of a client with this token.
                page: Only the page of this number in a walk, counted from 1.
                nth, after, times, probability: Which of those: only the nth, none of so many first, so many at most,
                    or by chance from 0 to 1.
                close: Close the connection before any byte.
                reset: Reset it before any byte.
                blackhole: Never answer.
                cut_after: Close it after so many bytes of the body.
                cut_in_chunk: Close it in the middle of a chunk.
                wrong_content_length: Announce so many bytes too many.
                delay_seconds: Wait before the first byte: seconds, or `uniform()`, `lognormal()` or `jitter()`.
                drip: Send so many bytes a second of each body.
                bandwidth: Send so many bytes a second of all bodies together.
                then: A function that is called with the mock's data once the body is complete.

        """
        from mockcdrs.control.request_assertions import PATH
        from mockcdrs.faults.actions import REPLY_RULE_ARGUMENTS
        from mockcdrs.faults.reply import Reply, make_reply

        arguments.check_names(when, REPLY_RULE_ARGUMENTS, "an answer by `respond`", RuleError)
        arguments.check_value("path", path, PATH, RuleError)
        parts = {"json": json, "text": text, "body": body, "file": file, "headers": headers}
        given = {name: value for name, value in parts.items() if value is not None}
        given |= {} if status == 200 else {"status": status}
        if reply is None:
            return self.fail(path=path, reply=Reply(**given), **when)
        if given:
            raise RuleError(f"reply: came beside {', '.join(given)}, expected one of the two", "reply")
        if isinstance(reply, list | tuple):
            return self.fail(path=path, script=[{"reply": make_reply(each)} for each in reply], **when)
        return self.fail(path=path, reply=make_reply(reply), **when)

    @arguments.checked
    def script(self, /, path: str, steps: "Sequence[Step]", **when: "Unpack[ScriptArguments]") -> "Rule":
        """Say what happens to one request after another; after the last step all is well. Raises `RuleError`.

        Args:
            path: The end of the path.
            steps: One for each request: 200 for an answer as usual; 400 to 599 for an error; a `Reply`; or actions by
                name, as in `{"cut_after": 100}`.
            when: All that follows.

                method, query: Which requests: `query` names parameters that must be there.
                headers, token: Only those of a client.
                page: Only the page of this number in a walk, counted from 1.
                after, probability: Which of those: none of so many first, or by chance from 0 to 1.
                delay_seconds, drip, bandwidth: Slow each answer down, as `fail` does.
                then: A function that is called with the mock's data once each body is complete.

        """
        from mockcdrs.control.request_assertions import PATH
        from mockcdrs.faults.actions import SCRIPT_ARGUMENTS

        arguments.check_names(when, SCRIPT_ARGUMENTS, "`script`", RuleError)
        arguments.check_value("path", path, PATH, RuleError)
        return self.fail(path=path, script=steps, **when)

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
