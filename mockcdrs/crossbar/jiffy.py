"""Jiffy, Kazoo's library for JSON, as it reads a body; how it writes one is in `envelope`.

Decoding follows jiffy's `decoder.c`: what it takes, what it refuses, and where it stopped. It takes bytes that are no
UTF-8 as they are, and `1e+` for 1.0, where Python's own would refuse them. What is refused is told to the client, word
and place, where jiffy throws it; see `Jiffy` for what differs between the forks of it.
"""

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

_BLANKS = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
# as far as a number goes, whole or not
_EXPONENT = rb"[eE](?:[-+0-9][0-9]*)?"
_NUMBER = re.compile(rb"-?(?:(?:0|[1-9][0-9]*)(?:\.(?:[0-9]+(?:%b)?)?|%b)?)?" % (_EXPONENT, _EXPONENT))
_CUT_OFF = re.compile(rb"-|.*[.eE]")
_LITERALS: dict[bytes, tuple[bytes, Any]] = {b"n": (b"null", None), b"t": (b"true", True), b"f": (b"false", False)}
_ESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b'"': b'"', b"\\": b"\\", b"/": b"/"}
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{4}")
_HEXADECIMAL_OR_MORE = re.compile(rb"[0-9A-Fa-f\x80-\xff]{4}")
_DIGITS_OF_NO_ASCII = bytes(code if code < 0x80 else ord("0") for code in range(0x100))
_LAST_CHARACTER = 0x10FFFF
_MAX_DEPTH = 400  # jiffy's depth has no bound, Python's has
# bytes of a number that C reads; a longer one is Erlang's to read, which takes no empty exponent
_MAX_COPIED_BYTES = 31

_VALUE, _KEY, _COLON, _COMMA, _DONE = range(5)


class JsonError(ValueError):
    """Bytes that are refused, in the words for the client: jiffy's reason, and the byte it stopped at, 1 for the first.

    These are `decoder_exit around 0` for whatever is raised and not thrown (`kz_json:unsafe_decode/2`): by Erlang, of
    a number that it cannot hold, and by a fork of jiffy of everything.
    """

    def __init__(self, reason: str = "decoder_exit", around: int = 0) -> None:
        super().__init__(f"{reason} around {around}")


class Pairs(list[tuple[str, Any]]):
    """An outermost object as its names and values, in which a name may come twice."""


class Jiffy(NamedTuple):
    """How a fork of jiffy decodes. `name` is where it is developed.

    `throws`: whether it throws what Kazoo waits for where it refuses a text.
    `takes_any_digit`: whether bytes behind ASCII are hexadecimal zeros in an escape, as its table of digits is cut off.
    `takes_last_character`: whether an escaped U+10FFFF is a character.
    """

    name: str
    throws: bool
    takes_any_digit: bool
    takes_last_character: bool

    def decode(self, data: bytes) -> Any:
        """The value in `data`: of an object within, the first value of each name; raises `JsonError`.

        Bytes that are no UTF-8 become lone surrogates, as the error handler `surrogateescape` makes them.
        """
        return _Decoder(self, data).value()


LAZEDO = Jiffy("lazedo/jiffy", throws=True, takes_any_digit=True, takes_last_character=False)
"""lazedo/jiffy, branch `utf8`."""
KAZOO = Jiffy("2600hz/erlang-jiffy", throws=False, takes_any_digit=False, takes_last_character=True)
"""2600hz/erlang-jiffy, branch `2600hz`."""


class _Decoder:
    """One text on its way: `_at` is the byte to be looked at next."""

    def __init__(self, jiffy: Jiffy, data: bytes) -> None:
        self._jiffy, self._data = jiffy, data
        self._at, self._state = 0, _VALUE
        self._open: list[Pairs | list[Any]] = []
        self._names: list[str] = []
        self._value: Any = None
        self._is_beyond_erlang = False

    def value(self) -> Any:
        steps = {_VALUE: self._read_value, _KEY: self._read_key, _COLON: self._read_colon, _COMMA: self._read_comma}
        while self._skip_blanks():
            if self._state == _DONE:
                raise self._refused("invalid_trailing_data")
            steps[self._state](self._data[self._at : self._at + 1])
        if self._state != _DONE:
            raise self._refused("truncated_json")
        if self._is_beyond_erlang:
            raise JsonError
        return self._value

    def _skip_blanks(self) -> bool:
        """Whether anything follows."""
        self._at = _match_end(_BLANKS, self._data, self._at)
        return self._at < len(self._data)

    def _refused(self, reason: str = "invalid_json") -> JsonError:
        return JsonError(reason, self._at + 1) if self._jiffy.throws else JsonError()

    def _read_value(self, byte: bytes) -> None:
        if byte == b'"':
            self._found(self._string())
        elif byte in b"-0123456789":
            self._found(self._number())
        elif byte in _LITERALS:
            self._found(self._literal(*_LITERALS[byte]))
        elif byte == b"{":
            self._enter(Pairs(), _KEY)
        elif byte == b"[":
            self._enter([], _VALUE)
        elif byte == b"]" and self._open and self._open[-1] == [] and not isinstance(self._open[-1], Pairs):
            self._leave()
        else:
            raise self._refused()

    def _read_key(self, byte: bytes) -> None:
        if byte == b'"':
            self._names.append(self._string())
            self._state = _COLON
        elif byte == b"}" and not self._open[-1]:
            self._leave()
        else:
            raise self._refused()

    def _read_colon(self, byte: bytes) -> None:
        if byte != b":":
            raise self._refused()
        self._at, self._state = self._at + 1, _VALUE

    def _read_comma(self, byte: bytes) -> None:
        is_object = isinstance(self._open[-1], Pairs)
        if byte == b",":
            self._at, self._state = self._at + 1, _KEY if is_object else _VALUE
        elif byte == (b"}" if is_object else b"]"):
            self._leave()
        else:
            raise self._refused()

    def _enter(self, container: Pairs | list[Any], state: int) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise JsonError
        self._open.append(container)
        self._at, self._state = self._at + 1, state

    def _leave(self) -> None:
        container = self._open.pop()
        self._at += 1
        is_inner_object = self._open and isinstance(container, Pairs)
        self._found(first_values(container) if is_inner_object else container)

    def _found(self, value: Any) -> None:
        if not self._open:
            self._value, self._state = value, _DONE
            return
        outer = self._open[-1]
        outer.append((self._names.pop(), value) if isinstance(outer, Pairs) else value)
        self._state = _COMMA

    def _literal(self, text: bytes, value: Any) -> Any:
        if not self._data.startswith(text, self._at):
            raise self._refused("invalid_literal")
        self._at += len(text)
        return value

    def _number(self) -> int | float:
        start, self._at = self._at, _match_end(_NUMBER, self._data, self._at)
        text = self._data[start : self._at]
        if _CUT_OFF.fullmatch(text):
            raise self._refused("invalid_number")
        if text.endswith((b"+", b"-")) and len(text) <= _MAX_COPIED_BYTES:
            text += b"0"
        try:
            number = int(text) if text.lstrip(b"-").isdigit() else float(text)
        except ValueError:
            number = math.inf
        self._is_beyond_erlang |= abs(number) == math.inf  # `isinf` fails on an integer of more digits than a float has
        return number

    def _string(self) -> str:
        pieces, self._at, is_character = [], self._at + 1, True
        while True:
            start, self._at = self._at, _match_end(_PLAIN, self._data, self._at)
            pieces.append(self._data[start : self._at])
            match self._data[self._at : self._at + 1]:
                case b'"':
                    break
                case b"\\" if self._at + 1 < len(self._data):
                    code = self._escape()
                    is_character = is_character and (code != _LAST_CHARACTER or self._jiffy.takes_last_character)
                    pieces.append(chr(code).encode())
                case _:
                    raise self._refused("invalid_string")
        self._at += 1
        if not is_character:
            raise self._refused("invalid_string")
        return b"".join(pieces).decode("utf-8", "surrogateescape")

    def _escape(self) -> int:
        """The character that an escape stands for; what follows it is looked at next."""
        self._at += 1
        letter = self._data[self._at : self._at + 1]
        if letter in _ESCAPED:
            self._at += 1
            return _ESCAPED[letter][0]
        if letter != b"u":
            raise self._refused("invalid_string")
        self._at += 1
        code = self._hexadecimal()
        self._at += 4
        if 0xDC00 <= code < 0xE000:
            raise self._refused("invalid_string")
        return self._pair(code) if 0xD800 <= code < 0xDC00 else code

    def _pair(self, high: int) -> int:
        if self._at + 6 >= len(self._data):
            raise self._refused("invalid_string")
        for expected in (b"\\", b"u"):
            self._at += 1
            if self._data[self._at - 1 : self._at] != expected:
                raise self._refused("invalid_string")
        low = self._hexadecimal()
        if not 0xDC00 <= low < 0xE000:
            raise self._refused("invalid_string")
        self._at += 4
        return 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)

    def _hexadecimal(self) -> int:
        digits = self._data[self._at : self._at + 4]
        pattern = _HEXADECIMAL_OR_MORE if self._jiffy.takes_any_digit else _HEXADECIMAL
        if self._at + 4 >= len(self._data) or not pattern.fullmatch(digits):
            raise self._refused("invalid_string")
        return int(digits.translate(_DIGITS_OF_NO_ASCII), 16)


def _match_end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Where a pattern that fits anywhere ends."""
    match = pattern.match(data, at)
    return match.end() if match else at


def first_values(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names and values as Kazoo finds them: of a name that comes twice, the first value (`kz_json:get_value/3`)."""
    named: dict[str, Any] = {}
    for name, value in pairs:
        named.setdefault(name, value)
    return named
