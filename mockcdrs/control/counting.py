"""How many CDRs there are, for advice: counts that cost little however large the data is.

Held documents are looked at first, then made-up ones, the newest months first; both are given up at a bound.
"""

import math
from collections.abc import Iterator
from itertools import islice

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.store import Document, Store

COUNTED_AT_MOST = 1_000
LOOKED_AT_MOST = 5_000


def cdrs(store: Store, account_id: str, start: int, end: int) -> int:
    """CDRs of an account written in a stretch of Gregorian seconds, both ends included; `COUNTED_AT_MOST` or less."""
    found = (document for document in _looked_at(store, account_id, start, end) if _lies_in(document, start, end))
    return sum(1 for _ in islice(found, COUNTED_AT_MOST))


def unlisted(store: Store, account_id: str) -> list[float]:
    """When CDRs of an account without `custom_channel_vars` were written, Gregorian seconds. Made-up ones have them."""
    found = (document for document in islice(_held(store, account_id), LOOKED_AT_MOST) if _is_bare(document))
    return [document["pvt_created"] for document in found if _lies_in(document, -math.inf, math.inf)]


def over_month_end(store: Store, account_id: str, month: str) -> list[Document]:
    """CDRs that lie in a month of an account and were written after it. Made-up ones are not among them."""
    if month not in _months(store, account_id):
        return []
    _, behind = gregorian.month_bounds(month)
    return [
        document
        for segment in store.held(account_id, month)
        for document in segment.visible()
        if _lies_in(document, behind, math.inf)
    ]


def _looked_at(store: Store, account_id: str, start: int, end: int) -> Iterator[Document]:
    yield from islice(_held(store, account_id), LOOKED_AT_MOST)
    for month in _months(store, account_id):
        for segment in store.made(account_id, month, (start, end), descending=True):
            yield from segment.visible()


def _held(store: Store, account_id: str) -> Iterator[Document]:
    for month in _months(store, account_id):
        for segment in store.held(account_id, month):
            yield from segment.visible()


def _months(store: Store, account_id: str) -> list[str]:
    return store.months(account_id)[::-1] if account_id in store.accounts else []


def _lies_in(document: Document, start: float, end: float) -> bool:
    created = document.get("pvt_created")
    return document.get("pvt_type") == "cdr" and isinstance(created, int | float) and start <= created <= end


def _is_bare(document: Document) -> bool:
    return document.get("custom_channel_vars") is None
