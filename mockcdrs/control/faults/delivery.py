"""What is to happen to an answer on its way to the client; the server room makes it happen."""

from collections.abc import Sequence
from dataclasses import dataclass

from mockcdrs.control.faults.rule import Rule
from mockcdrs.control.latch import Latch


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds to wait before the first byte. `lifted` is set when the rule behind it is taken away, which ends it."""

    seconds: float
    lifted: Latch


@dataclass(frozen=True, slots=True)
class Drip:
    """How fast a body goes out until `lifted` is set."""

    bytes_a_second: float
    lifted: Latch


@dataclass(frozen=True, slots=True)
class Delivery:
    """Wait, then send the body: slowly, in part, under a wrong length, or not at all.

    The `delays` come one after the other; of the `drips` the slowest counts. `cut_after` bytes of the body, compressed
    where it is, the connection ends. `wrong_content_length` is added to the true one. `fault` names the rules behind
    all that has been done to the request, also where the bytes go out as ever.
    """

    delays: tuple[Delay, ...] = ()
    drips: tuple[Drip, ...] = ()
    cut_after: int | None = None
    cut_in_chunk: bool = False
    wrong_content_length: int = 0
    close: bool = False
    fault: str = ""

    @classmethod
    def of(cls, fired: Sequence[tuple[Rule, Latch]]) -> "Delivery":
        """That of the rules that fired, each with what is set when it is taken away."""
        if not fired:
            return AS_EVER
        rules = [rule for rule, _ in fired]
        broken = next((rule for rule in rules if rule.is_loud), rules[0])
        return cls(
            delays=tuple(Delay(rule.delay_seconds, lifted) for rule, lifted in fired if rule.delay_seconds),
            drips=tuple(Drip(rule.drip, lifted) for rule, lifted in fired if rule.drip is not None),
            cut_after=broken.cut_after,
            cut_in_chunk=broken.cut_in_chunk,
            wrong_content_length=int(broken.wrong_content_length),
            close=broken.close,
            fault="; ".join(map(str, rules)),
        )

    @property
    def is_plain(self) -> bool:
        """Whether the body goes out as ever, once the delays are over."""
        changes = (self.drips, self.cut_after, self.cut_in_chunk, self.wrong_content_length, self.close)
        return not any(changes)


AS_EVER = Delivery()
