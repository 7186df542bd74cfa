"""One rule: which requests, when, and what happens to them."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs import arguments
from mockcdrs.control.faults import checks
from mockcdrs.control.faults.checks import RuleError
from mockcdrs.crossbar.errors import SYSTEM_ERRORS
from mockcdrs.dataset.store import Overlay

__all__ = ["BY_STATUS", "Reply", "Rule", "RuleError"]

BY_STATUS: dict[int, str] = {
    400: "parse_error",
    401: "invalid_credentials",
    402: "no_credit",
    403: "forbidden",
    404: "not_found",
    405: "invalid_method",
    409: "datastore_conflict",
    429: "too_many_requests",
    500: "unspecified_fault",
    501: "not_implemented",
    503: "datastore_unreachable",
}

ANSWERS = (
    "error",
    "status",
    "reply",
    "empty",
    "malformed_json",
    "token_expired",
    "stale_key",
    "duplicate_row",
    "endless_next_key",
)
BREAKS = ("close", "cut_after", "cut_in_chunk", "wrong_content_length")
QUIET = ("delay_seconds", "drip", "then")
WHICH = ("method", "path", "query", "page")
WHEN = ("nth", "after", "times", "probability")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a test wants it, outside Crossbar's envelope; `json` of `None` is an empty body."""

    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks.check_reply(self.json, self.status, self.headers)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Requests that match, counted, and what happens to those whose turn it is. Raises `RuleError`.

    Which: `method`; without one, any but OPTIONS. `path`: the end of the path, whole segments, without the query.
    `query`: parameters that must be there; a value of `True` takes any value, `False` wants the parameter absent.
    `page`: the n-th page of a walk through a listing.

    When: not the first `after` matches; only match number `nth` of those that count; `times` often at most; with
    `probability`, by the seed. Without any of them, every time.

    What the answer is (one at most): `error` by Crossbar's name, or by `status` alone; `reply`; `empty`, a 200 without
    body; `malformed_json`; `token_expired`: this request's token is refused from now on, but not one that a login
    gives afterwards, unless `nth`, `times` or `probability` says that it expires too; `stale_key`: the start key that
    came is refused; `duplicate_row`: the last row comes twice; `endless_next_key`: a page leads to itself (CSV has no
    keys).

    What breaks on the wire (one at most): `close` before any byte; `cut_after` bytes of the body; `cut_in_chunk`;
    `wrong_content_length`, by so many bytes.

    Besides: `delay_seconds` before the first byte, and `drip`, bytes a second, both as long as the rule is there;
    `then`, what to do with the data once the answer's body is made: before the client can ask for the next page. What
    it raises breaks the connection, which no client takes for Crossbar's doing, and is raised again at the test's end.

    `number` is given by `Faults.add`.
    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    page: int | None = None
    nth: int | None = None
    after: int = 0
    times: int | None = None
    probability: float | None = None
    error: str | None = None
    status: int | None = None
    reply: Reply | None = None
    empty: bool = False
    malformed_json: bool = False
    token_expired: bool = False
    stale_key: bool = False
    duplicate_row: bool = False
    endless_next_key: bool = False
    close: bool = False
    cut_after: int | None = None
    cut_in_chunk: bool = False
    wrong_content_length: int = 0
    delay_seconds: float = 0.0
    drip: float | None = None
    then: Callable[[Overlay], object] | None = None
    number: int = 0

    def __post_init__(self) -> None:
        checks.check_values(self._said(tuple(_DEFAULTS)), tuple(SYSTEM_ERRORS))
        checks.check_together(self._said(ANSWERS), self._said(BREAKS), self._said(QUIET))

    def _said(self, names: tuple[str, ...]) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value != _DEFAULTS[name]}

    @property
    def answer_effect(self) -> str | None:
        """The name of what happens to the answer, if anything does."""
        return next(iter(self._said(ANSWERS)), None)

    @property
    def is_loud(self) -> bool:
        """Whether it changes the answer or breaks it; of such rules one at a time fires."""
        return bool(self._said(ANSWERS) or self._said(BREAKS))

    def __str__(self) -> str:
        """`rule 2 (error=too_many_requests times=1 path=/cdrs)`."""
        said = self._said((*ANSWERS, *BREAKS, *QUIET, *WHEN, *WHICH))
        return f"rule {self.number} ({' '.join(f'{name}={_shown(value)}' for name, value in said.items())})"

    def to_dict(self) -> dict[str, Any]:
        """What was said, as JSON can hold it: `then` stays behind."""
        said = {**self._said(tuple(_DEFAULTS)), "query": dict(self.query)}
        if self.reply is not None:
            said["reply"] = dataclasses.asdict(self.reply)
        return {name: value for name, value in said.items() if name != "then" and value != {}}

    @classmethod
    def from_arguments(cls, unnamed: tuple[Any, ...], said: Mapping[str, Any]) -> "Rule":
        """The rule that a caller asks for by `fail(...)`. Raises `RuleError` also for names that no rule has."""
        arguments.check_unnamed(unnamed, "fail(status=503)", RuleError)
        arguments.check_names(said, [name for name in _DEFAULTS if name != "number"], "a rule", RuleError)
        return cls(**said)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> "Rule":
        """The opposite of `to_dict`. Raises `RuleError` for names and values that no rule has."""
        if "then" in said:
            words = "then: came as JSON, expected Python code; say it in a test, as mockcdrs.fail(then=...)"
            raise RuleError(words, "then")
        arguments.check_names(said, _DEFAULTS, "a rule", RuleError)
        values = dict(said)
        reply = values.get("reply")
        if isinstance(reply, Mapping):
            known = [item.name for item in dataclasses.fields(Reply)]
            arguments.check_names(reply, known, "a reply", RuleError)
            values["reply"] = Reply(**reply)
        return cls(**values)


def _shown(value: Any) -> str:
    if isinstance(value, Reply):
        return str(value.status)
    if callable(value):
        return str(getattr(value, "__name__", "callable"))
    return ",".join(f"{name}:{item}" for name, item in value.items()) if isinstance(value, Mapping) else str(value)


def _default(item: "dataclasses.Field[Any]") -> Any:
    return item.default if item.default_factory is dataclasses.MISSING else item.default_factory()


_DEFAULTS: dict[str, Any] = {item.name: _default(item) for item in dataclasses.fields(Rule)}
