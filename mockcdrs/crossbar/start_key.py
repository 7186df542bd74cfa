"""Start keys: a view key in Erlang's external term format, as URL-safe base64 without padding (`api_util.erl`).

Only what a JSON value can become is read. Sizes are checked before anything is built, and depth is bounded: the text
comes from a stranger. A JSON object is Erlang's `{[{Key, Value}]}`; the empty one that ends a range is `{[]}`.
"""

import base64
import binascii
import math
import struct
from collections.abc import Callable
from typing import Any

VERSION, DEEPEST = 131, 16
_SMALL, _INTEGER, _FLOAT, _ATOM, _SMALL_TUPLE, _NIL = 97, 98, 70, 100, 104, 106
_STRING, _LIST, _BINARY, _SMALL_BIG, _LARGE_BIG, _SMALL_UTF8_ATOM = 107, 108, 109, 110, 111, 119
_ATOMS = {"true": True, "false": False, "null": None, "undefined": None}
_PAIR = bytes([_SMALL_TUPLE, 2])
_LONGEST_STRING = 65_535


class NoStartKey(ValueError):
    """Text that is no encoded view key."""


def encode(value: Any) -> str:
    """The text for a view key."""
    return base64.urlsafe_b64encode(bytes([VERSION]) + _term(value)).rstrip(b"=").decode()


def decode(text: str) -> Any:
    """The view key in a text; `NoStartKey` where there is none."""
    bare = text.rstrip("=")
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoStartKey(str(error)) from error
    reader = _Reader(data)
    if reader.number(">B") != VERSION:
        raise NoStartKey("no term")
    value = reader.term(DEEPEST)
    if not reader.is_at_end():
        raise NoStartKey("bytes after the term")
    return value


def _term(value: Any) -> bytes:
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"no JSON value: {value!r:.80}")


def _atom(value: bool | None) -> bytes:
    name = {None: b"null", True: b"true", False: b"false"}[value]
    return struct.pack(">BH", _ATOM, len(name)) + name


def _integer(value: int) -> bytes:
    if 0 <= value <= 255:
        return bytes([_SMALL, value])
    if -(2**31) <= value < 2**31:
        return struct.pack(">Bi", _INTEGER, value)
    size = (abs(value).bit_length() + 7) // 8
    head = bytes([_SMALL_BIG, size]) if size < 256 else struct.pack(">BI", _LARGE_BIG, size)
    return head + bytes([value < 0]) + abs(value).to_bytes(size, "little")


def _binary(value: str) -> bytes:
    data = value.encode("utf-8", "surrogateescape")
    return struct.pack(">BI", _BINARY, len(data)) + data


def _list(value: list[Any]) -> bytes:
    if value and len(value) <= _LONGEST_STRING and all(type(item) is int and 0 <= item <= 255 for item in value):
        # Erlang cannot tell a list of small integers from a string
        return struct.pack(">BH", _STRING, len(value)) + bytes(value)
    return _list_of([_term(item) for item in value])


def _list_of(terms: list[bytes]) -> bytes:
    end = bytes([_NIL])
    return struct.pack(">BI", _LIST, len(terms)) + b"".join(terms) + end if terms else end


def _object(value: dict[str, Any]) -> bytes:
    return bytes([_SMALL_TUPLE, 1]) + _list_of([_PAIR + _term(name) + _term(item) for name, item in value.items()])


# a bool is an int to Python: it comes first
_WRITERS: dict[type, Callable[[Any], bytes]] = {
    bool: _atom,
    type(None): _atom,
    int: _integer,
    float: lambda value: struct.pack(">Bd", _FLOAT, value),
    str: _binary,
    list: _list,
    dict: _object,
}


class _Reader:
    """Reads terms from bytes, from front to end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise NoStartKey("cut short")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def finite(self) -> float:
        value: float = self.number(">d")
        if not math.isfinite(value):
            raise NoStartKey("a float that Erlang does not have")
        return value

    def term(self, depth: int) -> Any:
        if not depth:
            raise NoStartKey("too deep")
        tag = self.number(">B")
        if tag not in _READERS:
            raise NoStartKey(f"a term of kind {tag}")
        return _READERS[tag](self, depth)

    def atom(self, size_form: str) -> Any:
        name = self.take(self.number(size_form)).decode("utf-8", "replace")
        return _ATOMS.get(name, name)

    def big(self, size_form: str) -> int:
        size, sign = self.number(size_form), self.number(">B")
        return int.from_bytes(self.take(size), "little") * (-1 if sign else 1)

    def list(self, depth: int) -> list[Any]:
        items = [self.term(depth - 1) for _ in range(self.number(">I"))]
        if self.term(depth - 1) != []:
            raise NoStartKey("an improper list")
        return items

    def object(self, depth: int) -> dict[str, Any]:
        if self.number(">B") != 1:
            raise NoStartKey("a tuple that is no object")
        if self._data[self._at : self._at + 1] == bytes([_NIL]):
            self._at += 1
            return {}
        if self.number(">B") != _LIST:
            raise NoStartKey("a tuple that is no object")
        fields = dict(self._field(depth - 1) for _ in range(self.number(">I")))
        if self.number(">B") != _NIL:
            raise NoStartKey("an improper list")
        return fields

    def _field(self, depth: int) -> tuple[str, Any]:
        head, name, value = self.take(2), self.term(depth), self.term(depth)
        if head != _PAIR or not isinstance(name, str):
            raise NoStartKey("a tuple that is no object")
        return name, value


_READERS: dict[int, Callable[[_Reader, int], Any]] = {
    _SMALL: lambda reader, _: reader.number(">B"),
    _INTEGER: lambda reader, _: reader.number(">i"),
    _FLOAT: lambda reader, _: reader.finite(),
    _NIL: lambda _reader, _: [],
    _STRING: lambda reader, _: list(reader.take(reader.number(">H"))),
    _BINARY: lambda reader, _: reader.take(reader.number(">I")).decode("utf-8", "surrogateescape"),
    _ATOM: lambda reader, _: reader.atom(">H"),
    _SMALL_UTF8_ATOM: lambda reader, _: reader.atom(">B"),
    _SMALL_BIG: lambda reader, _: reader.big(">B"),
    _LARGE_BIG: lambda reader, _: reader.big(">I"),
    _LIST: lambda reader, depth: reader.list(depth),
    _SMALL_TUPLE: lambda reader, depth: reader.object(depth),
}
