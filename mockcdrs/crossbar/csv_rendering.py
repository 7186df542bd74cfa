"""CSV answers: a whole file, or for interactions bare lines as they are found (`api_util.erl`)."""

import hashlib
import itertools
import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import Document
from mockcdrs.crossbar import csv_text
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import BareAnswer, Failure, died, system
from mockcdrs.crossbar.listing_row import full_rows, json_rows, row_columns
from mockcdrs.crossbar.paging import ChunkedWalk

DEFAULT_LINES_NAME = "result.csv"
CSV: dict[str, str | None] = {"content-type": "text/csv"}


def _no_content() -> BareAnswer:
    return BareAnswer(204, with_request_id=False)


def file_headers(context: Context) -> dict[str, str | None]:
    """Headers of a CSV file, and of an error that Crossbar meets while it writes one."""
    return _headers(context, file_name(context.request_id))


def file_name(request_id: str) -> str:
    """A default name: Crossbar draws its digits, here they rest on the request id, and on no request before."""
    digest = hashlib.sha256(request_id.encode("utf-8", "surrogateescape")).hexdigest()
    return f"json_{digest[:22]}.csv"


def line_headers(context: Context) -> dict[str, str | None]:
    """Headers of bare lines."""
    return _headers(context, DEFAULT_LINES_NAME)


def _headers(context: Context, default_name: str) -> dict[str, str | None]:
    wanted = context.request.headers.get("x-file-name", context.request.value("file_name", default_name))
    name = posixpath.basename((wanted if isinstance(wanted, str) else default_name).rstrip("/"))
    return {**CSV, "content-disposition": f'attachment; filename="{_in_a_header(name)}"'}


def check_name(context: Context, found: Content) -> None:
    """`BareAnswer` for a `file_name` that is no text, as in `?file_name`."""
    wanted = context.request.value("file_name")
    if "x-file-name" in context.request.headers or isinstance(wanted, str | None):
        return
    raise died("a file_name that is no text") if found.walk is None else _no_content()


def _in_a_header(name: str) -> str:
    """A stranger's text may hold what would end the header."""
    return "".join(char for char in name if char.isprintable())


def file(context: Context, found: Content) -> bytes:
    """The whole file; raises `Failure`, and `BareAnswer` where nothing was found."""
    made = csv_text.CsvFile(has_short_rows=context.shows("csv-short-rows"))
    for row in _file_rows(context, found):
        if made or csv_text.has_cells(row):
            _add(made, row)
        elif context.shows("empty-summary-csv-500"):
            raise died("CSV of a summary without a call")
    if not made:
        raise _no_content()
    return made.text()


def _add(made: csv_text.CsvFile, row: Mapping[str, Any]) -> None:
    try:
        made.add([row])
    except erlang.BadArgument:
        raise died("CSV of a text or a number where another row has an object") from None


def _file_rows(context: Context, found: Content) -> Iterator[Mapping[str, Any]]:
    make = full_rows(context, is_csv=True) if found.are_interactions else json_rows(context)
    if found.walk is not None:
        for items in found.chunks(context, ChunkedWalk(found.walk.plan), make):
            yield from items
        return
    data = found.rows(context, make)
    yield from data if isinstance(data, list) else [data]


def lines(context: Context, found: Content) -> Iterator[bytes] | bytes:
    """Bare lines behind a header, or a whole file where interactions stay view rows.

    Raises `Failure` and `BareAnswer` before the first line.
    """
    chunks = _chunks_of_lines(context, found)
    first = next(chunks, None)
    if first is None:
        raise _no_content()
    if _are_view_rows(first):
        return _file_of_view_rows(first, chunks)
    if found.walk is None and context.shows("interaction-csv-plain-fault"):
        raise system("datastore_fault")
    return _encoded(context, first, chunks)


def _chunks_of_lines(context: Context, found: Content) -> Iterator[list[Any]]:
    make = _lines_of_rows(context)
    if found.walk is not None:
        return found.chunks(context, ChunkedWalk(found.walk.plan), make)
    made = found.rows(context, make)
    return iter([made] if made else [])


def _are_view_rows(made: list[Any]) -> bool:
    return isinstance(made[0], dict)


def _file_of_view_rows(first: list[Any], rest: Iterator[list[Any]]) -> bytes:
    made = csv_text.CsvFile()
    for rows in itertools.chain([first], rest):
        if not _are_view_rows(rows):
            raise died("lines of CSV behind what is to become a file")
        made.add(rows)
    return made.text()


def _lines_of_rows(context: Context) -> Callable[[Document], str]:
    make = full_rows(context, is_csv=True)

    def line(document: Document) -> str:
        try:
            return csv_text.bare_line(make(document))
        except erlang.BadArgument as error:
            raise system("datastore_fault") from error

    return line


def _encoded(context: Context, first: list[Any], rest: Iterator[list[Any]]) -> Iterator[bytes]:
    # A line's end goes out with the next line: a piece that ended in "0" CRLF would look to a careless client like the
    # end of the chunks.
    yield _bytes(csv_text.header_line(row_columns(context, is_csv=True)), first)
    has_file = False
    try:
        for made in rest:
            if _are_view_rows(made):
                has_file = True
            else:
                yield csv_text.LINE_END + _bytes("", made)
    except Failure:
        # the lines before are out: Crossbar ends the file as if it were whole
        pass
    yield csv_text.LINE_END
    if has_file:
        raise died("a file of CSV behind lines that are out")


def _bytes(header: str, made: list[str]) -> bytes:
    return (header + "".join(made)).encode("utf-8", "surrogateescape").removesuffix(csv_text.LINE_END)
