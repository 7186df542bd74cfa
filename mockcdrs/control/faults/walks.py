"""Which page of its walk a request asks for: known by the key that the page before handed out."""

import threading
from collections import OrderedDict
from typing import Any

from mockcdrs.control.faults.asked import Asked

KEPT_KEYS = 10_000

_Known = tuple[str, Any, str]
_NOT_THE_QUESTION = frozenset({"start_key", "auth_token", "_"})


class Walks:
    """The keys handed out last, and where they lead. Walks are told apart by path and question, so many may go at once.

    Two walks that ask the same at the same time share their keys, and each key leads both to the same page.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[_Known, int] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, asked: Asked) -> int | None:
        """1 without a start key; `None` for a key that was never handed out, and for what is no GET."""
        if asked.method != "GET":
            return None
        if asked.start_key is None:
            return 1
        with self._lock:
            exact, loose = _names(asked, asked.start_key)
            # a client that changes the question in mid-walk is on that page all the same
            return self._pages.get(exact, self._pages.get(loose))

    def hand_out(self, asked: Asked, key: str, page: int) -> None:
        """Note that a request was answered with a key, and to which page it leads."""
        with self._lock:
            for known in _names(asked, key):
                self._pages[known] = page
                self._pages.move_to_end(known)
            while len(self._pages) > KEPT_KEYS:
                self._pages.popitem(last=False)


def _names(asked: Asked, key: str) -> tuple[_Known, _Known]:
    question = frozenset(item for item in asked.query.items() if item[0] not in _NOT_THE_QUESTION)
    return (asked.path, question, key), (asked.path, None, key)
