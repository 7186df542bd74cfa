"""The two kinds of CSV that Crossbar writes (`api_util.erl`).

A file (`kz_csv.erl`; `crossbar.hrl` names columns): every cell in quotes, `""` for a quote, LF, lists joined by commas,
a missing value and one without text an empty cell without quotes. Columns that only later rows have come last; rows
before them are shorter.

Plain lines, for interactions alone (`cb_cdrs.erl`): no quotes and no escapes, CRLF, a header before the first line.
They are sent as they are found.
"""

import hashlib
import itertools
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING, Document, value_at
from mockcdrs.cdr.listing_columns import CSV_HEADINGS
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.envelope import MakeItem, Rendered, ResourceResult
from mockcdrs.crossbar.errors import EmptyResponse, Failure, handler_crash, reset_between_chunks, system_error
from mockcdrs.crossbar.paging import ChunkedWalk, ViewQuery
from mockcdrs.crossbar.resources.cdrs import RowMaker, visible_columns

_DEFAULT_LINES_NAME = "result.csv"
_CSV_HEADERS: dict[str, str] = {"content-type": "text/csv"}
LINE_END = b"\r\n"

# of whatever Crossbar lists, not of calls alone
_HEADER_NAMES = {
    **CSV_HEADINGS,
    "account_name": "Account Name",
    "amount": "Amount",
    "description": "Description",
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
            self._columns |= dict.fromkeys(_leaf_paths(row, ()))
            self._rows.append([_cell_text(value_at(row, path)) for path in self._columns])

    def text(self) -> bytes:
        """The whole file."""
        names = ("_".join(path) for path in self._columns)
        header = _quoted_line(map(header_name, names))
        missing: list[None] = [] if self._has_short_rows else [None] * len(self._columns)
        lines = (_quoted_line([*cells, *missing[len(cells) :]]) for cells in self._rows)
        return "".join([header, *lines]).encode("utf-8", "surrogateescape")


def render_csv(context: Context, result: ResourceResult) -> Rendered:
    """A result as CSV: plain lines for interactions, a file for all else. Raises `EmptyResponse`."""
    is_unquoted = result.are_interactions and context.has_quirk("csv-interaction-unquoted")
    render = _render_lines if is_unquoted else _render_file
    try:
        body = render(context, result)
    except Failure as failure:
        return _csv_failure(context, failure if result.query is None else reset_between_chunks(failure))
    _check_file_name(context, result)
    is_file = isinstance(body, bytes)
    headers = _file_headers(context) if is_file else _line_headers(context)
    return Rendered(headers, body, is_file=is_file)


def _csv_failure(context: Context, failure: Failure) -> Rendered:
    """A failure's data would have become the file, if there is any."""
    headers = _file_headers(context) if failure.data else _CSV_HEADERS
    return Rendered(headers, failure=failure)


def _no_content() -> EmptyResponse:
    return EmptyResponse(204, with_request_id=False)


def _file_headers(context: Context) -> dict[str, str]:
    """Headers of a CSV file, and of an error that Crossbar meets while it writes one."""
    return _headers(context, default_file_name(context.request_id))


def default_file_name(request_id: str) -> str:
    """The name of a file without `file_name`: Crossbar draws its digits, here they follow from the request id alone."""
    digest = hashlib.sha256(request_id.encode("utf-8", "surrogateescape")).hexdigest()
    return f"json_{digest[:22]}.csv"


def _line_headers(context: Context) -> dict[str, str]:
    """Headers of plain lines."""
    return _headers(context, _DEFAULT_LINES_NAME)


def _headers(context: Context, default_name: str) -> dict[str, str]:
    given = context.request.headers.get("x-file-name", context.request.value("file_name", default_name))
    name = posixpath.basename((given if isinstance(given, str) else default_name).rstrip("/"))
    return {**_CSV_HEADERS, "content-disposition": f'attachment; filename="{_printable(name)}"'}


def _check_file_name(context: Context, result: ResourceResult) -> None:
    """`EmptyResponse` for a `file_name` that is no text, as in `?file_name`."""
    wanted = context.request.value("file_name")
    if "x-file-name" in context.request.headers or isinstance(wanted, str | None):
        return
    raise handler_crash("a file_name that is no text") if result.query is None else _no_content()


def _printable(name: str) -> str:
    """A stranger's text may hold what would end the header."""
    return "".join(char for char in name if char.isprintable())


def _render_file(context: Context, result: ResourceResult) -> bytes:
    """The whole file; raises `Failure`, and `EmptyResponse` where nothing was found."""
    file = CsvFile(has_short_rows=context.has_quirk("csv-short-rows"))
    for row in _file_rows(context, result):
        if file or has_cells(row):
            _add(file, row)
        elif context.has_quirk("empty-summary-csv-500"):
            raise handler_crash("CSV of a summary without a call")
    if not file:
        raise _no_content()
    return file.text()


def _add(file: CsvFile, row: Mapping[str, Any]) -> None:
    try:
        file.add([row])
    except erlang.BadArgument:
        raise handler_crash("CSV of a text or a number where another row has an object") from None


def _file_rows(context: Context, result: ResourceResult) -> Iterator[Mapping[str, Any]]:
    make = RowMaker(context, is_csv=True).full_row if result.are_interactions else None
    if result.query is not None:
        for items in _chunks(context, result, result.query, make):
            yield from items
        return
    data = result.load(context, make)
    yield from data if isinstance(data, list) else [data]


def _render_lines(context: Context, result: ResourceResult) -> Iterator[bytes] | bytes:
    """Plain lines behind a header, or a whole file where interactions stay view rows.

    Raises `Failure` and `EmptyResponse` before the first line.
    """
    chunks = _line_chunks(context, result)
    first = next(chunks, None)
    if first is None:
        raise _no_content()
    if _is_view_rows(first):
        return _file_of_view_rows(first, chunks)
    if result.query is None and context.has_quirk("interaction-csv-plain-fault"):
        raise system_error("datastore_fault")
    return _encode_line_chunks(context, first, chunks)


def _line_chunks(context: Context, result: ResourceResult) -> Iterator[list[Any]]:
    make = _line_maker(context)
    if result.query is not None:
        return _chunks(context, result, result.query, make)
    lines = result.load(context, make)
    return iter([lines] if lines else [])


def _chunks(context: Context, result: ResourceResult, query: ViewQuery, make: MakeItem | None) -> Iterator[list[Any]]:
    """The items of a query, chunk by chunk; raises `Failure`."""
    walk = ChunkedWalk(query.plan)
    while (items := result.load_chunk(context, walk, make)) is not None:
        yield items


def _is_view_rows(items: list[Any]) -> bool:
    return isinstance(items[0], dict)


def _file_of_view_rows(first: list[Any], rest: Iterator[list[Any]]) -> bytes:
    file = CsvFile()
    for rows in itertools.chain([first], rest):
        if not _is_view_rows(rows):
            raise handler_crash("lines of CSV behind what is to become a file")
        file.add(rows)
    return file.text()


def _line_maker(context: Context) -> Callable[[Document], str]:
    make = RowMaker(context, is_csv=True).full_row

    def line(document: Document) -> str:
        try:
            return plain_line(make(document))
        except erlang.BadArgument as error:
            raise system_error("datastore_fault") from error

    return line


def _encode_line_chunks(context: Context, first: list[Any], rest: Iterator[list[Any]]) -> Iterator[bytes]:
    # A line's end goes out with the next line: a piece that ended in "0" CRLF would look to a careless client like the
    # end of the chunks.
    yield _encode_lines(header_line(visible_columns(context, is_csv=True)), first)
    has_file = False
    try:
        for items in rest:
            if _is_view_rows(items):
                has_file = True
            else:
                yield LINE_END + _encode_lines("", items)
    except Failure:
        # the lines before are out: Crossbar ends the file as if it were whole
        pass
    yield LINE_END
    if has_file:
        raise handler_crash("a file of CSV behind lines that are out")


def _encode_lines(header: str, lines: list[str]) -> bytes:
    return (header + "".join(lines)).encode("utf-8", "surrogateescape").removesuffix(LINE_END)


def header_name(name: str) -> str:
    """What stands in a file's header for a column."""
    return _HEADER_NAMES.get(name, name)


def _leaf_paths(value: Mapping[str, Any], path: Path) -> Iterable[Path]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaf_paths(item, (*path, key))
        else:
            yield (*path, key)


def _cell_text(value: Any) -> str | None:
    if value is MISSING:
        return None
    try:
        return erlang.to_text(_join_iolist(value) if isinstance(value, list) else value)
    except erlang.BadArgument:
        return None


def _join_iolist(items: list[Any]) -> list[Any]:
    """`lists:join/2`; its text is that of an iolist, in which a number is a character."""
    return [part for item in items for part in (",", item)][1:]


def _quoted_line(cells: Iterable[str | None]) -> str:
    return ",".join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def header_line(names: Iterable[str]) -> str:
    """The first of the plain lines."""
    return ",".join(names) + "\r\n"


def plain_line(row: Mapping[str, Any]) -> str:
    """One row as a plain line; a list is the text of its parts with nothing between."""
    return ",".join(map(erlang.to_text, row.values())) + "\r\n"


def has_cells(row: Mapping[str, Any]) -> bool:
    """Whether anything of a row would become a cell."""
    return next(iter(_leaf_paths(row, ())), None) is not None
