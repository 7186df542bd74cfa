"""The data: CDRs added and removed, interactions for a timeline, and what a correct client ends up with."""

from dataclasses import asdict
from typing import Any

from mockcdrs.cdr.documents import public_fields
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME
from mockcdrs.control_api import messages, timeline
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.call_summary import DIRECTIONS, RESULTS, CallFilter
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse
from mockcdrs.control_api.timeline import TimelineEntry
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, DEFAULT_SCENARIO
from mockcdrs.dataset.scenarios import SCENARIOS

_CALL = {"at": ANY_TIME, **CALL_SPEC_FIELDS}
_MOST_INTERACTIONS = 500
_RANGE = ("created_from", "created_to")
_CALL_FILTERS = ("direction", "result", "user", "cause", "search")


def count_data(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the months that have a database, how much was added and removed, and a number that changes with that."""
    del request
    data = backend.state.data
    counts = {"added": data.count_added(), "removed": data.count_removed(), "version": data.version}
    return ApiResponse({"months": data.months(backend.account_id), **counts})


def list_scenarios(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the scenarios of calls that can be added, and their arguments."""
    del backend, request
    scenarios = [
        {"name": name, "says": (build.__doc__ or "").strip().partition("\n")[0]} for name, build in SCENARIOS.items()
    ]
    return ApiResponse({"default": DEFAULT_SCENARIO, "scenarios": scenarios, "arguments": list(_CALL)})


def add_call(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a call by scenario, as `Mock.add_call` does."""
    order = messages.parse_members({} if request.body is None else request.body, _CALL, "a call")
    with messages.refuse_wrong_arguments():
        call = backend.add_call(**order)
    return ApiResponse({"interaction_id": call.id, "cdr_id": call.cdr_id, "legs": list(call.legs)}, 201)


def add_cdr(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a document as it is, as `Mock.add_cdr` does."""
    with messages.refuse_wrong_arguments():
        return ApiResponse(backend.add_cdr(request.body), 201)


def remove_cdr(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove a CDR."""
    try:
        with messages.refuse_wrong_arguments():
            backend.remove(request.fields["cdr_id"])
    except KeyError as unknown:
        raise ApiError(404, "no-such-cdr", str(unknown.args[0])) from unknown
    return NO_CONTENT


def clear_data(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Empty the account, until the next reset."""
    del request
    backend.clear()
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
    messages.check_parameters(request, *_RANGE, "limit", *_CALL_FILTERS)
    limit = messages.parse_whole_number(request, "limit", 100, _MOST_INTERACTIONS)
    times, wanted = _parse_range(backend, request), _parse_filter(request)
    entries = timeline.newest_interactions(backend.state.data, backend.account_id, times, limit, wanted)
    return ApiResponse([_describe_interaction(entry) for entry in entries])


def count_calls(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Count the calls of a time range, for charts."""
    messages.check_parameters(request, *_RANGE, *_CALL_FILTERS)
    times, wanted = _parse_range(backend, request), _parse_filter(request)
    return ApiResponse(asdict(timeline.count_calls(backend.state.data, backend.account_id, times, wanted)))


def _parse_range(backend: MockBackend, request: ApiRequest) -> tuple[int, int]:
    end = messages.parse_time_parameter(request, "created_to", backend.clock.now())
    start = messages.parse_time_parameter(request, "created_from", max(0, end - backend.state.settings.maximum_range))
    return start, end


def _parse_filter(request: ApiRequest) -> CallFilter:
    values = {name: request.query[name] for name in _CALL_FILTERS if name in request.query}
    for name, known in (("direction", DIRECTIONS), ("result", RESULTS)):
        if values.get(name, "") not in {"", *known}:
            raise messages.bad_value(name, values[name], f"one of {', '.join(known)}")
    return CallFilter(**values)


def _describe_interaction(entry: TimelineEntry) -> dict[str, Any]:
    call = asdict(entry.summary)
    return {
        "interaction_id": entry.id,
        "start_seconds": call.pop("start"),
        **call,
        "owners": sorted(entry.summary.owners),
        "legs": [public_fields(leg) for leg in entry.legs],
    }


def read_expected(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return what a client must end up with, as `Mock.expected` does; `path` is the listing's, below the account."""
    query: dict[str, Any] = {name: value for name, value in request.query.items() if name not in {"path", "token"}}
    with messages.refuse_wrong_arguments():
        expected = backend.expected(request.query.get("path", "/cdrs"), **query)
    return ApiResponse(
        {
            "ids": list(expected.ids),
            "count": expected.count,
            "seconds": expected.seconds,
            "cost": expected.cost,
            "unreachable": list(expected.unreachable),
        }
    )
