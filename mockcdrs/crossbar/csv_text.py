"""The two kinds of CSV that Crossbar writes.

A file (`kz_csv.erl`; `crossbar.hrl` names columns): every cell in quotes, `""` for a quote, LF, lists joined by commas,
a missing value and one without text an empty cell without quotes. Columns that only later rows have come last; rows
before them are shorter.
Lines (`cb_cdrs.erl`): no quotes and no escapes, CRLF, a header before the first line.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING, value_at

LINE_END = b"\r\n"

# of whatever Crossbar lists, not of calls alone
_HEADER_NAMES = {
    "account_id": "Account ID",
    "account_name": "Account Name",
    "amount": "Amount",
    "description": "Description",
    "id": "ID",
    "metadata_callee_id_number": "Callee ID Number",
    "metadata_callee_id_name": "Callee ID Name",
    "metadata_caller_id_number": "Caller ID Number",
    "metadata_caller_id_name": "Caller ID Name",
    "metadata_direction": "Direction",
    "metadata_from": "From",
    "metadata_to": "To",
    "metadata_rate_description": "Rate Description",
    "metadata_rate_increment": "Rate Increment",
    "metadata_rate_minimum": "Rate Minimum",
    "metadata_rate_name": "Rate Name",
    "metadata_rate_nocharge_time": "Grace Period",
    "metadata_rate_value": "Rate",
    "period_start": "Start Time",
    "period_end": "End Time",
    "source_id": "Source ID",
    "source_service": "Source Service",
    "usage_quantity": "Usage Quantity",
    "usage_type": "Usage Type",
    "usage_unit": "Usage Unit",
}

Path = tuple[str, ...]


class CsvFile:
    """A CSV file that grows by rows; the columns are those of all rows so far.

    `has_short_rows`: whether rows before a new column stay without a cell for it.
    """

    def __init__(self, has_short_rows: bool = True) -> None:
        self._has_short_rows = has_short_rows
        self._columns: dict[Path, None] = {}
        self._rows: list[list[str | None]] = []

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add one line for each row."""
        for row in rows:
            self._columns |= dict.fromkeys(_leaves(row, ()))
            self._rows.append([_cell(value_at(row, path)) for path in self._columns])

    def text(self) -> bytes:
        """The whole file."""
        names = ("_".join(path) for path in self._columns)
        header = _line(map(header_name, names))
        missing: list[None] = [] if self._has_short_rows else [None] * len(self._columns)
        lines = (_line([*cells, *missing[len(cells) :]]) for cells in self._rows)
        return "".join([header, *lines]).encode("utf-8", "surrogateescape")


def header_name(name: str) -> str:
    """What stands in a file's header for a column."""
    return _HEADER_NAMES.get(name, name)


def _leaves(value: Mapping[str, Any], path: Path) -> Iterable[Path]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, (*path, key))
        else:
            yield (*path, key)


def _cell(value: Any) -> str | None:
    if value is MISSING:
        return None
    try:
        return erlang.to_text(_joined(value) if isinstance(value, list) else value)
    except erlang.BadArgument:
        return None


def _joined(items: list[Any]) -> list[Any]:
    """`lists:join/2`; its text is that of an iolist, in which a number is a character."""
    return [part for item in items for part in (",", item)][1:]


def _line(cells: Iterable[str | None]) -> str:
    return ",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def header_line(names: Iterable[str]) -> str:
    """The first of the bare lines."""
    return ",".join(names) + "\r\n"


def bare_line(row: Mapping[str, Any]) -> str:
    """One row as a bare line; a list is the text of its parts with nothing between."""
    return ",".join(map(erlang.to_text, row.values())) + "\r\n"


def has_cells(row: Mapping[str, Any]) -> bool:
    """Whether anything of a row would become a cell."""
    return next(iter(_leaves(row, ())), None) is not None
