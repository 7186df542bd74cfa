"""Ground truth: what a correct client must end up with, said without Crossbar's code.

Plain loops over the documents, so that it can serve as a check on the server too.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.billing import cost_units
from mockcdrs.cdr.documents import integer_at, text_at
from mockcdrs.cdr.erlang import BadArgument
from mockcdrs.cdr.listing_columns import make_row
from mockcdrs.control.question import Question, Steps
from mockcdrs.control.reached import Row, Walk, reached
from mockcdrs.control.standing_leg import standing_leg
from mockcdrs.crossbar.views import LegChoice
from mockcdrs.dataset.store import Document, Store, TimeBasis


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer to a question, all pages together, newest first.

    `seconds` sums billing_seconds, `cost` units of 1/10,000 dollar. `unreachable` names documents that belong to the
    answer but that a quirk of the server's keeps from any client, or from the walk that the question names.
    """

    ids: tuple[str, ...]
    seconds: int
    cost: int
    unreachable: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.ids)


def expect(store: Store, question: Question, quirks: frozenset[str]) -> Expected:
    """The answer to a question; `quirks` are the ones that the server shows.

    Without `steps` only what no client can reach, however it walks, is unreachable: a document that listings leave out,
    that lies in a month which the range does not touch, or that no row can be made of. With them so is what that walk
    misses: the interactions that a descending one loses at the ends of pages and chunks (ascending=true loses none),
    rows behind, or sent together with, a broken one, and calls over the end of a month that a page or chunk skips.
    """
    found = _found(store, question, quirks)
    is_meant = _filter(question)
    answer = [row for row in found if is_meant(row.document)]
    hides_broken = "broken-document-fault" in quirks
    broken = {row.place for row in answer if hides_broken and not row.is_made and _is_broken(row, question)}
    first, last = question.months
    listed = [row for row in found if first <= row.month <= last and not _is_left_out(row, question, quirks)]

    def is_shown(row: Row) -> bool:
        return is_meant(row.document) and not _is_out_of_range(row.document, question, quirks)

    if question.steps is None:
        arriving = {row.place for row in listed if is_shown(row)} - broken
    else:
        walk = _walk(question, question.steps, quirks)
        months = _months(store, question, listed, question.steps)
        arriving = {row.place for row in reached(months, walk, is_shown, lambda row: row.place in broken)}
    shown = [row.document for row in answer if row.place in arriving]
    return Expected(
        ids=tuple(document["_id"] for document in shown),
        seconds=sum(_number(document, "billing_seconds") for document in shown),
        cost=sum(map(_cost, shown)),
        unreachable=tuple(row.document["_id"] for row in answer if row.place not in arriving),
    )


def _walk(question: Question, steps: Steps, quirks: frozenset[str]) -> Walk:
    loses_next = question.are_interactions and not steps.is_ascending and "interaction-page-loss" in quirks
    return Walk(
        steps,
        are_interactions=question.are_interactions,
        chunks_lose_next=loses_next,
        pages_lose_next=loses_next and question.owner_id is None,  # a user's key names more of where a page begins
        keeps_stale_key=steps.is_chunked and "stale-next-key" in quirks,
    )


def _months(store: Store, question: Question, listed: list[Row], steps: Steps) -> list[list[Row]]:
    """The rows of each month that the range reads, months and rows in the order of travel; some months have none."""
    first, last = question.months
    months: dict[str, list[Row]] = {month: [] for month in store.months(question.account_id) if first <= month <= last}
    for row in listed:
        months.setdefault(row.month, []).append(row)
    newest_first = [months[month] for month in sorted(months, reverse=True)]
    return [rows[::-1] for rows in newest_first[::-1]] if steps.is_ascending else newest_first


def _found(store: Store, question: Question, quirks: frozenset[str]) -> list[Row]:
    """All that lie in the stretch, or the legs that stand for an interaction, newest month and newest row first."""
    found = list(_rows(store, question))
    if question.are_interactions:
        found = _standing_legs(found, question)
    elif "month-end-call-lost" not in quirks:
        found = [replace(row, month=gregorian.month_of(int(row.key[0]))) for row in found]
    found.sort(key=lambda row: (row.month, row.key), reverse=True)
    return found


def _rows(store: Store, question: Question) -> Iterator[Row]:
    times = question.created_from, question.created_to
    by: TimeBasis = "begun" if question.are_interactions else "written"
    first, second = ("interaction_time", "interaction_key") if question.are_interactions else ("pvt_created", "_id")
    for month in store.months(question.account_id):
        made = store.made(question.account_id, month, times, descending=False, by=by)
        for segments, is_made in ((store.held(question.account_id, month), False), (made, True)):
            for document in chain.from_iterable(segment.visible() for segment in segments):
                time = document.get(first)
                if _lies_in(time, question) and _belongs(document, question):
                    key = time, str(document.get(second))
                    yield Row(key, month, document, (month, document["_id"]), is_made)


def _lies_in(time: Any, question: Question) -> bool:
    return isinstance(time, int | float) and question.created_from <= time <= question.created_to


def _is_broken(row: Row, question: Question) -> bool:
    try:
        make_row(row.document, question.version.row_columns())
    except (ValueError, OverflowError):
        return True
    return False


def _is_left_out(row: Row, question: Question, quirks: frozenset[str]) -> bool:
    is_bare = row.document.get("custom_channel_vars") is None
    return is_bare and not question.are_interactions and "no-ccv-not-listed" in quirks


def _is_out_of_range(document: Document, question: Question, quirks: frozenset[str]) -> bool:
    """Whether the range, which holds a second time for the leg that stands for its interaction, leaves it out."""
    if not question.are_interactions or "interaction-range-twice" not in quirks:
        return False
    created = integer_at(document, ("pvt_created",))
    is_early = question.says_from and created is not None and created < question.created_from
    is_late = question.says_to and (created is None or created > question.created_to)
    return is_early or is_late


def _belongs(document: Document, question: Question) -> bool:
    kind, deleted = document.get("pvt_type"), document.get("pvt_deleted")
    while isinstance(kind, list) and len(kind) == 1:
        kind = kind[0]  # to the views, which are JavaScript, ["cdr"] is "cdr", and any list or object holds something
    if kind != "cdr" or deleted or isinstance(deleted, list | dict):
        return False
    variables = document.get("custom_channel_vars")
    owner_id = variables.get("owner_id") if isinstance(variables, dict) else None
    return question.owner_id is None or bool(owner_id == question.owner_id)


def _filter(question: Question) -> Callable[[Document], bool]:
    """Whether a document passes all filters: its value as text is the one asked for, or one of a JSON array's."""
    tests = [_test(name, text) for name, text in (question.filters or {}).items()]
    return lambda document: all(test(document) for test in tests)


def _test(name: str, text: str) -> Callable[[Document], bool]:
    is_negated = name.startswith("filter_not_")
    path = tuple(name.removeprefix("filter_not_" if is_negated else "filter_").split("."))
    meant = {text, *_in_json(text)}

    def passes(document: Document) -> bool:
        try:
            return (text_at(document, path) in meant) is not is_negated
        except BadArgument:
            return False  # the filter breaks, so it does not hold, negated or not

    return passes


def _in_json(text: str) -> list[str]:
    """The texts that a filter's value holds as JSON: those of an array, or one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _standing_legs(legs: list[Row], question: Question) -> list[Row]:
    """The leg of each interaction that stands for it."""
    interactions: dict[tuple[str, Any], list[Row]] = {}
    for row in legs:
        interactions.setdefault((row.month, row.key), []).append(row)
    return [rows[0] if len(rows) == 1 else _standing_leg(rows, question) for rows in interactions.values()]


def _standing_leg(legs: list[Row], question: Question) -> Row:
    is_of_user = question.owner_id is not None
    chosen = standing_leg(
        [row.document for row in legs],
        question.version.owner_interactions.chooses if is_of_user else LegChoice.FIRST_MADE,
        is_of_user=is_of_user,
        is_ascending=question.is_ascending,
    )
    return next(row for row in legs if row.document is chosen)


def _number(document: Document, key: str) -> int:
    number: int = integer_at(document, (key,), 0)
    return number


def _cost(document: Document) -> int:
    try:
        return cost_units(document, "account_billing")
    except ValueError:
        return 0
