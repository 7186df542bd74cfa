"""The files that people have: what is in them, item by item, each with its place."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from mockcdrs.cdr import schema
from mockcdrs.cdr.csv_headings import CSV_HEADINGS
from mockcdrs.dataset.files import DataError, Words, shortened
from mockcdrs.imports.listing_rows import Form, Item, listing_of

_REMEDY = "correct it or take it out"


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: a line (0: not told) and a path of keys into what stands there (may be empty).

    `form`: how the file holds its rows.
    """

    file: Path
    line: int = 0
    path: str = ""
    form: Form = Form.JSON

    def at(self, step: str) -> "Source":
        """One step further in: a key, or a position as `[3]`."""
        return replace(self, path=self.path + step if step.startswith("[") or not self.path else f"{self.path}.{step}")

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file.name, f"line {self.line}" if self.line else "", self.path)))

    def refuse(self, came: Any, expected: str, remedy: str = _REMEDY) -> NoReturn:
        """`DataError`: `came` is shown as JSON unless it is `Words`."""
        shown = came if isinstance(came, Words) else json.dumps(came, ensure_ascii=False)
        raise DataError(self.file, self.line, self.path, shortened(shown), expected, remedy)


def items(file: Path) -> Iterator[tuple[Source, Item]]:
    """What a file holds: objects of JSON, or lines of CSV as such objects; `DataError` where it is none of those."""
    source = Source(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.refuse(
            Words(f"is no text ({error.reason} at byte {error.start})"),
            "JSON or CSV in UTF-8",
            "save it again as UTF-8",
        )
    if text.lstrip()[:1] in {"{", "["}:
        return _json_items(source, text)
    header = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    if header.startswith('"'):
        return _quoted_csv_items(source, text)
    if header.split(",")[0] == "id":
        return _bare_csv_items(source, text)
    return source.refuse(
        Words(f"begins with {header!r}" if header else "is empty"),
        'JSON, or a CSV download, whose first line begins with "ID" in quotes or with id without them',
        "save an answer of /cdrs again",
    )


def _json_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a text holds, one JSON value or one a line; `DataError` where it is neither."""
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        if _is_json(grouped := _with_commas(text)):
            yield from _of_value(source, _parsed(grouped))
            return
        if not _is_json(text.strip().partition("\n")[0]):
            replace(source, line=error.lineno).refuse(Words(_near(error)), f"JSON ({error.msg})")
        yield from _json_lines(source, text)
        return
    except (ValueError, RecursionError) as error:
        source.refuse(Words("holds what no answer could carry"), f"JSON ({error})")
    yield from _of_value(source, value)


def _json_lines(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not line.isspace():
            place = replace(source, line=number)
            try:
                value = _parsed(line)
            except (ValueError, RecursionError) as error:
                place.refuse(Words(f"is {line.strip()!r}"), f"JSON ({error})")
            yield from _of_value(place, value)


def _parsed(text: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON number")

    value = json.loads(text, parse_constant=refuse)
    if "\\u" in text:  # half of a surrogate pair is JSON, but no answer could carry it
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _with_commas(text: str) -> str:
    """A listing of `grouped=true`: its groups of more than 50 calls, or of several months, had no comma between them.

    `cb_cdrs.erl`, `normalize_and_send`, as of June 2015.
    """
    return text.replace("]}{", "]},{") if '"is_a_leg"' in text else text


def _is_json(text: str) -> bool:
    try:
        _parsed(text)
    except (ValueError, RecursionError):
        return False
    return True


def _near(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos : error.pos + 40]
    return f"goes on with {rest!r}" if rest else "ends too soon"


def _of_value(source: Source, value: Any) -> Iterator[tuple[Source, Item]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _of_value(source.at(f"[{index}]"), each)
    elif not isinstance(value, dict):
        source.refuse(value, "an object")
    elif value.get("status") == "error":
        message = f"{value.get('error')} {value.get('message')}"
        source.at("status").refuse(Words(f"tells of an error ({message})"), "an answer with CDRs", "ask for it again")
    else:
        yield from _of_object(source, value)


def _of_object(source: Source, value: Item) -> Iterator[tuple[Source, Item]]:
    if "rows" in value and "id" not in value:
        for index, each in enumerate(_list(source.at("rows"), value["rows"])):
            yield _document_of(source.at(f"rows[{index}]"), each)
        return
    container = next((key for key in ("data", "docs") if key in value and "call_id" not in value), None)
    if container:
        yield from _of_value(source.at(container), value[container])
    elif _is_grouped(value):
        for call_id, legs in value.items():
            yield from _of_value(source.at(call_id), legs)
    else:
        yield source, value


def _is_grouped(value: Item) -> bool:
    """Whether it holds rows by call, `{A_LEG_CALL_ID: [A_LEG, B_LEG]}`, as `grouped=true` answered."""
    return bool(value) and all(
        isinstance(legs, list) and all(isinstance(leg, dict) for leg in legs) for legs in value.values()
    )


def _list(source: Source, value: Any) -> list[Any]:
    return value if isinstance(value, list) else source.refuse(value, "a list")


def _document_of(source: Source, value: Any) -> tuple[Source, Item]:
    document = value.get("doc") if isinstance(value, dict) else None
    if not isinstance(document, dict):
        source.at("doc").refuse(document, "a document", "export the view again with include_docs=true")
    return source.at("doc"), document


Records = Iterator[tuple[int, list[str]]]

_ROW_MARK = "unix_timestamp"
_RESELLER = ("reseller_cost", "reseller_call_type")
_NAMES = {heading: name for name, heading in CSV_HEADINGS.items()}
_NESTED = ("custom_channel_vars", "custom_application_vars", "custom_sip_headers")
_INTEGERS = schema.integer_fields() | {"pvt_created", "pvt_modified"}
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_RECORDINGS = re.compile(r"(\d{6}-[0-9a-f]{32})+", re.ASCII)
# What parts two cells without quotes: a comma, but not before a blank ("Doe, Ann"), or at least not in a date.
_COMMAS = (re.compile(r",(?! )"), re.compile(r",(?! \d\d \w{3} \d{4} )"))
_LINE_END = re.compile(r"\r\n|\r|\n")


def _quoted_csv_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a download with every cell in quotes holds, rows or documents; `DataError` where a line is broken."""
    source = replace(source, form=Form.CELLS)
    header = _names(next(csv.reader([text.partition("\n")[0]])))
    _check_header(replace(source, line=1), header)
    has_escapes = _has_escapes(text, header)
    make = _csv_row if _ROW_MARK in header else _csv_document
    split = _separated if has_escapes else _joined_recordings
    records = _escaped_records(source, text) if has_escapes else _unescaped_records(source, text, len(header))
    for line, cells in records:
        place = replace(source, line=line)
        if len(cells) > len(header):
            place.refuse(Words(f"has {len(cells)} cells"), f"{len(header)} at the most, as in the header")
        if _names(cells) != header:
            yield place, make(place, dict(zip(header, cells, strict=False)), split)


def _bare_csv_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
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
            yield place, _csv_row(place, dict(zip(header, cells, strict=True)), _joined_recordings)
        number += 1 + (line.count("\n") if end != "\n" else 0)


def _names(cells: list[str]) -> list[str]:
    return [_NAMES.get(cell, cell) for cell in cells]


def _has_escapes(text: str, header: list[str]) -> bool:
    """Whether the releases that wrote this file doubled the quotes inside of its cells; their first row tells."""
    if _ROW_MARK not in header:
        return True
    first = dict(zip(header, _unescaped(text.partition("\n")[2].partition("\n")[0]), strict=False))
    return listing_of(Form.CELLS, {**dict.fromkeys(header, ""), **first}).has_escapes


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


def _csv_row(_place: Source, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A listing row with the types of its JSON."""
    row: Item = dict(cells)
    for name in ("duration_seconds", "billing_seconds"):
        if _INTEGER.fullmatch(cells.get(name, "")):
            row[name] = int(cells[name])
    if "media_recordings" in cells:
        row["media_recordings"] = split(cells["media_recordings"]) if cells["media_recordings"] else []
    return row


def _csv_document(place: Source, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
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
