"""The interface of what came in: requests, assertions about them, their transcript, and advice on them."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mockcdrs import arguments
from mockcdrs.control.clock import monotonic
from mockcdrs.control.journal import LOOPBACK, describe_shortfall
from mockcdrs.control.redaction import escape

if TYPE_CHECKING:
    from mockcdrs.control.journal import Record, RecordedRequests

_COUNT = arguments.whole(0)
_STEP_SECONDS = 0.02
_TOLD_HEADERS = ("accept", "content-type", "authorization", "x-auth-token", "if-none-match")
_SECRET = re.compile(r"redacted-[0-9a-f]{8}")


class RequestInterface(ABC):
    """What a client did. Wrong arguments raise `ArgumentError`, which is a `ValueError`."""

    host = LOOPBACK

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

    @arguments.checked
    async def wait_for_async(self, count: int, timeout: float = 5.0) -> "list[Record]":
        """Do as `wait_for`, while the other tasks of the event loop go on."""
        import asyncio  # whoever awaits has it already

        check_wait(count, timeout)
        deadline = monotonic() + timeout
        while (completed := await asyncio.to_thread(self._count_completed)) < count:
            if monotonic() >= deadline:
                waiting = [record for record in self.kept_requests().records if not record.is_complete]
                raise TimeoutError(describe_shortfall(completed, count, timeout, waiting, self.host))
            await asyncio.sleep(_STEP_SECONDS)
        return await asyncio.to_thread(lambda: self.requests)

    @abstractmethod
    def _count_completed(self) -> int:
        """How many requests are complete since the last reset, also those that the journal dropped."""

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
    def assert_requested(  # noqa: PLR0913 each is a part of a request, or how many there are
        self,
        path: str | None = None,
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        times: int | None = None,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        status: int | None = None,
        headers: Mapping[str, str | bool] | None = None,
        body: Any = None,
    ) -> None:
        """Raise `AssertionError`, naming the nearest requests, unless such a request came.

        Args:
            path: The end of its path; `*` is any text within a segment.
            method: Its method.
            query: Parameters that it must have, with their values.
            times: How often it must have come; at least once, if left out.
            at_least: How often at least, instead.
            at_most: How often at most, instead or beside that.
            status: The status of its response.
            headers: Headers that it must have. In a value `*` is any text, but not in `X-Auth-Token`,
                `Authorization`, `Proxy-Authorization` and `Cookie`, which are compared whole. `True` matches any value.
            body: Text that its body must contain, or members that its JSON must have.

        Raises:
            JournalFull: where the requests that the journal still keeps do not tell. It is an `AssertionError`.

        """
        from mockcdrs.control.request_assertions import RequestCount, RequestMatcher, assert_requested

        matcher = RequestMatcher.of(method, path, query, status=status, headers=headers, body=body)
        count = RequestCount.of(times, at_least, at_most)
        assert_requested(self.kept_requests(), matcher, count, host=self.host)

    @arguments.checked
    def assert_not_requested(
        self,
        path: str | None = None,
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        *,
        status: int | None = None,
        headers: Mapping[str, str | bool] | None = None,
        body: Any = None,
    ) -> None:
        """Raise `AssertionError`, naming the nearest requests, if such a request came.

        Args:
            path: The end of its path; `*` is any text within a segment.
            method: Its method.
            query: Parameters that it must have, with their values.
            status: The status of its response.
            headers: Headers that it must have. In a value `*` is any text, but not in `X-Auth-Token`,
                `Authorization`, `Proxy-Authorization` and `Cookie`, which are compared whole. `True` matches any value.
            body: Text that its body must contain, or members that its JSON must have.

        Raises:
            JournalFull: where the requests that the journal still keeps do not tell. It is an `AssertionError`.

        """
        from mockcdrs.control.request_assertions import RequestCount, RequestMatcher, assert_requested

        matcher = RequestMatcher.of(method, path, query, status=status, headers=headers, body=body)
        assert_requested(self.kept_requests(), matcher, RequestCount.of(0), host=self.host)

    @arguments.checked
    def assert_requested_in_order(self, /, *requests: "str | Mapping[str, Any]") -> None:
        """Raise `AssertionError` unless such requests came in this order, whatever came between them.

        Args:
            requests: The end of a path each, or the arguments of `assert_requested` that describe a request, as in
                `{"path": "/cdrs", "query": {"page_size": 50}}`.

        Raises:
            JournalFull: where the requests that the journal still keeps do not tell. It is an `AssertionError`.

        """
        from mockcdrs.control.request_assertions import RequestMatcher, assert_in_order

        matchers = [RequestMatcher.parse(each) for each in requests]
        assert_in_order(self.kept_requests(), matchers, host=self.host)

    @arguments.checked
    def transcript(self) -> str:
        """The client's requests as text, oldest first, to be compared with a file.

        It is the same for the same requests: parameters are in order of their names, tokens and the account's id have
        placeholders, and neither times of the machine nor addresses nor the client's version are in it.
        """
        return _write_transcript(self.requests, {self.account_id: "{account_id}"})

    @property
    @abstractmethod
    def account_id(self) -> str:
        """The id of the account that holds the calls."""


def check_wait(count: Any, timeout: Any) -> None:
    """Raise `ArgumentError` for what `wait_for` cannot wait for."""
    arguments.check_value("count", count, _COUNT)
    arguments.check_value("timeout", timeout, arguments.SECONDS)


def _write_transcript(records: "Iterable[Record]", placeholders: Mapping[str, str]) -> str:
    """Return the requests of records as text; `placeholders` replace texts that differ from run to run."""
    text = "\n".join(line for record in records for line in _lines(record))
    for value, placeholder in placeholders.items():
        text = text.replace(value, placeholder)
    secrets = {secret: f"{{secret {place}}}" for place, secret in enumerate(dict.fromkeys(_SECRET.findall(text)), 1)}
    return _SECRET.sub(lambda match: secrets[match[0]], text) + "\n" * bool(text)


def _lines(record: "Record") -> Iterable[str]:
    yield f"{record.method} {escape(record.path)}"
    yield from (
        f"  {name}" if each is True else f"  {name}={escape(str(each))}"
        for name, value in sorted(record.query.items())
        for each in (value if isinstance(value, list) else [value])
    )
    yield from (f"  {name}: {escape(record.headers[name])}" for name in _TOLD_HEADERS if name in record.headers)
    if record.body:
        yield f"  {_body(record.body)}"
    yield f"  -> {record.status or 'no response'}"


def _body(text: str) -> str:
    """A body on one line: JSON with its members in order of their names, other text as a JSON text."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return json.dumps(text)
