"""Advice on a quirk of the server's that just bit, under the quirk's own name (`crossbar/quirks.py`)."""

from collections.abc import Callable, Iterable, Iterator

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import (
    CDRS,
    INTERACTION,
    LEGS,
    LISTING,
    LISTINGS,
    ONE,
    SUMMARY,
    WALKS,
    asked_range,
    first,
    month,
    sent,
    target,
)
from mockcdrs.control.advice.facts import Advice, Facts, Piece
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.quirks import QUIRKS

Condition = Callable[[Record, Facts], bool]

_MOST_MONTHS = 24


def _spans_months(record: Record, facts: Facts) -> bool:
    start, end = asked_range(record, facts)
    return month(start) != month(end)


def _chunk_size(record: Record, facts: Facts) -> int:
    return asked.integer(first(record, "chunk_size")) or facts.settings.maximum_bulk


def _lost_interaction(record: Record, facts: Facts) -> bool:
    if not asked.has_answered(record) or asked.is_ascending(record):
        return False
    # the key that a user's next page starts at is filled up, so that only chunks lose
    has_page_end = asked.has_more(record) and not target(record).is_of_user
    return has_page_end or record.outcome.rows > _chunk_size(record, facts)


def _is_plain(record: Record) -> bool:
    value = first(record, "is_chunked")
    return value is not None and not erlang.is_true(value)


def _has_short_month(record: Record, facts: Facts) -> bool:
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


def _has_unlisted(record: Record, facts: Facts) -> bool:
    asked_for = target(record)
    if facts.count_unlisted is None or not asked_for.account or asked_for.is_of_user or "start_key" in sent(record):
        return False
    return asked.has_answered(record) and facts.count_unlisted(asked_for.account, *asked_range(record, facts)) > 0


def _is_datastore_fault(record: Record) -> bool:
    return record.status == 503 and record.outcome.message == "datastore_fault"


def _has_offset(record: Record) -> bool:
    return first(record, "utc_offset") is not None


def _is_number(value: object) -> bool:
    return asked.integer(value) is not None


def _is_fraction(value: object) -> bool:
    return _is_number(value) and isinstance(erlang.to_number(value), float)


def _has_keys(record: Record) -> bool:
    return "start_key" in sent(record) or "end_key" in sent(record)


def _has_empty_chunk(record: Record) -> bool:
    return asked.integer(first(record, "chunk_size")) == 0


def _is_csv_of_plain(record: Record) -> bool:
    return target(record).kind == INTERACTION and asked.wants_csv(record) and _is_plain(record)


def _has_other_cause(record: Record) -> bool:
    causes = (_has_offset, _has_keys, _has_empty_chunk, _is_csv_of_plain)
    return any(is_cause(record) for is_cause in causes)


_BITES: dict[str, tuple[frozenset[str] | None, Condition, str]] = {
    "interaction-page-loss": (
        frozenset({INTERACTION}),
        _lost_interaction,
        (
            "this descending walk lost an interaction at each page end and chunk end, here at least one: ask with "
            "ascending=true"
        ),
    ),
    "interaction-month-order": (
        frozenset({INTERACTION}),
        lambda record, facts: (
            asked.has_answered(record)
            and _is_plain(record)
            and record.outcome.rows > 1
            and _spans_months(record, facts)
        ),
        "is_chunked=false over two months gave the older month first: leave is_chunked out, or sort in the client",
    ),
    "interaction-csv-plain-fault": (
        frozenset({INTERACTION}),
        lambda record, _: record.status == 503 and _is_csv_of_plain(record),
        "CSV of interactions with is_chunked=false is a 503: leave is_chunked out",
    ),
    "interaction-utc-offset-fault": (
        frozenset({INTERACTION}),
        lambda record, _: record.status == 503 and _has_offset(record) and not _is_number(first(record, "utc_offset")),
        "this 503 is a utc_offset that is no number: send whole seconds, as in utc_offset=-18000",
    ),
    "fractional-utc-offset-fault": (
        LISTINGS,
        lambda record, _: record.status == 503 and _is_fraction(first(record, "utc_offset")),
        "this 503 is a utc_offset with a fraction: send whole seconds, as in utc_offset=-18000",
    ),
    "csv-interaction-unquoted": (
        frozenset({INTERACTION}),
        lambda record, _: asked.has_answered(record) and asked.wants_csv(record) and record.outcome.rows > 0,
        "CSV of interactions has no quotes: a comma in a name shifts the columns behind it; ask for JSON",
    ),
    "summary-doubling": (
        frozenset({SUMMARY}),
        lambda record, _: asked.has_answered(record),
        "the seconds of this summary are twice what they should be: halve them, or add up the listing",
    ),
    "summary-51-rows": (
        frozenset({SUMMARY}),
        _has_short_month,
        (
            "this summary counted at most one call more than page_size of a month that has more: send a page_size as "
            "large as the month, or add up the listing"
        ),
    ),
    "summary-last-month": (
        frozenset({SUMMARY}),
        lambda record, facts: asked.has_answered(record) and _spans_months(record, facts),
        "this range lies in several months, and the summary kept one of them: ask for each month by itself",
    ),
    "empty-summary-csv-500": (
        frozenset({SUMMARY}),
        lambda record, _: record.status == 500 and asked.wants_csv(record),
        "this bare 500 is CSV of a summary without a call: ask for JSON",
    ),
    "legs-chunked-leak": (
        frozenset({LEGS}),
        lambda record, _: asked.has_answered(record) and erlang.is_true(first(record, "is_chunked")),
        "legs with is_chunked=true show private keys (_id, pvt_created) that other answers do not have: leave it out",
    ),
    "legs-turned": (
        frozenset({LEGS}),
        lambda record, _: (
            asked.has_answered(record)
            and record.outcome.rows > 1
            and not {"ascending", "descending"}.isdisjoint(sent(record))
        ),
        "these legs came the other way round than asked: sort them in the client by channel_created_time",
    ),
    "legs-missing-month-503": (
        frozenset({LEGS}),
        lambda record, _: record.status == 503 and record.outcome.message == "datastore missing view",
        "this 503 is an interaction of a month without CDRs, so it is not there: do not repeat the request",
    ),
    "id-without-month-500": (
        frozenset({ONE, LEGS}),
        lambda record, _: record.status == 500 and record.outcome.message == "init failed",
        "this 500 is an id with text where month or time should be: send YYYYMM-CALL_ID or an interaction_id as listed",
    ),
    "no-ccv-not-listed": (
        frozenset({LISTING}),
        _has_unlisted,
        (
            "CDRs of this range have no custom_channel_vars and are in no listing: find them by /cdrs/interaction and "
            "/cdrs/legs"
        ),
    ),
    "broken-document-fault": (
        WALKS,
        lambda record, _: _is_datastore_fault(record) and not _has_other_cause(record),
        "this 503 may be a CDR that no row can be made of, which no repeating helps: ask for smaller ranges around it",
    ),
    "reversed-keys-fault": (
        WALKS,
        lambda record, _: _is_datastore_fault(record) and _has_keys(record),
        (
            "this 503 is a start_key beyond the range, or one that is no key: send the key, created_from and "
            "created_to of one walk together"
        ),
    ),
    "chunk-size-0-fault": (
        WALKS,
        lambda record, _: record.status == 503 and _has_empty_chunk(record),
        "this 503 is chunk_size=0: send 1 to 50, or none",
    ),
    "descending-false-ignored": (
        WALKS,
        lambda record, _: erlang.is_false(first(record, "descending")) and "ascending" not in record.query,
        "descending=false alone changes nothing, newest still come first: send ascending=true",
    ),
    "modified-alone-ignored": (
        frozenset({LISTING}),
        lambda record, _: (
            not {"modified_from", "modified_to"}.isdisjoint(sent(record)) and not asked.has_filter(record)
        ),
        (
            "modified_from and modified_to do nothing here without another filter: add one that all pass, as in "
            "has_key=call_id"
        ),
    ),
    "missing-value-ignored": (
        CDRS,
        lambda record, _: "missing_value" in record.query,
        "missing_value, the docs' name, is ignored: send value_missing",
    ),
    "pdf-500": (
        CDRS,
        lambda record, _: record.status == 500 and first(record, "accept") == "pdf",
        "this bare 500 is accept=pdf: ask for JSON or CSV",
    ),
    "no-account-500": (
        None,
        lambda record, _: record.status == 500 and "/accounts/cdrs" in record.path,
        "this 500 is a path without an account: ask /v2/accounts/ACCOUNT_ID/cdrs",
    ),
    "post-as-get-empty": (
        None,
        lambda record, _: record.method == "POST" and record.status == 200 and "verb" in sent(record),
        "POST with verb=GET is let through and answers an empty list: send a GET",
    ),
}


def _told(name: str, bit: Condition, words: str) -> Piece:
    def piece(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
        if name in facts.quirks and not record.fault and bit(record, facts):
            yield words

    return piece


ADVICE: dict[str, Advice] = {
    name: Advice(_told(name, bit, words), QUIRKS[name].sentence, QUIRKS[name].source, kinds)
    for name, (kinds, bit, words) in _BITES.items()
}
