"""Random draws by identity: each is a hash of what is drawn, so that no draw depends on another.

`RandomStream` is part of the generator's hot path: one long hash cut into pieces costs a fifth of as many short ones.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from itertools import cycle
from random import Random
from struct import Struct
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_FRACTIONS = Struct("<16I")
_fraction = (2**-32).__mul__
_BYTES_A_CALL, _BYTES_A_LEG = 48, 64


def hex_id(*identity: object) -> str:
    """32 lower-case hex digits, the same for the same identity in every process."""
    return _digest(identity).hex()


def random_for(*identity: object) -> Random:
    """A generator of its own for one identity.

    Use only its `random` and `getrandbits`: Python promises no stable sequence for the others.
    """
    return Random(int.from_bytes(_digest(identity), "big"))


def pick(random: Random, choices: Sequence[T]) -> T:
    """One of the choices, all equally likely."""
    return choices[int(random.random() * len(choices))]


def sample(random: Random, choices: Sequence[T], count: int) -> list[T]:
    """Up to `count` different choices, in drawn order."""
    left = list(choices)
    return [left.pop(int(random.random() * len(left))) for _ in range(min(count, len(left)))]


def _digest(identity: tuple[object, ...]) -> bytes:
    return hashlib.blake2b(repr(identity).encode(), digest_size=16).digest()


class RandomStream(NamedTuple):
    """What one call draws from: up to 16 fractions (0 to 1), up to 48 bytes and 64 more for each leg, and its pace.

    The pace is fractions that durations and numbers of parties are taken from, over and over: calls of one pace take
    the same time.
    """

    fraction: Callable[[], float]
    draw_bytes: Callable[[int], bytes]
    pace: Callable[[], float]


def stream_for_call(identity: bytes, pace: Iterable[float], legs: int = 8) -> RandomStream:
    """The stream of one call of up to so many legs: but for its pace, a hash of its identity."""
    length = _FRACTIONS.size + _BYTES_A_CALL + _BYTES_A_LEG * legs
    digest = BytesIO(hashlib.shake_128(identity).digest(length))
    fractions = map(_fraction, _FRACTIONS.unpack(digest.read(_FRACTIONS.size)))
    return RandomStream(fractions.__next__, digest.read, cycle(pace).__next__)
