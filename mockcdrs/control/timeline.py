"""The timeline of an account: its newest interactions with all their legs, for the console."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockcdrs.dataset.store import Document, Segment, Store

_MAX_INTERACTION_SECONDS = 24 * 3_600


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One interaction: its id, when it began, in Gregorian seconds, and its legs in the order of their beginnings."""

    id: str
    start: int
    legs: tuple[Document, ...]


def newest_interactions(store: Store, account_id: str, times: tuple[int, int], limit: int) -> list[TimelineEntry]:
    """Return up to `limit` interactions whose last leg was written within `times`, both ends included, newest first.

    `times` are Gregorian seconds. No more is read than what is returned and the day before it: no interaction takes
    longer.
    """
    first, last = times
    legs: dict[str, list[Document]] = {}
    read_until = first
    for document in _newest_cdrs(store, account_id, first - _MAX_INTERACTION_SECONDS, last):
        name, written = str(document.get("interaction_id", document["_id"])), document["pvt_created"]
        if written < read_until - _MAX_INTERACTION_SECONDS:
            break
        if name in legs:
            legs[name].append(document)
        elif len(legs) < limit and written >= first:
            legs[name] = [document]
            read_until = written
    return [_to_entry(name, of_interaction) for name, of_interaction in legs.items()]


def _newest_cdrs(store: Store, account_id: str, first: int, last: int) -> Iterator[Document]:
    for month in reversed(store.months(account_id)):
        scan = store.scan(account_id, month, (first, last), descending=True)
        stored = [document for segment in scan.stored for document in _cdrs(segment)]
        waiting = sorted(
            (each for each in stored if first <= each["pvt_created"] <= last), key=_written_at, reverse=True
        )
        for segment in scan.generated:
            waiting += [each for each in _cdrs(segment) if first <= each["pvt_created"] <= last]
            waiting.sort(key=_written_at, reverse=True)
            begin = min(map(_written_at, _cdrs(segment)), default=last)
            ready = [each for each in waiting if _written_at(each) >= begin]
            waiting = waiting[len(ready) :]
            yield from ready
        yield from waiting


def _cdrs(segment: Segment) -> list[Document]:
    return [each for each in segment.visible() if _is_cdr(each)]


def _is_cdr(document: Document) -> bool:
    return document.get("pvt_type") == "cdr" and not document.get("pvt_deleted") and type(_written_at(document)) is int


def _written_at(document: Document) -> Any:
    return document.get("pvt_created")


def _to_entry(name: str, legs: list[Document]) -> TimelineEntry:
    in_order = sorted(legs, key=lambda leg: (_start_of(leg), str(leg["_id"])))
    return TimelineEntry(name, _start_of(in_order[0]), tuple(in_order))


def _start_of(leg: Document) -> int:
    ended, took = leg.get("timestamp"), leg.get("duration_seconds")
    end = ended if isinstance(ended, int) else leg["pvt_created"]
    return int(end - took) if isinstance(took, int) else int(end)
