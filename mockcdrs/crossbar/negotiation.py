"""Which kind of answer a client gets: content type and language (`api_resource.erl`, `cowboy_rest`)."""

import re
from dataclasses import dataclass

from mockcdrs.crossbar.errors import BareAnswer

JSON_TYPES = ("application/json", "application/x-json")
CSV_TYPES = ("application/octet-stream", "text/csv", "text/comma-separated-values")

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_RANGE = re.compile(rf'\s*({_WORD})/({_WORD})((?:\s*;\s*{_WORD}(?:=(?:{_WORD}|"(?:[^"\\]|\\.)*"))?)*)\s*', re.ASCII)
_QUALITY = re.compile(r";\s*[qQ]=([01](?:\.\d{0,3})?)\s*(?:;|$)")
_LANGUAGE = re.compile(r"\s*(\*|[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]=([01](?:\.\d{0,3})?))?\s*")


@dataclass(frozen=True, slots=True)
class _MediaRange:
    type: str
    subtype: str
    parameters: int
    quality: float

    def preference(self) -> tuple[float, bool, bool, int]:
        """The better wanted, the greater; the more exact before the more general."""
        return self.quality, self.type != "*", self.subtype != "*", self.parameters

    def covers(self, content_type: str) -> bool:
        kind, _, subtype = content_type.partition("/")
        return self.type in {"*", kind} and self.subtype in {"*", subtype}


def content_type(accept: str | None) -> str:
    """The type that an `Accept` header gets; `BareAnswer` 400 for an unreadable one, 406 where nothing fits."""
    if accept is None:
        return JSON_TYPES[0]
    for media_range in sorted(_media_ranges(accept), key=_MediaRange.preference, reverse=True):
        for offered in (*JSON_TYPES, "text/csv", "text/comma-separated-values", "application/octet-stream"):
            if media_range.quality and media_range.covers(offered):
                return offered
    raise BareAnswer(406)


def _media_ranges(accept: str) -> list[_MediaRange]:
    ranges = []
    for part in filter(str.strip, accept.split(",")):
        found = _RANGE.fullmatch(part)
        if not found:
            raise BareAnswer(400)
        quality = _QUALITY.search(found[3])
        parameters = found[3].count(";") - bool(quality)
        wanted = float(quality[1]) if quality else 1.0
        ranges.append(_MediaRange(found[1].lower(), found[2].lower(), parameters, wanted))
    return ranges


def language(accept_language: str | None) -> str:
    """English, or the first language that the client names; `BareAnswer` 400 for an unreadable header."""
    if accept_language is None:
        return "en"
    wanted = []
    for part in filter(str.strip, accept_language.split(",")):
        found = _LANGUAGE.fullmatch(part)
        if not found:
            raise BareAnswer(400)
        wanted.append((float(found[2] or 1), found[1].lower()))
    offered = ["en", *(name for _, name in wanted[:1])]
    for _, name in sorted(wanted, key=lambda pair: -pair[0]):
        for choice in offered:
            if name in {"*", choice} or choice.startswith(f"{name}-"):
                return choice
    raise BareAnswer(406)


def overridden(negotiated: str, wanted: object) -> str:
    """`json`, `csv` or `pdf`: what a negotiated type becomes under `accept` in the query, which only JSON heeds."""
    if negotiated in CSV_TYPES:
        return "csv"
    if wanted in ("csv", "pdf"):
        return str(wanted)
    return "csv" if wanted in CSV_TYPES else "json"
