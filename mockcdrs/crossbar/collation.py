"""CouchDB's order of view keys: null, false, true, numbers, text, arrays, objects; text in ICU's root collation.

Covered: all of ASCII, which is what call ids, interaction keys and owner ids hold, and that a letter with an accent
comes behind the bare one. Not covered: ICU's order among accents, its order of letters such as ß and æ and of
punctuation beyond ASCII, and other scripts; all these follow ASCII in order of code points.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

_PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_WHITESPACE = "\t\n\x0b\x0c\r "
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDER = _WHITESPACE + _PUNCTUATION + "0123456789" + _LETTERS

_UNHEEDED = bytes(set(range(128)) - set((_ORDER + _LETTERS.upper()).encode()))
_PRIMARY = bytes.maketrans(
    (_ORDER + _LETTERS.upper()).encode(),
    bytes(1 + _ORDER.index(char) for char in _ORDER + _LETTERS),
)
_CASE = bytes(ord("1" if chr(code).isupper() else "0") for code in range(128)) + bytes(range(128, 256))

Key = tuple[Any, ...]

LOWEST: Key = (-1,)
HIGHEST: Key = (9,)


def text_key(text: str) -> tuple[bytes, bytes, bytes]:
    """Sort key of a text: letters first, then accents, then small before capital."""
    if text.isascii():
        plain = text.encode()
        return plain.translate(_PRIMARY, _UNHEEDED), b"", plain.translate(_CASE)
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    accents = "".join(char for char in decomposed if unicodedata.combining(char))
    case = "".join("1" if char.isupper() else "0" for char in bare)
    return _in_code_points(bare.lower()).translate(_PRIMARY, _UNHEEDED), _in_code_points(accents), case.encode()


def _in_code_points(text: str) -> bytes:
    """UTF-8, whose order is that of code points; lone surrogates too."""
    return text.encode("utf-8", "surrogatepass")


def _array_key(items: Sequence[Any]) -> Key:
    return (5, tuple([key(item) for item in items]))


_KEYS: dict[type, Callable[[Any], Key]] = {
    type(None): lambda _: (0,),
    bool: lambda value: (2 if value else 1,),
    int: lambda value: (3, value),
    float: lambda value: (3, value),
    str: lambda value: (4, text_key(value)),
    list: _array_key,
    tuple: _array_key,
    dict: lambda value: (6, tuple((text_key(name), key(item)) for name, item in value.items())),
}


def key(value: Any) -> Key:
    """Sort key of any JSON value; raises `TypeError` for what is none."""
    make = _KEYS.get(type(value))
    if make is None:
        raise TypeError(f"no JSON value: {value!r:.80}")
    return make(value)
