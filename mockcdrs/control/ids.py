"""Where the hex digits of request ids and of file names come from."""

import hashlib
import itertools
from collections.abc import Callable
from functools import partial
from typing import Protocol

from mockcdrs.crossbar.answer import Incoming


class Ids(Protocol):
    """A source of hex digits."""

    def of(self, incoming: Incoming, now: int) -> Callable[[int], str]:
        """What gives a request's digits, as many as it is asked for; `now` is in Gregorian seconds."""

    def reset(self) -> None:
        """As at the start."""


class ByOrder:
    """A function of the seed and of how many were asked for before: new ones each time, the same in each run."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Count from the beginning."""
        self._count = itertools.count()

    def of(self, incoming: Incoming, now: int) -> Callable[[int], str]:
        """The next ones, whatever the request."""
        del incoming, now
        return self._next

    def _next(self, digits: int) -> str:
        return _hex(f"{self._seed}/{next(self._count)}", digits)


class ByRequest:
    """A function of the seed, the moment and the request: processes that know nothing of each other agree on it.

    Different requests have different ids, whichever process they reach; the same one twice in a second has one id.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def reset(self) -> None:
        """There is nothing to forget."""

    def of(self, incoming: Incoming, now: int) -> Callable[[int], str]:
        """The ones that belong to the request."""
        headers = sorted(incoming.headers.items())
        identity = (self._seed, now, incoming.method, incoming.path, incoming.query, headers, incoming.body)
        return partial(_hex, repr(identity))


def _hex(identity: str, digits: int) -> str:
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:digits]
