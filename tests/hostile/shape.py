"""What every answer in Crossbar's name keeps to, whatever was asked."""

import csv
import gzip
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockcdrs.crossbar import pipeline
from mockcdrs.crossbar.errors import SYSTEM_ERRORS

_BODILESS = {200, 204, 304, 400, 404, 405, 406, 412, 414, 415, 431, 500, 501}  # 200: to OPTIONS, 404: to the master
_EXPLAINED = {414, 431, 500}
_KEYS = {
    "next_start_key", "page_size", "start_key", "version", "timestamp", "node", "request_id", "tokens", "auth_token",
    "data", "error", "message", "revision", "status",
}  # fmt: skip
_DATASTORE = {name for name in SYSTEM_ERRORS if name.startswith("datastore_")} | {"datastore missing view"}
_FAILED_QUERY = b'"message":"unknown failure"'  # the envelope has what the database said
_PAGE = re.compile(rb"\s*<")
_UNWRITABLE = b"failure in request, contact support"  # an answer that has bytes which are no UTF-8
_CALL = re.compile(rb"[^(]*\((.*)\);", re.DOTALL)


def assert_is_crossbars(
    method: str, status: int, headers: Mapping[str, str], body: bytes, notes: Sequence[str] | None
) -> None:
    """`headers` have their names in small letters; `notes` are the log's lines about the request, if they are known."""
    for name, value in headers.items():
        assert not {"\r", "\n", "\0"} & {*name, *value}, (name, value)
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    assert not _PAGE.match(body), "what a browser would take for a page, of the console's own origin"
    assert not {"html", "xml"} & {*re.split(r"\W", headers.get("content-type", ""))}
    if notes is not None:
        is_puzzling = status in _EXPLAINED and not (status == 500 and _FAILED_QUERY in body)
        assert bool(notes) == is_puzzling, "what clients cannot know is explained in the log, and nothing else is"
    if method == "HEAD" or not body:
        assert not body
        assert method == "HEAD" or status in _BODILESS
    elif headers.get("content-type") == pipeline.GREETING_TYPE:
        assert (status, body) == (200, pipeline.GREETING)
    elif status == 200 and headers.get("content-type") == "text/csv":
        list(csv.reader(io.StringIO(body.decode("utf-8", "surrogateescape"), newline=""), strict=True))
    elif body != _UNWRITABLE:
        _assert_is_envelope(status, body)


def _assert_is_envelope(status: int, body: bytes) -> None:
    if (wrapped := _CALL.fullmatch(body)) is not None:
        body = wrapped[1]
    envelope: dict[str, Any] = json.loads(body.decode("utf-8", "surrogateescape"))
    assert envelope.keys() <= _KEYS, envelope.keys()
    if status == 200:
        assert envelope["status"] == "success"
        assert "error" not in envelope
    else:
        assert envelope["status"] == "error"
        assert envelope["error"] == str(status)
        assert isinstance(envelope["message"], str)
    if status >= 501:
        assert (status, envelope["message"]) in {(501, "not_implemented"), *((503, name) for name in _DATASTORE)}
