"""The walk over pages, in both directions."""

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, NO_ROWS, Answer, failure, good_or_quirk, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Difference, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar import start_key

_REVERSED = failure(500, "datastore_fault", {"cause": "Bad Request", "message": "unknown failure"})
_MONTH_END = "month-end-call-lost"
_RANGE_END: dict[str, Any] = {}


def walked(pages: Iterator[Answer], expected: list[str], page_size: int) -> Iterator[Difference]:
    """How a walk differs from every id once, `page_size` a page, each page's key naming the next one's first row."""
    most = len(expected) // page_size + 2
    seen = list(islice(pages, most))
    last = seen[-1]
    came = list(chain.from_iterable(page.ids for page in seen))
    yield from last.differences(came, expected, f"ids of all pages of {page_size}, together")
    for page, after in pairwise(seen):
        yield from page.differences(len(page.rows), page_size, "rows of a page that is not the last")
        yield from page.differences(sample.next_key(page)[-1], after.ids[0], "id in next_start_key, decoded")
        yield from after.differences(_start_key(after), sample.next_key(page), "start_key, decoded")
    if len(seen) == most:
        yield from last.differences(last.envelope.get("next_start_key"), ABSENT, "next_start_key of the last page")
    elif "next_start_key" in last.envelope:
        yield Difference("next_start_key: null instead of nothing on the last page", last.request)


def _start_key(answer: Answer) -> Any:
    return start_key.decode(answer.envelope["start_key"])


def _check_walk(server: Server, page_size: int, expected: list[str], **way: Any) -> Iterator[Finding]:
    query = sample.window(server).query
    differences = list(walked(sample.pages(server, page_size=page_size, **query, **way), expected, page_size))
    if differences and sample.over_month_end(server):
        yield Shown(_MONTH_END)
    else:
        yield from differences


def _ids(server: Server) -> list[str]:
    return [row["id"] for row in sample.rows(server)]


@check("crossbar_view.erl", _MONTH_END)
def walk_down(server: Server) -> Iterator[Finding]:
    """Newest first, pages of any size give every CDR once; next_start_key is absent from the last page, never null."""
    for page_size in (1, 3, len(_ids(server)), len(_ids(server)) + 1):
        yield from _check_walk(server, page_size, _ids(server))


@check("crossbar_view.erl", _MONTH_END)
def walk_up(server: Server) -> Iterator[Finding]:
    """With ascending=true the same CDRs come the other way round."""
    for page_size in (4, len(_ids(server)) + 1):
        yield from _check_walk(server, page_size, _ids(server)[::-1], ascending="true")


@check("crossbar_view.erl", _MONTH_END)
def walk_without_chunks(server: Server) -> Iterator[Finding]:
    """With is_chunked=false the pages are the same."""
    yield from _check_walk(server, 5, _ids(server), is_chunked="false")


@check("crossbar_view.erl")
def newest_first(server: Server) -> Iterator[Finding]:
    """CDRs come in the order in which they were written, the newest first."""
    answer = sample.listing(server)
    timed = {row["id"]: time for time, row in sample.timed_rows(server)}
    times = [timed[cdr_id] for cdr_id in answer.ids if cdr_id in timed]
    yield from answer.differences(times, sorted(times, reverse=True), "times in the keys")


@check("crossbar_view.erl")
def first_start_key(server: Server) -> Iterator[Finding]:
    """The first page's start_key is the range's end and an empty object, or going up the range's start alone."""
    stretch = sample.window(server)
    sample.rows(server)
    down = server.cdrs(page_size=1, **stretch.query)
    yield from down.differences(_start_key(down), [stretch.end, _RANGE_END], "start_key, decoded")
    up = server.cdrs(page_size=1, ascending="true", **stretch.query)
    yield from up.differences(_start_key(up), [stretch.start], "start_key, decoded")


@check("crossbar_view.erl", "descending-false-ignored")
def directions(server: Server) -> Iterator[Finding]:
    """Whatever stands behind ascending turns the order, but false; descending=true wins over it."""
    down = _ids(server)
    if len(down) < 2:
        raise CannotCheck("fewer than two CDRs around the last month's end")
    expected: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"ascending": "yes"}, down[::-1]),
        ({"ascending": "false"}, down),
        ({"descending": "true"}, down),
        ({"ascending": "true", "descending": "true"}, down),
    )
    for way, ids in expected:
        answer = server.cdrs(paginate="false", **sample.window(server).query, **way)
        yield from answer.differences(answer.ids, ids, "ids")
    answer = server.cdrs(paginate="false", descending="false", **sample.window(server).query)
    if answer.ids == down:
        yield Shown("descending-false-ignored")
    else:
        yield from answer.differences(answer.ids, down[::-1], "ids")


@check("crossbar_view.erl", "stale-next-key")
def last_page_of_chunks(server: Server) -> Iterator[Finding]:
    """A page that took several chunks and is the last one names no next page."""
    newest = sample.month(sample.rows(server)[0])
    later = [(time, row) for time, row in sample.timed_rows(server) if sample.month(row) == newest]
    begins = gregorian.month_start(newest) if newest else 0
    if len(later) < 4 or begins - 1 < sample.window(server).start:
        raise CannotCheck("too few CDRs since the last month's end, or none before it")
    # up to the second before the month: its database is asked too, and has nothing to give
    query: dict[str, Any] = {"created_from": begins - 1, "created_to": sample.window(server).end}
    answer = server.cdrs(chunk_size=2, page_size=sample.MOST_ROWS, **query)
    if answer.envelope.get("next_start_key") is not None and len(answer.rows) > len(later):
        yield Shown("stale-next-key")
    else:
        yield from answer.differences(answer.envelope.get("next_start_key", ABSENT), ABSENT, "next_start_key")


@check("crossbar_view.erl", "chunk-size-0-fault")
def bad_sizes(server: Server) -> Iterator[Finding]:
    """A page_size or chunk_size that is no number from 1 on is a 404 that says so; a fraction is rounded."""
    query = sample.window(server).query
    refusals = {
        ("page_size", "0"): "page size must be at least 1",
        ("page_size", "-1"): "page size must be at least 1",
        ("page_size", "abc"): "invalid page size",
        ("chunk_size", "-1"): "chunk size must be at least 1",
        ("chunk_size", "abc"): "invalid chunk size",
        ("chunk_size", "1000000"): re.compile(r"chunk size must be lower than \d+"),
    }
    for (name, value), words in refusals.items():
        answer = server.cdrs("", None, **{name: value}, **query)
        yield from system_failure("faulty_request", message=words).differences(answer)
    good = system_failure("faulty_request", message="chunk size must be at least 1")
    none = server.cdrs(chunk_size="0", **query)
    yield from good_or_quirk(none, good, "chunk-size-0-fault", system_failure("datastore_fault"))
    rounded = server.cdrs(page_size="1.5", **query)
    yield from rounded.differences(rounded.ids, _ids(server)[:2], "ids")


@check("crossbar_view.erl", "reversed-keys-fault")
def bad_start_key(server: Server) -> Iterator[Finding]:
    """A start_key that is no key, or lies beyond the range, gives no rows."""
    sample.rows(server)
    stretch = sample.window(server)
    for key in ("garbage", start_key.encode([stretch.start - 1, "x"])):
        answer = server.cdrs(start_key=key, **stretch.query)
        yield from good_or_quirk(answer, NO_ROWS, "reversed-keys-fault", _REVERSED)
