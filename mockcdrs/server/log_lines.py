"""What the log says of a request or a warning: a line of text for a person, or of JSON for a machine, both in ASCII."""

import abc
import json
import logging
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.describe import escape, request_target
from mockcdrs.control.journal import Record

LONGEST_TEXT = 600
_GREEN, _YELLOW, _RED = "\x1b[32m", "\x1b[33m", "\x1b[31m"
_PLAIN = "\x1b[0m"


class LineFormatter(logging.Formatter, abc.ABC):
    """Makes lines of log records. `at` is in Unix seconds by the machine's clock."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a request, for a record with a `request`; of the start, with a `banner`; else of a warning."""
        told = vars(record)
        if "request" in told:
            return self.request(record.created, told["request"])
        if "banner" in told:
            return self.listening(record.created, told["banner"], told["where"])
        return self.warning(record.created, record)

    @abc.abstractmethod
    def request(self, at: float, record: Record) -> str:
        """Of a request whose answer is over."""

    @abc.abstractmethod
    def warning(self, at: float, told: logging.LogRecord) -> str:
        """Of what else the log is told."""

    @abc.abstractmethod
    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """Of the start: the banner for a person, or addresses without secrets."""


class Text(LineFormatter):
    """For a person: local time, status, method, milliseconds, bytes, path and query; then fault, advice, note."""

    def __init__(self, *, is_coloured: bool = False) -> None:
        super().__init__()
        self._is_coloured = is_coloured

    def request(self, at: float, record: Record) -> str:
        """`12:00:01 200 GET      12.4 ms   31042 B  /v2/accounts/...`; `cut` is the status where none was sent."""
        said = [f"fault: {record.fault}"] if record.fault else []
        said += [f"advice: {', '.join(codes(record))}"] if record.advice else []
        said += [f"note: {record.note}"] if record.note else []
        rest = "  ".join(_short(escape(each)) for each in (request_target(record), *said))
        took = f"{record.duration_seconds * 1000:9.1f} ms {record.sent_bytes:9} B"
        return f"{_local(at)} {self._status(record.status)} {_short(escape(record.method)):7} {took}  {rest}"

    def _status(self, status: int) -> str:
        shown = str(status or "cut")
        if not self._is_coloured:
            return shown
        colour = _RED if status >= 500 or not status else _YELLOW if status >= 400 else _GREEN
        return f"{colour}{shown}{_PLAIN}"

    def warning(self, at: float, told: logging.LogRecord) -> str:
        """`12:00:01 warning: words`, with a traceback below where there is one."""
        lines = [
            f"{told.levelname.lower()}: {escape(told.getMessage())}",
            *map(escape, _traceback(told).splitlines()),
        ]
        return f"{_local(at)} " + "\n".join(lines)

    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """The banner."""
        del at, where
        return "\n".join(line if line.isprintable() else escape(line) for line in banner)


class Json(LineFormatter):
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
            advice=codes(record),
            note=record.note,
        )

    def warning(self, at: float, told: logging.LogRecord) -> str:
        """With the event `log`."""
        level = told.levelname.lower()
        return _object("log", at, level=level, message=told.getMessage(), traceback=_traceback(told))

    def listening(self, at: float, banner: Iterable[str], where: dict[str, str]) -> str:
        """With the event `listening`."""
        del banner
        return _object("listening", at, **where)


def codes(record: Record) -> list[str]:
    """The codes of a record's advice, each once."""
    return list(dict.fromkeys(advice.partition(":")[0] for advice in record.advice))


def _object(event: str, at: float, **members: Any) -> str:
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"event": event, "time": moment, **members})


def _local(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}... ({len(text)} characters)"


def _traceback(told: logging.LogRecord) -> str:
    return logging.Formatter().formatException(told.exc_info) if told.exc_info else ""
