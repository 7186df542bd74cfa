"""Bodies without the people in them: the envelope in JSON, and both kinds of CSV."""

import json
import re
from collections.abc import Callable
from typing import Any

from mockcdrs.imports.anonymizer import Anonymizer

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
            "revision": lambda text: str(anonymizer.member("_rev", text)),
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
        return self._data(value) if name == "data" else self._anonymizer.member(name, value)

    def _data(self, value: Any) -> Any:
        """Rows, documents, a summary, or what an error says of fields."""
        match value:
            case dict():
                return {self._anonymizer.key(name): self._member(name, held) for name, held in value.items()}
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
        return self._anonymizer.member(name, value)

    def _message(self, text: str) -> str:
        return _IN_QUOTES.sub(lambda found: f"'{self._anonymizer.text(found[1])}'", text)

    def _table(self, body: str) -> str:
        if body.startswith('"'):
            return self._file(body)
        header, _, rest = body.partition("\r\n")
        names = header.split(",")
        if names[0] != "id":
            return self._anonymizer.text(body)
        lines = [self._line(names, line) for line in rest.split("\r\n")]
        return "\r\n".join([header, *lines])

    def _line(self, names: list[str], line: str) -> str:
        cells = _aligned(names, _COMMA.split(line))
        if cells is None:
            return self._anonymizer.text(line)
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
