"""All actions by their keywords, the arguments of `fail()`, `respond()` and `script()`, and the steps of a script.

To add an action, write its class in `answer_actions` or `wire_actions`, list it in `ACTIONS`, and its keyword among the
arguments.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults import RuleError
from mockcdrs.faults.action import Action
from mockcdrs.faults.answer_actions import (
    DuplicateRow,
    ExpireToken,
    FailWithError,
    FailWithStatus,
    LimitRate,
    MalformJson,
    RefuseStartKey,
    RepeatPage,
    RunCode,
    SendEmpty,
)
from mockcdrs.faults.reply import MakeReply, Reply, ReplyArguments, SendReply
from mockcdrs.faults.wire_actions import (
    Bandwidth,
    Blackhole,
    CloseConnection,
    CutBody,
    CutChunk,
    Delay,
    Distribution,
    Drip,
    MisstateLength,
    ResetConnection,
)

ACTIONS: dict[str, type[Action]] = {
    action.keyword: action
    for action in (
        FailWithError,
        FailWithStatus,
        SendReply,
        SendEmpty,
        MalformJson,
        ExpireToken,
        LimitRate,
        RefuseStartKey,
        DuplicateRow,
        RepeatPage,
        CloseConnection,
        ResetConnection,
        Blackhole,
        CutBody,
        CutChunk,
        MisstateLength,
        Delay,
        Drip,
        Bandwidth,
        RunCode,
    )
}
SCRIPT = "script"

Actions = tuple[Action, ...]

_ACTIONS_OF_STEPS = tuple(name for name in ACTIONS if name != LimitRate.keyword)  # it says itself when it happens
_AS_USUAL = 200
_STEPS = Kind("a list of steps, as in [429, 503, 200]", lambda value: isinstance(value, list | tuple))
_STEP = Kind(
    "a status (200 for an answer as usual, or 400 to 599), a Reply, or actions by name, as in {'cut_after': 100}",
    lambda value: arguments.is_whole(value) and (value == _AS_USUAL or FailWithStatus.kind.fits(value)),
)


class RateLimit(TypedDict, total=False):
    """A bucket of tokens, in the words of Kazoo's settings: how many it holds, and how many come back a second."""

    max_bucket_tokens: int
    tokens_fill_rate: int


class _WhichRequests(TypedDict, total=False):
    method: str | None
    query: Mapping[str, Any]
    token: str | None
    page: int | None
    after: int
    probability: float | None


class _BesideAny(TypedDict, total=False):
    delay_seconds: float | Distribution
    drip: float | None
    bandwidth: float | None
    then: Callable[[Overlay], object] | None


class _OnTheWire(_BesideAny, total=False):
    close: bool
    reset: bool
    blackhole: bool
    cut_after: int | None
    cut_in_chunk: bool
    wrong_content_length: int


class StepArguments(_OnTheWire, total=False):
    """A step of a script: the actions that happen to one request."""

    error: str | None
    status: int | None
    reply: Reply | MakeReply | None
    empty: bool
    malformed_json: bool
    token_expired: bool
    stale_key: bool
    duplicate_row: bool
    endless_next_key: bool


Step = int | Reply | StepArguments
"""What happens to one request: 200 leaves it as it is, 400 to 599 is an error, a `Reply` is sent, actions happen."""


class ScriptArguments(_WhichRequests, _BesideAny, total=False):
    """The keyword arguments of `script()`, besides the path and the steps."""

    headers: Mapping[str, str | bool]


class ReplyRuleArguments(_WhichRequests, _OnTheWire, total=False):
    """The keyword arguments of `respond()`, besides those of the response and the path."""

    nth: int | None
    times: int | None


class RuleArguments(ReplyRuleArguments, StepArguments, total=False):
    """The keyword arguments of `fail()`: those of `Match`, those of `Schedule`, the script, and the actions."""

    path: str | None
    headers: Mapping[str, str | bool]
    rate_limit: RateLimit | None
    script: Sequence[Step]


REPLY_RULE_ARGUMENTS = ("path", "reply", *ReplyArguments.__annotations__, *ReplyRuleArguments.__annotations__)
SCRIPT_ARGUMENTS = ("path", "steps", *ScriptArguments.__annotations__)


def make_actions(given: Mapping[str, Any]) -> Actions:
    """The actions among the arguments of a rule. Raises `RuleError`."""
    return tuple(action(given[name]) for name, action in ACTIONS.items() if _is_set(action, given.get(name)))


def _is_set(action: type[Action], value: Any) -> bool:
    return value is not None and value != action.unset


def check_together(actions: Actions) -> None:
    """Raise `RuleError` for two actions of which only one can happen to a request."""
    for group in ("answer", "wire"):
        names = [action.keyword for action in actions if action.group == group]
        if len(names) > 1:
            raise RuleError(f"{' and '.join(names)} in one rule exclude each other: make a rule for each")


def actions_in_json(actions: Actions) -> dict[str, Any]:
    """The actions by name, as JSON can hold them: functions are left out."""
    return {action.keyword: action.to_json() for action in actions if not action.runs_code}


def actions_from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a rule that an object in JSON stands for. Raises `RuleError`."""
    return {name: ACTIONS[name].from_json(value) if name in ACTIONS else value for name, value in values.items()}


def make_steps(script: Any) -> tuple[Actions, ...]:
    """The actions of each step of a script; none where it leaves a request as it is. Raises `RuleError`."""
    arguments.check_value(SCRIPT, script, _STEPS, RuleError)
    return tuple(map(_make_step, script))


def _make_step(step: Any) -> Actions:
    if isinstance(step, Reply):
        return (SendReply(step),)
    if isinstance(step, Mapping):
        arguments.check_names(step, _ACTIONS_OF_STEPS, "a step of a script", RuleError)
        return make_actions(step)
    arguments.check_value(SCRIPT, step, _STEP, RuleError)
    return () if step == _AS_USUAL else (FailWithStatus(step),)


def script_in_python(steps: Iterable[Actions]) -> list[Any]:
    """The steps as a rule takes them."""
    return [_write_step(step, {action.keyword: action.value for action in step}) for step in steps]


def script_in_json(steps: Iterable[Actions]) -> list[Any]:
    """The steps as JSON can hold them: functions are left out."""
    return [_write_step(step, actions_in_json(step)) for step in steps]


def script_from_json(script: Any) -> Any:
    """The script that a list in JSON stands for; any other value as it is. Raises `RuleError`."""
    if not isinstance(script, list):
        return script
    return [actions_from_json(step) if isinstance(step, Mapping) else step for step in script]


def _write_step(step: Actions, by_name: dict[str, Any]) -> Any:
    return step[0].value if len(step) == 1 and isinstance(step[0], FailWithStatus) else by_name or _AS_USUAL


def describe_step(step: Actions) -> str:
    """A step in short: `429`, `cut_after:100`, `200` for a request as usual."""
    texts = [str(each) if isinstance(each, FailWithStatus) else f"{each.keyword}:{each}" for each in step]
    return "+".join(texts) or str(_AS_USUAL)
