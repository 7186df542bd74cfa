"""Advice on pages: their sizes, start keys, and which of them a client requests."""

from collections.abc import Iterable, Iterator, Sequence

from mockcdrs.advice import advice_rule
from mockcdrs.advice.advice_rule import (
    LISTING_KINDS,
    OK_STATUSES,
    PAGED_KINDS,
    AdviceContext,
    AdviceRule,
    first_value,
    parse_integer,
    path_without_slash,
    quote,
    row_parameters,
    sent_parameters,
)
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import start_key

_MANY_PAGES = 20
_START_KEY = frozenset({"start_key"})


def _bad_page_size(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    value = first_value(record, "page_size")
    size = parse_integer(value)
    if value is not None and (size is None or size < 1) and advice_rule.api_version(record) != "v1":
        usual = context.settings.pagination_page_size
        yield (
            f"page_size={quote(value)} is no whole number of 1 or more, a 404 faulty_request unless paginate=false: "
            f"send one, or none for {usual}"
        )


def _bad_start_key(record: Record, earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    value = first_value(record, "start_key")
    if value is not None and _previous_page(record, earlier) is None and not _is_key(value):
        yield (
            f"start_key={quote(value)} is no key: send next_start_key exactly as the page before had it, and no "
            "start_key at all for the first page"
        )


def _is_key(value: object) -> bool:
    try:
        return isinstance(value, str) and isinstance(start_key.decode(value), list)
    except start_key.NoStartKey:
        return False


def _changed_query(record: Record, earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    previous = _previous_page(record, earlier)
    if previous is None:
        return
    path = path_without_slash(previous)
    if path != path_without_slash(record):
        yield f"this start_key came from request {previous.number}, of {quote(path)}: a key is good for its path"
    before, after = row_parameters(previous), row_parameters(record)
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    if changed:
        yield (
            f"the next page was requested with other parameters than request {previous.number}, which gave its key: "
            f"{', '.join(map(quote, changed))}; send the same ones for every page, except start_key"
        )


def _previous_page(record: Record, earlier: Iterable[Record]) -> Record | None:
    """Return the page whose next_start_key a request sends."""
    key = first_value(record, "start_key")
    if not isinstance(key, str):
        return None
    return next((page for page in earlier if page.outcome.next_start_key == key), None)


def _page_twice(record: Record, earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    path = path_without_slash(record)
    for page in earlier:
        if path_without_slash(page) != path:
            continue
        if "start_key" not in sent_parameters(page):
            return
        if _is_same_page(page, record) and advice_rule.is_answered(page):
            yield (
                f"request {page.number} already got this page, and its answer was complete: its rows are now there "
                "twice; continue with the next_start_key of the last answer, and stop if there is none"
            )
            return


def _is_same_page(page: Record, other: Record) -> bool:
    has_same_key = first_value(page, "start_key") == first_value(other, "start_key")
    return has_same_key and row_parameters(page) == row_parameters(other)


def _unfollowed_pages(records: Sequence[Record]) -> Iterator[tuple[Record, str]]:
    requested: set[tuple[str, object]] = set()
    unfollowed: list[Record] = []
    for record in reversed(records):
        path = path_without_slash(record)
        if advice_rule.has_next_page(record) and (path, record.outcome.next_start_key) not in requested:
            unfollowed.append(record)
        key = first_value(record, "start_key")
        if isinstance(key, str):
            requested.add((path, key))
    for page in reversed(unfollowed):
        text = (
            f"request {page.number} got {page.outcome.rows} rows and a next_start_key that no request used, so rows "
            "may be missing: request the next page with start_key set to it, until an answer has none"
        )
        yield page, text


def _short_page(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if not advice_rule.has_next_page(record):
        return
    size = parse_integer(first_value(record, "page_size")) or context.settings.pagination_page_size
    if record.outcome.rows < size:
        yield (
            f"{record.outcome.rows} rows with a page_size of {quote(str(size))}, but still a next_start_key: the page "
            "ended in a month without more rows, or at a CDR that no row can be made of, so the next page may repeat "
            "the last chunk: drop rows whose id came before"
        )


def _unpaged_large(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    value, many = first_value(record, "paginate"), _MANY_PAGES * context.settings.pagination_page_size
    if value in {None, "true", True}:
        return
    is_refused = record.status == 416 and not record.fault
    if is_refused or (advice_rule.is_answered(record) and record.outcome.rows > many):
        result = "refused here" if is_refused else f"{record.outcome.rows} rows in one answer"
        yield (
            f"paginate={quote(value)} on a large account, {result}: a real server takes long over that or "
            "runs into crossbar.request_memory_limit (416); ask page by page"
        )


RULES = (
    AdviceRule(
        code="bad-page-size",
        function=_bad_page_size,
        sentence="A page_size that is not a number, or less than 1.",
        source="crossbar_view.erl",
        example="GET /cdrs?page_size=0 -> 404",
        kinds=PAGED_KINDS,
        names=frozenset({"page_size"}),
    ),
    AdviceRule(
        code="bad-start-key",
        function=_bad_start_key,
        sentence="A start_key that cannot come from an answer, such as None, null or empty text.",
        source="api_util.erl",
        example="GET /cdrs?start_key=null",
        kinds=PAGED_KINDS,
        names=_START_KEY,
    ),
    AdviceRule(
        code="changed-query",
        function=_changed_query,
        sentence="A request for the next page with other parameters or another path than for the page before.",
        source="crossbar_view.erl",
        example="GET /cdrs?filter_to=a -> 50 rows, a next_start_key\nGET /cdrs?start_key=NEXT_START_KEY",
        kinds=PAGED_KINDS,
        names=_START_KEY,
    ),
    AdviceRule(
        code="page-twice",
        function=_page_twice,
        sentence="The same page fetched twice in one walk.",
        source="crossbar_view.erl",
        example="GET /cdrs?start_key=NEXT_START_KEY\nGET /cdrs?start_key=NEXT_START_KEY",
        kinds=PAGED_KINDS,
        names=_START_KEY,
    ),
    AdviceRule(
        code="unfollowed-pages",
        function=None,
        sentence="A next_start_key that no request used: the walk stopped too early.",
        source="crossbar_view.erl",
        example="GET /cdrs -> 50 rows, a next_start_key",
        kinds=PAGED_KINDS,
        unless_continued=_unfollowed_pages,
    ),
    AdviceRule(
        code="short-page",
        function=_short_page,
        sentence="A page with fewer rows than page_size that still names a next page, which repeats rows.",
        source="crossbar_view.erl",
        example="GET /cdrs?page_size=50 -> 30 rows, a next_start_key",
        kinds=LISTING_KINDS,
        statuses=OK_STATUSES,
    ),
    AdviceRule(
        code="unpaged-large",
        function=_unpaged_large,
        sentence="paginate=false, or another value than true, where there are many pages.",
        source="api_util.erl",
        example="GET /cdrs?paginate=false -> 5000 rows",
        kinds=LISTING_KINDS,
        statuses=OK_STATUSES | {416},
        names=frozenset({"paginate"}),
    ),
)
