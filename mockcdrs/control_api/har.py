"""Recorded requests as an HTTP Archive (HAR 1.2), which browsers' developer tools open."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.journal import Record

_HTTP_VERSION = "HTTP/1.1"
_UNKNOWN = -1


def build_har(records: Iterable[Record], origin: str) -> dict[str, Any]:
    """Return an archive of requests; secrets stay redacted, and a body that is no longer kept says so in a comment."""
    creator = {"name": "mockcdrs", "version": version("mockcdrs")}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(record, origin) for record in records]}}


def _entry(record: Record, origin: str) -> dict[str, Any]:
    milliseconds = record.duration_seconds * 1000
    comments = (record.reason, *record.advice)
    return {
        "startedDateTime": gregorian.iso_8601(record.at_gregorian),
        "time": milliseconds,
        "request": _request(record, origin),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": "\n".join(filter(None, comments)),
    }


def _request(record: Record, origin: str) -> dict[str, Any]:
    content_type = record.headers.get("content-type", "")
    body = {"postData": {"mimeType": content_type, "text": record.body}} if record.body else {}
    return {
        "method": record.method,
        "url": f"{origin}{record.target}",
        "httpVersion": _HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(record.headers),
        "queryString": [
            {"name": name, "value": "" if value is True else str(value)}
            for name, given in record.query.items()
            for value in (given if isinstance(given, list) else [given])
        ],
        "headersSize": _UNKNOWN,
        "bodySize": record.received_bytes,
        **body,
    }


def _response(record: Record) -> dict[str, Any]:
    kept = None if record.response is None else record.response.to_dict()
    headers = {} if kept is None else kept["headers"]
    comment = "no longer kept" if kept is None else "only the beginning is kept" if kept["truncated"] else ""
    content = {"size": record.sent_bytes, "mimeType": headers.get("content-type", ""), "comment": comment}
    return {
        "status": record.status,
        "statusText": "",
        "httpVersion": _HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(headers),
        "content": content if kept is None else {**content, "text": kept["body"]},
        "redirectURL": headers.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": record.sent_bytes,
    }


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
