"""Exchanges without the people in them, under the pseudonyms of `mockcdrs import --anonymize`.

They stand wherever an original can, in paths, queries, headers and bodies alike, so that a recording still asks for
what its answers tell of. Moments, durations, sums and Crossbar's own words stay.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from mockcdrs.contract.client import RawRequest
from mockcdrs.crossbar import start_key
from mockcdrs.dataset.anonymize import Anonymizer
from mockcdrs.exchanges import anonymous_bodies
from mockcdrs.exchanges.exchange import Answer, Exchange
from mockcdrs.openapi.document import build_document
from mockcdrs.openapi.parameters import PARAMETERS

_STEPS = frozenset({"", "v1", "v2", "account"}).union(
    step for path in build_document()["paths"] for step in path.split("/") if not step.startswith("{")
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
        self._bodies = anonymous_bodies.Bodies(anonymizer, self.start_key, self.token)

    def exchanges(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """All of a recording; give it at once, so that no pseudonym is another one's original."""
        return self._anonymizer.twice(lambda: [self._exchange(each) for each in exchanges])

    def _exchange(self, exchange: Exchange) -> Exchange:
        request, answer = exchange.request, exchange.answer
        path, query = self._path(request.path), self._query(request.query)
        headers = tuple((name, self._header(name, value)) for name, value in request.headers)
        body = None if request.body is None else self._bodies.text(request.body)
        number = exchange.name.partition(" ")[0]
        return replace(
            exchange,
            name=f"{number} {request.method} {path}{'?' + query if query else ''}",
            request=RawRequest(request.method, path, query, headers, body),
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
        return name if name in PARAMETERS or _FILTER.fullmatch(name) else self._anonymizer.key(name)

    def _argument(self, name: str, value: str) -> str:
        if name == _JSONP or (name in _FIXED_PARAMETERS and _FIXED.fullmatch(value)):
            return value
        if name in _KEYS:
            return self.start_key(value)
        if _OF_KEYS.fullmatch(name):
            return ".".join(map(self._anonymizer.key, value.split(".")))
        if found := _FILTER.fullmatch(name):
            return self._bodies.filter_value(found[1], value)
        return self.token(value)

    def start_key(self, text: str) -> str:
        """An encoded view key with its ids under pseudonyms; what is none, as any text."""
        try:
            key = start_key.decode(text)
        except start_key.NoStartKey:
            return self._anonymizer.text(text)
        return start_key.encode(self._in_key(key))

    def _in_key(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._in_key(each) for each in part]
        return self._anonymizer.text(part) if isinstance(part, str) else part

    def token(self, text: str) -> str:
        """A text in which `token-of-ACCOUNT` may stand for a token: it stays one, of the account's pseudonym."""
        if found := _TOKEN.fullmatch(text):
            return found[1] + self._anonymizer.text(found[2])
        return self._anonymizer.text(text)

    def _header(self, name: str, value: str) -> str:
        low = name.lower()
        if low in _HEADERS_KEPT or low.startswith("access-control-"):
            return value
        if low in {"etag", "if-match", "if-none-match"}:
            return re.sub(r'"([^"]*)"', lambda found: f'"{self._anonymizer.member("_rev", found[1])}"', value)
        if low == "content-disposition":
            return _FILE_NAME.sub(lambda found: found[1] + self.token(found[2]), value)
        return self.token(value)
