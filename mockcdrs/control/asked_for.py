"""Whether requests were made as a test expects, and if not, what the nearest ones did otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs import arguments
from mockcdrs.control import proxies, redaction
from mockcdrs.control.journal import KeptRequests, Record
from mockcdrs.control.request_parts import METHOD, PATH, QUERY

_SHOWN = 3
_PARTS = {"method": METHOD, "path": PATH, "query": QUERY}
_TIMES = arguments.whole(0).optional()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as a test expects it. `path` is the end of the path, whole segments; `query` values must be there.

    Secrets are compared, and shown, as the journal keeps them: redacted.
    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, method: str | None, path: str | None, query: Mapping[str, Any] | None) -> "Wanted":
        """As a test says it, secrets as they were sent. Raises `ArgumentError` for what no request can have."""
        said = {"method": method, "path": path, "query": query}
        arguments.check({name: value for name, value in said.items() if value is not None}, _PARTS, "a request")
        return cls(method, path and redaction.path(path), redaction.value("", query))

    def differences(self, record: Record) -> list[str]:
        """What a request does otherwise, in words; empty where it fits."""
        found = []
        if self.method is not None and record.method != self.method.upper():
            found.append(f"method is {record.method}, expected {self.method.upper()}")
        if self.path is not None and not record.path.endswith("/" + self.path.strip("/")):
            found.append(f"path is {record.path}, expected to end with {self.path}")
        for name, value in (self.query or {}).items():
            if name not in record.query:
                found.append(f"{name} is not in the query, expected {value}")
            elif str(record.query[name]) != str(value):
                found.append(f"{name} is {record.query[name]}, expected {value}")
        return found

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in (self.query or {}).items())
        return f"{self.method or 'any method'} {self.path or 'any path'}{'?' + query if query else ''}"


def check(requests: KeptRequests, wanted: Wanted, times: int | None = None, *, host: str) -> None:
    """Raise `AssertionError` unless as many requests fit as `times` says, or at least one without it.

    `host` is where the mock is asked. Raises `JournalFull` where requests that were dropped might make a difference,
    `ArgumentError` where `times` is no count.
    """
    arguments.check_value("times", times, _TIMES)
    compared = [(wanted.differences(record), record) for record in requests.records]
    fitting = sum(not differences for differences, _ in compared)
    if times is None and fitting:
        return
    if times is None or fitting <= times:
        requests.all()
    if fitting == times:
        return
    expected = "at least once" if times is None else f"{times} times"
    nearest = sorted((pair for pair in compared if pair[0]), key=lambda pair: len(pair[0]))[:_SHOWN]
    lines = [f"{wanted}: asked {fitting} times, expected {expected}; {len(compared)} requests came"]
    lines[0] += "" if compared else f".{proxies.hint(host)}"
    for differences, record in nearest:
        lines += [f"  request {record.number}: {record.method} {record.path}", *(f"    {text}" for text in differences)]
    raise AssertionError("\n".join(lines))
