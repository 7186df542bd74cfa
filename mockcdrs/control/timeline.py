"""Interactions with their legs, the newest first: what a person looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.store import Document, Segment, Store

_LONGEST_SECONDS = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Shown:
    """One interaction: its id, when it began in Gregorian seconds, and its legs, the first to begin first."""

    id: str
    start: int
    legs: tuple[Document, ...]


def newest(store: Store, account_id: str, times: tuple[int, int], limit: int) -> list[Shown]:
    """The interactions whose last leg was written within `times`, both ends included, as many as `limit`.

    Only as much is read as is shown, and what was written in the day before it: no interaction takes longer.
    """
    first, last = times
    legs: dict[str, list[Document]] = {}
    read_until = first
    for document in _backwards(store, account_id, first - _LONGEST_SECONDS, last):
        name, written = str(document.get("interaction_id", document["_id"])), document["pvt_created"]
        if written < read_until - _LONGEST_SECONDS:
            break
        if name in legs:
            legs[name].append(document)
        elif len(legs) < limit and written >= first:
            legs[name] = [document]
            read_until = written
    return [_shown(name, found) for name, found in legs.items()]


def _backwards(store: Store, account_id: str, first: int, last: int) -> Iterator[Document]:
    for month in reversed(store.months(account_id)):
        held = [document for segment in store.held(account_id, month) for document in _cdrs(segment)]
        waiting = sorted((each for each in held if first <= each["pvt_created"] <= last), key=_written, reverse=True)
        for segment in store.made(account_id, month, (first, last), descending=True):
            waiting += [each for each in _cdrs(segment) if first <= each["pvt_created"] <= last]
            waiting.sort(key=_written, reverse=True)
            begin = min(map(_written, _cdrs(segment)), default=last)
            ready = [each for each in waiting if _written(each) >= begin]
            waiting = waiting[len(ready) :]
            yield from ready
        yield from waiting


def _cdrs(segment: Segment) -> list[Document]:
    return [each for each in segment.visible() if _is_cdr(each)]


def _is_cdr(document: Document) -> bool:
    return document.get("pvt_type") == "cdr" and not document.get("pvt_deleted") and type(_written(document)) is int


def _written(document: Document) -> Any:
    return document.get("pvt_created")


def _shown(name: str, legs: list[Document]) -> Shown:
    in_order = sorted(legs, key=lambda leg: (_began(leg), str(leg["_id"])))
    return Shown(name, _began(in_order[0]), tuple(in_order))


def _began(leg: Document) -> int:
    ended, took = leg.get("timestamp"), leg.get("duration_seconds")
    end = ended if isinstance(ended, int) else leg["pvt_created"]
    return int(end - took) if isinstance(took, int) else int(end)
