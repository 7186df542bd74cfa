"""The ground truth: what a correct client must have received, computed without the code that answers requests.

It is made of plain loops over the documents, so that it also serves as a check on the server.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from mockcdrs.control.clock import LAST_CALENDAR_SECOND
from mockcdrs.dataset.store import Document, Store, TimeBasis
from mockcdrs.expected.expected_rows import ExpectedRow, PageWalk, WalkRules, choose_leg, find_reachable, view_order
from mockcdrs.expected.query import ExpectedQuery, ServerRules, month_of
from mockcdrs.expected.result import Expected, ExpectedLeg
from mockcdrs.expected.values import NoValue, cost_of, is_broken, is_empty, read_path, start_of, to_integer, to_text

_TOLL_FREE = {"800", "888", "877", "866", "855"}
_CARIBBEAN = {
    "684", "264", "268", "242", "246", "441", "284", "345", "767", "809", "829", "849", "473", "671", "876", "664",
    "670", "787", "939", "869", "758", "784", "721", "868", "649", "340",
}  # fmt: skip
_NATIONAL_DIGITS = 10
_LEAST_INTERNATIONAL_DIGITS = 8

Summary = dict[str, Any]


def compute_expected(store: Store, query: ExpectedQuery, rules: ServerRules) -> Expected:
    """Return what a client receives of a server with these rules."""
    if query.cdr_id is not None:
        return _to_expected(_find_cdr(store, query.account_id, query.cdr_id))
    if query.legs_of is not None:
        return _to_expected(_find_legs(store, query, query.legs_of, rules.quirks))
    return _summarize(store, query, rules) if query.is_summary else _list(store, query, rules)


def _to_expected(
    documents: Iterable[Document], unreachable: Iterable[Document] = (), summary: dict[str, Any] | None = None
) -> Expected:
    return Expected(tuple(map(_to_leg, documents)), tuple(document["_id"] for document in unreachable), summary)


def _to_leg(document: Document) -> ExpectedLeg:
    variables = document.get("custom_channel_vars")
    channel_variables = variables if isinstance(variables, dict) else {}
    return ExpectedLeg(
        id=document["_id"],
        interaction_id=to_text(document.get("interaction_id", document["_id"])),
        start=start_of(document),
        end=to_integer(document.get("timestamp")) or 0,
        seconds=to_integer(document.get("billing_seconds")) or 0,
        cost=cost_of(document, "account_billing") or 0,
        reseller_cost=cost_of(document, "reseller_billing") or 0,
        user=to_text(channel_variables.get("owner_id", "")),
        caller=to_text(document.get("caller_id_number", "")),
        number=to_text(document.get("callee_id_number", "")),
        rate=to_text(channel_variables.get("rate_name", "")),
        direction=to_text(document.get("call_direction", "")),
    )


def _find_cdr(store: Store, account_id: str, cdr_id: str) -> list[Document]:
    """Return the CDR of an id, which begins with the month in whose database it lies, or none."""
    document = store.document(account_id, cdr_id[:6], cdr_id)
    if document is None or document.get("pvt_deleted") in (True, "true"):
        return []
    return [document] if to_text(document.get("pvt_type", "")) in {"", "cdr"} else []


def _find_legs(store: Store, query: ExpectedQuery, any_id: str, quirks: frozenset[str]) -> list[Document]:
    """Return the legs of the interaction that is named, or that a CDR belongs to, in the server's order."""
    of_cdr = _find_cdr(store, query.account_id, any_id)
    interaction_id = to_text(of_cdr[0].get("interaction_id", "")) if of_cdr else any_id
    begin = to_integer(interaction_id.partition("-")[0])
    if begin is None or not 0 <= begin <= LAST_CALENDAR_SECOND:
        return []
    whole = replace(query, created_from=0, created_to=LAST_CALENDAR_SECOND, are_interactions=True)
    matches = _filter(query)
    legs = [
        row.document
        for row in _rows(store, whole, month_of(begin))
        if row.document.get("interaction_id") == interaction_id and matches(row.document)
    ]
    return sorted(legs, key=view_order, reverse="legs-turned" not in quirks)


def _summarize(store: Store, query: ExpectedQuery, rules: ServerRules) -> Expected:
    """Return the summary, and the CDRs that are in it: quirks keep some of them out."""
    rows = [row for row in _sorted_rows(store, query, rules.quirks) if counts_in_summary(row.document)]
    by_month = _rows_by_month(store, query, rows)
    counted: dict[str, list[Document]] = {}
    for place, month in enumerate(sorted(by_month, reverse=True)):
        most = rules.page_size + 1 - place if "summary-51-rows" in rules.quirks else len(rows)
        counted[month] = [row.document for row in by_month[month][:most]]
    if "summary-last-month" in rules.quirks:  # the last that is read is the oldest
        counted = {month: documents for month, documents in counted.items() if month == min(counted)}
    documents = [*chain.from_iterable(counted.values())]
    ids = {document["_id"] for document in documents}
    sums = [summarize(each, rules.emergency_numbers) for each in counted.values()]
    summary = merge_months(sums, doubles="summary-doubling" in rules.quirks)
    return _to_expected(documents, (row.document for row in rows if row.document["_id"] not in ids), summary)


def _list(store: Store, query: ExpectedQuery, rules: ServerRules) -> Expected:
    """Return what a client receives of a listing.

    Without `query.walk` only what no walk reaches is unreachable: a document that listings omit, that lies in a month
    outside of the range, or that no row can be made of. With one, what that walk misses is unreachable too: the
    interactions that a descending walk loses at the ends of pages and chunks (an ascending one loses none), rows behind
    a broken one or sent together with it, and calls that cross the end of a month and that a page or chunk skips.
    """
    quirks = rules.quirks
    rows = _sorted_rows(store, query, quirks, shows_most_billed=rules.shows_most_billed)
    matches = _filter(query)
    answer = [row for row in rows if matches(row.document)]
    hides_broken = "broken-document-fault" in quirks
    broken = {
        row.place for row in answer if hides_broken and not row.is_generated and is_broken(row.document, rules.columns)
    }
    first, last = query.months
    listed = [row for row in rows if first <= row.month <= last and not _is_omitted(row, query, quirks)]

    def is_shown(row: ExpectedRow) -> bool:
        return matches(row.document) and not _is_out_of_range(row.document, query, quirks)

    if query.walk is None:
        reachable = {row.place for row in listed if is_shown(row)} - broken
    else:
        ways = _walk_rules(query, query.walk, quirks)
        by_month = _rows_by_month(store, query, listed)
        months = [by_month[month] for month in sorted(by_month, reverse=True)]
        if query.walk.is_ascending:
            months = [rows[::-1] for rows in months[::-1]]
        reachable = {row.place for row in find_reachable(months, ways, is_shown, lambda row: row.place in broken)}
    return _to_expected(
        (row.document for row in answer if row.place in reachable),
        (row.document for row in answer if row.place not in reachable),
    )


def _walk_rules(query: ExpectedQuery, walk: PageWalk, quirks: frozenset[str]) -> WalkRules:
    loses_next = query.are_interactions and not walk.is_ascending and "interaction-page-loss" in quirks
    return WalkRules(
        walk,
        are_interactions=query.are_interactions,
        chunks_lose_next=loses_next,
        pages_lose_next=loses_next and query.owner_id is None,  # a user's key is precise enough to lose none
        keeps_stale_key=walk.is_chunked and "stale-next-key" in quirks,
    )


def _rows_by_month(store: Store, query: ExpectedQuery, listed: list[ExpectedRow]) -> dict[str, list[ExpectedRow]]:
    """Return the rows of each month that the range touches, newest first; some months have none."""
    first, last = query.months
    touched = (month for month in store.months(query.account_id) if first <= month <= last)
    months: dict[str, list[ExpectedRow]] = {month: [] for month in touched}
    for row in listed:
        months.setdefault(row.month, []).append(row)
    return months


def _sorted_rows(
    store: Store, query: ExpectedQuery, quirks: frozenset[str], *, shows_most_billed: bool = False
) -> list[ExpectedRow]:
    """Return all rows of the range, one for each leg or interaction, newest month and newest row first."""
    rows = [row for month in store.months(query.account_id) for row in _rows(store, query, month)]
    if query.are_interactions:
        rows = _interaction_rows(rows, query, shows_most_billed=shows_most_billed)
    elif "month-end-call-lost" not in quirks:
        rows = [replace(row, month=month_of(int(row.key[0]))) for row in rows]
    rows.sort(key=lambda row: (row.month, row.key), reverse=True)
    return rows


def _rows(store: Store, query: ExpectedQuery, month: str) -> Iterator[ExpectedRow]:
    times = query.created_from, query.created_to
    by: TimeBasis = "begun" if query.are_interactions else "written"
    first, second = ("interaction_time", "interaction_key") if query.are_interactions else ("pvt_created", "_id")
    scan = store.scan(query.account_id, month, times, by=by)
    for segments, is_generated in ((scan.stored, False), (scan.generated, True)):
        for document in chain.from_iterable(segment.visible() for segment in segments):
            time = document.get(first)
            if _is_in_range(time, query) and _is_cdr(document, query):
                key = time, str(document.get(second))
                yield ExpectedRow(key, month, document, (month, document["_id"]), is_generated)


def _is_in_range(time: Any, query: ExpectedQuery) -> bool:
    return isinstance(time, int | float) and query.created_from <= time <= query.created_to


def _is_cdr(document: Document, query: ExpectedQuery) -> bool:
    """Whether the views take a document for a CDR of the account, or of the user."""
    kind, deleted = document.get("pvt_type"), document.get("pvt_deleted")
    while isinstance(kind, list) and len(kind) == 1:
        kind = kind[0]  # to the views, which are JavaScript, ["cdr"] equals "cdr", and any list or object is true
    if kind != "cdr" or deleted or isinstance(deleted, list | dict):
        return False
    variables = document.get("custom_channel_vars")
    owner_id = variables.get("owner_id") if isinstance(variables, dict) else None
    return query.owner_id is None or bool(owner_id == query.owner_id)


def _is_omitted(row: ExpectedRow, query: ExpectedQuery, quirks: frozenset[str]) -> bool:
    has_no_variables = row.document.get("custom_channel_vars") is None
    return has_no_variables and not query.are_interactions and "no-ccv-not-listed" in quirks


def _is_out_of_range(document: Document, query: ExpectedQuery, quirks: frozenset[str]) -> bool:
    """Whether the range, which also applies to the leg that stands for an interaction, leaves it out."""
    if not query.are_interactions or "interaction-range-twice" not in quirks:
        return False
    created = to_integer(document.get("pvt_created"))
    is_early = query.sends_start and created is not None and created < query.created_from
    is_late = query.sends_end and (created is None or created > query.created_to)
    return is_early or is_late


def _filter(query: ExpectedQuery) -> Callable[[Document], bool]:
    """Return the test whether a document passes all filters."""
    tests = [_filter_test(name, text) for name, text in (query.filters or {}).items()]
    return lambda document: all(test(document) for test in tests)


def _filter_test(name: str, text: str) -> Callable[[Document], bool]:
    """Return the test of one filter. Where it breaks on a document, the document fails it, negated or not."""
    if name in _FIELD_TESTS:
        test, path = _FIELD_TESTS[name], text.split(".")
        return lambda document: (value := read_path(document, path)) is not NoValue.BARRED and test(value)
    is_negated = name.startswith("filter_not_")
    path = name.removeprefix("filter_not_" if is_negated else "filter_").split(".")
    accepted = {text, *_json_texts(text)}

    def passes(document: Document) -> bool:
        value = read_path(document, path)
        if value is NoValue.BARRED:
            return False
        return (to_text(value) in accepted) is not is_negated

    return passes


_FIELD_TESTS: dict[str, Callable[[Any], bool]] = {
    "has_key": lambda value: value is not NoValue.MISSING,
    "key_missing": lambda value: value is NoValue.MISSING,
    "has_value": lambda value: not is_empty(value),
    "value_missing": is_empty,
}


def _json_texts(text: str) -> list[str]:
    """Return the texts that a filter's value holds as JSON: those of an array, or one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _interaction_rows(legs: list[ExpectedRow], query: ExpectedQuery, *, shows_most_billed: bool) -> list[ExpectedRow]:
    """Return one row for each interaction: that of the leg that the server shows."""
    interactions: dict[tuple[str, Any], list[ExpectedRow]] = {}
    for row in legs:
        interactions.setdefault((row.month, row.key), []).append(row)
    is_of_user = query.owner_id is not None

    def choose(rows: list[ExpectedRow]) -> ExpectedRow:
        leg = choose_leg(
            [row.document for row in rows],
            by_billed_seconds=is_of_user and shows_most_billed,
            is_of_user=is_of_user,
            is_ascending=query.is_ascending,
        )
        return next(row for row in rows if row.document is leg)

    return [rows[0] if len(rows) == 1 else choose(rows) for rows in interactions.values()]


def counts_in_summary(document: Document) -> bool:
    """Whether a CDR is in the summary: it came from a carrier or went to one, and not by a loopback channel."""
    variables, direction = document.get("custom_channel_vars"), document.get("call_direction")
    channel, called, calling = document.get("channel_name"), document.get("to"), document.get("from")
    if not isinstance(variables, dict) or not isinstance(channel, str) or "loopback" in channel:
        return False
    if not isinstance(called, str) or not isinstance(calling, str):
        return False
    return bool(variables.get("resource_id")) if direction == "outbound" else not variables.get("authorizing_id")


def summarize(documents: Iterable[Document], emergency_numbers: tuple[str, ...]) -> Summary:
    """Return the seconds of CDRs by direction, domain and kind of number: in all, and by the name of the rate."""
    summary: Summary = {"inbound": {}, "outbound": {}}
    for document in documents:
        direction = document["call_direction"]
        _, _, domain = document["from" if direction == "inbound" else "to"].rpartition("@")
        number, at, _ = document["to"].partition("@")
        kind = kind_of_number(number if at else "", emergency_numbers)
        sums = summary[direction].setdefault(domain, {}).setdefault(kind, {"total": 0})
        rate = document["custom_channel_vars"].get("rate_name")
        for name in ("total", str(rate)) if rate else ("total",):
            sums[name] = sums.get(name, 0) + (to_integer(document.get("billing_seconds")) or 0)
    return summary


def kind_of_number(number: str, emergency_numbers: tuple[str, ...]) -> str:
    """Return what kind of number is called."""
    if number in emergency_numbers:
        return "emergency"
    national = number.removeprefix("+").removeprefix("1") if number.startswith(("+1", "1")) else number
    national = national if len(national) == _NATIONAL_DIGITS and national.isascii() and national.isdecimal() else ""
    area = national[:3]
    if number.startswith("+1") and national and area in _TOLL_FREE:
        return "tollfree_us"
    if number.startswith("+1") and area == "900":
        return "toll_us"
    if number.removeprefix("+").startswith("1") and area in _CARIBBEAN:
        return "caribbean"
    if national and national[0] in "23456789" and national[3] in "23456789":
        return "did_us"
    digits = number[1:]
    is_international = number[:1] == "+" and len(digits) >= _LEAST_INTERNATIONAL_DIGITS and digits[0] in "23456789"
    return "international" if is_international and digits.isascii() and digits.isdecimal() else "unknown"


def merge_months(summaries: Iterable[Summary], *, doubles: bool) -> Summary:
    """Return the sums of the summaries of several months; `doubles`: each month counts twice."""
    whole: Summary = {}
    for summary in summaries:
        whole = _add(whole, _add(summary, summary) if doubles else summary)
    return whole


def _add(one: Summary, other: Summary) -> Summary:
    added = dict(one)
    for name, value in other.items():
        if isinstance(value, dict):
            added[name] = _add(added.get(name, {}), value)
        else:
            added[name] = added.get(name, 0) + value
    return added
