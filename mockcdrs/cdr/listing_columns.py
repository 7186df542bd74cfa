"""The columns of a row of `/cdrs` and `/cdrs/interaction`: what each shows of a document, and the type of a row.

Sources followed: `cb_cdrs.erl`, `kzd_cdrs.erl`.

A row is an ordered dict of columns. Each version of Kazoo has its own columns, in its own order
(`mockcdrs/crossbar/versions/`); here is what each of them holds. A column is a function of the document and the leg's
start in Gregorian seconds. A document that a column cannot handle raises `ValueError`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.billing import cost_units, units_to_dollars
from mockcdrs.cdr.documents import Document, channel_vars, integer_at, text_at, value_at

Column = Callable[[Document, int], Any]

# The columns that have another name in CSV with quotes than in JSON (`crossbar.hrl`, `CSV_HEADER_MAP`).
CSV_HEADINGS = {"id": "ID", "account_id": "Account ID"}

_LEAST_YEAR_OF_FIVE_DIGITS = 10_000
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def start_seconds(document: Document) -> int:
    """When the leg began, in Gregorian seconds: its end minus its duration, both 0 where they are no numbers."""
    start: int = integer_at(document, ("timestamp",), 0) - integer_at(document, ("duration_seconds",), 0)
    return start


def _text(key: str) -> Column:
    def column(document: Document, _start: int) -> Any:
        value = document.get(key)
        return value if isinstance(value, str) else erlang.utf8(text_at(document, (key,)))

    return column


def _integer(key: str) -> Column:
    return lambda document, _start: integer_at(document, (key,), "")


def _channel_var(key: str, default: Any = "") -> Column:
    path = ("custom_channel_vars", key)

    def column(document: Document, _start: int) -> Any:
        variables = document.get("custom_channel_vars")
        # nearly always an object
        return variables.get(key, default) if isinstance(variables, dict) else value_at(document, path, default)

    return column


_authorizing, _account, _rate_units, _recordings = (
    _channel_var("authorizing_id"),
    _channel_var("account_id"),
    _channel_var("rate", 0),
    _channel_var("media_recordings", []),
)


def _authorizing_id(document: Document, start: int) -> Any:
    authorizing_id = _authorizing(document, start)
    return "" if erlang.is_identical(authorizing_id, _account(document, start)) else authorizing_id


def _user_part(uri: str) -> str:
    return uri.partition("@")[0]


def _direction(document: Document) -> str:
    direction = text_at(document, ("call_direction",))
    if direction not in {"inbound", "outbound"}:
        raise ValueError(f"call_direction: {direction!r:.80}, expected inbound or outbound")
    return str(direction)


def _dialed_number(document: Document, _start: int) -> str:
    return _user_part(text_at(document, ("request" if _direction(document) == "inbound" else "to",)))


def _calling_from(document: Document, _start: int) -> str:
    if _direction(document) == "inbound":
        return str(text_at(document, ("caller_id_number",)))
    return _user_part(text_at(document, ("from_uri",)))


def datetime_text(gregorian_seconds: float, separator: str) -> str:
    """`2026-01-18 11:58:20` with a blank as `separator`; `ValueError` for a fraction of a second and before the year 0.

    A year that does not fit into four digits is four stars, as `io_lib:format/2` has it.
    """
    if not isinstance(gregorian_seconds, int):
        raise ValueError(f"datetime: {gregorian_seconds}, expected whole seconds")
    day = gregorian.day_of(gregorian_seconds)
    text = day.text if day.year < _LEAST_YEAR_OF_FIVE_DIGITS else f"****{day.text[-6:]}"
    return f"{text}{separator}{gregorian.clock_text(gregorian_seconds)}"


def _unix_timestamp_micro(document: Document, start: int) -> str:
    created = integer_at(document, ("channel_created_time",), None)
    seconds = gregorian.to_unix(start) if created is None else created / 1_000_000
    return erlang.float_text(float(seconds))


def rfc_1036(gregorian_seconds: int) -> str:
    """`Tue, 20 Jan 2026 12:00:00 GMT`, which is also how HTTP has its dates; `ValueError` before the year 0."""
    day, clock = gregorian.day_of(gregorian_seconds), gregorian.clock_text(gregorian_seconds)
    return f"{_WEEKDAYS[day.weekday]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year} {clock} GMT"


def _rate(document: Document, start: int) -> str:
    return erlang.float_text(units_to_dollars(_rate_units(document, start)))


def _media_recordings(document: Document, start: int) -> list[Any]:
    recordings = _recordings(document, start)
    return recordings if isinstance(recordings, list) else [recordings]


def _inception(document: Document, _start: int) -> str:
    """Whether the call began inside, by the account's view of it: whoever placed it had to authorize."""
    return "origination" if "authorizing_id" in channel_vars(document) else "termination"


def _inception_of_user(document: Document, _start: int) -> str:
    return "origination" if _direction(document) == "inbound" else "termination"


COLUMNS: dict[str, Column] = {
    "id": lambda document, _start: document.get("_id", document.get("id", "")),
    "call_id": _text("call_id"),
    "caller_id_number": _text("caller_id_number"),
    "caller_id_name": _text("caller_id_name"),
    "callee_id_number": _text("callee_id_number"),
    "callee_id_name": _text("callee_id_name"),
    "duration_seconds": _integer("duration_seconds"),
    "billing_seconds": _integer("billing_seconds"),
    "timestamp": lambda _document, start: str(start),
    "hangup_cause": _text("hangup_cause"),
    "disposition": _text("disposition"),
    "other_leg_call_id": _text("other_leg_call_id"),
    "owner_id": _channel_var("owner_id"),
    "to": _text("to"),
    "from": _text("from"),
    "direction": _text("call_direction"),
    "request": _text("request"),
    "authorizing_id": _authorizing_id,
    "cost": lambda document, _start: str(cost_units(document, "account_billing")),
    "dialed_number": _dialed_number,
    "calling_from": _calling_from,
    "unix_timestamp": lambda _document, start: str(gregorian.to_unix(start)),
    "unix_timestamp_micro": _unix_timestamp_micro,
    "rfc_1036": lambda _document, start: rfc_1036(start),
    "iso_8601": lambda _document, start: gregorian.day_of(start).text,
    "iso_8601_combined": lambda _document, start: gregorian.iso_8601(start),
    "call_type": _channel_var("account_billing"),
    "rate": _rate,
    "rate_name": _channel_var("rate_name"),
    "bridge_id": _channel_var("bridge_id"),
    "recording_url": lambda document, _start: value_at(document, ("recording_url",), ""),
    "media_recordings": _media_recordings,
    "media_server": _text("media_server"),
    "call_priority": _channel_var("call_priority"),
    "interaction_id": _text("interaction_id"),
    "inception_direction": _inception,
    "reseller_cost": lambda document, _start: str(cost_units(document, "reseller_billing")),
    "reseller_call_type": _channel_var("reseller_billing"),
    "reseller_id": _channel_var("reseller_id"),
    "account_id": _channel_var("account_id"),
}


def select_columns(names: Iterable[str], datetime_separator: str, *, of_user: bool = False) -> dict[str, Column]:
    """The columns of these names, in their order. `KeyError` for a name that no version has.

    `datetime_separator` stands between day and time in `datetime`; `of_user` says that a user's calls are listed, which
    is what `inception_direction` depends on.
    """
    known = {**COLUMNS, "datetime": lambda _document, start: datetime_text(start, datetime_separator)}
    if of_user:
        known["inception_direction"] = _inception_of_user
    return {name: known[name] for name in names}


def make_row(document: Document, columns: Mapping[str, Column], is_lenient: bool = False) -> dict[str, Any]:
    """One document's listing row, with the columns that `columns` gives.

    `ValueError` or `OverflowError` where a column cannot handle it, an empty column if lenient.
    """
    start = start_seconds(document)
    if is_lenient:
        return {name: _or_empty(column, document, start) for name, column in columns.items()}
    return {name: column(document, start) for name, column in columns.items()}


def _or_empty(column: Column, document: Document, start: int) -> Any:
    try:
        return column(document, start)
    except (ValueError, OverflowError):
        return ""


_Named = TypedDict("_Named", {"from": str})  # a word of Python's own


class ListingRow(_Named):
    """A row of `/cdrs` and `/cdrs/interaction` as JSON.

    Columns that are not required are those of some versions, paths or accounts only.
    Amounts are in units of 1/10,000 dollar. `timestamp` is the start of the leg in Gregorian seconds, `unix_timestamp`
    the same in Unix seconds, `unix_timestamp_micro` with their fraction. `duration_seconds` and `billing_seconds` are
    empty texts where the document has none.
    """

    id: str
    call_id: str
    caller_id_number: str
    caller_id_name: str
    callee_id_number: str
    callee_id_name: str
    duration_seconds: int | str
    billing_seconds: int | str
    timestamp: str
    hangup_cause: str
    disposition: NotRequired[str]
    other_leg_call_id: str
    owner_id: str
    to: str
    direction: str
    request: str
    authorizing_id: str
    cost: str
    dialed_number: str
    calling_from: str
    datetime: str
    unix_timestamp: str
    unix_timestamp_micro: NotRequired[str]
    rfc_1036: str
    iso_8601: str
    iso_8601_combined: str
    call_type: str
    rate: str
    rate_name: str
    bridge_id: str
    recording_url: str
    media_recordings: list[Any]
    media_server: str
    call_priority: str
    interaction_id: str
    inception_direction: NotRequired[str]
    reseller_cost: NotRequired[str]
    reseller_call_type: NotRequired[str]
    reseller_id: NotRequired[str]
    account_id: NotRequired[str]
