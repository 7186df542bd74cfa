"""Checks of which CDRs a listing has: its pages in both directions, its time range, and that no CDR is missing."""

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.response import (
    ABSENT,
    NO_ROWS,
    CannotCheck,
    CheckedResponse,
    Difference,
    Finding,
    QuirkObserved,
    Skipped,
    expected_error,
    expected_or_quirk,
    expected_system_error,
)
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar import start_key

_REVERSED_KEYS_FAULT = expected_error(500, "datastore_fault", {"cause": "Bad Request", "message": "unknown failure"})
_MONTH_END_CALL_LOST = "month-end-call-lost"
_RANGE_END_KEY: dict[str, Any] = {}


def walk_differences(pages: Iterator[CheckedResponse], expected: list[str], page_size: int) -> Iterator[Difference]:
    """How a walk differs from every id once, `page_size` a page, each page's key naming the next one's first row."""
    most = len(expected) // page_size + 2
    read = list(islice(pages, most))
    last = read[-1]
    came = list(chain.from_iterable(page.ids for page in read))
    yield from last.differences(came, expected, f"ids of all pages of {page_size}, together")
    for page, after in pairwise(read):
        yield from page.differences(len(page.rows), page_size, "rows of a page that is not the last")
        yield from page.differences(probe_data.next_key(page)[-1], after.ids[0], "id in next_start_key, decoded")
        yield from after.differences(_decode_start_key(after), probe_data.next_key(page), "start_key, decoded")
    if len(read) == most:
        yield from last.differences(last.envelope.get("next_start_key"), ABSENT, "next_start_key of the last page")
    elif "next_start_key" in last.envelope:
        yield Difference("next_start_key: null instead of nothing on the last page", last.request)


def _decode_start_key(answer: CheckedResponse) -> Any:
    return start_key.decode(answer.envelope["start_key"])


def _check_walk(server: TargetServer, page_size: int, expected: list[str], **way: Any) -> Iterator[Finding]:
    query = probe_data.window(server).query
    differences = list(
        walk_differences(probe_data.pages(server, page_size=page_size, **query, **way), expected, page_size)
    )
    if differences and probe_data.over_month_end(server):
        yield QuirkObserved(_MONTH_END_CALL_LOST)
    else:
        yield from differences


def _listed_ids(server: TargetServer) -> list[str]:
    return [row["id"] for row in probe_data.rows(server)]


@check_of("crossbar_view.erl", _MONTH_END_CALL_LOST)
def walk_down(server: TargetServer) -> Iterator[Finding]:
    """Newest first, pages of any size give every CDR once; next_start_key is absent from the last page, never null."""
    for page_size in (1, 3, len(_listed_ids(server)), len(_listed_ids(server)) + 1):
        yield from _check_walk(server, page_size, _listed_ids(server))


@check_of("crossbar_view.erl", _MONTH_END_CALL_LOST)
def walk_up(server: TargetServer) -> Iterator[Finding]:
    """With ascending=true the same CDRs come the other way round."""
    for page_size in (4, len(_listed_ids(server)) + 1):
        yield from _check_walk(server, page_size, _listed_ids(server)[::-1], ascending="true")


@check_of("crossbar_view.erl", _MONTH_END_CALL_LOST)
def walk_without_chunks(server: TargetServer) -> Iterator[Finding]:
    """With is_chunked=false the pages are the same."""
    yield from _check_walk(server, 5, _listed_ids(server), is_chunked="false")


@check_of("crossbar_view.erl")
def newest_first(server: TargetServer) -> Iterator[Finding]:
    """CDRs come in the order in which they were written, the newest first."""
    answer = probe_data.listing(server)
    timed = {row["id"]: time for time, row in probe_data.timed_rows(server)}
    times = [timed[cdr_id] for cdr_id in answer.ids if cdr_id in timed]
    yield from answer.differences(times, sorted(times, reverse=True), "times in the keys")


@check_of("crossbar_view.erl")
def first_start_key(server: TargetServer) -> Iterator[Finding]:
    """The first page's start_key is the range's end and an empty object, or going up the range's start alone."""
    window = probe_data.window(server)
    probe_data.rows(server)
    down = server.get_cdrs(page_size=1, **window.query)
    yield from down.differences(_decode_start_key(down), [window.end, _RANGE_END_KEY], "start_key, decoded")
    up = server.get_cdrs(page_size=1, ascending="true", **window.query)
    yield from up.differences(_decode_start_key(up), [window.start], "start_key, decoded")


@check_of("crossbar_view.erl", "descending-false-ignored")
def directions(server: TargetServer) -> Iterator[Finding]:
    """Whatever stands behind ascending turns the order, but false; descending=true wins over it."""
    down = _listed_ids(server)
    if len(down) < 2:
        raise CannotCheck("fewer than two CDRs around the last month's end")
    expected: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"ascending": "yes"}, down[::-1]),
        ({"ascending": "false"}, down),
        ({"descending": "true"}, down),
        ({"ascending": "true", "descending": "true"}, down),
    )
    for query, ids in expected:
        answer = server.get_cdrs(paginate="false", **probe_data.window(server).query, **query)
        yield from answer.differences(answer.ids, ids, "ids")
    answer = server.get_cdrs(paginate="false", descending="false", **probe_data.window(server).query)
    if answer.ids == down:
        yield QuirkObserved("descending-false-ignored")
    else:
        yield from answer.differences(answer.ids, down[::-1], "ids")


@check_of("crossbar_view.erl", "stale-next-key")
def last_page_of_chunks(server: TargetServer) -> Iterator[Finding]:
    """A page that took several chunks and is the last one names no next page."""
    newest = probe_data.month(probe_data.rows(server)[0])
    later = [(time, row) for time, row in probe_data.timed_rows(server) if probe_data.month(row) == newest]
    begins = gregorian.month_start(newest) if newest else 0
    if len(later) < 4 or begins - 1 < probe_data.window(server).start:
        raise CannotCheck("too few CDRs since the last month's end, or none before it")
    # up to the second before the month: its database is asked too, and has nothing to give
    query: dict[str, Any] = {"created_from": begins - 1, "created_to": probe_data.window(server).end}
    answer = server.get_cdrs(chunk_size=2, page_size=probe_data.MAX_ROWS, **query)
    if answer.envelope.get("next_start_key") is not None and len(answer.rows) > len(later):
        yield QuirkObserved("stale-next-key")
    else:
        yield from answer.differences(answer.envelope.get("next_start_key", ABSENT), ABSENT, "next_start_key")


@check_of("crossbar_view.erl", "chunk-size-0-fault")
def bad_sizes(server: TargetServer) -> Iterator[Finding]:
    """A page_size or chunk_size that is no number from 1 on is a 404 that says so; a fraction is rounded."""
    query = probe_data.window(server).query
    refusals = {
        ("page_size", "0"): "page size must be at least 1",
        ("page_size", "-1"): "page size must be at least 1",
        ("page_size", "abc"): "invalid page size",
        ("chunk_size", "-1"): "chunk size must be at least 1",
        ("chunk_size", "abc"): "invalid chunk size",
        ("chunk_size", "1000000"): re.compile(r"chunk size must be lower than \d+"),
    }
    for (name, value), words in refusals.items():
        answer = server.get_cdrs("", None, **{name: value}, **query)
        yield from expected_system_error("faulty_request", message=words).differences(answer)
    good = expected_system_error("faulty_request", message="chunk size must be at least 1")
    none = server.get_cdrs(chunk_size="0", **query)
    yield from expected_or_quirk(none, good, "chunk-size-0-fault", expected_system_error("datastore_fault"))
    rounded = server.get_cdrs(page_size="1.5", **query)
    yield from rounded.differences(rounded.ids, _listed_ids(server)[:2], "ids")


@check_of("crossbar_view.erl", "reversed-keys-fault")
def bad_start_key(server: TargetServer) -> Iterator[Finding]:
    """A start_key that is no key, or lies beyond the range, gives no rows."""
    probe_data.rows(server)
    window = probe_data.window(server)
    for key in ("garbage", start_key.encode([window.start - 1, "x"])):
        answer = server.get_cdrs(start_key=key, **window.query)
        yield from expected_or_quirk(answer, NO_ROWS, "reversed-keys-fault", _REVERSED_KEYS_FAULT)


@check_of("crossbar_view.erl")
def range_ends(server: TargetServer) -> Iterator[Finding]:
    """Both ends of a range are part of it: a CDR written in the first or the last second is listed."""
    dated = [
        (time, row) for time, row in probe_data.timed_rows(server) if probe_data.month(row) == gregorian.month_of(time)
    ]
    if not dated:
        raise CannotCheck("no CDR around the last month's end that was written in the month that it began in")
    time, row = dated[0]
    for start, end, is_in in (
        (time, time + 1, True),
        (time - 1, time, True),
        (time + 1, time + 2, False),
        (time - 2, time - 1, False),
    ):
        answer = server.get_cdrs(created_from=start, created_to=end, paginate="false")
        yield from answer.differences(row["id"] in answer.ids, is_in, f"whether {row['id']} of {time} is listed")


@check_of("cdr_channel_destroy.erl", "month-end-call-lost")
def range_of_a_month(server: TargetServer) -> Iterator[Finding]:
    """A range that begins with a month lists what was written in it, also of calls that began in the month before."""
    if probe_data.over_month_end(server):
        yield QuirkObserved("month-end-call-lost")
    elif all(probe_data.month(row) == gregorian.month_of(time) for time, row in probe_data.timed_rows(server)):
        raise CannotCheck("no CDR around the last month's end that was written in the month after that it began in")


@check_of("crossbar_view.erl")
def default_range(server: TargetServer) -> Iterator[Finding]:
    """Without created_to a range ends now, without created_from it begins so far before its end as is allowed."""
    latest, widest = probe_data.now(server), probe_data.maximum_range(server)
    probe_data.rows(server)
    answer = server.get_cdrs(page_size=1, created_to=latest, ascending="true")
    yield from answer.differences(
        start_key.decode(answer.envelope["start_key"]), [latest - widest], "start_key, decoded"
    )
    end = start_key.decode(server.get_cdrs(page_size=1).envelope["start_key"])[0]
    # the clock may have gone on between two answers
    yield from answer.differences(latest - 1 <= end <= latest + 60, True, f"whether {end} is the server's now")


@check_of("crossbar_view.erl")
def refused_ranges(server: TargetServer) -> Iterator[Finding]:
    """A range that is reversed or too wide is a 400 that names both ends."""
    latest, widest = probe_data.now(server), probe_data.maximum_range(server)
    start = latest - widest
    refusals = (
        (latest, start, f"created_to {start} is prior to created_from {latest}", latest),
        (start - 1, latest, f"created_to {latest} is more than {widest} seconds from created_from {start - 1}", latest),
    )
    for created_from, created_to, words, cause in refusals:
        for path in ("", "/interaction", "/summary"):
            answer = server.get_cdrs(path, created_from=created_from, created_to=created_to)
            data = {"created_from": {"date_range": {"message": words, "cause": cause}}}
            yield from expected_error(400, "validation error", data).differences(answer)


@check_of("kazoo_modb.erl", "unix-range-500")
def unix_range(server: TargetServer) -> Iterator[Finding]:
    """A range in Unix seconds, which lies in the year 57, has no CDRs."""
    start = gregorian.to_unix(probe_data.now(server)) - 86_400
    answer = server.get_cdrs(created_from=start, created_to=start + 86_400)
    yield from expected_or_quirk(answer, NO_ROWS, "unix-range-500", expected_error(500, "init failed"))


@check_of("crossbar_view.erl")
def odd_moments(server: TargetServer) -> Iterator[Finding]:
    """Text, zero and negative moments are as if they were not there; fractions are rounded."""
    probe_data.rows(server)
    window, widest = probe_data.window(server), probe_data.maximum_range(server)
    for value in ("abc", "0", "-5"):
        answer = server.get_cdrs(page_size=1, created_from=value, created_to=window.end, ascending="true")
        key = start_key.decode(answer.envelope["start_key"])
        yield from answer.differences(key, [window.end - widest], f"start_key, decoded, for {value!r}")
    answer = server.get_cdrs(page_size=1, created_from=f"{window.start}.5", created_to=window.end, ascending="true")
    yield from answer.differences(
        start_key.decode(answer.envelope["start_key"]), [window.start + 1], "start_key, decoded, for half a second"
    )


@check_of("crossbar_view.erl")
def too_wide_everywhere(server: TargetServer) -> Iterator[Finding]:
    """The widest range of all is taken."""
    latest, widest = probe_data.now(server) - 1, probe_data.maximum_range(server)
    answer = server.get_cdrs(page_size=1, created_from=latest - widest, created_to=latest)
    if probe_data.hides_documents(answer):
        raise CannotCheck(probe_data.ALL_HIDDEN)
    yield from answer.differences(answer.status, 200, "status")


@check_of("cdrs.json", "no-ccv-not-listed")
def every_leg_is_listed(server: TargetServer) -> Iterator[Finding]:
    """Every leg of an interaction is in the listing, also one without custom_channel_vars."""
    window = probe_data.window(server)
    listed = {row["id"] for row in probe_data.rows(server)}
    bare = [leg for leg in _legs_well_inside(server) if "custom_channel_vars" not in leg]
    for leg in _legs_well_inside(server):
        if leg["id"] not in listed and leg in bare:
            yield QuirkObserved("no-ccv-not-listed")
        elif leg["id"] not in listed:
            request = probe_data.listing(server).request
            yield Difference(f"data: no row for {leg['id']}, a leg from {window.start} to {window.end}", request)
    if not bare:
        yield Skipped("no CDR without custom_channel_vars around the last month's end")


def _legs_well_inside(server: TargetServer) -> list[probe_data.Row]:
    """Legs that were over, and surely written, well inside the window."""
    window, margin = probe_data.window(server), probe_data.WRITING_SECONDS
    return [
        leg
        for row in probe_data.interaction_listing(server).rows
        for leg in probe_data.legs(server, row.get("interaction_id", ""))
        if window.start + margin <= probe_data.end_time(leg) <= window.end - margin
    ]


@check_of("kzd_cdrs.erl", "broken-document-fault")
def broken_documents(server: TargetServer) -> Iterator[Finding]:
    """A CDR that no row can be made of does not keep the others from being listed."""
    latest = probe_data.now(server) - 1
    answer = server.get_cdrs(created_from=latest - probe_data.maximum_range(server), created_to=latest)
    if probe_data.hides_documents(answer):
        yield QuirkObserved("broken-document-fault")
    elif answer.status == 200:
        raise CannotCheck("no broken CDR met: the listing answers")
    else:
        yield from answer.differences(answer.status, 200, "status")
