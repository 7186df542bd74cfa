"""What follows from the few things that a mock can do, here and elsewhere alike."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.control import request_assertions
from mockcdrs.control.journal import LOOPBACK
from mockcdrs.control.request_assertions import PATH, RequestMatcher
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.store import Document
from mockcdrs.faults import Reply, Rule, RuleError
from mockcdrs.faults.rule import ARGUMENTS_BESIDE_REPLY

if TYPE_CHECKING:
    from mockcdrs.control.journal import RecordedRequests
    from mockcdrs.strategies import History


_HISTORY = Kind(
    "a History, as mockcdrs.strategies.histories() draws them",
    lambda value: hasattr(value, "documents") and hasattr(value, "now_gregorian"),
)
_RESPOND = ("path", "json", "status", "headers", *(name for name in ARGUMENTS_BESIDE_REPLY if name != "path"))
_COUNT = arguments.whole(0)


def check_wait(count: Any, timeout: Any) -> None:
    """Raise `ArgumentError` for what `wait_for` cannot wait for."""
    arguments.check_value("count", count, _COUNT)
    arguments.check_value("timeout", timeout, arguments.SECONDS)


class Held(Protocol):
    """The few things."""

    @property
    def account_id(self) -> str:
        """The account's."""

    @property
    def host(self) -> str:
        """Where it is asked."""

    @property
    def clock(self) -> Any:
        """With `freeze`."""

    def kept_requests(self) -> "RecordedRequests":
        """What came in, as far as the journal keeps it."""

    def reset(self) -> None:
        """As it was made."""

    def clear(self) -> None:
        """Empty the account."""

    def add_cdr(self, document: Document) -> Document:
        """Add a document."""

    def fail(self, **rule: Any) -> Rule:
        """Add a rule."""


class Derived:
    """Methods for a class that has what `Held` names."""

    is_mock = True
    host = LOOPBACK

    @arguments.checked
    @contextlib.contextmanager
    def data(self, history: "History") -> Iterator[Self]:
        """Hold these calls in the account, and no others, for a `with` block: one example of a property test.

        The clock stands at the history's now. At the end everything is reset.
        """
        arguments.check_value("history", history, _HISTORY)
        held = cast("Held", self)
        held.reset()
        held.clear()
        held.clock.freeze(history.now_gregorian)
        for document in history.documents:
            held.add_cdr({**document, "pvt_account_id": held.account_id})
        try:
            yield self
        finally:
            held.reset()

    @arguments.checked
    def edge(self: Held, name: str) -> list[Document]:
        """Add the documents of a named edge case, and give them; `KeyError` for a name that is not in the catalogue."""
        arguments.check_value("name", name, arguments.TEXT)
        catalogue = fixtures.load_edge_cases()
        if name not in catalogue:
            raise KeyError(f"{name!r} is no edge case: expected one of {', '.join(catalogue)}")
        return [self.add_cdr({**document, "pvt_account_id": self.account_id}) for document in catalogue[name]]

    @arguments.checked
    def respond(
        self: Held,
        /,
        path: str,
        json: Any = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **when: Any,
    ) -> Rule:
        """Answer a path that the mock does not serve; `when` is what else a rule can say. Raises `RuleError`."""
        arguments.check_names(when, _RESPOND, "an answer by `respond`", RuleError)
        arguments.check_value("path", path, PATH, RuleError)
        return self.fail(path=path, reply=Reply(json, status, {} if headers is None else headers), **when)

    @arguments.checked
    def assert_requested(
        self: Held,
        path: str | None = None,
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        times: int | None = None,
    ) -> None:
        """Raise `AssertionError`, naming the nearest requests, unless it was asked `times` often (at least once).

        Raises `JournalFull`, which is one too, where the requests that the journal still keeps do not tell, and
        `ArgumentError` for what no request can have.
        """
        request_assertions.assert_requested(
            self.kept_requests(), RequestMatcher.of(method, path, query), times, host=self.host
        )

    @arguments.checked
    def assert_not_requested(
        self: Held, path: str | None = None, method: str | None = None, query: Mapping[str, Any] | None = None
    ) -> None:
        """Raise `AssertionError` if it was asked; `JournalFull` and `ArgumentError` as `assert_requested` does."""
        request_assertions.assert_requested(
            self.kept_requests(), RequestMatcher.of(method, path, query), times=0, host=self.host
        )
