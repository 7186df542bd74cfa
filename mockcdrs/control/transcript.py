"""A transcript of a client's requests: text that stays the same as long as the client asks the same."""

import json
import re
from collections.abc import Iterable, Mapping

from mockcdrs.control.journal import Record
from mockcdrs.control.redaction import escape

_HEADERS = ("accept", "content-type", "authorization", "x-auth-token", "if-none-match")
_SECRET = re.compile(r"redacted-[0-9a-f]{8}")


def write_transcript(records: Iterable[Record], placeholders: Mapping[str, str]) -> str:
    """Return the requests of records as text; `placeholders` replace texts that differ from run to run."""
    text = "\n".join(line for record in records for line in _lines(record))
    for value, placeholder in placeholders.items():
        text = text.replace(value, placeholder)
    secrets = {secret: f"{{secret {place}}}" for place, secret in enumerate(dict.fromkeys(_SECRET.findall(text)), 1)}
    return _SECRET.sub(lambda match: secrets[match[0]], text) + "\n" * bool(text)


def _lines(record: Record) -> Iterable[str]:
    yield f"{record.method} {escape(record.path)}"
    yield from (
        f"  {name}" if each is True else f"  {name}={escape(str(each))}"
        for name, value in sorted(record.query.items())
        for each in (value if isinstance(value, list) else [value])
    )
    yield from (f"  {name}: {escape(record.headers[name])}" for name in _HEADERS if name in record.headers)
    if record.body:
        yield f"  {_body(record.body)}"
    yield f"  -> {record.status or 'no response'}"


def _body(text: str) -> str:
    """A body on one line: JSON with its members in order of their names, other text as a JSON text."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return json.dumps(text)
