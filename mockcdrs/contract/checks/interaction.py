"""Interactions: one listing row for each, that of its first leg."""

from collections.abc import Iterator
from itertools import chain, islice, pairwise

from mockcdrs.contract import sample
from mockcdrs.contract.answer import Answer
from mockcdrs.contract.check import check
from mockcdrs.contract.checks.detail import derived
from mockcdrs.contract.finding import CannotCheck, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar.views import INTERACTIONS

_PAGE_SIZE = 3
_ONE_PAGE = 10_000


def _time(row: sample.Row) -> int:
    return int(row["interaction_id"].partition("-")[0])


@check("interactions.json")
def interaction_rows(server: Server) -> Iterator[Finding]:
    """Each interaction is one row, that of its first leg: the least channel time, then the least loopback leg."""
    answer = sample.interactions(server)
    ids = [row.get("interaction_id") for row in answer.rows]
    yield from answer.differences(len(ids), len(set(ids)), "number of interaction ids that are different")
    for index, row in enumerate(answer.rows):
        legs = {leg["id"]: leg for leg in sample.legs(server, row["interaction_id"])}
        is_first = sample.may_stand(INTERACTIONS, row["id"], list(legs.values()))
        yield from answer.differences(is_first, True, f"whether data[{index}] is the first leg")
        yield from derived(server, answer, [row], legs, "account")


@check("cb_cdrs.erl", "interaction-raw-rows")
def ids_without_months(server: Server) -> Iterator[Finding]:
    """All interactions are listing rows, also beside one whose leg has an id without a month."""
    answer = sample.all_interactions(server)
    if sample.are_view_rows(answer):
        yield Shown("interaction-raw-rows")
        return
    odd = [row for row in answer.envelope["data"] if "unix_timestamp" not in row]
    yield from answer.differences(odd, [], "items of data that are no listing rows")
    if not odd:
        raise CannotCheck("no interaction met whose leg has an id without a month")


@check("interactions.json")
def order_of_interactions(server: Server) -> Iterator[Finding]:
    """With ascending=true interactions come by the time that their id begins with, the oldest first."""
    answer = sample.interactions(server)
    times = [_time(row) for row in answer.rows]
    yield from answer.differences(times, sorted(times), "times in the interaction ids")
    stretch = sample.window(server)
    outside = [time for time in times if not stretch.start <= time <= stretch.end]
    yield from answer.differences(outside, [], "times outside of the range")


@check("crossbar_view.erl")
def interactions_up(server: Server) -> Iterator[Finding]:
    """With ascending=true pages of interactions give each one once; keys are their time and key."""
    expected = sample.interactions(server)
    query = sample.window(server).query
    pages = [*islice(sample.pages(server, "/cdrs/interaction", page_size=_PAGE_SIZE, ascending="true", **query), 60)]
    came = list(chain.from_iterable(page.ids for page in pages))
    yield from pages[-1].differences(came, expected.ids, "ids of all pages together")
    for page, after in pairwise(pages):
        # it may name an interaction that is left out because its first leg ended after the range
        time, _ = sample.next_key(page)
        times = [*map(_time, page.rows[-1:]), time, *map(_time, after.rows[:1])]  # a page may have lost all its rows
        yield from page.differences(
            times == sorted(times), True, f"whether {time} in next_start_key is between the pages"
        )


@check("crossbar_view.erl", "interaction-page-loss")
def interactions_down(server: Server) -> Iterator[Finding]:
    """Newest first, pages of interactions give each one once."""
    expected = sample.interactions(server).ids[::-1]
    if len(expected) <= _PAGE_SIZE:
        raise CannotCheck(f"no more than {_PAGE_SIZE} interactions around the last month's end")
    query = sample.window(server).query
    pages = [*islice(sample.pages(server, "/cdrs/interaction", page_size=_PAGE_SIZE, **query), 60)]
    came = list(chain.from_iterable(page.ids for page in pages))
    if came != expected and _is_page_loss(sample.interactions(server), pages):
        yield Shown("interaction-page-loss")
    else:
        yield from pages[-1].differences(came, expected, "ids of all pages together")


def _is_page_loss(all_of_them: Answer, pages: list[Answer]) -> bool:
    """Whether what the keys name is lost, and nothing else but one more a page, where a chunk ended within it."""
    came = list(chain.from_iterable(page.ids for page in pages))
    left = {row["id"]: row["interaction_id"] for row in reversed(all_of_them.rows) if row["id"] not in came}
    named = {f"{key[0]}-{key[1]}" for key in map(sample.next_key, pages) if key is not None}
    shown = {row["interaction_id"] for row in all_of_them.rows}  # others ended after the range, as in the walk up
    in_order = [each for each in reversed(all_of_them.ids) if each not in left]
    return came == in_order and named & shown <= set(left.values()) and len(left) <= len(named) + len(pages)


@check("cb_cdrs.erl", "interaction-month-order")
def plain_interactions(server: Server) -> Iterator[Finding]:
    """With is_chunked=false interactions come newest first too, over two months as well."""
    expected = sample.interactions(server).rows[::-1]
    if len({sample.month(row) for row in expected}) < 2:
        raise CannotCheck("the interactions around the last month's end are of one month")
    answer = server.cdrs("/interaction", is_chunked="false", page_size=_ONE_PAGE, **sample.window(server).query)
    if answer.rows != expected and answer.rows == sorted(expected, key=sample.month):
        yield Shown("interaction-month-order")
    else:
        yield from answer.differences(answer.rows, expected, "data")


@check("cb_cdrs.erl", "interaction-range-twice")
def range_of_interactions(server: Server) -> Iterator[Finding]:
    """An interaction is in a range by the time that its id begins with, whenever its legs ended."""
    for row in sample.interactions(server).rows:
        begun = _time(row)
        if int(row["timestamp"]) + int(row["duration_seconds"] or 0) > begun:
            break
    else:
        raise CannotCheck("no interaction around the last month's end whose first leg ended after it began")
    answer = server.cdrs("/interaction", created_from=begun, created_to=begun, ascending="true")
    if answer.envelope["data"] == []:
        yield Shown("interaction-range-twice")
    else:
        at_once = [each["id"] for each in sample.interactions(server).rows if _time(each) == begun]
        yield from answer.differences(answer.ids, at_once, "ids")
