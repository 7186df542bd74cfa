"""The columns of a listing row: names, types, formats."""

import re
from collections.abc import Iterator
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.listing_columns import datetime_text
from mockcdrs.contract import sample
from mockcdrs.contract.answer import Answer, failure, good_or_quirk, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Difference, Finding, NotMade, Shown
from mockcdrs.contract.server import Server

_A_NUMBER = re.compile(r"-?\d+", re.ASCII)
_A_FLOAT = re.compile(r"-?\d+\.\d+(e[+-]\d+)?", re.ASCII)
_DATE, _CLOCK = r"\d{4,}-\d\d-\d\d", r"\d\d:\d\d:\d\d"
_FORMATS: dict[str, Any] = {
    "timestamp": _A_NUMBER,
    "direction": re.compile("inbound|outbound"),
    "cost": _A_NUMBER,
    "unix_timestamp": _A_NUMBER,
    "unix_timestamp_micro": _A_FLOAT,
    "rfc_1036": re.compile(rf"[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4,}} {_CLOCK} GMT", re.ASCII),
    "iso_8601": re.compile(_DATE, re.ASCII),
    "iso_8601_combined": re.compile(f"{_DATE}T{_CLOCK}Z", re.ASCII),
    "rate": _A_FLOAT,
    "reseller_cost": _A_NUMBER,
    "media_recordings": list,
}
_SECONDS = ("duration_seconds", "billing_seconds")
# what a document's channel variables hold comes through as it is there
_ANYTHING = (
    *("owner_id", "authorizing_id", "call_type", "rate_name", "bridge_id", "recording_url", "call_priority"),
    *("reseller_call_type", "reseller_id", "account_id"),
)


def is_reseller(row: sample.Row) -> bool:
    """Whether a row has the columns of a token whose account is a reseller."""
    return "reseller_cost" in row


def as_shown(row: dict[str, Any], came: sample.Row) -> dict[str, Any]:
    """A row as this server shows it: empty columns are left out where its operator wants them gone."""
    return row if "" in came.values() else {name: value for name, value in row.items() if value != ""}


@check("kzd_cdrs.erl")
def column_names(server: Server) -> Iterator[Finding]:
    """A listing row has fixed columns in a fixed order, more for a reseller; empty ones may be left out, all alike."""
    yield from _names(server, sample.listing(server))


@check("cb_cdrs.erl")
def column_names_of_interactions(server: Server) -> Iterator[Finding]:
    """A row of /interaction has a listing row's columns, and in some versions inception_direction behind these."""
    yield from _names(server, sample.interactions(server), interactions_of="account")


def _names(server: Server, answer: Answer, interactions_of: str = "") -> Iterator[Difference]:
    names = server.version.row_columns(is_reseller=is_reseller(answer.rows[0]), interactions_of=interactions_of)
    for index, row in enumerate(answer.rows):
        expected = [name for name in names if "" in row.values() or name in row]
        yield from answer.differences(list(row), expected, f"names of data[{index}]")


@check("kzd_cdrs.erl")
def column_formats(server: Server) -> Iterator[Finding]:
    """Each column has its type: seconds are integers, all else is text in its format, media_recordings a list."""
    answer = sample.listing(server)
    for index, row in enumerate(answer.rows):
        for name, value in row.items():
            yield from answer.differences(value, _format(server, name, value), f"data[{index}].{name}")


def _format(server: Server, name: str, value: Any) -> Any:
    if name in _ANYTHING:
        return value
    if name in _SECONDS:
        return "" if value == "" else int
    if name == "datetime":
        return re.compile(f"{_DATE}{re.escape(server.version.datetime_separator)}{_CLOCK}", re.ASCII)
    return _FORMATS.get(name, str)


@check("kzd_cdrs.erl", "fractional-utc-offset-fault", "utc-offset-500")
def utc_offset(server: Server) -> Iterator[Finding]:
    """utc_offset moves the column datetime by so many seconds, and nothing else; what is no number is a 404."""
    query = sample.window(server).query
    came = server.cdrs(paginate="false", utc_offset=-18_000, **query)
    yield from came.differences(came.rows, [_moved(server, row, -18_000) for row in sample.rows(server)], "data")
    refused = failure(404, "utc_offset must be a number", {})
    yield from refused.differences(server.cdrs(utc_offset="abc", **query))
    null = server.account("/cdrs", query, {"Content-Type": "application/json"}, body='{"data":{"utc_offset":null}}')
    yield from good_or_quirk(null, refused, "utc-offset-500", failure(500, "init failed"))
    half = server.cdrs(paginate="false", utc_offset=0.5, **query)
    yield from _half_a_second(server, half)


def _half_a_second(server: Server, answer: Answer) -> Iterator[Finding]:
    if sample.is_broken(answer):
        yield Shown("fractional-utc-offset-fault")
    else:
        yield from answer.differences(answer.rows, sample.rows(server), "data")


def _moved(server: Server, row: sample.Row, seconds: int) -> sample.Row:
    return {**row, "datetime": datetime_text(int(row["timestamp"]) + seconds, server.version.datetime_separator)}


@check("cb_cdrs.erl", "interaction-utc-offset-fault")
def utc_offset_of_interactions(server: Server) -> Iterator[Finding]:
    """A utc_offset that is no number is a 404 on /interaction too."""
    sample.interactions(server)
    answer = server.cdrs("/interaction", utc_offset="abc", **sample.window(server).query)
    good = failure(404, "utc_offset must be a number", {})
    yield from good_or_quirk(answer, good, "interaction-utc-offset-fault", system_failure("datastore_fault"))


@check("kzd_cdrs.erl")
def times_of_a_row(server: Server) -> Iterator[Finding]:
    """The six times of a row say one moment: the start of the leg, in UTC."""
    answer = sample.listing(server)
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


@check("cdrs.json", "no-ccv-not-listed")
def every_leg_is_listed(server: Server) -> Iterator[Finding]:
    """Every leg of an interaction is in the listing, also one without custom_channel_vars."""
    stretch = sample.window(server)
    listed = {row["id"] for row in sample.rows(server)}
    bare = [leg for leg in _inner_legs(server) if "custom_channel_vars" not in leg]
    for leg in _inner_legs(server):
        if leg["id"] not in listed and leg in bare:
            yield Shown("no-ccv-not-listed")
        elif leg["id"] not in listed:
            request = sample.listing(server).request
            yield Difference(f"data: no row for {leg['id']}, a leg from {stretch.start} to {stretch.end}", request)
    if not bare:
        yield NotMade("no CDR without custom_channel_vars around the last month's end")


def _inner_legs(server: Server) -> list[sample.Row]:
    """Legs that were over, and surely written, well inside the window."""
    stretch, margin = sample.window(server), sample.WRITING_SECONDS
    return [
        leg
        for row in sample.interactions(server).rows
        for leg in sample.legs(server, row.get("interaction_id", ""))
        if stretch.start + margin <= sample.ended(leg) <= stretch.end - margin
    ]


@check("kzd_cdrs.erl", "broken-document-fault")
def broken_documents(server: Server) -> Iterator[Finding]:
    """A CDR that no row can be made of does not keep the others from being listed."""
    latest = sample.now(server) - 1
    answer = server.cdrs(created_from=latest - sample.maximum_range(server), created_to=latest)
    if sample.is_broken(answer):
        yield Shown("broken-document-fault")
    elif answer.status == 200:
        raise CannotCheck("no broken CDR met: the listing answers")
    else:
        yield from answer.differences(answer.status, 200, "status")
