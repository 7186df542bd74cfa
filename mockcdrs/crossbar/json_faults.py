"""What Kazoo's JSON library says of text that is no JSON, and where (`jiffy`, `decoder.c`)."""

import re

_BLANKS = re.compile(rb"[ \n\r\t]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')  # bytes that are no UTF-8 are let through
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_WHOLE = re.compile(rb"-?(0|[1-9][0-9]*)?")
_DIGITS = re.compile(rb"[0-9]+")
_EXPONENT = re.compile(rb"[-+0-9][0-9]*")
_LITERALS = {b"n": b"null", b"t": b"true", b"f": b"false"}
_CLOSING = {b"{": b"}", b"[": b"]"}

_HIGH, _LOW, _BEHIND = 0xD800, 0xDC00, 0xE000  # the halves of characters that UTF-16 writes in two


class _Fault(Exception):
    """What is wrong at a place, which counts from 0."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what, at)
        self.words = f"{what} around {at + 1}"


def fault_in(text: bytes) -> str:
    """The first fault as Kazoo tells it, as in `truncated_json around 27`; empty for text that it can read."""
    try:
        _read(text)
    except _Fault as fault:
        return fault.words
    return ""


def _read(text: bytes) -> None:
    at, awaited = 0, "value"
    opened: list[bytes] = []
    while (at := _end(_BLANKS, text, at)) < len(text):
        char = text[at : at + 1]
        match awaited:
            case "first value" | "first key" | "comma" if char == _CLOSING[opened[-1]]:
                opened.pop()
                at, awaited = at + 1, _awaited_behind(opened)
            case "value" | "first value" if char in _CLOSING:
                opened.append(char)
                at, awaited = at + 1, "first key" if char == b"{" else "first value"
            case "value" | "first value":
                at, awaited = _scalar_end(text, at), _awaited_behind(opened)
            case "key" | "first key" if char == b'"':
                at, awaited = _string_end(text, at), "colon"
            case "colon" if char == b":":
                at, awaited = at + 1, "value"
            case "comma" if char == b",":
                at, awaited = at + 1, "key" if opened[-1] == b"{" else "value"
            case "nothing":
                raise _Fault("invalid_trailing_data", at)
            case _:
                raise _Fault("invalid_json", at)
    if awaited != "nothing":
        raise _Fault("truncated_json", at)


def _awaited_behind(opened: list[bytes]) -> str:
    return "comma" if opened else "nothing"


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Where what a pattern finds at a place ends; the place itself where it finds nothing."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _scalar_end(text: bytes, at: int) -> int:
    char = text[at : at + 1]
    if char == b'"':
        return _string_end(text, at)
    if char in _LITERALS:
        if not text.startswith(_LITERALS[char], at):
            raise _Fault("invalid_literal", at)
        return at + len(_LITERALS[char])
    if char == b"-" or char.isdigit():
        return _number_end(text, at)
    raise _Fault("invalid_json", at)


def _number_end(text: bytes, at: int) -> int:
    at = _end(_WHOLE, text, at)
    if text[at - 1 : at] == b"-":
        raise _Fault("invalid_number", at)
    for sign, pattern in ((b".", _DIGITS), (b"eE", _EXPONENT)):
        if text[at : at + 1] in {sign[:1], sign[-1:]}:
            if not pattern.match(text, at + 1):
                raise _Fault("invalid_number", at + 1)
            at = _end(pattern, text, at + 1)
    return at


def _string_end(text: bytes, at: int) -> int:
    at = _end(_PLAIN, text, at + 1)
    while text[at : at + 1] != b'"':
        if text[at : at + 1] != b"\\" or at + 1 == len(text):
            raise _Fault("invalid_string", at)
        at = _end(_PLAIN, text, _escape_end(text, at + 1))
    return at + 1


def _escape_end(text: bytes, at: int) -> int:
    """Where an escape ends whose letter stands at a place: behind the second `u` of a character in two halves."""
    if text[at : at + 1] != b"u":
        if text[at] not in b'"\\/bfnrt':
            raise _Fault("invalid_string", at)
        return at + 1
    half, at = _unit(text, at + 1), at + 5
    if not _HIGH <= half < _BEHIND:
        return at
    if half >= _LOW or at + 6 >= len(text):
        raise _Fault("invalid_string", at)
    for letter in (b"\\", b"u"):
        at += 1
        if text[at - 1 : at] != letter:
            raise _Fault("invalid_string", at)
    if not _LOW <= _unit(text, at) < _BEHIND:
        raise _Fault("invalid_string", at)
    return at


def _unit(text: bytes, at: int) -> int:
    """Four hexadecimal digits, which something has to follow."""
    found = _HEX.match(text, at)
    if not found or found.end() == len(text):
        raise _Fault("invalid_string", at)
    return int(found[0], 16)
