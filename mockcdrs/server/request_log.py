"""The log of a server that runs on its own: a line of text or JSON, in ASCII, for each request and each warning.

A thread of its own writes it. Requests only put what they have to say into a bounded queue: a terminal or pipe that
nobody reads holds up nobody.
"""

import abc
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache, partial
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from mockcdrs.cdr import gregorian
from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.redaction import escape
from mockcdrs.server.middleware import NOTES

LONGEST_TEXT = 600
_GREEN, _YELLOW, _RED = "\x1b[32m", "\x1b[33m", "\x1b[31m"
_PLAIN = "\x1b[0m"
MOST_WAITING = 10_000
_MOST_AT_ONCE = 500
_GATHERING_SECONDS = 0.02
_LAST_LINES_SECONDS = 0.05


class LineFormatter(abc.ABC):
    """Writes what is logged as lines. `at` is in Unix seconds by the machine's clock."""

    @abc.abstractmethod
    def request(self, at: float, record: Record) -> str:
        """Format a request that is complete."""

    @abc.abstractmethod
    def warning(self, at: float, record: logging.LogRecord) -> str:
        """Format a record of Python's logging."""

    @abc.abstractmethod
    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """Format the server's start: `banner` is for people, `where` holds addresses without secrets."""


class TextFormatter(LineFormatter):
    """For a person: local time, status, method, milliseconds, bytes, path and query; then fault, advice, note."""

    def __init__(self, *, is_coloured: bool = False) -> None:
        self._is_coloured = is_coloured

    def request(self, at: float, record: Record) -> str:
        """`12:00:01 200 GET      12.4 ms   31042 B  /v2/accounts/...`; `cut` is the status where none was sent."""
        said = [record.target]
        if record.fault:
            said.append(f"fault: {record.fault}")
        if codes := advice_codes(record):
            said.append(f"advice: {', '.join(codes)}")
        if record.note:
            said.append(f"note: {record.note}")
        rest = "  ".join([_short(escape(each)) for each in said])
        took = f"{record.duration_seconds * 1000:9.1f} ms {record.sent_bytes:9} B"
        return f"{_local(at)} {self._status(record.status)} {_short(escape(record.method)):7} {took}  {rest}"

    def _status(self, status: int) -> str:
        shown = str(status or "cut")
        if not self._is_coloured:
            return shown
        colour = _RED if status >= 500 or not status else _YELLOW if status >= 400 else _GREEN
        return f"{colour}{shown}{_PLAIN}"

    def warning(self, at: float, record: logging.LogRecord) -> str:
        """`12:00:01 warning: words`, with a traceback below where there is one."""
        lines = [
            f"{record.levelname.lower()}: {escape(record.getMessage())}",
            *map(escape, _traceback(record).splitlines()),
        ]
        return f"{_local(at)} " + "\n".join(lines)

    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """The banner."""
        del at, where
        return "\n".join(line if line.isprintable() else escape(line) for line in banner)


class JsonFormatter(LineFormatter):
    """For a machine: one object a line, told apart by `event`. Times are UTC: the machine's, the mock's `clock`."""

    def request(self, at: float, record: Record) -> str:
        """With the event `request`."""
        return _object(
            "request",
            at,
            clock=gregorian.iso_8601(record.at_gregorian),
            status=record.status,
            method=record.method,
            path=record.path,
            query=record.raw_query,
            sent_bytes=record.sent_bytes,
            duration_ms=round(record.duration_seconds * 1000, 3),
            fault=record.fault,
            advice=advice_codes(record),
            note=record.note,
        )

    def warning(self, at: float, record: logging.LogRecord) -> str:
        """With the event `log`."""
        level = record.levelname.lower()
        return _object("log", at, level=level, message=record.getMessage(), traceback=_traceback(record))

    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """With the event `listening`."""
        del banner
        return _object("listening", at, **where)


def advice_codes(record: Record) -> list[str]:
    """Return the codes of a record's advice, each once."""
    return list(dict.fromkeys(advice.partition(":")[0] for advice in record.advice))


def _object(event: str, at: float, **members: Any) -> str:
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"event": event, "time": moment, **members})


def _local(at: float) -> str:
    return _local_second(int(at))


@lru_cache(maxsize=8)
def _local_second(at: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}... ({len(text)} characters)"


def _traceback(record: logging.LogRecord) -> str:
    return logging.Formatter().formatException(record.exc_info) if record.exc_info else ""


class RequestLog(logging.Handler):
    """A context manager that logs the requests that a journal completes, and the records of Python's logging.

    `write` takes bytes and returns how many it wrote, as `os.write` does; after an `OSError` it is not called again.
    Where `MOST_WAITING` lines are queued, further ones are left out and counted. What `formatter` fails on is
    reported on standard error, by `logging.Handler.handleError`.
    """

    def __init__(self, journal: Journal, formatter: LineFormatter, write: Callable[[bytes], int]) -> None:
        super().__init__()
        self._journal, self._formatter = journal, formatter
        self._writer = _Writer(write, self._describe_gap, self._report_failure)

    def __enter__(self) -> Self:
        self._journal.on_complete.append(self._request)
        logging.getLogger().addHandler(self)
        self._writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger().removeHandler(self)
        self._journal.on_complete.remove(self._request)
        # in a thread that may be left behind: whoever reads the lines may have stopped reading
        ending = threading.Thread(target=self._writer.stop, name="mockcdrs-log-end", daemon=True)
        ending.start()
        ending.join(_LAST_LINES_SECONDS)

    def listening(self, banner: Iterable[str], where: dict[str, str]) -> None:
        """Log that the server listens."""
        self._writer.put(partial(self._formatter.listening, time.time(), list(banner), where))

    def follow(self, journal: Journal) -> None:
        """Log the requests of another journal from now on, instead of those of the one before."""
        journal.on_complete.append(self._request)
        self._journal.on_complete.remove(self._request)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record of Python's logging, unless the line of its request has it already."""
        if record.name != NOTES:
            self._writer.put(partial(self._formatter.warning, record.created, record))

    def _request(self, record: Record) -> None:
        self._writer.put(partial(self._formatter.request, time.time(), record))

    def _describe_gap(self, left_out: int) -> str:
        message = f"{left_out} lines left out here: whatever reads this log is too slow for it"
        record = logging.LogRecord("mockcdrs", logging.WARNING, "", 0, message, (), None)
        return self._formatter.warning(record.created, record)

    def _report_failure(self) -> None:
        self.handleError(logging.makeLogRecord({"msg": "a line of the log could not be made"}))


class _Writer(threading.Thread):
    """Makes and writes some lines at a time, each of which is queued as what makes it.

    Waking this thread for each would cost the other threads more than the line itself.
    """

    def __init__(
        self, write: Callable[[bytes], int], describe_gap: Callable[[int], str], report_failure: Callable[[], None]
    ) -> None:
        super().__init__(name="mockcdrs-log", daemon=True)
        self._waiting: SimpleQueue[Callable[[], str] | None] = SimpleQueue()
        self._write_some, self._describe_gap, self._report_failure = write, describe_gap, report_failure
        self._lines: list[str] = []
        self._left_out, self._counting = 0, threading.Lock()
        self._is_ending, self._is_broken = threading.Event(), False

    def put(self, make_line: Callable[[], str]) -> None:
        """Queue a line. Where the queue is full it is left out, and a later line says how many were."""
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(make_line)
        else:
            with self._counting:
                self._left_out += 1

    def run(self) -> None:
        """Write lines until the end."""
        while True:
            if self._waiting.empty():
                self._flush()
                make_line = self._waiting.get()
                self._is_ending.wait(_GATHERING_SECONDS)  # for others to gather
            else:
                make_line = self._waiting.get()
            if make_line is None:
                break
            self._make(make_line)
            if len(self._lines) >= _MOST_AT_ONCE:
                self._flush()
        self._flush()

    def _make(self, make_line: Callable[[], str]) -> None:
        try:
            self._lines.append(make_line())
        except Exception:  # noqa: BLE001 as every handler of the standard library's does
            self._report_failure()

    def stop(self) -> None:
        """Write what is queued, and end."""
        self._is_ending.set()
        self._waiting.put(None)
        self.join()

    def _flush(self) -> None:
        self._write()
        with self._counting:
            left_out, self._left_out = self._left_out, 0
        if left_out:
            self._make(partial(self._describe_gap, left_out))
            self._write()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        rest = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            while rest and not self._is_broken:
                rest = rest[self._write_some(rest) :]
        except OSError:  # nobody reads any more
            self._is_broken = True
