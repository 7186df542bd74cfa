"""All actions: what a rule does to a request, one class for each, and each is one keyword argument of `fail()`.

To add an action, write its class in `answer_actions`, in `wire_actions` or here, and list it in `ACTIONS` and in
`RuleArguments`.
"""

from typing import Any, NoReturn

from mockcdrs.arguments import Kind
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.action_base import Action
from mockcdrs.faults.answer_actions import (
    DuplicateRow,
    ExpireToken,
    FailWithError,
    FailWithStatus,
    MalformJson,
    RefuseStartKey,
    RepeatPage,
    SendEmpty,
    SendReply,
)
from mockcdrs.faults.rule_error import RuleError
from mockcdrs.faults.wire_actions import CloseConnection, CutBody, CutChunk, Delay, Drip, MisstateLength


class RunCode(Action):
    """Call a function of the test's with the data, between two pages."""

    keyword, unset = "then", None
    kind = Kind("a callable that takes the overlay over the data", callable)
    sentence = "A function of the test's is called with the data once the body is complete, before the next request."
    example = print

    def end(self, data: Overlay) -> None:
        self.value(data)

    @classmethod
    def from_json(cls, value: Any) -> NoReturn:
        """Refuse it: code does not travel as JSON."""
        del value
        words = "then: came as JSON, expected Python code; say it in a test, as mockcdrs.fail(then=...)"
        raise RuleError(words, "then")

    def __str__(self) -> str:
        return str(getattr(self.value, "__name__", "callable"))


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
