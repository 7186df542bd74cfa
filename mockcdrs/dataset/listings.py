"""How the releases of Kazoo write listing rows, and which of them wrote a row.

Read in the tags of 2600hz/kazoo from 3.16 to 4.3.142, in its branches from 3.02 on and in kazoo-classic. Columns and
texts are those of `cb_cdrs.erl`, what stands around the cells of a CSV file with quotes is that of `kz_csv.erl`.

No row names its release. But its columns and texts tell what matters here: whether its times are those of the start or
of the end of the leg, whether its dates have quotes of their own, and whether the file escapes the quotes of others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

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

HEADINGS = {"id": "ID", "account_id": "Account ID"}
"""The columns that have another name in CSV with quotes than in JSON (`crossbar.hrl`, `CSV_HEADER_MAP`)."""

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
