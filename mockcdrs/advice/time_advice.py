"""Advice on times and ranges, and on calls that cross the end of a month."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from mockcdrs.advice import advice_rule
from mockcdrs.advice.advice_rule import (
    LISTING,
    LISTING_KINDS,
    MAX_COUNT,
    OK_STATUSES,
    RANGE_KINDS,
    SUMMARY,
    TIME_KINDS,
    AdviceContext,
    AdviceRule,
    first_value,
    parse_integer,
    path_without_slash,
    quote,
    requested_endpoint,
    requested_range,
    sent_parameters,
    time_parameter,
)
from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import channel_vars
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import filters
from mockcdrs.crossbar.filters import TIME_FILTERS
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.dataset.store import Document

_TIMES = frozenset(TIME_FILTERS)
# Without created_from a range has the longest length allowed and ends at created_to or now.
_START = frozenset({"created_from"})
_MONTH_END_QUIRK = "month-end-call-lost"


def _wrong_epoch(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for name, value in _odd_times(record):
        seconds = parse_integer(value)
        guess = gregorian.guess_unit(seconds) if seconds is not None else None
        if guess:
            yield (
                f"{name}={quote(value)} looks like {guess[0]} ({gregorian.iso_8601(guess[1])}); "
                f"Crossbar wants Gregorian seconds: {guess[1]}"
            )


def _odd_times(record: Record) -> list[tuple[str, Any]]:
    """Return the times that were sent as anything but the digits of Gregorian seconds, with their names."""
    sent = sent_parameters(record)
    times = [(name, first_value(record, name)) for name in TIME_FILTERS if name in sent]
    return [(name, value) for name, value in times if not advice_rule.is_gregorian_text(value)]


def _has_wrong_epoch(record: Record) -> bool:
    """Whether `wrong-epoch` explains a strange range already."""
    numbers = (parse_integer(value) for _, value in _odd_times(record))
    return any(gregorian.guess_unit(number) for number in numbers if number is not None)


def _ignored_time(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    default = {
        "created_from": f"Crossbar takes {context.maximum_range} seconds before the range's end",
        "created_to": "Crossbar takes now",
    }
    for name, value in _odd_times(record):
        number = parse_integer(value)
        if number is not None and (number > 0 or name not in default):
            continue
        consequence = default.get(name, "no CDR passes that filter")
        if number is None and name in default and _is_filter_too(record):
            consequence += ", and here, where it is a filter too, finds nothing"
        yield f"{name}={quote(value)} is no positive number: {consequence}; {_correct_form(value)}"


def _is_filter_too(record: Record) -> bool:
    return requested_endpoint(record).kind == advice_rule.INTERACTION or advice_rule.has_filter(record)


def _correct_form(value: Any) -> str:
    seconds = _parse_iso_8601(value)
    return f"send Gregorian seconds: {seconds}" if seconds else "send Gregorian seconds, Unix seconds + 62167219200"


def _parse_iso_8601(text: Any) -> int | None:
    """Return the Gregorian seconds of a date, UTC unless it names another zone; `None` for anything else."""
    try:
        parsed = datetime.fromisoformat(text)
        aware = datetime.fromisoformat(f"{parsed.isoformat()}Z") if parsed.tzinfo is None else parsed
        return int(gregorian.from_datetime(aware))
    except (TypeError, ValueError, OverflowError):
        return None


def _time_fraction(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    for name, value in _odd_times(record):
        number = parse_integer(value)
        if number is not None and isinstance(erlang.to_number(value), float):
            yield f"{name}={quote(value)} has a fraction: Crossbar takes {quote(str(number))}; send whole seconds"


def _created_from_alone(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if "created_to" in sent_parameters(record):
        return
    if time_parameter(record, "created_from") is not None and not _has_wrong_epoch(record):
        yield (
            "created_from came without created_to: the range ends now, moves between pages, and is a 400 once "
            f"created_from is more than {context.maximum_range} seconds ago; send created_to as well"
        )


def _range_too_wide(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    start, end = requested_range(record, context)
    own = "crossbar.cdrs.maximum_range or " if context.version.reads_cdrs_maximum_range else ""
    most, setting = context.maximum_range, f"{own}crossbar.maximum_range"
    if end - start > most and not _has_wrong_epoch(record):
        yield (
            f"the range of {quote(str(end - start))} seconds is over the limit of {most} ({setting}): "
            f"ask {quote(str(-(-(end - start) // most)))} times, for a part each"
        )


def _range_reversed(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    start, end = requested_range(record, context)
    if end < start and not _has_wrong_epoch(record):
        yield (
            f"created_from={quote(str(start))} lies behind the range's end {quote(str(end))}, which is now without "
            "created_to: both ends belong to the range, the earlier one is created_from"
        )


def _future_range(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if time_parameter(record, "created_to") is None:
        return
    start = time_parameter(record, "created_from")
    if start and start > context.now and not _has_wrong_epoch(record):
        yield (
            f"created_from={quote(str(start))} lies {quote(str(start - context.now))} seconds ahead of the server's "
            "clock, so nothing is there yet: all times are UTC, was a local time sent?"
        )


def _default_range_empty(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if record.outcome.rows or not advice_rule.is_answered(record) or advice_rule.wants_pdf(record):
        return
    if not {"created_from", "created_to", "start_key"}.isdisjoint(sent_parameters(record)):
        return
    start, _ = requested_range(record, context)
    older = _count_before(record, start, context)
    if older != 0:
        more = " or more" if older == MAX_COUNT else ""
        has = "CDRs may be older" if older is None else f"the account has {older}{more} older CDRs"
        yield (
            f"no rows in the default range, the last {context.maximum_range // 86_400} days; {has}: "
            f"send created_from and created_to, both before {start}"
        )


def _count_before(record: Record, start: int, context: AdviceContext) -> int | None:
    endpoint = requested_endpoint(record)
    if context.count_cdrs is None or not endpoint.account or endpoint.is_of_user or advice_rule.has_filter(record):
        return None
    return context.count_cdrs(endpoint.account, 1, start - 1)


def _month_end_call_lost(record: Record, earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    """Report calls that cross the end of a month: no range that begins in the next month has them."""
    is_known = context.over_month_end is not None and _MONTH_END_QUIRK in context.quirks
    if not is_known or not advice_rule.is_answered(record) or "start_key" in sent_parameters(record):
        return
    start, end = requested_range(record, context)
    month_start = _month_start(start)
    missing = [each for each in _crossing_cdrs(record, month_start, context) if start <= each["pvt_created"] <= end]
    if not missing:
        return
    # a request before this one whose range began in the month before has them already
    here = path_without_slash(record)
    ranges = [
        requested_range(other, context)
        for other in earlier
        if path_without_slash(other) == here and advice_rule.is_answered(other) and not advice_rule.has_filter(other)
    ]
    for first, last in ranges:
        missing = [each for each in missing if not (first < month_start and first <= each["pvt_created"] <= last)]
    if missing:
        yield (
            f"the answer lacks {len(missing)} CDRs of this range, such as {quote(missing[0]['_id'])}: they lie in the "
            f"month before, in which their calls began; begin the range there, as in "
            f"created_from={quote(str(month_start - 1))}, and leave out what was written before it"
        )


def _month_start(gregorian_seconds: int) -> int:
    """Return the first second of the month that a time lies in; unlike the calendar's, for any time."""
    day = gregorian.day_of(max(gregorian_seconds, 0))
    return gregorian_seconds - gregorian_seconds % 86_400 - (day.day - 1) * 86_400


def _crossing_cdrs(record: Record, month_start: int, context: AdviceContext) -> list[Document]:
    """Return the CDRs in the database of the month before that were written after it and that the request asks for."""
    endpoint = requested_endpoint(record)
    if context.over_month_end is None or not endpoint.account:
        return []
    documents = context.over_month_end(endpoint.account, advice_rule.database_month(month_start - 1))
    is_requested = _row_filter(record) if documents else bool
    return [each for each in documents if is_requested(each)]


def _row_filter(record: Record) -> Callable[[Document], bool]:
    endpoint = requested_endpoint(record)
    user = endpoint.user if endpoint.kind == LISTING else ""
    pairs = tuple((name, value) for name, value in advice_rule.parameter_pairs(record) if name not in _TIMES)
    passes = filters.compile_filters(pairs)

    def is_requested(document: Document) -> bool:
        is_unlisted = document.get("custom_channel_vars") is None
        return not is_unlisted and (not user or channel_vars(document).get("owner_id") == user) and passes(document)

    return is_requested


RULES = (
    AdviceRule(
        code="wrong-epoch",
        function=_wrong_epoch,
        sentence="A Unix time, milliseconds or a date in digits, in place of Gregorian seconds.",
        source="kz_time.erl",
        example="GET /cdrs?created_from=1768300000",
        kinds=TIME_KINDS,
        names=_TIMES,
        is_about_odd_values=True,
    ),
    AdviceRule(
        code="ignored-time",
        function=_ignored_time,
        sentence="A time that is not a positive number, which Crossbar silently replaces by the default range.",
        source="crossbar_view.erl",
        example="GET /cdrs?created_from=2026-01-13",
        kinds=TIME_KINDS,
        names=_TIMES,
        is_about_odd_values=True,
    ),
    AdviceRule(
        code="time-fraction",
        function=_time_fraction,
        sentence="A time with a fraction, which is rounded.",
        source="kz_term.erl",
        example="GET /cdrs?created_to=63936129600.5",
        kinds=TIME_KINDS,
        names=_TIMES,
        is_about_odd_values=True,
    ),
    AdviceRule(
        code="created-from-alone",
        function=_created_from_alone,
        sentence="created_from without created_to: a range with a moving end.",
        source="crossbar_view.erl",
        example="GET /cdrs?created_from=63936000000",
        kinds=RANGE_KINDS,
        names=_START,
    ),
    AdviceRule(
        code="range-too-wide",
        function=_range_too_wide,
        sentence="A range over the setting maximum_range, a 400.",
        source="crossbar_view.erl",
        example="GET /cdrs?created_from=63900000000&created_to=63936000000 -> 400",
        kinds=RANGE_KINDS,
        names=_START,
    ),
    AdviceRule(
        code="range-reversed",
        function=_range_reversed,
        sentence="A range that ends before it begins, a 400.",
        source="crossbar_view.erl",
        example="GET /cdrs?created_from=63936000000&created_to=63935000000 -> 400",
        kinds=RANGE_KINDS,
        names=_START,
    ),
    AdviceRule(
        code="future-range",
        function=_future_range,
        sentence="A range that begins after now, where there cannot be any calls.",
        source="crossbar_view.erl",
        example="GET /cdrs?created_from=99000000000&created_to=99000003600",
        kinds=RANGE_KINDS,
        names=_START,
    ),
    AdviceRule(
        code="default-range-empty",
        function=_default_range_empty,
        sentence="No rows, because a request without times covers only 31 days.",
        source="crossbar_view.erl",
        example="GET /cdrs -> 0 rows",
        kinds=LISTING_KINDS,
        statuses=OK_STATUSES,
    ),
    AdviceRule(
        code=_MONTH_END_QUIRK,
        function=_month_end_call_lost,
        sentence=QUIRKS[_MONTH_END_QUIRK].sentence,
        source=QUIRKS[_MONTH_END_QUIRK].source,
        example="GET /cdrs?created_from=63934444800&created_to=63936000000",
        kinds=frozenset({LISTING, SUMMARY}),
        statuses=OK_STATUSES,
    ),
)
