"""Tokens that expired."""

from mockcdrs.control.state import State
from mockcdrs.faults.firing import TokenExpiry


def test_a_login_long_after_a_token_expired_gives_one_that_lasts_as_long_as_any(state: State) -> None:
    expiry, usual = TokenExpiry(), state.settings.token_auth_expiry
    assert expiry.applied_to(state.server_state()).settings.token_auth_expiry == usual
    expiry.expire("token", state.server_state())
    lasting = []
    for _ in range(3):
        lasting.append(expiry.applied_to(state.server_state()).settings.token_auth_expiry - usual)
        state.clock.advance(seconds=1)
    assert lasting == [1, 0, 0]
