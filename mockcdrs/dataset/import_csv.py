"""Items in both kinds of CSV download: every cell in quotes, or none."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mockcdrs.cdr import schema
from mockcdrs.dataset.import_source import Item, Source, Words

_DATED = "rfc_1036"
_ROW_MARK = "unix_timestamp"
_NESTED = ("custom_channel_vars", "custom_application_vars", "custom_sip_headers")
_INTEGERS = schema.integer_fields() | {"interaction_time", "pvt_created", "pvt_modified"}
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_RECORDINGS = re.compile(r"(\d{6}-[0-9a-f]{32})+", re.ASCII)


def quoted_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a download with every cell in quotes holds, rows or documents; `DataError` where a line is broken."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = ["id" if name == "ID" else name for name in next(reader)]
        make = _row if _ROW_MARK in header else _document
        _check_header(replace(source, line=1), header)
        line = reader.line_num + 1
        for cells in reader:
            place = replace(source, line=line)
            if len(cells) > len(header):
                place.refuse(Words(f"{len(cells)} cells"), f"{len(header)} at the most, as in the header")
            yield place, make(place, dict(zip(header, cells, strict=False)), lambda cell: cell.split(","))
            line = reader.line_num + 1
    except csv.Error as error:
        replace(source, line=reader.line_num).refuse(Words(f"a broken line ({error})"), "CSV with every cell in quotes")


def bare_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """The rows of a download without quotes; `DataError` where the columns of a line cannot be told apart."""
    end = "\r\n" if "\r\n" in text else "\n"
    head, *lines = text.removesuffix(end).split(end)
    header = head.split(",")
    _check_header(replace(source, line=1), header)
    number = 2
    for line in lines:
        place = replace(source, line=number)
        cells = _bare_cells(place, header, line)
        yield place, _row(place, dict(zip(header, cells, strict=True)), _joined_recordings)
        number += 1 + (line.count("\n") if end == "\r\n" else 0)


def _bare_cells(place: Source, header: list[str], line: str) -> list[str]:
    cells = line.split(",")
    # The one column that always has a comma: "Sun, 18 Jan 2026 11:58:20 GMT".
    at = header.index(_DATED) if _DATED in header else len(cells)
    if len(cells) > at + 1:
        cells[at : at + 2] = [f"{cells[at]},{cells[at + 1]}"]
    if len(cells) != len(header):
        place.refuse(
            Words(f"{len(cells)} columns"),
            f"{len(header)}, as in the header; these lines have no quotes, so a comma in a value cannot be told",
            "save the JSON answer instead",
        )
    return cells


def _check_header(place: Source, header: list[str]) -> None:
    if not {"id", "_id"} & set(header) or "call_id" not in header:
        place.refuse(Words("columns " + ",".join(header)), "the columns of a download, ID and call_id among them")
    if len(set(header)) < len(header):
        place.refuse(Words("a column twice"), "each column once")


def _joined_recordings(cell: str) -> list[str]:
    # A bare line puts nothing between the parts of a list.
    return re.findall(r"\d{6}-[0-9a-f]{32}", cell) if _RECORDINGS.fullmatch(cell) else [cell]


def _row(_place: Source, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A listing row with the types of its JSON."""
    row: Item = dict(cells)
    for name in ("duration_seconds", "billing_seconds"):
        if _INTEGER.fullmatch(cells.get(name, "")):
            row[name] = int(cells[name])
    recordings = cells.get("media_recordings", "")
    row["media_recordings"] = split(recordings) if recordings else []
    return row


def _document(place: Source, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A public document, its nested columns put back; an empty cell is a field that is not there."""
    document: Item = {}
    for name, cell in cells.items():
        if not cell:
            continue
        parent = next((parent for parent in _NESTED if name.startswith(f"{parent}_")), "")
        holder, key = (document.setdefault(parent, {}), name[len(parent) + 1 :]) if parent else (document, name)
        if name in _INTEGERS and not _INTEGER.fullmatch(cell):
            place.at(name).refuse(cell, "a whole number")
        holder[key] = int(cell) if name in _INTEGERS else split(cell) if key == "media_recordings" else cell
    return document
