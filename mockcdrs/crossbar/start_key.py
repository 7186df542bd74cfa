"""Page keys: a view key as an Erlang term, as URL-safe base64 without padding (`api_util.erl`, `kz_base64url.erl`).

`encode` makes an answer's `start_key` and `next_start_key`; `decode` reads what a client sends as `start_key`.

A JSON object is Erlang's `{[{Name, Value}]}`; the empty one that ends a range is `{[]}`. Other tuples are terms, but no
JSON: they come through as they are, and no query can be made with them. A list that does not end in one, which is no
JSON either, becomes an `ImproperList`.

Terms are in Erlang's external term format: a tuple is a tuple, a binary is text. The bytes come from a stranger: a
declared size builds nothing, only what is there; depth is bounded; an atom is text.
"""

import base64
import json
import math
from collections.abc import Callable
from io import BytesIO
from struct import calcsize, pack, unpack
from typing import Any

from mockcdrs.cdr import erlang

_USUAL_LETTERS = bytes.maketrans(b"-_", b"+/")
_BLANKS = b"\t\n\r "
_PADDING = {2: b"==", 3: b"="}

_BYTES = range(2**8)

TERM_VERSION = b"\x83"
MAX_DEPTH = 64
_ATOMS = {"true": True, "false": False, "null": None}
# after the tag: the number itself, or the size of what follows and for large numbers the sign
_HEADS = {b"a": ">B", b"b": ">i", b"F": ">d", b"n": ">B?", b"o": ">I?", b"d": ">H", b"w": ">B"}
_HEADS |= {b"m": ">I", b"k": ">H", b"j": ">", b"l": ">I", b"h": ">B"}


class NoStartKey(ValueError):
    """Text that is no encoded view key."""


class BadTerm(ValueError):
    """A term that Kazoo dies of where it looks into it."""


class ImproperList(tuple[list[Any], Any]):
    """A list that does not end in one: its items, and what it ends in."""

    __slots__ = ()


def encode(value: Any) -> str:
    """The text for a view key; `TypeError` for what is no JSON value."""
    return base64.urlsafe_b64encode(TERM_VERSION + encode_term(value)).rstrip(b"=").decode()


def decode(text: str) -> Any:
    """The term in a text; `NoStartKey` where there is none. What follows the term does not matter, as in Erlang."""
    try:
        stream = BytesIO(_decode_base64(text.encode()))
        if stream.read(1) != TERM_VERSION:
            raise NoStartKey("no term")
        return _json_from_term(decode_term(stream))
    except ValueError as error:
        raise NoStartKey(str(error)) from error


def _decode_base64(text: bytes) -> bytes:
    """`base64:decode/1` reads both alphabets and skips blanks, which count where padding is added all the same."""
    letters = (text + _PADDING.get(len(text) % 4, b"")).translate(_USUAL_LETTERS, _BLANKS)
    if len(letters) % 4 or letters.endswith(b"==="):
        raise NoStartKey("no base64")
    return base64.b64decode(letters, validate=True)


def normalize(value: Any) -> Any:
    """A view key as it comes out of `kz_json:check_value_term/1`; `BadTerm` for one that it dies of.

    Texts are UTF-8 where they can be, and of a term that is nearly an object only the fields are left.
    """
    if isinstance(value, ImproperList):
        raise BadTerm("an improper list")
    if isinstance(value, tuple) and len(value) == 1:
        if type(value[0]) is not list:
            raise BadTerm("an object of no list")
        fields = [(field[0], normalize(field[1])) for field in value[0] if _is_pair(field)]
        return _json_from_term((fields,))
    if isinstance(value, dict):
        return {name: normalize(item) for name, item in value.items()}
    return [normalize(item) for item in value] if isinstance(value, list) else erlang.utf8(value)


def _json_from_term(term: Any) -> Any:
    match term:
        case ImproperList():
            return ImproperList(map(_json_from_term, term))
        case (list(fields),) if isinstance(term, tuple) and all(map(_is_field, fields)):
            return {name: _json_from_term(value) for name, value in fields}
        case tuple():
            return tuple(map(_json_from_term, term))
        case list():
            return [_json_from_term(item) for item in term]
    return term


def _is_field(field: Any) -> bool:
    return _is_pair(field) and isinstance(field[0], str)


def _is_pair(field: Any) -> bool:
    return isinstance(field, tuple) and len(field) == 2 and not isinstance(field, ImproperList)


def encode_term(term: Any) -> bytes:
    """What `term_to_binary/1` writes after the version byte; `TypeError` for what is no term."""
    encode_kind = _ENCODERS.get(type(term))
    if encode_kind is None:
        raise TypeError(f"no term: {term!r:.80}")
    return encode_kind(term)


def _encode_text(term: str) -> bytes:
    text = term.encode("utf-8", "surrogateescape")
    return pack(">cI", b"m", len(text)) + text


def _encode_atom(term: bool | None) -> bytes:
    name = json.dumps(term).encode()
    return pack(">cH", b"d", len(name)) + name


def _encode_integer(term: int) -> bytes:
    if 0 <= term < 2**8:
        return pack(">cB", b"a", term)
    if -(2**31) <= term < 2**31:
        return pack(">ci", b"b", term)
    size = (abs(term).bit_length() + 7) // 8
    head = pack(">cB?", b"n", size, term < 0) if size < 2**8 else pack(">cI?", b"o", size, term < 0)
    return head + abs(term).to_bytes(size, "little")


def _encode_tuple(term: tuple[Any, ...]) -> bytes:
    return pack(">cB", b"h", len(term)) + b"".join(map(encode_term, term))


def _encode_list(items: list[Any], end: bytes = b"j") -> bytes:
    if not items:
        return end
    # Erlang cannot tell a list of small integers from a string
    if end == b"j" and len(items) < 2**16 and {*map(type, items)} == {int} and all(map(_BYTES.__contains__, items)):
        return pack(">cH", b"k", len(items)) + bytes(items)
    return pack(">cI", b"l", len(items)) + b"".join(map(encode_term, items)) + end


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    str: _encode_text,
    int: _encode_integer,
    list: _encode_list,
    dict: lambda term: _encode_tuple((list(term.items()),)),
    bool: _encode_atom,
    type(None): _encode_atom,
    float: lambda term: pack(">cd", b"F", term),
    tuple: _encode_tuple,
    ImproperList: lambda term: _encode_list(term[0], encode_term(term[1])),
}


def decode_term(stream: BytesIO, depth: int = MAX_DEPTH) -> Any:
    """The next term of a stream; `ValueError` where there is none, or one that no JSON value becomes."""
    tag = stream.read(1)
    if not depth or tag not in _HEADS:
        raise ValueError(f"too deep, or a term of kind {tag!r}")
    match tag, *unpack(_HEADS[tag], _read_exactly(stream, calcsize(_HEADS[tag]))):
        case b"a" | b"b" | b"F", number if math.isfinite(number):
            return number
        case b"n" | b"o", size, is_negative:
            return int.from_bytes(_read_exactly(stream, size), "little") * (-1 if is_negative else 1)
        case b"d" | b"w" | b"m", size:
            text = _read_exactly(stream, size).decode("utf-8", "surrogateescape")
            return text if tag == b"m" else _ATOMS.get(text, text)
        case b"k", size:
            return list(_read_exactly(stream, size))
        case b"h", size:
            return tuple(decode_term(stream, depth - 1) for _ in range(size))
        case b"l", size:
            items = [decode_term(stream, depth - 1) for _ in range(size)]
            return _join_list(items, decode_term(stream, depth - 1))
        case (b"j",):
            return []
    raise ValueError("a float that is no number")


def _join_list(items: list[Any], end: Any) -> Any:
    if isinstance(end, ImproperList):
        return ImproperList((items + end[0], end[1]))
    if isinstance(end, list):
        return items + end
    return ImproperList((items, end)) if items else end


def _read_exactly(stream: BytesIO, size: int) -> bytes:
    if len(taken := stream.read(size)) < size:
        raise ValueError("cut short")
    return taken
