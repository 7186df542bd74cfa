"""A thread-safe cache of bounded weight: the least recently used entries are dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A cache of values of a total weight of at most `bound`; the newest value stays, whatever it weighs."""

    def __init__(self, bound: int, weight: Callable[[V], int]) -> None:
        self._bound = bound
        self._weight = weight
        self._values: OrderedDict[K, V] = OrderedDict()
        self._weights = 0
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made and kept where it is missing. Two threads may make the same value at once."""
        value = self.find(key)
        if value is None:
            value = make()
            self.keep(key, value)
        return value

    def find(self, key: K) -> V | None:
        """The value of a key, or `None`."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value under a key, unless there is one already."""
        with self._lock:
            if key not in self._values:
                self._values[key] = value
                self._weights += self._weight(value)
                while self._weights > self._bound and len(self._values) > 1:
                    _, dropped = self._values.popitem(last=False)
                    self._weights -= self._weight(dropped)
