"""The files that people have: what is in them, item by item, each with its place for whoever has to complain.

A saved JSON answer (plain or chunked), an array, a CouchDB view or dump with its documents, lines of JSON, and both
kinds of CSV download.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from mockcdrs.cdr import schema
from mockcdrs.cdr.row import COLUMNS, RESELLER_COLUMNS
from mockcdrs.dataset.files import DataError

Item = dict[str, Any]
_REMEDY = "correct it or take it out"
_LONGEST_SHOWN = 80
_DATED = "rfc_1036"
_ROW_MARK = "unix_timestamp"
_NESTED = ("custom_channel_vars", "custom_application_vars", "custom_sip_headers")
_INTEGERS = schema.integer_fields() | {"interaction_time", "pvt_created", "pvt_modified"}
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_RECORDINGS = re.compile(r"(\d{6}-[0-9a-f]{32})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: a line (0: not told) and a path of keys into what stands there (may be empty)."""

    file: Path
    line: int = 0
    path: str = ""

    def at(self, step: str) -> "Source":
        """One step further in: a key, or a position as `[3]`."""
        return replace(self, path=self.path + step if step.startswith("[") or not self.path else f"{self.path}.{step}")

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file.name, f"line {self.line}" if self.line else "", self.path)))

    def refuse(self, came: Any, expected: str, remedy: str = _REMEDY) -> NoReturn:
        """`DataError`: `came` is shown as JSON, a text that is no value should come as `Words`."""
        shown = str(came) if isinstance(came, Words) else json.dumps(came, ensure_ascii=False)
        short = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 3]}..."
        raise DataError(self.file, self.line, self.path, short, expected, remedy)


class Words(str):
    """What came, told in words."""

    __slots__ = ()


def items(file: Path) -> Iterator[tuple[Source, Item]]:
    """What a file holds: objects of JSON, or lines of CSV as such objects; `DataError` where it is none of those."""
    source = Source(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.refuse(Words(f"bytes that are no text ({error})"), "JSON or CSV in UTF-8", "save it again as UTF-8")
    if text.lstrip()[:1] in {"{", "["}:
        return _json_items(source, text)
    header = text.lstrip("\r\n").partition("\n")[0]
    if header.startswith('"'):
        return _quoted_items(source, text)
    if header.rstrip("\r").split(",")[0] == "id":
        return _bare_items(source, text)
    return source.refuse(
        header.rstrip("\r"),
        'JSON, or a CSV download, whose first line begins with "ID" in quotes or with id without them',
        "save an answer of /cdrs again",
    )


def _json_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        if not _is_json(text.strip().partition("\n")[0]):
            replace(source, line=error.lineno).refuse(Words(_near(error)), f"JSON ({error.msg})")
        yield from _json_lines(source, text)
        return
    except (ValueError, RecursionError) as error:
        source.refuse(Words("what no answer could carry"), f"JSON ({error})")
    yield from _of_value(source, value)


def _json_lines(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not line.isspace():
            place = replace(source, line=number)
            try:
                value = _parsed(line)
            except (ValueError, RecursionError) as error:
                place.refuse(Words(repr(line.strip())), f"JSON ({error})")
            yield from _of_value(place, value)


def _parsed(text: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON number")

    value = json.loads(text, parse_constant=refuse)
    if "\\u" in text:  # half of a surrogate pair is JSON, but no answer could carry it
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _is_json(text: str) -> bool:
    try:
        _parsed(text)
    except (ValueError, RecursionError):
        return False
    return True


def _near(error: json.JSONDecodeError) -> str:
    return repr(error.doc[error.pos : error.pos + 40]) if error.pos < len(error.doc) else "the end of the file"


def _of_value(source: Source, value: Any) -> Iterator[tuple[Source, Item]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _of_value(source.at(f"[{index}]"), each)
    elif not isinstance(value, dict):
        source.refuse(value, "an object")
    elif value.get("status") == "error":
        message = f"{value.get('error')} {value.get('message')}"
        source.at("status").refuse(Words(f"an error ({message})"), "an answer with CDRs", "ask for it again")
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
    else:
        yield source, value


def _list(source: Source, value: Any) -> list[Any]:
    return value if isinstance(value, list) else source.refuse(value, "a list")


def _document_of(source: Source, value: Any) -> tuple[Source, Item]:
    document = value.get("doc") if isinstance(value, dict) else None
    if not isinstance(document, dict):
        source.at("doc").refuse(document, "a document", "export the view again with include_docs=true")
    return source.at("doc"), document


def _quoted_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
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


def _bare_items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
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


LISTING_COLUMNS = frozenset(COLUMNS) | frozenset(RESELLER_COLUMNS)
