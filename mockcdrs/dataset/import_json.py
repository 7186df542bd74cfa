"""Items in JSON: a saved answer (plain, chunked or grouped), an array, lines, a CouchDB view or dump with documents."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

from mockcdrs.dataset.files import Words
from mockcdrs.dataset.import_source import Item, Source


def items(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
    """What a text holds, one JSON value or one a line; `DataError` where it is neither."""
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        if _is_json(grouped := _with_commas(text)):
            yield from _of_value(source, _parsed(grouped))
            return
        if not _is_json(text.strip().partition("\n")[0]):
            replace(source, line=error.lineno).refuse(Words(_near(error)), f"JSON ({error.msg})")
        yield from _lines(source, text)
        return
    except (ValueError, RecursionError) as error:
        source.refuse(Words("holds what no answer could carry"), f"JSON ({error})")
    yield from _of_value(source, value)


def _lines(source: Source, text: str) -> Iterator[tuple[Source, Item]]:
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
