"""The summary of calls by direction, domain, classifier and rate name, in seconds (`cdrs.json`, `cb_cdrs.erl`)."""

import re
from collections.abc import Container, Iterable
from functools import cache, partial
from typing import Any

from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import filters
from mockcdrs.crossbar import javascript as js
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.couchdb import QueryError, ViewRow
from mockcdrs.crossbar.paging import ViewQuery, ViewScope, plan_query
from mockcdrs.crossbar.views import TIME_FIRST, Emitted, View, is_cdr

_NO_LIMIT = 2**62

_CARIBBEAN = "684|264|268|242|246|441|284|345|767|809|829|849|473|671|876|664|670|787|939|869|758|784|721|868|649|340"
_CLASSIFIERS: dict[str, re.Pattern[str]] = {
    "tollfree_us": re.compile(r"\+1(?:800|888|877|866|855)\d{7}", re.ASCII),
    "toll_us": re.compile(r"\+1900\d{7}", re.ASCII),
    "caribbean": re.compile(rf"\+?1(?:{_CARIBBEAN})\d{{7}}", re.ASCII),
    "did_us": re.compile(r"\+?1?[2-9][0-9]{2}[2-9][0-9]{6}"),
    "international": re.compile(r"\+[2-9]\d{7,}", re.ASCII),
}


def classify(number: str, emergency_numbers: Container[str]) -> str:
    """The name of the first classifier that a whole number fits, else `unknown`."""
    if number in emergency_numbers:
        return "emergency"
    return next((name for name, pattern in _CLASSIFIERS.items() if pattern.fullmatch(number)), "unknown")


def _counts_in_summary(document: Document, variables: Any) -> bool:
    if not is_cdr(document) or not js.is_truthy(variables):
        return False
    channel_name, direction = document.get("channel_name"), document.get("call_direction")
    if not isinstance(channel_name, str | list) or "loopback" in channel_name:
        return False
    known = variables if isinstance(variables, dict) else {}
    if direction == "inbound":
        return not js.is_truthy(known.get("authorizing_id"))
    return direction != "outbound" or js.is_truthy(known.get("resource_id"))


def _map_summary(document: Document, emergency_numbers: Container[str]) -> Emitted | None:
    variables = document.get("custom_channel_vars")
    if not _counts_in_summary(document, variables):
        return None
    called = document.get("to")
    party = document.get("from") if document.get("call_direction") == "inbound" else called
    if not isinstance(called, str) or not isinstance(party, str):
        return None
    rate_name = variables.get("rate_name") if isinstance(variables, dict) else None
    value = {
        "direction": document.get("call_direction"),
        "classifier": classify(called.partition("@")[0] if "@" in called else "", emergency_numbers),
        "domain": party[party.find("@") + 1 :],
        "billable_seconds": js.json_number(js.parse_int(document.get("billing_seconds"))),
        "rate_name": js.to_string(rate_name) if js.is_truthy(rate_name) else None,
    }
    return [js.round_trip(document.get("pvt_created")), document["_id"]], value


@cache
def summary_view(emergency_numbers: tuple[str, ...]) -> View:
    """The view behind the summary, for a version that takes these numbers for emergency calls."""
    return View("cdrs/summarize_cdrs", partial(_map_summary, emergency_numbers=emergency_numbers), TIME_FIRST)


def summarize(values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """`{direction: {domain: {classifier: {"total": seconds, rate name: seconds}}}}`; what is no number counts as 0.

    `QueryError` where a call has no direction: the list function dies of it.
    """
    summary: dict[str, Any] = {"inbound": {}, "outbound": {}}
    for value in values:
        if not isinstance(value["direction"], str) or value["direction"] not in summary:
            raise QueryError(f"direction {value['direction']!r:.80}")
        domain = summary[value["direction"]].setdefault(value["domain"], {})
        seconds = domain.setdefault(value["classifier"], {"total": 0})
        seconds["total"] += js.to_number(value["billable_seconds"])
        if value["rate_name"] is not None:
            name = value["rate_name"]
            seconds[name] = seconds.get(name, 0) + js.to_number(value["billable_seconds"])
    return summary


def summary_json(summary: Any) -> Any:
    """A summary as JSON carries it out of JavaScript: keys in its order, NaN as null."""
    if isinstance(summary, dict):
        return {name: summary_json(value) for name, value in js.order_properties(summary).items()}
    return js.json_number(summary)


def double_summary(summary: Any) -> Any:
    """Each number twice, which is what Crossbar's merge makes of a month."""
    if isinstance(summary, dict):
        return {name: double_summary(value) for name, value in summary.items()}
    return summary * 2


def add_summaries(a: Any, b: Any) -> Any:
    """Two summaries added up, which is what the API page promises."""
    if isinstance(a, dict) and isinstance(b, dict):
        return {name: add_summaries(a.get(name), b.get(name)) for name in [*a, *(n for n in b if n not in a)]}
    if a is None or b is None:
        return b if a is None else a
    return a + b


def summarize_calls(context: Context) -> ViewQuery:
    """`/cdrs/summary`: seconds by direction, domain, classifier and rate name; one item a month."""
    passes = filters.compile_listing_filters(context.request.query, context.has_quirk)

    def mapper(rows: list[ViewRow]) -> list[Any]:
        # a month's sum has no document, so a filter sees nothing
        return [row.value for row in rows if passes is None or passes(None)]

    scope = ViewScope(summary_view(context.version.emergency_numbers))
    query = plan_query(context, scope, mapper, finish=lambda months: _merge_months(context, months))

    def fetch(month: str, start_key: Any, limit: int) -> list[ViewRow]:
        rows = query.plan.fetch(month, start_key, limit if context.has_quirk("summary-51-rows") else _NO_LIMIT)
        return [ViewRow(None, summary_json(summarize(row.value for row in rows)), None)]

    return query._replace(plan=query.plan._replace(fetch=fetch))


def _merge_months(context: Context, months: list[Any]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for month in months:
        seconds = double_summary(month) if context.has_quirk("summary-doubling") else month
        total = {**total, **seconds} if context.has_quirk("summary-last-month") else add_summaries(total, seconds)
    return total
