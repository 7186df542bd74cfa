"""One request with its answer, and files of them: a JSON object a line.

`name`; `config`, settings that were not at their defaults, by category; `server`, what is known of who answered;
`request`: `method`, `path`, `query` as sent, `headers` in pairs, `body`; `response`: `status`, `headers`, `body` as
text, `chunks`, the sizes of its HTTP chunks. All but `name` and `request` may be missing.
"""

import email.utils
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.contract.client import Request, Response
from mockcdrs.control.clock import parse_time
from mockcdrs.dataset.files import DataError, Words, shortened
from mockcdrs.exchanges.server_info import Config, ServerInfo


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept: header names in small letters, the body unpacked, as text."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    chunks: tuple[int, ...] | None = None

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """What came over the wire."""
        return cls(response.status, response.headers, response.text, response.chunks)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. `config` holds settings: `{"crossbar.cdrs": {"maximum_bulk": 5}}`."""

    name: str
    request: Request
    answer: Answer
    config: Config = field(default_factory=dict)
    server: ServerInfo = field(default_factory=ServerInfo)

    @property
    def moment(self) -> int | None:
        """When it was answered, in Gregorian seconds: the envelope's word, or else that of the `Date` header."""
        try:
            told = json.loads(self.answer.body)["timestamp"]
            return parse_time(str(told))
        except (ValueError, KeyError, TypeError):
            pass
        try:
            return gregorian.from_datetime(email.utils.parsedate_to_datetime(self.answer.headers["date"]))
        except (ValueError, KeyError, TypeError):
            return None


def write(file: Path, exchanges: Iterable[Exchange]) -> int:
    """Write a file; how many exchanges are in it."""
    lines = [json.dumps(_as_json(exchange), ensure_ascii=False) + "\n" for exchange in exchanges]
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def _as_json(exchange: Exchange) -> dict[str, Any]:
    asked, answered = asdict(exchange.request), asdict(exchange.answer)
    if exchange.request.body is None:
        del asked["body"]
    if exchange.answer.chunks is None:
        del answered["chunks"]
    made = {"name": exchange.name, "request": asked, "response": answered}
    known = {"config": exchange.config, "server": exchange.server.to_json()}
    return made | {name: value for name, value in known.items() if value}


def read(file: Path) -> Iterator[Exchange]:
    """The exchanges of a file, one after the other; `DataError` for a line that is none.

    A line without `response` is a request still to be sent: its answer has status 0.
    """
    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.isspace():
                yield _exchange(file, number, line)


def _exchange(file: Path, number: int, line: str) -> Exchange:
    try:
        held = json.loads(line)
        asked, answered = held["request"], held.get("response", {"status": 0})
        chunks = answered.get("chunks")
        return Exchange(
            _text(held["name"]),
            Request(
                _text(asked["method"]),
                _text(asked["path"]),
                _text(asked.get("query", "")),
                tuple((_text(name), _text(value)) for name, value in asked.get("headers", ())),
                None if asked.get("body") is None else _text(asked["body"]),
            ),
            Answer(
                int(answered["status"]),
                {_text(name).lower(): _text(value) for name, value in answered.get("headers", {}).items()},
                _text(answered.get("body", "")),
                None if chunks is None else tuple(map(int, chunks)),
            ),
            {category: dict(values) for category, values in held.get("config", {}).items()},
            ServerInfo.from_json(held.get("server", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        came = Words(f"is {shortened(line.strip())} ({why})")
        expected = 'an exchange, {"name", "request": {"method", "path", "query", "headers", "body"}, "response"}'
        raise DataError(file, number, "", came, expected, "correct it or take it out") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.60} is no text")
    return value
