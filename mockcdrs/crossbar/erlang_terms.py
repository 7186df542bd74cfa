"""Erlang's external term format, as far as JSON values become terms: a tuple is a tuple, a binary is text.

A list that does not end in one, which is no JSON either, becomes an `ImproperList`.

The bytes come from a stranger: a declared size builds nothing, only what is there; depth is bounded; an atom is text.
"""

import json
import math
from io import BytesIO
from struct import calcsize, pack, unpack
from typing import Any

VERSION = b"\x83"
DEEPEST = 64
_ATOMS = {"true": True, "false": False, "null": None}
# after the tag: the number itself, or the size of what follows and for large numbers the sign
_HEADS = {b"a": ">B", b"b": ">i", b"F": ">d", b"n": ">B?", b"o": ">I?", b"d": ">H", b"w": ">B"}
_HEADS |= {b"m": ">I", b"k": ">H", b"j": ">", b"l": ">I", b"h": ">B"}


class ImproperList(tuple[list[Any], Any]):
    """A list that does not end in one: its items, and what it ends in."""

    __slots__ = ()


def write(term: Any) -> bytes:
    """What `term_to_binary/1` writes after the version byte; `TypeError` for what is no term."""
    match term:
        case None | bool():
            return _head(b"d", len(json.dumps(term))) + json.dumps(term).encode()
        case int() if -(2**31) <= term < 2**31:
            return _head(b"a" if 0 <= term < 2**8 else b"b", term)
        case int():
            size = (abs(term).bit_length() + 7) // 8
            return _head(b"n" if size < 2**8 else b"o", size, term < 0) + abs(term).to_bytes(size, "little")
        case float():
            return _head(b"F", term)
        case str():
            text = term.encode("utf-8", "surrogateescape")
            return _head(b"m", len(text)) + text
        case tuple() if not isinstance(term, ImproperList):
            return _head(b"h", len(term)) + b"".join(map(write, term))
        case list() if 0 < len(term) < 2**16 and all(type(item) is int and 0 <= item < 2**8 for item in term):
            # Erlang cannot tell a list of small integers from a string
            return _head(b"k", len(term)) + bytes(term)
        case list() | ImproperList():
            items, end = (term, _head(b"j")) if isinstance(term, list) else (term[0], write(term[1]))
            return (_head(b"l", len(items)) + b"".join(map(write, items)) if items else b"") + end
    raise TypeError(f"no term: {term!r:.80}")


def _head(tag: bytes, *values: Any) -> bytes:
    return tag + pack(_HEADS[tag], *values)


def read(stream: BytesIO, depth: int = DEEPEST) -> Any:
    """The next term of a stream; `ValueError` where there is none, or one that no JSON value becomes."""
    tag = stream.read(1)
    if not depth or tag not in _HEADS:
        raise ValueError(f"too deep, or a term of kind {tag!r}")
    match tag, *unpack(_HEADS[tag], _take(stream, calcsize(_HEADS[tag]))):
        case b"a" | b"b" | b"F", number if math.isfinite(number):
            return number
        case b"n" | b"o", size, is_negative:
            return int.from_bytes(_take(stream, size), "little") * (-1 if is_negative else 1)
        case b"d" | b"w" | b"m", size:
            text = _take(stream, size).decode("utf-8", "surrogateescape")
            return text if tag == b"m" else _ATOMS.get(text, text)
        case b"k", size:
            return list(_take(stream, size))
        case b"h", size:
            return tuple(read(stream, depth - 1) for _ in range(size))
        case b"l", size:
            items = [read(stream, depth - 1) for _ in range(size)]
            return _list(items, read(stream, depth - 1))
        case (b"j",):
            return []
    raise ValueError("a float that is no number")


def _list(items: list[Any], end: Any) -> Any:
    if isinstance(end, ImproperList):
        return ImproperList((items + end[0], end[1]))
    if isinstance(end, list):
        return items + end
    return ImproperList((items, end)) if items else end


def _take(stream: BytesIO, size: int) -> bytes:
    if len(taken := stream.read(size)) < size:
        raise ValueError("cut short")
    return taken
