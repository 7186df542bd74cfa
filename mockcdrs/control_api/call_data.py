"""The data: CDRs added and removed, interactions for a timeline, and what a correct client ends up with."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from mockcdrs import arguments
from mockcdrs.cdr.documents import public_fields
from mockcdrs.control.additions import Interaction
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME
from mockcdrs.control_api import messages, timeline
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.call_summary import DIRECTIONS, RESULTS, CallFilter
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse
from mockcdrs.control_api.timeline import TimelineEntry
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, DEFAULT_SCENARIO
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.expected.result import Expected

_CALL = {"at": ANY_TIME, **CALL_SPEC_FIELDS}
_SERIES = {"count": arguments.WHOLE, "over": arguments.NUMBER, **_CALL}
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
    scenarios = [{"name": name, "says": scenario.sentence} for name, scenario in SCENARIOS.items()]
    return ApiResponse({"default": DEFAULT_SCENARIO, "scenarios": scenarios, "arguments": list(_CALL)})


def add_call(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a call, as `Mock.add_call` does."""
    account = messages.find_account(backend, request)
    call = messages.parse_members(request.members, _CALL, "a call")
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
    messages.check_parameters(request, "account_id", *_RANGE, "limit", *_CALL_FILTERS)
    account_id = messages.find_account(backend, request).account_id
    limit = messages.parse_whole_number(request, "limit", 100, _MOST_INTERACTIONS)
    times, wanted = _parse_range(backend, request), _parse_filter(request)
    entries = timeline.newest_interactions(backend.state.data, account_id, times, limit, wanted)
    return ApiResponse([_describe_interaction(entry) for entry in entries])


def read_call_counts(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Count the calls of a time range, for charts."""
    messages.check_parameters(request, "account_id", *_RANGE, *_CALL_FILTERS)
    account_id = messages.find_account(backend, request).account_id
    times, wanted = _parse_range(backend, request), _parse_filter(request)
    return ApiResponse(asdict(timeline.count_by_time(backend.state.data, account_id, times, wanted)))


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
