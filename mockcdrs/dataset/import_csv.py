"""Items in both kinds of CSV download: every cell in quotes, or none."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mockcdrs.cdr import documents
from mockcdrs.dataset import listings
from mockcdrs.dataset.files import Words
from mockcdrs.dataset.import_source import Item, Source
from mockcdrs.dataset.listings import Form

Records = Iterator[tuple[int, list[str]]]

_ROW_MARK = "unix_timestamp"
_RESELLER = ("reseller_cost", "reseller_call_type")
_NAMES = {heading: name for name, heading in listings.HEADINGS.items()}
_NESTED = ("custom_channel_vars", "custom_application_vars", "custom_sip_headers")
_INTEGERS = documents.integer_field_names() | {"pvt_created", "pvt_modified"}
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_RECORDINGS = re.compile(r"(\d{6}-[0-9a-f]{32})+", re.ASCII)
# What parts two cells without quotes: a comma, but not before a blank ("Doe, Ann"), or at least not in a date.
_COMMAS = (re.compile(r",(?! )"), re.compile(r",(?! \d\d \w{3} \d{4} )"))
_LINE_END = re.compile(r"\r\n|\r|\n")


def quoted_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a download with every cell in quotes holds, rows or documents; `DataError` where a line is broken."""
    source = replace(source, form=Form.CELLS)
    header = _names(next(csv.reader([text.partition("\n")[0]])))
    _check_header(replace(source, line=1), header)
    has_escapes = _has_escapes(text, header)
    make = _row if _ROW_MARK in header else _document
    split = _separated if has_escapes else _joined_recordings
    records = _escaped_records(source, text) if has_escapes else _unescaped_records(source, text, len(header))
    for line, cells in records:
        place = replace(source, line=line)
        if len(cells) > len(header):
            place.refuse(Words(f"has {len(cells)} cells"), f"{len(header)} at the most, as in the header")
        if _names(cells) != header:
            yield place, make(place, dict(zip(header, cells, strict=False)), split)


def bare_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """The rows of a download without quotes; `DataError` where the columns of a line cannot be told apart."""
    source = replace(source, form=Form.LINES)
    end = found[0] if (found := _LINE_END.search(text)) else "\n"
    head, *lines = text.removesuffix(end).split(end)
    header = head.split(",")
    _check_header(replace(source, line=1), header)
    number = 2
    for line in lines:
        # Kazoo 4.2 has the header before more than the first of its lines.
        if line != head:
            place = replace(source, line=number)
            cells = _bare_cells(place, header, line)
            yield place, _row(place, dict(zip(header, cells, strict=True)), _joined_recordings)
        number += 1 + (line.count("\n") if end != "\n" else 0)


def _names(cells: list[str]) -> list[str]:
    return [_NAMES.get(cell, cell) for cell in cells]


def _has_escapes(text: str, header: list[str]) -> bool:
    """Whether the releases that wrote this file doubled the quotes inside of its cells; their first row tells."""
    if _ROW_MARK not in header:
        return True
    first = dict(zip(header, _unescaped(text.partition("\n")[2].partition("\n")[0]), strict=False))
    return listings.listing_of(Form.CELLS, {**dict.fromkeys(header, ""), **first}).has_escapes


def _escaped_records(source: Source, text: str) -> Records:
    """The number of the first line of each record, and its cells; the header is the first."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        replace(source, line=reader.line_num).refuse(Words(f"is broken ({error})"), "CSV with every cell in quotes")


def _unescaped_records(source: Source, text: str, width: int) -> Records:
    """As `_escaped_records`, of a file in which a quote may stand inside of quotes as it is."""
    first, record = 1, ""
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        record = f"{record}\n{line}" if record else line
        cells = _unescaped(record)
        if len(cells) >= width and line.rstrip("\r").endswith('"'):
            yield first, cells
            first, record = number + 1, ""
    if record:
        replace(source, line=first).refuse(Words(f"has {len(cells)} cells"), f"{width}, as in the header")


def _unescaped(record: str) -> list[str]:
    return record.rstrip("\r\n")[1:-1].split('","')


def _bare_cells(place: Source, header: list[str], line: str) -> list[str]:
    cells: list[str] = []
    for comma in _COMMAS:
        cells = _with_the_missing_comma(header, comma.split(line))
        if len(cells) == len(header):
            return cells
    return place.refuse(
        Words(f"has {len(cells)} columns"),
        f"{len(header)}, as in the header; these lines have no quotes, so a comma in a value cannot be told",
        "save the JSON answer instead",
    )


def _with_the_missing_comma(header: list[str], cells: list[str]) -> list[str]:
    """Up to 3.19 none was written before `reseller_cost`, which is what the account pays, or nothing."""
    if len(cells) != len(header) - 1 or tuple(header[-2:]) != _RESELLER:
        return cells
    row = dict(zip(header, cells, strict=False))
    *others, joined, reseller_call_type = cells
    account_cost = row.get("cost") if row.get("call_type") == "per_minute" else None
    cost = account_cost if reseller_call_type == "per_minute" else "0"
    if cost is None or not joined.endswith(cost):
        return cells
    return [*others, joined.removesuffix(cost), cost, reseller_call_type]


def _check_header(place: Source, header: list[str]) -> None:
    if not {"id", "_id"} & set(header) or "call_id" not in header:
        words = Words("has the columns " + ",".join(header))
        place.refuse(words, "those of a download, ID and call_id among them")
    if len(set(header)) < len(header):
        place.refuse(Words("has a column twice"), "each column once")


def _separated(cell: str) -> list[str]:
    return cell.split(",")


def _joined_recordings(cell: str) -> list[str]:
    # Where nothing is escaped, nothing stands between the parts of a list.
    return re.findall(r"\d{6}-[0-9a-f]{32}", cell) if _RECORDINGS.fullmatch(cell) else [cell]


def _row(_place: Source, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A listing row with the types of its JSON."""
    row: Item = dict(cells)
    for name in ("duration_seconds", "billing_seconds"):
        if _INTEGER.fullmatch(cells.get(name, "")):
            row[name] = int(cells[name])
    if "media_recordings" in cells:
        row["media_recordings"] = split(cells["media_recordings"]) if cells["media_recordings"] else []
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
