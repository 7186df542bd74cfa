"""Views of a journal's record for advice: which CDR endpoint it asked, with which parameters, and how that ended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mockcdrs.advice.types import AdviceContext
from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import filters, pipeline

LISTING, INTERACTION, LEGS, SUMMARY, ONE = "listing", "interaction", "legs", "summary", "one"
"""The kinds of CDR endpoints."""

LISTING_KINDS = frozenset({LISTING, INTERACTION})
RANGE_KINDS = LISTING_KINDS | {SUMMARY}
PAGED_KINDS = LISTING_KINDS | {LEGS}
TIME_KINDS = RANGE_KINDS | PAGED_KINDS
ALL_KINDS = TIME_KINDS | {ONE}

OK_STATUSES = frozenset({200, 204})

VERSION_SEGMENT = re.compile(r"v\d+(\.\d+)*", re.ASCII | re.IGNORECASE)
"""A path segment that is meant as the version of the API, whether or not it is one."""

_PRINTABLE = re.compile(r"[\w.:+/\-]{1,100}", re.ASCII)
_CSV = re.compile(r"csv|comma-separated-values|octet-stream", re.IGNORECASE)

# They change the form of an answer or where it starts, not which rows it has.
_NOT_ABOUT_ROWS = frozenset(
    {
        *("_", "accept", "auth_token", "chunk_size", "file_name", "is_chunked", "jsonp", "page_size", "pretty_print"),
        "start_key",
    }
)


@dataclass(frozen=True, slots=True)
class CdrEndpoint:
    """The CDR endpoint that a path names.

    Arguments:
        kind: one of the kinds above; empty for a path that is none of theirs.
        account: the account's id; empty for the one that the token belongs to.
        item: the id of a CDR or an interaction.
        user: the user's id.
        is_of_user: whether the path is one below `/users`.

    """

    kind: str = ""
    account: str = ""
    item: str = ""
    user: str = ""
    is_of_user: bool = False


_NO_ENDPOINT = CdrEndpoint()


def requested_endpoint(record: Record) -> CdrEndpoint:
    """Return the CDR endpoint that a GET asked."""
    return endpoint_of_path(record) if record.method == "GET" else _NO_ENDPOINT


def endpoint_of_path(record: Record) -> CdrEndpoint:
    """Return the CDR endpoint that a record's path names, whatever the method."""
    return _parse_path(record.path)


@lru_cache(maxsize=256)
def _parse_path(path: str) -> CdrEndpoint:
    if not _parse_version(path):
        return _NO_ENDPOINT
    nouns = pipeline.parse_nouns(pipeline.split_path(path.replace("/account/", "/accounts//", 1)))
    if not nouns or nouns[0][0] != "cdrs":
        return _NO_ENDPOINT
    account = next((parameters[0] for module, parameters in nouns if module == "accounts" and parameters), "")
    kind, item = _parse_parameters(nouns[0][1])
    users = dict(nouns).get("users")
    return CdrEndpoint(kind, account, item, next(iter(users or ()), ""), is_of_user=users is not None)


def _parse_parameters(parameters: tuple[str, ...]) -> tuple[str, str]:
    match parameters:
        case ():
            return LISTING, ""
        case (("interaction" | "summary") as kind,):
            return kind, ""
        case (item,):
            return ONE, item
        case ("legs", item):
            return LEGS, item
    return "", ""


def api_version(record: Record) -> str:
    """Return the version of the API in the path, as in `v2`; empty without one."""
    return _parse_version(record.path)


def _parse_version(path: str) -> str:
    return pipeline.parse_api_version(path) if path.startswith("/") else ""


def path_without_slash(record: Record) -> str:
    """Return the path without a slash at its end, which makes no difference."""
    return record.path.rstrip("/")


def sent_parameters(record: Record) -> dict[str, Any]:
    """Return all parameters as Crossbar reads them: the query string's and, where they count, the body's."""
    return {**record.query, **record.outcome.from_body} if record.outcome.from_body else record.query


def parameter_pairs(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield names and values, a repeated name once for each value."""
    for name, value in sent_parameters(record).items():
        yield from ((name, item) for item in value) if isinstance(value, list) else ((name, value),)


def first_value(record: Record, name: str) -> Any:
    """Return a parameter's first value, which is the one that Crossbar takes; `None` without one."""
    value = sent_parameters(record).get(name)
    return next(iter(value), None) if isinstance(value, list) else value


def row_parameters(record: Record) -> dict[str, Any]:
    """Return the parameters that decide which rows an answer has, without `start_key`."""
    return {name: value for name, value in sent_parameters(record).items() if name not in _NOT_ABOUT_ROWS}


def parse_integer(value: Any) -> int | None:
    """Return the number that Crossbar takes a parameter for; `None` where it is missing or no number."""
    if value is None:
        return None
    try:
        return erlang.to_integer(value)
    except erlang.BadArgument:
        return None


def time_parameter(record: Record, name: str) -> int | None:
    """Return a time as Crossbar takes it, in Gregorian seconds; `None` where it uses its default."""
    seconds = parse_integer(first_value(record, name))
    return seconds if seconds is not None and seconds > 0 else None


def requested_range(record: Record, context: AdviceContext) -> tuple[int, int]:
    """Return `(created_from, created_to)` in Gregorian seconds, with Crossbar's defaults in place."""
    end = time_parameter(record, "created_to") or context.now
    return time_parameter(record, "created_from") or end - context.maximum_range, end


def month_name(gregorian_seconds: int) -> str:
    """Return the month, `YYYYMM`, of a time however far away; empty before the year 0."""
    if gregorian_seconds < 0:
        return ""
    day = gregorian.day_of(gregorian_seconds)
    return f"{day.year:04}{day.month:02}"


def spans_months(record: Record, context: AdviceContext) -> bool:
    """Whether the requested range lies in more than one month."""
    start, end = requested_range(record, context)
    return month_name(start) != month_name(end)


def is_answered(record: Record) -> bool:
    """Whether Crossbar itself answered with success, and the answer was sent to its end."""
    return record.status in OK_STATUSES and record.is_complete and not record.fault


def has_next_page(record: Record) -> bool:
    """Whether the answer of a listing named a next page."""
    has_key = is_answered(record) and bool(record.outcome.next_start_key)
    return has_key and requested_endpoint(record).kind in PAGED_KINDS


def has_filter(record: Record) -> bool:
    """Whether rows are filtered by anything but their times."""
    return any(filters.is_filter(name) and name not in filters.TIME_FILTERS for name in record.query)


def is_ascending(record: Record) -> bool:
    """Whether the oldest rows come first."""
    ascending, descending = first_value(record, "ascending"), first_value(record, "descending")
    return ascending is not None and not erlang.is_false(ascending) and not erlang.is_true(descending)


def is_unchunked(record: Record) -> bool:
    """Whether the request says `is_chunked=false`, or another value that is not true."""
    value = first_value(record, "is_chunked")
    return value is not None and not erlang.is_true(value)


def wants_csv(record: Record) -> bool:
    """Whether CSV was requested; the parameter has precedence over the header."""
    wanted = first_value(record, "accept")
    return bool(_CSV.search(wanted if isinstance(wanted, str) else record.headers.get("accept") or ""))


def wants_pdf(record: Record) -> bool:
    """Whether PDF was requested. Crossbar renders none: the answer is empty, whatever rows there are."""
    return bool(first_value(record, "accept") == "pdf")


def quote(value: Any) -> str:
    """Return a value that a client sent as short ASCII text, fit for a header; quoted unless it is plain."""
    return value if isinstance(value, str) and _PRINTABLE.fullmatch(value) else f"{value!a:.60}"
