"""The keyword arguments of `fail()`, `respond()` and `script()`, for editors and type checkers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.reply import MakeReply, Reply
from mockcdrs.faults.wire_actions import Distribution


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
