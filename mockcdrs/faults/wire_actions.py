"""Actions on the wire: a connection that breaks, a wrong length, a body that comes late or slowly."""

from dataclasses import replace

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.faults.action import Action
from mockcdrs.faults.wire_effect import Latch, Pace, Wait, WireEffect


class _Breaks(Action):
    """The connection breaks; each keyword is the name of a field of `WireEffect`."""

    group = "wire"

    def change_wire(self, effect: WireEffect, lifted: Latch) -> WireEffect:
        del lifted
        return replace(effect, **{self.keyword: self.value})


class CloseConnection(_Breaks):
    """End the connection before any byte of the answer."""

    keyword = "close"
    sentence = "The connection ends before any byte of the answer."


class CutBody(_Breaks):
    """End the connection after so many bytes of the body."""

    keyword, unset = "cut_after", None
    kind = Kind("a whole number of bytes from 1 on (for no byte at all say close)", arguments.whole(1).fits)
    sentence = "The connection ends after so many bytes of the body."
    example = 1_000


class CutChunk(_Breaks):
    """End the connection in the middle of a chunk."""

    keyword = "cut_in_chunk"
    sentence = "The connection ends in the middle of the body's first chunk."


class MisstateLength(_Breaks):
    """Announce a length that is wrong by so many bytes."""

    keyword, unset = "wrong_content_length", 0
    kind = Kind("a whole number of bytes to add to the true length", arguments.is_whole)
    sentence = "The announced length of the body is wrong by so many bytes."
    example = 10


class Delay(Action):
    """Wait before the first byte."""

    keyword, unset = "delay_seconds", 0
    kind = arguments.SECONDS
    sentence = "The first byte of the answer comes so many seconds later, as long as the rule is there."
    example = 3.0

    def change_wire(self, effect: WireEffect, lifted: Latch) -> WireEffect:
        return replace(effect, delays=(*effect.delays, Wait(self.value, lifted)))


class Drip(Action):
    """Send the body slowly."""

    keyword, unset = "drip", None
    kind = Kind("bytes a second, more than 0", lambda value: arguments.is_number(value) and value > 0)
    sentence = "The body is sent at so many bytes a second, as long as the rule is there."
    example = 20_000

    def change_wire(self, effect: WireEffect, lifted: Latch) -> WireEffect:
        return replace(effect, drips=(*effect.drips, Pace(self.value, lifted)))
