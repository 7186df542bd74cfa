"""Ground truth: what a correct client must end up with, said without Crossbar's code.

Plain loops over the documents, so that it can serve as a check on the server too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mockcdrs.cdr.billing import cost_units
from mockcdrs.cdr.documents import integer_at
from mockcdrs.cdr.row import make_row
from mockcdrs.control.question import Question
from mockcdrs.control.reached import reached
from mockcdrs.control.standing_leg import standing_leg
from mockcdrs.crossbar.view_maps import LegChoice
from mockcdrs.dataset.store import Document, Moment, Store

_NOTHING: dict[str, Any] = {}  # which the next step of a path finds nothing in


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

    Without `steps` only what no client can reach, however it walks, is unreachable: a document that listings leave out
    or that no row can be made of. With them so is what that walk misses: the interactions that a descending one loses
    at the ends of pages and chunks (ascending=true loses none), and rows behind, or sent together with, a broken one.
    """
    found = _found(store, question)
    listed = [document for document in found if not _is_left_out(document, question, quirks)]
    answer = [document for document in found if _fits(document, question)]
    broken = _broken(answer, store, question) if "broken-document-fault" in quirks else frozenset()
    arriving = _arriving(listed, question, quirks, broken)
    shown = [document for document in answer if document["_id"] in arriving]
    return Expected(
        ids=tuple(document["_id"] for document in shown),
        seconds=sum(_number(document, "billing_seconds") for document in shown),
        cost=sum(map(_cost, shown)),
        unreachable=tuple(document["_id"] for document in answer if document["_id"] not in arriving),
    )


def _found(store: Store, question: Question) -> list[Document]:
    """All that lie in the stretch, or the legs that stand for an interaction, newest month and newest row first."""
    key = "interaction_time" if question.are_interactions else "pvt_created"
    found = [
        document
        for document in _documents(store, question)
        if _lies_in(document.get(key), question) and _belongs(document, question)
    ]
    if question.are_interactions:
        found = _standing_legs(found, question)
    second = "interaction_key" if question.are_interactions else "_id"
    found.sort(key=lambda document: (_month(document), document[key], str(document.get(second))), reverse=True)
    return found


def _lies_in(time: Any, question: Question) -> bool:
    return isinstance(time, int | float) and question.created_from <= time <= question.created_to


def _month(document: Document) -> str:
    return str(document["_id"][:6])


def _broken(answer: list[Document], store: Store, question: Question) -> frozenset[str]:
    """Ids of documents that no row can be made of; made-up ones are not among them."""
    account_id = question.account_id
    segments = (segment for month in store.months(account_id) for segment in store.held(account_id, month))
    held = {document["_id"] for segment in segments for document in segment.documents()}
    return frozenset(
        document["_id"] for document in answer if document["_id"] in held and _is_broken(document, question)
    )


def _is_broken(document: Document, question: Question) -> bool:
    try:
        make_row(document, question.version.row_columns())
    except (ValueError, OverflowError):
        return True
    return False


def _arriving(
    listed: list[Document], question: Question, quirks: frozenset[str], broken: frozenset[str]
) -> frozenset[str]:
    def is_shown(document: Document) -> bool:
        return _fits(document, question) and not _is_out_of_range(document, question, quirks)

    steps = question.steps
    if steps is None:
        return frozenset(document["_id"] for document in listed if is_shown(document)) - broken
    months = [list(rows) for _, rows in groupby(listed[::-1] if steps.is_ascending else listed, _month)]
    arriving = reached(
        months,
        steps,
        is_shown,
        lambda document: document["_id"] in broken,
        are_interactions=question.are_interactions,
        loses_next=question.are_interactions and not steps.is_ascending and "interaction-page-loss" in quirks,
    )
    return frozenset(document["_id"] for document in arriving)


def _is_left_out(document: Document, question: Question, quirks: frozenset[str]) -> bool:
    return (
        not question.are_interactions and "no-ccv-not-listed" in quirks and document.get("custom_channel_vars") is None
    )


def _is_out_of_range(document: Document, question: Question, quirks: frozenset[str]) -> bool:
    """Whether the range, which holds a second time for the leg that stands for its interaction, leaves it out."""
    if not question.are_interactions or "interaction-range-twice" not in quirks:
        return False
    created = integer_at(document, ("pvt_created",))
    is_early = question.says_from and created is not None and created < question.created_from
    is_late = question.says_to and (created is None or created > question.created_to)
    return is_early or is_late


def _documents(store: Store, question: Question) -> Iterator[Document]:
    times = question.created_from, question.created_to
    by: Moment = "begun" if question.are_interactions else "written"
    for month in store.months(question.account_id):
        made = store.made(question.account_id, month, times, descending=False, by=by)
        for segment in (*store.held(question.account_id, month), *made):
            gone = frozenset() if segment.is_passing else store.removed
            yield from (document for document in segment.documents() if document["_id"] not in gone)


def _belongs(document: Document, question: Question) -> bool:
    if document.get("pvt_type") != "cdr" or document.get("pvt_deleted"):
        return False
    variables = document.get("custom_channel_vars")
    owner_id = variables.get("owner_id") if isinstance(variables, dict) else None
    return question.owner_id is None or bool(owner_id == question.owner_id)


def _fits(document: Document, question: Question) -> bool:
    return all(_passes(document, name, str(value)) for name, value in (question.filters or {}).items())


def _passes(document: Document, name: str, wanted: str) -> bool:
    negated = name.startswith("filter_not_")
    key = name.removeprefix("filter_not_" if negated else "filter_")
    held: Any = document
    for step in key.split("."):
        if not isinstance(held, dict):
            return False  # the filter breaks, so it does not hold, negated or not
        held = held.get(step, _NOTHING)
    return (("" if held is _NOTHING else str(held)) == wanted) is not negated


def _standing_legs(legs: list[Document], question: Question) -> list[Document]:
    """The leg of each interaction that stands for it."""
    interactions: dict[tuple[str, Any, str], list[Document]] = {}
    for leg in legs:
        key = _month(leg), leg["interaction_time"], str(leg.get("interaction_key"))
        interactions.setdefault(key, []).append(leg)
    is_of_user = question.owner_id is not None
    return [
        standing_leg(
            held,
            question.version.owner_interactions.chooses if is_of_user else LegChoice.FIRST_MADE,
            is_of_user=is_of_user,
            is_ascending=question.is_ascending,
        )
        for held in interactions.values()
    ]


def _number(document: Document, key: str) -> int:
    number: int = integer_at(document, (key,), 0)
    return number


def _cost(document: Document) -> int:
    try:
        return cost_units(document, "account_billing")
    except ValueError:
        return 0
