"""The log of a server that runs on its own: a line for each request and each warning, written by a thread of its own.

Requests only put what they have to say into a bounded queue: a terminal or pipe that nobody reads holds up nobody.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from mockcdrs.control.journal import Journal, Record
from mockcdrs.server.app import NOTES
from mockcdrs.server.log_lines import LineFormatter

MOST_WAITING = 10_000
_MOST_AT_ONCE = 500
_GATHERING_SECONDS = 0.02
_LAST_LINES_SECONDS = 0.05


class RequestLog(QueueHandler):
    """Writes what a journal completes, and what Python's logging is told, while it is entered as a context manager.

    `write` takes bytes and gives how many of them it took, as `os.write` does; after an `OSError` it is not called
    again. Lines that find `MOST_WAITING` others before them are left out and counted. What `formatter` cannot format
    is told on standard error, as `logging.Handler.handleError` does.
    """

    def __init__(self, journal: Journal, formatter: LineFormatter, write: Callable[[bytes], int]) -> None:
        self._waiting: SimpleQueue[logging.LogRecord] = SimpleQueue()
        super().__init__(self._waiting)
        self._journal = journal
        self._writer = _Writer(self._waiting, formatter, write, self.handleError)

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
        """Tell that the server listens."""
        self.enqueue(logging.makeLogRecord({"banner": list(banner), "where": where}))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning, as Python's logging has it."""
        if record.name != NOTES:  # the line of its request has it
            super().emit(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Leave it as it is: it is formatted where it is written, in this process."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Put a record into the queue, or count it where that is full."""
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(record)
        else:
            self._writer.leave_out()

    def _request(self, record: Record) -> None:
        self.enqueue(logging.makeLogRecord({"request": record}))


class _Writer(QueueListener):
    """Formats and writes some records at a time.

    Woken for each, its thread would take more time from the others than the line itself does.
    """

    def __init__(
        self,
        waiting: SimpleQueue[logging.LogRecord],
        formatter: LineFormatter,
        write: Callable[[bytes], int],
        on_error: Callable[[logging.LogRecord], None],
    ) -> None:
        super().__init__(waiting)
        self._waiting, self._formatter, self._write_some, self._on_error = waiting, formatter, write, on_error
        self._lines: list[str] = []
        self._left_out, self._counting = 0, threading.Lock()
        self._is_ending, self._is_broken = threading.Event(), False

    def leave_out(self) -> None:
        """Count a record for which there is no room; the next lines tell how many there were."""
        with self._counting:
            self._left_out += 1

    def dequeue(self, block: bool) -> logging.LogRecord:
        """Take a record, or wait until some have come together, with nothing left to write."""
        if not self._waiting.empty():
            return self._waiting.get(block)
        self._flush()
        first = self._waiting.get(block)
        self._is_ending.wait(_GATHERING_SECONDS)
        return first

    def handle(self, record: logging.LogRecord) -> None:
        """Make a record's line."""
        try:
            self._lines.append(self._formatter.format(record))
        except Exception:  # noqa: BLE001 as every handler of the standard library's does
            self._on_error(record)
        if len(self._lines) >= _MOST_AT_ONCE:
            self._flush()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._is_ending.set()
        super().stop()
        self._flush()

    def _flush(self) -> None:
        self._write()
        with self._counting:
            left_out, self._left_out = self._left_out, 0
        if left_out:
            self.handle(_too_slow(left_out))
            self._write()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        rest = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            while rest and not self._is_broken:
                rest = rest[self._write_some(rest) :]
        except OSError:  # nobody reads any more
            self._is_broken = True


def _too_slow(left_out: int) -> logging.LogRecord:
    told = f"{left_out} lines left out here: whatever reads this log is too slow for it"
    return logging.LogRecord("mockcdrs", logging.WARNING, "", 0, told, (), None)
