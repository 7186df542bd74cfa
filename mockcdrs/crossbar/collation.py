"""CouchDB's order of view keys: null, false, true, numbers, text, arrays, objects; text in ICU's root collation.

Covered: all of ASCII, which is what call ids, interaction keys and owner ids hold, and that a letter with an accent
comes behind the bare one. Not covered: ICU's order among accents, its order of letters such as ß and æ and of
punctuation beyond ASCII, and other scripts; all these follow ASCII in order of code points.
"""

import unicodedata
from typing import Any

_PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_WHITESPACE = "\t\n\x0b\x0c\r "
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDER = _WHITESPACE + _PUNCTUATION + "0123456789" + _LETTERS

_PRIMARY: dict[int, str | None] = dict.fromkeys(range(128))
_PRIMARY |= {ord(char): chr(weight) for weight, char in enumerate(_ORDER, 1)}
_PRIMARY |= {ord(char.upper()): chr(weight) for weight, char in enumerate(_ORDER, 1) if char in _LETTERS}
_CASE = {code: ("1" if chr(code).isupper() else "0") for code in range(128)}

Key = tuple[Any, ...]

LOWEST: Key = (-1,)
HIGHEST: Key = (9,)


def text_key(text: str) -> tuple[str, str, str]:
    """Sort key of a text: letters first, then accents, then small before capital."""
    if text.isascii():
        return text.translate(_PRIMARY), "", text.translate(_CASE)
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    accents = "".join(char for char in decomposed if unicodedata.combining(char))
    case = "".join("1" if char.isupper() else "0" for char in bare)
    return bare.lower().translate(_PRIMARY), accents, case


def key(value: Any) -> Key:
    """Sort key of any JSON value."""
    match value:
        case None:
            return (0,)
        case bool():
            return (2 if value else 1,)
        case int() | float():
            return (3, value)
        case str():
            return (4, text_key(value))
        case list() | tuple():
            return (5, tuple(map(key, value)))
        case dict():
            return (6, tuple((text_key(name), key(item)) for name, item in value.items()))
    raise TypeError(f"no JSON value: {value!r:.80}")
