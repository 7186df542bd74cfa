"""Anonymizes exchanges, by the table of fields and with the pseudonyms of `mockcdrs import --anonymize`.

Originals are replaced in paths, queries, headers and bodies alike, so that requests still match their responses.
Crossbar's own words stay. Bodies may be JSON envelopes, JSONP, or either kind of CSV.
"""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from mockcdrs.contract.client import RawRequest
from mockcdrs.crossbar import start_key
from mockcdrs.imports import sources
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.imports.fields import ERROR_MEMBERS, HEADERS, FieldKind, kind_of
from mockcdrs.openapi import build_document
from mockcdrs.recordings.exchanges import Exchange

_FIXED_SEGMENTS = frozenset({"", "v1", "v2", "account"}).union(
    segment for path in build_document()["paths"] for segment in path.split("/") if not segment.startswith("{")
)
_START_KEYS = frozenset({"start_key", "end_key", "next_start_key"})
_FILTER = re.compile(
    r"(?:has_key|key_missing|has_value|value_missing|missing_value)|filter_(?:not_)?(?:.*\.)?(?P<field>[^.]+)"
)
_FILE_NAME = re.compile(r'(filename=")(?!result\.csv"|json_[0-9a-f]{22}\.csv")([^"]*)')
_ERROR_CAUSES = ("load_cdrs", "Bad Request", "timeout")
_QUOTED_PART = re.compile(r"'[^']*'|\S*\d{8,}\S*")
_AFTER_ALL_TEXT = "\ufff0"
_JSONP_BODY = re.compile(r"([\w.$]+\()(.*)(\);?\s*)", re.DOTALL)
_NESTED_PREFIX = re.compile(r"custom_(channel_vars|application_vars|sip_headers(_in|_out)?)_")
"""The part before the field's name in the heading of a nested field."""


class ExchangeAnonymizer:
    """Rewrites exchanges with an anonymizer."""

    def __init__(self, anonymizer: Anonymizer) -> None:
        self._anonymizer = anonymizer

    def anonymize(self, exchange: Exchange) -> Exchange:
        """Anonymize a request with its response."""
        request, response = exchange.request, exchange.response
        path = "/".join(
            segment if segment in _FIXED_SEGMENTS else quote(self._text(unquote(segment)), safe="")
            for segment in request.path.split("/")
        )
        query, body = self._query(request.query), self._body(response.body)
        headers = {name: self._header(name, value) for name, value in response.headers.items()}
        if "content-length" in headers:
            headers["content-length"] = str(len(body.encode()))
        sent = tuple((name, self._header(name, value)) for name, value in request.headers)
        sent_body = None if request.body is None else self._body(request.body)
        return replace(
            exchange,
            name=f"{exchange.name.partition(' ')[0]} {request.method} {path}{'?' + query if query else ''}",
            request=RawRequest(request.method, path, query, sent, sent_body),
            response=replace(response, headers=headers, body=body),
        )

    def _text(self, text: str) -> str:
        return self._anonymizer.hide(FieldKind.TEXT, text)

    def _query(self, query: str) -> str:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        hidden = [(self._parameter(name), self._argument(name, value)) for name, value in pairs]
        return query if hidden == pairs else urlencode(hidden, errors="surrogateescape")

    def _parameter(self, name: str) -> str:
        is_known = name in _START_KEYS or name == "jsonp" or kind_of(name) or _FILTER.fullmatch(name)
        return name if is_known else self._text(name)

    def _argument(self, name: str, value: str) -> str:
        if name == "jsonp":
            return value
        if name in _START_KEYS:
            return self._start_key(value)
        if not (found := _FILTER.fullmatch(name)):
            return self._anonymizer.hide(kind_of(name) or FieldKind.TEXT, value)
        if not found["field"]:
            return ".".join(part if kind_of(part) else self._text(part) for part in value.split("."))
        kind, values = kind_of(found["field"]) or FieldKind.TEXT, _parse_json(value)
        if isinstance(values, list):
            return _compact([self._anonymizer.hide(kind, str(each)) for each in values])
        return self._anonymizer.hide(kind, value)

    def _start_key(self, text: str) -> str:
        """An encoded view key with pseudonyms for its ids, or any other text."""
        try:
            return start_key.encode(self._key_part(start_key.decode(text)))
        except start_key.NoStartKey:
            return self._text(text)

    def _key_part(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._key_part(each) for each in part]
        return self._text(part) if isinstance(part, str) and part != _AFTER_ALL_TEXT else part

    def _header(self, name: str, value: str) -> str:
        low = name.lower()
        if low in HEADERS or low.startswith("access-control-"):
            return value
        if low == "content-disposition":
            return _FILE_NAME.sub(lambda found: found[1] + self._text(found[2]), value)
        return self._text(value)

    def _body(self, body: str) -> str:
        """A body. One that is neither a JSON object nor CSV is rewritten as one text."""
        if found := _JSONP_BODY.fullmatch(body):
            return found[1] + self._body(found[2]) + found[3]
        value, end = _parse_json(body), "\r\n" if body.partition("\n")[0].endswith("\r") else "\n"
        if isinstance(value, dict):
            return _compact(self._envelope(value))
        if body.startswith('"'):
            return self._csv([*csv.reader(io.StringIO(body, newline=""))], end, '"')
        if body.startswith("id,"):
            head, *lines = body.removesuffix(end).split(end)
            names = head.split(",")
            cells = (sources.split_bare_line(names, line) or [self._text(line)] for line in lines)
            return self._csv([names, *cells], end, "")
        return self._text(body)

    def _envelope(self, envelope: dict[str, Any]) -> dict[str, Any]:
        hidden = {}
        for name, value in envelope.items():
            if name in _START_KEYS:
                hidden[name] = self._start_key(str(value))
            elif name in {"message", "data"} and envelope.get("status") == "error":
                hidden[name] = self._error(name, value)
            elif self._anonymizer.knows(name):
                hidden[name] = self._anonymizer.anonymize_field(name, value)
        return hidden

    def _error(self, name: str, value: Any) -> Any:
        """What is said of an error: Crossbar's words stay, but not what they quote."""
        match value:
            case str() if name in {"message", "target"}:
                return _QUOTED_PART.sub(lambda quoted: self._anonymizer.hide(FieldKind.TIME, quoted[0]), value)
            case dict():
                names = {key: key if key in ERROR_MEMBERS else self._parameter(key) for key in value}
                return {names[key]: self._error(key, each) for key, each in value.items()}
            case list():
                return [self._error(name, each) for each in value]
        return value if value in _ERROR_CAUSES else self._anonymizer.anonymize_field("timestamp", value)

    def _csv(self, rows: list[list[str]], end: str, quote: str) -> str:
        """Rows with the cells of known columns. The first row names the columns."""
        names = [_NESTED_PREFIX.sub("", name) for name in sources.csv_column_names(rows[0])]
        known = {column: name for column, name in enumerate(names) if self._anonymizer.knows(name)}
        hidden = (
            [self._anonymizer.anonymize_field(name, row[column]) for column, name in known.items() if column < len(row)]
            for row in rows[1:]
        )
        lines = ([rows[0][column] for column in known], *hidden)
        return "".join(
            ",".join(quote + text.replace(quote, quote * 2) + quote for text in cells) + end for cells in lines
        )


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
