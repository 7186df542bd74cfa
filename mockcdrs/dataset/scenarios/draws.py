"""What the calls of a made-up office draw: fractions, microseconds and the hex digits of their ids.

This is part of the generator's hot path: one long draw cut into pieces costs a fifth of as many short ones.
"""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import shake_128
from itertools import chain
from random import Random
from struct import Struct
from typing import NamedTuple

_PIECES_AT_ONCE = 64
# Ids and recordings, Call-IDs, tags.
_DIGITS = 32, 24, 8
# What a call draws by itself is enough for this many legs, and one recording less; for each leg two fractions.
_LEGS = 7
_NUMBERS = Struct(f"<{3 * _LEGS}I")
_fraction, _micro = (2**-32).__mul__, (2**19 - 1).__and__
# What `Draws(...)` does, without the call in between.
_new_tuple = tuple.__new__


class Draws(NamedTuple):
    """Endless for a day, enough for one interaction otherwise.

    `fraction` gives fractions (0 to 1), `micros` integers of 19 bits; `ids`, `call_ids` and `tags` yield hex digits,
    32, 24 and 8 at a time.
    """

    fraction: Callable[[], float]
    micros: Callable[[], int]
    ids: Iterator[str]
    call_ids: Iterator[str]
    tags: Iterator[str]


def draws_of(random: Random) -> Draws:
    """What a generator draws."""
    return Draws(
        random.random,
        partial(random.getrandbits, 19),
        *(chain.from_iterable(_hex_pieces(random, digits // 2)) for digits in _DIGITS),
    )


def draws_for_one(identity: bytes) -> Draws:
    """What a single interaction draws: a hash of its identity."""
    digest = shake_128(identity).digest(_DIGEST_BYTES)
    numbers, piece = _NUMBERS.unpack_from(digest), digest.hex().__getitem__
    return _new_tuple(
        Draws,
        (
            map(_fraction, numbers[_LEGS:]).__next__,
            map(_micro, numbers).__next__,
            map(piece, _IDS),
            map(piece, _CALL_IDS),
            map(piece, _TAGS),
        ),
    )


def _hex_pieces(random: Random, size: int) -> Iterator[list[str]]:
    while True:
        bits = random.getrandbits(8 * size * _PIECES_AT_ONCE)
        yield bits.to_bytes(size * _PIECES_AT_ONCE, "big").hex(" ", size).split()


def _slices() -> Iterator[tuple[slice, ...]]:
    begin = 2 * _NUMBERS.size
    for digits, count in zip(_DIGITS, (_LEGS, _LEGS, 2 * _LEGS + 1), strict=True):
        end = begin + digits * count
        yield tuple(slice(at, at + digits) for at in range(begin, end, digits))
        begin = end


_IDS, _CALL_IDS, _TAGS = _slices()
_DIGEST_BYTES = _TAGS[-1].stop // 2
