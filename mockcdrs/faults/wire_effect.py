"""How an answer is to be sent to the client: late, slowly, in part, under a wrong length, or not at all."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple


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


class Wait(NamedTuple):
    """Seconds to wait before the first byte. `lifted` is set when the rule is removed, which ends the wait."""

    seconds: float
    lifted: Latch


class Line:
    """A line that is free at some time: what several bodies send over it, they send one after the other."""

    def __init__(self) -> None:
        self._free_at_seconds = 0.0
        self._lock = threading.Lock()

    def occupy(self, seconds: float, now_seconds: float) -> float:
        """Occupy it for so long, as soon as it is free. Returns how many seconds from now it is free again."""
        with self._lock:
            self._free_at_seconds = max(self._free_at_seconds, now_seconds) + seconds
            return self._free_at_seconds - now_seconds


class Pace(NamedTuple):
    """The speed at which bodies are sent over a line, until `lifted` is set."""

    bytes_a_second: float
    lifted: Latch
    line: Line


class WireEffect(NamedTuple):
    """What the server does to an answer on its way to the client.

    It waits for all of `delays`, one after the other, and then sends the body at the slowest of `paces`. After
    `cut_after` bytes of the body (compressed, if it is) the connection ends; with `cut_in_chunk`, in the middle of a
    chunk. Before any byte it ends with `close`; with `reset`, by a TCP reset; with `blackhole`, once that is set.
    `wrong_content_length` is added to the true length. `fault` names the rules that fired on the request, for the
    journal.
    """

    delays: tuple[Wait, ...] = ()
    paces: tuple[Pace, ...] = ()
    cut_after: int | None = None
    cut_in_chunk: bool = False
    wrong_content_length: int = 0
    close: bool = False
    reset: bool = False
    blackhole: Latch | None = None
    fault: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether no byte of the answer is sent."""
        return self.close or self.reset or self.blackhole is not None

    @property
    def is_plain(self) -> bool:
        """Whether the answer is sent as usual, once the delays are over."""
        changes = (self.paces, self.cut_after, self.cut_in_chunk, self.wrong_content_length)
        return not (self.is_silent or any(changes))


NO_EFFECT = WireEffect()
