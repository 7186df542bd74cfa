"""Items in JSON: a saved answer (plain or chunked), an array, lines, a CouchDB view or dump with its documents."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

from mockcdrs.dataset.import_source import Item, Source, Words


def items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a text holds, one JSON value or one a line; `DataError` where it is neither."""
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        if not _is_json(text.strip().partition("\n")[0]):
            replace(source, line=error.lineno).refuse(Words(_near(error)), f"JSON ({error.msg})")
        yield from _lines(source, text)
        return
    except (ValueError, RecursionError) as error:
        source.refuse(Words("what no answer could carry"), f"JSON ({error})")
    yield from _of_value(source, value)


def _lines(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
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
