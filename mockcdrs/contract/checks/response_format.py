"""Checks of the format of responses: the envelope, the columns of a listing row, and CSV files."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.listing_columns import datetime_text
from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.response import (
    ABSENT,
    CannotCheck,
    CheckedResponse,
    Difference,
    ExpectedResponse,
    Finding,
    QuirkObserved,
    expected_error,
    expected_or_quirk,
    expected_system_error,
)
from mockcdrs.contract.target import CHUNKED_KEYS, PAGING_KEYS, TargetServer
from mockcdrs.crossbar import csv_rendering

_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_ENCODED_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_COMMON_MEMBERS: dict[str, Any] = {
    "status": "success",
    "request_id": str,
    "node": str,
    "version": str,
    "timestamp": _ISO_8601,
}


def _order_differences(answer: CheckedResponse, expected: tuple[str, ...]) -> Iterator[Difference]:
    came = list(answer.envelope)
    return answer.differences(came, [name for name in expected if name in came], "names in the envelope")


def _plain_order_differences(answer: CheckedResponse, keys: tuple[str, ...]) -> Iterator[Difference]:
    return _order_differences(answer, PAGING_KEYS + keys)


def _expected_tokens(server: TargetServer) -> Any:
    """What an envelope says of the tokens that requests are paid from: nothing in some versions."""
    return {"consumed": int, "remaining": int} if "tokens" in server.version.success_keys else ABSENT


@check_of("api_util.erl", "integer-page-size")
def chunked_envelope(server: TargetServer) -> Iterator[Finding]:
    """A listing comes in chunks: data first, then the trailer, in which every value is text."""
    probe_data.rows(server)
    answer = server.get_cdrs(page_size=1, **probe_data.window(server).query)
    size = answer.envelope.get("page_size")
    if type(size) is int:
        yield QuirkObserved("integer-page-size")
    expected = {
        **_COMMON_MEMBERS,
        "data": list,
        "start_key": _ENCODED_KEY,
        "auth_token": server.auth_token,
        "tokens": ABSENT,
    }
    yield from ExpectedResponse(
        envelope=expected | {"error": ABSENT, "message": ABSENT, "revision": ABSENT}
    ).differences(answer)
    yield from answer.differences(size, size if type(size) is int else _DIGITS, "page_size")
    yield from answer.differences(str(size), str(len(answer.rows)), "page_size")
    yield from _order_differences(answer, CHUNKED_KEYS)


@check_of("api_util.erl")
def plain_envelope(server: TargetServer) -> Iterator[Finding]:
    """With is_chunked=false the envelope is whole: page_size an integer, a revision that is the ETag too."""
    probe_data.rows(server)
    answer = server.get_cdrs(page_size=1, is_chunked="false", **probe_data.window(server).query)
    etag = answer.headers.get("etag", "")
    expected = {**_COMMON_MEMBERS, "data": list, "start_key": _ENCODED_KEY, "page_size": len(answer.rows)}
    expected |= {"auth_token": server.auth_token, "revision": etag.removeprefix("W/").strip('"')}
    yield from ExpectedResponse(headers={"etag": str}, envelope=expected | {"error": ABSENT}).differences(answer)
    yield from answer.differences(answer.envelope.get("tokens", ABSENT), _expected_tokens(server), "tokens")
    yield from _plain_order_differences(answer, server.version.success_keys)


@check_of("api_util.erl")
def empty_envelope(server: TargetServer) -> Iterator[Finding]:
    """A listing without a row is a plain envelope without paging keys, even where chunks were wanted."""
    answer = server.get_cdrs(**probe_data.EMPTY_RANGE)
    expected = {**_COMMON_MEMBERS, "data": [], "tokens": _expected_tokens(server), **dict.fromkeys(PAGING_KEYS, ABSENT)}
    yield from ExpectedResponse(envelope=expected).differences(answer)
    yield from _plain_order_differences(answer, server.version.success_keys)


@check_of("api_util.erl")
def envelope_of_an_error(server: TargetServer) -> Iterator[Finding]:
    """An error is a plain envelope whose `error` is the status as text, and says what is wrong in `message`."""
    answer = server.get_cdrs("/nosuch")
    yield from expected_error(404, str, {}, content_type="application/json").differences(answer)
    expected = {**_COMMON_MEMBERS, "status": "error", "revision": ABSENT, "tokens": _expected_tokens(server)}
    yield from ExpectedResponse(404, envelope=expected | {"auth_token": server.auth_token}).differences(answer)
    yield from _plain_order_differences(answer, server.version.error_keys)


@check_of("crossbar_view.erl")
def no_paging_keys_without_pages(server: TargetServer) -> Iterator[Finding]:
    """With paginate=false the three paging keys are gone, in chunks and plain."""
    for form in ("true", "false"):
        answer = server.get_cdrs(paginate="false", is_chunked=form, **probe_data.window(server).query)
        yield from ExpectedResponse(envelope=dict.fromkeys(PAGING_KEYS, ABSENT)).differences(answer)


@check_of("api_util.erl")
def pretty_print_and_jsonp(server: TargetServer) -> Iterator[Finding]:
    """pretty_print indents a plain answer, jsonp wraps it in a call; what is said stays the same."""
    query = {"is_chunked": "false", **probe_data.EMPTY_RANGE}
    pretty = server.get_cdrs("", pretty_print="true", **query)
    yield from ExpectedResponse(envelope={"data": [], "status": "success"}).differences(pretty)
    yield from pretty.differences(pretty.text[:4], "{\n  ", "start of the body")
    wrapped = server.get_cdrs("", jsonp="callback", **query)
    yield from wrapped.differences(wrapped.text, re.compile(r"callback\(\{.*\}\);", re.DOTALL), "body")


@check_of("api_util.erl", "trailer-unescaped")
def request_id(server: TargetServer) -> Iterator[Finding]:
    """X-Request-ID comes back in the envelope and in the header of that name; without one the server makes one."""
    generated = server.get_cdrs(page_size=1)
    yield from ExpectedResponse(headers={"x-request-id": generated.envelope["request_id"]}).differences(generated)
    yield from generated.differences(generated.envelope["request_id"], re.compile(r"[0-9a-f]{32}"), "request_id")
    for path in ("", "/nosuch"):
        answer = server.get_cdrs(path, {"X-Request-ID": "contract-suite-1"}, page_size=1)
        expected = {"x-request-id": "contract-suite-1"}
        yield from ExpectedResponse(answer.status, expected, {"request_id": "contract-suite-1"}).differences(answer)
    probe_data.rows(server)
    odd = server.get_cdrs("", {"X-Request-ID": 'a"b'}, page_size=1, **probe_data.window(server).query)
    if b'"request_id":"a"b"' in odd.body:
        yield QuirkObserved("trailer-unescaped")
    else:
        yield from ExpectedResponse(envelope={"request_id": 'a"b'}).differences(odd)


_INTEGER_TEXT = re.compile(r"-?\d+", re.ASCII)
_DECIMAL_TEXT = re.compile(r"-?\d+\.\d+(e[+-]\d+)?", re.ASCII)
_DATE, _CLOCK = r"\d{4,}-\d\d-\d\d", r"\d\d:\d\d:\d\d"
_COLUMN_FORMATS: dict[str, Any] = {
    "timestamp": _INTEGER_TEXT,
    "direction": re.compile("inbound|outbound"),
    "cost": _INTEGER_TEXT,
    "unix_timestamp": _INTEGER_TEXT,
    "unix_timestamp_micro": _DECIMAL_TEXT,
    "rfc_1036": re.compile(rf"[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4,}} {_CLOCK} GMT", re.ASCII),
    "iso_8601": re.compile(_DATE, re.ASCII),
    "iso_8601_combined": re.compile(f"{_DATE}T{_CLOCK}Z", re.ASCII),
    "rate": _DECIMAL_TEXT,
    "reseller_cost": _INTEGER_TEXT,
    "media_recordings": list,
}
_SECONDS_COLUMNS = ("duration_seconds", "billing_seconds")
# what a document's channel variables hold comes through as it is there
_UNCHECKED_COLUMNS = (
    *("owner_id", "authorizing_id", "call_type", "rate_name", "bridge_id", "recording_url", "call_priority"),
    *("reseller_call_type", "reseller_id", "account_id"),
)


def is_reseller(row: probe_data.Row) -> bool:
    """Whether a row has the columns of a token whose account is a reseller."""
    return "reseller_cost" in row


def omit_empty_columns(row: dict[str, Any], came: probe_data.Row) -> dict[str, Any]:
    """A row as this server shows it: empty columns are left out where its operator wants them gone."""
    return row if "" in came.values() else {name: value for name, value in row.items() if value != ""}


@check_of("kzd_cdrs.erl")
def column_names(server: TargetServer) -> Iterator[Finding]:
    """A listing row has fixed columns in a fixed order, more for a reseller; empty ones may be left out, all alike."""
    yield from _name_differences(server, probe_data.listing(server))


@check_of("cb_cdrs.erl")
def column_names_of_interactions(server: TargetServer) -> Iterator[Finding]:
    """A row of /interaction has a listing row's columns, and in some versions inception_direction behind these."""
    yield from _name_differences(server, probe_data.interaction_listing(server), interactions_of="account")


def _name_differences(server: TargetServer, answer: CheckedResponse, interactions_of: str = "") -> Iterator[Difference]:
    names = server.version.row_columns(is_reseller=is_reseller(answer.rows[0]), interactions_of=interactions_of)
    for index, row in enumerate(answer.rows):
        expected = [name for name in names if "" in row.values() or name in row]
        yield from answer.differences(list(row), expected, f"names of data[{index}]")


@check_of("kzd_cdrs.erl")
def column_formats(server: TargetServer) -> Iterator[Finding]:
    """Each column has its type: seconds are integers, all else is text in its format, media_recordings a list."""
    answer = probe_data.listing(server)
    for index, row in enumerate(answer.rows):
        for name, value in row.items():
            yield from answer.differences(value, _column_format(server, name, value), f"data[{index}].{name}")


def _column_format(server: TargetServer, name: str, value: Any) -> Any:
    if name in _UNCHECKED_COLUMNS:
        return value
    if name in _SECONDS_COLUMNS:
        return "" if value == "" else int
    if name == "datetime":
        return re.compile(f"{_DATE}{re.escape(server.version.datetime_separator)}{_CLOCK}", re.ASCII)
    return _COLUMN_FORMATS.get(name, str)


@check_of("kzd_cdrs.erl", "fractional-utc-offset-fault", "utc-offset-500")
def utc_offset(server: TargetServer) -> Iterator[Finding]:
    """utc_offset moves the column datetime by so many seconds, and nothing else; what is no number is a 404."""
    query = probe_data.window(server).query
    came = server.get_cdrs(paginate="false", utc_offset=-18_000, **query)
    yield from came.differences(
        came.rows, [_with_utc_offset(server, row, -18_000) for row in probe_data.rows(server)], "data"
    )
    refused = expected_error(404, "utc_offset must be a number", {})
    yield from refused.differences(server.get_cdrs(utc_offset="abc", **query))
    null = server.request_account(
        "/cdrs", query, {"Content-Type": "application/json"}, body='{"data":{"utc_offset":null}}'
    )
    yield from expected_or_quirk(null, refused, "utc-offset-500", expected_error(500, "init failed"))
    half = server.get_cdrs(paginate="false", utc_offset=0.5, **query)
    yield from _check_half_second_offset(server, half)


def _check_half_second_offset(server: TargetServer, answer: CheckedResponse) -> Iterator[Finding]:
    if probe_data.hides_documents(answer):
        yield QuirkObserved("fractional-utc-offset-fault")
    else:
        yield from answer.differences(answer.rows, probe_data.rows(server), "data")


def _with_utc_offset(server: TargetServer, row: probe_data.Row, seconds: int) -> probe_data.Row:
    return {**row, "datetime": datetime_text(int(row["timestamp"]) + seconds, server.version.datetime_separator)}


@check_of("cb_cdrs.erl", "interaction-utc-offset-fault")
def utc_offset_of_interactions(server: TargetServer) -> Iterator[Finding]:
    """A utc_offset that is no number is a 404 on /interaction too."""
    probe_data.interaction_listing(server)
    answer = server.get_cdrs("/interaction", utc_offset="abc", **probe_data.window(server).query)
    good = expected_error(404, "utc_offset must be a number", {})
    yield from expected_or_quirk(answer, good, "interaction-utc-offset-fault", expected_system_error("datastore_fault"))


@check_of("kzd_cdrs.erl")
def times_of_a_row(server: TargetServer) -> Iterator[Finding]:
    """The six times of a row say one moment: the start of the leg, in UTC."""
    answer = probe_data.listing(server)
    for index, row in enumerate(answer.rows):
        start = int(row["timestamp"])
        iso = gregorian.iso_8601(start)
        expected = {
            "datetime": datetime_text(start, server.version.datetime_separator),
            "unix_timestamp": str(gregorian.to_unix(start)),
            "iso_8601": iso.partition("T")[0],
            "iso_8601_combined": iso,
        }
        yield from answer.differences({name: row[name] for name in expected}, expected, f"data[{index}]")


_FILE_NAME = re.compile(r'attachment; filename="json_[0-9a-f]{22}\.csv"')
_CSV_FILE_HEADERS = {"content-type": "text/csv", "content-disposition": _FILE_NAME}
_CSV_LINES_HEADERS = {"content-type": "text/csv", "content-disposition": 'attachment; filename="result.csv"'}
_ACCEPT_CSV = {"Accept": "text/csv"}
_QUOTED_LINE = re.compile(r'(?:(?:"(?:[^"]|"")*")?(?:,(?:"(?:[^"]|"")*")?)*\n)*')


def _csv_cell(value: Any) -> str:
    return ",".join(map(erlang.to_text, value)) if isinstance(value, list) else erlang.to_text(value)


def _csv_file_differences(answer: CheckedResponse, rows: list[probe_data.Row]) -> Iterator[Difference]:
    """How a file is otherwise than rows that all have the same columns."""
    yield from ExpectedResponse(headers=_CSV_FILE_HEADERS).differences(answer)
    yield from answer.differences(bool(_QUOTED_LINE.fullmatch(answer.text)), True, "whether cells are quoted, lines LF")
    came = list(csv.reader(io.StringIO(answer.text, newline="")))
    header = [*map(csv_rendering.header_name, rows[0])]
    yield from answer.differences(came[0], header, "header")
    yield from answer.differences(came[1:], [[_csv_cell(value) for value in row.values()] for row in rows], "lines")


@check_of("kz_csv.erl")
def csv_of_a_listing(server: TargetServer) -> Iterator[Finding]:
    """CSV of /cdrs is a file of the same rows: header with ID first, every cell in quotes, LF, json_<22 hex>.csv."""
    rows = probe_data.rows(server)
    if any(list(row) != list(rows[0]) for row in rows):
        raise CannotCheck("the server leaves out empty columns: rows of a file are not alike")
    query = {"paginate": "false", **probe_data.window(server).query}
    yield from _csv_file_differences(server.get_cdrs("", _ACCEPT_CSV, **query), rows)
    yield from _csv_file_differences(server.get_cdrs("", _ACCEPT_CSV, is_chunked="false", **query), rows)


@check_of("api_util.erl")
def csv_file_name(server: TargetServer) -> Iterator[Finding]:
    """X-File-Name names the file, else file_name in the query; only what stands behind the last slash counts."""
    query = {"paginate": "false", **probe_data.window(server).query}
    probe_data.rows(server)
    requests = (
        (_ACCEPT_CSV, {"file_name": "a/b/calls.csv"}, "calls.csv"),
        ({**_ACCEPT_CSV, "X-File-Name": "/x/mine.csv"}, {"file_name": "calls.csv"}, "mine.csv"),
    )
    for headers, query_name, name in requests:
        answer = server.get_cdrs("", headers, **query_name, **query)
        yield from ExpectedResponse(headers={"content-disposition": f'attachment; filename="{name}"'}).differences(
            answer
        )


@check_of("cb_cdrs.erl", "csv-interaction-unquoted")
def csv_of_interactions(server: TargetServer) -> Iterator[Finding]:
    """CSV of /interaction has its JSON's rows, but no inception_direction, and quotes where they are needed."""
    rows = probe_data.interaction_listing(server).rows
    names = server.version.row_columns(is_reseller=is_reseller(rows[0]), interactions_of="account", is_csv=True)
    expected = [{name: row.get(name, "") for name in names} for row in rows]
    query = {"paginate": "false", "ascending": "true", **probe_data.window(server).query}
    answer = server.get_cdrs("/interaction", _ACCEPT_CSV, **query)
    if answer.body.startswith(b'"'):
        yield from _csv_file_differences(answer, expected)
        return
    yield QuirkObserved("csv-interaction-unquoted")
    yield from ExpectedResponse(headers=_CSV_LINES_HEADERS).differences(answer)
    # a name may hold a line end, which nothing marks
    whole = "\r\n".join([",".join(names), *map(_unquoted_line, expected), ""])
    yield from answer.differences(answer.text.split("\r\n"), whole.split("\r\n"), "lines between CRLF")


def _unquoted_line(row: probe_data.Row) -> str:
    return ",".join(map(erlang.to_text, row.values()))


@check_of("cb_cdrs.erl", "interaction-csv-plain-fault", "csv-interaction-unquoted")
def csv_of_plain_interactions(server: TargetServer) -> Iterator[Finding]:
    """CSV of /interaction is there with is_chunked=false too."""
    probe_data.interaction_listing(server)
    query = {"is_chunked": "false", **probe_data.window(server).query}
    answer = server.get_cdrs("/interaction", _ACCEPT_CSV, **query)
    if answer.status == 204 and not server.get_cdrs("/interaction", **query).rows:
        raise CannotCheck("with is_chunked=false no interaction around the last month's end is shown")
    good = ExpectedResponse(headers={"content-type": "text/csv"})
    yield from expected_or_quirk(answer, good, "interaction-csv-plain-fault", expected_system_error("datastore_fault"))


@check_of("kz_csv.erl", "csv-short-rows")
def csv_of_legs(server: TargetServer) -> Iterator[Finding]:
    """In CSV of documents every line has as many cells as the header has columns."""
    pairs = (probe_data.legs(server, row.get("interaction_id", "")) for row in probe_data.rows(server))
    uneven = next((legs for legs in pairs if _gains_columns(legs)), None)
    if uneven is None:
        raise CannotCheck("no interaction around the last month's end in which a later leg has more fields")
    answer = server.get_cdrs(f"/legs/{quote(uneven[0]['interaction_id'], safe='')}", _ACCEPT_CSV, paginate="false")
    yield from ExpectedResponse(headers=_CSV_FILE_HEADERS).differences(answer)
    header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    if any(len(line) < len(header) for line in lines):
        yield QuirkObserved("csv-short-rows")
    at = header.index("call_id")
    yield from answer.differences([line[at] for line in lines], [leg["call_id"] for leg in uneven], "column call_id")


def _gains_columns(legs: list[probe_data.Row]) -> bool:
    return any(set(leg) - set(legs[0]) - {"id"} for leg in legs)


@check_of("api_resource.erl")
def csv_of_nothing(server: TargetServer) -> Iterator[Finding]:
    """CSV without a row is a 204 without a body."""
    for path in ("", "/interaction"):
        answer = server.get_cdrs(path, _ACCEPT_CSV, **probe_data.EMPTY_RANGE)
        yield from ExpectedResponse(204, {"content-disposition": ABSENT}, body=b"").differences(answer)


@check_of("kz_csv.erl", "empty-summary-csv-500")
def csv_of_an_empty_summary(server: TargetServer) -> Iterator[Finding]:
    """CSV of a summary without a call is a 204 too."""
    answer = server.get_cdrs("/summary", _ACCEPT_CSV, **probe_data.EMPTY_RANGE)
    odd = ExpectedResponse(500, body=b"")
    yield from expected_or_quirk(answer, ExpectedResponse(204, body=b""), "empty-summary-csv-500", odd)
