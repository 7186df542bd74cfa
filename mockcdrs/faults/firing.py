"""A rule that fires on a request: what its actions get, and the tokens that they made expire."""

import hashlib
from dataclasses import replace
from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.crossbar.authentication import TokenBuckets, TokenError
from mockcdrs.crossbar.context import Claims, ServerState
from mockcdrs.faults.request_view import RequestView
from mockcdrs.faults.wire_effect import Latch, Line


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
        return server_state._replace(claims=claims, settings=settings)


def _expiry_of_new_token(server_state: ServerState) -> int:
    """When a token that is given now expires, in Unix seconds."""
    return gregorian.to_unix(server_state.now) + server_state.settings.token_auth_expiry


class Firing(NamedTuple):
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
