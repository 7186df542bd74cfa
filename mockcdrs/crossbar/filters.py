"""Filters in the query string (`crossbar_filter.erl`). They look at the document, not at the listing row."""

from collections.abc import Callable
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING, Document, integer_at, text_at, value_at
from mockcdrs.crossbar.context import Query
from mockcdrs.crossbar.jiffy import LAZEDO, JsonError

DocumentTest = Callable[[Document | None], bool]
MakeTest = Callable[[str, Any], DocumentTest]

TIME_FILTERS = ("created_from", "created_to", "modified_from", "modified_to")
_FILTER_PREFIXES = ("filter_", "has_key", "key_missing", "has_value", "value_missing")
_MONTH_PREFIX_LENGTH = 7


def is_filter(name: str) -> bool:
    """Whether a parameter makes Crossbar look at documents at all."""
    return name in TIME_FILTERS or name.startswith(_FILTER_PREFIXES)


def effective_filters(query: Query, has_quirk: Callable[[str], bool]) -> Query:
    """The query as the server reads it: without the quirk `missing-value-ignored` it knows `missing_value` too."""
    if has_quirk("missing-value-ignored"):
        return query
    return tuple(("value_missing" if name == "missing_value" else name, value) for name, value in query)


def strip_month_prefix(query: Query) -> Query:
    """Call id filters without the `YYYYMM-` that a CDR id has before its call id."""
    return tuple((name, _call_id(value) if name.endswith("call_id") else value) for name, value in query)


def _call_id(value: Any) -> Any:
    # the server looks at bytes, and takes any six before a hyphen for a month
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else b""
    is_cdr_id = data[_MONTH_PREFIX_LENGTH - 1 : _MONTH_PREFIX_LENGTH] == b"-"
    return data[_MONTH_PREFIX_LENGTH:].decode("utf-8", "surrogateescape") if is_cdr_id else value


def compile_listing_filters(query: Query, has_quirk: Callable[[str], bool]) -> DocumentTest | None:
    """A test of documents for a listing, `None` where all pass.

    Where all filters are about times, a listing leaves them to its range.
    """
    query = tuple((name, value) for name, value in effective_filters(query, has_quirk) if is_filter(name))
    if all(name in TIME_FILTERS for name, _ in query):
        if has_quirk("modified-alone-ignored"):
            return None
        query = tuple((name, value) for name, value in query if not name.startswith("created_"))
    return compile_filters(query) if query else None


def matches(document: Document | None, query: Query) -> bool:
    """Whether a document satisfies every filter; a filter that breaks on it counts as not satisfied."""
    return compile_filters(query)(document)


def compile_filters(query: Query) -> DocumentTest:
    """A test for many documents, as `matches` for one: what only the query decides is worked out once."""
    tests = [test for name, value in query if (test := _make_test(name, value)) is not None]
    hold: DocumentTest = tests[0] if len(tests) == 1 else lambda document: all(test(document) for test in tests)
    return _false_if_broken(hold) if any("." in text for pair in query for text in map(str, pair)) else hold


def _false_if_broken(test: DocumentTest) -> DocumentTest:
    """A test that does not hold where it breaks: on a key that leads through a text it does, negated or not."""

    def unbroken(document: Document | None) -> bool:
        try:
            return test(document)
        except erlang.BadArgument:
            return False

    return unbroken


def _make_test(name: str, value: Any) -> DocumentTest | None:
    prefix = next((prefix for prefix in _PREFIXED if name.startswith(prefix)), "")
    make = _PREFIXED[prefix] if prefix else _NAMED.get(name)
    try:
        return make and make(name.removeprefix(prefix), value)
    except erlang.BadArgument:
        return lambda _document: False


def _path(key: Any) -> tuple[str, ...]:
    if not isinstance(key, str):
        raise erlang.BadArgument(f"no key: {key!r:.80}")
    return tuple(key.split("."))


def _equals(key: str, wanted: Any) -> DocumentTest:
    path, text = _path(key), erlang.to_text(wanted)
    choice = _parse_choice(text)
    if isinstance(choice, list):
        return lambda document: (value := text_at(document, path)) == text or value in choice
    texts = {text, choice} if isinstance(choice, str) else {text}
    return lambda document: text_at(document, path) in texts


def _parse_choice(text: str) -> Any:
    """The list or the text in a filter's value, read as JSON; `None` for all else, which nothing equals."""
    if not text.lstrip().startswith(("[", '"')):
        return None
    try:
        return LAZEDO.decode(text.encode("utf-8", "surrogateescape"))  # other forks hardly differ
    except JsonError:
        return None


def _differs(key: str, wanted: Any) -> DocumentTest:
    return _negate(_equals(key, wanted))


def _negate(test: DocumentTest) -> DocumentTest:
    return lambda document: not test(document)


def _has_key(_name: str, key: Any) -> DocumentTest:
    path = _path(key)
    return lambda document: value_at(document, path) is not MISSING


def _lacks_key(name: str, key: Any) -> DocumentTest:
    return _negate(_has_key(name, key))


def _has_value(_name: str, key: Any) -> DocumentTest:
    path = _path(key)
    return lambda document: (value := value_at(document, path)) is not MISSING and not erlang.is_empty(value)


def _lacks_value(name: str, key: Any) -> DocumentTest:
    return _negate(_has_value(name, key))


def _not_before(name: str, wanted: Any) -> DocumentTest:
    path, limit = _private_path(name), erlang.to_integer(wanted)
    # Erlang sorts the missing value, an atom, behind every number
    return lambda document: (moment := integer_at(document, path)) is None or limit <= moment


def _not_after(name: str, wanted: Any) -> DocumentTest:
    path, limit = _private_path(name), erlang.to_integer(wanted)
    return lambda document: (moment := integer_at(document, path)) is not None and moment <= limit


def _private_path(name: str) -> tuple[str, ...]:
    return (f"pvt_{name.partition('_')[0]}",)


# the longer prefix first: filter_not_x is no filter on not_x
_PREFIXED: dict[str, MakeTest] = {"filter_not_": _differs, "filter_": _equals}

_NAMED: dict[str, MakeTest] = {
    "has_key": _has_key,
    "key_missing": _lacks_key,
    "has_value": _has_value,
    "value_missing": _lacks_value,
    "created_from": _not_before,
    "created_to": _not_after,
    "modified_from": _not_before,
    "modified_to": _not_after,
}
