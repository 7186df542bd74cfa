"""Start keys: a view key as an Erlang term, as URL-safe base64 without padding (`api_util.erl`, `kz_base64url.erl`).

A JSON object is Erlang's `{[{Name, Value}]}`; the empty one that ends a range is `{[]}`. Other tuples are terms, but no
JSON: they come through as they are, and no query can be made with them.
"""

import base64
from io import BytesIO
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.crossbar import erlang_terms

_USUAL_LETTERS = bytes.maketrans(b"-_", b"+/")
_BLANKS = b"\t\n\r "
_PADDING = {2: b"==", 3: b"="}


class NoStartKey(ValueError):
    """Text that is no encoded view key."""


class BadTerm(ValueError):
    """A term that Kazoo dies of where it looks into it."""


def encode(value: Any) -> str:
    """The text for a view key; `TypeError` for what is no JSON value."""
    return base64.urlsafe_b64encode(erlang_terms.VERSION + erlang_terms.write(_term(value))).rstrip(b"=").decode()


def decode(text: str) -> Any:
    """The term in a text; `NoStartKey` where there is none. What follows the term does not matter, as in Erlang."""
    try:
        stream = BytesIO(_bytes(text.encode("utf-8", "surrogateescape")))
        if stream.read(1) != erlang_terms.VERSION:
            raise NoStartKey("no term")
        return _value(erlang_terms.read(stream))
    except ValueError as error:
        raise NoStartKey(str(error)) from error


def _bytes(text: bytes) -> bytes:
    """`base64:decode/1` reads both alphabets and skips blanks, which count where padding is added all the same."""
    letters = (text + _PADDING.get(len(text) % 4, b"")).translate(_USUAL_LETTERS, _BLANKS)
    if len(letters) % 4 or letters.endswith(b"==="):
        raise NoStartKey("no base64")
    return base64.b64decode(letters, validate=True)


def _term(value: Any) -> Any:
    if isinstance(value, dict):
        return ([(name, _term(item)) for name, item in value.items()],)
    return [_term(item) for item in value] if isinstance(value, list) else value


def is_json(value: Any) -> bool:
    """Whether a view key is one that CouchDB can be asked for."""
    if isinstance(value, dict):
        return all(map(is_json, value.values()))
    return all(map(is_json, value)) if isinstance(value, list) else not isinstance(value, tuple)


def looked_into(value: Any) -> Any:
    """A view key as it comes out of `kz_json:check_value_term/1`; `BadTerm` for one that it dies of.

    Texts are UTF-8 where they can be, and of a term that is nearly an object only the fields are left.
    """
    if isinstance(value, erlang_terms.ImproperList):
        raise BadTerm("an improper list")
    if isinstance(value, tuple) and len(value) == 1:
        if type(value[0]) is not list:
            raise BadTerm("an object of no list")
        fields = [(field[0], looked_into(field[1])) for field in value[0] if _is_pair(field)]
        return _value((fields,))
    if isinstance(value, dict):
        return {name: looked_into(item) for name, item in value.items()}
    return [looked_into(item) for item in value] if isinstance(value, list) else erlang.utf8(value)


def _value(term: Any) -> Any:
    match term:
        case erlang_terms.ImproperList():
            return erlang_terms.ImproperList(map(_value, term))
        case (list(fields),) if isinstance(term, tuple) and all(map(_is_field, fields)):
            return {name: _value(value) for name, value in fields}
        case tuple():
            return tuple(map(_value, term))
        case list():
            return [_value(item) for item in term]
    return term


def _is_field(field: Any) -> bool:
    return _is_pair(field) and isinstance(field[0], str)


def _is_pair(field: Any) -> bool:
    return isinstance(field, tuple) and len(field) == 2 and not isinstance(field, erlang_terms.ImproperList)
