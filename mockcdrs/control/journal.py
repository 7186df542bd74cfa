"""The journal of a mock: a record of each request, in the order in which they came in."""

import itertools
import logging
import os
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockcdrs.control import redaction
from mockcdrs.control.clock import monotonic
from mockcdrs.crossbar.context import Outcome, UnreadableQuery, client_address, parse_query
from mockcdrs.crossbar.cowboy import MAX_HEADER_VALUE_BYTES, MAX_HEADERS, MAX_REQUEST_LINE_BYTES
from mockcdrs.crossbar.pipeline import HttpRequest

DEFAULT_CAPACITY = 1_000
LOOPBACK = "127.0.0.1"
MAX_RESPONSES = 50
MAX_ERROR_RESPONSES = 200
MAX_BODY_BYTES = 65_536
MAX_REQUEST_BODY_BYTES = 8_192
LEAST_ERROR = 400

_GZIP_WINDOW = 31
_PROXY_VARIABLES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")

logger = logging.getLogger("mockcdrs.journal")


class JournalFull(AssertionError):
    """The journal dropped requests that an answer needs. The text says how to make it keep more."""


@dataclass(slots=True)
class SentResponse:
    """A response as it was sent: its headers, and the first `MAX_BODY_BYTES` of its body, perhaps compressed."""

    headers: dict[str, str]
    parts: list[bytes] = field(default_factory=list)
    kept_bytes: int = 0
    is_truncated: bool = False

    def keep(self, part: bytes) -> None:
        """Record a part of the body that is sent."""
        room = MAX_BODY_BYTES - self.kept_bytes
        self.is_truncated |= len(part) > room
        if part := part[:room]:
            self.parts.append(part)
            self.kept_bytes += len(part)

    def to_dict(self) -> dict[str, Any]:
        """Return headers, and the body as text, with secrets redacted."""
        body, is_truncated = b"".join(self.parts), self.is_truncated
        if self.headers.get("content-encoding") == "gzip":
            unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
            body = unpacker.decompress(body, MAX_BODY_BYTES)
            is_truncated |= bool(unpacker.unconsumed_tail)
        text = redaction.redact_text(body.decode("utf-8", "replace"))
        return {"headers": redaction.redact_headers(self.headers), "body": text, "truncated": is_truncated}


@dataclass(slots=True)
class Record:
    """One request and its response, with secrets redacted.

    Arguments:
        number: its place among all requests, counted from 1.
        at_gregorian: when it came in, in Gregorian seconds by the mock's clock.
        method: the HTTP method.
        path: the path as it came.
        raw_query: the query string as it came.
        query: the decoded parameters: a list where a name is repeated, `True` for a name without a value.
        headers: the request's, by names in lower case.
        status: the status of the response.
        received_bytes: the length of the request's body.
        sent_bytes: the length of the response's body as it was sent, perhaps compressed.
        duration_seconds: how long the response took, by the machine's clock.
        fault: the names of the rules that fired.
        note: why Crossbar, too, answers so, where the answer is puzzling.
        reason: why the request was refused, in words; empty for one that was not.
        body: the request's body as text, its first `MAX_REQUEST_BODY_BYTES`.
        outcome: what Crossbar noted about its answer.
        is_complete: whether the body was sent, or broke off.
        completion: its place among all completed requests, counted from 1; 0 before.
        arrived_seconds: when it came in, by the machine's clock.
        client_address: the address that Crossbar takes for the client's.
        response: the response, as long as it is kept: of the last `MAX_RESPONSES` requests, and of the last
            `MAX_ERROR_RESPONSES` that were refused before.
        final_advice: the advice, once it was read.
        adviser: makes the advice, once the request is complete.

    """

    number: int
    at_gregorian: int
    method: str
    path: str
    raw_query: str
    query: dict[str, Any]
    headers: dict[str, str]
    status: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    duration_seconds: float = 0.0
    fault: str = ""
    note: str = ""
    reason: str = ""
    body: str = ""
    outcome: Outcome = field(default_factory=Outcome)
    is_complete: bool = False
    completion: int = 0
    arrived_seconds: float = field(default=0.0, compare=False)
    client_address: str = ""
    response: SentResponse | None = None
    final_advice: list[str] | None = field(default=None, repr=False, compare=False)
    adviser: Callable[["Record"], list[str]] | None = field(default=None, repr=False, compare=False)

    @property
    def target(self) -> str:
        """Path and query as they came."""
        return f"{self.path}?{self.raw_query}" if self.raw_query else self.path

    @property
    def advice(self) -> list[str]:
        """The advice on the request; none before it is complete."""
        # What is known before is not kept, as it would stand in for the final advice.
        if self.final_advice is not None or self.adviser is None:
            return self.final_advice or []
        is_final = self.completion > 0  # before, it is not known which others completed first
        advice = self.adviser(self)
        if is_final:
            self.final_advice = advice
        return advice


def _cut(text: str, longest: int = MAX_HEADER_VALUE_BYTES) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


def _redact_body(body: bytes) -> str:
    return redaction.redact_text(body[:MAX_REQUEST_BODY_BYTES].decode("utf-8", "replace"))


def _parse_redacted(raw: str) -> dict[str, Any]:
    try:
        pairs = parse_query(raw)
    except UnreadableQuery:
        return {}
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(redaction.redact_value(name, value))
    return {name: each[0] if len(each) == 1 else each for name, each in values.items()}


class RecordedRequests(NamedTuple):
    """The records that a journal of this `capacity` keeps, oldest first, and how many older ones it `dropped`.

    `others` says how many requests came with the tokens of other tests, by the names of these.
    """

    records: list[Record]
    dropped: int
    capacity: int
    others: Mapping[str, int]

    def all(self) -> list[Record]:
        """Return the records of all requests; raises `JournalFull` where some were dropped."""
        if self.dropped:
            enough = 2 * (self.dropped + self.capacity)
            raise JournalFull(
                f"the journal is full: it keeps the last {self.capacity} requests and dropped {self.dropped} older "
                f"ones, so nothing is known of all; have it keep more, as by @pytest.mark.mockcdrs(journal={enough}), "
                f"--mockcdrs-journal={enough}, Mock(journal={enough}), `mockcdrs serve --journal {enough}`"
            )
        return self.records


class JournalChanges(NamedTuple):
    """What changed in a journal after a completion, all as of one moment.

    Arguments:
        records: those that became complete after it, in that order.
        under_way: those that are not complete yet.
        completion: the number of the last completion.
        identity: the journal's.
        completed: how many became complete since the journal was cleared.
        dropped: how many the journal dropped.
        capacity: the journal's.
        others: how many requests came with the tokens of other tests, by the names of these.

    """

    records: list[Record]
    under_way: list[Record]
    completion: int
    identity: str
    completed: int
    dropped: int
    capacity: int
    others: Mapping[str, int]


class Journal:
    """The last `capacity` records. A full journal drops the oldest, counts them in `dropped` and logs this once.

    `identity` changes with each `clear` and differs between processes. The functions in `on_complete` are called with
    every record that has become complete, in the thread that served it, before any waiting thread goes on.
    `machine_seconds` is the machine's clock.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY, machine_seconds: Callable[[], float] = monotonic) -> None:
        self.capacity = capacity
        self._machine_seconds = machine_seconds
        self.on_complete: list[Callable[[Record], None]] = []
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._completions = 0
        self.clear()

    def clear(self) -> None:
        """Remove all records; numbers begin at 1 again. Requests that are still under way are not recorded."""
        with self._lock:
            self._records: deque[Record] = deque(maxlen=self.capacity)
            self._under_way: dict[int, Record] = {}
            self._errors: deque[Record] = deque()
            self._numbers = itertools.count(1)
            self._completed = 0
            self._others: Counter[str] = Counter()
            self.dropped = 0
            self.identity = os.urandom(8).hex()
            self._changed.notify_all()

    def open(self, incoming: HttpRequest, at_gregorian: int, other_test: str = "") -> Record:
        """Add the record of a request that has just come in, and return it; one of an `other_test` is only counted.

        Of a head that is too long for Crossbar as much is kept as Crossbar would read.
        """
        path, query = _cut(incoming.path, MAX_REQUEST_LINE_BYTES), _cut(incoming.query, MAX_REQUEST_LINE_BYTES)
        headers = incoming.headers
        if len(headers) > MAX_HEADERS:
            headers = dict(itertools.islice(headers.items(), MAX_HEADERS))
        if len("".join((*headers, *headers.values()))) > MAX_HEADER_VALUE_BYTES:  # one of them may be too long
            headers = {_cut(name): _cut(value) for name, value in headers.items()}
        record = Record(
            number=0,
            at_gregorian=at_gregorian,
            method=_cut(incoming.method, MAX_REQUEST_LINE_BYTES),
            path=redaction.redact_path(path),
            raw_query=query and redaction.redact_query(query),
            query=_parse_redacted(query) if query else {},
            headers=redaction.redact_headers(headers),
            received_bytes=len(incoming.body),
            body=_redact_body(incoming.body) if incoming.body else "",
            arrived_seconds=self._machine_seconds(),
            client_address=_cut(client_address(incoming.peer, incoming.headers)),
        )
        if other_test:
            with self._lock:
                self._others[other_test] += 1
        else:
            self.add(record)
        return record

    def add(self, record: Record) -> None:
        """Add a record behind the others and number it."""
        with self._lock:
            record.number = next(self._numbers)
            is_first_drop = len(self._records) == self.capacity and not self.dropped
            self.dropped += len(self._records) == self.capacity
            self._records.append(record)
            self._under_way[record.number] = record
            if len(self._records) > MAX_RESPONSES:
                self._drop_response(self._records[-MAX_RESPONSES - 1])
        if is_first_drop:
            logger.warning("the journal is full with %d records: from now on the oldest are dropped", self.capacity)

    def _drop_response(self, record: Record) -> None:
        """Let go of the response to an older request; errors have a ring of their own."""
        if record.status < LEAST_ERROR:
            record.response = None
            return
        self._errors.append(record)
        if len(self._errors) > MAX_ERROR_RESPONSES:
            self._errors.popleft().response = None

    def complete(self, record: Record) -> None:
        """Record that a response was sent or broke off. Does nothing the second time, or after a `clear`."""
        with self._lock:
            if self._under_way.get(record.number) is not record:
                return
            del self._under_way[record.number]
        record.is_complete = True
        try:
            for listener in list(self.on_complete):
                listener(record)
        finally:
            with self._lock:
                self._completed += 1
                self._completions += 1
                record.completion = self._completions
                self._changed.notify_all()

    def __iter__(self) -> Iterator[Record]:
        with self._lock:
            return iter(list(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def snapshot(self) -> RecordedRequests:
        """Return the records, and how many were dropped, as of one moment."""
        with self._lock:
            return RecordedRequests(list(self._records), self.dropped, self.capacity, dict(self._others))

    def before(self, number: int, count: int) -> list[Record]:
        """Return up to `count` records before the one with that number, the latest first."""
        with self._lock:
            behind = self._records[-1].number - number + 1 if self._records else 0
            return list(itertools.islice(reversed(self._records), max(0, behind), max(0, behind) + count))

    @property
    def completed(self) -> int:
        """How many became complete since the last `clear`, including dropped ones."""
        return self._completed

    def changes_since(self, completion: int) -> JournalChanges:
        """Return what happened after a `completion`; one that is still to come means all records.

        The numbers of completions go on when the journal is cleared.
        """
        with self._lock:
            after = completion if completion <= self._completions else 0
            return JournalChanges(
                records=sorted(
                    (record for record in self._records if record.completion > after),
                    key=lambda record: record.completion,
                ),
                under_way=[record for record in self._records if not record.completion],
                completion=self._completions,
                identity=self.identity,
                completed=self._completed,
                dropped=self.dropped,
                capacity=self.capacity,
                others=dict(self._others),
            )

    def wait_for_change(
        self, completion: int, identity: str, timeout_seconds: float, is_over: Callable[[], bool] = lambda: False
    ) -> bool:
        """Wait until a record becomes complete after a `completion`, the journal is cleared, or `wake` is called.

        Returns whether that happened within `timeout_seconds`. Does not wait where `is_over()`.
        """
        with self._lock:
            has_news = self._completions > completion or self.identity != identity or is_over()
            return has_news or self._changed.wait(timeout_seconds)

    def wake(self) -> None:
        """End the waiting of all threads."""
        with self._lock:
            self._changed.notify_all()

    def wait_for(self, count: int, timeout_seconds: float = 5.0) -> list[Record]:
        """Wait until `count` records are complete, including dropped ones, and return all records.

        Raises `TimeoutError`.
        """
        deadline = monotonic() + timeout_seconds
        with self._lock:
            while self._completed < count:
                if not self._changed.wait(max(0.0, deadline - monotonic())) and monotonic() >= deadline:
                    raise TimeoutError(
                        describe_shortfall(self._completed, count, timeout_seconds, self._under_way.values())
                    )
            return list(self._records)


def describe_shortfall(
    completed: int, count: int, timeout_seconds: float, under_way: Iterable[Record], host: str = LOOPBACK
) -> str:
    """Return the message for a test that waited for more requests than a mock on `host` got."""
    waiting = "".join(f"\n  under way: {record.method} {record.path}" for record in under_way)
    return (
        f"{completed} complete requests came, {count} were expected within {timeout_seconds:g} s; "
        f"does the client still run, and does it ask this server? Give it more time with `timeout`."
        f"{'' if completed else proxy_hint(host)}{waiting}"
    )


def proxy_hint(host: str) -> str:
    """Return a sentence, after a blank, on a variable that sends requests for a host to a proxy; empty without one."""
    from urllib.request import proxy_bypass  # slow to import, and only needed for this message

    named = next((name for name in _PROXY_VARIABLES if os.environ.get(name)), None)
    if named is None or proxy_bypass(host):
        return ""
    return f" {named} is set, so a client may ask that proxy instead of {host}: name {host} in NO_PROXY."
