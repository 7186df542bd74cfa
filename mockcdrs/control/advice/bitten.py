"""When a quirk of the server's bit: what was asked and what came of it, for `quirk_bites.py`."""

from collections.abc import Iterator

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import INTERACTION, LISTING, asked_range, first, month, sent, target
from mockcdrs.control.advice.facts import Facts
from mockcdrs.control.journal import Record

_MOST_MONTHS = 24


def spans_months(record: Record, facts: Facts) -> bool:
    """Whether a range lies in more than one month."""
    start, end = asked_range(record, facts)
    return month(start) != month(end)


def _chunk_size(record: Record, facts: Facts) -> int:
    return asked.integer(first(record, "chunk_size")) or facts.settings.maximum_bulk


def lost_interaction(record: Record, facts: Facts) -> bool:
    """Whether a page or chunk of interactions ended, so that one is missing."""
    if not asked.has_answered(record) or asked.is_ascending(record):
        return False
    # the key that a user's next page starts at is filled up, so that only chunks lose
    has_page_end = asked.has_more(record) and not target(record).is_of_user
    return has_page_end or record.outcome.rows > _chunk_size(record, facts)


def is_plain(record: Record) -> bool:
    """Whether an answer without chunks was asked for."""
    value = first(record, "is_chunked")
    return value is not None and not erlang.is_true(value)


def has_rows_in_chunks(record: Record) -> bool:
    """Whether the path is one of a listing whose rows a GET has in chunks, or of interactions in any form."""
    kind = asked.named(record).kind
    return kind == INTERACTION or (kind == LISTING and not is_plain(record))


def has_short_month(record: Record, facts: Facts) -> bool:
    """Whether a month of a summary had more calls than it counts."""
    count, account = facts.count_cdrs, target(record).account
    if not asked.has_answered(record) or count is None or not account:
        return False
    most = (asked.integer(first(record, "page_size")) or facts.settings.pagination_page_size) + 1
    return any(count(account, *part) > most for part in _month_parts(*asked_range(record, facts)))


def _month_parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(_MOST_MONTHS):
        name = month(start)
        if start > end or not "0001" <= name[:4] < "9999" or len(name) != 6:
            return
        following = int(name[:4]) * 12 + int(name[4:])
        behind = gregorian.month_start(f"{following // 12:04}{following % 12 + 1:02}")
        yield start, min(end, behind - 1)
        start = behind


def has_unlisted(record: Record, facts: Facts) -> bool:
    """Whether the range has CDRs that no listing shows."""
    asked_for = target(record)
    if facts.count_unlisted is None or not asked_for.account or asked_for.is_of_user or "start_key" in sent(record):
        return False
    return asked.has_answered(record) and facts.count_unlisted(asked_for.account, *asked_range(record, facts)) > 0


def is_datastore_fault(record: Record) -> bool:
    """Whether the database failed."""
    return record.outcome.message == "datastore_fault"


def has_offset(record: Record) -> bool:
    """Whether a `utc_offset` came."""
    return first(record, "utc_offset") is not None


def has_deadly_offset(record: Record) -> bool:
    """Whether a `utc_offset` came that Crossbar dies of, as only a body can hold it."""
    offset = record.outcome.from_body.get("utc_offset", "")
    return offset is None or offset is False or isinstance(offset, dict)


def is_number(value: object) -> bool:
    """Whether Crossbar takes a value for a number."""
    return asked.integer(value) is not None


def is_fraction(value: object) -> bool:
    """Whether Crossbar takes a value for a number that is not whole."""
    return is_number(value) and isinstance(erlang.to_number(value), float)


def _has_keys(record: Record) -> bool:
    return "start_key" in sent(record) or "end_key" in sent(record)


def has_empty_chunk(record: Record) -> bool:
    """Whether `chunk_size` is 0."""
    return asked.integer(first(record, "chunk_size")) == 0


def is_csv_of_plain(record: Record) -> bool:
    """Whether CSV of interactions without chunks was asked for."""
    return target(record).kind == INTERACTION and asked.wants_csv(record) and is_plain(record)


def has_other_cause(record: Record) -> bool:
    """Whether what was sent explains a failure of the database."""
    causes = (has_offset, _has_keys, has_empty_chunk, is_csv_of_plain)
    return any(is_cause(record) for is_cause in causes)
