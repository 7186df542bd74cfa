"""A rule: which requests it is about, which of them it fires on, and which actions happen to those.

To add an action, write its class in `answer_actions` or `wire_actions`, and list it in `ACTIONS` and `RuleArguments`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.action import Action, TokenExpiry
from mockcdrs.faults.answer_actions import (
    DuplicateRow,
    ExpireToken,
    FailWithError,
    FailWithStatus,
    MalformJson,
    RefuseStartKey,
    RepeatPage,
    RunCode,
    SendEmpty,
)
from mockcdrs.faults.matching import Match, RequestView, RuleError
from mockcdrs.faults.reply import Reply, SendReply
from mockcdrs.faults.wire_actions import CloseConnection, CutBody, CutChunk, Delay, Drip, MisstateLength

ACTIONS: dict[str, type[Action]] = {
    action.keyword: action
    for action in (
        FailWithError,
        FailWithStatus,
        SendReply,
        SendEmpty,
        MalformJson,
        ExpireToken,
        RefuseStartKey,
        DuplicateRow,
        RepeatPage,
        CloseConnection,
        CutBody,
        CutChunk,
        MisstateLength,
        Delay,
        Drip,
        RunCode,
    )
}

_COUNT = arguments.whole(1).optional()
_SHARE = Kind("a number from 0 to 1", lambda value: arguments.is_number(value) and 0 <= value <= 1).optional()


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Which of the requests that match a rule fires on; without any argument, on all. Raises `RuleError`.

    Arguments:
        nth: only on this match, counted from 1 behind those of `after`.
        after: not on so many first matches.
        times: at most so many times.
        probability: 0 to 1; which matches are taken follows from the mock's seed, the rule's number and the number of
            the match.

    """

    nth: int | None = None
    after: int = 0
    times: int | None = None
    probability: float | None = None

    def __post_init__(self) -> None:
        kinds = {"nth": _COUNT, "after": arguments.whole(0), "times": _COUNT, "probability": _SHARE}
        arguments.check({name: getattr(self, name) for name in kinds}, kinds, "a rule", RuleError)

    @property
    def is_open(self) -> bool:
        """Whether the rule fires again and again, once it has begun to."""
        return self.nth is None and self.times is None and self.probability is None

    def is_spent(self, matched: int, fired: int) -> bool:
        """Whether a rule will never fire again, having matched and fired so many times."""
        has_passed = self.nth is not None and matched >= self.after + self.nth
        return has_passed or (self.times is not None and fired >= self.times)

    def is_due(self, seed: int, rule_number: int, match: int, fired: int) -> bool:
        """Whether a rule fires on its `match`-th match, counted from 1, having fired so many times before."""
        if match <= self.after or (self.nth is not None and match != self.after + self.nth):
            return False
        if self.times is not None and fired >= self.times:
            return False
        return self.probability is None or _draw(seed, rule_number, match) < self.probability


def _draw(seed: int, rule_number: int, match: int) -> float:
    digest = hashlib.sha256(f"fault/{seed}/{rule_number}/{match}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


class ReplyRuleArguments(TypedDict, total=False):
    """The keyword arguments of `respond()`, besides those of the response and the path."""

    method: str | None
    query: Mapping[str, Any] | None
    page: int | None
    nth: int | None
    after: int
    times: int | None
    probability: float | None
    close: bool
    cut_after: int | None
    cut_in_chunk: bool
    wrong_content_length: int
    delay_seconds: float
    drip: float | None
    then: Callable[[Overlay], object] | None


class RuleArguments(ReplyRuleArguments, total=False):
    """The keyword arguments of `fail()`: those of `Match`, those of `Schedule`, and the actions."""

    path: str | None
    error: str | None
    status: int | None
    reply: Reply | None
    empty: bool
    malformed_json: bool
    token_expired: bool
    stale_key: bool
    duplicate_row: bool
    endless_next_key: bool


_DEFAULTS: dict[type, Any] = {part: part() for part in (Match, Schedule, Reply)}
_MATCH = tuple(item.name for item in fields(Match))
_SCHEDULE = tuple(item.name for item in fields(Schedule))
_ARGUMENTS = (*_MATCH, *_SCHEDULE, *ACTIONS)
ARGUMENTS_BESIDE_REPLY = tuple(name for name in _ARGUMENTS if name not in ACTIONS or ACTIONS[name].group != "answer")


@dataclass(frozen=True, init=False)
class Rule:
    """Requests that match, counted, and what happens to those that the schedule names. Raises `RuleError`.

    Which requests (see `Match`): `method`, `path`, `query`, `page`.

    Which of them (see `Schedule`): `nth`, `after`, `times`, `probability`.

    What the answer is, one at most: `error`, by Crossbar's name; `status`, 400 to 599; `reply`; `empty`, a 200 without
    a body; `malformed_json`; `token_expired`, which refuses the request's token from then on, but no token that a login
    gives afterwards, unless `nth`, `times` or `probability` says when one expires again; `stale_key`, which refuses the
    start key that came; `duplicate_row`; `endless_next_key`, where a page leads to itself.

    What breaks on the wire, one at most: `close`, before any byte; `cut_after` so many bytes of the body;
    `cut_in_chunk`; `wrong_content_length`, by so many bytes.

    Besides: `delay_seconds` before the first byte and `drip`, bytes a second, both as long as the rule is there;
    `then`, a function that is called with the mock's data once the body is complete, before the client can ask for the
    next page. What it raises breaks the connection and is raised again at the end of the test.

    `number` identifies a rule within its mock, which gives it.
    """

    match: Match
    schedule: Schedule
    actions: tuple[Action, ...]
    number: int

    def __init__(self, *, number: int = 0, **arguments_of_rule: Unpack[RuleArguments]) -> None:
        given: dict[str, Any] = dict(arguments_of_rule)
        arguments.check_names(given, _ARGUMENTS, "a rule", RuleError)
        arguments.check_value("number", number, arguments.WHOLE, RuleError)
        match = Match(**{name: given[name] for name in _MATCH if name in given})
        schedule = Schedule(**{name: given[name] for name in _SCHEDULE if name in given})
        actions = tuple(action(given[name]) for name, action in ACTIONS.items() if _is_set(action, given.get(name)))
        _check_together(actions)
        for name, value in (("match", match), ("schedule", schedule), ("actions", actions), ("number", number)):
            object.__setattr__(self, name, value)

    def with_number(self, number: int) -> "Rule":
        """The same rule under another number."""
        return Rule(number=number, **self._arguments())

    @property
    def fires_alone(self) -> bool:
        """Whether it changes or breaks the answer; one such rule at a time fires on a request."""
        return any(action.group for action in self.actions)

    @property
    def runs_code(self) -> bool:
        """Whether it calls a function, which only a mock in the same process can do."""
        return any(isinstance(action, RunCode) for action in self.actions)

    @property
    def expires_tokens(self) -> bool:
        """Whether tokens expire by it."""
        return any(isinstance(action, ExpireToken) for action in self.actions)

    def matches(self, request: RequestView, page: int | None) -> bool:
        """Whether it is about a request; `page` is the request's page in its walk."""
        return self.match(request, page) and all(action.concerns(request) for action in self.actions)

    def spares(self, request: RequestView, server_state: Any, tokens: TokenExpiry) -> bool:
        """Whether it leaves a request alone since a login gave its token after the last one had expired."""
        is_once = self.expires_tokens and self.schedule.is_open
        return is_once and tokens.is_fresh(str(request.token), server_state)

    def __str__(self) -> str:
        """`rule 2 (error=too_many_requests times=1 path=/cdrs)`."""
        texts = [f"{action.keyword}={action}" for action in self.actions]
        when, which = _changed(self.schedule), _changed(self.match)
        texts += [f"{name}={_as_text(value)}" for name, value in {**when, **which}.items()]
        return f"rule {self.number} ({' '.join(texts)})"

    def _arguments(self) -> Any:
        actions = {action.keyword: action.value for action in self.actions}
        return {**_changed(self.match), **_changed(self.schedule), **actions}

    def to_dict(self) -> dict[str, Any]:
        """The rule as JSON can hold it: a function given as `then` is left out."""
        actions = {action.keyword: action.to_json() for action in self.actions if not isinstance(action, RunCode)}
        number = {"number": self.number} if self.number else {}
        return {**_changed(self.match), **_changed(self.schedule), **actions, **number}

    @classmethod
    def from_arguments(cls, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> "Rule":
        """The rule that a call of `fail()` asks for. Raises `RuleError`, also for positional arguments."""
        arguments.check_unnamed(positional, "fail(status=503)", RuleError)
        arguments.check_names(keywords, _ARGUMENTS, "a rule", RuleError)
        return cls(**keywords)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Rule":
        """The rule that an object in JSON stands for. Raises `RuleError`."""
        arguments.check_names(values, (*_ARGUMENTS, "number"), "a rule", RuleError)
        read = {name: ACTIONS[name].from_json(value) if name in ACTIONS else value for name, value in values.items()}
        return cls(**read)

    def to_python(self) -> str:
        """The call that makes it: `mockcdrs.fail(status=503, path='/cdrs')`, or `mockcdrs.respond('/limits', ...)`."""
        given: dict[str, Any] = self._arguments()
        if "then" in given:
            given["then"] = _Name(next(str(action) for action in self.actions if action.keyword == "then"))
        reply = given.pop(SendReply.keyword, None)
        if reply is None:
            return f"mockcdrs.fail({_as_arguments(given)})"
        if self.match.path is None:
            name = _Name(f"Reply({_as_arguments(_changed(reply))})")
            return f"mockcdrs.fail({_as_arguments({'reply': name, **given})})"
        path = given.pop("path")
        return f"mockcdrs.respond({', '.join(filter(None, [repr(path), _as_arguments({**_changed(reply), **given})]))})"


class _Name(str):
    """Text whose `repr` is without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _is_set(action: type[Action], value: Any) -> bool:
    return value is not None and value != action.unset


def _check_together(actions: tuple[Action, ...]) -> None:
    if not actions:
        raise RuleError("the rule does nothing: say what happens, for example error=..., status=503 or close=True")
    for group in ("answer", "wire"):
        names = [action.keyword for action in actions if action.group == group]
        if len(names) > 1:
            raise RuleError(f"{' and '.join(names)} in one rule exclude each other: make a rule for each")


def _changed(part: Match | Schedule | Reply) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    usual = _DEFAULTS[type(part)]
    values = {item.name: getattr(part, item.name) for item in fields(part)}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}


def _as_text(value: Any) -> str:
    return ",".join(f"{name}:{item}" for name, item in value.items()) if isinstance(value, Mapping) else str(value)


def _as_arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


PRESETS: dict[str, tuple[Rule, str]] = {
    "Datastore down": (Rule(status=503), "Every request is a 503, as when the database cannot be reached."),
    "Rate limited": (
        Rule(error="too_many_requests", after=5, probability=0.5),
        "After five requests, every other one is a 429.",
    ),
    "Slow Monday": (Rule(delay_seconds=3.0), "Every answer takes three seconds longer."),
    "Slow line": (Rule(drip=20_000.0), "Answers come with 20,000 bytes a second."),
    "Page 3 fails": (Rule(status=503, page=3), "A walk breaks on its third page, each time."),
    "Hiccup": (Rule(status=503, times=1), "The next request is a 503; then all is well again."),
    "Token expired": (Rule(token_expired=True), "Whatever token comes is refused from then on: log in again."),
    "Stale start key": (Rule(stale_key=True, page=2), "The key of the second page is refused."),
    "Cut body": (Rule(cut_after=1_000), "The connection ends after the first 1,000 bytes of an answer."),
    "Closed without an answer": (Rule(close=True), "The connection ends before any byte."),
    "Malformed JSON": (Rule(malformed_json=True), "Answers are no JSON, though they say so."),
    "Empty 200": (Rule(empty=True), "A success without a body."),
    "Duplicate row": (Rule(duplicate_row=True), "The last row of each page comes twice."),
    "Endless next_start_key": (Rule(endless_next_key=True), "A page leads to itself: a client must notice."),
}
