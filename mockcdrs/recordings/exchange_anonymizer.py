"""Exchanges without the people in them, under the pseudonyms of `mockcdrs import --anonymize`.

They stand wherever an original can, in paths, queries, headers and bodies alike, so that a recording still asks for
what its answers tell of. Moments, durations, sums and Crossbar's own words stay.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from mockcdrs.contract.client import Request
from mockcdrs.crossbar import start_key
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.openapi.document import document
from mockcdrs.openapi.parameters import PARAMETERS
from mockcdrs.recordings.exchanges import Answer, Exchange

_STEPS = frozenset({"", "v1", "v2", "account"}).union(
    step for path in document()["paths"] for step in path.split("/") if not step.startswith("{")
)
_KEYS = frozenset({"start_key", "end_key"})
_JSONP = "jsonp"
_OF_KEYS = re.compile("has_key|key_missing|has_value|value_missing|missing_value")
_FILTER = re.compile(r"filter_(?:not_)?(?:.*\.)?([^.]+)")
_FIXED = re.compile(r"-?[\d.]*|true|false|yes|no|csv|json|text/csv", re.ASCII)
_FIXED_PARAMETERS = frozenset(
    name for name, held in PARAMETERS.items() if held["schema"].get("type") in {"integer", "boolean"}
) | {"accept", "verb"}
_HEADERS_KEPT = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "origin", "content-type", "content-encoding", "date", "expires",
        "server", "transfer-encoding", "vary", "connection", "content-language", "allow",
    }
)  # fmt: skip
_FILE_NAME = re.compile(r'(filename=")(?!result\.csv"|json_[0-9a-f]{22}\.csv")([^"]*)')
_TOKEN = re.compile(r"(token-of-)(\w*)")


class Pseudonymous:
    """Rewrites exchanges with an anonymizer, which may know other data before: then the same stand for the same."""

    def __init__(self, anonymizer: Anonymizer) -> None:
        self._anonymizer = anonymizer
        self._bodies = Bodies(anonymizer, self.start_key, self.token)

    def exchanges(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """All of a recording; give it at once, so that no pseudonym is another one's original."""
        return self._anonymizer.learn_then_run(lambda: [self._exchange(each) for each in exchanges])

    def _exchange(self, exchange: Exchange) -> Exchange:
        request, answer = exchange.request, exchange.answer
        path, query = self._path(request.path), self._query(request.query)
        headers = tuple((name, self._header(name, value)) for name, value in request.headers)
        body = None if request.body is None else self._bodies.text(request.body)
        number = exchange.name.partition(" ")[0]
        return replace(
            exchange,
            name=f"{number} {request.method} {path}{'?' + query if query else ''}",
            request=Request(request.method, path, query, headers, body),
            answer=self._answer(answer),
        )

    def _answer(self, answer: Answer) -> Answer:
        headers = {name: self._header(name, value) for name, value in answer.headers.items()}
        body = self._bodies.text(answer.body)
        if "content-length" in headers:
            headers["content-length"] = str(len(body.encode()))
        return replace(answer, headers=headers, body=body)

    def _path(self, path: str) -> str:
        return "/".join(
            step if step in _STEPS else quote(self.token(unquote(step)), safe="") for step in path.split("/")
        )

    def _query(self, query: str) -> str:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        made = [(self._parameter(name), self._argument(name, value)) for name, value in pairs]
        return query if made == pairs else urlencode(made, errors="surrogateescape")

    def _parameter(self, name: str) -> str:
        return name if name in PARAMETERS or _FILTER.fullmatch(name) else self._anonymizer.anonymize_key(name)

    def _argument(self, name: str, value: str) -> str:
        if name == _JSONP or (name in _FIXED_PARAMETERS and _FIXED.fullmatch(value)):
            return value
        if name in _KEYS:
            return self.start_key(value)
        if _OF_KEYS.fullmatch(name):
            return ".".join(map(self._anonymizer.anonymize_key, value.split(".")))
        if found := _FILTER.fullmatch(name):
            return self._bodies.filter_value(found[1], value)
        return self.token(value)

    def start_key(self, text: str) -> str:
        """An encoded view key with its ids under pseudonyms; what is none, as any text."""
        try:
            key = start_key.decode(text)
        except start_key.NoStartKey:
            return self._anonymizer.anonymize_text(text)
        return start_key.encode(self._in_key(key))

    def _in_key(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._in_key(each) for each in part]
        return self._anonymizer.anonymize_text(part) if isinstance(part, str) else part

    def token(self, text: str) -> str:
        """A text in which `token-of-ACCOUNT` may stand for a token: it stays one, of the account's pseudonym."""
        if found := _TOKEN.fullmatch(text):
            return found[1] + self._anonymizer.anonymize_text(found[2])
        return self._anonymizer.anonymize_text(text)

    def _header(self, name: str, value: str) -> str:
        low = name.lower()
        if low in _HEADERS_KEPT or low.startswith("access-control-"):
            return value
        if low in {"etag", "if-match", "if-none-match"}:
            return re.sub(r'"([^"]*)"', lambda found: f'"{self._anonymizer.anonymize_value("_rev", found[1])}"', value)
        if low == "content-disposition":
            return _FILE_NAME.sub(lambda found: found[1] + self.token(found[2]), value)
        return self.token(value)


_OWN_WORDS = frozenset({"status", "error", "version", "timestamp", "node", "page_size", "tokens"})
"""Members of an envelope that tell of nobody."""
_MOMENTS = frozenset({"datetime", "rfc_1036", "iso_8601", "iso_8601_combined"})
_IN_QUOTES = re.compile("'([^']*)'")
_CALLBACK = re.compile(r"([\w.$]+\()(.*)(\);?\s*)", re.DOTALL)
_OUTER = re.compile(r"custom_(channel_vars|application_vars|sip_headers(_in|_out)?)_")
"""What a column's name in a file has before the field's own."""
_COMMA = re.compile(r",(?! \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)")
"""Those of a line without quotes, but for the one behind a day of the week."""
_CSV_PART = re.compile(r'"((?:[^"]|"")*)"|(,)|(\n)')

Rewrite = Callable[[str], str]


class Bodies:
    """`start_key` and `token` rewrite what stands under such names in an envelope."""

    def __init__(self, anonymizer: Anonymizer, start_key: Rewrite, token: Rewrite) -> None:
        self._anonymizer = anonymizer
        self._by_member: dict[str, Rewrite] = {
            "start_key": start_key,
            "next_start_key": start_key,
            "auth_token": token,
            "request_id": token,
            "revision": lambda text: str(anonymizer.anonymize_value("_rev", text)),
            "message": self._message,
        }

    def text(self, body: str) -> str:
        """A body of any kind; what cannot be read is rewritten as one text."""
        if found := _CALLBACK.fullmatch(body):
            return found[1] + self.text(found[2]) + found[3]
        try:
            held = json.loads(body)
        except (ValueError, RecursionError):
            return self._table(body)
        return _compact(self._envelope(held)) if isinstance(held, dict) else self._table(body)

    def filter_value(self, field: str, value: str) -> str:
        """What a filter compares a field with: a text, or a JSON array of such."""
        try:
            held = json.loads(value)
        except (ValueError, RecursionError):
            held = None
        made = self._member(field, held if isinstance(held, list) else value)
        return _compact(made) if isinstance(held, list) else str(made)

    def _envelope(self, held: dict[str, Any]) -> dict[str, Any]:
        return {name: self._part(name, value) for name, value in held.items()}

    def _part(self, name: str, value: Any) -> Any:
        if name in _OWN_WORDS:
            return value
        if name in self._by_member and isinstance(value, str):
            return self._by_member[name](value)
        return self._data(value) if name == "data" else self._anonymizer.anonymize_value(name, value)

    def _data(self, value: Any) -> Any:
        """Rows, documents, a summary, or what an error says of fields."""
        match value:
            case dict():
                return {self._anonymizer.anonymize_key(name): self._member(name, held) for name, held in value.items()}
            case list():
                return [self._data(each) for each in value]
        return self._member("", value)

    def _member(self, name: str, value: Any) -> Any:
        match value:
            case str() if name == "message":
                return self._message(value)
            case str() | int() if name in _MOMENTS or (name == "cause" and _is_own_cause(str(value))):
                return value
            case dict():
                return self._data(value)
        return self._anonymizer.anonymize_value(name, value)

    def _message(self, text: str) -> str:
        return _IN_QUOTES.sub(lambda found: f"'{self._anonymizer.anonymize_text(found[1])}'", text)

    def _table(self, body: str) -> str:
        if body.startswith('"'):
            return self._file(body)
        header, _, rest = body.partition("\r\n")
        names = header.split(",")
        if names[0] != "id":
            return self._anonymizer.anonymize_text(body)
        lines = [self._line(names, line) for line in rest.split("\r\n")]
        return "\r\n".join([header, *lines])

    def _line(self, names: list[str], line: str) -> str:
        cells = _aligned(names, _COMMA.split(line))
        if cells is None:
            return self._anonymizer.anonymize_text(line)
        return ",".join(str(self._member(name, cell)) for name, cell in zip(names, cells, strict=True))

    def _file(self, body: str) -> str:
        """A file with every cell in quotes: in the first line they are names of columns."""
        names: list[str] = []
        at = {"row": 0, "column": 0}

        def rewritten(found: re.Match[str]) -> str:
            if found[1] is None:
                at["column"] = at["column"] + 1 if found[2] else 0
                at["row"] += found[3] is not None
                return found[0]
            if at["row"] == 0:
                names.append(_OUTER.sub("", found[1].lower()))
                return found[0]
            name = names[at["column"]] if at["column"] < len(names) else ""
            made = str(self._member(name, found[1].replace('""', '"')))
            return f'"{made.replace(chr(34), chr(34) * 2)}"'

        return _CSV_PART.sub(rewritten, body)


def _is_own_cause(text: str) -> bool:
    """Whether a cause is a moment, or one of the words that Kazoo has for what CouchDB says of a query."""
    return text.isdecimal() or text in {"Bad Request", "timeout"}


def _aligned(names: list[str], cells: list[str]) -> list[str] | None:
    """The cells of a line without quotes, commas in the two names put back; `None` where they are elsewhere.

    Between the names stands a number, which has no letters.
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
