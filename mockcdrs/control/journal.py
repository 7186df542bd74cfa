"""What clients did: a record for each request, in the order in which they came in."""

import itertools
import logging
import os
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.control import proxies, redaction
from mockcdrs.control.real_clock import monotonic
from mockcdrs.crossbar.context import Outcome, UnreadableQuery, parse_query
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.crossbar.token_bucket import client_address

CAPACITY = 1_000
LOOPBACK = "127.0.0.1"
KEPT_RESPONSES = 50
KEPT_BYTES = 65_536

_GZIP_WINDOW = 31

logger = logging.getLogger("mockcdrs.journal")


class JournalFull(AssertionError):
    """What a test asks is no longer known: the journal has dropped requests. The text says how to have it keep more."""


@dataclass(slots=True)
class Response:
    """An answer as it went out: its headers, and the first `KEPT_BYTES` of its body, compressed where it was."""

    headers: dict[str, str]
    parts: list[bytes] = field(default_factory=list)
    kept_bytes: int = 0
    is_truncated: bool = False

    def keep(self, part: bytes) -> None:
        """Note a part that goes out."""
        room = KEPT_BYTES - self.kept_bytes
        self.is_truncated |= len(part) > room
        if room > 0:
            self.parts.append(part[:room])
            self.kept_bytes += len(self.parts[-1])

    def to_dict(self) -> dict[str, Any]:
        """Headers, and the body as text, without secrets."""
        body, is_truncated = b"".join(self.parts), self.is_truncated
        if self.headers.get("content-encoding") == "gzip":
            unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
            body = unpacker.decompress(body, KEPT_BYTES)
            is_truncated |= bool(unpacker.unconsumed_tail)
        text = redaction.text(body.decode("utf-8", "replace"))
        return {"headers": redaction.headers(self.headers), "body": text, "truncated": is_truncated}


@dataclass(slots=True)
class Record:
    """One request and what became of it.

    `number` counts from 1, `at_gregorian` is in Gregorian seconds by the mock's clock, `duration_seconds` by the
    machine's, as is `arrived_seconds`, since some moment. `client_address` is what Crossbar takes for it. `path` and
    `raw_query` are as they came. `query` holds the decoded parameters: a list where a name is repeated, `True` for a
    bare name. `headers` have their names in small letters. Secrets are redacted wherever they were sent
    (`control/redaction.py`). `sent_bytes` counts the body as it went out, compressed where it was. `fault` names the
    rules that fired; `note` says of a puzzling answer that Crossbar gives it too, and why. `is_complete`: the body has
    ended or broke off. `advising`, which it has from then on, makes the advice when it is first read.
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
    outcome: Outcome = field(default_factory=Outcome)
    is_complete: bool = False
    completion: int = 0
    arrived_seconds: float = field(default=0.0, compare=False)
    client_address: str = ""
    response: Response | None = None
    advised: list[str] | None = field(default=None, repr=False, compare=False)
    advising: Callable[["Record"], list[str]] | None = field(default=None, repr=False, compare=False)

    @property
    def advice(self) -> list[str]:
        """What there is to say of it once it is complete; nothing before."""
        # nothing is kept before: it would take the place of what is said once it is complete
        if self.advised is not None or self.advising is None:
            return self.advised or []
        has_place = self.completion > 0  # else it is not known yet which others are over before it
        advice = self.advising(self)
        if has_place:
            self.advised = advice
        return advice


def _query(raw: str) -> dict[str, Any]:
    try:
        pairs = parse_query(raw)
    except UnreadableQuery:
        return {}
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(redaction.value(name, value))
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


@dataclass(frozen=True, slots=True)
class KeptRequests:
    """What a journal of this `capacity` keeps, oldest first, and how many older ones it has `dropped`."""

    records: list[Record]
    dropped: int
    capacity: int

    def all(self) -> list[Record]:
        """The records, where they are of all requests; raises `JournalFull` where some were dropped."""
        if self.dropped:
            enough = 2 * (self.dropped + self.capacity)
            raise JournalFull(
                f"the journal is full: it keeps the last {self.capacity} requests and dropped {self.dropped} older "
                f"ones, so nothing is known of all; have it keep more, as by @pytest.mark.mockcdrs(journal={enough}), "
                f"--mockcdrs-journal={enough}, Mock(journal={enough}), `mockcdrs serve --journal {enough}`"
            )
        return self.records


@dataclass(frozen=True, slots=True)
class News:
    """What became of a journal behind a completion, all of one moment.

    `records` became complete behind it, in that order, the last of them as the `completion`-th; `under_way` are not
    complete yet. `identity` and `completed` are the journal's.
    """

    records: list[Record]
    under_way: list[Record]
    completion: int
    identity: str
    completed: int
    dropped: int
    capacity: int


class Journal:
    """The last `capacity` records. Full, it drops the oldest, says so once in the log and counts them in `dropped`.

    `identity` is another one after each `clear`, and in each process.

    Each of `on_complete` is called with every record that has become complete, in the thread that served it, before
    whoever waits for it goes on.
    """

    def __init__(self, capacity: int = CAPACITY, machine_seconds: Callable[[], float] = monotonic) -> None:
        self.capacity = capacity
        self._machine_seconds = machine_seconds
        self.on_complete: list[Callable[[Record], None]] = []
        self._changed = threading.Condition()
        self._completions = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything; numbers begin at 1 again. A request still under way leaves no trace behind."""
        with self._changed:
            self._records: deque[Record] = deque(maxlen=self.capacity)
            self._under_way: dict[int, Record] = {}
            self._numbers = itertools.count(1)
            self._completed = 0
            self.dropped = 0
            self.identity = os.urandom(8).hex()
            self._changed.notify_all()

    def open(self, incoming: HttpRequest, at_gregorian: int) -> Record:
        """A new record of a request that has just come in, added."""
        record = Record(
            number=0,
            at_gregorian=at_gregorian,
            method=incoming.method,
            path=redaction.path(incoming.path),
            raw_query=redaction.query(incoming.query),
            query=_query(incoming.query),
            headers=redaction.headers(incoming.headers),
            received_bytes=len(incoming.body),
            arrived_seconds=self._machine_seconds(),
            client_address=client_address(incoming.peer, incoming.headers),
        )
        self.add(record)
        return record

    def add(self, record: Record) -> None:
        """Put a record behind the others and number it."""
        with self._changed:
            record.number = next(self._numbers)
            is_first_drop = len(self._records) == self.capacity and not self.dropped
            self.dropped += len(self._records) == self.capacity
            self._records.append(record)
            self._under_way[record.number] = record
            if len(self._records) > KEPT_RESPONSES:
                self._records[-KEPT_RESPONSES - 1].response = None
        if is_first_drop:
            logger.warning("the journal is full with %d records: from now on the oldest are dropped", self.capacity)

    def complete(self, record: Record) -> None:
        """Note that a record's answer is over. Nothing happens the second time, or after a `clear`."""
        with self._changed:
            if self._under_way.get(record.number) is not record:
                return
            del self._under_way[record.number]
        record.is_complete = True
        try:
            for listener in list(self.on_complete):
                listener(record)
        finally:
            with self._changed:
                self._completed += 1
                self._completions += 1
                record.completion = self._completions
                self._changed.notify_all()

    def __iter__(self) -> Iterator[Record]:
        with self._changed:
            return iter(list(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def kept(self) -> KeptRequests:
        """The records, and how many were dropped, at one moment."""
        with self._changed:
            return KeptRequests(list(self._records), self.dropped, self.capacity)

    def since(self, number: int) -> list[Record]:
        """The records with a greater number, oldest first."""
        return [record for record in self if record.number > number]

    def before(self, number: int, count: int) -> list[Record]:
        """Up to so many records in front of the one with that number, the last first."""
        with self._changed:
            behind = self._records[-1].number - number + 1 if self._records else 0
            return list(itertools.islice(reversed(self._records), max(0, behind), max(0, behind) + count))

    @property
    def completed(self) -> int:
        """How many became complete since the last `clear`, dropped ones counted."""
        return self._completed

    def news(self, completion: int) -> News:
        """What happened behind a `completion`.

        Completions go on counting when the journal is cleared; one that is still to come means all records.
        """
        with self._changed:
            after = completion if completion <= self._completions else 0
            return News(
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
            )

    def wait_behind(
        self, completion: int, identity: str, timeout_seconds: float, is_over: Callable[[], bool] = lambda: False
    ) -> bool:
        """Wait until a record becomes complete behind a `completion`, the journal is cleared, or `wake` is called.

        No longer than `timeout_seconds`: then it is false. Nobody waits who `is_over`, which is looked at after `wake`.
        """
        with self._changed:
            has_news = self._completions > completion or self.identity != identity or is_over()
            return has_news or self._changed.wait(timeout_seconds)

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, count: int, timeout_seconds: float = 5.0) -> list[Record]:
        """Wait until so many records, dropped ones counted, are complete; all records then.

        `TimeoutError` where they do not become as many in time.
        """
        deadline = monotonic() + timeout_seconds
        with self._changed:
            while self._completed < count:
                if not self._changed.wait(max(0.0, deadline - monotonic())) and monotonic() >= deadline:
                    raise TimeoutError(shortfall(self._completed, count, timeout_seconds, self._under_way.values()))
            return list(self._records)


def shortfall(
    completed: int, count: int, timeout_seconds: float, under_way: Iterable[Record], host: str = LOOPBACK
) -> str:
    """What to tell somebody who waited for more requests than came to a mock on `host`."""
    waiting = "".join(f"\n  under way: {record.method} {record.path}" for record in under_way)
    return (
        f"{completed} complete requests came, {count} were expected within {timeout_seconds:g} s; "
        f"does the client still run, and does it ask this server? Give it more time with `timeout`."
        f"{'' if completed else proxies.hint(host)}{waiting}"
    )
