"""Filters, each against the documents themselves."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from mockcdrs.contract import sample
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Difference, Finding, NotMade, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar import filters

_DOTTED = ("custom_channel_vars.account_billing", "custom_channel_vars.owner_id", "custom_channel_vars.authorizing_id")
_PLAIN = ("hangup_cause", "call_direction", "media_server", "billing_seconds")


def _by_documents(server: Server, query: dict[str, str]) -> list[str]:
    pairs = tuple(query.items())
    return [cdr_id for cdr_id, document in sample.documents(server).items() if filters.matches(document, pairs)]


def _filtered(server: Server, query: dict[str, Any], expected: list[str]) -> Iterator[Difference]:
    answer = server.cdrs("", None, paginate="false", **query, **sample.window(server).query)
    yield from answer.differences(answer.ids, expected, f"ids under {json.dumps(query)}")


def _values(server: Server, key: str) -> list[str]:
    """What the documents hold under a key, as text, the most frequent first."""
    held = Counter(str(_held(document, key)) for document in sample.documents(server).values())
    return [value for value, _ in held.most_common() if value]


def _held(document: Any, key: str) -> Any:
    for step in key.split("."):
        document = document.get(step, "") if isinstance(document, dict) else ""
    return document if isinstance(document, str | int) else ""


def _each(server: Server, keys: tuple[str, ...], query: Callable[[str, str], dict[str, str]]) -> Iterator[Finding]:
    for key in keys:
        values = _values(server, key)
        if values:
            asked = query(key, values[-1])
            yield from _filtered(server, asked, _by_documents(server, asked))
        else:
            yield NotMade(f"no CDR around the last month's end holds {key}")


@check("crossbar_filter.erl")
def filter_equal(server: Server) -> Iterator[Finding]:
    """filter_KEY=V keeps the documents that hold V under KEY, read as text; KEY may be dotted."""
    yield from _each(server, _PLAIN + _DOTTED, lambda key, value: {f"filter_{key}": value})


@check("crossbar_filter.erl")
def filter_not(server: Server) -> Iterator[Finding]:
    """filter_not_KEY=V drops the documents that hold V under KEY; those without KEY stay."""
    yield from _each(server, _PLAIN[:1] + _DOTTED[:2], lambda key, value: {f"filter_not_{key}": value})


@check("crossbar_filter.erl")
def filter_any_of(server: Server) -> Iterator[Finding]:
    """A JSON array as a filter's value means any of its texts."""
    values = _values(server, "hangup_cause")[:2]
    if not values:
        raise CannotCheck("no CDR around the last month's end holds hangup_cause")
    query = {"filter_hangup_cause": json.dumps([*values, "NO_SUCH_CAUSE"])}
    yield from _filtered(server, query, _by_documents(server, query))


@check("crossbar_filter.erl")
def filters_together(server: Server) -> Iterator[Finding]:
    """Of several filters all must hold."""
    first = next(iter(sample.documents(server).values()), {})
    query = {f"filter_{key}": str(first[key]) for key in _PLAIN[:3] if isinstance(first.get(key), str)}
    yield from _filtered(server, query, _by_documents(server, query))


@check("crossbar_filter.erl")
def filters_on_presence(server: Server) -> Iterator[Finding]:
    """has_key, key_missing, has_value and value_missing look whether a document holds a key, or something under it."""
    for name in ("has_key", "key_missing", "has_value", "value_missing"):
        for key in ("custom_channel_vars.owner_id", "channel_loopback_leg"):
            query = {name: key}
            yield from _filtered(server, query, _by_documents(server, query))


@check("cb_cdrs.erl")
def filter_call_id(server: Server) -> Iterator[Finding]:
    """filter_call_id takes a call id, and a CDR id too, whose month it drops."""
    document = next(iter(sample.documents(server).values()), {})
    call_id = document.get("call_id")
    if not call_id or document["id"] != f"{document['id'][:6]}-{call_id}" or call_id[6:7] == "-":
        raise CannotCheck("the newest CDR around the last month's end has no call id, or another one than its id")
    expected = [cdr_id for cdr_id, held in sample.documents(server).items() if held.get("call_id") == call_id]
    for value in (call_id, document["id"]):
        yield from _filtered(server, {"filter_call_id": value}, expected)


@check("crossbar_filter.erl")
def filters_look_at_documents(server: Server) -> Iterator[Finding]:
    """A filter on a row's column finds nothing: filter_direction, where the document says call_direction."""
    query = {"filter_direction": "inbound"}
    yield from _filtered(server, query, _by_documents(server, query))


@check("crossbar_filter.erl")
def unknown_parameters(server: Server) -> Iterator[Finding]:
    """A parameter that the server does not know changes nothing, such as jQuery's _."""
    ids = [row["id"] for row in sample.rows(server)]
    yield from _filtered(server, {"_": "1768910400000", "nosuch_parameter": "1"}, ids)


@check("crossbar_filter.erl", "missing-value-ignored")
def filter_missing_value(server: Server) -> Iterator[Finding]:
    """missing_value, which the docs name, drops documents that hold something under the key."""
    answer = server.cdrs(paginate="false", missing_value="call_id", **sample.window(server).query)
    if answer.ids == [row["id"] for row in sample.rows(server)]:
        yield Shown("missing-value-ignored")
    else:
        yield from answer.differences(answer.ids, _by_documents(server, {"value_missing": "call_id"}), "ids")


@check("crossbar_filter.erl", "modified-alone-ignored")
def filter_modified(server: Server) -> Iterator[Finding]:
    """modified_from drops documents that were last changed before it."""
    ids = [row["id"] for row in sample.rows(server)]
    later = str(sample.now(server) + 10**9)
    answer = server.cdrs(paginate="false", modified_from=later, **sample.window(server).query)
    if answer.ids == ids:
        yield Shown("modified-alone-ignored")
    else:
        yield from answer.differences(answer.ids, [], "ids")
    # beside another filter it holds anyway
    query = {"modified_from": later, "has_key": "call_id"}
    yield from _filtered(server, query, [])
