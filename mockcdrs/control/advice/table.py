"""All advice under its codes, and the two questions: what to say of a request, and what at the end."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mockcdrs.control.advice import access, month_ends, pages, parameters, quirk_bites, times, versions
from mockcdrs.control.advice.asked import sent, target
from mockcdrs.control.advice.facts import Advice, Facts, Piece
from mockcdrs.control.journal import Record

ADVICE: dict[str, Advice] = {
    **times.ADVICE,
    **pages.ADVICE,
    **parameters.ADVICE,
    **access.ADVICE,
    **versions.ADVICE,
    **quirk_bites.ADVICE,
    **month_ends.ADVICE,
}

# Only by these is it remembered which pieces concern a request: what else strangers send has no end.
_NAMES: frozenset[str] = frozenset().union(*(each.names or () for each in ADVICE.values()))


def advise(record: Record, earlier: Iterable[Record], facts: Facts) -> list[str]:
    """What to tell of a request, each text behind its code. `earlier` gives the most recent first, at each turn again.

    May be asked as soon as the status is known; what rests on the rows is told once the record is complete.
    """
    pieces = _about(target(record).kind, record.status, _NAMES.intersection(sent(record)))
    return [f"{code}: {text}" for code, piece in pieces for text in piece(record, earlier, facts)]


@lru_cache(maxsize=256)
def _about(kind: str, status: int, names: frozenset[str]) -> list[tuple[str, Piece]]:
    """The pieces that may have something to say of a request."""
    return [
        (code, each.function)
        for code, each in ADVICE.items()
        if each.function is not None
        and (each.kinds is None or kind in each.kinds)
        and (each.statuses is None or status in each.statuses)
        and (each.names is None or not names.isdisjoint(each.names))
    ]


def at_end(records: Sequence[Record], facts: Facts) -> list[str]:
    """What shows only when no more requests come, but for what a record was told already."""
    told = {text for record in records for text in record.advice}
    found = (
        f"{code}: {text}"
        for code, advice in ADVICE.items()
        if advice.at_end is not None
        for text in advice.at_end(records, facts)
    )
    return [text for text in found if text not in told]
