"""A rule: which requests it is about, which of them it fires on, and which actions happen to those."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Unpack

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.faults import RuleError
from mockcdrs.faults.actions import (
    ACTIONS,
    SCRIPT,
    Actions,
    RuleArguments,
    actions_from_json,
    actions_in_json,
    check_together,
    describe_step,
    make_actions,
    make_steps,
    script_from_json,
    script_in_json,
    script_in_python,
)
from mockcdrs.faults.answer_actions import ExpireToken
from mockcdrs.faults.firing import draw
from mockcdrs.faults.matching import Match
from mockcdrs.faults.reply import Reply, SendReply
from mockcdrs.faults.wire_actions import lognormal

_COUNT = arguments.whole(1).optional()
_SHARE = Kind("a number from 0 to 1", lambda value: arguments.is_number(value) and 0 <= value <= 1).optional()


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Which of the requests that match a rule fires on; without any argument, on all. Raises `RuleError`.

    Arguments:
        nth: only on this match, counted from 1 after those of `after`.
        after: not on this number of first matches.
        times: at most this number of times.
        probability: 0 to 1; the choice is a function of the mock's seed, the rule's number and the number of the
            match.

    """

    nth: int | None = None
    after: int = 0
    times: int | None = None
    probability: float | None = None

    def __post_init__(self) -> None:
        kinds = {"nth": _COUNT, "after": arguments.whole(0), "times": _COUNT, "probability": _SHARE}
        for name, kind in kinds.items():
            arguments.check_value(name, getattr(self, name), kind, RuleError)

    @property
    def is_open(self) -> bool:
        """Whether the rule fires again and again, once it has begun to."""
        return self.nth is None and self.times is None and self.probability is None

    def is_spent(self, matched: int, fired: int) -> bool:
        """Whether a rule will never fire again, having matched and fired so many times."""
        has_passed = self.nth is not None and matched >= self.after + self.nth
        return has_passed or (self.times is not None and fired >= self.times)

    def obstacle(self, seed: int, rule_number: int, match: int, fired: int) -> str:
        """Why a rule does not fire on its `match`-th match, counted from 1; empty where it does.

        It has fired so many times before.
        """
        if match <= self.after:
            return f"it is match {match}, and the first {self.after} are left out"
        if self.nth is not None and match != self.after + self.nth:
            return f"it is match {match}, expected match {self.after + self.nth}"
        if self.times is not None and fired >= self.times:
            return f"the rule has fired {fired} times"
        is_left_out = self.probability is not None and draw("fault", seed, rule_number, match) >= self.probability
        return f"chance left out match {match}" if is_left_out else ""


_DEFAULTS: dict[type, Any] = {part: part() for part in (Match, Schedule, Reply)}
_MATCH = tuple(item.name for item in fields(Match))
_SCHEDULE = tuple(item.name for item in fields(Schedule))
_ARGUMENTS = (*_MATCH, *_SCHEDULE, SCRIPT, *ACTIONS)


@dataclass(frozen=True, init=False)
class Rule:
    """Requests that match, counted, and what happens to those that the schedule names. Raises `RuleError`.

    Which requests (see `Match`): `method`, `path`, `query`, `headers`, `token`, `page`.

    Which of them (see `Schedule`): `nth`, `after`, `times`, `probability`.

    What the answer is, one at most: `error`, by Crossbar's name; `status`, 400 to 599; `reply`, a `Reply` or a function
    of the request that returns one; `empty`, a 200 without a body; `malformed_json`; `token_expired`, which refuses the
    request's token from then on, but no token that a login gives afterwards, unless `nth`, `times` or `probability`
    says when one expires again; `rate_limit`, a 429 once a client's bucket is empty; `stale_key`, which refuses the
    start key that came; `duplicate_row`; `endless_next_key`, where a page leads to itself.

    What breaks on the wire, one at most: `close`, before any byte; `reset`, by a TCP reset; `blackhole`, never an
    answer; `cut_after` so many bytes of the body; `cut_in_chunk`; `wrong_content_length`, by so many bytes.

    Besides: `delay_seconds` before the first byte; `drip`, bytes a second of each body, and `bandwidth`, of all
    together, as long as the rule is there; `then`, a function that is called with the mock's data once the body is
    complete, before the client can ask for the next page. What it raises breaks the connection and is raised again at
    the end of the test.

    `number` identifies a rule within its mock, which gives it. `steps` are the actions of a script, and `actions` those
    that happen at each of them.

    Arguments:
        script: steps for one request after another, in place of an action: 200 for a normal answer, 400 to 599 for an
            error, a `Reply`, or a dict of actions. After the last step the mock answers normally.

    """

    match: Match
    schedule: Schedule
    actions: Actions
    steps: tuple[Actions, ...]
    number: int

    def __init__(self, *, number: int = 0, **arguments_of_rule: Unpack[RuleArguments]) -> None:
        given: dict[str, Any] = dict(arguments_of_rule)
        arguments.check_names(given, _ARGUMENTS, "a rule", RuleError)
        arguments.check_value("number", number, arguments.WHOLE, RuleError)
        match = Match(**{name: given[name] for name in _MATCH if name in given})
        schedule = Schedule(**{name: given[name] for name in _SCHEDULE if name in given})
        actions = make_actions(given)
        steps = make_steps(given.get(SCRIPT, ()))
        if not actions and not steps:
            raise RuleError("the rule does nothing: say what happens, for example error=..., status=503 or close=True")
        if steps and not (schedule.nth is None and schedule.times is None):
            raise RuleError("script: came with nth or times, expected neither: it fires once for each step", SCRIPT)
        for step in steps or ((),):
            check_together((*step, *actions))
        parts = {"match": match, "schedule": schedule, "actions": actions, "steps": steps, "number": number}
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    def with_number(self, number: int) -> "Rule":
        """The same rule under another number."""
        return Rule(number=number, **self._arguments())

    @property
    def _all_actions(self) -> Actions:
        return (*self.actions, *(action for step in self.steps for action in step))

    @property
    def fires_alone(self) -> bool:
        """Whether it decides what becomes of the answer; one such rule at a time fires on a request."""
        return bool(self.steps) or any(action.group for action in self.actions)

    @property
    def runs_code(self) -> bool:
        """Whether it calls a function, which only a mock in the same process can do."""
        return any(action.runs_code for action in self._all_actions)

    @property
    def expires_tokens(self) -> bool:
        """Whether tokens expire by it."""
        return any(isinstance(action, ExpireToken) for action in self._all_actions)

    def actions_after(self, fired: int) -> Actions:
        """What happens when the rule fires, having fired so many times before."""
        return (*(action for step in self.steps[fired : fired + 1] for action in step), *self.actions)

    def obstacle(self, seed: int, match: int, fired: int) -> str:
        """Why the rule does not fire on its `match`-th match, counted from 1; empty where it does."""
        if self.steps and fired >= len(self.steps):
            return f"all {fired} steps of the script are done"
        return self.schedule.obstacle(seed, self.number, match, fired)

    def __str__(self) -> str:
        """`rule 2 (error=too_many_requests times=1 path=/cdrs)`."""
        texts = [f"{action.keyword}={action}" for action in self.actions]
        if self.steps:
            texts.insert(0, f"{SCRIPT}={','.join(map(describe_step, self.steps))}")
        when, which = _changed(self.schedule), _changed(self.match)
        texts += [f"{name}={_as_text(value)}" for name, value in {**when, **which}.items()]
        return f"rule {self.number} ({' '.join(texts)})"

    def _arguments(self) -> Any:
        actions = {action.keyword: action.value for action in self.actions}
        script = {SCRIPT: script_in_python(self.steps)} if self.steps else {}
        return {**_changed(self.match), **_changed(self.schedule), **script, **actions}

    def to_dict(self) -> dict[str, Any]:
        """The rule as JSON can hold it: functions are left out."""
        script = {SCRIPT: script_in_json(self.steps)} if self.steps else {}
        number = {"number": self.number} if self.number else {}
        return {**_changed(self.match), **_changed(self.schedule), **script, **actions_in_json(self.actions), **number}

    @classmethod
    def from_arguments(cls, keywords: Mapping[str, Any]) -> "Rule":
        """The rule that a call of `fail()` asks for. Raises `RuleError`."""
        arguments.check_names(keywords, _ARGUMENTS, "a rule", RuleError)
        return cls(**keywords)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Rule":
        """The rule that an object in JSON stands for. Raises `RuleError`."""
        arguments.check_names(values, (*_ARGUMENTS, "number"), "a rule", RuleError)
        read: Any = actions_from_json(values)
        return cls(**({**read, SCRIPT: script_from_json(read[SCRIPT])} if SCRIPT in read else read))

    def to_python(self) -> str:
        """The call that makes it, as in `mockcdrs.fail(status=503, path='/cdrs')`.

        Where it has a path, it is one of `mockcdrs.respond('/limits', ...)` or `mockcdrs.script('/cdrs', ...)` for a
        reply or a script.
        """
        given: dict[str, Any] = {name: _in_source(value) for name, value in self._arguments().items()}
        is_reply = SendReply.keyword in given and not self.match.headers  # `respond` has headers of its own
        is_script = SCRIPT in given and not any(action.group for action in self.actions)  # and `script` only its steps
        if self.match.path is None or not (is_script or is_reply):
            return f"mockcdrs.fail({_as_arguments(given)})"
        path = repr(given.pop("path"))
        if is_script:
            return f"mockcdrs.script({_as_call(path, repr(given.pop(SCRIPT)), **given)})"
        shown, reply = given.pop(SendReply.keyword), self._arguments()[SendReply.keyword]
        if isinstance(reply, Reply):
            return f"mockcdrs.respond({_as_call(path, **_changed(reply), **given)})"
        return f"mockcdrs.respond({_as_call(path, shown, **given)})"


class _Source(str):
    """Text whose `repr` is without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _in_source(value: Any) -> Any:
    """A value whose `repr` is the Python that makes it, as far as there is some: a function is named."""
    if isinstance(value, Reply):
        return _Source(f"Reply({_as_arguments(_changed(value))})")
    if isinstance(value, list):
        return [_in_source(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _in_source(each) for name, each in value.items()}
    return _Source(getattr(value, "__name__", "function")) if callable(value) else value


def _changed(part: Match | Schedule | Reply) -> dict[str, Any]:
    """The arguments that differ from their defaults."""
    usual = _DEFAULTS[type(part)]
    values = {item.name: getattr(part, item.name) for item in fields(part) if item.init}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}


def _as_text(value: Any) -> str:
    return ",".join(f"{name}:{item}" for name, item in value.items()) if isinstance(value, Mapping) else str(value)


def _as_call(*positional: str, **named: Any) -> str:
    return ", ".join(filter(None, [*positional, _as_arguments(named)]))


def _as_arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


PRESETS: dict[str, tuple[Rule, str]] = {
    "Datastore down": (Rule(status=503), "Every request is a 503, as when the database cannot be reached."),
    "Rate limited": (
        Rule(error="too_many_requests", after=5, probability=0.5),
        "After five requests, about half are a 429.",
    ),
    "Slow Monday": (Rule(delay_seconds=3.0), "Every answer takes three seconds longer."),
    "Slow line": (Rule(drip=20_000.0), "Each answer is sent at 20,000 bytes a second."),
    "Narrow line": (Rule(bandwidth=50_000.0), "All answers together are sent at 50,000 bytes a second."),
    "Busy server": (
        Rule(delay_seconds=lognormal(0.5, 0.8)),
        "Answers take about half a second, and occasionally some seconds.",
    ),
    "Bucket of five": (
        Rule(rate_limit={"max_bucket_tokens": 5, "tokens_fill_rate": 1}),
        "A client has five tokens and gets one back each second; a request without one is a 429.",
    ),
    "Rough minute": (
        Rule(path="/cdrs", script=[429, 429, {"cut_after": 1_000}, 200]),
        "Two 429s and a truncated body, one after the other; then normal answers.",
    ),
    "Page 3 fails": (Rule(status=503, page=3), "The third page of each walk fails."),
    "Hiccup": (Rule(status=503, times=1), "The next request is a 503; later ones are answered normally."),
    "Token expired": (
        Rule(token_expired=True),
        "The token of each request is refused from then on, until a new login.",
    ),
    "Stale start key": (Rule(stale_key=True, page=2), "The key of the second page is refused."),
    "Cut body": (Rule(cut_after=1_000), "The connection ends after the first 1,000 bytes of an answer."),
    "Connection reset": (Rule(reset=True), "The connection is reset before any byte, as by a server that crashed."),
    "Never an answer": (Rule(blackhole=True), "Requests are accepted, and never answered."),
    "Closed without an answer": (Rule(close=True), "The connection ends before any byte."),
    "Malformed JSON": (Rule(malformed_json=True), "Answers are not valid JSON, although their content type says so."),
    "Empty 200": (Rule(empty=True), "A success without a body."),
    "Duplicate row": (Rule(duplicate_row=True), "The last row of each page comes twice."),
    "Endless next_start_key": (Rule(endless_next_key=True), "A page leads to itself, which a client has to detect."),
}
