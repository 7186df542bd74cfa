"""What clients did: records of requests in JSON, words, curl and HAR, the stream of new ones, and advice on them."""

import dataclasses
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.cdr import gregorian
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.clock import monotonic
from mockcdrs.control.journal import MAX_REQUEST_BODY_BYTES, JournalFull, Record
from mockcdrs.control.redaction import redact
from mockcdrs.control.request_assertions import ASSERTION_PARTS
from mockcdrs.control_api import messages
from mockcdrs.control_api.access import ApiError
from mockcdrs.control_api.messages import NO_CONTENT, ApiRequest, ApiResponse
from mockcdrs.crossbar import start_key
from mockcdrs.dataset.accounts import Account, api_key, password_digest

_ASSERTION = {**ASSERTION_PARTS, "in_order": Kind("a list of requests", lambda value: isinstance(value, list))}
_LEFT_OUT = frozenset({"final_advice", "adviser", "response"})
_CURL_HEADERS = (
    *("accept", "accept-language", "content-type", "x-request-id", "origin"),
    *("authorization", "x-auth-account-id"),
)
_DIGEST = re.compile(r"redacted-[0-9a-f]{8}")
_UNAUTHORIZED = 401
_HTTP_VERSION = "HTTP/1.1"
_UNKNOWN_SIZE = -1
_MAX_PART_LENGTH = 80
_NUMBERS = Kind("a list of whole numbers", lambda each: isinstance(each, list) and all(map(arguments.is_whole, each)))


def describe_records(backend: MockBackend, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return records as JSON, without the answers."""
    return [*map(_describe_record, records, backend.adviser.open_advice(records))]


def _describe_record(record: Record, open_advice: list[str]) -> dict[str, Any]:
    names = (item.name for item in dataclasses.fields(record) if item.name not in _LEFT_OUT)
    members = {name: getattr(record, name) for name in names}
    return members | {
        "advice": record.advice,
        "open_advice": open_advice,
        "outcome": dataclasses.asdict(record.outcome),
        "time_iso": gregorian.iso_8601(record.at_gregorian),
    }


def read_journal(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the records completed after `since`, in that order, and those still under way."""
    messages.check_parameters(request, "since")
    news = backend.state.journal.changes_since(messages.parse_whole_number(request, "since", 0))
    return ApiResponse(
        {
            "records": describe_records(backend, news.records),
            "under_way": describe_records(backend, news.under_way),
            "next": news.completion,
            "identity": news.identity,
            "completed": news.completed,
            "dropped": news.dropped,
            "capacity": news.capacity,
            "others": news.others,
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
            return ApiResponse({**describe_records(backend, [record])[0], **more})
    raise ApiError(
        404, "no-such-record", f"{number!r:.80} came; no record kept has this number; see /_mockcdrs/journal"
    )


def export_har(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return records as an HTTP Archive: those with the given numbers, or all that are kept."""
    given = messages.parse_members(request.members, {"numbers": _NUMBERS}, "an archive")
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


def assert_requests(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Say whether requests came as `Mock.assert_requested` and, with `in_order`, `assert_requested_in_order` expect."""
    given = messages.parse_members(request.body, _ASSERTION, "an assertion")
    with messages.refuse_wrong_arguments():
        try:
            if "in_order" in given:
                arguments.check_names(given, ["in_order"], "an assertion of an order")
                backend.assert_requested_in_order(*given["in_order"])
            else:
                backend.assert_requested(**given)
        except AssertionError as failed:
            return ApiResponse({"holds": False, "message": str(failed)})
    return ApiResponse({"holds": True, "message": ""})


def read_transcript(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return the client's requests as text to be compared, as `Mock.transcript` does."""
    del request
    try:
        return ApiResponse({"transcript": backend.transcript()})
    except JournalFull as full:
        raise ApiError(409, "journal-full", str(full)) from full


def count_advice(backend: MockBackend, request: ApiRequest) -> ApiResponse:
    """Return each piece of advice once, with how often it was given, in the order in which it first came.

    What holds unless its client goes on is `open`.
    """
    del request
    unless_continued = {text for texts in backend.adviser.open_advice(list(backend.state.journal)) for text in texts}
    return ApiResponse(
        [
            {"code": text.partition(":")[0], "text": text, "count": count, "open": text in unless_continued}
            for text, count in Counter(backend.kept_advice()).items()
        ]
    )


def describe_query(query: Mapping[str, Any]) -> list[str]:
    """Return each parameter in words, as in `created_from: 2026-01-01 00:00:00 UTC`."""
    return [f"{name}: {_describe_value(name, value)}" for name, value in query.items()]


def _describe_value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "came several times: " + ", ".join(str(each) for each in value)
    if value is True:
        return "came without a value"
    text = str(value)
    return next((describe(name, text) for prefix, describe in _BY_PREFIX.items() if name.startswith(prefix)), text)


def _describe_time(name: str, text: str) -> str:
    del name
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        return f"{text!r}, which is no number"
    seconds = int(text)
    if seconds < gregorian.UNIX_EPOCH_GREGORIAN:
        as_unix = _format_time(gregorian.from_unix(min(seconds, 10**11)))
        return f"year {seconds // 31_556_952} in Gregorian seconds; as Unix seconds it would be {as_unix}"
    return _format_time(seconds)


def _format_time(gregorian_seconds: int) -> str:
    return gregorian.iso_8601(gregorian_seconds).replace("T", " ").replace("Z", " UTC")


def _describe_key(name: str, text: str) -> str:
    del name
    try:
        key = start_key.decode(text)
    except start_key.NoStartKey:
        return f"{text[:80]!r}, which is no key"
    parts = key if isinstance(key, list) else [key]
    return "goes on at " + ", ".join(map(_describe_key_part, parts))


def _describe_key_part(part: Any) -> str:
    is_time = type(part) is int and gregorian.UNIX_EPOCH_GREGORIAN < part < 10**12
    if is_time:
        return _format_time(part)
    try:
        return str(part)[:_MAX_PART_LENGTH]
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "a number too long to write"


def _describe_size(name: str, text: str) -> str:
    return f"{text} rows a {name.partition('_')[0]}"


def _describe_filter(name: str, text: str) -> str:
    negated = name.startswith("filter_not_")
    column = name.removeprefix("filter_not_" if negated else "filter_")
    return f"only where {column} is {'not ' if negated else ''}{text}"


_BY_PREFIX: dict[str, Callable[[str, str], str]] = {
    "created_": _describe_time,
    "modified_": _describe_time,
    "start_key": _describe_key,
    "page_size": _describe_size,
    "chunk_size": _describe_size,
    "filter_": _describe_filter,
    "paginate": lambda _, text: "everything in one answer" if text == "false" else text,
    "ascending": lambda _, text: "oldest first" if text == "true" else text,
}


def curl_command(record: Record, origin: str, secrets: Mapping[str, str], own_token: str) -> str:
    """Return the shell command that repeats a request.

    Arguments:
        record: the request.
        origin: the server's `http://host:port`.
        secrets: the mock's own secrets by their digests, as `own_secrets` returns them. Any other stays a digest.
        own_token: stands in for a token that was let in and that a login gave: nobody keeps those.

    """
    headers = [f"{name}: {record.headers[name]}" for name in _CURL_HEADERS if record.headers.get(name, "*/*") != "*/*"]
    token = record.headers.get("x-auth-token")
    if token is not None:
        is_of_login = token not in secrets and record.status != _UNAUTHORIZED
        headers.append(f"X-Auth-Token: {own_token if is_of_login else token}")
    words = ["curl", "-sS"] + ([] if record.method == "GET" else ["-X", record.method])
    for header in headers:
        words += ["-H", header]
    is_whole = record.received_bytes <= MAX_REQUEST_BODY_BYTES
    if record.received_bytes and is_whole:
        words += ["--data-raw", record.body]
    words.append(f"{origin}{record.target}")
    line = _DIGEST.sub(lambda digest: secrets.get(digest[0], digest[0]), shlex.join(words))
    return line if is_whole else f'{line} --data-raw "$BODY"'


def own_secrets(accounts: Iterable[Account]) -> dict[str, str]:
    """Return the tokens, keys and credentials of accounts by the digests that stand for them in the journal."""
    secrets: list[str | None] = []
    for account in accounts:
        secrets.append(api_key(account))
        for token in account.tokens:
            secrets += [token.value, f"Bearer {token.value}", f"Basic {token.value}"]
        for user in account.users:
            secrets += [password_digest(user, "md5"), password_digest(user, "sha")]
    return {redact(secret): secret for secret in secrets if secret is not None}


def build_har(records: Iterable[Record], origin: str) -> dict[str, Any]:
    """Return an archive of requests; secrets stay redacted, and a body that is no longer kept says so in a comment."""
    creator = {"name": "mockcdrs", "version": version("mockcdrs")}
    entries = [_har_entry(record, origin) for record in records]
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def _har_entry(record: Record, origin: str) -> dict[str, Any]:
    milliseconds = record.duration_seconds * 1000
    comments = (record.reason, *record.advice)
    return {
        "startedDateTime": gregorian.iso_8601(record.at_gregorian),
        "time": milliseconds,
        "request": _har_request(record, origin),
        "response": _har_response(record),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": "\n".join(filter(None, comments)),
    }


def _har_request(record: Record, origin: str) -> dict[str, Any]:
    content_type = record.headers.get("content-type", "")
    body = {"postData": {"mimeType": content_type, "text": record.body}} if record.body else {}
    return {
        "method": record.method,
        "url": f"{origin}{record.target}",
        "httpVersion": _HTTP_VERSION,
        "cookies": [],
        "headers": _har_pairs(record.headers),
        "queryString": [
            {"name": name, "value": "" if value is True else str(value)}
            for name, given in record.query.items()
            for value in (given if isinstance(given, list) else [given])
        ],
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": record.received_bytes,
        **body,
    }


def _har_response(record: Record) -> dict[str, Any]:
    kept = None if record.response is None else record.response.to_dict()
    headers = {} if kept is None else kept["headers"]
    comment = "no longer kept" if kept is None else "only the beginning is kept" if kept["truncated"] else ""
    content = {"size": record.sent_bytes, "mimeType": headers.get("content-type", ""), "comment": comment}
    return {
        "status": record.status,
        "statusText": "",
        "httpVersion": _HTTP_VERSION,
        "cookies": [],
        "headers": _har_pairs(headers),
        "content": content if kept is None else {**content, "text": kept["body"]},
        "redirectURL": headers.get("location", ""),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": record.sent_bytes,
    }


def _har_pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
