"""Fault rules as JSON, and as the line of Python that does the same."""

from typing import Any

from mockcdrs.control.api_errors import ApiError
from mockcdrs.control.backend import MockBackend
from mockcdrs.control_api import messages
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse, bad_value
from mockcdrs.faults import Rule
from mockcdrs.faults.presets import PRESETS


def _describe(powers: MockBackend, rule: Rule) -> dict[str, Any]:
    faults = powers.state.faults
    return {
        "id": rule.number,
        "rule": _members(rule),
        "python": rule.to_python(),
        "matched": faults.matched(rule),
        "fired": faults.fired(rule),
        "description": str(rule),
    }


def _members(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.to_dict().items() if name != "number"}


def list_rules(powers: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return all rules in order."""
    del request
    return ApiResponse([_describe(powers, rule) for rule in powers.state.faults])


def add_rule(powers: MockBackend, request: ApiRequest) -> ApiResponse:
    """Make requests fail, as `Mock.fail` does."""
    if not isinstance(request.body, dict):
        raise bad_value(None, request.body, 'a rule: an object, as in {"status": 503, "path": "/cdrs"}')
    with messages.refuse_wrong_arguments():
        rule = powers.state.faults.add(Rule.from_dict(request.body))
    return ApiResponse(_describe(powers, rule), 201)


def remove_rule(powers: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove one rule."""
    number = request.fields["number"]
    faults = powers.state.faults
    if not any(str(rule.number) == number and faults.remove(rule) for rule in faults):
        raise ApiError(404, "no-such-fault", f"{number!r:.80} came; no rule has this id; see GET /_mockcdrs/faults")
    return NO_CONTENT


def clear_rules(powers: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove all rules."""
    del request
    powers.state.faults.clear()
    return NO_CONTENT


def list_presets(powers: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the rules that come with a name."""
    del powers, request
    return ApiResponse(
        [
            {"name": name, "rule": _members(rule), "python": rule.to_python(), "says": says}
            for name, (rule, says) in PRESETS.items()
        ]
    )
