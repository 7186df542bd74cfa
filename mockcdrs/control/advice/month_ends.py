"""Advice on calls over the end of a month, which no range has that begins in the next."""

from collections.abc import Callable, Iterable, Iterator

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.documents import channel_vars
from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import LISTING, SUMMARY, asked_range, month, sent, shown, target, where
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import filters
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.dataset.store import Document

QUIRK = "month-end-call-lost"


def _lost(record: Record, earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    is_told = facts.over_month_end is not None and QUIRK in facts.quirks
    if not is_told or not asked.has_answered(record) or "start_key" in sent(record):
        return
    start, end = asked_range(record, facts)
    begins = _month_begin(start)
    missing = [each for each in _over(record, begins, facts) if start <= each["pvt_created"] <= end]
    if not missing:
        return
    # whoever asked before with a margin has them already
    ranges = [asked_range(other, facts) for other in earlier if where(other) == where(record) and _is_whole(other)]
    for first, last in ranges:
        missing = [each for each in missing if not (first < begins and first <= each["pvt_created"] <= last)]
    if missing:
        yield (
            f"the answer lacks {len(missing)} CDRs of this range, such as {shown(missing[0]['_id'])}: they lie in the "
            f"month before, in which their calls began; begin the range there, as in "
            f"created_from={shown(str(begins - 1))}, and leave out what was written before it"
        )


def _is_whole(record: Record) -> bool:
    return asked.has_answered(record) and not asked.has_filter(record)


def _month_begin(seconds: int) -> int:
    """The first second of the month that a moment lies in."""
    day = gregorian.day_of(max(seconds, 0))
    return seconds - seconds % 86_400 - (day.day - 1) * 86_400


def _over(record: Record, begins: int, facts: Facts) -> list[Document]:
    """What was written after the month before, lies in it, and the request would show."""
    asked_for = target(record)
    if facts.over_month_end is None or not asked_for.account:
        return []
    documents = facts.over_month_end(asked_for.account, month(begins - 1))
    is_meant = _meant(record) if documents else bool
    return [each for each in documents if is_meant(each)]


def _meant(record: Record) -> Callable[[Document], bool]:
    user = target(record).user if target(record).kind == LISTING else ""
    pairs = tuple((name, value) for name, value in asked.parameters(record) if name not in filters.TIME_FILTERS)
    passes = filters.compile_filters(pairs)

    def is_meant(document: Document) -> bool:
        is_bare = document.get("custom_channel_vars") is None  # no listing has those
        return not is_bare and (not user or channel_vars(document).get("owner_id") == user) and passes(document)

    return is_meant


ADVICE: dict[str, Advice] = {
    QUIRK: Advice(
        _lost, QUIRKS[QUIRK].sentence, QUIRKS[QUIRK].source, frozenset({LISTING, SUMMARY}), statuses=asked.ANSWERED
    )
}
