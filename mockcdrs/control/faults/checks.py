"""What a rule may say, and what a person is told who said something else."""

import json
import math
from collections.abc import Mapping
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.request_parts import METHOD, PATH, QUERY
from mockcdrs.crossbar import json_codec


class RuleError(ArgumentError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""


def _number_from(least: float, expected: str, most: float = math.inf) -> Kind:
    return Kind(expected, lambda value: arguments.is_number(value) and least <= value <= most)


_COUNT = arguments.whole(1)
_FLAG = Kind("true or false", arguments.FLAG.fits)
_NAME = Kind("text", lambda value: isinstance(value, str) and bool(value))

KINDS: dict[str, Kind] = {
    "method": METHOD,
    "path": PATH,
    "query": QUERY,
    "page": _COUNT,
    "nth": _COUNT,
    "after": arguments.whole(0),
    "times": _COUNT,
    "probability": _number_from(0, "a number from 0 to 1", 1),
    "error": _NAME,
    "status": Kind("an error's, 400 to 599 (answer with any other one by `respond`)", arguments.whole(400, 599).fits),
    "reply": Kind("a Reply: json, status, headers", lambda value: hasattr(value, "json") and hasattr(value, "status")),
    "empty": _FLAG,
    "malformed_json": _FLAG,
    "token_expired": _FLAG,
    "stale_key": _FLAG,
    "duplicate_row": _FLAG,
    "endless_next_key": _FLAG,
    "close": _FLAG,
    "cut_after": Kind("a whole number of bytes from 1 on (for no byte at all say close)", _COUNT.fits),
    "cut_in_chunk": _FLAG,
    "wrong_content_length": Kind("a whole number of bytes to add to the true length", arguments.is_whole),
    "delay_seconds": _number_from(0, "seconds from 0 on"),
    "drip": Kind("bytes a second, more than 0", lambda value: arguments.is_number(value) and value > 0),
    "then": Kind("a callable that takes the overlay over the data", callable),
    "number": arguments.WHOLE,
}


_SERVERS_OWN = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})


def check_values(values: Mapping[str, Any], errors: tuple[str, ...]) -> None:
    """Raise `RuleError` for a value that its name cannot have; `errors` are the names of Crossbar's errors."""
    arguments.check(values, KINDS, "a rule", RuleError)
    error = values.get("error")
    if error is not None and error not in errors:
        expected = f"expected one of Crossbar's: {', '.join(errors)}"
        raise RuleError(f"error: came {error!r}, {expected}", "error")


def check_together(answers: Mapping[str, Any], breaks: Mapping[str, Any], quiet: Mapping[str, Any]) -> None:
    """Raise `RuleError` where a rule does nothing, or two things that exclude each other."""
    if not (answers or breaks or quiet):
        raise RuleError("the rule does nothing: say what happens, for example error=..., status=503 or close=True")
    for several in (answers, breaks):
        if len(several) > 1:
            raise RuleError(f"{' and '.join(several)} in one rule exclude each other: make a rule for each")


def check_reply(body: Any, status: Any, headers: Any) -> None:
    """Raise `RuleError` for what cannot be sent."""
    try:
        json.loads(json_codec.encode_json(body))
    except (TypeError, ValueError, RecursionError) as error:
        raise RuleError(f"json: came {repr(body)[:80]}, expected what JSON can hold ({error})") from error
    arguments.check_value("status", status, arguments.whole(200, 599), RuleError)
    arguments.check_value("headers", headers, arguments.VALUES, RuleError)
    for name, value in headers.items():
        if not (name and isinstance(value, str)) or any(end in name + value for end in "\r\n"):
            raise RuleError(f"headers: came {name!r}: {value!r}, expected text on one line")
        if name.lower() in _SERVERS_OWN:
            raise RuleError(f"headers: came {name!r}, which is the server's to write; leave it out")
