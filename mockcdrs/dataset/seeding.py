"""Everything drawn comes from a hash of what it is, so that no draw depends on another."""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


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
