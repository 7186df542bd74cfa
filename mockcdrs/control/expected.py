"""The ground truth: what a correct client must have received, computed without Crossbar's code.

It is made of plain loops over the documents, so that it also serves as a check on the server. Legs are compared as the
views' JavaScript compares them; between legs that it takes for equal CouchDB's order decides.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.billing import cost_units
from mockcdrs.cdr.documents import integer_at, text_at
from mockcdrs.cdr.erlang import BadArgument
from mockcdrs.cdr.listing_columns import make_row
from mockcdrs.control.expected_query import ExpectedQuery, PageWalk
from mockcdrs.control.reachable_rows import ExpectedRow, WalkRules, find_reachable
from mockcdrs.crossbar.views import LegChoice
from mockcdrs.dataset.store import Document, Store, TimeBasis

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client receives of a listing, all pages together, newest first.

    Arguments:
        ids: the ids of the CDRs.
        seconds: the sum of `billing_seconds`.
        cost: the sum of the costs, in units of 1/10,000 dollar.
        unreachable: the ids of documents that match the query but that a quirk of the server's keeps from any client,
            or from the walk that the query names.

    """

    ids: tuple[str, ...]
    seconds: int
    cost: int
    unreachable: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many CDRs there are."""
        return len(self.ids)


def compute_expected(store: Store, query: ExpectedQuery, quirks: frozenset[str]) -> Expected:
    """Return what a client receives; `quirks` are the enabled ones.

    Without `query.walk` only what no walk reaches is unreachable: a document that listings omit, that lies in a month
    outside of the range, or that no row can be made of. With one, what that walk misses is unreachable too: the
    interactions that a descending walk loses at the ends of pages and chunks (an ascending one loses none), rows behind
    a broken one or sent together with it, and calls that cross the end of a month and that a page or chunk skips.
    """
    rows = _sorted_rows(store, query, quirks)
    matches = _filter(query)
    answer = [row for row in rows if matches(row.document)]
    hides_broken = "broken-document-fault" in quirks
    broken = {row.place for row in answer if hides_broken and not row.is_generated and _is_broken(row, query)}
    first, last = query.months
    listed = [row for row in rows if first <= row.month <= last and not _is_omitted(row, query, quirks)]

    def is_shown(row: ExpectedRow) -> bool:
        return matches(row.document) and not _is_out_of_range(row.document, query, quirks)

    if query.walk is None:
        reachable = {row.place for row in listed if is_shown(row)} - broken
    else:
        rules = _walk_rules(query, query.walk, quirks)
        months = _rows_by_month(store, query, listed, query.walk)
        reachable = {row.place for row in find_reachable(months, rules, is_shown, lambda row: row.place in broken)}
    documents = [row.document for row in answer if row.place in reachable]
    return Expected(
        ids=tuple(document["_id"] for document in documents),
        seconds=sum(_integer(document, "billing_seconds") for document in documents),
        cost=sum(map(_cost, documents)),
        unreachable=tuple(row.document["_id"] for row in answer if row.place not in reachable),
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


def _rows_by_month(
    store: Store, query: ExpectedQuery, listed: list[ExpectedRow], walk: PageWalk
) -> list[list[ExpectedRow]]:
    """Return the rows of each month that the range touches, some without any, in the order of the walk."""
    first, last = query.months
    touched = (month for month in store.months(query.account_id) if first <= month <= last)
    months: dict[str, list[ExpectedRow]] = {month: [] for month in touched}
    for row in listed:
        months.setdefault(row.month, []).append(row)
    newest_first = [months[month] for month in sorted(months, reverse=True)]
    return [rows[::-1] for rows in newest_first[::-1]] if walk.is_ascending else newest_first


def _sorted_rows(store: Store, query: ExpectedQuery, quirks: frozenset[str]) -> list[ExpectedRow]:
    """Return all rows of the range, one for each leg or interaction, newest month and newest row first."""
    rows = list(_rows(store, query))
    if query.are_interactions:
        rows = _interaction_rows(rows, query)
    elif "month-end-call-lost" not in quirks:
        rows = [replace(row, month=gregorian.month_of(int(row.key[0]))) for row in rows]
    rows.sort(key=lambda row: (row.month, row.key), reverse=True)
    return rows


def _rows(store: Store, query: ExpectedQuery) -> Iterator[ExpectedRow]:
    times = query.created_from, query.created_to
    by: TimeBasis = "begun" if query.are_interactions else "written"
    first, second = ("interaction_time", "interaction_key") if query.are_interactions else ("pvt_created", "_id")
    for month in store.months(query.account_id):
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


def _is_broken(row: ExpectedRow, query: ExpectedQuery) -> bool:
    try:
        make_row(row.document, query.version.row_columns())
    except (ValueError, OverflowError):
        return True
    return False


def _is_omitted(row: ExpectedRow, query: ExpectedQuery, quirks: frozenset[str]) -> bool:
    has_no_variables = row.document.get("custom_channel_vars") is None
    return has_no_variables and not query.are_interactions and "no-ccv-not-listed" in quirks


def _is_out_of_range(document: Document, query: ExpectedQuery, quirks: frozenset[str]) -> bool:
    """Whether the range, which also applies to the leg that stands for an interaction, leaves it out."""
    if not query.are_interactions or "interaction-range-twice" not in quirks:
        return False
    created = integer_at(document, ("pvt_created",))
    is_early = query.sends_start and created is not None and created < query.created_from
    is_late = query.sends_end and (created is None or created > query.created_to)
    return is_early or is_late


def _filter(query: ExpectedQuery) -> Callable[[Document], bool]:
    """Return the test whether a document passes all filters."""
    tests = [_filter_test(name, text) for name, text in (query.filters or {}).items()]
    return lambda document: all(test(document) for test in tests)


def _filter_test(name: str, text: str) -> Callable[[Document], bool]:
    """Return the test whether a document's value, as text, is the given one or one of a JSON array's."""
    is_negated = name.startswith("filter_not_")
    path = tuple(name.removeprefix("filter_not_" if is_negated else "filter_").split("."))
    accepted = {text, *_json_texts(text)}

    def passes(document: Document) -> bool:
        try:
            return (text_at(document, path) in accepted) is not is_negated
        except BadArgument:
            return False  # the filter crashes, so the document fails it, negated or not

    return passes


def _json_texts(text: str) -> list[str]:
    """Return the texts that a filter's value holds as JSON: those of an array, or one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _integer(document: Document, key: str) -> int:
    number: int = integer_at(document, (key,), 0)
    return number


def _cost(document: Document) -> int:
    try:
        return cost_units(document, "account_billing")
    except ValueError:
        return 0


def _interaction_rows(legs: list[ExpectedRow], query: ExpectedQuery) -> list[ExpectedRow]:
    """Return one row for each interaction: that of the leg that the server shows."""
    interactions: dict[tuple[str, Any], list[ExpectedRow]] = {}
    for row in legs:
        interactions.setdefault((row.month, row.key), []).append(row)
    return [rows[0] if len(rows) == 1 else _choose_row(rows, query) for rows in interactions.values()]


def _choose_row(legs: list[ExpectedRow], query: ExpectedQuery) -> ExpectedRow:
    is_of_user = query.owner_id is not None
    chosen = choose_leg(
        [row.document for row in legs],
        query.version.owner_interactions.chooses if is_of_user else LegChoice.FIRST_MADE,
        is_of_user=is_of_user,
        is_ascending=query.is_ascending,
    )
    return next(row for row in legs if row.document is chosen)


def choose_leg(legs: Sequence[Document], choice: LegChoice, *, is_of_user: bool, is_ascending: bool) -> Document:
    """Return the one of an interaction's legs that the server shows.

    CouchDB gives the legs to a descending walk in ascending order, and the other way round. Of equal ones an account's
    listing keeps the first, a user's the last.
    """
    chosen, *others = sorted(legs, key=_view_order, reverse=is_ascending)
    for other in others:
        is_better = not _precedes(choice, chosen, other) if is_of_user else _precedes(choice, other, chosen)
        chosen = other if is_better else chosen
    return chosen


def _precedes(choice: LegChoice, one: Document, other: Document) -> bool:
    if choice is LegChoice.FIRST_MADE:
        left, right = _created_time(one), _created_time(other)
    else:
        left, right = _billed_seconds(other), _billed_seconds(one)
    if _is_less(left, right) or _is_less(right, left):
        return _is_less(left, right)
    return _is_less(_loopback_leg(one), _loopback_leg(other))


def _view_order(document: Document) -> tuple[Any, str]:
    """Return the order of a leg in the view, among those of its interaction."""
    return _collation_key(_created_time(document)), str(document["_id"])


def _collation_key(value: Any) -> tuple[int, Any]:
    """Return what CouchDB sorts a value by: null, false and true, numbers, texts, lists, objects."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
        case list():
            return 4, [*map(_collation_key, value)]
    return 5, [(name, _collation_key(item)) for name, item in value.items()]


def _created_time(document: Document) -> Any:
    """Return when the leg's channel was created: as the document says, else its end less its duration, if known."""
    created = document.get("channel_created_time")
    if _is_truthy(created):
        return created
    end, duration = (
        _to_number(document[key]) if key in document else math.nan for key in ("timestamp", "duration_seconds")
    )
    return None if math.isnan(end - duration) else end - duration


def _billed_seconds(document: Document) -> Any:
    seconds = document.get("billing_seconds")
    return seconds if _is_truthy(seconds) else 0


def _loopback_leg(document: Document) -> Any:
    leg = document.get("channel_loopback_leg")
    return leg if _is_truthy(leg) else "_"


def _is_truthy(value: Any) -> bool:
    """Whether JavaScript takes a value for true."""
    return isinstance(value, list | dict) or bool(value)


def _is_less(one: Any, other: Any) -> bool:
    """Return `one < other` of JavaScript: texts by UTF-16 units, all else as numbers, of which NaN is never less."""
    one, other = (_to_text(value) if isinstance(value, list | dict) else value for value in (one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.encode("utf-16-be", "surrogatepass") < other.encode("utf-16-be", "surrogatepass")
    return _to_number(one) < _to_number(other)


def _to_number(value: Any) -> float:
    """Return a value as JavaScript converts it to a number."""
    if value is None or isinstance(value, int | float):
        return float(value or 0)
    text = _to_text(value).strip()
    return float(text or 0) if not text or _NUMBER.fullmatch(text) else math.nan


def _to_text(value: Any) -> str:
    """Return a value as JavaScript converts it to text."""
    match value:
        case None:
            return ""  # null is met as an item of a list only
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case dict():
            return "[object Object]"
        case list():
            return ",".join(map(_to_text, value))
    return str(value)
