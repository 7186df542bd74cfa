"""Listing rows as each release of Kazoo writes them, and the documents that rows are built of.

The formats were read in the tags of 2600hz/kazoo from 3.16 to 4.3.142, in its branches from 3.02 on and in
kazoo-classic: columns and texts in `cb_cdrs.erl`, the text around quoted CSV cells in `kz_csv.erl`.

A row does not name its release. Its columns and texts show what matters here: whether its times are those of the start
or of the end of the leg, whether its dates are in quotes of their own, and whether the file escapes quotes in cells.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mockcdrs.cdr import billing, erlang, gregorian, listing_columns

Item = dict[str, Any]
"""A JSON object that an imported file holds: a listing row or a document."""
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
"""The columns that not every release has, and the first release that has each."""

# Each release makes all of these from the same moment, and `utc_offset` does not move them.
_TIME_COLUMNS = frozenset({"timestamp", "unix_timestamp", "rfc_1036", "iso_8601"})
_DATE_COLUMNS = frozenset({"rfc_1036", "iso_8601"})


class FileFormat(Enum):
    """How a file holds its rows."""

    JSON = "JSON"
    BARE_CSV = "CSV without quotes"
    QUOTED_CSV = "CSV with every cell in quotes"


class LegMoment(Enum):
    """The moment of a leg that the time columns of a row give."""

    START = "start"
    END = "end"


def _unchanged(date: str) -> str:
    return date


def _quote(date: str) -> str:
    return f'"{date}"'


def _replace_comma(date: str) -> str:
    return date.replace(",", ";")


@dataclass(frozen=True, slots=True)
class ListingFormat:
    """How a range of releases writes rows into files of one format.

    `matches` tells whether a row is of this format, provided that it matches none before in `LISTING_FORMATS`.
    `write_date` makes the text of `rfc_1036` and `iso_8601` from a date. `has_escapes` tells whether quotes inside of
    quoted cells are doubled and commas separate the elements of a list.
    """

    file_format: FileFormat
    releases: str
    matches: Callable[[Row], bool]
    moment: LegMoment = LegMoment.START
    write_date: Callable[[str], str] = _unchanged
    has_escapes: bool = True

    def write_dates(self, row: Row) -> dict[str, Any]:
        """A row of the newest release, with its dates as these releases write them."""
        return {name: self.write_date(value) if name in _DATE_COLUMNS else value for name, value in row.items()}


_SEMICOLON_DATE = re.compile(r"\w{3}; \d\d \w{3} .*")


def _any_row(_row: Row) -> bool:
    return True


def _lacks_unix_timestamp(row: Row) -> bool:
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


LISTING_FORMATS = (
    # cdrs.json crossbar_listing
    ListingFormat(FileFormat.JSON, "up to 3.14", _lacks_unix_timestamp, LegMoment.END),
    # cb_cdrs normalize_cdr/2
    ListingFormat(FileFormat.JSON, "3.15 to 3.17", _has_numbers_and_no_recording, LegMoment.END),
    # cb_cdrs normalize_cdr/2
    ListingFormat(FileFormat.JSON, "3.18, 3.19", _has_numbers),
    # cb_cdrs col_rfc1036, col_iso8601
    ListingFormat(FileFormat.JSON, "3.20 to 4.2.44", _has_quoted_date, write_date=_quote),
    # cb_cdrs normalize_cdr/3
    ListingFormat(FileFormat.JSON, "4.2.45 and later", _any_row),
    # cb_cdrs normalize_cdr_to_csv
    ListingFormat(FileFormat.BARE_CSV, "3.16 to 3.19", _has_rates_but_no_date, LegMoment.END),
    # Lines of /cdrs/interaction of 4.2.41 to 4.2.44 look the same but give the start: their times come out too early.
    # cb_cdrs normalize_cdr_to_csv
    ListingFormat(FileFormat.BARE_CSV, "3.20 to 4.2.40", _has_quoted_date, LegMoment.END, _quote),
    # cb_cdrs normalize_cdr/3
    ListingFormat(FileFormat.BARE_CSV, "4.2.45 and later", _any_row),
    # kz_csv check_integrity, csv_ize
    ListingFormat(
        FileFormat.QUOTED_CSV,
        "4.2.41 to 4.2.44",
        _is_sorted_with_quoted_date,
        write_date=_quote,
        has_escapes=False,
    ),
    # kz_csv check_integrity, csv_ize
    ListingFormat(FileFormat.QUOTED_CSV, "4.2.45 to 4.3.21", _is_sorted, has_escapes=False),
    # kz_csv cell_to_binary, csv_ize
    ListingFormat(
        FileFormat.QUOTED_CSV,
        "4.3.22 to 4.3.121",
        _has_semicolon_date,
        write_date=_replace_comma,
        has_escapes=False,
    ),
    # kz_csv cell_to_binary
    ListingFormat(FileFormat.QUOTED_CSV, "4.3.122 and later", _any_row),
)
"""The formats of rows, for each file format from the oldest to the newest. The first that matches counts.

The comments name the modules and functions of Kazoo that write them.
"""


def is_listing_row(item: Row) -> bool:
    """Whether an item is a listing row. A document has `call_direction` where a row has `direction`."""
    return "custom_channel_vars" not in item and (
        "unix_timestamp" in item or ("direction" in item and "call_direction" not in item)
    )


def recognize_format(file_format: FileFormat, row: Row) -> ListingFormat:
    """The format of a row from a file of `file_format`, as far as the row shows it."""
    return next(listing for listing in LISTING_FORMATS if listing.file_format is file_format and listing.matches(row))


def count_optional_columns(row: Row) -> int:
    """How many of `COLUMNS_SINCE` a row has."""
    return sum(name in row for name in COLUMNS_SINCE)


_SAME_NAME_COLUMNS = (
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
_FIELD_BY_COLUMN = {name: name for name in _SAME_NAME_COLUMNS} | {"direction": "call_direction"}
_VARIABLE_BY_COLUMN = {
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
# Columns that depend on the request: `utc_offset` moves datetime, by how much a row does not show; `grouped=true` adds
# is_a_leg to the first leg of a call.
_REQUEST_COLUMNS = frozenset({"datetime", "is_a_leg"})
_LISTING_COLUMNS = _REQUEST_COLUMNS.union(listing_columns.COLUMNS, _FIELD_BY_COLUMN, _VARIABLE_BY_COLUMN)
_BILLING_BY_COST = {"cost": "account_billing", "reseller_cost": "reseller_billing"}
# Seconds of rate_increment and rate_minimum, the usual ones first.
_USUAL_TERMS = ((60, 0), (60, 60), (6, 6), (6, 30), (30, 30), (1, 0), (1, 1), (1, 60), (60, 30))
_INTERACTION_ID = re.compile(r"(\d{11})-(.+)", re.ASCII | re.DOTALL)


class RowError(ValueError):
    """A row that no document gives. `column` is at fault; `came` is its JSON value."""

    def __init__(self, column: str, came: Any, expected: str, remedy: str = "correct it or take it out") -> None:
        super().__init__(column, came, expected, remedy)
        self.column, self.came, self.expected, self.remedy = column, came, expected, remedy


def build_cdr_document(item: Item, listing: ListingFormat, account_id: str) -> Item:
    """Build a public document that gives the row `item` again, of the columns that the row has.

    `account_id` is the account of a row that does not name its own. Raises `RowError` if no document gives the row.
    """
    if "unix_timestamp" not in item:
        item = _complete_view_row(item)
    time, duration = _read_integer(item, "timestamp"), _read_integer(item, "duration_seconds", 0)
    start = time if listing.moment is LegMoment.START else time - duration
    if item.get("direction") not in ("inbound", "outbound"):  # which may be a list, that no set takes
        raise RowError("direction", item.get("direction"), "inbound or outbound")
    document: Item = {"_id": item.get("id"), **_rename_columns(item, _FIELD_BY_COLUMN)}
    for name in ("duration_seconds", "billing_seconds"):
        if item.get(name, "") != "":
            document[name] = _read_integer(item, name)
    document["timestamp"] = start + duration
    document |= _channel_time(item, start) | _interaction(item) | _caller(item)
    document["custom_channel_vars"] = _variables(item, account_id) | _rate(item)
    document["custom_channel_vars"] |= _rate_terms(item, document)
    document |= {name: value for name, value in item.items() if name not in _LISTING_COLUMNS and value != ""}
    _check(item, document, listing)
    return document


def _complete_view_row(item: Item) -> Item:
    """Add to a row of Kazoo 3.14 or older, which a view made, the columns that later releases would have."""
    cost = _read_integer(item, "cost", 0)
    billed = {"call_type": "per_minute", "cost": cost} if cost else {}
    return {**item, **billed, "to_uri": item.get("to", ""), "from_uri": item.get("from", "")}


def _variables(item: Item, account_id: str) -> Item:
    variables = _rename_columns(item, _VARIABLE_BY_COLUMN)
    if item.get("inception_direction") == "origination" and "authorizing_id" not in variables:
        # The account itself authorized the call: in this case only is the column empty (cb_cdrs, col_authorizing_id).
        own = item.get("account_id", account_id)
        variables |= {"account_id": own, "authorizing_id": own}
    return variables


def _rename_columns(item: Item, names: Mapping[str, str]) -> Item:
    """The values of the columns `names`, under the document's names. An empty column is a field that is absent."""
    return {name: item[column] for column, name in names.items() if item.get(column, "") not in ("", [])}


def _read_integer(item: Item, name: str, default: int | None = None) -> int:
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


def _rate_terms(item: Item, document: Item) -> dict[str, int]:
    """Increment, minimum and other terms of a rate that make the cost of the row."""
    variables = document["custom_channel_vars"]
    for column in (column for column, key in _BILLING_BY_COST.items() if variables.get(key) == "per_minute"):
        wanted = _read_integer(item, column, 0)
        for terms in (*_usual_terms(), *_unusual_terms(document, wanted)):
            trial = {**document, "custom_channel_vars": variables | terms}
            if billing.cost_units(trial, _BILLING_BY_COST[column]) == wanted:
                return terms
    return {}


def _usual_terms() -> list[dict[str, int]]:
    return [{}, *({"rate_increment": increment, "rate_minimum": minimum} for increment, minimum in _USUAL_TERMS)]


def _unusual_terms(document: Item, wanted: int) -> list[dict[str, int]]:
    """Terms by decreasing likelihood: a time without charge, a surcharge, a discount with a surcharge."""
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


def _check(item: Item, document: Item, listing: ListingFormat) -> None:
    """Raise `RowError` unless the document gives the row that it was built of."""
    try:
        made = _make_full_row(item, document)
        if listing.moment is LegMoment.END:
            at_end = _make_full_row(item, {**document, "duration_seconds": 0})
            made |= {name: at_end[name] for name in _TIME_COLUMNS}
    except ValueError as error:
        raise RowError("timestamp", item["timestamp"], f"Gregorian seconds of a call's start ({error})") from error
    for name, value in listing.write_dates(made).items():
        if name in item and _text(item[name]) != _text(value):
            expected = f"{json.dumps(value, ensure_ascii=False)}, which follows from the other columns"
            raise RowError(name, item[name], expected, "save the answer again as it comes")


def _make_full_row(item: Item, document: Item) -> Item:
    """The row of a document with the columns of all releases, for the listing that `item` is from."""
    # A row does not show whether it is from an account's interactions, as nearly all are, or from a user's.
    inception = item.get("inception_direction")
    of_user = inception is not None and inception != listing_columns.inception(document, 0)
    return listing_columns.make_row(
        document, listing_columns.select_columns(listing_columns.COLUMNS, " ", of_user=of_user)
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else erlang.to_text(value)
