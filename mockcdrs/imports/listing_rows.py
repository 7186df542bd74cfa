"""How the releases of Kazoo write listing rows, and which of them wrote a row.

Read in the tags of 2600hz/kazoo from 3.16 to 4.3.142, in its branches from 3.02 on and in kazoo-classic. Columns and
texts are those of `cb_cdrs.erl`, what stands around the cells of a CSV file with quotes is that of `kz_csv.erl`.

No row names its release. But its columns and texts tell what matters here: whether its times are those of the start or
of the end of the leg, whether its dates have quotes of their own, and whether the file escapes the quotes of others.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mockcdrs.cdr import billing, erlang, gregorian, row

Item = dict[str, Any]
Row = Mapping[str, Any]

COLUMNS_SINCE = {
    "unix_timestamp": "3.15",
    "call_type": "3.15",
    "rate": "3.15",
    "rate_name": "3.15",
    "reseller_cost": "3.15",
    "reseller_call_type": "3.15",
    "recording_url": "3.18",
    "bridge_id": "3.19",
    "rfc_1036": "3.20",
    "iso_8601": "3.20",
    "call_priority": "3.21",
    "media_recordings": "4.0.1",
    "media_server": "4.1.40, 4.2.4",
    "iso_8601_combined": "4.3.9",
    "interaction_id": "4.3.22",
    "inception_direction": "4.3.90",
    "disposition": "4.3.137",
    "unix_timestamp_micro": "master",
    "reseller_id": "kazoo-classic",
    "account_id": "kazoo-classic",
}
"""The columns of JSON that not every release has, and the first that has each."""

TIME_COLUMNS = frozenset({"timestamp", "unix_timestamp", "rfc_1036", "iso_8601"})
"""The columns that every release makes from the same moment, and that `utc_offset` leaves alone."""

_DATE_COLUMNS = frozenset({"rfc_1036", "iso_8601"})


class Form(Enum):
    """How a file holds its rows."""

    JSON = "JSON"
    LINES = "CSV without quotes"
    CELLS = "CSV with every cell in quotes"


class Moment(Enum):
    """Which moment of a leg the columns of time tell."""

    START = "start"
    END = "end"


def _as_it_is(date: str) -> str:
    return date


def _in_quotes(date: str) -> str:
    return f'"{date}"'


def _with_semicolon(date: str) -> str:
    return date.replace(",", ";")


@dataclass(frozen=True, slots=True)
class Listing:
    """How some releases write rows into files of one form.

    `source` names the function that does. `matches` tells whether a row is one of these, if it is none of those before
    in `LISTINGS`. `write_date` makes the text of `rfc_1036` and `iso_8601` from a date. `has_escapes` tells whether a
    quote inside of a quoted cell is doubled, and the parts of a list have a comma between them.
    """

    form: Form
    releases: str
    source: str
    matches: Callable[[Row], bool]
    moment: Moment = Moment.START
    write_date: Callable[[str], str] = _as_it_is
    has_escapes: bool = True

    def written(self, row: Row) -> dict[str, Any]:
        """A row as of the newest release, with its dates as these releases write them."""
        return {name: self.write_date(value) if name in _DATE_COLUMNS else value for name, value in row.items()}


_SEMICOLON_DATE = re.compile(r"\w{3}; \d\d \w{3} .*")


def _any(_row: Row) -> bool:
    return True


def _is_of_a_view(row: Row) -> bool:
    return "unix_timestamp" not in row


def _has_numbers(row: Row) -> bool:
    return not isinstance(row["unix_timestamp"], str)


def _has_numbers_and_no_recording(row: Row) -> bool:
    return _has_numbers(row) and "recording_url" not in row


def _has_rates_but_no_date(row: Row) -> bool:
    return "call_type" in row and row.keys().isdisjoint({"rfc_1036", "recording_url"})


def _has_quoted_date(row: Row) -> bool:
    return str(row.get("rfc_1036", "")).startswith('"')


def _has_semicolon_date(row: Row) -> bool:
    return bool(_SEMICOLON_DATE.fullmatch(str(row.get("rfc_1036", ""))))


def _is_sorted(row: Row) -> bool:
    return list(row) == sorted(row)


def _is_sorted_with_quoted_date(row: Row) -> bool:
    return _is_sorted(row) and _has_quoted_date(row)


LISTINGS = (
    Listing(Form.JSON, "up to 3.14", "cdrs.json crossbar_listing", _is_of_a_view, Moment.END),
    Listing(Form.JSON, "3.15 to 3.17", "cb_cdrs normalize_cdr/2", _has_numbers_and_no_recording, Moment.END),
    Listing(Form.JSON, "3.18, 3.19", "cb_cdrs normalize_cdr/2", _has_numbers),
    Listing(Form.JSON, "3.20 to 4.2.44", "cb_cdrs col_rfc1036, col_iso8601", _has_quoted_date, write_date=_in_quotes),
    Listing(Form.JSON, "4.2.45 and later", "cb_cdrs normalize_cdr/3", _any),
    Listing(Form.LINES, "3.16 to 3.19", "cb_cdrs normalize_cdr_to_csv", _has_rates_but_no_date, Moment.END),
    # The lines of /cdrs/interaction of 4.2.41 to 4.2.44 look the same and tell the start: they are read too early.
    Listing(Form.LINES, "3.20 to 4.2.40", "cb_cdrs normalize_cdr_to_csv", _has_quoted_date, Moment.END, _in_quotes),
    Listing(Form.LINES, "4.2.45 and later", "cb_cdrs normalize_cdr/3", _any),
    Listing(
        Form.CELLS,
        "4.2.41 to 4.2.44",
        "kz_csv check_integrity, csv_ize",
        _is_sorted_with_quoted_date,
        write_date=_in_quotes,
        has_escapes=False,
    ),
    Listing(Form.CELLS, "4.2.45 to 4.3.21", "kz_csv check_integrity, csv_ize", _is_sorted, has_escapes=False),
    Listing(
        Form.CELLS,
        "4.3.22 to 4.3.121",
        "kz_csv cell_to_binary, csv_ize",
        _has_semicolon_date,
        write_date=_with_semicolon,
        has_escapes=False,
    ),
    Listing(Form.CELLS, "4.3.122 and later", "kz_csv cell_to_binary", _any),
)
"""For each form from the oldest to the newest; the first that matches counts."""


def is_row(item: Row) -> bool:
    """Whether an object is a listing row: a document has `call_direction` where a row has `direction`."""
    return "custom_channel_vars" not in item and (
        "unix_timestamp" in item or ("direction" in item and "call_direction" not in item)
    )


def listing_of(form: Form, row: Row) -> Listing:
    """How a row was written, as far as it tells."""
    return next(listing for listing in LISTINGS if listing.form is form and listing.matches(row))


def columns_told(row: Row) -> int:
    """How many of the columns that not every release has are in a row."""
    return sum(name in row for name in COLUMNS_SINCE)


_SAME = (
    "call_id",
    "caller_id_number",
    "caller_id_name",
    "callee_id_number",
    "callee_id_name",
    "hangup_cause",
    "disposition",
    "other_leg_call_id",
    "to",
    "from",
    "request",
    "recording_url",
    "media_server",
    "interaction_id",
)
_FIELDS = {name: name for name in _SAME} | {"direction": "call_direction"}
_VARIABLES = {
    "owner_id": "owner_id",
    "authorizing_id": "authorizing_id",
    "bridge_id": "bridge_id",
    "call_type": "account_billing",
    "reseller_call_type": "reseller_billing",
    "rate_name": "rate_name",
    "call_priority": "call_priority",
    "media_recordings": "media_recordings",
    "inception": "inception",
    "reseller_id": "reseller_id",
    "account_id": "account_id",
}
# What the document itself does not hold: `utc_offset` moves datetime, and a row does not tell by how much; is_a_leg is
# what grouped=true adds to the first leg of a call.
_NOT_OF_THE_DOCUMENT = frozenset({"datetime", "is_a_leg"})
_LISTING_COLUMNS = _NOT_OF_THE_DOCUMENT.union(row.COLUMNS, _FIELDS, _VARIABLES)
_COSTS = {"cost": "account_billing", "reseller_cost": "reseller_billing"}
# Seconds of rate_increment and rate_minimum, the usual ones first.
_TERMS = ((60, 0), (60, 60), (6, 6), (6, 30), (30, 30), (1, 0), (1, 1), (1, 60), (60, 30))
_INTERACTION_ID = re.compile(r"(\d{11})-(.+)", re.ASCII | re.DOTALL)


class RowError(ValueError):
    """A listing row that no document gives: the column at fault, what came in it and what was expected."""

    def __init__(self, column: str, came: Any, expected: str, remedy: str = "correct it or take it out") -> None:
        super().__init__(column, came, expected, remedy)
        self.column, self.came, self.expected, self.remedy = column, came, expected, remedy


def document_of(item: Item, listing: Listing, account_id: str) -> Item:
    """The document of a listing row, without what only the database knows; `DataError` where no document gives it.

    `account_id`: whose row it is where it does not tell.
    """
    if "unix_timestamp" not in item:
        item = _of_view(item)
    told, duration = _integer(item, "timestamp"), _integer(item, "duration_seconds", 0)
    start = told if listing.moment is Moment.START else told - duration
    if item.get("direction") not in ("inbound", "outbound"):  # which may be a list, that no set takes
        raise RowError("direction", item.get("direction"), "inbound or outbound")
    made: Item = {"_id": item.get("id"), **_named(item, _FIELDS)}
    for name in ("duration_seconds", "billing_seconds"):
        if item.get(name, "") != "":
            made[name] = _integer(item, name)
    made["timestamp"] = start + duration
    made |= _channel_time(item, start) | _interaction(item) | _caller(item)
    made["custom_channel_vars"] = _variables(item, account_id) | _rate(item)
    made["custom_channel_vars"] |= _terms(item, made)
    made |= {name: value for name, value in item.items() if name not in _LISTING_COLUMNS and value != ""}
    _check(item, made, listing)
    return made


def _of_view(item: Item) -> Item:
    """A row of Kazoo 3.14 or older, which its view made, with what later releases would tell of the same document."""
    cost = _integer(item, "cost", 0)
    billed = {"call_type": "per_minute", "cost": cost} if cost else {}
    return {**item, **billed, "to_uri": item.get("to", ""), "from_uri": item.get("from", "")}


def _variables(item: Item, account_id: str) -> Item:
    variables = _named(item, _VARIABLES)
    if item.get("inception_direction") == "origination" and "authorizing_id" not in variables:
        # It was authorized, by the account: that alone the row shows as empty (cb_cdrs, col_authorizing_id).
        own = item.get("account_id", account_id)
        variables |= {"account_id": own, "authorizing_id": own}
    return variables


def _named(item: Item, names: Mapping[str, str]) -> Item:
    """Columns under the document's names; an empty one is a field that is not there."""
    return {name: item[column] for column, name in names.items() if item.get(column, "") not in ("", [])}


def _integer(item: Item, name: str, default: int | None = None) -> int:
    value = item.get(name, "")
    if value == "" and default is not None:
        return default
    try:
        return erlang.to_integer(value)
    except erlang.BadArgument:
        raise RowError(name, value, "seconds as a whole number") from None


def _channel_time(item: Item, start: int) -> Item:
    text = item.get("unix_timestamp_micro", "")
    if text in ("", erlang.float_text(float(gregorian.to_unix(start)))):
        return {}
    try:
        return {"channel_created_time": round(float(erlang.to_number(text)) * 1_000_000)}
    except erlang.BadArgument:
        raise RowError("unix_timestamp_micro", text, "Unix seconds with a fraction") from None


def _interaction(item: Item) -> Item:
    found = _INTERACTION_ID.fullmatch(str(item.get("interaction_id", "")))
    return {"interaction_time": int(found[1]), "interaction_key": found[2]} if found else {}


def _caller(item: Item) -> Item:
    calling, sender = str(item.get("calling_from", "")), str(item.get("from", ""))
    if item.get("direction") != "outbound" or not calling:
        return {}
    user, at, realm = sender.partition("@")
    return {"from_uri": sender if user == calling else f"{calling}{at}{realm}"}


def _rate(item: Item) -> dict[str, int]:
    text = item.get("rate", "")
    try:
        units = round(float(erlang.to_number(text or 0)) * billing.UNITS_PER_DOLLAR)
    except erlang.BadArgument:
        raise RowError("rate", text, 'dollars, "0.0333"') from None
    return {"rate": units} if units else {}


def _terms(item: Item, document: Item) -> dict[str, int]:
    """Whatever else of the rate makes the cost what it is."""
    charged = [column for column, key in _COSTS.items() if document["custom_channel_vars"].get(key) == "per_minute"]
    for column in charged:
        wanted = _integer(item, column, 0)
        for terms in (*_usual_terms(), *_made_up_terms(document, wanted)):
            trial = {**document, "custom_channel_vars": document["custom_channel_vars"] | terms}
            if billing.cost_units(trial, _COSTS[column]) == wanted:
                return terms
    return {}


def _usual_terms() -> list[dict[str, int]]:
    return [{}, *({"rate_increment": increment, "rate_minimum": minimum} for increment, minimum in _TERMS)]


def _made_up_terms(document: Item, wanted: int) -> list[dict[str, int]]:
    """Ever less likely ones: no charge at all, a surcharge, a discount with a surcharge."""
    seconds = document.get("billing_seconds", 0)
    rate = document["custom_channel_vars"].get("rate", 0)
    least = math.trunc(seconds * (rate / 60))
    discounts = ({"discount_percentage": percent} for percent in range(1, 100))
    surcharges = [{"surcharge": wanted - least}] if wanted >= least else []
    return [
        {"rate_nocharge_time": seconds},
        *({"rate_increment": 1, **terms} for terms in surcharges),
        *({"rate_increment": 1, **terms, **_surcharge(least, wanted, terms)} for terms in discounts),
    ]


def _surcharge(least: int, wanted: int, terms: Mapping[str, int]) -> dict[str, int]:
    undiscounted = math.ceil(wanted / (1 - terms["discount_percentage"] * 0.01))
    return {"surcharge": max(0, undiscounted - least)}


def _check(item: Item, document: Item, listing: Listing) -> None:
    """Whether the document gives the row that it came from."""
    try:
        made = _row(item, document)
        if listing.moment is Moment.END:
            of_no_length = _row(item, {**document, "duration_seconds": 0})
            made |= {name: of_no_length[name] for name in TIME_COLUMNS}
    except ValueError as error:
        raise RowError("timestamp", item["timestamp"], f"Gregorian seconds of a call's start ({error})") from error
    for name, value in listing.written(made).items():
        if name in item and _text(item[name]) != _text(value):
            expected = f"{json.dumps(value, ensure_ascii=False)}, which follows from the other columns"
            raise RowError(name, item[name], expected, "save the answer again as it comes")


def _row(item: Item, document: Item) -> Item:
    """All that any release tells of a document, for the list that a row is from."""
    # A row does not say whether it is from an account's interactions, as nearly all are, or from a user's.
    told = item.get("inception_direction")
    of_user = told is not None and told != row.COLUMNS["inception_direction"](document, 0)
    return row.make_row(document, row.columns(row.COLUMNS, " ", of_user=of_user))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else erlang.to_text(value)
