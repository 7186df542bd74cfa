"""How an answer is to be sent to the client: late, slowly, in part, under a wrong length, or not at all."""

from dataclasses import dataclass

from mockcdrs.faults.latch import Latch


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
