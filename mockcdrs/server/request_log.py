"""The log of a server that runs on its own: a line for each request and each warning, written by a thread of its own.

Requests only put what they have to say into a bounded queue: a terminal or pipe that nobody reads holds up nobody.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from mockcdrs.control.journal import Journal, Record
from mockcdrs.server.app import NOTES
from mockcdrs.server.log_lines import Form

MOST_WAITING = 10_000
_MOST_AT_ONCE = 500
_GATHERING_SECONDS = 0.02
_LAST_LINES_SECONDS = 0.05


class RequestLog(logging.Handler):
    """Writes what a journal completes, and what Python's logging is told, while it is entered as a context manager.

    `write` takes bytes and gives how many of them it took, as `os.write` does; after an `OSError` it is not called
    again. Lines that find `MOST_WAITING` others before them are left out and counted.
    """

    def __init__(self, journal: Journal, form: Form, write: Callable[[bytes], int]) -> None:
        super().__init__()
        self._journal, self._form, self._write_some = journal, form, write
        self._waiting: SimpleQueue[Callable[[], str] | None] = SimpleQueue()
        self._left_out, self._counting = 0, threading.Lock()
        self._is_broken, self._ending = False, threading.Event()
        self._writer = threading.Thread(target=self._run, name="mockcdrs-log", daemon=True)

    def __enter__(self) -> Self:
        self._journal.on_complete.append(self._request)
        logging.getLogger().addHandler(self)
        self._writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger().removeHandler(self)
        self._journal.on_complete.remove(self._request)
        self._ending.set()
        self._waiting.put(None)
        self._writer.join(_LAST_LINES_SECONDS)

    def listening(self, banner: Iterable[str], where: dict[str, str]) -> None:
        """Tell that the server listens."""
        at = time.time()
        self._put(lambda: self._form.listening(at, banner, where))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning, as Python's logging has it."""
        if record.name != NOTES:  # the line of its request has it
            self._put(lambda: self._form.warning(record.created, record))

    def _request(self, record: Record) -> None:
        at = time.time()
        self._put(lambda: self._form.request(at, record))

    def _put(self, line: Callable[[], str]) -> None:
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(line)
        else:
            with self._counting:
                self._left_out += 1

    def _run(self) -> None:
        waiting, is_over = self._waiting, False
        while not is_over:
            told = [waiting.get()]
            # woken for each line, this thread would take more time from the others than the line itself does
            self._ending.wait(_GATHERING_SECONDS)
            told += [waiting.get() for _ in range(min(waiting.qsize(), _MOST_AT_ONCE))]
            is_over = None in told
            self._write(line() for line in told if line is not None)
            with self._counting:
                left_out, self._left_out = self._left_out, 0
            if left_out:
                self._write([self._form.warning(time.time(), _too_slow(left_out))])

    def _write(self, lines: Iterable[str]) -> None:
        rest = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
        try:
            while rest and not self._is_broken:
                rest = rest[self._write_some(rest) :]
        except OSError:  # nobody reads any more
            self._is_broken = True


def _too_slow(left_out: int) -> logging.LogRecord:
    told = f"{left_out} lines left out here: whatever reads this log is too slow for it"
    return logging.LogRecord("mockcdrs", logging.WARNING, "", 0, told, (), None)
