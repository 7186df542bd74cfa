"""What there is to check with: a few CDRs on both sides of the last month's end, their documents and interactions.

Both sides, because a walk over two months is where Crossbar has its surprises. Times are Gregorian seconds. The
functions ask again each time; the server remembers its answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr import gregorian
from mockcdrs.contract.answer import Answer, Unusable
from mockcdrs.contract.finding import CannotCheck
from mockcdrs.contract.server import Server
from mockcdrs.crossbar import start_key, views
from mockcdrs.crossbar.views import View

SIDE_ROWS = 20
MOST_ROWS = 120
WRITING_SECONDS = 60  # when a CDR was written is not shown, but it is soon after its leg's end
LONG_AGO = 63_145_440_000  # 2001-01-01: Kazoo was not there yet
_WIDEST = re.compile(r"created_to \d+ is more than (\d+) seconds from created_from \d+")
_CDR_ID = re.compile(r"(\d{6})-.+", re.DOTALL)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, both ends included."""

    start: int
    end: int

    @property
    def query(self) -> dict[str, Any]:
        """The stretch as a listing's parameters."""
        return {"created_from": self.start, "created_to": self.end}


def now(server: Server) -> int:
    """The server's time, as its answers tell it; `Unusable` where they do not."""
    answer = server.cdrs(page_size=1)
    try:
        moment = datetime.strptime(answer.envelope["timestamp"], "%Y-%m-%dT%H:%M:%S%z")
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable("timestamp: none, or none in ISO 8601, in the envelope", answer.request) from error
    return gregorian.from_datetime(moment)


def maximum_range(server: Server) -> int:
    """The widest range that the server takes, in seconds, as its refusal tells it; else Kazoo's default."""
    found = _WIDEST.search(server.cdrs(created_from=LONG_AGO).text)
    return int(found[1]) if found else 2_682_000


def window(server: Server) -> Window:
    """A stretch that holds some CDRs before the last month's end and some after; `CannotCheck` where there are none."""
    latest = now(server) - 1
    oldest = latest - maximum_range(server)
    month_begins = max(gregorian.month_start(gregorian.month_of(latest)), oldest + 1)
    before = _side(server, created_from=oldest, created_to=month_begins - 1)
    after = _side(server, created_from=month_begins, created_to=latest, ascending="true")
    if not before and not after:
        raise CannotCheck(_why_nothing(server, oldest, latest))
    start = max(_edge(before, oldest), _month_start(before, oldest)) if before else month_begins
    return Window(start, _edge(after, latest) if after else month_begins - 1)


def _side(server: Server, **query: Any) -> Answer | None:
    answer = server.cdrs(page_size=SIDE_ROWS, **query)
    return None if is_broken(answer) or not answer.rows else answer


def is_broken(answer: Answer) -> bool:
    """Whether the server gave up on a document that it could make no row of."""
    return answer.status == 503 and answer.envelope.get("message") == "datastore_fault"


def _why_nothing(server: Server, oldest: int, latest: int) -> str:
    if is_broken(server.cdrs(created_from=oldest, created_to=latest)):
        return "the listing is a 503: broken-document-fault hides all CDRs there are"
    return f"no CDR in the last {(latest - oldest) // 86_400} days"


def _edge(side: Answer, default: int) -> int:
    key = next_key(side)
    return key[0] if key else default


def _month_start(side: Answer, default: int) -> int:
    months = [found[1] for found in map(_CDR_ID.fullmatch, side.ids) if found]
    return min(map(gregorian.month_start, months), default=default)


def month(row: Row) -> str:
    """The month in whose database a row's document lies."""
    found = _CDR_ID.fullmatch(row["id"])
    return found[1] if found else ""


def next_key(answer: Answer) -> Any:
    """The view key at which the next page starts, `None` without one; `Unusable` where it is none."""
    text = answer.envelope.get("next_start_key")
    if text is None:
        return None
    try:
        return start_key.decode(text)
    except (start_key.NoStartKey, AttributeError) as error:
        raise Unusable(f"next_start_key: {text!r} instead of an encoded view key", answer.request) from error


def listing(server: Server) -> Answer:
    """The window's whole listing, newest first; `CannotCheck` where there is none."""
    answer = server.cdrs(paginate="false", **window(server).query)
    if len(answer.rows) > MOST_ROWS:
        _check_direction(server)
        raise CannotCheck(f"more than {MOST_ROWS} CDRs in the seconds around the last month's end")
    return answer


def _check_direction(server: Server) -> None:
    """Raise `Unusable` where the window grew because ascending=true goes down as well."""
    first = server.cdrs(page_size=1, ascending="true", **window(server).query)
    if first.ids == server.cdrs(page_size=1, **window(server).query).ids:
        raise Unusable("data: the newest CDR instead of the oldest one, under ascending=true", first.request)


def rows(server: Server) -> list[Row]:
    """The window's listing rows, newest first."""
    return listing(server).rows


def pages(server: Server, path: str = "/cdrs", **query: Any) -> Iterator[Answer]:
    """The pages of a walk, each asked for with the key that the one before gave; endless if the server's is."""
    while True:
        answer = server.account(path, query)
        yield answer
        key = answer.envelope.get("next_start_key")
        if key is None:
            return
        query["start_key"] = key


def timed_rows(server: Server) -> Iterator[tuple[int, Row]]:
    """Rows of the window with the time at which the listing holds them, without the newest; newest first.

    Each key names the first row of the next page: pages of one row name all but the first.
    """
    before = None
    for answer in islice(pages(server, page_size=1, **window(server).query), len(rows(server))):
        # a key in the wrong month, where a call runs over its end, names another row than comes
        if before is not None and answer.rows and before[-1] == answer.rows[0]["id"]:
            yield before[0], answer.rows[0]
        before = next_key(answer)


def ids_by_month(server: Server) -> list[list[str]]:
    """Ids that a listing of each of the window's months has, the newer month first, all newest first."""
    stretch = window(server)
    begins = gregorian.month_start(gregorian.month_of(stretch.end))
    parts = [Window(begins, stretch.end), Window(stretch.start, begins - 1)] if stretch.start < begins else [stretch]
    return [server.cdrs(paginate="false", **part.query).ids for part in parts]


def over_month_end(server: Server) -> list[str]:
    """Ids of CDRs that neither of the window's months lists by itself, though both together do; newest first.

    They lie in the month in which their calls began, and were written in the next.
    """
    listed = set(chain.from_iterable(ids_by_month(server)))
    return [row["id"] for row in rows(server) if row["id"] not in listed]


def documents(server: Server) -> dict[str, Row]:
    """The public document of each row of the window by its id, newest first."""
    found: dict[str, Row] = {}
    for row in rows(server):
        found |= {leg["id"]: leg for leg in legs(server, row.get("interaction_id", ""))}
        if row["id"] not in found:
            found[row["id"]] = detail(server, row["id"]).envelope["data"]
    return {row["id"]: found[row["id"]] for row in rows(server)}


def detail(server: Server, cdr_id: str) -> Answer:
    """One CDR."""
    return server.cdrs(f"/{quote(cdr_id, safe='')}")


def legs(server: Server, wanted_id: str) -> list[Row]:
    """The public documents of an interaction, none where it has no id."""
    return server.cdrs(f"/legs/{quote(wanted_id, safe='')}", paginate="false").rows if wanted_id else []


def interactions(server: Server) -> Answer:
    """The window's interactions, oldest first: no interaction is lost in that direction."""
    answer = all_interactions(server)
    if is_broken(answer):
        raise CannotCheck("/interaction is a 503: broken-document-fault hides all interactions there are")
    if are_view_rows(answer):
        raise CannotCheck("/interaction shows no listing rows: interaction-raw-rows hides all interactions there are")
    if not 0 < len(answer.rows) <= MOST_ROWS:
        raise CannotCheck(f"no interaction around the last month's end, or more than {MOST_ROWS}")
    return answer


def all_interactions(server: Server) -> Answer:
    """The window's interactions, oldest first, in whatever form they come."""
    return server.cdrs("/interaction", ascending="true", paginate="false", **window(server).query)


def are_view_rows(answer: Answer) -> bool:
    """Whether some interactions of an answer are as the view gave them, not as listing rows."""
    data = answer.envelope.get("data")
    return isinstance(data, list) and any(isinstance(row, dict) and {*row} == {"key", "value"} for row in data)


def leg_order(leg: Row) -> tuple[Any, str]:
    """What makes a leg the first of its interaction: the least channel time, then the least loopback leg."""
    return views.channel_time(leg), leg.get("channel_loopback_leg") or "_"


def ended(leg: Row) -> int:
    """When a leg ended."""
    return int(leg.get("timestamp", 0))


def as_held(document: Row) -> Row:
    """A public document with what its database has besides."""
    return {**document, "_id": document["id"], "pvt_type": "cdr"}


def may_stand(view: View, leg_id: str, legs: list[Row]) -> bool:
    """Whether a view may choose a leg to stand for its interaction; between equal ones the database decides."""
    values = [emitted[1] for leg in legs if (emitted := view.map(as_held(leg))) is not None]
    own = [value for value in values if value["id"] == leg_id]
    others = [value for value in values if value["id"] != leg_id]
    orders = (values, own + others, others + own)
    return bool(own and view.reduce and any(view.reduce(order) is own[0] for order in orders))
