"""What is to happen to an answer on its way to the client; the server room makes it happen."""

from collections.abc import Sequence
from dataclasses import dataclass

from mockcdrs.control.faults.rule import Rule


@dataclass(frozen=True, slots=True)
class Delivery:
    """Wait, then send the body: slowly, in part, under a wrong length, or not at all.

    `drip` is in bytes a second. `cut_after` bytes of the body, compressed where it is, the connection ends.
    `wrong_content_length` is added to the true one. `fault` names the rules behind all that has been done to the
    request, also where the bytes go out as ever.
    """

    delay_seconds: float = 0.0
    drip: float | None = None
    cut_after: int | None = None
    cut_in_chunk: bool = False
    wrong_content_length: int = 0
    close: bool = False
    fault: str = ""

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> "Delivery":
        """That of the rules that fired: waits add up, the slowest drip counts."""
        if not rules:
            return AS_EVER
        broken = next((rule for rule in rules if rule.is_loud), rules[0])
        return cls(
            delay_seconds=sum(rule.delay_seconds for rule in rules),
            drip=min((rule.drip for rule in rules if rule.drip is not None), default=None),
            cut_after=broken.cut_after,
            cut_in_chunk=broken.cut_in_chunk,
            wrong_content_length=int(broken.wrong_content_length),
            close=broken.close,
            fault="; ".join(map(str, rules)),
        )

    @property
    def is_plain(self) -> bool:
        """Whether the body goes out as ever, once the delay is over."""
        changes = (self.drip, self.cut_after, self.cut_in_chunk, self.wrong_content_length, self.close)
        return not any(changes)


AS_EVER = Delivery()
