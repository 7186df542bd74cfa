"""Calls as the console shows them: an interaction as its account sees it, the newest of a range, and counts of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.dataset.store import Document, Segment, Store

INCOMING, OUTGOING, INTERNAL = DIRECTIONS = ("incoming", "outgoing", "internal")
ANSWERED, VOICEMAIL, MISSED, BUSY, FAILED = RESULTS = ("answered", "voicemail", "missed", "busy", "failed")

_SIGNS = str.maketrans("", "", " ()-./")
MAX_SEARCHED = 10_000
_HOUR_SECONDS, _DAY_SECONDS = 3_600, 86_400
_MAX_INTERACTION_SECONDS = _DAY_SECONDS
_MAX_HOURS = 48
_MISSED_CAUSES = frozenset(
    {
        *("NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "CALL_REJECTED", "USER_NOT_REGISTERED"),
        *("ALLOTTED_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE", "SUBSCRIBER_ABSENT", "LOSE_RACE", "PICKED_OFF"),
    }
)


@dataclass(frozen=True, slots=True)
class CallParty:
    """One end of a call: a name and a number, as its CDR has them."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call: times in Gregorian seconds, lengths in seconds.

    `talked` is the A-leg's billed time, `cause` its hangup cause, `owners` are the users of all legs.
    """

    start: int
    seconds: int
    talked: int
    caller: CallParty
    callee: CallParty
    direction: str
    result: str
    cause: str
    owners: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted: each field that is not empty has to fit.

    `search` has words: each is looked for in the names and, as digits, anywhere in the numbers of all legs.
    """

    direction: str = ""
    result: str = ""
    user: str = ""
    cause: str = ""
    search: str = ""
    words: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.search.casefold().split())

    def fits(self, call: CallSummary, legs: Sequence[Document]) -> bool:
        """Whether a call is wanted."""
        return (
            self.direction in {"", call.direction}
            and self.result in {"", call.result}
            and self.cause in {"", call.cause}
            and (not self.user or self.user in call.owners)
            and (not self.words or self._has_words(legs))
        )

    def _has_words(self, legs: Sequence[Document]) -> bool:
        parties = [party for leg in legs for party in (_party(leg, "caller"), _party(leg, "callee"))]
        names, numbers = (
            "\n".join(party.name for party in parties).casefold(),
            "\n".join(party.number for party in parties).casefold(),
        )
        return all(word in names or _without_signs(word) in _without_signs(numbers) for word in self.words)


def order_legs(legs: Iterable[Document]) -> tuple[Document, ...]:
    """Return an interaction's legs in the order of their beginnings, the A-leg first."""
    return tuple(sorted(legs, key=_order))


def summarize_call(ordered: Sequence[Document]) -> CallSummary:
    """Return what an interaction of at least one leg was; its legs come as `order_legs` gives them."""
    first = ordered[0]
    start, talked = _begin(first), _whole(first.get("billing_seconds"))
    cause = str(first.get("hangup_cause") or "")
    direction = _direction(first, ordered)
    return CallSummary(
        start=start,
        seconds=max(_end(leg) for leg in ordered) - start,
        talked=talked,
        caller=_party(first, "caller"),
        callee=_party(first, "callee"),
        direction=direction,
        result=_result(first, ordered[1:], talked, cause, direction),
        cause=cause,
        owners=frozenset(str(_vars(leg)["owner_id"]) for leg in ordered if _vars(leg).get("owner_id")),
    )


def _order(leg: Document) -> tuple[int, int, int, str]:
    """Sort the A-leg first: it begins first, or at least comes in where another goes out at the same moment."""
    created = leg.get("channel_created_time")
    is_outbound = leg.get("call_direction") != "inbound"
    return _begin(leg), int(is_outbound), created if type(created) is int else 0, str(leg.get("_id", leg.get("id")))


def _direction(first: Document, legs: Sequence[Document]) -> str:
    is_of_account = _vars(first).get("authorizing_id") or _vars(first).get("owner_id")
    if first.get("call_direction") == "inbound" and (_is_of_carrier(first) or not is_of_account):
        return INCOMING
    is_outside = any(map(_is_of_carrier, legs)) or _party(first, "callee").number.startswith("+")
    return OUTGOING if is_outside else INTERNAL


def _result(first: Document, others: Sequence[Document], talked: int, cause: str, direction: str) -> str:
    if talked > 0:
        applications = first.get("custom_application_vars")
        has_voicemail = isinstance(applications, Mapping) and "voicemail" in applications
        # the caller talked, though nobody who was called did
        is_unanswered = (
            direction == INCOMING and bool(others) and not any(_whole(o.get("billing_seconds")) for o in others)
        )
        return VOICEMAIL if has_voicemail or is_unanswered else ANSWERED
    if cause == "USER_BUSY":
        return BUSY
    return MISSED if cause in _MISSED_CAUSES else FAILED


def _is_of_carrier(leg: Document) -> bool:
    variables = _vars(leg)
    return bool(variables.get("resource_type") or variables.get("authorizing_type") == "resource")


def _party(leg: Document, role: str) -> CallParty:
    name, number = (str(leg.get(f"{role}_id_{part}") or "") for part in ("name", "number"))
    return CallParty("" if name == number else name, number)


def _vars(leg: Document) -> Mapping[str, Any]:
    variables = leg.get("custom_channel_vars")
    return variables if isinstance(variables, Mapping) else {}


def _end(leg: Document) -> int:
    ended = leg.get("timestamp")
    return ended if type(ended) is int else _whole(leg.get("pvt_created"))


def _begin(leg: Document) -> int:
    return _end(leg) - _whole(leg.get("duration_seconds"))


def _whole(value: Any) -> int:
    """Return a number of seconds; old documents have it as text."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16 else 0


def _without_signs(number: str) -> str:
    return number.translate(_SIGNS)


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
    interactions = ((name, order_legs(of_interaction)) for name, of_interaction in legs.items())
    return [TimelineEntry(name, ordered, summarize_call(ordered)) for name, ordered in interactions]


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
    return [
        each
        for each in segment.visible()
        if each.get("pvt_type") == "cdr" and not each.get("pvt_deleted") and type(_written_at(each)) is int
    ]


def _written_at(document: Document) -> Any:
    return document.get("pvt_created")
