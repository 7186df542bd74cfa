"""What clients did: records of requests, the stream of new ones, and the advice on them."""

import dataclasses
from collections import Counter
from typing import Any

from mockcdrs.arguments import Kind, is_whole
from mockcdrs.cdr import gregorian
from mockcdrs.control.api_errors import ApiError
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import monotonic
from mockcdrs.control.curl_command import curl_command, own_secrets
from mockcdrs.control.describe import describe_query
from mockcdrs.control.har import build_har
from mockcdrs.control.journal import Record
from mockcdrs.control_api import messages
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse

_LEFT_OUT = frozenset({"advised", "advising", "response"})
_HAR = {"numbers": Kind("a list of whole numbers", lambda value: isinstance(value, list) and all(map(is_whole, value)))}


def describe_record(record: Record) -> dict[str, Any]:
    """Return a record as JSON, without the answer."""
    names = (item.name for item in dataclasses.fields(record) if item.name not in _LEFT_OUT)
    members = {name: getattr(record, name) for name in names}
    return members | {
        "advice": record.advice,
        "outcome": dataclasses.asdict(record.outcome),
        "time_iso": gregorian.iso_8601(record.at_gregorian),
    }


def read_journal(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the records completed after `since`, in that order, and those still under way."""
    messages.check_parameters(request, "since")
    news = backend.state.journal.changes_since(messages.parse_whole_number(request, "since", 0))
    return ApiResponse(
        {
            "records": [describe_record(record) for record in news.records],
            "under_way": [describe_record(record) for record in news.under_way],
            "next": news.completion,
            "identity": news.identity,
            "completed": news.completed,
            "dropped": news.dropped,
            "capacity": news.capacity,
            "machine_seconds": monotonic(),
        }
    )


def read_record(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return one record with the answer as far as it is kept, its query in words, and the curl that repeats it."""
    number = request.fields["number"]
    for record in backend.state.journal:
        if str(record.number) == number:
            secrets = own_secrets(backend.state.data.accounts.values())
            more = {
                "explained": describe_query(record.query),
                "curl": curl_command(record, request.origin, secrets, backend.auth_token),
                "response": None if record.response is None else record.response.to_dict(),
            }
            return ApiResponse({**describe_record(record), **more})
    raise ApiError(
        404, "no-such-record", f"{number!r:.80} came; no record kept has this number; see /_mockcdrs/journal"
    )


def export_har(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return records as an HTTP Archive: those with the given numbers, or all that are kept."""
    given = messages.parse_members({} if request.body is None else request.body, _HAR, "an archive")
    records = list(backend.state.journal)
    if "numbers" in given:
        wanted = frozenset(given["numbers"])
        records = [record for record in records if record.number in wanted]
    return ApiResponse(build_har(records, request.origin))


def stream_records(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Stream records as they are completed."""
    del backend
    messages.check_parameters(request, "since")
    return ApiResponse(events=messages.parse_whole_number(request, "since", 0))


def clear_journal(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Remove all records."""
    del request
    backend.state.journal.clear()
    return NO_CONTENT


def count_advice(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return each piece of advice once, with how often it was given, in the order in which it first came."""
    del request
    counted = Counter(backend.kept_advice())
    return ApiResponse(
        [{"code": text.partition(":")[0], "text": text, "count": count} for text, count in counted.items()]
    )


def list_advice_rules(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return all codes of advice with what they stand for; `kinds` are those of the CDR endpoints, `null` for any."""
    del backend, request
    from mockcdrs.advice.registry import ADVICE

    return ApiResponse(
        [
            {"code": code, "sentence": rule.sentence, "kinds": None if rule.kinds is None else sorted(rule.kinds)}
            for code, rule in ADVICE.items()
        ]
    )
