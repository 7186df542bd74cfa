"""Tokens that a rule made expire, and tokens that a login gave afterwards."""

from dataclasses import replace

from mockcdrs.cdr import gregorian
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import Claims, ServerState


class TokenExpiry:
    """Refuses the tokens that expired, and tells them from those that a later login gave.

    A token that a login gives after one expired is made to last longer than any before it. On a real server the time
    between the two logins has that effect; here the clock may stand still.
    """

    def __init__(self) -> None:
        self._expired: frozenset[str] = frozenset()
        self._fresh_until_unix = 0

    def __bool__(self) -> bool:
        return bool(self._expired)

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
        expired, more = self._expired, max(0, self._fresh_until_unix - _expiry_of_new_token(server_state))
        if not expired:
            return server_state

        def claims(token: str) -> Claims:
            if token in expired:
                raise TokenError("token_expired")
            return server_state.claims(token)

        settings = replace(server_state.settings, token_auth_expiry=server_state.settings.token_auth_expiry + more)
        return replace(server_state, claims=claims, settings=settings)


def _expiry_of_new_token(server_state: ServerState) -> int:
    """When a token that is given now expires, in Unix seconds."""
    return gregorian.to_unix(server_state.now) + server_state.settings.token_auth_expiry
