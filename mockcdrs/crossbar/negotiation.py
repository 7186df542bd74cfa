"""Which kind of answer a client gets: content type and language (`api_resource.erl`, `cowboy_rest`)."""

import functools
import re
from dataclasses import dataclass

from mockcdrs.crossbar.errors import BareAnswer, died

JSON_TYPES = ("application/json", "application/x-json")
CSV_TYPES = ("application/octet-stream", "text/csv", "text/comma-separated-values")

_LANGUAGES = ("en", "en-us", "en-gb")  # `crossbar.hrl`

WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_RANGE = re.compile(rf'\s*({WORD})/({WORD})((?:\s*;\s*{WORD}(?:=(?:{WORD}|"(?:[^"\\]|\\.)*"))?)*)\s*', re.ASCII)
_QUALITY_SENT = re.compile(r";\s*[qQ]=([^;]*)")
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", re.ASCII)
_LANGUAGE = re.compile(
    rf"\s*(\*|[A-Za-z0-9]{{1,8}}(?:-[A-Za-z0-9]{{1,8}})*)\s*(?:;\s*[qQ]=({_QUALITY.pattern}))?\s*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class _MediaRange:
    type: str
    subtype: str
    parameters: int
    quality: float

    def precedes(self, other: "_MediaRange") -> bool:
        """`cowboy_rest:prioritize_mediatype/2`: better wanted, or the same and more exact; else nothing is decided."""
        if self.quality != other.quality:
            return self.quality > other.quality
        if self.type != other.type:
            return other.type == "*"
        if self.subtype != other.subtype:
            return other.subtype == "*"
        return self.parameters > other.parameters

    def covers(self, content_type: str) -> bool:
        if (self.type, self.subtype) == ("*", "*"):
            return True
        kind, _, subtype = content_type.partition("/")
        return self.type == kind and self.subtype in {"*", subtype}


def content_type(accept: str | None) -> str:
    """The type that an `Accept` header gets; `BareAnswer` 400 for an unreadable one, 406 where nothing fits.

    Between two types that are wanted alike the later one wins, and `q=0` refuses nothing: that is Cowboy's way.
    """
    if accept is None:
        return JSON_TYPES[0]
    latest_first = _media_ranges(accept)[::-1]
    for media_range in sorted(latest_first, key=functools.cmp_to_key(_compare)):
        for offered in (*JSON_TYPES, "text/csv", "text/comma-separated-values", "application/octet-stream"):
            if media_range.covers(offered):
                return offered
    raise BareAnswer(406)


def _compare(a: _MediaRange, b: _MediaRange) -> int:
    return b.precedes(a) - a.precedes(b)


def _media_ranges(accept: str) -> list[_MediaRange]:
    ranges = []
    for part in filter(str.strip, accept.split(",")):
        found = _RANGE.fullmatch(part)
        if not found:
            raise BareAnswer(400)
        sent = _QUALITY_SENT.search(found[3])
        parameters = found[3].count(";") - bool(sent)
        ranges.append(_MediaRange(found[1].lower(), found[2].lower(), parameters, _quality(sent and sent[1])))
    return ranges


def _quality(sent: str | None) -> float:
    if sent is None:
        return 1.0
    if not _QUALITY.fullmatch(sent.strip()):
        raise BareAnswer(400)
    return float(sent)


def language(accept_language: str | None) -> str:
    """A kind of English, or the first language that the client names; `BareAnswer` 400 for an unreadable header."""
    if accept_language is None:
        return _LANGUAGES[0]
    wanted = []
    for part in filter(str.strip, accept_language.split(",")):
        found = _LANGUAGE.fullmatch(part)
        if not found:
            raise BareAnswer(400, with_request_id=False)
        wanted.append((float(found[2] or 1), found[1].lower()))
    if not wanted:
        raise BareAnswer(400, with_request_id=False)
    offered, latest_first = [*_LANGUAGES, wanted[0][1]], wanted[::-1]
    return next(  # the first language named is on offer, so one always fits
        choice
        for _, name in sorted(latest_first, key=lambda pair: -pair[0])
        for choice in offered
        if name in {"*", choice} or choice.startswith(f"{name}-")
    )


def overridden(negotiated: str, wanted: object) -> str:
    """`json`, `csv` or `pdf`: what a negotiated type becomes under `accept` in the query, which only JSON heeds.

    Raises `BareAnswer` where that is no text, as in `?accept`.
    """
    if negotiated in CSV_TYPES:
        return "csv"
    if not isinstance(wanted, str | None):
        raise died("an accept that is no text")
    if wanted in ("csv", "pdf"):
        return str(wanted)
    return "csv" if wanted in CSV_TYPES else "json"
