"""A user's CDRs, by owner_id."""

from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any
from urllib.parse import quote

from mockcdrs.contract import sample
from mockcdrs.contract.answer import Answer, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.checks.detail import derived
from mockcdrs.contract.finding import CannotCheck, Finding
from mockcdrs.contract.server import Server

_PAGE_SIZE = 2
_MOST_OWNERS = 4


def _owner(server: Server) -> str:
    """An owner of CDRs in the window whom the account still has."""
    owners = dict.fromkeys(row.get("owner_id", "") for row in sample.rows(server))
    for owner in islice(filter(None, owners), _MOST_OWNERS):
        if _asked(server, owner).status == 200:
            return str(owner)
    raise CannotCheck("no CDR around the last month's end names an owner that the account still has")


def _asked(server: Server, owner: str, path: str = "", **query: Any) -> Answer:
    asked = {**query, **sample.window(server).query}
    return server.account(f"/users/{quote(owner, safe='')}/cdrs{path}", asked)


@check("cdrs.json")
def cdrs_of_a_user(server: Server) -> Iterator[Finding]:
    """/users/{U}/cdrs lists the CDRs whose custom_channel_vars.owner_id is the user, as in the account's list."""
    owner = _owner(server)
    answer = _asked(server, owner, paginate="false")
    expected = [row for row in sample.rows(server) if row.get("owner_id") == owner]
    yield from answer.differences(answer.rows, expected, "data")


@check("crossbar_view.erl")
def walk_of_a_user(server: Server) -> Iterator[Finding]:
    """A user's pages give each CDR once, in both directions; the keys begin with the user."""
    owner = _owner(server)
    ids = [row["id"] for row in sample.rows(server) if row.get("owner_id") == owner]
    path, query = f"/users/{quote(owner, safe='')}/cdrs", sample.window(server).query
    for ascending, expected in (("false", ids), ("true", ids[::-1])):
        walk = sample.pages(server, path, page_size=_PAGE_SIZE, ascending=ascending, **query)
        pages = [*islice(walk, len(ids) // _PAGE_SIZE + 2)]
        came = list(chain.from_iterable(page.ids for page in pages))
        yield from pages[-1].differences(came, expected, "ids of all pages together")
        for page, after in pairwise(pages):
            key = sample.next_key(page)
            yield from page.differences([key[0], key[2]], [owner, after.ids[0]], "owner and id in next_start_key")


@check("interactions.json")
def interactions_of_a_user(server: Server) -> Iterator[Finding]:
    """/users/{U}/cdrs/interaction has a row for each interaction with a leg of the user's: one of these legs."""
    owner, last = _owner(server), sample.window(server).end - sample.WRITING_SECONDS
    answer = _asked(server, owner, "/interaction", paginate="false", ascending="true")
    for index, row in enumerate(answer.rows):
        legs = [leg for leg in sample.legs(server, row["interaction_id"]) if _owner_of(leg) == owner]
        yield from answer.differences(bool(legs), True, f"whether a leg of data[{index}] is the user's")
        yield from derived(server, answer, [row], {leg["id"]: leg for leg in legs}, "user")
    came = {row["interaction_id"] for row in answer.rows}
    theirs = {
        row["interaction_id"]
        for row in sample.interactions(server).rows
        if row.get("owner_id") == owner
        and all(sample.ended(leg) <= last for leg in sample.legs(server, row["interaction_id"]))
    }
    yield from answer.differences(sorted(theirs - came), [], "interactions whose first leg is the user's, left out")


@check("interactions.json")
def leg_of_a_users_interaction(server: Server) -> Iterator[Finding]:
    """Of several legs of a user's in an interaction the first is its row or, in some versions, the most billed one."""
    view, looked_at = server.version.owner_interactions, 0
    for owner, interaction_id, legs in islice(_telling(server), _MOST_OWNERS):
        answer = _asked(server, owner, "/interaction", paginate="false", ascending="true")
        rows = answer.rows if answer.status == 200 else []
        for row in (row for row in rows if row["interaction_id"] == interaction_id):
            looked_at += 1
            is_chosen = sample.may_stand(view, row["id"], legs)
            yield from answer.differences(is_chosen, True, f"whether {row['id']} stands for {interaction_id}")
    if not looked_at:
        raise CannotCheck("no interaction around the last month's end has two legs of a user's that are not alike")


def _telling(server: Server) -> Iterator[tuple[str, str, list[sample.Row]]]:
    """Owners, ids and the owner's legs of interactions in which not every leg may stand for the others."""
    view = server.version.owner_interactions
    for row in sample.interactions(server).rows:
        by_owner: dict[str, list[sample.Row]] = {}
        for leg in sample.legs(server, row["interaction_id"]):
            by_owner.setdefault(_owner_of(leg) or "", []).append(leg)
        for owner, legs in by_owner.items():
            if owner and not all(sample.may_stand(view, leg["id"], legs) for leg in legs):
                yield owner, row["interaction_id"], legs


def _owner_of(leg: sample.Row) -> Any:
    variables = leg.get("custom_channel_vars")
    return variables.get("owner_id") if isinstance(variables, dict) else None


@check("cb_users.erl")
def unknown_user(server: Server) -> Iterator[Finding]:
    """A user that the account does not have is a 404 that names it."""
    unknown = "0123456789abcdef" * 2
    answer = server.account(f"/users/{unknown}/cdrs")
    yield from system_failure("bad_identifier", cause=unknown).differences(answer)
