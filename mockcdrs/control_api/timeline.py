"""The timeline of an account for the console: its newest interactions with all their legs, and counts of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.control_api.call_summary import DIRECTIONS, RESULTS, CallFilter, CallSummary, order_legs, summarize_call
from mockcdrs.dataset.store import Document, Segment, Store

MAX_SEARCHED = 10_000

_HOUR_SECONDS, _DAY_SECONDS = 3_600, 86_400
_MAX_INTERACTION_SECONDS = _DAY_SECONDS
_MAX_HOURS = 48
_ANY_CALL = CallFilter()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One interaction: its id, its legs in the order of their beginnings, and what it was."""

    id: str
    legs: tuple[Document, ...]
    summary: CallSummary


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Counts of a range's calls. Steps are of `step_seconds`; those without a call are left out.

    `counted_from`: where fewer than all were counted, when the oldest of them began, in Gregorian seconds; else `None`.
    """

    total: int
    talked_seconds: int
    step_seconds: int
    counted_from: int | None
    results: dict[str, int]
    directions: dict[str, int]
    steps: list[dict[str, int]]


def newest_interactions(
    store: Store, account_id: str, times: tuple[int, int], limit: int, wanted: CallFilter = _ANY_CALL
) -> list[TimelineEntry]:
    """Return up to `limit` interactions whose last leg was written within `times`, both ends included, newest first.

    `times` are Gregorian seconds. No more is read than what is returned and the day before it: no interaction takes
    longer. Where only some calls are wanted, those among the newest `MAX_SEARCHED` are returned.
    """
    if wanted == _ANY_CALL:
        return _read_newest(store, account_id, times, limit)
    entries = _read_newest(store, account_id, times, MAX_SEARCHED)
    return [each for each in entries if wanted.fits(each.summary, each.legs)][:limit]


def count_by_time(store: Store, account_id: str, times: tuple[int, int], wanted: CallFilter = _ANY_CALL) -> CallCounts:
    """Count the calls of a range, by result, by direction, and by hour or day of their beginning.

    The newest `MAX_SEARCHED` of them are looked at.
    """
    entries = _read_newest(store, account_id, times, MAX_SEARCHED)
    calls = [each.summary for each in entries if wanted.fits(each.summary, each.legs)]
    step = _HOUR_SECONDS if times[1] - times[0] <= _MAX_HOURS * _HOUR_SECONDS else _DAY_SECONDS
    return CallCounts(
        total=len(calls),
        talked_seconds=sum(call.talked for call in calls),
        step_seconds=step,
        counted_from=entries[-1].summary.start if len(entries) == MAX_SEARCHED else None,
        results=_count(RESULTS, [call.result for call in calls]),
        directions=_count(DIRECTIONS, [call.direction for call in calls]),
        steps=_count_steps(calls, step),
    )


def _count(names: Sequence[str], values: Sequence[str]) -> dict[str, int]:
    counts = Counter(values)
    return {name: counts[name] for name in names}


def _count_steps(calls: Sequence[CallSummary], step_seconds: int) -> list[dict[str, int]]:
    steps: dict[int, Counter[str]] = {}
    for call in calls:
        steps.setdefault(call.start - call.start % step_seconds, Counter())[call.result] += 1
    return [{"start": start, **_count(RESULTS, list(steps[start].elements()))} for start in sorted(steps)]


def _read_newest(store: Store, account_id: str, times: tuple[int, int], limit: int) -> list[TimelineEntry]:
    first, last = times
    legs: dict[str, list[Document]] = {}
    read_until = first
    for document in _newest_cdrs(store, account_id, first - _MAX_INTERACTION_SECONDS, last):
        name, written = str(document.get("interaction_id", document["_id"])), document["pvt_created"]
        if len(legs) == limit and written < read_until - _MAX_INTERACTION_SECONDS:
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
    ordered = order_legs(legs)
    return TimelineEntry(name, ordered, summarize_call(ordered))
