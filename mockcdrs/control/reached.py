"""Which rows a walk through a listing's pages reaches, where quirks of the server's keep some from it.

Part of the ground truth: plain arithmetic over rows that are there already, without the server's code.
"""

from collections.abc import Callable, Iterator, Sequence

from mockcdrs.control.question import NO_PAGES, Steps
from mockcdrs.dataset.store import Document


def reached(
    months: Sequence[Sequence[Document]],
    steps: Steps,
    is_shown: Callable[[Document], bool],
    is_broken: Callable[[Document], bool],
    *,
    are_interactions: bool,
    loses_next: bool,
) -> Iterator[Document]:
    """The rows that arrive, of all that lie in the months' views, in the order of travel.

    A page is full when enough rows are shown, plain interactions when enough were looked at. A broken row ends the
    walk with an error, before anything else of the same page where it is plain; in chunks what is out is out, and the
    cut page of an interactions walk names a next one behind the chunk. `loses_next`: the row at which the next
    chunk or page would begin is skipped.
    """
    names_next = are_interactions and steps.is_chunked and steps.page_size < NO_PAGES
    on_page, held = 0, list[Document]()
    for rows in months:
        at = 0
        while at < len(rows):
            end = at + min(steps.chunk_size, steps.page_size - on_page)
            looked_at, has_more = rows[at:end], end < len(rows)
            shown = list(filter(is_shown, looked_at))
            at = end + loses_next
            if any(map(is_broken, shown)):
                if not (names_next and on_page and has_more):
                    return
                on_page = 0
                continue
            held += shown
            on_page += len(looked_at if are_interactions and not steps.is_chunked else shown)
            is_full = has_more and on_page == steps.page_size
            if is_full or steps.is_chunked:
                yield from held
                held.clear()
            on_page *= not is_full
    yield from held
