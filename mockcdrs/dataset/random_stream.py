"""Random draws by identity: each is a hash of what is drawn, so that no draw depends on another.

`RandomStream` is part of the generator's hot path: one long draw cut into pieces costs a fifth of as many short ones.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from random import Random
from struct import Struct
from typing import NamedTuple, TypeVar

T = TypeVar("T")

_PIECES_AT_ONCE = 64
# Hex digits of ids (of documents' revisions and recordings), Call-IDs and tags.
_DIGITS = 32, 24, 8
# The draws of one call are enough for this many legs, or for one leg fewer with a recording; a leg has two fractions.
_LEGS = 7
_NUMBERS = Struct(f"<{3 * _LEGS}I")
_fraction, _micro = (2**-32).__mul__, (2**19 - 1).__and__
_new_tuple = tuple.__new__  # what `RandomStream(...)` does, without the call in between


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
    """What calls draw from: `fraction` gives fractions (0 to 1), `micros` integers of 19 bits.

    `ids`, `call_ids` and `tags` yield hex digits, 32, 24 and 8 at a time.
    """

    fraction: Callable[[], float]
    micros: Callable[[], int]
    ids: Iterator[str]
    call_ids: Iterator[str]
    tags: Iterator[str]


def stream_from(random: Random) -> RandomStream:
    """An endless stream of a generator's draws."""
    return RandomStream(
        random.random,
        partial(random.getrandbits, 19),
        *(chain.from_iterable(_hex_pieces(random, digits // 2)) for digits in _DIGITS),
    )


def stream_for_call(identity: bytes) -> RandomStream:
    """A stream for one interaction of up to seven legs, cut from a hash of its identity."""
    digest = hashlib.shake_128(identity).digest(_DIGEST_BYTES)
    numbers, piece = _NUMBERS.unpack_from(digest), digest.hex().__getitem__
    return _new_tuple(
        RandomStream,
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
