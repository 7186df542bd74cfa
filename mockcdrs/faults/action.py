"""The base class of all actions, each one keyword argument of `fail()`, and the tokens that actions make expire."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.cdr import gregorian
from mockcdrs.crossbar.authentication import TokenBuckets, TokenError
from mockcdrs.crossbar.context import Claims, ServerState
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.matching import RequestView, RuleError
from mockcdrs.faults.wire_effect import Latch, Line, WireEffect

Produce = Callable[[ServerState], HttpResponse]

_FLAG = Kind("true or false", arguments.FLAG.fits)


class TokenExpiry:
    """Refuses the tokens that expired, and tells them from those that a later login gave.

    A token that a login gives after one expired is made to last longer than any before it. On a real server the time
    between the two logins has that effect; here the clock may stand still.
    """

    def __init__(self) -> None:
        self._expired: frozenset[str] = frozenset()
        self._fresh_until_unix = 0

    def expire(self, token: str, server_state: ServerState) -> None:
        """Refuse a token from now on."""
        self._expired |= {token}
        self._fresh_until_unix = 1 + max(self._fresh_until_unix, _expiry_of_new_token(server_state))

    def is_fresh(self, token: str, server_state: ServerState) -> bool:
        """Whether a login gave this token after the last one had expired."""
        try:
            until = server_state.claims(token).get("exp", 0)
        except TokenError:
            return False
        return bool(0 < self._fresh_until_unix <= until)

    def applied_to(self, server_state: ServerState) -> ServerState:
        """The server's state with the expired tokens refused."""
        expired = self._expired
        if not expired:
            return server_state
        more = max(0, self._fresh_until_unix - _expiry_of_new_token(server_state))

        def claims(token: str) -> Claims:
            if token in expired:
                raise TokenError("token_expired")
            return server_state.claims(token)

        settings = replace(server_state.settings, token_auth_expiry=server_state.settings.token_auth_expiry + more)
        return replace(server_state, claims=claims, settings=settings)


def _expiry_of_new_token(server_state: ServerState) -> int:
    """When a token that is given now expires, in Unix seconds."""
    return gregorian.to_unix(server_state.now) + server_state.settings.token_auth_expiry


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule's firing on a request: what its actions get.

    Arguments:
        request: the request.
        server_state: what the request sees of the server.
        tokens: the tokens that expired.
        is_open: whether the rule fires again and again.
        identity: the mock's seed, the rule's number and the number of the match.
        lifted: is set when the rule is removed.
        line: what all bodies share that the rule slows down together.
        buckets: what requests are paid from, for the rule.

    """

    request: RequestView
    server_state: ServerState
    tokens: TokenExpiry
    is_open: bool
    identity: tuple[int, int, int]
    lifted: Latch
    line: Line
    buckets: TokenBuckets

    def share(self, purpose: str) -> float:
        """A number from 0 up to 1, by chance: a function of the identity and of what it is for."""
        return draw(purpose, *self.identity)


def draw(purpose: str, seed: int, rule_number: int, match: int) -> float:
    """A number from 0 up to 1, by chance, that follows from the arguments."""
    digest = hashlib.sha256(f"{purpose}/{seed}/{rule_number}/{match}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


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

    @property
    def runs_code(self) -> bool:
        """Whether it calls a function of the test's, which works only in the mock's own process."""
        return False

    def spares(self, firing: Firing) -> str:
        """Why the action cannot happen to a request, or leaves it alone; the rule does not count such a match."""
        return ""

    def begin(self, firing: Firing) -> None:
        """Called when the rule fires, before the request is answered."""

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        """The answer to the request; `produce` answers as Crossbar would in a given state."""
        return produce(server_state)

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        """How the answer is sent."""
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


class AnswerAction(Action):
    """An action that decides what the answer is; a rule has one at most."""

    group = "answer"
