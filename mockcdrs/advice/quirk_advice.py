"""Advice on quirks of Crossbar's that affected an answer, each under the quirk's own name (`crossbar/quirks.py`)."""

from collections.abc import Callable, Iterable, Iterator

from mockcdrs.advice import advice_rule
from mockcdrs.advice.advice_rule import (
    ALL_KINDS,
    INTERACTION,
    LEGS,
    LISTING,
    LISTING_KINDS,
    OK_STATUSES,
    ONE,
    PAGED_KINDS,
    SUMMARY,
    AdviceContext,
    AdviceRule,
    first_value,
    is_answered,
    is_unchunked,
    parse_integer,
    requested_endpoint,
    requested_range,
    sent_parameters,
    wants_csv,
)
from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.quirks import QUIRKS

_UNAVAILABLE, _SERVER_ERROR = frozenset({503}), frozenset({500})
_MAX_MONTHS = 24


def _loses_interaction(record: Record, context: AdviceContext) -> bool:
    """Whether a page or chunk of interactions ended, so that one is missing."""
    if not is_answered(record) or advice_rule.is_oldest_first(record):
        return False
    # the key that a user's next page starts at is complete, so only chunks lose an interaction
    has_page_end = advice_rule.has_next_page(record) and not requested_endpoint(record).is_of_user
    chunk_size = parse_integer(first_value(record, "chunk_size")) or context.settings.maximum_bulk
    return has_page_end or record.outcome.rows > chunk_size


def _has_rows_in_chunks(record: Record) -> bool:
    """Whether a GET of the path would have its rows in chunks, or be one of interactions."""
    kind = advice_rule.endpoint_of_path(record).kind
    return kind == INTERACTION or (kind == LISTING and not is_unchunked(record))


def _has_short_month(record: Record, context: AdviceContext) -> bool:
    """Whether a month of a summary had more calls than the summary counts."""
    count, account = context.count_cdrs, requested_endpoint(record).account
    if not is_answered(record) or count is None or not account:
        return False
    most = (parse_integer(first_value(record, "page_size")) or context.settings.pagination_page_size) + 1
    return any(count(account, *part) > most for part in _month_parts(*requested_range(record, context)))


def _month_parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last second of each month's part of a range, of two years at most."""
    for _ in range(_MAX_MONTHS):
        name = advice_rule.database_month(start)
        if start > end or not "0001" <= name[:4] < "9999" or len(name) != 6:
            return
        following = int(name[:4]) * 12 + int(name[4:])
        next_start = gregorian.month_start(f"{following // 12:04}{following % 12 + 1:02}")
        yield start, min(end, next_start - 1)
        start = next_start


def _has_unlisted(record: Record, context: AdviceContext) -> bool:
    """Whether the range has CDRs that no listing shows."""
    endpoint, count = requested_endpoint(record), context.count_unlisted
    if count is None or not endpoint.account or endpoint.is_of_user or "start_key" in sent_parameters(record):
        return False
    return is_answered(record) and count(endpoint.account, *requested_range(record, context)) > 0


def _is_datastore_fault(record: Record) -> bool:
    return record.outcome.message == "datastore_fault"


def _has_other_cause(record: Record) -> bool:
    """Whether the request itself explains a failure of the database."""
    has_parameter = not {"utc_offset", "start_key", "end_key"}.isdisjoint(sent_parameters(record))
    return has_parameter or _has_empty_chunk(record) or _is_unchunked_csv(record)


def _has_empty_chunk(record: Record) -> bool:
    return parse_integer(first_value(record, "chunk_size")) == 0


def _is_unchunked_csv(record: Record) -> bool:
    return requested_endpoint(record).kind == INTERACTION and wants_csv(record) and is_unchunked(record)


def _has_text_offset(record: Record) -> bool:
    offset = first_value(record, "utc_offset")
    return offset is not None and parse_integer(offset) is None


def _has_fractional_offset(record: Record) -> bool:
    offset = first_value(record, "utc_offset")
    return parse_integer(offset) is not None and isinstance(erlang.to_number(offset), float)


def _has_crashing_offset(record: Record) -> bool:
    """Whether a `utc_offset` came that Crossbar crashes on, as only a body can hold it."""
    offset = record.outcome.from_body.get("utc_offset", "")
    return offset is None or offset is False or isinstance(offset, dict)


def _quirk_rule(
    code: str,
    text: str,
    *,
    example: str,
    condition: Callable[[Record, AdviceContext], bool],
    kinds: frozenset[str] | None = None,
    statuses: frozenset[int] | None = None,
    names: frozenset[str] | None = None,
) -> AdviceRule:
    """Make the rule that says `text` where Crossbar itself answered, the quirk is enabled and `condition` holds."""

    def advise(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
        if code in context.quirks and not record.fault and condition(record, context):
            yield text

    return AdviceRule(
        code=code,
        function=advise,
        sentence=QUIRKS[code].sentence,
        source=QUIRKS[code].source,
        example=example,
        kinds=kinds,
        statuses=statuses,
        names=names,
    )


RULES = (
    _quirk_rule(
        "interaction-page-loss",
        "this descending walk lost an interaction at each page end and chunk end, here at least one: ask with "
        "ascending=true",
        example="GET /cdrs/interaction -> 50 rows, a next_start_key",
        kinds=frozenset({INTERACTION}),
        statuses=OK_STATUSES,
        condition=_loses_interaction,
    ),
    _quirk_rule(
        "interaction-raw-rows",
        "these interactions are rows of the view, {key, value}, for one of them names a leg whose id has no month: "
        "read value.id, or ask for ranges around it",
        example="GET /cdrs/interaction",
        kinds=frozenset({INTERACTION}),
        statuses=OK_STATUSES,
        condition=lambda record, _: record.outcome.has_view_rows,
    ),
    _quirk_rule(
        "interaction-month-order",
        "is_chunked=false over two months gave the older month first: leave is_chunked out, or sort in the client",
        example="GET /cdrs/interaction?is_chunked=false&created_from=63934000000&created_to=63936000000 -> 2 rows",
        kinds=frozenset({INTERACTION}),
        statuses=OK_STATUSES,
        names=frozenset({"is_chunked"}),
        condition=lambda record, context: (
            is_answered(record)
            and is_unchunked(record)
            and record.outcome.rows > 1
            and advice_rule.spans_months(record, context)
        ),
    ),
    _quirk_rule(
        "interaction-csv-plain-fault",
        "CSV of interactions with is_chunked=false is a 503: leave is_chunked out",
        example="GET /cdrs/interaction?accept=csv&is_chunked=false -> 503 datastore_fault",
        kinds=frozenset({INTERACTION}),
        statuses=_UNAVAILABLE,
        names=frozenset({"is_chunked"}),
        condition=lambda record, _: _is_unchunked_csv(record),
    ),
    _quirk_rule(
        "interaction-utc-offset-fault",
        "this 503 is a utc_offset that is no number: send whole seconds, as in utc_offset=-18000",
        example="GET /cdrs/interaction?utc_offset=east -> 503 datastore_fault",
        kinds=frozenset({INTERACTION}),
        statuses=_UNAVAILABLE,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: _has_text_offset(record),
    ),
    _quirk_rule(
        "utc-offset-500",
        "this 500 is a utc_offset in the body that is null, false or an object: send whole seconds, or none",
        example='GET /cdrs with body {"utc_offset": null} -> 500 init failed',
        statuses=_SERVER_ERROR,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: _has_crashing_offset(record),
    ),
    _quirk_rule(
        "fractional-utc-offset-fault",
        "this 503 is a utc_offset with a fraction: send whole seconds, as in utc_offset=-18000",
        example="GET /cdrs?utc_offset=0.5 -> 503 datastore_fault",
        kinds=LISTING_KINDS,
        statuses=_UNAVAILABLE,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: _has_fractional_offset(record),
    ),
    _quirk_rule(
        "csv-interaction-unquoted",
        "CSV of interactions has no quotes: a comma in a name shifts the columns behind it; ask for JSON",
        example="GET /cdrs/interaction with Accept: text/csv",
        kinds=frozenset({INTERACTION}),
        statuses=OK_STATUSES,
        condition=lambda record, _: is_answered(record) and wants_csv(record) and record.outcome.rows > 0,
    ),
    _quirk_rule(
        "summary-doubling",
        "the seconds of this summary are twice what they should be: halve them, or add up the listing",
        example="GET /cdrs/summary",
        kinds=frozenset({SUMMARY}),
        statuses=OK_STATUSES,
        condition=lambda record, _: is_answered(record),
    ),
    _quirk_rule(
        "summary-51-rows",
        "this summary counted at most one call more than page_size of a month that has more: send a page_size as "
        "large as the month, or add up the listing",
        example="GET /cdrs/summary",
        kinds=frozenset({SUMMARY}),
        statuses=OK_STATUSES,
        condition=_has_short_month,
    ),
    _quirk_rule(
        "summary-last-month",
        "this range lies in several months, and the summary kept one of them: ask for each month by itself",
        example="GET /cdrs/summary?created_from=63934000000&created_to=63936000000",
        kinds=frozenset({SUMMARY}),
        statuses=OK_STATUSES,
        condition=lambda record, context: is_answered(record) and advice_rule.spans_months(record, context),
    ),
    _quirk_rule(
        "empty-summary-csv-500",
        "this bare 500 is CSV of a summary without a call: ask for JSON",
        example="GET /cdrs/summary?accept=csv -> 500",
        kinds=frozenset({SUMMARY}),
        statuses=_SERVER_ERROR,
        condition=lambda record, _: wants_csv(record),
    ),
    _quirk_rule(
        "legs-chunked-leak",
        "legs with is_chunked=true show private keys (_id, pvt_created) that other answers do not have: leave it out",
        example="GET /cdrs/legs/INTERACTION_ID?is_chunked=true",
        kinds=frozenset({LEGS}),
        statuses=OK_STATUSES,
        names=frozenset({"is_chunked"}),
        condition=lambda record, _: is_answered(record) and erlang.is_true(first_value(record, "is_chunked")),
    ),
    _quirk_rule(
        "legs-turned",
        "these legs came the other way round than asked: sort them in the client by channel_created_time",
        example="GET /cdrs/legs/INTERACTION_ID?ascending=true -> 2 rows",
        kinds=frozenset({LEGS}),
        statuses=OK_STATUSES,
        names=frozenset({"ascending", "descending"}),
        condition=lambda record, _: is_answered(record) and record.outcome.rows > 1,
    ),
    _quirk_rule(
        "legs-missing-month-503",
        "this 503 is an interaction of a month without CDRs, so it is not there: do not repeat the request",
        example="GET /cdrs/legs/INTERACTION_ID -> 503 datastore missing view",
        kinds=frozenset({LEGS}),
        statuses=_UNAVAILABLE,
        condition=lambda record, _: record.outcome.message == "datastore missing view",
    ),
    _quirk_rule(
        "id-without-month-500",
        "this 500 is an id with text where month or time should be: send YYYYMM-CALL_ID or an interaction_id as listed",
        example="GET /cdrs/abcdef-CALL_ID -> 500 init failed",
        kinds=frozenset({ONE, LEGS}),
        statuses=_SERVER_ERROR,
        condition=lambda record, _: record.outcome.message == "init failed",
    ),
    _quirk_rule(
        "big-integer-chunk-lost",
        "rows of this answer were lost on the way, as one in their chunk has an integer beyond 64 bits: ask with "
        "is_chunked=false, or for CSV",
        example="GET /cdrs",
        kinds=PAGED_KINDS,
        statuses=OK_STATUSES,
        condition=lambda record, _: record.outcome.lost > 0,
    ),
    _quirk_rule(
        "no-ccv-not-listed",
        "CDRs of this range have no custom_channel_vars and are in no listing: find them by /cdrs/interaction and "
        "/cdrs/legs",
        example="GET /cdrs",
        kinds=frozenset({LISTING}),
        statuses=OK_STATUSES,
        condition=_has_unlisted,
    ),
    _quirk_rule(
        "broken-document-fault",
        "this 503 may be a CDR that no row can be made of, which no repeating helps: ask for smaller ranges around it",
        example="GET /cdrs -> 503 datastore_fault",
        kinds=PAGED_KINDS,
        statuses=_UNAVAILABLE,
        condition=lambda record, _: _is_datastore_fault(record) and not _has_other_cause(record),
    ),
    _quirk_rule(
        "reversed-keys-fault",
        "this 500 is a start_key beyond the range, or one that is no key: send the key, created_from and "
        "created_to of one walk together",
        example="GET /cdrs?start_key=NEXT_START_KEY -> 500 datastore_fault",
        kinds=PAGED_KINDS,
        statuses=_SERVER_ERROR,
        names=frozenset({"start_key", "end_key"}),
        condition=lambda record, _: _is_datastore_fault(record),
    ),
    _quirk_rule(
        "chunk-size-0-fault",
        "this 503 is chunk_size=0: send 1 to 50, or none",
        example="GET /cdrs?chunk_size=0 -> 503 datastore_fault",
        kinds=PAGED_KINDS,
        statuses=_UNAVAILABLE,
        names=frozenset({"chunk_size"}),
        condition=lambda record, _: _has_empty_chunk(record),
    ),
    _quirk_rule(
        "descending-false-ignored",
        "descending=false alone changes nothing, newest still come first: send ascending=true",
        example="GET /cdrs?descending=false",
        kinds=PAGED_KINDS,
        names=frozenset({"descending"}),
        condition=lambda record, _: (
            erlang.is_false(first_value(record, "descending")) and "ascending" not in record.query
        ),
    ),
    _quirk_rule(
        "modified-alone-ignored",
        "modified_from and modified_to do nothing here without another filter: add one that all pass, as in "
        "has_key=call_id",
        example="GET /cdrs?modified_from=63936000000",
        kinds=frozenset({LISTING}),
        names=frozenset({"modified_from", "modified_to"}),
        condition=lambda record, _: not advice_rule.has_filter(record),
    ),
    _quirk_rule(
        "missing-value-ignored",
        "missing_value, the docs' name, is ignored: send value_missing",
        example="GET /cdrs?missing_value=to",
        kinds=ALL_KINDS,
        names=frozenset({"missing_value"}),
        condition=lambda record, _: "missing_value" in record.query,
    ),
    _quirk_rule(
        "pdf-500",
        "nothing makes a PDF: accept=pdf is an empty 200 for a listing in chunks, else a bare 500; ask for JSON or CSV",
        example="GET /cdrs?accept=pdf",
        kinds=ALL_KINDS,
        statuses=frozenset({200, 500}),
        names=frozenset({"accept"}),
        condition=lambda record, _: advice_rule.wants_pdf(record),
    ),
    _quirk_rule(
        "no-account-500",
        "this 500 is a path without an account: ask /v2/accounts/ACCOUNT_ID/cdrs",
        example="GET /v2/accounts/cdrs -> 500",
        statuses=_SERVER_ERROR,
        condition=lambda record, _: "/accounts/cdrs" in record.path,
    ),
    _quirk_rule(
        "post-as-get-empty",
        "POST with verb=GET answers before a listing in chunks has loaded any row, and with is_chunked=false "
        "interactions come as view rows: send a GET",
        example="POST /cdrs?verb=GET",
        statuses=frozenset({200}),
        names=frozenset({"verb"}),
        condition=lambda record, _: record.method == "POST" and _has_rows_in_chunks(record),
    ),
)
