"""Calls: which of the listings, interactions, legs and sums a path asks for (`cb_cdrs.erl`)."""

from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import cdrs
from mockcdrs.crossbar.content import Content, note_paging
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import system
from mockcdrs.crossbar.listing_row import check_utc_offset
from mockcdrs.crossbar.paging import walk_plain
from mockcdrs.crossbar.resources.resource import Parameters, Resource
from mockcdrs.crossbar.walks import Walk


def _methods(parameters: Parameters) -> tuple[str, ...]:
    return ("GET",) if len(parameters) < 2 or (len(parameters) == 2 and parameters[0] == "legs") else ()


def _get(context: Context) -> Content:
    _, parameters = context.nouns[0]
    match parameters:
        case ("legs", wanted):
            return _walked(context, cdrs.legs(context, wanted))
        case ("summary",):
            return _walked(context, cdrs.summary(context))
        case ("interaction",):
            return _walked(context, cdrs.interactions(context, _owner(context)), are_interactions=True)
        case (cdr_id,):
            document = cdrs.one(context, cdr_id)
            return Content(public_fields(document), revision=document.get("_rev"))
    check_utc_offset(context)  # before it is known whose calls are asked for
    return _walked(context, cdrs.listing(context, _owner(context)))


def _owner(context: Context) -> str | None:
    module, parameters = context.nouns[1] if len(context.nouns) > 1 else ("", ())
    if module == "users" and len(parameters) == 1:
        return parameters[0]
    if module == "accounts":
        return None
    raise system("faulty_request")


def _walked(context: Context, walk: Walk, are_interactions: bool = False) -> Content:
    if walk.is_chunked:
        return Content(walk=walk, are_interactions=are_interactions)
    page = walk_plain(walk.plan)
    note_paging(context, walk, page)
    return Content(walk.finish(page.items), are_interactions=are_interactions)


CDRS = Resource(_methods, {"GET": _get})
