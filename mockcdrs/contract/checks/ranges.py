"""Which stretch of time a listing covers."""

from collections.abc import Iterator

from mockcdrs.cdr import gregorian
from mockcdrs.contract import sample
from mockcdrs.contract.answer import NO_ROWS, failure, good_or_quirk
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar import start_key


@check("crossbar_view.erl")
def range_ends(server: Server) -> Iterator[Finding]:
    """Both ends of a range are part of it: a CDR written in the first or the last second is listed."""
    dated = [(time, row) for time, row in sample.timed_rows(server) if sample.month(row) == gregorian.month_of(time)]
    if not dated:
        raise CannotCheck("no CDR around the last month's end that was written in the month that it began in")
    time, row = dated[0]
    for start, end, is_in in (
        (time, time + 1, True),
        (time - 1, time, True),
        (time + 1, time + 2, False),
        (time - 2, time - 1, False),
    ):
        answer = server.cdrs(created_from=start, created_to=end, paginate="false")
        yield from answer.differences(row["id"] in answer.ids, is_in, f"whether {row['id']} of {time} is listed")


@check("cdr_channel_destroy.erl", "month-end-call-lost")
def range_of_a_month(server: Server) -> Iterator[Finding]:
    """A range that begins with a month lists what was written in it, also of calls that began in the month before."""
    if sample.over_month_end(server):
        yield Shown("month-end-call-lost")
    elif all(sample.month(row) == gregorian.month_of(time) for time, row in sample.timed_rows(server)):
        raise CannotCheck("no CDR around the last month's end that was written in the month after that it began in")


@check("crossbar_view.erl")
def default_range(server: Server) -> Iterator[Finding]:
    """Without created_to a range ends now, without created_from it begins so far before its end as is allowed."""
    latest, widest = sample.now(server), sample.maximum_range(server)
    sample.rows(server)
    answer = server.cdrs(page_size=1, created_to=latest, ascending="true")
    yield from answer.differences(
        start_key.decode(answer.envelope["start_key"]), [latest - widest], "start_key, decoded"
    )
    end = start_key.decode(server.cdrs(page_size=1).envelope["start_key"])[0]
    # the clock may have gone on between two answers
    yield from answer.differences(latest - 1 <= end <= latest + 60, True, f"whether {end} is the server's now")


@check("crossbar_view.erl")
def refused_ranges(server: Server) -> Iterator[Finding]:
    """A range that is reversed or too wide is a 400 that names both ends."""
    latest, widest = sample.now(server), sample.maximum_range(server)
    start = latest - widest
    refusals = (
        (latest, start, f"created_to {start} is prior to created_from {latest}", latest),
        (start - 1, latest, f"created_to {latest} is more than {widest} seconds from created_from {start - 1}", latest),
    )
    for created_from, created_to, words, cause in refusals:
        for path in ("", "/interaction", "/summary"):
            answer = server.cdrs(path, created_from=created_from, created_to=created_to)
            data = {"created_from": {"date_range": {"message": words, "cause": cause}}}
            yield from failure(400, "validation error", data).differences(answer)


@check("kazoo_modb.erl", "unix-range-500")
def unix_range(server: Server) -> Iterator[Finding]:
    """A range in Unix seconds, which lies in the year 57, has no CDRs."""
    start = gregorian.to_unix(sample.now(server)) - 86_400
    answer = server.cdrs(created_from=start, created_to=start + 86_400)
    yield from good_or_quirk(answer, NO_ROWS, "unix-range-500", failure(500, "init failed"))


@check("crossbar_view.erl")
def odd_moments(server: Server) -> Iterator[Finding]:
    """Text, zero and negative moments are as if they were not there; fractions are rounded."""
    sample.rows(server)
    stretch, widest = sample.window(server), sample.maximum_range(server)
    for value in ("abc", "0", "-5"):
        answer = server.cdrs(page_size=1, created_from=value, created_to=stretch.end, ascending="true")
        key = start_key.decode(answer.envelope["start_key"])
        yield from answer.differences(key, [stretch.end - widest], f"start_key, decoded, for {value!r}")
    answer = server.cdrs(page_size=1, created_from=f"{stretch.start}.5", created_to=stretch.end, ascending="true")
    yield from answer.differences(
        start_key.decode(answer.envelope["start_key"]), [stretch.start + 1], "start_key, decoded, for half a second"
    )


@check("crossbar_view.erl")
def too_wide_everywhere(server: Server) -> Iterator[Finding]:
    """The widest range of all is taken."""
    latest, widest = sample.now(server) - 1, sample.maximum_range(server)
    answer = server.cdrs(page_size=1, created_from=latest - widest, created_to=latest)
    if sample.is_broken(answer):
        raise CannotCheck("the listing is a 503: broken-document-fault hides all CDRs there are")
    yield from answer.differences(answer.status, 200, "status")
