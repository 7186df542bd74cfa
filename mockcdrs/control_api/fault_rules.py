"""Fault rules as JSON, and as the line of Python that does the same."""

from typing import Any

from mockcdrs.arguments import FLAG, is_whole
from mockcdrs.control.backend import MockBackend
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse, bad_value
from mockcdrs.faults.rule import PRESETS, Rule


def _describe(backend: MockBackend, rule: Rule) -> dict[str, Any]:
    faults = backend.state.faults
    return {
        "id": rule.number,
        "rule": _members(rule),
        "python": rule.to_python(),
        "matched": faults.matched(rule),
        "fired": faults.fired(rule),
        "spent": rule.schedule.is_spent(faults.matched(rule), faults.fired(rule)),
        "near_misses": faults.near_misses(rule),
        "description": str(rule),
    }


def _members(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.to_dict().items() if name != "number"}


def list_rules(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return all rules in order."""
    del request
    return ApiResponse([_describe(backend, rule) for rule in backend.state.faults])


def _parse_rule(body: Any) -> Rule:
    if not isinstance(body, dict):
        raise bad_value(None, body, 'a rule: an object, as in {"status": 503, "path": "/cdrs"}')
    with messages.refuse_wrong_arguments():
        return Rule.from_dict(body)


def add_rule(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Make requests fail, as `Mock.fail` does."""
    return ApiResponse(_describe(backend, backend.state.faults.add(_parse_rule(request.body))), 201)


def replace_rule(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Put a rule in the place of another; it keeps the number and begins to count anew."""
    rule, number = _parse_rule(request.body), request.fields["number"]
    known = next((each.number for each in backend.state.faults if str(each.number) == number), 0)
    replaced = backend.state.faults.replace(known, rule)
    if replaced is None:
        raise _unknown_rule(number)
    return ApiResponse(_describe(backend, replaced))


def order_rules(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Put the rules into an order: of those that are due the first one fires."""
    numbers = request.body
    is_list = isinstance(numbers, list) and all(map(is_whole, numbers))
    if not is_list or not backend.state.faults.order(numbers):
        raise bad_value(None, numbers, "the ids of all rules as a list, each once; see GET /_mockcdrs/faults")
    return list_rules(backend, request)


def _unknown_rule(number: str) -> ApiError:
    return ApiError(404, "no-such-fault", f"{number!r:.80} came; no rule has this id; see GET /_mockcdrs/faults")


def remove_rule(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove one rule."""
    number = request.fields["number"]
    faults = backend.state.faults
    if not any(str(rule.number) == number and faults.remove(rule) for rule in faults):
        raise _unknown_rule(number)
    return NO_CONTENT


def clear_rules(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove all rules."""
    del request
    backend.state.faults.clear()
    return NO_CONTENT


def read_down(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Say whether all connections to Crossbar are reset."""
    del request
    return ApiResponse({"down": backend.state.faults.is_down})


def set_down(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Reset all connections to Crossbar, or serve them again."""
    given = messages.parse_members(request.body, {"down": FLAG}, "the server")
    faults = backend.state.faults
    faults.is_down = given.get("down", faults.is_down)
    return read_down(backend, request)


def list_presets(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the rules that come with a name."""
    del backend, request
    return ApiResponse(
        [
            {"name": name, "rule": _members(rule), "python": rule.to_python(), "says": says}
            for name, (rule, says) in PRESETS.items()
        ]
    )
