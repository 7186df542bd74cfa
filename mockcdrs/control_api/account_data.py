"""The data of accounts: people and numbers, calls and CDRs, webhooks, and what a correct client ends up with."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from mockcdrs import arguments
from mockcdrs.cdr.documents import public_fields
from mockcdrs.control import additions
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import Device, Interaction, User
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import ANY_TIME
from mockcdrs.control.mock_interface import TEST_NAME
from mockcdrs.control.webhooks import WEBHOOK_KINDS
from mockcdrs.control_api import messages, timeline
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse, bad_value
from mockcdrs.control_api.timeline import DIRECTIONS, RESULTS, CallFilter, TimelineEntry
from mockcdrs.crossbar.account_documents import usable_apps
from mockcdrs.crossbar.paging import widest_range
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS, DEFAULT_SCENARIO
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.expected.result import Expected

_CALL = {"at": ANY_TIME, **CALL_SPEC_FIELDS}
_SERIES = {"count": arguments.WHOLE, "over": arguments.NUMBER, **_CALL}
_MOST_INTERACTIONS = 500
_RANGE = ("created_from", "created_to")
_CALL_FILTERS = ("direction", "result", "user", "cause", "search")


def read_account(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return what a client is configured with, and all accounts: of the mock's own account, or of `account_id`."""
    return ApiResponse(_describe_account(backend, messages.find_account(backend, request), request.origin))


def _describe_account(backend: MockBackend, handle: AccountInterface, origin: str) -> dict[str, Any]:
    accounts = backend.state.data.accounts
    account, login = accounts[handle.account_id], handle.credentials
    return {
        "url": f"{origin}/v2",
        "ca_path": None if backend.ca_path is None else str(backend.ca_path),
        "account_id": account.id,
        "auth_token": backend.state.token_of(account) if account.tokens else "",
        "user_id": login.user_id,
        "name": account.name,
        "realm": account.realm,
        "username": login.username,
        "password": login.password,
        "api_key": login.api_key,
        "users": _list_users(account),
        "numbers": list(account.numbers),
        "accounts": [_describe_among_all(accounts, each) for each in accounts.values()],
    }


def _describe_among_all(accounts: Mapping[str, Account], account: Account) -> dict[str, Any]:
    parent = account.tree[-1] if account.tree else None
    return {
        "id": account.id,
        "name": account.name,
        "realm": account.realm,
        "parent": parent,
        "is_reseller": account.is_reseller,
        "tokens": [token.value for token in account.tokens],
        "users": _list_users(account),
        "devices": _list_named(account.devices),
        "apps": _list_named(usable_apps(accounts, account)),
    }


def _list_users(account: Account) -> list[dict[str, str]]:
    return [
        {"id": user["id"], "name": f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()}
        for user in account.users
    ]


def _list_named(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"id": each["id"], "name": str(each.get("name", ""))} for each in documents]


def add_token(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Give a test a token of its own, as `Mock.issue_token` does, and return the account with it."""
    given = messages.parse_members(request.body, {"name": TEST_NAME}, "a test")
    with messages.refuse_wrong_arguments():
        arguments.check_present(given, ("name",), "a test")
        backend.issue_token(**given)
    return ApiResponse(_describe_account(backend, backend, request.origin), 201)


def add_account(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add an account, as `Mock.add_account` does."""
    given = messages.parse_members(request.members, additions.ACCOUNT, "an account")
    with messages.refuse_wrong_arguments():
        return ApiResponse(_describe_account(backend, backend.add_account(**given), request.origin), 201)


def add_user(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a user to an account, as `Mock.add_user` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.USER, "a user")
    with messages.refuse_wrong_arguments():
        return _document_added(account.add_user(**given))


def add_device(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a device to an account, as `Mock.add_device` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.DEVICE, "a device")
    with messages.refuse_wrong_arguments():
        return _document_added(account.add_device(**given))


def add_number(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Add a telephone number to an account, as `Mock.add_number` does."""
    account = messages.find_account(backend, request)
    given = messages.parse_members(request.members, additions.NUMBER, "a number")
    with messages.refuse_wrong_arguments():
        return ApiResponse({"number": account.add_number(**given)}, 201)


def _document_added(added: User | Device) -> ApiResponse:
    return ApiResponse({"id": added.id, "name": added.name, "document": dict(added.document)}, 201)


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
    widest = widest_range(backend.state.version, backend.state.settings)
    start = messages.parse_time_parameter(request, "created_from", max(0, end - widest))
    return start, end


def _parse_filter(request: ApiRequest) -> CallFilter:
    values = {name: request.query[name] for name in _CALL_FILTERS if name in request.query}
    for name, known in (("direction", DIRECTIONS), ("result", RESULTS)):
        if values.get(name, "") not in {"", *known}:
            raise bad_value(name, values[name], f"one of {', '.join(known)}")
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


def list_webhooks(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return all webhooks in order."""
    del request
    return ApiResponse([asdict(webhook) for webhook in backend.state.webhooks])


def add_webhook(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Post an event for each leg that ends from now on, as `Mock.add_webhook` does."""
    given: dict[str, Any] = messages.parse_members(request.body, WEBHOOK_KINDS, "a webhook")
    if "uri" not in given:
        raise bad_value("uri", None, "the URL of a server, as in http://127.0.0.1:9000/calls")
    with messages.refuse_wrong_arguments():
        return ApiResponse(asdict(backend.add_webhook(**given)), 201)


def remove_webhook(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove one webhook."""
    webhook_id = request.fields["webhook_id"]
    if not backend.state.webhooks.remove(webhook_id):
        message = f"{webhook_id!r:.80} came; no webhook has this id; see GET /_mockcdrs/webhooks"
        raise ApiError(404, "no-such-webhook", message)
    return NO_CONTENT


def list_attempts(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the attempts to send events, oldest first."""
    del request
    return ApiResponse([attempt._asdict() for attempt in backend.state.webhooks.wait_for(0, 0)])
