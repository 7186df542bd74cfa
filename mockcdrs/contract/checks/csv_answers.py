"""CSV, field by field against JSON."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr import erlang
from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form, good_or_quirk, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.checks.columns import is_reseller
from mockcdrs.contract.finding import CannotCheck, Difference, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar import csv_rendering

_FILE_NAME = re.compile(r'attachment; filename="json_[0-9a-f]{22}\.csv"')
_FILE = {"content-type": "text/csv", "content-disposition": _FILE_NAME}
_LINES = {"content-type": "text/csv", "content-disposition": 'attachment; filename="result.csv"'}
_WANTED = {"Accept": "text/csv"}
_QUOTED_LINE = re.compile(r'(?:(?:"(?:[^"]|"")*")?(?:,(?:"(?:[^"]|"")*")?)*\n)*')
_NOWHEN = {"created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}


def _cell(value: Any) -> str:
    return ",".join(map(erlang.to_text, value)) if isinstance(value, list) else erlang.to_text(value)


def _file_differences(answer: Answer, rows: list[sample.Row]) -> Iterator[Difference]:
    """How a file is otherwise than rows that all have the same columns."""
    yield from Form(headers=_FILE).differences(answer)
    yield from answer.differences(bool(_QUOTED_LINE.fullmatch(answer.text)), True, "whether cells are quoted, lines LF")
    came = list(csv.reader(io.StringIO(answer.text, newline="")))
    header = [*map(csv_rendering.header_name, rows[0])]
    yield from answer.differences(came[0], header, "header")
    yield from answer.differences(came[1:], [[_cell(value) for value in row.values()] for row in rows], "lines")


@check("kz_csv.erl")
def csv_of_a_listing(server: Server) -> Iterator[Finding]:
    """CSV of /cdrs is a file of the same rows: header with ID first, every cell in quotes, LF, json_<22 hex>.csv."""
    rows = sample.rows(server)
    if any(list(row) != list(rows[0]) for row in rows):
        raise CannotCheck("the server leaves out empty columns: rows of a file are not alike")
    query = {"paginate": "false", **sample.window(server).query}
    yield from _file_differences(server.cdrs("", _WANTED, **query), rows)
    yield from _file_differences(server.cdrs("", _WANTED, is_chunked="false", **query), rows)


@check("api_util.erl")
def csv_file_name(server: Server) -> Iterator[Finding]:
    """X-File-Name names the file, else file_name in the query; only what stands behind the last slash counts."""
    query = {"paginate": "false", **sample.window(server).query}
    sample.rows(server)
    asked = (
        (_WANTED, {"file_name": "a/b/calls.csv"}, "calls.csv"),
        ({**_WANTED, "X-File-Name": "/x/mine.csv"}, {"file_name": "calls.csv"}, "mine.csv"),
    )
    for headers, named, name in asked:
        answer = server.cdrs("", headers, **named, **query)
        yield from Form(headers={"content-disposition": f'attachment; filename="{name}"'}).differences(answer)


@check("cb_cdrs.erl", "csv-interaction-unquoted")
def csv_of_interactions(server: Server) -> Iterator[Finding]:
    """CSV of /interaction has its JSON's rows, but no inception_direction, and quotes where they are needed."""
    rows = sample.interactions(server).rows
    names = server.version.row_columns(is_reseller=is_reseller(rows[0]), interactions_of="account", is_csv=True)
    expected = [{name: row.get(name, "") for name in names} for row in rows]
    query = {"paginate": "false", "ascending": "true", **sample.window(server).query}
    answer = server.cdrs("/interaction", _WANTED, **query)
    if answer.body.startswith(b'"'):
        yield from _file_differences(answer, expected)
        return
    yield Shown("csv-interaction-unquoted")
    yield from Form(headers=_LINES).differences(answer)
    # a name may hold a line end, which nothing marks
    whole = "\r\n".join([",".join(names), *map(_bare_line, expected), ""])
    yield from answer.differences(answer.text.split("\r\n"), whole.split("\r\n"), "lines between CRLF")


def _bare_line(row: sample.Row) -> str:
    return ",".join(map(erlang.to_text, row.values()))


@check("cb_cdrs.erl", "interaction-csv-plain-fault", "csv-interaction-unquoted")
def csv_of_plain_interactions(server: Server) -> Iterator[Finding]:
    """CSV of /interaction is there with is_chunked=false too."""
    sample.interactions(server)
    query = {"is_chunked": "false", **sample.window(server).query}
    answer = server.cdrs("/interaction", _WANTED, **query)
    if answer.status == 204 and not server.cdrs("/interaction", **query).rows:
        raise CannotCheck("with is_chunked=false no interaction around the last month's end is shown")
    good = Form(headers={"content-type": "text/csv"})
    yield from good_or_quirk(answer, good, "interaction-csv-plain-fault", system_failure("datastore_fault"))


@check("kz_csv.erl", "csv-short-rows")
def csv_of_legs(server: Server) -> Iterator[Finding]:
    """In CSV of documents every line has as many cells as the header has columns."""
    pairs = (sample.legs(server, row.get("interaction_id", "")) for row in sample.rows(server))
    uneven = next((legs for legs in pairs if _gains_columns(legs)), None)
    if uneven is None:
        raise CannotCheck("no interaction around the last month's end in which a later leg has more fields")
    answer = server.cdrs(f"/legs/{quote(uneven[0]['interaction_id'], safe='')}", _WANTED, paginate="false")
    yield from Form(headers=_FILE).differences(answer)
    header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    if any(len(line) < len(header) for line in lines):
        yield Shown("csv-short-rows")
    at = header.index("call_id")
    yield from answer.differences([line[at] for line in lines], [leg["call_id"] for leg in uneven], "column call_id")


def _gains_columns(legs: list[sample.Row]) -> bool:
    return any(set(leg) - set(legs[0]) - {"id"} for leg in legs)


@check("api_resource.erl")
def csv_of_nothing(server: Server) -> Iterator[Finding]:
    """CSV without a row is a 204 without a body."""
    for path in ("", "/interaction"):
        answer = server.cdrs(path, _WANTED, **_NOWHEN)
        yield from Form(204, {"content-disposition": ABSENT}, body=b"").differences(answer)


@check("kz_csv.erl", "empty-summary-csv-500")
def csv_of_an_empty_summary(server: Server) -> Iterator[Finding]:
    """CSV of a summary without a call is a 204 too."""
    answer = server.cdrs("/summary", _WANTED, **_NOWHEN)
    odd = Form(500, body=b"")
    yield from good_or_quirk(answer, Form(204, body=b""), "empty-summary-csv-500", odd)
