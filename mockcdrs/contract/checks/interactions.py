"""Checks of interactions, of their legs, and of the CDRs and interactions of one user."""

from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr.documents import is_private
from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.checks.document_values import row_differences
from mockcdrs.contract.response import (
    CannotCheck,
    CheckedResponse,
    ExpectedResponse,
    Finding,
    QuirkObserved,
    expected_error,
    expected_or_quirk,
    expected_system_error,
)
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar.envelope import has_big_integer
from mockcdrs.crossbar.views import INTERACTIONS


def _interactions_with_legs(server: TargetServer) -> Iterator[tuple[str, list[probe_data.Row]]]:
    """Interaction ids of the window with their legs, the ones with more legs first."""
    ids = dict.fromkeys(row.get("interaction_id", "") for row in probe_data.rows(server))
    interactions = [(each, probe_data.legs(server, each)) for each in ids if each]
    if not interactions:
        raise CannotCheck("no CDR around the last month's end has an interaction id")
    yield from sorted(interactions, key=lambda pair: -len(pair[1]))


@check_of("interactions.json")
def legs_of_an_interaction(server: TargetServer) -> Iterator[Finding]:
    """The legs of an interaction id are public documents of that interaction, each one once."""
    listed: dict[str, set[str]] = {}
    for row in probe_data.rows(server):
        listed.setdefault(row.get("interaction_id", ""), set()).add(row["id"])
    for interaction_id, legs in _interactions_with_legs(server):
        answer = server.get_cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false")
        ids = [leg["id"] for leg in legs]
        yield from answer.differences(len(ids), len(set(ids)), "number of ids that are different")
        yield from answer.differences(sorted(listed[interaction_id] - set(ids)), [], "listed CDRs that are no leg")
        for index, leg in enumerate(legs):
            yield from answer.differences(leg.get("interaction_id"), interaction_id, f"data[{index}].interaction_id")
            yield from answer.differences([*filter(is_private, leg)], [], f"private names in data[{index}]")


@check_of("cb_cdrs.erl")
def legs_by_cdr_id(server: TargetServer) -> Iterator[Finding]:
    """/cdrs/legs takes a CDR id too, of any leg."""
    _, legs = next(_interactions_with_legs(server))
    for leg in legs[:3]:
        answer = server.get_cdrs(f"/legs/{quote(leg['id'], safe='')}", paginate="false")
        yield from ExpectedResponse(envelope={"data": legs}).differences(answer)


@check_of("cb_cdrs.erl", "legs-turned")
def order_of_legs(server: TargetServer) -> Iterator[Finding]:
    """Legs come newest first, by the time at which their channel was made, and with ascending=true oldest first."""
    interaction_id, legs = next(_interactions_with_legs(server))
    times = [probe_data.leg_order(leg)[0] for leg in legs]
    if len(set(times)) < 2 or not all(isinstance(time, int) for time in times):
        raise CannotCheck("no interaction around the last month's end has two legs of different times")
    up = server.get_cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", ascending="true")
    if times == sorted(times) and up.ids == [leg["id"] for leg in legs][::-1]:
        yield QuirkObserved("legs-turned")
    else:
        yield from up.differences(times, sorted(times, reverse=True), "channel times of the legs without ascending")
        yield from up.differences(up.ids, [leg["id"] for leg in legs][::-1], "ids")


@check_of("crossbar_view.erl", "legs-chunked-leak", "legs-turned")
def legs_in_chunks(server: TargetServer) -> Iterator[Finding]:
    """With is_chunked=true legs are the same public documents."""
    interaction_id, legs = next(_interactions_with_legs(server))
    answer = server.get_cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", is_chunked="true")
    if any(is_private(name) for leg in answer.envelope["data"] for name in leg):
        yield QuirkObserved("legs-chunked-leak")
    else:
        yield from answer.differences(_index_by_id(answer.rows), _index_by_id(legs), "data by id")


@check_of("api_util.erl", "big-integer-chunk-lost")
def big_integers_in_a_chunk(server: TargetServer) -> Iterator[Finding]:
    """With is_chunked=true legs are all there, also one that holds an integer beyond 64 bits."""
    candidates = (pair for pair in _interactions_with_legs(server) if any(map(has_big_integer, pair[1])))
    interaction_id, legs = next(candidates, ("", []))
    if not legs:
        raise CannotCheck("no leg around the last month's end holds an integer beyond 64 bits")
    answer = server.get_cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", is_chunked="true")
    if answer.envelope["data"] == []:
        yield QuirkObserved("big-integer-chunk-lost")
    else:
        yield from answer.differences(len(answer.envelope["data"]), len(legs), "number of items in data")


def _index_by_id(legs: list[probe_data.Row]) -> dict[str, Any]:
    return {leg["id"]: leg for leg in legs}


@check_of("cb_cdrs.erl")
def unknown_legs(server: TargetServer) -> Iterator[Finding]:
    """Legs of what is no id, and of a CDR that is not there, are a 404 each in their own words."""
    yield from expected_error(404, "bad identifier", ["garbage"]).differences(server.get_cdrs("/legs/garbage"))
    unknown = server.get_cdrs("/legs/200101-no-such-cdr")
    yield from expected_error(404, "could not find legs for supplied id", {}).differences(unknown)


@check_of("crossbar_view.erl", "legs-missing-month-503")
def legs_of_a_missing_month(server: TargetServer) -> Iterator[Finding]:
    """Legs of an interaction whose month has no database are a 404."""
    answer = server.get_cdrs(f"/legs/{probe_data.LONG_AGO}-abcdef01")
    odd = expected_error(503, "datastore missing view", {})
    good = expected_error(404, "could not find legs for supplied id", {})
    yield from expected_or_quirk(answer, good, "legs-missing-month-503", odd)


_INTERACTIONS_PER_PAGE = 3
_WHOLE_PAGE = 10_000


def _interaction_time(row: probe_data.Row) -> int:
    return int(row["interaction_id"].partition("-")[0])


@check_of("interactions.json")
def interaction_rows(server: TargetServer) -> Iterator[Finding]:
    """Each interaction is one row, that of its first leg: the least channel time, then the least loopback leg."""
    answer = probe_data.interaction_listing(server)
    ids = [row.get("interaction_id") for row in answer.rows]
    yield from answer.differences(len(ids), len(set(ids)), "number of interaction ids that are different")
    for index, row in enumerate(answer.rows):
        legs = {leg["id"]: leg for leg in probe_data.legs(server, row["interaction_id"])}
        is_first = probe_data.can_represent(INTERACTIONS, row["id"], list(legs.values()))
        yield from answer.differences(is_first, True, f"whether data[{index}] is the first leg")
        yield from row_differences(server, answer, [row], legs, "account")


@check_of("cb_cdrs.erl", "interaction-raw-rows")
def ids_without_months(server: TargetServer) -> Iterator[Finding]:
    """All interactions are listing rows, also beside one whose leg has an id without a month."""
    answer = probe_data.all_interactions(server)
    if probe_data.are_view_rows(answer):
        yield QuirkObserved("interaction-raw-rows")
        return
    odd = [row for row in answer.envelope["data"] if "unix_timestamp" not in row]
    yield from answer.differences(odd, [], "items of data that are no listing rows")
    if not odd:
        raise CannotCheck("no interaction met whose leg has an id without a month")


@check_of("interactions.json")
def order_of_interactions(server: TargetServer) -> Iterator[Finding]:
    """With ascending=true interactions come by the time that their id begins with, the oldest first."""
    answer = probe_data.interaction_listing(server)
    times = [_interaction_time(row) for row in answer.rows]
    yield from answer.differences(times, sorted(times), "times in the interaction ids")
    window = probe_data.window(server)
    outside = [time for time in times if not window.start <= time <= window.end]
    yield from answer.differences(outside, [], "times outside of the range")


@check_of("crossbar_view.erl")
def interactions_up(server: TargetServer) -> Iterator[Finding]:
    """With ascending=true pages of interactions give each one once; keys are their time and key."""
    expected = probe_data.interaction_listing(server)
    query = probe_data.window(server).query
    pages = [
        *islice(
            probe_data.pages(server, "/cdrs/interaction", page_size=_INTERACTIONS_PER_PAGE, ascending="true", **query),
            60,
        )
    ]
    came = list(chain.from_iterable(page.ids for page in pages))
    yield from pages[-1].differences(came, expected.ids, "ids of all pages together")
    for page, after in pairwise(pages):
        # it may name an interaction that is left out because its first leg ended after the range
        time, _ = probe_data.next_key(page)
        times = [
            *map(_interaction_time, page.rows[-1:]),
            time,
            *map(_interaction_time, after.rows[:1]),
        ]  # a page may have lost all its rows
        yield from page.differences(
            times == sorted(times), True, f"whether {time} in next_start_key is between the pages"
        )


@check_of("crossbar_view.erl", "interaction-page-loss")
def interactions_down(server: TargetServer) -> Iterator[Finding]:
    """Newest first, pages of interactions give each one once."""
    expected = probe_data.interaction_listing(server).ids[::-1]
    if len(expected) <= _INTERACTIONS_PER_PAGE:
        raise CannotCheck(f"no more than {_INTERACTIONS_PER_PAGE} interactions around the last month's end")
    query = probe_data.window(server).query
    pages = [*islice(probe_data.pages(server, "/cdrs/interaction", page_size=_INTERACTIONS_PER_PAGE, **query), 60)]
    came = list(chain.from_iterable(page.ids for page in pages))
    if came != expected and _is_page_loss(probe_data.interaction_listing(server), pages):
        yield QuirkObserved("interaction-page-loss")
    else:
        yield from pages[-1].differences(came, expected, "ids of all pages together")


def _is_page_loss(all_of_them: CheckedResponse, pages: list[CheckedResponse]) -> bool:
    """Whether what the keys name is lost, and nothing else but one more a page, where a chunk ended within it."""
    came = list(chain.from_iterable(page.ids for page in pages))
    missing = {row["id"]: row["interaction_id"] for row in reversed(all_of_them.rows) if row["id"] not in came}
    lost_by_keys = {f"{key[0]}-{key[1]}" for key in map(probe_data.next_key, pages) if key is not None}
    in_window = {row["interaction_id"] for row in all_of_them.rows}  # others ended after the range, as in the walk up
    in_order = [each for each in reversed(all_of_them.ids) if each not in missing]
    return (
        came == in_order
        and lost_by_keys & in_window <= set(missing.values())
        and len(missing) <= len(lost_by_keys) + len(pages)
    )


@check_of("cb_cdrs.erl", "interaction-month-order")
def plain_interactions(server: TargetServer) -> Iterator[Finding]:
    """With is_chunked=false interactions come newest first too, over two months as well."""
    expected = probe_data.interaction_listing(server).rows[::-1]
    if len({probe_data.month(row) for row in expected}) < 2:
        raise CannotCheck("the interactions around the last month's end are of one month")
    answer = server.get_cdrs(
        "/interaction", is_chunked="false", page_size=_WHOLE_PAGE, **probe_data.window(server).query
    )
    if answer.rows != expected and answer.rows == sorted(expected, key=probe_data.month):
        yield QuirkObserved("interaction-month-order")
    else:
        yield from answer.differences(answer.rows, expected, "data")


@check_of("cb_cdrs.erl", "interaction-range-twice")
def range_of_interactions(server: TargetServer) -> Iterator[Finding]:
    """An interaction is in a range by the time that its id begins with, whenever its legs ended."""
    for row in probe_data.interaction_listing(server).rows:
        begun = _interaction_time(row)
        if int(row["timestamp"]) + int(row["duration_seconds"] or 0) > begun:
            break
    else:
        raise CannotCheck("no interaction around the last month's end whose first leg ended after it began")
    answer = server.get_cdrs("/interaction", created_from=begun, created_to=begun, ascending="true")
    if answer.envelope["data"] == []:
        yield QuirkObserved("interaction-range-twice")
    else:
        at_once = [
            each["id"] for each in probe_data.interaction_listing(server).rows if _interaction_time(each) == begun
        ]
        yield from answer.differences(answer.ids, at_once, "ids")


_USER_ROWS_PER_PAGE = 2
_OWNERS_TRIED = 4


def _known_owner(server: TargetServer) -> str:
    """An owner of CDRs in the window whom the account still has."""
    owners = dict.fromkeys(row.get("owner_id", "") for row in probe_data.rows(server))
    for owner in islice(filter(None, owners), _OWNERS_TRIED):
        if _get_user_cdrs(server, owner).status == 200:
            return str(owner)
    raise CannotCheck("no CDR around the last month's end names an owner that the account still has")


def _get_user_cdrs(server: TargetServer, owner: str, path: str = "", **query: Any) -> CheckedResponse:
    whole_query = {**query, **probe_data.window(server).query}
    return server.request_account(f"/users/{quote(owner, safe='')}/cdrs{path}", whole_query)


@check_of("cdrs.json")
def cdrs_of_a_user(server: TargetServer) -> Iterator[Finding]:
    """/users/{U}/cdrs lists the CDRs whose custom_channel_vars.owner_id is the user, as in the account's list."""
    owner = _known_owner(server)
    answer = _get_user_cdrs(server, owner, paginate="false")
    expected = [row for row in probe_data.rows(server) if row.get("owner_id") == owner]
    yield from answer.differences(answer.rows, expected, "data")


@check_of("crossbar_view.erl")
def walk_of_a_user(server: TargetServer) -> Iterator[Finding]:
    """A user's pages give each CDR once, in both directions; the keys begin with the user."""
    owner = _known_owner(server)
    ids = [row["id"] for row in probe_data.rows(server) if row.get("owner_id") == owner]
    path, query = f"/users/{quote(owner, safe='')}/cdrs", probe_data.window(server).query
    for ascending, expected in (("false", ids), ("true", ids[::-1])):
        walk = probe_data.pages(server, path, page_size=_USER_ROWS_PER_PAGE, ascending=ascending, **query)
        pages = [*islice(walk, len(ids) // _USER_ROWS_PER_PAGE + 2)]
        came = list(chain.from_iterable(page.ids for page in pages))
        yield from pages[-1].differences(came, expected, "ids of all pages together")
        for page, after in pairwise(pages):
            key = probe_data.next_key(page)
            yield from page.differences([key[0], key[2]], [owner, after.ids[0]], "owner and id in next_start_key")


@check_of("interactions.json")
def interactions_of_a_user(server: TargetServer) -> Iterator[Finding]:
    """/users/{U}/cdrs/interaction has a row for each interaction with a leg of the user's: one of these legs."""
    owner, last = _known_owner(server), probe_data.window(server).end - probe_data.WRITING_SECONDS
    answer = _get_user_cdrs(server, owner, "/interaction", paginate="false", ascending="true")
    for index, row in enumerate(answer.rows):
        legs = [leg for leg in probe_data.legs(server, row["interaction_id"]) if _leg_owner(leg) == owner]
        yield from answer.differences(bool(legs), True, f"whether a leg of data[{index}] is the user's")
        yield from row_differences(server, answer, [row], {leg["id"]: leg for leg in legs}, "user")
    came = {row["interaction_id"] for row in answer.rows}
    theirs = {
        row["interaction_id"]
        for row in probe_data.interaction_listing(server).rows
        if row.get("owner_id") == owner
        and all(probe_data.end_time(leg) <= last for leg in probe_data.legs(server, row["interaction_id"]))
    }
    yield from answer.differences(sorted(theirs - came), [], "interactions whose first leg is the user's, left out")


@check_of("interactions.json")
def leg_of_a_users_interaction(server: TargetServer) -> Iterator[Finding]:
    """Of several legs of a user's in an interaction the first is its row or, in some versions, the most billed one."""
    view, rows_checked = server.version.owner_interactions, 0
    for owner, interaction_id, legs in islice(_interactions_with_distinct_legs(server), _OWNERS_TRIED):
        answer = _get_user_cdrs(server, owner, "/interaction", paginate="false", ascending="true")
        rows = answer.rows if answer.status == 200 else []
        for row in (row for row in rows if row["interaction_id"] == interaction_id):
            rows_checked += 1
            is_chosen = probe_data.can_represent(view, row["id"], legs)
            yield from answer.differences(is_chosen, True, f"whether {row['id']} stands for {interaction_id}")
    if not rows_checked:
        raise CannotCheck("no interaction around the last month's end has two legs of a user's that are not alike")


def _interactions_with_distinct_legs(server: TargetServer) -> Iterator[tuple[str, str, list[probe_data.Row]]]:
    """Owners, ids and the owner's legs of interactions in which not every leg may stand for the others."""
    view = server.version.owner_interactions
    for row in probe_data.interaction_listing(server).rows:
        by_owner: dict[str, list[probe_data.Row]] = {}
        for leg in probe_data.legs(server, row["interaction_id"]):
            by_owner.setdefault(_leg_owner(leg) or "", []).append(leg)
        for owner, legs in by_owner.items():
            if owner and not all(probe_data.can_represent(view, leg["id"], legs) for leg in legs):
                yield owner, row["interaction_id"], legs


def _leg_owner(leg: probe_data.Row) -> Any:
    variables = leg.get("custom_channel_vars")
    return variables.get("owner_id") if isinstance(variables, dict) else None


@check_of("cb_users.erl")
def unknown_user(server: TargetServer) -> Iterator[Finding]:
    """A user that the account does not have is a 404 that names it."""
    unknown = "0123456789abcdef" * 2
    answer = server.request_account(f"/users/{unknown}/cdrs")
    yield from expected_system_error("bad_identifier", cause=unknown).differences(answer)
