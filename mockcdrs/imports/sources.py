"""Reads files with CDRs: saved answers as JSON or CSV, and documents as CouchDB's answers and backups have them.

Each may be compressed by gzip.

`read_items` yields what a file holds as JSON objects: listing rows, public documents or database documents. Each comes
with its place in the file, for messages about it.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from mockcdrs.cdr import documents
from mockcdrs.cdr.listing_columns import CSV_HEADINGS
from mockcdrs.dataset.files import DataError, Words, parse_json, shortened
from mockcdrs.imports.listing_rows import FileFormat, Item, recognize_format

MAX_UNPACKED_BYTES = 500_000_000
"""Of a compressed file: a few kilobytes may stand for more than the memory holds."""

_REMEDY = "correct it or take it out"
_CONTAINERS = ("rows", "results", "docs", "data")
_IDS = frozenset({"id", "_id", "call_id"})
# In the first line of files of couchbackup.
_BACKUP_NAME = "@cloudant/couchbackup"


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A place in an imported file.

    `line` counts from 1; 0 means that it is not known. `path` is a path of keys into the JSON value at that line, or
    empty. `file_format` tells how the file holds its rows.
    """

    file: Path
    line: int = 0
    path: str = ""
    file_format: FileFormat = FileFormat.JSON

    def at(self, step: str) -> "SourcePlace":
        """The place of a member (`step` is its key) or an element (`step` is its index as `[3]`) of the value here."""
        return replace(self, path=self.path + step if step.startswith("[") or not self.path else f"{self.path}.{step}")

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file.name, f"line {self.line}" if self.line else "", self.path)))

    def refuse(self, came: Any, expected: str, remedy: str = _REMEDY) -> NoReturn:
        """Raise `DataError` for this place. `came` is a JSON value, or `Words` that say what is wrong."""
        text = came if isinstance(came, Words) else json.dumps(came, ensure_ascii=False)
        raise DataError(self.file, self.line, self.path, shortened(text), expected, remedy)


def read_items(file: Path) -> Iterator[tuple[SourcePlace, Item]]:
    """Yield the items of a file, each with its place. Lines of CSV come as the objects that JSON would have.

    Raises `DataError` if the file is neither JSON nor one of Crossbar's two kinds of CSV, or is broken.
    """
    source = SourcePlace(file)
    try:
        content = _read_uncompressed(file)
        if len(content) > MAX_UNPACKED_BYTES:
            source.refuse(Words(f"holds more than {MAX_UNPACKED_BYTES} bytes"), "fewer", "split it")
        text = content.decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        source.refuse(Words(f"is broken gzip ({error})"), "gzip of JSON or CSV", "compress it again")
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


def _read_uncompressed(file: Path) -> bytes:
    """Read a file, and of one that is compressed no more than it takes to see that it is too long."""
    with file.open("rb") as raw:
        if raw.peek(2)[:2] != b"\x1f\x8b":
            return raw.read()
        with gzip.open(raw) as unpacked:
            return unpacked.read(MAX_UNPACKED_BYTES + 1)


def _json_items(source: SourcePlace, text: str) -> Iterator[tuple[SourcePlace, Item]]:
    """Yield the items of a text that is one JSON value, or one on each line.

    A value may be a saved answer (plain, chunked or grouped), an array, or a CouchDB view or dump with documents.
    """
    try:
        value = parse_json(text)
    except json.JSONDecodeError as error:
        if _is_json(grouped := _add_commas_between_groups(text)):
            yield from _value_items(source, parse_json(grouped))
            return
        if not _is_json(text.strip().partition("\n")[0]):
            replace(source, line=error.lineno).refuse(Words(_describe_error(error)), f"JSON ({error.msg})")
        yield from _json_lines(source, text)
        return
    except (ValueError, RecursionError) as error:
        source.refuse(Words("holds what no answer could carry"), f"JSON ({error})")
    yield from _value_items(source, value)


def _json_lines(source: SourcePlace, text: str) -> Iterator[tuple[SourcePlace, Item]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not line.isspace():
            place = replace(source, line=number)
            try:
                value = parse_json(line)
            except (ValueError, RecursionError) as error:
                place.refuse(Words(f"is {line.strip()!r}"), f"JSON ({error})")
            yield from _value_items(place, value)


def _add_commas_between_groups(text: str) -> str:
    """Repair a listing of `grouped=true`.

    Between its groups of more than 50 calls, or of several months, Kazoo wrote no comma (`cb_cdrs.erl`,
    `normalize_and_send`, as of June 2015).
    """
    return text.replace("]}{", "]},{") if '"is_a_leg"' in text else text


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except (ValueError, RecursionError):
        return False
    return True


def _describe_error(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos : error.pos + 40]
    return f"goes on with {rest!r}" if rest else "ends too soon"


def _value_items(source: SourcePlace, value: Any) -> Iterator[tuple[SourcePlace, Item]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _value_items(source.at(f"[{index}]"), each)
    elif not isinstance(value, dict):
        source.refuse(value, "an object")
    elif value.get("status") == "error":
        message = f"{value.get('error')} {value.get('message')}"
        source.at("status").refuse(Words(f"tells of an error ({message})"), "an answer with CDRs", "ask for it again")
    else:
        yield from _object_items(source, value)


def _object_items(source: SourcePlace, value: Item) -> Iterator[tuple[SourcePlace, Item]]:
    container = next((key for key in _CONTAINERS if key in value and _IDS.isdisjoint(value)), None)
    if container in {"rows", "results"}:
        for index, each in enumerate(_check_list(source.at(container), value[container])):
            yield from _view_row_items(source.at(f"{container}[{index}]"), each)
    elif container:
        inner = value[container]
        if isinstance(inner, dict) and isinstance(value.get("revision"), str):
            inner = {**inner, "_rev": value["revision"]}
        yield from _value_items(source.at(container), inner)
    elif "changes" in value and "seq" in value:
        yield from _view_row_items(source, value)
    elif _is_grouped(value):
        for call_id, legs in value.items():
            yield from _value_items(source.at(call_id), legs)
    elif value.get("name") != _BACKUP_NAME and "last_seq" not in value:
        yield source, value


def _is_grouped(value: Item) -> bool:
    """Whether an object holds rows by call, `{A_LEG_CALL_ID: [A_LEG, B_LEG]}`, as `grouped=true` answered."""
    return bool(value) and all(
        isinstance(legs, list) and all(isinstance(leg, dict) for leg in legs) for legs in value.values()
    )


def _check_list(source: SourcePlace, value: Any) -> list[Any]:
    return value if isinstance(value, list) else source.refuse(value, "a list")


def _view_row_items(source: SourcePlace, value: Any) -> Iterator[tuple[SourcePlace, Item]]:
    """The document of a row of a view, of `_all_docs` or of `_changes`; none where the row says that it is gone."""
    row = value if isinstance(value, dict) else {}
    document, details = row.get("doc"), row.get("value")
    if isinstance(document, dict):
        yield source.at("doc"), document
    elif "error" not in row and not row.get("deleted") and not (isinstance(details, dict) and details.get("deleted")):
        source.at("doc").refuse(document, "a document", "export it again with include_docs=true")


_CsvRecords = Iterator[tuple[int, list[str]]]

_ROW_ONLY_COLUMN = "unix_timestamp"
_RESELLER_COLUMNS = ("reseller_cost", "reseller_call_type")
_COLUMN_BY_HEADING = {heading: name for name, heading in CSV_HEADINGS.items()}
_NESTED_OBJECTS = ("custom_channel_vars", "custom_application_vars", "custom_sip_headers")
_INTEGER_FIELDS = documents.integer_field_names() | {"pvt_created", "pvt_modified"}
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_JOINED_RECORDING_IDS = re.compile(r"(\d{6}-[0-9a-f]{32})+", re.ASCII)
# Separators of cells without quotes, to be tried in turn: a comma that no blank follows, which leaves "Doe, Ann" whole;
# or any comma but that of a date.
_BARE_SEPARATORS = (re.compile(r",(?! )"), re.compile(r",(?! \d\d \w{3} \d{4} )"))
_QUOTED = "CSV with every cell in quotes"
_LINE_END = re.compile(r"\r\n|\r|\n")


def _quoted_csv_items(source: SourcePlace, text: str) -> Iterator[tuple[SourcePlace, Item]]:
    """Yield the rows or public documents of a download with every cell in quotes (`kz_csv.erl`)."""
    source = replace(source, file_format=FileFormat.QUOTED_CSV)
    try:
        header = csv_column_names(next(csv.reader([text.partition("\n")[0]])))
    except csv.Error as error:
        replace(source, line=1).refuse(Words(f"is broken ({error})"), _QUOTED)
    _check_header(replace(source, line=1), header)
    has_escapes = _has_escapes(text, header)
    build = _csv_row if _ROW_ONLY_COLUMN in header else _csv_document
    split = _split_at_commas if has_escapes else _split_recording_ids
    records = _read_escaped(source, text) if has_escapes else _read_unescaped(source, text, len(header))
    for line, cells in records:
        place = replace(source, line=line)
        if len(cells) > len(header):
            place.refuse(Words(f"has {len(cells)} cells"), f"{len(header)} at the most, as in the header")
        if csv_column_names(cells) != header:
            yield place, build(place, dict(zip(header, cells, strict=False)), split)


def _bare_csv_items(source: SourcePlace, text: str) -> Iterator[tuple[SourcePlace, Item]]:
    """Yield the rows of a download without quotes. A line that has commas in its values may have to be refused."""
    source = replace(source, file_format=FileFormat.BARE_CSV)
    end = found[0] if (found := _LINE_END.search(text)) else "\n"
    head, *lines = text.removesuffix(end).split(end)
    header = head.split(",")
    _check_header(replace(source, line=1), header)
    number = 2
    for line in lines:
        # Kazoo 4.2 has the header before more than the first of its lines.
        if line != head:
            place = replace(source, line=number)
            cells = split_bare_line(header, line)
            if cells is None:
                place.refuse(
                    Words(f"has {len(_BARE_SEPARATORS[-1].split(line))} columns"),
                    f"{len(header)}, as in the header; these lines have no quotes, so a comma in a value is not told",
                    "save the JSON answer instead",
                )
            yield place, _csv_row(place, dict(zip(header, cells, strict=True)), _split_recording_ids)
        number += 1 + (line.count("\n") if end != "\n" else 0)


def csv_column_names(cells: list[str]) -> list[str]:
    """The columns that the cells of a header name."""
    return [_COLUMN_BY_HEADING.get(cell, cell) for cell in cells]


def _has_escapes(text: str, header: list[str]) -> bool:
    """Whether quotes inside of cells are doubled in this file, which depends on the release that wrote its rows."""
    if _ROW_ONLY_COLUMN not in header:
        return True
    first = dict(zip(header, _split_unescaped(text.partition("\n")[2].partition("\n")[0]), strict=False))
    return recognize_format(FileFormat.QUOTED_CSV, {**dict.fromkeys(header, ""), **first}).has_escapes


def _read_escaped(source: SourcePlace, text: str) -> _CsvRecords:
    """Yield the number of the first line of each record, and its cells. The header is the first record."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        replace(source, line=reader.line_num).refuse(Words(f"is broken ({error})"), _QUOTED)


def _read_unescaped(source: SourcePlace, text: str, width: int) -> _CsvRecords:
    """As `_read_escaped`, of a file in which a quote may stand inside of quotes as it is."""
    first, record = 1, ""
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        record = f"{record}\n{line}" if record else line
        cells = _split_unescaped(record)
        if len(cells) >= width and line.rstrip("\r").endswith('"'):
            yield first, cells
            first, record = number + 1, ""
    if record:
        replace(source, line=first).refuse(Words(f"has {len(cells)} cells"), f"{width}, as in the header")


def _split_unescaped(record: str) -> list[str]:
    return record.rstrip("\r\n")[1:-1].split('","')


def split_bare_line(header: list[str], line: str) -> list[str] | None:
    """The cells of a line without quotes, `None` if commas in its values leave open where cells end."""
    for comma in _BARE_SEPARATORS:
        cells = _insert_missing_comma(header, comma.split(line))
        if len(cells) == len(header):
            return cells
    return None


def _insert_missing_comma(header: list[str], cells: list[str]) -> list[str]:
    """Split `reseller_cost` off the cell before: up to 3.19 no comma was written between the two.

    A reseller's cost is what the account pays, or 0.
    """
    if len(cells) != len(header) - 1 or tuple(header[-2:]) != _RESELLER_COLUMNS:
        return cells
    row = dict(zip(header, cells, strict=False))
    *others, joined, reseller_call_type = cells
    account_cost = row.get("cost") if row.get("call_type") == "per_minute" else None
    cost = account_cost if reseller_call_type == "per_minute" else "0"
    if cost is None or not joined.endswith(cost):
        return cells
    return [*others, joined.removesuffix(cost), cost, reseller_call_type]


def _check_header(place: SourcePlace, header: list[str]) -> None:
    if not {"id", "_id"} & set(header) or "call_id" not in header:
        words = Words("has the columns " + ",".join(header))
        place.refuse(words, "those of a download, ID and call_id among them")
    if len(set(header)) < len(header):
        place.refuse(Words("has a column twice"), "each column once")


def _split_at_commas(cell: str) -> list[str]:
    return cell.split(",")


def _split_recording_ids(cell: str) -> list[str]:
    # The releases that escape nothing write nothing between the elements of a list.
    return re.findall(r"\d{6}-[0-9a-f]{32}", cell) if _JOINED_RECORDING_IDS.fullmatch(cell) else [cell]


def _csv_row(_place: SourcePlace, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A listing row of text cells, with the types that its JSON has."""
    row: Item = dict(cells)
    for name in ("duration_seconds", "billing_seconds"):
        if _INTEGER.fullmatch(cells.get(name, "")):
            row[name] = int(cells[name])
    if "media_recordings" in cells:
        row["media_recordings"] = split(cells["media_recordings"]) if cells["media_recordings"] else []
    return row


def _csv_document(place: SourcePlace, cells: Mapping[str, str], split: Callable[[str], list[str]]) -> Item:
    """A public document of text cells, with nested objects again. An empty cell is a field that is absent."""
    document: Item = {}
    for name, cell in cells.items():
        if not cell:
            continue
        parent = next((parent for parent in _NESTED_OBJECTS if name.startswith(f"{parent}_")), "")
        holder, key = (document.setdefault(parent, {}), name[len(parent) + 1 :]) if parent else (document, name)
        if name in _INTEGER_FIELDS and not _INTEGER.fullmatch(cell):
            place.at(name).refuse(cell, "a whole number")
        holder[key] = int(cell) if name in _INTEGER_FIELDS else split(cell) if key == "media_recordings" else cell
    return document
