"""Anonymizes exchanges, with the pseudonyms of `mockcdrs import --anonymize`.

Originals are replaced in paths, queries, headers and bodies alike, so that requests still match their responses. Times,
durations, sums and Crossbar's own words stay. Bodies may be JSON envelopes, JSONP, or either kind of CSV.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from mockcdrs.contract.client import RawRequest
from mockcdrs.crossbar import start_key
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.openapi.document import build_document
from mockcdrs.openapi.operations import PARAMETERS
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse, token_placeholder

_FIXED_SEGMENTS = frozenset({"", "v1", "v2", "account"}).union(
    segment for path in build_document()["paths"] for segment in path.split("/") if not segment.startswith("{")
)
_START_KEY_PARAMETERS = frozenset({"start_key", "end_key"})
_FIELD_NAME_FILTER = re.compile("has_key|key_missing|has_value|value_missing|missing_value")
_FIELD_FILTER = re.compile(r"filter_(?:not_)?(?:.*\.)?([^.]+)")
_FIXED_VALUE = re.compile(r"-?[\d.]*|true|false|yes|no|csv|json|text/csv", re.ASCII)
_FIXED_PARAMETERS = frozenset(
    name for name, parameter in PARAMETERS.items() if parameter["schema"].get("type") in {"integer", "boolean"}
) | {"accept", "verb"}
_KEPT_HEADERS = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "origin", "content-type", "content-encoding", "date", "expires",
        "server", "transfer-encoding", "vary", "connection", "content-language", "allow",
    }
)  # fmt: skip
_FILE_NAME = re.compile(r'(filename=")(?!result\.csv"|json_[0-9a-f]{22}\.csv")([^"]*)')
_TOKEN_PLACEHOLDER = re.compile(token_placeholder(r"(\w*)"))
_FIXED_MEMBERS = frozenset({"status", "error", "version", "timestamp", "node", "page_size", "tokens"})
"""Members of an envelope with values that name nobody."""
_TIME_COLUMNS = frozenset({"datetime", "rfc_1036", "iso_8601", "iso_8601_combined"})
_QUOTED_PART = re.compile("'([^']*)'")
_JSONP_BODY = re.compile(r"([\w.$]+\()(.*)(\);?\s*)", re.DOTALL)
_NESTED_PREFIX = re.compile(r"custom_(channel_vars|application_vars|sip_headers(_in|_out)?)_")
"""The part before the field's name in the heading of a nested field."""
_BARE_SEPARATOR = re.compile(r",(?! \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)")
"""The commas between cells without quotes: all but that after a day of the week."""
_CSV_PART = re.compile(r'"((?:[^"]|"")*)"|(,)|(\n)')

_Rewrite = Callable[[str], str]


class ExchangeAnonymizer:
    """Rewrites exchanges with an anonymizer, which may have learned from the server's data before."""

    def __init__(self, anonymizer: Anonymizer) -> None:
        self._anonymizer = anonymizer
        self._bodies = _BodyAnonymizer(anonymizer, self._start_key, self._token)

    def anonymize(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Anonymize the exchanges of a recording, all at once, so that names are found wherever they occur."""
        return self._anonymizer.learn_then_run(lambda: [self._anonymize_exchange(each) for each in exchanges])

    def _anonymize_exchange(self, exchange: Exchange) -> Exchange:
        request = exchange.request
        path, query = self._path(request.path), self._query(request.query)
        headers = tuple((name, self._header(name, value)) for name, value in request.headers)
        body = None if request.body is None else self._bodies.anonymize(request.body)
        number = exchange.name.partition(" ")[0]
        return replace(
            exchange,
            name=f"{number} {request.method} {path}{'?' + query if query else ''}",
            request=RawRequest(request.method, path, query, headers, body),
            response=self._response(exchange.response),
        )

    def _response(self, response: RecordedResponse) -> RecordedResponse:
        headers = {name: self._header(name, value) for name, value in response.headers.items()}
        body = self._bodies.anonymize(response.body)
        if "content-length" in headers:
            headers["content-length"] = str(len(body.encode()))
        return replace(response, headers=headers, body=body)

    def _path(self, path: str) -> str:
        return "/".join(
            segment if segment in _FIXED_SEGMENTS else quote(self._token(unquote(segment)), safe="")
            for segment in path.split("/")
        )

    def _query(self, query: str) -> str:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        anonymized = [(self._parameter(name), self._argument(name, value)) for name, value in pairs]
        return query if anonymized == pairs else urlencode(anonymized, errors="surrogateescape")

    def _parameter(self, name: str) -> str:
        return name if name in PARAMETERS or _FIELD_FILTER.fullmatch(name) else self._anonymizer.anonymize_key(name)

    def _argument(self, name: str, value: str) -> str:
        if name == "jsonp" or (name in _FIXED_PARAMETERS and _FIXED_VALUE.fullmatch(value)):
            return value
        if name in _START_KEY_PARAMETERS:
            return self._start_key(value)
        if _FIELD_NAME_FILTER.fullmatch(name):
            return ".".join(map(self._anonymizer.anonymize_key, value.split(".")))
        if found := _FIELD_FILTER.fullmatch(name):
            return self._bodies.anonymize_filter_value(found[1], value)
        return self._token(value)

    def _start_key(self, text: str) -> str:
        """An encoded view key with pseudonyms for its ids, or any other text."""
        try:
            key = start_key.decode(text)
        except start_key.NoStartKey:
            return self._anonymizer.anonymize_text(text)
        return start_key.encode(self._key_part(key))

    def _key_part(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._key_part(each) for each in part]
        return self._anonymizer.anonymize_text(part) if isinstance(part, str) else part

    def _token(self, text: str) -> str:
        """A text. `token-of-ACCOUNT`, the placeholder of a token, becomes that of the account's pseudonym."""
        if found := _TOKEN_PLACEHOLDER.fullmatch(text):
            return token_placeholder(self._anonymizer.anonymize_text(found[1]))
        return self._anonymizer.anonymize_text(text)

    def _header(self, name: str, value: str) -> str:
        low = name.lower()
        if low in _KEPT_HEADERS or low.startswith("access-control-"):
            return value
        if low in {"etag", "if-match", "if-none-match"}:
            return re.sub(r'"([^"]*)"', lambda found: f'"{self._anonymizer.anonymize_value("_rev", found[1])}"', value)
        if low == "content-disposition":
            return _FILE_NAME.sub(lambda found: found[1] + self._token(found[2]), value)
        return self._token(value)


class _BodyAnonymizer:
    """Rewrites bodies. `start_key` and `token` rewrite the members of an envelope that hold such."""

    def __init__(self, anonymizer: Anonymizer, start_key: _Rewrite, token: _Rewrite) -> None:
        self._anonymizer = anonymizer
        self._by_member: dict[str, _Rewrite] = {
            "start_key": start_key,
            "next_start_key": start_key,
            "auth_token": token,
            "request_id": token,
            "revision": lambda text: str(anonymizer.anonymize_value("_rev", text)),
            "message": self._message,
        }

    def anonymize(self, body: str) -> str:
        """Anonymize a body. One that is neither JSON nor CSV is rewritten as one text."""
        if found := _JSONP_BODY.fullmatch(body):
            return found[1] + self.anonymize(found[2]) + found[3]
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return self._csv(body)
        return _compact(self._envelope(value)) if isinstance(value, dict) else self._csv(body)

    def anonymize_filter_value(self, field: str, value: str) -> str:
        """Anonymize the value of a filter: a text, or a JSON array of texts."""
        try:
            values = json.loads(value)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, list):
            return _compact(self._member(field, values))
        return str(self._member(field, value))

    def _envelope(self, envelope: dict[str, Any]) -> dict[str, Any]:
        return {name: self._envelope_member(name, value) for name, value in envelope.items()}

    def _envelope_member(self, name: str, value: Any) -> Any:
        if name in _FIXED_MEMBERS:
            return value
        if name in self._by_member and isinstance(value, str):
            return self._by_member[name](value)
        return self._data(value) if name == "data" else self._anonymizer.anonymize_value(name, value)

    def _data(self, value: Any) -> Any:
        """The data of an envelope: rows, documents, a summary, or the fields of an error."""
        match value:
            case dict():
                return {
                    self._anonymizer.anonymize_key(name): self._member(name, inner) for name, inner in value.items()
                }
            case list():
                return [self._data(element) for element in value]
        return self._member("", value)

    def _member(self, name: str, value: Any) -> Any:
        match value:
            case str() if name == "message":
                return self._message(value)
            case str() | int() if name in _TIME_COLUMNS or (name == "cause" and _is_fixed_cause(str(value))):
                return value
            case dict():
                return self._data(value)
        return self._anonymizer.anonymize_value(name, value)

    def _message(self, text: str) -> str:
        return _QUOTED_PART.sub(lambda found: f"'{self._anonymizer.anonymize_text(found[1])}'", text)

    def _csv(self, body: str) -> str:
        if body.startswith('"'):
            return self._quoted_csv(body)
        header, _, rest = body.partition("\r\n")
        names = header.split(",")
        if names[0] != "id":
            return self._anonymizer.anonymize_text(body)
        lines = [self._bare_line(names, line) for line in rest.split("\r\n")]
        return "\r\n".join([header, *lines])

    def _bare_line(self, names: list[str], line: str) -> str:
        cells = _merge_name_cells(names, _BARE_SEPARATOR.split(line))
        if cells is None:
            return self._anonymizer.anonymize_text(line)
        return ",".join(str(self._member(name, cell)) for name, cell in zip(names, cells, strict=True))

    def _quoted_csv(self, body: str) -> str:
        """CSV with every cell in quotes. The first line has the names of the columns."""
        names: list[str] = []
        row = column = 0

        def rewrite(found: re.Match[str]) -> str:
            nonlocal row, column
            if found[1] is None:
                column = column + 1 if found[2] else 0
                row += found[3] is not None
                return found[0]
            if row == 0:
                names.append(_NESTED_PREFIX.sub("", found[1].lower()))
                return found[0]
            name = names[column] if column < len(names) else ""
            cell = str(self._member(name, found[1].replace('""', '"')))
            return f'"{cell.replace(chr(34), chr(34) * 2)}"'

        return _CSV_PART.sub(rewrite, body)


def _is_fixed_cause(text: str) -> bool:
    """Whether the cause of an error is a time, or one of Kazoo's words for an error of CouchDB."""
    return text.isdecimal() or text in {"Bad Request", "timeout"}


def _merge_name_cells(names: list[str], cells: list[str]) -> list[str] | None:
    """Merge cells of a line without quotes that were split at commas in the names of caller and callee.

    Returns `None` if there are commas in other values. The number between the two names has no letters.
    """
    more = len(cells) - len(names)
    for first in range(more + 1):
        start, end = 3 + first, 5 + more
        caller, number, callee = cells[3 : start + 1], cells[start + 1], cells[start + 2 : end + 1]
        if more == 0 or not any(map(str.isalpha, number)):
            return [*cells[:3], ",".join(caller), number, ",".join(callee), *cells[end + 1 :]]
    return None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
