"""The data: CDRs added and removed, interactions for a timeline, and what a correct client ends up with."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from mockcdrs import arguments
from mockcdrs.cdr.documents import public_fields
from mockcdrs.control.added_calls import Interaction
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, DEFAULT_SCENARIO
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document, Segment, Store
from mockcdrs.expected.result import Expected

_CALL = {"at": ANY_TIME, **CALL_SPEC_FIELDS}
_SERIES = {"count": arguments.WHOLE, "over": arguments.NUMBER, **_CALL}
_MOST_INTERACTIONS = 500
_MAX_INTERACTION_SECONDS = 24 * 3_600


def count_data(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the months that have a database, and how much was added and removed."""
    del request
    data = backend.state.data
    counts = {"added": data.count_added(), "removed": data.count_removed()}
    return ApiResponse({"months": data.months(backend.account_id), **counts})


def list_scenarios(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the scenarios of calls that can be added, and their arguments."""
    del backend, request
    scenarios = [
        {"name": name, "says": (build.__doc__ or "").strip().partition("\n")[0]} for name, build in SCENARIOS.items()
    ]
    return ApiResponse({"default": DEFAULT_SCENARIO, "scenarios": scenarios, "arguments": list(_CALL)})


def add_call(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a call, as `Mock.add_call` does."""
    account = messages.find_account(backend, request)
    call = messages.parse_members({} if request.body is None else request.body, _CALL, "a call")
    with messages.refuse_wrong_arguments():
        return ApiResponse(_describe_call(account.add_call(**call)), 201)


def add_calls(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add many calls, as `Mock.add_calls` does; `over` is in seconds."""
    account = messages.find_account(backend, request)
    call = messages.parse_members(request.body, _SERIES, "a series of calls")
    with messages.refuse_wrong_arguments():
        arguments.check_present(call, ("count", "over"), "a series of calls")
        over = timedelta(seconds=call.pop("over"))
        return ApiResponse([*map(_describe_call, account.add_calls(call.pop("count"), over, **call))], 201)


def _describe_call(call: Interaction) -> dict[str, Any]:
    return {"interaction_id": call.id, "cdr_id": call.cdr_id, "legs": list(call.legs)}


def add_cdr(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a document as it is, as `Mock.add_cdr` does."""
    account = messages.find_account(backend, request)
    with messages.refuse_wrong_arguments():
        return ApiResponse(account.add_cdr(request.body), 201)


def remove_cdr(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove a CDR."""
    account = messages.find_account(backend, request)
    try:
        with messages.refuse_wrong_arguments():
            account.remove(request.fields["cdr_id"])
    except KeyError as unknown:
        raise ApiError(404, "no-such-cdr", str(unknown.args[0])) from unknown
    return NO_CONTENT


def clear_data(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Empty the account, until the next reset."""
    messages.find_account(backend, request).clear()
    return NO_CONTENT


def reset_data(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Drop what was added and removed; faults, journal and clock stay."""
    del request
    backend.state.data.reset()
    return NO_CONTENT


def reset(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Put everything back to where it started, as `Mock.reset` does."""
    del request
    backend.reset()
    return NO_CONTENT


def list_interactions(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the newest interactions of a time range with their legs, for a timeline."""
    messages.check_parameters(request, "account_id", "created_from", "created_to", "limit")
    account_id = messages.find_account(backend, request).account_id
    end = messages.parse_time_parameter(request, "created_to", backend.clock.now())
    start = messages.parse_time_parameter(request, "created_from", max(0, end - backend.state.settings.maximum_range))
    limit = messages.parse_whole_number(request, "limit", 100, _MOST_INTERACTIONS)
    interactions = newest_interactions(backend.state.data, account_id, (start, end), limit)
    return ApiResponse(
        [
            {"interaction_id": each.id, "start_seconds": each.start, "legs": [public_fields(leg) for leg in each.legs]}
            for each in interactions
        ]
    )


def read_expected(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return what a client must end up with, as `Mock.expected` does, with groups by day in `time_zone`."""
    others = {"path", "token", "account_id", "time_zone"}
    query: dict[str, Any] = {name: value for name, value in request.query.items() if name not in others}
    account = messages.find_account(backend, request)
    with messages.refuse_wrong_arguments():
        expected = account.expected(request.query.get("path", "/cdrs"), **query)
        by_day = expected.by_day(request.query.get("time_zone", "UTC"))
    groups = {
        "user": expected.by_user(),
        "caller": expected.by_caller(),
        "number": expected.by_number(),
        "rate": expected.by_rate(),
        "direction": expected.by_direction(),
        "day": by_day,
    }
    return ApiResponse(
        {
            "ids": list(expected.ids),
            **_totals(expected),
            "peak": expected.peak,
            "unreachable": list(expected.unreachable),
            "summary": expected.summary,
            "groups": {by: {name: _totals(group) for name, group in each.items()} for by, each in groups.items()},
            "legs": [asdict(leg) for leg in expected.legs],
        }
    )


def _totals(expected: Expected) -> dict[str, int]:
    return {name: getattr(expected, name) for name in ("count", "calls", "seconds", "cost", "reseller_cost")}


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
