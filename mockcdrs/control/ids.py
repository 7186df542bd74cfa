"""Where the ids of requests that bring none come from: 32 hex digits."""

import hashlib
import itertools
from typing import Protocol

from mockcdrs.crossbar.pipeline import HttpRequest


class Ids(Protocol):
    """A source of request ids."""

    def of(self, incoming: HttpRequest, now: int) -> str:
        """A request's id; `now` is in Gregorian seconds."""

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

    def of(self, incoming: HttpRequest, now: int) -> str:
        """The next one, whatever the request."""
        del incoming, now
        return _hex(f"{self._seed}/{next(self._count)}")


class ByRequest:
    """A function of the seed, the moment and the request: processes that know nothing of each other agree on it.

    Different requests have different ids, whichever process they reach; the same one twice in a second has one id.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def reset(self) -> None:
        """There is nothing to forget."""

    def of(self, incoming: HttpRequest, now: int) -> str:
        """The one that belongs to the request."""
        headers = sorted(incoming.headers.items())
        identity = (self._seed, now, incoming.method, incoming.path, incoming.query, headers, incoming.body)
        return _hex(repr(identity))


def _hex(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:32]
