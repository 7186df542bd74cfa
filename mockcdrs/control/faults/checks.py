"""What a rule may say, and what a person is told who said something else."""

import difflib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockcdrs.crossbar import json_text


class RuleError(ValueError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_reply(value: Any) -> bool:
    return hasattr(value, "json") and hasattr(value, "status")


_Check = tuple[Callable[[Any], bool], str]
_COUNT: _Check = (lambda value: _is_whole(value) and value >= 1, "a whole number from 1 on")
_FLAG: _Check = (lambda value: isinstance(value, bool), "true or false")
_TEXT: _Check = (_is_text, "text")

_CHECKS: dict[str, _Check] = {
    "method": _TEXT,
    "path": _TEXT,
    "query": (lambda value: isinstance(value, Mapping) and all(map(_is_text, value)), "parameters by name"),
    "page": _COUNT,
    "nth": _COUNT,
    "after": (lambda value: _is_whole(value) and value >= 0, "a whole number from 0 on"),
    "times": _COUNT,
    "probability": (lambda value: _is_number(value) and 0 <= value <= 1, "a number from 0 to 1"),
    "error": _TEXT,
    "status": (
        lambda value: _is_whole(value) and 400 <= value <= 599,
        "an error's, 400 to 599 (answer with any other one by `respond`)",
    ),
    "reply": (_is_reply, "a Reply: json, status, headers"),
    "empty": _FLAG,
    "malformed_json": _FLAG,
    "token_expired": _FLAG,
    "stale_key": _FLAG,
    "duplicate_row": _FLAG,
    "endless_next_key": _FLAG,
    "close": _FLAG,
    "cut_after": (_COUNT[0], "a whole number of bytes from 1 on (for no byte at all say close)"),
    "cut_in_chunk": _FLAG,
    "wrong_content_length": (lambda value: isinstance(value, int), "a whole number of bytes to add to the true length"),
    "delay_seconds": (lambda value: _is_number(value) and value >= 0, "seconds from 0 on"),
    "drip": (lambda value: _is_number(value) and value > 0, "bytes a second, more than 0"),
    "then": (callable, "a callable that takes the overlay over the data"),
    "number": (_is_whole, "a whole number"),
}


_SERVERS_OWN = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"})


def check_values(values: Mapping[str, Any], errors: tuple[str, ...]) -> None:
    """Raise `RuleError` for a value that its name cannot have; `errors` are the names of Crossbar's errors."""
    for name, value in values.items():
        check, expected = _CHECKS[name]
        if not check(value):
            raise RuleError(f"{name}: came {value!r}, expected {expected}")
    error = values.get("error")
    if error is not None and error not in errors:
        raise RuleError(f"error: came {error!r}, which Crossbar does not have; give one of {', '.join(errors)}")


def check_together(answers: Mapping[str, Any], breaks: Mapping[str, Any], quiet: Mapping[str, Any]) -> None:
    """Raise `RuleError` where a rule does nothing, or two things that exclude each other."""
    if not (answers or breaks or quiet):
        raise RuleError("the rule does nothing: say what happens, for example error=..., status=503 or close=True")
    for several in (answers, breaks):
        if len(several) > 1:
            raise RuleError(f"{' and '.join(several)} in one rule exclude each other: make a rule for each")


def check_names(said: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    """Raise `RuleError` for a name that `what` does not have."""
    known = list(known)
    for name in said:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"give some of {', '.join(known)}"
            raise RuleError(f"{name!r}: {what} has no such part; {hint}")


def check_reply(body: Any, status: Any, headers: Any) -> None:
    """Raise `RuleError` for what cannot be sent."""
    try:
        json.loads(json_text.encode(body))
    except (TypeError, ValueError, RecursionError) as error:
        raise RuleError(f"json: came {repr(body)[:80]}, expected what JSON can hold ({error})") from error
    if not _is_whole(status) or not 200 <= status <= 599:
        raise RuleError(f"status: came {status!r}, expected a whole number from 200 to 599")
    if not isinstance(headers, Mapping):
        raise RuleError(f"headers: came {headers!r}, expected values by name")
    for name, value in headers.items():
        if not (_is_text(name) and isinstance(value, str)) or any(end in name + value for end in "\r\n"):
            raise RuleError(f"headers: came {name!r}: {value!r}, expected text on one line")
        if name.lower() in _SERVERS_OWN:
            raise RuleError(f"headers: came {name!r}, which is the server's to write; leave it out")
