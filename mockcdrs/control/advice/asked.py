"""Reading a record: what was asked of which endpoint, and whether Crossbar itself answered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.control.advice.facts import Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import filters, routing

LISTING, INTERACTION, LEGS, SUMMARY, ONE = "listing", "interaction", "legs", "summary", "one"
LISTINGS = frozenset({LISTING, INTERACTION})
RANGED = LISTINGS | {SUMMARY}
WALKS = LISTINGS | {LEGS}
TIMED = RANGED | WALKS
CDRS = TIMED | {ONE}

_PLAIN = re.compile(r"[\w.:+/\-]{1,100}", re.ASCII)
_CSV = re.compile(r"csv|comma-separated-values|octet-stream", re.IGNORECASE)

VERSION = re.compile(r"v\d+(\.\d+)*", re.ASCII | re.IGNORECASE)
"""What is meant for the version of the API, whether or not it is one."""

ANSWERED = frozenset({200, 204})

# they choose how an answer looks, not which rows it has
_LOOKS = frozenset(
    {"_", "accept", "auth_token", "chunk_size", "file_name", "is_chunked", "jsonp", "page_size", "pretty_print"}
)


@dataclass(frozen=True, slots=True)
class Target:
    """Which CDR endpoint a path names, `kind` empty for none. `account` is empty for the token's own."""

    kind: str = ""
    account: str = ""
    item: str = ""
    user: str = ""
    is_of_user: bool = False


_NO_TARGET = Target()


def _api_version(path: str) -> str:
    return routing.parse_api_version(path) if path.startswith("/") else ""


@lru_cache(maxsize=256)
def _target(path: str) -> Target:
    if not _api_version(path):
        return _NO_TARGET
    nouns = routing.parse_nouns(routing.split_path(path.replace("/account/", "/accounts//", 1)))
    if not nouns or nouns[0][0] != "cdrs":
        return _NO_TARGET
    account = next((parameters[0] for module, parameters in nouns if module == "accounts" and parameters), "")
    kind, item = _endpoint(nouns[0][1])
    users = dict(nouns).get("users")
    return Target(kind, account, item, next(iter(users or ()), ""), is_of_user=users is not None)


def _endpoint(parameters: tuple[str, ...]) -> tuple[str, str]:
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


def target(record: Record) -> Target:
    """The CDR endpoint that a record asked."""
    return named(record) if record.method == "GET" else _NO_TARGET


def named(record: Record) -> Target:
    """The CDR endpoint that a record's path names, whatever the method."""
    return _target(record.path)


def sent(record: Record) -> dict[str, Any]:
    """All parameters as Crossbar reads them, the query string's and, where they count, the body's."""
    return {**record.query, **record.outcome.from_body} if record.outcome.from_body else record.query


def parameters(record: Record) -> Iterator[tuple[str, Any]]:
    """Names and values, a repeated name once for each value."""
    for name, value in sent(record).items():
        yield from ((name, item) for item in value) if isinstance(value, list) else ((name, value),)


def first(record: Record, name: str) -> Any:
    """A parameter's first value, the one that Crossbar takes; `None` without one."""
    value = sent(record).get(name)
    return next(iter(value), None) if isinstance(value, list) else value


def question(record: Record) -> dict[str, Any]:
    """The parameters that decide which rows there are, but for the place to start at."""
    return {name: value for name, value in sent(record).items() if name not in _LOOKS and name != "start_key"}


def api_version(record: Record) -> str:
    """The version of the API that was asked, as `v2`; empty where none was."""
    return _api_version(record.path)


def where(record: Record) -> str:
    """The path as two spellings of it have in common."""
    return record.path.rstrip("/")


def has_answered(record: Record) -> bool:
    """Whether Crossbar itself answered well, and to the end."""
    return record.status in ANSWERED and record.is_complete and not record.fault


def has_more(record: Record) -> bool:
    """Whether a listing's answer named a next page."""
    return has_answered(record) and bool(record.outcome.next_start_key) and target(record).kind in WALKS


def has_filter(record: Record) -> bool:
    """Whether anything but the range chooses the rows."""
    return any(filters.is_filter(name) and name not in filters.TIME_FILTERS for name in record.query)


def wants_csv(record: Record) -> bool:
    """Whether CSV was asked for; the query wins over the header."""
    wanted = first(record, "accept")
    return bool(_CSV.search(wanted if isinstance(wanted, str) else record.headers.get("accept") or ""))


def wants_pdf(record: Record) -> bool:
    """Whether PDF was asked for, which nothing makes: the answer is empty, whatever rows there are."""
    return bool(first(record, "accept") == "pdf")


def is_ascending(record: Record) -> bool:
    """Whether the oldest rows come first."""
    ascending = first(record, "ascending")
    return ascending is not None and not erlang.is_false(ascending) and not erlang.is_true(first(record, "descending"))


def integer(value: Any) -> int | None:
    """The number that Crossbar takes a parameter for; `None` where it is missing or no number."""
    if value is None:
        return None
    try:
        return erlang.to_integer(value)
    except erlang.BadArgument:
        return None


def moment(record: Record, name: str) -> int | None:
    """A time parameter as Crossbar takes it; `None` where it falls back to its default."""
    seconds = integer(first(record, name))
    return seconds if seconds is not None and seconds > 0 else None


def asked_range(record: Record, facts: Facts) -> tuple[int, int]:
    """`(created_from, created_to)` with Crossbar's defaults in place."""
    end = moment(record, "created_to") or facts.now
    return moment(record, "created_from") or end - facts.maximum_range, end


def month(gregorian_seconds: int) -> str:
    """`YYYYMM` of any moment, however far; empty before the year 0."""
    if gregorian_seconds < 0:
        return ""
    day = gregorian.day_of(gregorian_seconds)
    return f"{day.year:04}{day.month:02}"


def shown(value: Any) -> str:
    """A stranger's value in ASCII, short, so that it can stand in a header."""
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else f"{value!a:.60}"
