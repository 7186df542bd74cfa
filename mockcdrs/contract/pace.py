"""How fast to ask: a server elsewhere may be somebody's telephones."""

import ipaddress
import time
from collections.abc import Callable

GENTLE_PER_SECOND = 4.0


def is_loopback(host: str) -> bool:
    """Whether a host, as it stands in a URL, is this machine by its own word; no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Pace:
    """At most `per_second` requests a second, evenly; `None` for as fast as they go.

    `clock` gives seconds, `sleep` waits for some.
    """

    def __init__(
        self,
        per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_seconds = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    @classmethod
    def towards(cls, host: str) -> "Pace":
        """No limit for this machine, a gentle one for any other."""
        return cls(None if is_loopback(host) else GENTLE_PER_SECOND)

    def wait(self) -> None:
        """Wait until the next request may go out."""
        early = self._next - self._clock()
        if early > 0:
            self._sleep(early)
        self._next = max(self._next, self._clock()) + self._gap_seconds
