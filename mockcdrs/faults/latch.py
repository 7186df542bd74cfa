"""Events that are set once, and waits that end with the first of several."""

import contextlib
import threading
from collections.abc import Callable, Iterator


class Latch:
    """An event that is set once and for all. Unlike with `threading.Event`, one wait can be for several."""

    def __init__(self) -> None:
        self.is_set = False
        self._listeners: list[Callable[[], None]] = []
        self._changing = threading.Lock()

    def set(self) -> None:
        """Set it, and call whoever listens."""
        with self._changing:
            self.is_set = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @contextlib.contextmanager
    def calling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have `listener` called, without arguments, when it is set; at once where it is already."""
        with self._changing:
            self._listeners.append(listener)
            was_set = self.is_set
        if was_set:
            listener()
        try:
            yield
        finally:
            with self._changing:
                self._listeners.remove(listener)


def wait(seconds: float, *latches: Latch) -> None:
    """Wait until the first of the latches is set, `seconds` at most."""
    ended = threading.Event()
    with contextlib.ExitStack() as listening:
        for latch in latches:
            listening.enter_context(latch.calling(ended.set))
        ended.wait(min(seconds, threading.TIMEOUT_MAX))
