"""What a rule of advice is, and what it sees: the context, and of each request its endpoint, parameters and outcome."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import filters, pipeline
from mockcdrs.crossbar.paging import widest_range
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.store import Document

MAX_COUNT = 1_000
"""The largest number that `AdviceContext.count_cdrs` returns."""

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
_GREGORIAN = re.compile(r"6[0-9]{10}")  # from 1901 to 2218; taken for no other unit by `gregorian.guess_unit`
_CSV = re.compile(r"csv|comma-separated-values|octet-stream", re.IGNORECASE)

# They change the form of an answer or where it starts, not which rows it has.
_NOT_ABOUT_ROWS = frozenset(
    {
        *("_", "accept", "auth_token", "chunk_size", "file_name", "is_chunked", "jsonp", "page_size", "pretty_print"),
        "start_key",
    }
)


@dataclass(slots=True, kw_only=True, eq=False)
class AdviceContext:
    """What a rule knows beside the requests. Each optional function makes advice more certain.

    Arguments:
        now: the time, in Gregorian seconds.
        settings: the settings of the server.
        version: the Kazoo that answers.
        quirks: the names of the quirks that are enabled.
        is_clock_frozen: whether the mock's clock stands still.
        count_cdrs: `(account, first, last)` -> the number of CDRs written in that range, at most `MAX_COUNT`.
        count_unlisted: `(account, first, last)` -> the number of them that have no `custom_channel_vars`.
        has_cdr: `(account, id)` -> whether the CDR exists.
        over_month_end: `(account, month)` -> the CDRs in that month's database that were written after the month.

    """

    now: int
    settings: Settings = field(default_factory=Settings)
    version: Version = KAZOO_4_3
    quirks: frozenset[str] = frozenset()
    is_clock_frozen: bool = False
    count_cdrs: Callable[[str, int, int], int] | None = None
    count_unlisted: Callable[[str, int, int], int] | None = None
    has_cdr: Callable[[str, str], bool] | None = None
    over_month_end: Callable[[str, str], Sequence[Document]] | None = None

    @property
    def maximum_range(self) -> int:
        """The widest range that a listing may cover, in seconds."""
        return widest_range(self.version, self.settings)


RuleFunction = Callable[[Record, Iterable[Record], AdviceContext], Iterator[str]]
"""`(record, earlier, context)` -> texts about `record`, without the code; `earlier` yields the latest request first."""

EndFunction = Callable[[Sequence[Record], AdviceContext], Iterator[str]]
"""`(records, context)` -> texts about all requests, oldest first, once no more of them come."""

OpenFunction = Callable[[Sequence[Record]], Iterator[tuple[Record, str]]]
"""`records`, oldest first -> texts about some of them that hold unless their clients go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRule:
    """One kind of advice.

    Arguments:
        code: the stable name that comes before each text.
        function: what to say of a request; `None` for a rule that needs those after it as well.
        sentence: what the rule reports.
        source: the module or document of Kazoo's that it follows from.
        example: requests, one a line, of which the last one triggers the rule: `METHOD PATH`, the path as the client
            sends it or below the account; then, as needed, `with HEADER: VALUE` or `with body JSON`; and behind `->`
            the status with Crossbar's message, or the number of rows.
        kinds: the CDR endpoints that it applies to; `None` for any request.
        statuses: the statuses of answers that it applies to; `None` for any.
        names: the request must have a parameter with one of these names, or with a name for which this function is
            true; `None` for any request.
        is_about_odd_values: whether it applies only to requests for which `has_odd_values` is true.
        at_end: what to say once all requests are known.
        unless_continued: what to say of requests unless their clients go on.

    """

    code: str
    function: RuleFunction | None
    sentence: str
    source: str
    example: str
    kinds: frozenset[str] | None = None
    statuses: frozenset[int] | None = None
    names: frozenset[str] | Callable[[str], bool] | None = None
    is_about_odd_values: bool = False
    at_end: EndFunction | None = None
    unless_continued: OpenFunction | None = None


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
    if not version_in_path(path):
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
    """Return the version of the API in a record's path."""
    return version_in_path(record.path)


def version_in_path(path: str) -> str:
    """Return the version of the API in a path, as in `v2`; empty without one."""
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


def is_gregorian_text(value: Any) -> bool:
    """Whether a value is Gregorian seconds, written in digits alone."""
    return isinstance(value, str) and _GREGORIAN.fullmatch(value) is not None


def has_odd_values(record: Record) -> bool:
    """Whether a parameter came more than once, or a time is not Gregorian seconds in digits alone."""
    return any(
        not is_gregorian_text(value) if name in filters.TIME_FILTERS else isinstance(value, list)
        for name, value in sent_parameters(record).items()
    )


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


def database_month(gregorian_seconds: int) -> str:
    """Return the month, `YYYYMM`, of a time however far away; empty before the year 0."""
    if gregorian_seconds < 0:
        return ""
    day = gregorian.day_of(gregorian_seconds)
    return f"{day.year:04}{day.month:02}"


def spans_months(record: Record, context: AdviceContext) -> bool:
    """Whether the requested range lies in more than one month."""
    start, end = requested_range(record, context)
    return database_month(start) != database_month(end)


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


def is_oldest_first(record: Record) -> bool:
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
