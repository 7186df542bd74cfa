"""Which page of its walk a request asks for, known by the start key that the page before it handed out."""

import threading
from collections import OrderedDict
from typing import Any

from mockcdrs.faults.matching import RequestView

KEPT_KEYS = 10_000

_KeyName = tuple[str, Any, str]
_NOT_COMPARED = frozenset({"start_key", "auth_token", "_"})


class PageTracker:
    """The start keys handed out last, and the number of the page that each leads to.

    Walks are told apart by path and query, so several clients can walk at once. Two walks with the same query share
    their keys, and each key leads both of them to the same page.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[_KeyName, int] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, request: RequestView) -> int | None:
        """The page that a GET asks for: 1 without a start key, `None` for a key that was never handed out."""
        if request.method != "GET":
            return None
        if request.start_key is None:
            return 1
        with self._lock:
            exact, loose = _names(request, request.start_key)
            # a client that changes its query in the middle of a walk is on that page all the same
            return self._pages.get(exact, self._pages.get(loose))

    def hand_out(self, request: RequestView, key: str, page: int) -> None:
        """Remember that the answer to a request handed out a key, and the number of the page it leads to."""
        with self._lock:
            for name in _names(request, key):
                self._pages[name] = page
                self._pages.move_to_end(name)
            while len(self._pages) > KEPT_KEYS:
                self._pages.popitem(last=False)


def _names(request: RequestView, key: str) -> tuple[_KeyName, _KeyName]:
    query = frozenset(item for item in request.query.items() if item[0] not in _NOT_COMPARED)
    return (request.path, query, key), (request.path, None, key)
