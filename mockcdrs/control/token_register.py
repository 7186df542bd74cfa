"""Tokens that were given to one test each, by which requests of a test that has ended are known."""

import threading

from mockcdrs.dataset.random_stream import hex_id

_MOST_TOKENS = 10_000


class TokenRegister:
    """Which test got which token: `names` has the test's name for each token.

    A test's tokens depend on its name and on how many it got before.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._lock = threading.Lock()

    def issue(self, name: str) -> str:
        """Return a new token for a test of this name. The oldest tokens are forgotten when there are very many."""
        with self._lock:
            count = sum(each == name for each in self.names.values())
            token = hex_id("token of a test", name, count)
            self.names[token] = name
            while len(self.names) > _MOST_TOKENS:
                del self.names[next(iter(self.names))]
            return token
