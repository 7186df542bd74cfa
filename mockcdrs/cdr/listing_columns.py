"""The columns of a row of `/cdrs` and `/cdrs/interaction`: what each shows of a document, and the type of a row.

Sources followed: `cb_cdrs.erl`, `kzd_cdrs.erl`.

A row is an ordered dict of columns. Each version of Kazoo has its own columns, in its own order
(`mockcdrs/crossbar/versions.py`); here is what each of them holds. Most show a field as it is: `Text`, `Integer`,
`Variable`. The others are functions of the document and the leg's start in Gregorian seconds. A document that a column
cannot handle raises `ValueError`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.billing import cost_units, units_to_dollars
from mockcdrs.cdr.documents import Document, channel_vars, integer_at, text_at, value_at


class Text(str):
    """The name of a field that a column shows as text."""

    __slots__ = ()


class Integer(str):
    """The name of a field that a column shows as an integer; empty where it is none."""

    __slots__ = ()


class Variable(str):
    """The name of a channel variable that a column shows as it stands; empty where there is none."""

    __slots__ = ()


ComputeColumn = Callable[[Document, int], Any]
Column = Text | Integer | Variable | ComputeColumn

# The columns that have another name in CSV with quotes than in JSON (`crossbar.hrl`, `CSV_HEADER_MAP`).
CSV_HEADINGS = {"id": "ID", "account_id": "Account ID"}

_LEAST_YEAR_OF_FIVE_DIGITS = 10_000
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def start_seconds(document: Document) -> int:
    """When the leg began, in Gregorian seconds: its end minus its duration, both 0 where they are no numbers."""
    end, duration = document.get("timestamp"), document.get("duration_seconds")
    if type(end) is not int or type(duration) is not int:
        end, duration = (integer_at(document, (name,), 0) for name in ("timestamp", "duration_seconds"))
    start: int = end - duration
    return start


def _variable(document: Document, name: str, default: Any = "") -> Any:
    variables = document.get("custom_channel_vars")
    if isinstance(variables, dict):  # nearly always
        return variables.get(name, default)
    return value_at(document, ("custom_channel_vars", name), default)


def _authorizing_id(document: Document, _start: int) -> Any:
    authorizing_id = _variable(document, "authorizing_id")
    return "" if erlang.is_identical(authorizing_id, _variable(document, "account_id")) else authorizing_id


def _direction(document: Document) -> str:
    direction = _text(document, "call_direction")
    if direction not in {"inbound", "outbound"}:
        raise ValueError(f"call_direction: {direction!r:.80}, expected inbound or outbound")
    return direction


def _dialed_number(document: Document, _start: int) -> str:
    return _text(document, "request" if _direction(document) == "inbound" else "to").partition("@")[0]


def _calling_from(document: Document, _start: int) -> str:
    if _direction(document) == "inbound":
        return _text(document, "caller_id_number")
    return _text(document, "from_uri").partition("@")[0]


def _text(document: Document, name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else str(text_at(document, (name,)))


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
    created = integer_at(document, ("channel_created_time",))
    seconds = gregorian.to_unix(start) if created is None else created / 1_000_000
    return erlang.float_text(float(seconds))


def rfc_1036(gregorian_seconds: int) -> str:
    """`Tue, 20 Jan 2026 12:00:00 GMT`, which is also how HTTP has its dates; `ValueError` before the year 0."""
    day, clock = gregorian.day_of(gregorian_seconds), gregorian.clock_text(gregorian_seconds)
    return f"{_WEEKDAYS[day.weekday]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year} {clock} GMT"


def _rate(document: Document, _start: int) -> str:
    return erlang.float_text(units_to_dollars(_variable(document, "rate", 0)))


def _media_recordings(document: Document, _start: int) -> list[Any]:
    recordings = _variable(document, "media_recordings", [])
    return recordings if isinstance(recordings, list) else [recordings]


def inception(document: Document, _start: int) -> str:
    """Whether the call began inside, by the account's view of it: whoever placed it had to authorize."""
    return "origination" if "authorizing_id" in channel_vars(document) else "termination"


def _inception_of_user(document: Document, _start: int) -> str:
    return "origination" if _direction(document) == "inbound" else "termination"


COLUMNS: dict[str, Column] = {
    "id": lambda document, _start: document.get("_id", document.get("id", "")),
    "call_id": Text("call_id"),
    "caller_id_number": Text("caller_id_number"),
    "caller_id_name": Text("caller_id_name"),
    "callee_id_number": Text("callee_id_number"),
    "callee_id_name": Text("callee_id_name"),
    "duration_seconds": Integer("duration_seconds"),
    "billing_seconds": Integer("billing_seconds"),
    "timestamp": lambda _document, start: str(start),
    "hangup_cause": Text("hangup_cause"),
    "disposition": Text("disposition"),
    "other_leg_call_id": Text("other_leg_call_id"),
    "owner_id": Variable("owner_id"),
    "to": Text("to"),
    "from": Text("from"),
    "direction": Text("call_direction"),
    "request": Text("request"),
    "authorizing_id": _authorizing_id,
    "cost": lambda document, _start: str(cost_units(document, "account_billing")),
    "dialed_number": _dialed_number,
    "calling_from": _calling_from,
    "unix_timestamp": lambda _document, start: str(gregorian.to_unix(start)),
    "unix_timestamp_micro": _unix_timestamp_micro,
    "rfc_1036": lambda _document, start: rfc_1036(start),
    "iso_8601": lambda _document, start: gregorian.day_of(start).text,
    "iso_8601_combined": lambda _document, start: gregorian.iso_8601(start),
    "call_type": Variable("account_billing"),
    "rate": _rate,
    "rate_name": Variable("rate_name"),
    "bridge_id": Variable("bridge_id"),
    "recording_url": lambda document, _start: document.get("recording_url", ""),
    "media_recordings": _media_recordings,
    "media_server": Text("media_server"),
    "call_priority": Variable("call_priority"),
    "interaction_id": Text("interaction_id"),
    "inception_direction": inception,
    "reseller_cost": lambda document, _start: str(cost_units(document, "reseller_billing")),
    "reseller_call_type": Variable("reseller_billing"),
    "reseller_id": Variable("reseller_id"),
    "account_id": Variable("account_id"),
}


def select_columns(names: Iterable[str], datetime_separator: str, *, of_user: bool = False) -> dict[str, Column]:
    """The columns of these names, in their order. `KeyError` for a name that no version has.

    `datetime_separator` stands between day and time in `datetime`; `of_user` says that a user's calls are listed, which
    is what `inception_direction` depends on.
    """
    known: dict[str, Column] = {
        **COLUMNS,
        "datetime": lambda _document, start: datetime_text(start, datetime_separator),
    }
    if of_user:
        known["inception_direction"] = _inception_of_user
    return {name: known[name] for name in names}


class RowColumns:
    """The columns of rows in one version of Kazoo: call it for those that one kind of listing has.

    `reseller_columns` are for a reseller's token only; only interactions in JSON have `interaction_columns`.
    """

    def __init__(
        self,
        columns: tuple[str, ...],
        interaction_columns: tuple[str, ...],
        reseller_columns: tuple[str, ...],
        datetime_separator: str,
    ) -> None:
        self._columns = columns
        self._interaction_columns, self._reseller_columns = interaction_columns, reseller_columns
        self._datetime_separator = datetime_separator
        self._known: dict[tuple[bool, str, bool], dict[str, Column]] = {}

    def __call__(
        self, *, is_reseller: bool = False, interactions_of: str = "", is_csv: bool = False
    ) -> Mapping[str, Column]:
        """The columns of a row, in order, each with what makes it. Shared: do not change it.

        `interactions_of` is `account` or `user` where interactions are listed, whose CSV has no columns of its own.
        """
        kind = (is_reseller, interactions_of, is_csv)
        if kind not in self._known:
            names = self._columns
            if interactions_of and not is_csv:
                names += self._interaction_columns
            if is_reseller:
                names += self._reseller_columns
            self._known[kind] = select_columns(names, self._datetime_separator, of_user=interactions_of == "user")
        return self._known[kind]


def make_row(document: Document, columns: Mapping[str, Column], is_lenient: bool = False) -> dict[str, Any]:
    """One document's listing row, with the columns that `columns` gives.

    `ValueError` or `OverflowError` where a column cannot handle it, an empty column if lenient.
    """
    if is_lenient:
        return {name: _value_or_empty(document, column) for name, column in columns.items()}
    start, row = start_seconds(document), dict[str, Any]()
    for name, column in columns.items():
        if isinstance(column, Text):
            text = document.get(column)
            row[name] = text if isinstance(text, str) else erlang.utf8(text_at(document, (column,)))
        elif isinstance(column, Variable):
            row[name] = _variable(document, column)
        elif isinstance(column, Integer):
            number = document.get(column)
            row[name] = number if type(number) is int else integer_at(document, (column,), "")
        else:
            row[name] = column(document, start)
    return row


def _value_or_empty(document: Document, column: Column) -> Any:
    try:
        return make_row(document, {"": column})[""]
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
