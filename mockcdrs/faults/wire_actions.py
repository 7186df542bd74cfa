"""Actions on the wire: a connection that breaks, a wrong length, a body that comes late or slowly.

A delay may be a distribution. What is drawn of it is a function of the mock's seed, the rule's number and the number of
the match.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.faults import RuleError
from mockcdrs.faults.action import Action
from mockcdrs.faults.firing import Firing
from mockcdrs.faults.wire_effect import Line, Pace, Wait, WireEffect

_LEAST_SHARE = 2.0**-60  # the logarithm of 0 is infinite


@dataclass(frozen=True, slots=True)
class Distribution:
    """Seconds that are drawn. `uniform`, `lognormal` and `jitter` make one.

    `name` and `values` are the function and its arguments.
    """

    name: str
    values: tuple[float, float]

    def seconds(self, share: float) -> float:
        """The seconds that so large a share of all draws, from 0 to 1, falls below."""
        return min(_QUANTILES[self.name](*self.values, share), arguments.LONGEST_SECONDS)

    def to_json(self) -> dict[str, list[float]]:
        """`{"uniform": [0.1, 2]}`."""
        return {self.name: list(self.values)}

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The distribution that an object with one member stands for; any other value as it is. Raises `RuleError`."""
        if not isinstance(value, Mapping):
            return value
        if len(value) != 1 or next(iter(value)) not in FUNCTIONS:
            came = arguments.short_repr(dict(value))
            raise RuleError(f"delay_seconds: came {came}, expected one of {', '.join(FUNCTIONS)} with two numbers")
        name, values = next(iter(value.items()))
        if not isinstance(values, list | tuple) or len(values) != 2:
            came = arguments.short_repr(values)
            raise RuleError(f"delay_seconds: {name} came with {came}, expected two numbers, as in [0.1, 2]")
        return FUNCTIONS[name](*values)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(repr, self.values))})"


def uniform(least: float, most: float) -> Distribution:
    """Return a uniform distribution of seconds from `least` to `most`. Raises `RuleError`."""
    _check("uniform", least=least, most=most)
    if least > most:
        raise RuleError(f"uniform: came {least!r} and {most!r}, expected the smaller number first")
    return Distribution("uniform", (least, most))


def lognormal(median: float, sigma: float) -> Distribution:
    """Return a log-normal distribution with a median in seconds, like that of a busy server. Raises `RuleError`.

    `sigma` is the standard deviation of the logarithm: with 0.5 one request in a hundred takes three times the median.
    """
    _check("lognormal", median=median, sigma=sigma)
    return Distribution("lognormal", (median, sigma))


def jitter(seconds: float, most: float) -> Distribution:
    """Return a distribution of `seconds` plus or minus up to `most`, at least 0. Raises `RuleError`."""
    _check("jitter", seconds=seconds, most=most)
    return Distribution("jitter", (seconds, most))


def _check(function: str, **values: float) -> None:
    for name, value in values.items():
        arguments.check_value(f"{function}: {name}", value, arguments.SECONDS, RuleError)


def _lognormal_quantile(median: float, sigma: float, share: float) -> float:
    from statistics import NormalDist  # which imports `decimal`

    exponent = sigma * NormalDist().inv_cdf(min(max(share, _LEAST_SHARE), 1 - 2.0**-53))
    return median * math.exp(min(exponent, math.log(arguments.LONGEST_SECONDS)))


_QUANTILES: dict[str, Callable[[float, float, float], float]] = {
    "uniform": lambda least, most, share: least + (most - least) * share,
    "lognormal": _lognormal_quantile,
    "jitter": lambda seconds, most, share: max(0.0, seconds - most + 2 * most * share),
}
FUNCTIONS: dict[str, Callable[[float, float], Distribution]] = {
    "uniform": uniform,
    "lognormal": lognormal,
    "jitter": jitter,
}


class _Breaks(Action):
    """The connection breaks; each keyword is the name of a field of `WireEffect`."""

    group = "wire"

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        del firing
        return effect._replace(**{self.keyword: self.value})


class CloseConnection(_Breaks):
    """End the connection before any byte of the answer."""

    keyword = "close"
    sentence = "The connection ends before any byte of the answer."


class ResetConnection(_Breaks):
    """End the connection by a TCP reset before any byte of the answer."""

    keyword = "reset"
    sentence = "The connection is reset before any byte of the answer, as by a server that has crashed."


class Blackhole(_Breaks):
    """Accept the request, and never answer it."""

    keyword = "blackhole"
    sentence = "The request is accepted and never answered, as long as the rule exists."

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        return effect._replace(blackhole=firing.lifted)


class CutBody(_Breaks):
    """End the connection after so many bytes of the body."""

    keyword, unset = "cut_after", None
    kind = Kind("a whole number of bytes from 1 on (for no byte at all say close)", arguments.whole(1).fits)
    sentence = "The connection ends after this number of bytes of the body."
    example = 1_000


class CutChunk(_Breaks):
    """End the connection in the middle of a chunk."""

    keyword = "cut_in_chunk"
    sentence = "The connection ends in the middle of the body's first chunk."


class MisstateLength(_Breaks):
    """Announce a length that is wrong by so many bytes."""

    keyword, unset = "wrong_content_length", 0
    kind = Kind("a whole number of bytes to add to the true length", arguments.is_whole)
    sentence = "This number of bytes is added to the announced length of the body; it may be negative."
    example = 10


class Delay(Action):
    """Wait before the first byte."""

    keyword, unset = "delay_seconds", 0
    kind = Kind(
        f"{arguments.SECONDS.expected}, or uniform(), lognormal() or jitter()",
        lambda value: isinstance(value, Distribution) or arguments.SECONDS.fits(value),
    )
    sentence = (
        "The first byte of the answer is delayed by this number of seconds, as long as the rule exists. From a "
        "distribution, the seconds are drawn for each request."
    )
    example = 3.0

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        drawn = isinstance(self.value, Distribution)
        seconds = self.value.seconds(firing.share("delay")) if drawn else self.value
        return effect._replace(delays=(*effect.delays, Wait(seconds, firing.lifted)))

    def to_json(self) -> Any:
        return self.value.to_json() if isinstance(self.value, Distribution) else self.value

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The seconds, or the distribution that an object stands for."""
        return Distribution.from_json(value)


_SPEED = Kind("bytes a second, more than 0", lambda value: arguments.is_number(value) and value > 0)


class Drip(Action):
    """Send each body slowly."""

    keyword, unset = "drip", None
    kind = _SPEED
    sentence = "Each body is sent at this number of bytes a second, as long as the rule exists."
    example = 20_000

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        return effect._replace(paces=(*effect.paces, Pace(self.value, firing.lifted, Line())))


class Bandwidth(Action):
    """Send all bodies over one narrow line."""

    keyword, unset = "bandwidth", None
    kind = _SPEED
    sentence = (
        "All bodies together are sent at this number of bytes a second, as over one line, as long as the rule exists."
    )
    example = 50_000

    def change_wire(self, effect: WireEffect, firing: Firing) -> WireEffect:
        return effect._replace(paces=(*effect.paces, Pace(self.value, firing.lifted, firing.line)))
