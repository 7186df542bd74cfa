"""Filters in the query string (`crossbar_filter.erl`). They look at the document, not at the listing row."""

import json
from collections.abc import Callable
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING, Document, integer_at, text_at, value_at
from mockcdrs.crossbar.request import Query

Test = Callable[[Any, str, Any], bool]

TIME_FILTERS = ("created_from", "created_to", "modified_from", "modified_to")
_FILTER_PREFIXES = ("filter_", "has_key", "key_missing", "has_value", "value_missing")
_MONTH_PREFIX_LENGTH = 7


def is_filter(name: str) -> bool:
    """Whether a parameter makes Crossbar look at documents at all."""
    return name in TIME_FILTERS or name.startswith(_FILTER_PREFIXES)


def is_defined(query: Query) -> bool:
    """Whether any parameter is a filter."""
    return any(is_filter(name) for name, _ in query)


def is_only_time(query: Query) -> bool:
    """Whether all filters are about times, so that a listing leaves them to its range."""
    return all(name in TIME_FILTERS for name, _ in query if is_filter(name))


def heeded(query: Query, shows: Callable[[str], bool]) -> Query:
    """The query with the docs' name for a filter that the server knows under another, if that is fixed."""
    if shows("missing-value-ignored"):
        return query
    return tuple(("value_missing" if name == "missing_value" else name, value) for name, value in query)


def without_month(query: Query) -> Query:
    """Call id filters without the `YYYYMM-` that a CDR id has before its call id."""
    return tuple((name, _call_id(value) if name.endswith("call_id") else value) for name, value in query)


def _call_id(value: Any) -> Any:
    # the server looks at bytes, and takes any six before a hyphen for a month
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else b""
    is_cdr_id = data[_MONTH_PREFIX_LENGTH - 1 : _MONTH_PREFIX_LENGTH] == b"-"
    return data[_MONTH_PREFIX_LENGTH:].decode("utf-8", "surrogateescape") if is_cdr_id else value


def passes(document: Document | None, query: Query) -> bool:
    """Whether a document satisfies every filter; a filter that breaks on it counts as not satisfied."""
    return all(_holds(document, name, value) for name, value in query)


def _holds(document: Document | None, name: str, value: Any) -> bool:
    for prefix, test in _PREFIXED.items():
        if name.startswith(prefix):
            return _safely(test, document, name.removeprefix(prefix), value)
    test_for = _NAMED.get(name)
    return test_for is None or _safely(test_for, document, name, value)


def _safely(test: Test, document: Document | None, name: str, value: Any) -> bool:
    try:
        return test(document, name, value)
    except erlang.BadArgument:
        return False


def _path(key: Any) -> tuple[str, ...]:
    if not isinstance(key, str):
        raise erlang.BadArgument(f"no key: {key!r:.80}")
    return tuple(key.split("."))


def _equals(document: Any, key: str, wanted: Any) -> bool:
    held = text_at(document, _path(key), "")
    text = erlang.to_text(wanted)
    if held == text:
        return True
    try:
        choice = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return held in choice if isinstance(choice, list) else type(choice) is str and held == choice


def _differs(document: Any, key: str, wanted: Any) -> bool:
    return not _equals(document, key, wanted)


def _has_key(document: Any, _name: str, key: Any) -> bool:
    return value_at(document, _path(key)) is not MISSING


def _lacks_key(document: Any, name: str, key: Any) -> bool:
    return not _has_key(document, name, key)


def _has_value(document: Any, _name: str, key: Any) -> bool:
    value = value_at(document, _path(key))
    return value is not MISSING and not erlang.is_empty(value)


def _lacks_value(document: Any, name: str, key: Any) -> bool:
    return not _has_value(document, name, key)


def _not_before(document: Any, name: str, wanted: Any) -> bool:
    moment, limit = _private_time(document, name), erlang.to_integer(wanted)
    # Erlang sorts the missing value, an atom, behind every number
    return moment is None or limit <= moment


def _not_after(document: Any, name: str, wanted: Any) -> bool:
    moment, limit = _private_time(document, name), erlang.to_integer(wanted)
    return moment is not None and moment <= limit


def _private_time(document: Any, name: str) -> int | None:
    moment: int | None = integer_at(document, (f"pvt_{name.partition('_')[0]}",), None)
    return moment


# the longer prefix first: filter_not_x is no filter on not_x
_PREFIXED: dict[str, Test] = {"filter_not_": _differs, "filter_": _equals}

_NAMED: dict[str, Test] = {
    "has_key": _has_key,
    "key_missing": _lacks_key,
    "has_value": _has_value,
    "value_missing": _lacks_value,
    "created_from": _not_before,
    "created_to": _not_after,
    "modified_from": _not_before,
    "modified_to": _not_after,
}
