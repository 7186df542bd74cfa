"""Advice on times and ranges."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import RANGED, TIMED, asked_range, first, moment, sent, shown, target
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.counting import COUNTED_AT_MOST
from mockcdrs.control.journal import Record
from mockcdrs.crossbar.filters import TIME_FILTERS

_TIMES = frozenset(TIME_FILTERS)
# without it a range is as long as it may be, and ends at created_to or now
_BEGINNING = frozenset({"created_from"})


def _date(text: Any) -> int | None:
    """Gregorian seconds of a date in ISO 8601."""
    try:
        return int(gregorian.from_datetime(_in_utc(datetime.fromisoformat(text))))
    except (TypeError, ValueError, OverflowError):
        return None


def _in_utc(parsed: datetime) -> datetime:
    return datetime.fromisoformat(f"{parsed.isoformat()}Z") if parsed.tzinfo is None else parsed


def _given(record: Record) -> Iterator[tuple[str, Any]]:
    given = sent(record)
    return ((name, first(record, name)) for name in TIME_FILTERS if name in given)


def _wrong_epoch(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for name, value in _given(record):
        seconds = asked.integer(value)
        guess = gregorian.guess(seconds) if seconds is not None else None
        if guess:
            yield (
                f"{name}={shown(value)} looks like {guess[0]} ({gregorian.iso_8601(guess[1])}); "
                f"Crossbar wants Gregorian seconds: {guess[1]}"
            )


def _is_strange(record: Record) -> bool:
    """Whether a time that says another epoch explains a strange range already."""
    numbers = (asked.integer(value) for _, value in _given(record))
    return any(gregorian.guess(number) for number in numbers if number is not None)


def _ignored_time(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    instead = {
        "created_from": f"Crossbar takes {facts.maximum_range} seconds before the range's end",
        "created_to": "Crossbar takes now",
    }
    for name, value in _given(record):
        number = asked.integer(value)
        if number is not None and (number > 0 or name not in instead):
            continue
        consequence = instead.get(name, "no CDR passes that filter")
        if number is None and name in instead and _is_filter_too(record):
            consequence += ", and here, where it is a filter too, finds nothing"
        yield f"{name}={shown(value)} is no positive number: {consequence}; {_advised(value)}"


def _advised(value: Any) -> str:
    meant = _date(value)
    return f"send Gregorian seconds: {meant}" if meant else "send Gregorian seconds, Unix seconds + 62167219200"


def _is_filter_too(record: Record) -> bool:
    return target(record).kind == asked.INTERACTION or asked.has_filter(record)


def _fraction(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    for name, value in _given(record):
        number = asked.integer(value)
        if number is not None and isinstance(erlang.to_number(value), float):
            yield f"{name}={shown(value)} has a fraction: Crossbar takes {shown(str(number))}; send whole seconds"


def _from_alone(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if "created_to" in sent(record):
        return
    if moment(record, "created_from") is not None and not _is_strange(record):
        yield (
            "created_from came without created_to: the range ends now, moves between pages, and is a 400 once "
            f"created_from is more than {facts.maximum_range} seconds ago; send created_to as well"
        )


def _too_wide(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    start, end = asked_range(record, facts)
    most, setting = facts.maximum_range, " or ".join(facts.version.maximum_range_settings)
    if end - start > most and not _is_strange(record):
        yield (
            f"the range of {shown(str(end - start))} seconds is over the limit of {most} ({setting}): "
            f"ask {shown(str(-(-(end - start) // most)))} times, for a part each"
        )


def _reversed(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    start, end = asked_range(record, facts)
    if end < start and not _is_strange(record):
        yield (
            f"created_from={shown(str(start))} lies behind the range's end {shown(str(end))}, which is now without "
            "created_to: both ends belong to the range, the earlier one is created_from"
        )


def _future(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if moment(record, "created_to") is None:
        return
    start = moment(record, "created_from")
    if start and start > facts.now and not _is_strange(record):
        yield (
            f"created_from={shown(str(start))} lies {shown(str(start - facts.now))} seconds ahead of the server's "
            "clock, so nothing is there yet: all times are UTC, was a local time sent?"
        )


def _default_range_empty(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    is_bare = {"created_from", "created_to", "start_key"}.isdisjoint(sent(record))
    if not is_bare or record.outcome.rows or not asked.has_answered(record) or asked.wants_pdf(record):
        return
    start, _ = asked_range(record, facts)
    older = _count_before(record, start, facts)
    if older != 0:
        more = " or more" if older == COUNTED_AT_MOST else ""
        has = "CDRs may be older" if older is None else f"the account has {older}{more} older CDRs"
        yield (
            f"no rows in the default range, the last {facts.maximum_range // 86_400} days; {has}: "
            f"send created_from and created_to, both before {start}"
        )


def _count_before(record: Record, start: int, facts: Facts) -> int | None:
    asked_for = target(record)
    if facts.count_cdrs is None or not asked_for.account or asked_for.is_of_user or asked.has_filter(record):
        return None
    return facts.count_cdrs(asked_for.account, 1, start - 1)


ADVICE: dict[str, Advice] = {
    "wrong-epoch": Advice(
        _wrong_epoch,
        "A Unix time, milliseconds or a date in digits, where Gregorian seconds are due.",
        "kz_time.erl",
        TIMED,
        names=_TIMES,
        example="GET /cdrs?created_from=1768000000&created_to=1768900000",
    ),
    "ignored-time": Advice(
        _ignored_time,
        "A time that is no positive number, silently replaced by the default range.",
        "crossbar_view.erl",
        TIMED,
        names=_TIMES,
        example="GET /cdrs?created_from=yesterday&created_to=63936129600",
    ),
    "time-fraction": Advice(
        _fraction,
        "A time with a fraction, which is rounded.",
        "kz_term.erl",
        TIMED,
        names=_TIMES,
        example="GET /cdrs?created_from=63936000000.5&created_to=63936100000",
    ),
    "created-from-alone": Advice(
        _from_alone,
        "created_from without created_to: a range with a moving end.",
        "crossbar_view.erl",
        RANGED,
        names=_BEGINNING,
        example="GET /cdrs?created_from=63936000000",
    ),
    "range-too-wide": Advice(
        _too_wide,
        "A range over the setting maximum_range, a 400.",
        "crossbar_view.erl",
        RANGED,
        names=_BEGINNING,
        example="GET /cdrs?created_from=63930000000&created_to=63936000000",
    ),
    "range-reversed": Advice(
        _reversed,
        "A range that ends before it begins, a 400.",
        "crossbar_view.erl",
        RANGED,
        names=_BEGINNING,
        example="GET /cdrs?created_from=63936100000&created_to=63936000000",
    ),
    "future-range": Advice(
        _future,
        "A range that begins after now, where nothing can be.",
        "crossbar_view.erl",
        RANGED,
        names=_BEGINNING,
        example="GET /cdrs?created_from=63940000000&created_to=63941000000",
    ),
    "default-range-empty": Advice(
        _default_range_empty,
        "Nothing found, because without times only 31 days are looked at.",
        "crossbar_view.erl",
        asked.LISTINGS,
        asked.ANSWERED,
        example="GET /cdrs, where the last call is older than 31 days",
    ),
}
