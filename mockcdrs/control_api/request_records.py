"""What clients did: records of requests, the stream of new ones, and the advice on them."""

import dataclasses
from collections import Counter
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.api_errors import ApiError
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.describe import curl_command, describe_query
from mockcdrs.control.journal import Record
from mockcdrs.control_api import messages
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse

_LEFT_OUT = frozenset({"advised", "advising", "response"})


def describe_record(record: Record, origin: str) -> dict[str, Any]:
    """Return a record as JSON, without the answer's body."""
    names = (item.name for item in dataclasses.fields(record) if item.name not in _LEFT_OUT)
    members = {name: getattr(record, name) for name in names}
    return members | {
        "advice": record.advice,
        "outcome": dataclasses.asdict(record.outcome),
        "time_iso": gregorian.iso_8601(record.at_gregorian),
        "explained": describe_query(record.query),
        "curl": curl_command(record, origin),
    }


def read_journal(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the records completed after `since`, in that order, and those still under way."""
    messages.check_parameters(request, "since")
    news = backend.state.journal.changes_since(messages.parse_whole_number(request, "since", 0))
    return ApiResponse(
        {
            "records": [describe_record(record, request.origin) for record in news.records],
            "under_way": [describe_record(record, request.origin) for record in news.under_way],
            "next": news.completion,
            "identity": news.identity,
            "completed": news.completed,
            "dropped": news.dropped,
            "capacity": news.capacity,
        }
    )


def read_record(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return one record with the answer as far as it is kept; `response` is `null` where it no longer is."""
    number = request.fields["number"]
    for record in backend.state.journal:
        if str(record.number) == number:
            answered = record.response
            response = None if answered is None else answered.to_dict()
            return ApiResponse({**describe_record(record, request.origin), "response": response})
    raise ApiError(
        404, "no-such-record", f"{number!r:.80} came; no record kept has this number; see /_mockcdrs/journal"
    )


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
