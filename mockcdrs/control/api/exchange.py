"""What goes in and out of the control API's functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.control.backend import MockBackend
from mockcdrs.control.refused import Refused


def bad(field: str | None, came: object, expected: str) -> Refused:
    """A 400 for a value that is not what it should be."""
    at = "" if field is None else f"{field}: "
    return Refused(400, "bad-value", f"{at}came {came!r:.200}; expected {expected}", field)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: the decoded query, the parts of the path by name, the JSON body, and `http://host:port` as asked."""

    query: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `value` goes out as JSON. With `events` it is a stream of what completes behind."""

    value: Any = None
    status: int = 200
    events: int | None = None


Handler = Callable[[MockBackend, Ask], Reply]
DONE = Reply(status=204)
