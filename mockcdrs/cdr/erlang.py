"""Numbers, text and JSON as Erlang and Kazoo's libraries write and read them, and so Crossbar's answers.

Sources: `kz_term.erl`, `kz_mochinum.erl`; jiffy's `encoder.c` for JSON. Erlang raises `badarg` where a value cannot be
converted: `BadArgument` here. A list of character codes is a string to Erlang, so it counts as its text wherever a
value is converted.
"""

import functools
import json
import math
import re
import sys
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[+-]?[0-9]+\.[0-9]+([eE][+-]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 4000
_EMPTY_TEXTS = frozenset({"", "0", "NULL", "undefined"})
_PRINTABLE = bytes([*range(8, 14), 27, *range(32, 127), *range(160, 256)])  # `io_lib:printable_unicode_list/1`


_LEAST_DECIMAL, _GREATEST_DECIMAL = -6, 20
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES = str.maketrans({**{chr(code): f"\\u{code:04X}" for code in range(0x20)}, **_SHORT_ESCAPES})


class BadArgument(ValueError):
    """A value that Erlang refuses to turn into the wanted type."""


def is_identical(a: Any, b: Any) -> bool:
    """`a =:= b`: unlike `==`, 1, 1.0 and `true` differ, and the order of an object's names counts."""
    return a == b and (isinstance(a, str) or repr(a) == repr(b))


def _text_of_codes(value: Any) -> Any:
    """The text of a list of character codes; any other value as it is."""
    is_string = isinstance(value, list) and all(type(code) is int and 0 <= code <= sys.maxunicode for code in value)
    return "".join(map(chr, value)) if is_string else value


def to_number(value: Any) -> int | float:
    """`kz_term:to_number/1`: text is an integer, or a float with digits on both sides of its point."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, list):
        value = _text_of_codes(value)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        if value.isascii() and value.isdecimal():  # nearly every number that a client sends
            return int(value)
        if _INTEGER.fullmatch(value):
            return int(value)
        if _FLOAT.fullmatch(value) and math.isfinite(number := float(value)):
            return number
    raise BadArgument(f"not a number: {value!r:.80}")


def to_integer(value: Any) -> int:
    """`kz_term:to_integer/1`: as `to_number`, a float rounded half away from zero."""
    number = to_number(value)
    return number if type(number) is int else round_half_away(number)


def round_half_away(number: float) -> int:
    """Erlang's `round/1`."""
    whole = math.trunc(number)
    return whole + (number > 0) - (number < 0) if abs(number - whole) >= 0.5 else whole


def to_text(value: Any) -> str:
    """`kz_term:to_binary/1`: `true`, `null`, "12", "1.0"; a list is the text of its parts, an object its JSON.

    In a list, a number is a byte.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return str(value)
        case float():
            return float_text(value)
        case list():
            return _iolist_bytes(value).decode("utf-8", "surrogateescape")
        case dict():
            return _json_text(value)
    raise BadArgument(f"has no text: {value!r:.80}")


def utf8(value: Any) -> Any:
    """`kz_json:utf8_binary/1`: a text that is no UTF-8 is taken for Latin-1, but only if all of it can be printed.

    Bytes that are no UTF-8 are lone surrogates in a text, as the error handler `surrogateescape` makes them.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return value if data.translate(None, _PRINTABLE) else data.decode("latin-1")


def utf8_deep(value: Any) -> Any:
    """`kz_json:check_value_term/1`: as `utf8`, in lists and objects too, whose names stay as they are."""
    if isinstance(value, dict):
        return {name: utf8_deep(item) for name, item in value.items()}
    return [utf8_deep(item) for item in value] if isinstance(value, list) else utf8(value)


def _json_text(value: dict[str, Any]) -> str:
    text = compact_json(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadArgument("holds text that is no UTF-8") from None
    return text


def _iolist_bytes(part: Any) -> bytes:
    if isinstance(part, str):
        return part.encode("utf-8", "surrogateescape")
    if isinstance(part, list):
        return b"".join(map(_iolist_bytes, part))
    if type(part) is int and 0 <= part < 256:
        return bytes([part])
    raise BadArgument(f"no part of an iolist: {part!r:.80}")


@functools.lru_cache(maxsize=1024)
def float_text(number: float) -> str:
    """`kz_mochinum:digits/1`: the shortest digits, always with a point; "1.0", "0.0333", "1.0e+20".

    Where two of them are equally near to the number, Erlang takes the greater, Python the one whose last digit is even.
    """
    if number == 0:
        return "0.0"
    mantissa, exponent = f"{number!r}".lstrip("-"), 0
    if "e" in mantissa:
        mantissa, _, power = mantissa.partition("e")
        exponent = int(power)
    whole, _, fraction = mantissa.partition(".")
    place = len(whole) + exponent
    digits = (whole + fraction).rstrip("0")
    return ("-" if number < 0 else "") + _insert_point(
        place, _round_up_if_halfway(abs(number), digits, len(digits) - place)
    )


def _round_up_if_halfway(number: float, digits: str, decimals: int) -> str:
    """The digits, or those next above them where the number lies halfway: its own have one decimal more, a 5."""
    numerator, denominator = number.as_integer_ratio()
    is_halfway = decimals >= 0 and denominator == 2 ** (decimals + 1)
    if not is_halfway or numerator * 10**decimals < int(digits) * denominator:
        return digits
    return digits[:-1] + str(int(digits[-1]) + 1)


def _insert_point(place: int, digits: str) -> str:
    zeros = place - len(digits)
    if -6 < place <= 0:
        return "0." + "0" * -place + digits
    if place > 0 and zeros < 0:
        return f"{digits[:place]}.{digits[place:]}"
    if place > 0 and zeros < 6:
        return digits + "0" * zeros + ".0"
    sign = "-" if place < 0 else "+"
    return f"{digits[0]}.{digits[1:] or '0'}e{sign}{abs(place - 1)}"


def is_true(value: Any) -> bool:
    """`kz_term:is_true/1`: only `true` itself, as JSON or as text."""
    return value is True or value == "true" or (isinstance(value, list) and _text_of_codes(value) == "true")


def is_false(value: Any) -> bool:
    """`kz_term:is_false/1`: only `false` itself, as JSON or as text."""
    return value is False or value == "false" or (isinstance(value, list) and _text_of_codes(value) == "false")


def is_empty(value: Any) -> bool:
    """`kz_term:is_empty/1`: also 0, "0", "NULL" and "undefined" count as nothing."""
    if isinstance(value, list):
        value = _text_of_codes(value)
    if isinstance(value, str):
        return value in _EMPTY_TEXTS
    return value is None or (value is not False and value in (0, {}))


def compact_json(value: Any) -> str:
    """Compact JSON as text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{scalar_json(key)}:{compact_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact_json, value)) + "]"
    return scalar_json(value)


def scalar_json(value: Any) -> str:
    """The JSON of a text, a number, true, false or null; a float that is no number is null."""
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    return _float_json(value) if isinstance(value, float) else json.dumps(value)


def _float_json(value: float) -> str:
    """The shortest digits, with an exponent only where the point would be far away."""
    if not math.isfinite(value):
        return "null"
    from decimal import Decimal

    exact = Decimal(repr(value or 0.0))
    if not _LEAST_DECIMAL <= exact.adjusted() <= _GREATEST_DECIMAL:
        return f"{exact:e}"
    digits = f"{exact:f}"
    return digits if "." in digits else f"{digits}.0"
