"""Advice on a quirk of the server's that just bit, under the quirk's own name (`crossbar/quirks.py`)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import KW_ONLY, dataclass

from mockcdrs.cdr import erlang
from mockcdrs.control.advice import asked, bitten
from mockcdrs.control.advice.asked import (
    ANSWERED,
    CDRS,
    INTERACTION,
    LEGS,
    LISTING,
    LISTINGS,
    ONE,
    SUMMARY,
    WALKS,
    first,
)
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.quirks import QUIRKS

_FAULT, _BARE_ERROR = frozenset({503}), frozenset({500})


@dataclass(frozen=True, slots=True)
class _Bite:
    """What to say where a quirk bit: on the requests that `Advice` would be asked of, where a condition holds too."""

    words: str
    _: KW_ONLY
    condition: Callable[[Record, Facts], bool]
    kinds: frozenset[str] | None = None
    statuses: frozenset[int] | None = None
    names: frozenset[str] | None = None


_BITES: dict[str, _Bite] = {
    "interaction-page-loss": _Bite(
        "this descending walk lost an interaction at each page end and chunk end, here at least one: ask with "
        "ascending=true",
        kinds=frozenset({INTERACTION}),
        statuses=ANSWERED,
        condition=bitten.lost_interaction,
    ),
    "interaction-raw-rows": _Bite(
        "these interactions are rows of the view, {key, value}, for one of them names a leg whose id has no month: "
        "read value.id, or ask for ranges around it",
        kinds=frozenset({INTERACTION}),
        statuses=ANSWERED,
        condition=lambda record, _: record.outcome.has_view_rows,
    ),
    "interaction-month-order": _Bite(
        "is_chunked=false over two months gave the older month first: leave is_chunked out, or sort in the client",
        kinds=frozenset({INTERACTION}),
        statuses=ANSWERED,
        names=frozenset({"is_chunked"}),
        condition=lambda record, facts: (
            asked.has_answered(record)
            and bitten.is_plain(record)
            and record.outcome.rows > 1
            and bitten.spans_months(record, facts)
        ),
    ),
    "interaction-csv-plain-fault": _Bite(
        "CSV of interactions with is_chunked=false is a 503: leave is_chunked out",
        kinds=frozenset({INTERACTION}),
        statuses=_FAULT,
        names=frozenset({"is_chunked"}),
        condition=lambda record, _: bitten.is_csv_of_plain(record),
    ),
    "interaction-utc-offset-fault": _Bite(
        "this 503 is a utc_offset that is no number: send whole seconds, as in utc_offset=-18000",
        kinds=frozenset({INTERACTION}),
        statuses=_FAULT,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: bitten.has_offset(record) and not bitten.is_number(first(record, "utc_offset")),
    ),
    "utc-offset-500": _Bite(
        "this 500 is a utc_offset in the body that is null, false or an object: send whole seconds, or none",
        statuses=_BARE_ERROR,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: bitten.has_deadly_offset(record),
    ),
    "fractional-utc-offset-fault": _Bite(
        "this 503 is a utc_offset with a fraction: send whole seconds, as in utc_offset=-18000",
        kinds=LISTINGS,
        statuses=_FAULT,
        names=frozenset({"utc_offset"}),
        condition=lambda record, _: bitten.is_fraction(first(record, "utc_offset")),
    ),
    "csv-interaction-unquoted": _Bite(
        "CSV of interactions has no quotes: a comma in a name shifts the columns behind it; ask for JSON",
        kinds=frozenset({INTERACTION}),
        statuses=ANSWERED,
        condition=lambda record, _: asked.has_answered(record) and asked.wants_csv(record) and record.outcome.rows > 0,
    ),
    "summary-doubling": _Bite(
        "the seconds of this summary are twice what they should be: halve them, or add up the listing",
        kinds=frozenset({SUMMARY}),
        statuses=ANSWERED,
        condition=lambda record, _: asked.has_answered(record),
    ),
    "summary-51-rows": _Bite(
        "this summary counted at most one call more than page_size of a month that has more: send a page_size as "
        "large as the month, or add up the listing",
        kinds=frozenset({SUMMARY}),
        statuses=ANSWERED,
        condition=bitten.has_short_month,
    ),
    "summary-last-month": _Bite(
        "this range lies in several months, and the summary kept one of them: ask for each month by itself",
        kinds=frozenset({SUMMARY}),
        statuses=ANSWERED,
        condition=lambda record, facts: asked.has_answered(record) and bitten.spans_months(record, facts),
    ),
    "empty-summary-csv-500": _Bite(
        "this bare 500 is CSV of a summary without a call: ask for JSON",
        kinds=frozenset({SUMMARY}),
        statuses=_BARE_ERROR,
        condition=lambda record, _: asked.wants_csv(record),
    ),
    "legs-chunked-leak": _Bite(
        "legs with is_chunked=true show private keys (_id, pvt_created) that other answers do not have: leave it out",
        kinds=frozenset({LEGS}),
        statuses=ANSWERED,
        names=frozenset({"is_chunked"}),
        condition=lambda record, _: asked.has_answered(record) and erlang.is_true(first(record, "is_chunked")),
    ),
    "legs-turned": _Bite(
        "these legs came the other way round than asked: sort them in the client by channel_created_time",
        kinds=frozenset({LEGS}),
        statuses=ANSWERED,
        names=frozenset({"ascending", "descending"}),
        condition=lambda record, _: asked.has_answered(record) and record.outcome.rows > 1,
    ),
    "legs-missing-month-503": _Bite(
        "this 503 is an interaction of a month without CDRs, so it is not there: do not repeat the request",
        kinds=frozenset({LEGS}),
        statuses=_FAULT,
        condition=lambda record, _: record.outcome.message == "datastore missing view",
    ),
    "id-without-month-500": _Bite(
        "this 500 is an id with text where month or time should be: send YYYYMM-CALL_ID or an interaction_id as listed",
        kinds=frozenset({ONE, LEGS}),
        statuses=_BARE_ERROR,
        condition=lambda record, _: record.outcome.message == "init failed",
    ),
    "big-integer-chunk-lost": _Bite(
        "rows of this answer were lost on the way, as one in their chunk has an integer beyond 64 bits: ask with "
        "is_chunked=false, or for CSV",
        kinds=WALKS,
        statuses=ANSWERED,
        condition=lambda record, _: record.outcome.lost > 0,
    ),
    "no-ccv-not-listed": _Bite(
        "CDRs of this range have no custom_channel_vars and are in no listing: find them by /cdrs/interaction and "
        "/cdrs/legs",
        kinds=frozenset({LISTING}),
        statuses=ANSWERED,
        condition=bitten.has_unlisted,
    ),
    "broken-document-fault": _Bite(
        "this 503 may be a CDR that no row can be made of, which no repeating helps: ask for smaller ranges around it",
        kinds=WALKS,
        statuses=_FAULT,
        condition=lambda record, _: bitten.is_datastore_fault(record) and not bitten.has_other_cause(record),
    ),
    "reversed-keys-fault": _Bite(
        "this 500 is a start_key beyond the range, or one that is no key: send the key, created_from and "
        "created_to of one walk together",
        kinds=WALKS,
        statuses=_BARE_ERROR,
        names=frozenset({"start_key", "end_key"}),
        condition=lambda record, _: bitten.is_datastore_fault(record),
    ),
    "chunk-size-0-fault": _Bite(
        "this 503 is chunk_size=0: send 1 to 50, or none",
        kinds=WALKS,
        statuses=_FAULT,
        names=frozenset({"chunk_size"}),
        condition=lambda record, _: bitten.has_empty_chunk(record),
    ),
    "descending-false-ignored": _Bite(
        "descending=false alone changes nothing, newest still come first: send ascending=true",
        kinds=WALKS,
        names=frozenset({"descending"}),
        condition=lambda record, _: erlang.is_false(first(record, "descending")) and "ascending" not in record.query,
    ),
    "modified-alone-ignored": _Bite(
        "modified_from and modified_to do nothing here without another filter: add one that all pass, as in "
        "has_key=call_id",
        kinds=frozenset({LISTING}),
        names=frozenset({"modified_from", "modified_to"}),
        condition=lambda record, _: not asked.has_filter(record),
    ),
    "missing-value-ignored": _Bite(
        "missing_value, the docs' name, is ignored: send value_missing",
        kinds=CDRS,
        names=frozenset({"missing_value"}),
        condition=lambda record, _: "missing_value" in record.query,
    ),
    "pdf-500": _Bite(
        "nothing makes a PDF: accept=pdf is an empty 200 for a listing in chunks, else a bare 500; ask for JSON or CSV",
        kinds=CDRS,
        statuses=frozenset({200, 500}),
        names=frozenset({"accept"}),
        condition=lambda record, _: asked.wants_pdf(record),
    ),
    "no-account-500": _Bite(
        "this 500 is a path without an account: ask /v2/accounts/ACCOUNT_ID/cdrs",
        statuses=_BARE_ERROR,
        condition=lambda record, _: "/accounts/cdrs" in record.path,
    ),
    "post-as-get-empty": _Bite(
        "POST with verb=GET answers before a listing in chunks has loaded any row, and with is_chunked=false "
        "interactions come as view rows: send a GET",
        statuses=frozenset({200}),
        names=frozenset({"verb"}),
        condition=lambda record, _: record.method == "POST" and bitten.has_rows_in_chunks(record),
    ),
}


def _advice(name: str, bite: _Bite) -> Advice:
    def piece(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
        if name in facts.quirks and not record.fault and bite.condition(record, facts):
            yield bite.words

    quirk = QUIRKS[name]
    return Advice(piece, quirk.sentence, quirk.source, bite.kinds, bite.statuses, bite.names)


ADVICE: dict[str, Advice] = {name: _advice(name, bite) for name, bite in _BITES.items()}
