"""The files that people have: what is in them, item by item, each with its place."""

import re
from collections.abc import Iterator
from pathlib import Path

from mockcdrs.dataset import import_csv, import_json
from mockcdrs.dataset.files import Words
from mockcdrs.dataset.import_source import Item, Source


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
        return import_json.items(source, text)
    header = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    if header.startswith('"'):
        return import_csv.quoted_items(source, text)
    if header.split(",")[0] == "id":
        return import_csv.bare_items(source, text)
    return source.refuse(
        Words(f"begins with {header!r}" if header else "is empty"),
        'JSON, or a CSV download, whose first line begins with "ID" in quotes or with id without them',
        "save an answer of /cdrs again",
    )
