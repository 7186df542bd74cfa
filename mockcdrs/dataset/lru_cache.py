"""A cache with a bound, so that memory does not follow the data."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Keeps what was used last, as long as its weight stays within a bound; the newest stays whatever it weighs."""

    def __init__(self, bound: int, weight: Callable[[V], int]) -> None:
        self._bound = bound
        self._weight = weight
        self._held: OrderedDict[K, V] = OrderedDict()
        self._weights = 0
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is kept under a key, made when it is not there. Two threads may make the same thing at once."""
        value = self.find(key)
        if value is None:
            value = make()
            self.keep(key, value)
        return value

    def find(self, key: K) -> V | None:
        """What is kept under a key, `None` where nothing is."""
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Keep something under a key, unless there is something already."""
        with self._lock:
            if key not in self._held:
                self._held[key] = value
                self._weights += self._weight(value)
                while self._weights > self._bound and len(self._held) > 1:
                    _, dropped = self._held.popitem(last=False)
                    self._weights -= self._weight(dropped)
