"""Cowboy, the HTTP server below Crossbar: how much of a head it reads, and the kind of answer that a client gets.

That is its content type, language and coding, and nothing at all for a client that has it already (`ETag`).

Sources followed: `api_resource.erl`; Cowboy's `cowboy_http`, `cowboy_rest` and `cow_http_hd`.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockcdrs.crossbar.errors import EmptyResponse, handler_crash

MAX_REQUEST_LINE_BYTES = 8_000
MAX_HEADER_VALUE_BYTES = 4_096
MAX_HEADERS = 100
_MAX_CHARACTER_BYTES = 4
_REQUEST_LINE_OVERHEAD = len("  HTTP/1.1")

JSON_TYPES = ("application/json", "application/x-json")
CSV_TYPES = ("application/octet-stream", "text/csv", "text/comma-separated-values")
_ANYTHING = "*/*"
_ANY_TEXT = "text/*"  # no JSON is a text, and all other types are JSON's too

_LANGUAGES = ("en", "en-us", "en-gb")  # `crossbar.hrl`

WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_END = r"[ \t]*(?:,[ \t,]*|\Z)"
_NEXT = r"[ \t]*;[ \t]*"
_WEIGHT = r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?"
_VALUE = rf'(?:{WORD}|"(?:[^"\\]|\\.)*")'
# `re` compiles these when the first client sends such a header: most send none, or `*/*`.
# `cow_http_hd:parse_accept/1`: what comes behind the weight is no parameter of the type
_RANGE = (
    rf"(?:(?P<type>{WORD})/(?P<subtype>{WORD})|\*(?=;))(?P<parameters>(?:{_NEXT}(?!q=){WORD}={_VALUE})*)"
    rf"(?:{_NEXT}q=(?P<weight>{_WEIGHT}|\.\d{{1,3}})(?:{_NEXT}{WORD}(?:={_VALUE})?)*)?{_END}"
)
_PARAMETER = rf"{_NEXT}{WORD}={_VALUE}"
# `cow_http_hd:parse_accept_language/1`, which takes a semicolon for a comma where no weight follows
_LANGUAGE = (
    rf"(?P<tag>\*|[A-Za-z]{{1,8}}(?:-[A-Za-z0-9]{{1,8}})*)"
    rf"(?:{_NEXT}q=(?P<weight>{_WEIGHT}){_END}|{_END}|{_NEXT}(?!q=)(?=[A-Za-z]))"
)
# `cow_http_hd:parse_accept_encoding/1`, which does so too
_CODING = rf"(?P<coding>{WORD})(?:{_NEXT}q=(?P<weight>{_WEIGHT}){_END}|{_END}|{_NEXT}(?!q=)(?={WORD}))"
_ETAG = r'(?:W/)?"[^"\s]*"'
_ETAGS = rf"[ \t,]*(?:{_ETAG}[ \t]*(?:,[ \t,]*|\Z))+"


def check_limits(method: str, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """The status for a head at which Cowboy hangs up, 414 or 431, and what exceeds the limit; `None` for any other.

    Crossbar lets pass what is a little longer, where the last of it comes in one piece with the line's end. A value is
    as long as it was before it was read as UTF-8.
    """
    if len(method) + len(target) + _REQUEST_LINE_OVERHEAD > MAX_REQUEST_LINE_BYTES:
        return 414, f"a request line of more than {MAX_REQUEST_LINE_BYTES} bytes"
    if len(headers) > MAX_HEADERS:
        return 431, f"more than {MAX_HEADERS} headers"
    if len("".join(headers.values())) * _MAX_CHARACTER_BYTES <= MAX_HEADER_VALUE_BYTES:
        return None
    for name, value in headers.items():
        length = len(value) if value.isascii() else len(value.encode("utf-8", "surrogateescape"))
        if length > MAX_HEADER_VALUE_BYTES:
            return 431, f"more than {MAX_HEADER_VALUE_BYTES} bytes in the header {name:.60}"
    return None


class _MediaRange(NamedTuple):
    """A media type that a client accepts, `*` standing for any, and how much it likes it."""

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

    def covers(self, content_type: str, accepts_parameters: bool) -> bool:
        if self.parameters and not accepts_parameters:
            return False
        if (self.type, self.subtype) == ("*", "*"):
            return True
        kind, _, subtype = content_type.partition("/")
        return self.type == kind and self.subtype in {"*", subtype}


def negotiate_type(accept: str | None, accepts_parameters: bool) -> str:
    """The type that an `Accept` header gets; `EmptyResponse` 400 for an unreadable one, 406 where nothing fits.

    `accepts_parameters`: whether a type that comes with parameters of its own fits at all.
    Between two types that are wanted alike the later one wins, and `q=0` refuses nothing: that is Cowboy's way.
    """
    if accept is None or accept == _ANYTHING:
        return JSON_TYPES[0]
    latest_first = _parse_accept(accept)[::-1]
    for media_range in sorted(latest_first, key=functools.cmp_to_key(_compare)):
        for offered in (*JSON_TYPES, "text/csv", "text/comma-separated-values", "application/octet-stream"):
            if media_range.covers(offered, accepts_parameters):
                return offered
    raise EmptyResponse(406)


def _compare(a: _MediaRange, b: _MediaRange) -> int:
    return b.precedes(a) - a.precedes(b)


def _parse_elements(pattern: str, header: str) -> Iterator[re.Match[str]]:
    """What a header lists; `ValueError` where it is something else."""
    header, at, element = header.strip(" \t,"), 0, re.compile(pattern, re.ASCII)
    while at < len(header):
        match = element.match(header, at)
        if not match:
            raise ValueError(header)
        yield match
        at = match.end()


def _parse_accept(accept: str) -> list[_MediaRange]:
    try:
        return [_media_range(match) for match in _parse_elements(_RANGE, accept)]
    except ValueError:
        raise EmptyResponse(400) from None


def _media_range(match: re.Match[str]) -> _MediaRange:
    kind, subtype = (match["type"] or "*").lower(), (match["subtype"] or "*").lower()
    parameters = sum(1 for _ in re.finditer(_PARAMETER, match["parameters"]))
    return _MediaRange(kind, subtype, parameters, float(match["weight"] or 1))


def negotiate_language(accept_language: str | None) -> str:
    """A kind of English, or the first language that the client names; `EmptyResponse` 400 for an unreadable header.

    Cowboy takes `*` for the name of a language.
    """
    if accept_language is None:
        return _LANGUAGES[0]
    wanted = _parse_languages(accept_language)
    offered, latest_first = [*_LANGUAGES, wanted[0][1]], wanted[::-1]
    return next(  # the first language named is on offer, so one always fits
        choice
        for _, name in sorted(latest_first, key=lambda pair: -pair[0])
        for choice in offered
        if name == choice or choice.startswith(f"{name}-")
    )


def _parse_languages(accept_language: str) -> list[tuple[float, str]]:
    try:
        matches = [*_parse_elements(_LANGUAGE, accept_language)]
    except ValueError:
        matches = []
    if not matches:
        raise EmptyResponse(400, with_request_id=False)
    return [(float(each["weight"] or 1), each["tag"].lower()) for each in matches]


@functools.lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip; `ValueError` for a header that cannot be read."""
    codings = [*_parse_elements(_CODING, accept_encoding)]
    return any(each["coding"].lower() == "gzip" and float(each["weight"] or 1) for each in codings)


def has_valid_encodings(headers: Mapping[str, str]) -> bool:
    """Whether the `Accept-Encoding` of a request, if there is one, can be read."""
    try:
        accepts_gzip(headers.get("accept-encoding", ""))
    except ValueError:
        return False
    return True


def choose_format(negotiated: str, wanted: object, knows_any_subtype: bool) -> str:
    """`json`, `csv` or `pdf`: what a negotiated type becomes under `accept` in the query, which only JSON heeds.

    `knows_any_subtype`: whether `text/*` is asking for CSV. Raises `EmptyResponse` where `wanted` is no text, as in
    `?accept`.
    """
    if negotiated in CSV_TYPES:
        return "csv"
    if not isinstance(wanted, str | None):
        raise handler_crash("an accept that is no text")
    if wanted in ("csv", "pdf"):
        return str(wanted)
    return "csv" if wanted in CSV_TYPES or (knows_any_subtype and wanted == _ANY_TEXT) else "json"


def check_preconditions(method: str, headers: Mapping[str, str], etag: str | None) -> None:
    """Raise `EmptyResponse` 304 or 412 where `If-Match` or `If-None-Match` says so, 400 where it cannot be read.

    `etag` is the answer's, without quotes; `None` for an answer that has none.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is None and none_match is None:
        return
    tag = None if etag is None else f'"{etag}"'
    if match is not None and match.strip() != "*" and tag not in _parse_etags(match):
        raise EmptyResponse(412)
    if none_match is not None:
        if none_match.strip() == "*" or tag in [known.removeprefix("W/") for known in _parse_etags(none_match)]:
            raise EmptyResponse(304 if method == "GET" else 412, why=etag or "")
        if tag is None:
            raise EmptyResponse(412)


def _parse_etags(header: str) -> list[str]:
    """The tags in a header, weak ones with their `W/`."""
    if not re.fullmatch(_ETAGS, header):
        raise EmptyResponse(400, with_request_id=False)
    return re.findall(_ETAG, header)
