"""The legs of an interaction."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr.documents import is_private
from mockcdrs.contract import sample
from mockcdrs.contract.answer import Form, failure, good_or_quirk
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar.json_codec import has_big_integer


def _interactions(server: Server) -> Iterator[tuple[str, list[sample.Row]]]:
    """Interaction ids of the window with their legs, the ones with more legs first."""
    ids = dict.fromkeys(row.get("interaction_id", "") for row in sample.rows(server))
    found = [(each, sample.legs(server, each)) for each in ids if each]
    if not found:
        raise CannotCheck("no CDR around the last month's end has an interaction id")
    yield from sorted(found, key=lambda pair: -len(pair[1]))


@check("interactions.json")
def legs_of_an_interaction(server: Server) -> Iterator[Finding]:
    """The legs of an interaction id are public documents of that interaction, each one once."""
    listed: dict[str, set[str]] = {}
    for row in sample.rows(server):
        listed.setdefault(row.get("interaction_id", ""), set()).add(row["id"])
    for interaction_id, legs in _interactions(server):
        answer = server.cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false")
        ids = [leg["id"] for leg in legs]
        yield from answer.differences(len(ids), len(set(ids)), "number of ids that are different")
        yield from answer.differences(sorted(listed[interaction_id] - set(ids)), [], "listed CDRs that are no leg")
        for index, leg in enumerate(legs):
            yield from answer.differences(leg.get("interaction_id"), interaction_id, f"data[{index}].interaction_id")
            yield from answer.differences([*filter(is_private, leg)], [], f"private names in data[{index}]")


@check("cb_cdrs.erl")
def legs_by_cdr_id(server: Server) -> Iterator[Finding]:
    """/cdrs/legs takes a CDR id too, of any leg."""
    _, legs = next(_interactions(server))
    for leg in legs[:3]:
        answer = server.cdrs(f"/legs/{quote(leg['id'], safe='')}", paginate="false")
        yield from Form(envelope={"data": legs}).differences(answer)


@check("cb_cdrs.erl", "legs-turned")
def order_of_legs(server: Server) -> Iterator[Finding]:
    """Legs come newest first, by the time at which their channel was made, and with ascending=true oldest first."""
    interaction_id, legs = next(_interactions(server))
    times = [sample.leg_order(leg)[0] for leg in legs]
    if len(set(times)) < 2 or not all(isinstance(time, int) for time in times):
        raise CannotCheck("no interaction around the last month's end has two legs of different times")
    up = server.cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", ascending="true")
    if times == sorted(times) and up.ids == [leg["id"] for leg in legs][::-1]:
        yield Shown("legs-turned")
    else:
        yield from up.differences(times, sorted(times, reverse=True), "channel times of the legs without ascending")
        yield from up.differences(up.ids, [leg["id"] for leg in legs][::-1], "ids")


@check("crossbar_view.erl", "legs-chunked-leak", "legs-turned")
def legs_in_chunks(server: Server) -> Iterator[Finding]:
    """With is_chunked=true legs are the same public documents."""
    interaction_id, legs = next(_interactions(server))
    answer = server.cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", is_chunked="true")
    if any(is_private(name) for leg in answer.envelope["data"] for name in leg):
        yield Shown("legs-chunked-leak")
    else:
        yield from answer.differences(_by_id(answer.rows), _by_id(legs), "data by id")


@check("api_util.erl", "big-integer-chunk-lost")
def big_integers_in_a_chunk(server: Server) -> Iterator[Finding]:
    """With is_chunked=true legs are all there, also one that holds an integer beyond 64 bits."""
    found = (pair for pair in _interactions(server) if any(map(has_big_integer, pair[1])))
    interaction_id, legs = next(found, ("", []))
    if not legs:
        raise CannotCheck("no leg around the last month's end holds an integer beyond 64 bits")
    answer = server.cdrs(f"/legs/{quote(interaction_id, safe='')}", paginate="false", is_chunked="true")
    if answer.envelope["data"] == []:
        yield Shown("big-integer-chunk-lost")
    else:
        yield from answer.differences(len(answer.envelope["data"]), len(legs), "number of items in data")


def _by_id(legs: list[sample.Row]) -> dict[str, Any]:
    return {leg["id"]: leg for leg in legs}


@check("cb_cdrs.erl")
def unknown_legs(server: Server) -> Iterator[Finding]:
    """Legs of what is no id, and of a CDR that is not there, are a 404 each in their own words."""
    yield from failure(404, "bad identifier", ["garbage"]).differences(server.cdrs("/legs/garbage"))
    unknown = server.cdrs("/legs/200101-no-such-cdr")
    yield from failure(404, "could not find legs for supplied id", {}).differences(unknown)


@check("crossbar_view.erl", "legs-missing-month-503")
def legs_of_a_missing_month(server: Server) -> Iterator[Finding]:
    """Legs of an interaction whose month has no database are a 404."""
    answer = server.cdrs(f"/legs/{sample.LONG_AGO}-abcdef01")
    odd = failure(503, "datastore missing view", {})
    good = failure(404, "could not find legs for supplied id", {})
    yield from good_or_quirk(answer, good, "legs-missing-month-503", odd)
