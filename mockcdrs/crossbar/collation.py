"""CouchDB's order of view keys: null, false, true, numbers, text, arrays, objects.

Texts are in the order of ICU's root collation, see `root_collation`. Keys may be equal that are not the same, such as
`é` and `e` with U+0301; whoever sorts rows by them lets the bytes of the ids decide, as `couch_ejson_compare.erl` does.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mockcdrs.crossbar.root_collation import text_key

Key = tuple[Any, ...]

LOWEST: Key = (-1,)
HIGHEST: Key = (9,)


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
