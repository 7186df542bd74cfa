"""How an answer is to be sent to the client: late, slowly, in part, under a wrong length, or not at all."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds to wait before the first byte. `lifted` is set when the rule is removed, which ends the wait."""

    seconds: float
    lifted: Latch


@dataclass(frozen=True, slots=True)
class Pace:
    """The speed at which a body is sent, until `lifted` is set."""

    bytes_a_second: float
    lifted: Latch


@dataclass(frozen=True, slots=True)
class WireEffect:
    """What the server does to an answer on its way to the client.

    It waits for all of `delays`, one after the other, and then sends the body at the slowest pace of `drips`. After
    `cut_after` bytes of the body (compressed, if it is) the connection ends; with `cut_in_chunk`, in the middle of a
    chunk; with `close`, before any byte. `wrong_content_length` is added to the true length. `fault` names the rules
    that fired on the request, for the journal.
    """

    delays: tuple[Wait, ...] = ()
    drips: tuple[Pace, ...] = ()
    cut_after: int | None = None
    cut_in_chunk: bool = False
    wrong_content_length: int = 0
    close: bool = False
    fault: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the body is sent as usual, once the delays are over."""
        changes = (self.drips, self.cut_after, self.cut_in_chunk, self.wrong_content_length, self.close)
        return not any(changes)


NO_EFFECT = WireEffect()
