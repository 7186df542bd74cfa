"""The CDRs that the checks use: a few on both sides of the end of last month, with their documents and interactions.

Most quirks of Crossbar show where a listing covers two months. Times are Gregorian seconds. Each function sends its
requests anew, which costs nothing because `TargetServer` keeps the responses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr import gregorian
from mockcdrs.contract.response import CannotCheck, CheckedResponse, MalformedResponse
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar import start_key, views
from mockcdrs.crossbar.views import View

SIDE_ROWS = 20
MAX_ROWS = 120
WRITING_SECONDS = 60  # a CDR is written at most so long after its leg ended
LONG_AGO = 63_145_440_000  # 2001-01-01, when Kazoo did not exist
EMPTY_RANGE: dict[str, Any] = {"created_from": LONG_AGO, "created_to": LONG_AGO}
_WIDEST = re.compile(r"created_to \d+ is more than (\d+) seconds from created_from \d+")
ALL_HIDDEN = "the listing is a 503: broken-document-fault hides all CDRs there are"
_CDR_ID = re.compile(r"(\d{6})-.+", re.DOTALL)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A range of time, both ends included."""

    start: int
    end: int

    @property
    def query(self) -> dict[str, Any]:
        """The range as parameters of a listing."""
        return {"created_from": self.start, "created_to": self.end}


def now(server: TargetServer) -> int:
    """The server's time by the envelope. Raises `MalformedResponse` if the envelope has no valid `timestamp`."""
    answer = server.get_cdrs(page_size=1)
    try:
        moment = datetime.strptime(answer.envelope["timestamp"], "%Y-%m-%dT%H:%M:%S%z")
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedResponse("timestamp: none, or none in ISO 8601, in the envelope", answer.request) from error
    return gregorian.from_datetime(moment)


def maximum_range(server: TargetServer) -> int:
    """The widest range that the server accepts, in seconds, by its error message; else Kazoo's default."""
    match = _WIDEST.search(server.get_cdrs(created_from=LONG_AGO).text)
    return int(match[1]) if match else 2_682_000


def window(server: TargetServer) -> Window:
    """A range with some CDRs before the end of last month and some after.

    Raises `CannotCheck` if there are none, and if one of them hides the others.
    """
    latest = now(server) - 1
    oldest = latest - maximum_range(server)
    month_begins = max(gregorian.month_start(gregorian.month_of(latest)), oldest + 1)
    before = _rows_of_side(server, created_from=oldest, created_to=month_begins - 1)
    after = _rows_of_side(server, created_from=month_begins, created_to=latest, ascending="true")
    if not before and not after:
        raise CannotCheck(_reason_for_no_cdrs(server, oldest, latest))
    start = max(_edge(before, oldest), _month_start(before, oldest)) if before else month_begins
    chosen = Window(start, _edge(after, latest) if after else month_begins - 1)
    if hides_documents(server.get_cdrs(paginate="false", **chosen.query)):
        raise CannotCheck(ALL_HIDDEN)
    return chosen


def _rows_of_side(server: TargetServer, **query: Any) -> CheckedResponse | None:
    answer = server.get_cdrs(page_size=SIDE_ROWS, **query)
    return None if hides_documents(answer) or not answer.rows else answer


def hides_documents(answer: CheckedResponse) -> bool:
    """Whether a 503 hides all documents, because the server cannot make a row of one of them."""
    return answer.status == 503 and answer.envelope.get("message") == "datastore_fault"


def _reason_for_no_cdrs(server: TargetServer, oldest: int, latest: int) -> str:
    if hides_documents(server.get_cdrs(created_from=oldest, created_to=latest)):
        return ALL_HIDDEN
    return f"no CDR in the last {(latest - oldest) // 86_400} days"


def _edge(side: CheckedResponse, default: int) -> int:
    key = next_key(side)
    return key[0] if key else default


def _month_start(side: CheckedResponse, default: int) -> int:
    months = [match[1] for match in map(_CDR_ID.fullmatch, side.ids) if match]
    return min(map(gregorian.month_start, months), default=default)


def month(row: Row) -> str:
    """The month, as YYYYMM, of the database that has a row's document."""
    match = _CDR_ID.fullmatch(row["id"])
    return match[1] if match else ""


def next_key(answer: CheckedResponse) -> Any:
    """The decoded `next_start_key`, `None` without one. Raises `MalformedResponse` if it cannot be decoded."""
    text = answer.envelope.get("next_start_key")
    if text is None:
        return None
    try:
        return start_key.decode(text)
    except (start_key.NoStartKey, AttributeError) as error:
        raise MalformedResponse(f"next_start_key: {text!r} instead of an encoded view key", answer.request) from error


def listing(server: TargetServer) -> CheckedResponse:
    """The whole listing of the window, newest first. Raises `CannotCheck` if there are no CDRs or too many."""
    answer = server.get_cdrs(paginate="false", **window(server).query)
    if len(answer.rows) > MAX_ROWS:
        _check_direction(server)
        raise CannotCheck(f"more than {MAX_ROWS} CDRs in the seconds around the last month's end")
    return answer


def _check_direction(server: TargetServer) -> None:
    """Raise `MalformedResponse` if the window is too wide because the server ignores ascending=true."""
    first = server.get_cdrs(page_size=1, ascending="true", **window(server).query)
    if first.ids == server.get_cdrs(page_size=1, **window(server).query).ids:
        raise MalformedResponse("data: the newest CDR instead of the oldest one, under ascending=true", first.request)


def rows(server: TargetServer) -> list[Row]:
    """The window's listing rows, newest first."""
    return listing(server).rows


def pages(server: TargetServer, path: str = "/cdrs", **query: Any) -> Iterator[CheckedResponse]:
    """The pages of a listing, following `next_start_key`; endless if the server always gives one."""
    while True:
        answer = server.request_account(path, query)
        yield answer
        key = answer.envelope.get("next_start_key")
        if key is None:
            return
        query["start_key"] = key


def timed_rows(server: TargetServer) -> Iterator[tuple[int, Row]]:
    """The rows of the window, but for the newest one, with the time in their view key; newest first.

    `next_start_key` has the key of the next page's first row, so pages of one row give the keys of all but the first.
    """
    before = None
    for answer in islice(pages(server, page_size=1, **window(server).query), len(rows(server))):
        # a key in the wrong month, where a call runs over its end, names another row than comes
        if before is not None and answer.rows and before[-1] == answer.rows[0]["id"]:
            yield before[0], answer.rows[0]
        before = next_key(answer)


def ids_by_month(server: TargetServer) -> list[list[str]]:
    """The ids in the listing of each month of the window, the newer month first, each newest first."""
    whole = window(server)
    begins = gregorian.month_start(gregorian.month_of(whole.end))
    parts = [Window(begins, whole.end), Window(whole.start, begins - 1)] if whole.start < begins else [whole]
    return [server.get_cdrs(paginate="false", **part.query).ids for part in parts]


def over_month_end(server: TargetServer) -> list[str]:
    """Ids of CDRs that a listing of both months has, but neither month's own listing; newest first.

    They are in the database of the month in which the call began, and were written in the next month.
    """
    listed = set(chain.from_iterable(ids_by_month(server)))
    return [row["id"] for row in rows(server) if row["id"] not in listed]


def documents(server: TargetServer) -> dict[str, Row]:
    """The public document of each row of the window by its id, newest first."""
    by_id: dict[str, Row] = {}
    for row in rows(server):
        by_id |= {leg["id"]: leg for leg in legs(server, row.get("interaction_id", ""))}
        if row["id"] not in by_id:
            by_id[row["id"]] = detail(server, row["id"]).envelope["data"]
    return {row["id"]: by_id[row["id"]] for row in rows(server)}


def detail(
    server: TargetServer, cdr_id: str, headers: Mapping[str, str] | None = None, **query: str
) -> CheckedResponse:
    """The response for one CDR."""
    return server.get_cdrs(f"/{quote(cdr_id, safe='')}", headers, **query)


def legs(server: TargetServer, interaction_id: str) -> list[Row]:
    """The public documents of an interaction; none if the id is empty."""
    return server.get_cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false").rows if interaction_id else []


def interaction_listing(server: TargetServer) -> CheckedResponse:
    """The interactions of the window, oldest first: in this direction no page loses one. Raises `CannotCheck`."""
    answer = all_interactions(server)
    if hides_documents(answer):
        raise CannotCheck("/interaction is a 503: broken-document-fault hides all interactions there are")
    if are_view_rows(answer):
        raise CannotCheck("/interaction shows no listing rows: interaction-raw-rows hides all interactions there are")
    if not 0 < len(answer.rows) <= MAX_ROWS:
        raise CannotCheck(f"no interaction around the last month's end, or more than {MAX_ROWS}")
    return answer


def all_interactions(server: TargetServer) -> CheckedResponse:
    """The interactions of the window, oldest first, whatever the form of the response."""
    return server.get_cdrs("/interaction", ascending="true", paginate="false", **window(server).query)


def are_view_rows(answer: CheckedResponse) -> bool:
    """Whether some interactions of a response are rows of the view, not of a listing."""
    data = answer.envelope.get("data")
    return isinstance(data, list) and any(isinstance(row, dict) and {*row} == {"key", "value"} for row in data)


def leg_order(leg: Row) -> tuple[Any, str]:
    """The sort key by which a leg is the first of its interaction: channel time, then loopback leg."""
    return views.channel_time(leg), leg.get("channel_loopback_leg") or "_"


def end_time(leg: Row) -> int:
    """The time at which a leg ended."""
    return int(leg.get("timestamp", 0))


def with_private_fields(document: Row) -> Row:
    """A public document with the private fields that a view reads."""
    return {**document, "_id": document["id"], "pvt_type": "cdr"}


def can_represent(view: View, leg_id: str, legs: list[Row]) -> bool:
    """Whether a view may choose a leg to represent its interaction; between equal legs CouchDB's order decides."""
    values = [emitted[1] for leg in legs if (emitted := view.map(with_private_fields(leg))) is not None]
    own = [value for value in values if value["id"] == leg_id]
    others = [value for value in values if value["id"] != leg_id]
    orders = (values, own + others, others + own)
    return bool(own and view.reduce and any(view.reduce(order) is own[0] for order in orders))
