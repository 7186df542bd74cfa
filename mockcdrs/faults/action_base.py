"""The base class of all actions: what a rule does to a request, as one keyword argument of `fail()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.latch import Latch
from mockcdrs.faults.matching import RequestView
from mockcdrs.faults.rule_error import RuleError
from mockcdrs.faults.token_expiry import TokenExpiry
from mockcdrs.faults.wire_effect import WireEffect

Produce = Callable[[ServerState], HttpResponse]

_FLAG = Kind("true or false", arguments.FLAG.fits)


@dataclass(frozen=True)
class Action:
    """One thing that a rule does. Each method is a hook, and does nothing unless a subclass says otherwise.

    `keyword` names the action in `fail()` and in JSON; `kind` says which values it takes, `unset` which value means
    that the rule has no such action. A rule can have one action of each `group`, and fires alone if it has one; actions
    without a group happen beside others. With `keeps_page` a page's next start key leads to the same page. `sentence`
    and `example` are for documents. Raises `RuleError` for a value that is not of its kind.
    """

    value: Any

    keyword: ClassVar[str]
    kind: ClassVar[Kind] = _FLAG
    unset: ClassVar[Any] = False
    group: ClassVar[str] = ""
    keeps_page: ClassVar[bool] = False
    sentence: ClassVar[str]
    example: ClassVar[Any] = True

    def __post_init__(self) -> None:
        arguments.check_value(self.keyword, self.value, self.kind, RuleError)

    def concerns(self, request: RequestView) -> bool:  # noqa: ARG002 a hook
        """Whether the action can happen to a request; a rule matches no other request."""
        return True

    def begin(self, request: RequestView, server_state: ServerState, tokens: TokenExpiry) -> None:
        """Called when the rule fires, before the request is answered."""

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        """The answer to the request; `produce` answers as Crossbar would in a given state."""
        return produce(server_state)

    def change_wire(self, effect: WireEffect, lifted: Latch) -> WireEffect:  # noqa: ARG002 a hook
        """How the answer is sent; `lifted` is set when the rule is removed."""
        return effect

    def end(self, data: Overlay) -> None:
        """Called once the body of the answer is complete, before the client can have all of it."""

    def to_json(self) -> Any:
        """The value as JSON can hold it."""
        return self.value

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The value that JSON stands for. Raises `RuleError`."""
        return value

    def __str__(self) -> str:
        return str(self.value)
