"""The summary, against the sum over the documents."""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Form
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Finding, NotMade, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar.summary import add_summaries, double_summary, summarize, summary_json, summary_view
from mockcdrs.crossbar.versions import VERSIONS

_DOUBLING, _FEW_ROWS, _LAST_MONTH = _QUIRKS = ("summary-doubling", "summary-51-rows", "summary-last-month")

_FEW = 2

# what each document adds to the sum, by month, newest month and newest document first
_Months = list[list[dict[str, Any]]]


def _months(server: Server) -> _Months:
    documents = sample.documents(server)
    newer, *older = sample.ids_by_month(server)
    view = summary_view(server.version.emergency_numbers)
    # what lies in the older month counts there, whenever it was written
    months = [newer, [cdr_id for cdr_id in documents if cdr_id not in newer]] if older else [list(documents)]
    return [
        [emitted[1] for cdr_id in ids if (emitted := view.map(sample.as_held(documents[cdr_id])))] for ids in months
    ]


def _sum(months: _Months, page_size: int, quirks: tuple[str, ...]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for index, values in enumerate(months):
        # each month takes up one place of the page
        counted = summary_json(summarize(values[: page_size + 1 - index] if _FEW_ROWS in quirks else values))
        counted = double_summary(counted) if _DOUBLING in quirks else counted
        total = {**total, **counted} if _LAST_MONTH in quirks else add_summaries(total, counted)
    return total


def _explained(came: Any, months: _Months, page_size: int) -> tuple[str, ...] | None:
    """The fewest quirks under which the documents add up to what came."""
    subsets = chain.from_iterable(combinations(_QUIRKS, size) for size in range(len(_QUIRKS) + 1))
    return next((quirks for quirks in subsets if _sum(months, page_size, quirks) == came), None)


@check("cb_cdrs.erl", *_QUIRKS)
def summary(server: Server) -> Iterator[Finding]:
    """The summary adds up billing_seconds by direction, domain, classifier of the called number, and rate name."""
    months = _months(server)
    if not any(months):
        raise CannotCheck("no CDR around the last month's end is counted by the summary")
    for page_size in (sample.MOST_ROWS, _FEW):
        answer = server.cdrs("/summary", page_size=page_size, **sample.window(server).query)
        yield from Form(envelope={"data": dict, "status": "success"}).differences(answer)
        quirks = _explained(answer.envelope["data"], months, page_size)
        if quirks is None:
            yield from answer.differences(answer.envelope["data"], _sum(months, page_size, ()), "data")
        yield from map(Shown, quirks or ())
    if len(months) < 2:
        yield NotMade("the CDRs around the last month's end are of one month: summary-last-month would not show")
    if quirks is not None and _sum(months, _FEW, quirks) == _sum(months, _FEW, tuple({*quirks} ^ {_FEW_ROWS})):
        yield NotMade("too few billed CDRs around the last month's end: summary-51-rows would not show")


@check("cdrs.json", _DOUBLING)
def emergency_calls(server: Server) -> Iterator[Finding]:
    """The summary counts calls to some numbers as emergency calls; which ones, its version says."""
    known = sorted({number for version in VERSIONS.values() for number in version.emergency_numbers})
    documents, view = sample.documents(server), summary_view(server.version.emergency_numbers)
    for time, row in sample.timed_rows(server):
        called = str(documents[row["id"]].get("to")).partition("@")[0]
        if called in known and sample.month(row) == gregorian.month_of(time):
            break
    else:
        raise CannotCheck(f"no call to {', '.join(known)} around the last month's end")
    second: dict[str, Any] = {"created_from": time, "created_to": time}
    answer, ids = server.cdrs("/summary", **second), server.cdrs(paginate="false", **second).ids
    values = [emitted[1] for each in ids if (emitted := view.map(sample.as_held(documents[each])))]
    quirks = _explained(answer.envelope["data"], [values], sample.MOST_ROWS)
    if quirks is None:
        yield from answer.differences(answer.envelope["data"], _sum([values], sample.MOST_ROWS, ()), "data")
    yield from map(Shown, quirks or ())


@check("cb_cdrs.erl")
def summary_of_nothing(server: Server) -> Iterator[Finding]:
    """A summary without a call is an empty object or has both directions empty, and no chunks."""
    answer = server.cdrs("/summary", created_from=sample.LONG_AGO, created_to=sample.LONG_AGO)
    yield from Form(envelope={"status": "success", "next_start_key": ABSENT}).differences(answer)
    came = answer.envelope.get("data", ABSENT)
    yield from answer.differences([value for value in came.values() if value], [], "directions that hold something")


@check("cb_cdrs.erl")
def summary_of_a_filter(server: Server) -> Iterator[Finding]:
    """Filters see the sum, which has no document: filter_KEY leaves nothing of it."""
    sample.rows(server)
    answer = server.cdrs("/summary", filter_call_direction="inbound", **sample.window(server).query)
    yield from Form(envelope={"data": {}}).differences(answer)
