"""Ground truth: what a correct client must end up with, said without Crossbar's code.

Plain loops over the documents, so that it can serve as a check on the server too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.cdr.billing import cost_units
from mockcdrs.dataset.store import Document, Store


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer to a question, all pages together, newest first.

    `seconds` sums billing_seconds, `cost` units of 1/10,000 dollar. `unreachable` names documents that belong to the
    answer but that a quirk of the server's keeps from any client.
    """

    ids: tuple[str, ...]
    seconds: int
    cost: int
    unreachable: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Question:
    """Whose CDRs, in which stretch of Gregorian seconds (both ends included), and which of them.

    `filters` are Crossbar's, by full name: `filter_hangup_cause="USER_BUSY"`. `says_from`, `says_to`: whether the
    client sends that end of the stretch, or leaves it to the default.
    """

    account_id: str
    created_from: int
    created_to: int
    owner_id: str | None = None
    are_interactions: bool = False
    filters: Mapping[str, Any] | None = None
    says_from: bool = True
    says_to: bool = True


def expect(store: Store, question: Question, quirks: frozenset[str]) -> Expected:
    """The answer to a question; `quirks` are the ones that the server shows.

    What a descending walk over /interaction loses at the ends of pages and chunks is not unreachable: it lies with the
    client to ask for ascending=true.
    """
    key = "interaction_time" if question.are_interactions else "pvt_created"
    found = [
        document
        for document in _documents(store, question)
        if question.created_from <= document.get(key, -1) <= question.created_to and _belongs(document, question)
    ]
    if question.are_interactions:
        # of legs that began together the first by id stands for all, for a user's the last
        found.sort(key=lambda document: str(document["_id"]), reverse=question.owner_id is not None)
        found = _first_legs(found)
    found = [document for document in found if _fits(document, question)]
    found.sort(key=lambda document: (document[key], document["_id"]), reverse=True)
    hidden = [document for document in found if _is_hidden(document, question, quirks)]
    shown = [document for document in found if document not in hidden]
    return Expected(
        ids=tuple(document["_id"] for document in shown),
        seconds=sum(int(document.get("billing_seconds") or 0) for document in shown),
        cost=sum(cost_units(document, "account_billing") for document in shown),
        unreachable=tuple(document["_id"] for document in hidden),
    )


def _is_hidden(document: Document, question: Question, quirks: frozenset[str]) -> bool:
    if not question.are_interactions:
        return "no-ccv-not-listed" in quirks and document.get("custom_channel_vars") is None
    # the range holds a second time for the leg that stands for the interaction, which may have ended outside of it
    is_early = question.says_from and document["pvt_created"] < question.created_from
    is_late = question.says_to and document["pvt_created"] > question.created_to
    return "interaction-range-twice" in quirks and (is_early or is_late)


def _documents(store: Store, question: Question) -> Iterator[Document]:
    times = question.created_from, question.created_to
    for month in store.months(question.account_id):
        made = store.made(question.account_id, month, times, descending=False)
        for segment in (*store.held(question.account_id, month), *made):
            gone = frozenset() if segment.is_passing else store.removed
            yield from (document for document in segment.documents() if document["_id"] not in gone)


def _belongs(document: Document, question: Question) -> bool:
    if document.get("pvt_type") != "cdr" or document.get("pvt_deleted"):
        return False
    variables = document.get("custom_channel_vars") or {}
    return question.owner_id is None or bool(variables.get("owner_id") == question.owner_id)


def _fits(document: Document, question: Question) -> bool:
    return all(_passes(document, name, str(value)) for name, value in (question.filters or {}).items())


def _passes(document: Document, name: str, wanted: str) -> bool:
    negated = name.startswith("filter_not_")
    key = name.removeprefix("filter_not_" if negated else "filter_")
    held: Any = document
    for step in key.split("."):
        held = held.get(step, "") if isinstance(held, dict) else ""
    return (str(held) == wanted) is not negated


def _first_legs(documents: list[Document]) -> list[Document]:
    first: dict[str, Document] = {}
    for document in documents:
        interaction = document["interaction_id"]
        if interaction not in first or _began(document) < _began(first[interaction]):
            first[interaction] = document
    return list(first.values())


def _began(document: Document) -> tuple[int, str]:
    ended_and_took = int(document["timestamp"]) - int(document["duration_seconds"])
    return int(document.get("channel_created_time") or ended_and_took), document.get("channel_loopback_leg") or "_"
